"""Long arrays in pieces that fit the cache: one loop over the pieces does a whole chain of operations on each.

An operation on a million numbers reads and writes them all in main memory; the next one does so again. Piece by piece,
what one operation writes is still in the cache when the next one reads it.
"""

from __future__ import annotations

from ..recording.line import Line
from ..recording.program import Program
from .recipes import recipe_of

LONG = 1 << 22  # bytes; shorter arrays stay in the cache as a whole, and the loop would cost more than it saves
PIECE = 1 << 17  # bytes of a piece of double precision: six or so of them fit the cache of one processor core
LEAST = 4  # steps
SUMS = ("sum", "mean", "sum_to")


class Tiles:
    """Lines that are computed together, piece by piece: arrays of one shape, and sums over all of their numbers."""

    def __init__(self, shape: tuple[int, ...]):
        self.shape, self.lines = shape, []  # type: tuple[int, ...], list[Line]

    @property
    def steps(self) -> int:
        """How often NumPy is called for a piece."""
        return sum(len(recipe_of(line) or (line,)) for line in self.lines)

    @property
    def piece(self) -> int:
        """How many numbers are computed at once."""
        return PIECE // max(line.dtype.itemsize for line in self.lines)


def scheduled(program: Program, careful: bool = False) -> tuple[list[Line], dict[Line, Tiles]]:
    """All lines in an order in which lines that can be computed together follow each other, and their groups.

    Every line has a stage. What reads a sum over a long array, or reads such an array other than entry by entry, has
    to wait until it is complete: it comes one stage later. Lines of one stage and shape are one group.
    """
    stages: dict[Line, int] = {}
    groups: dict[tuple[int, tuple[int, ...]], Tiles] = {}
    group_of: dict[Line, Tiles] = {}
    for line in program.lines:
        shape = tiled_shape(line, group_of, careful)
        stage = 0
        for x in line.inputs:
            if type(x) is Line and x in stages:
                together = x.shape == shape
                stage = max(stage, stages[x] + (x in group_of and not together))
        stages[line] = stage
        if shape is not None:
            group = group_of[line] = groups.setdefault((stage, shape), Tiles(shape))
            group.lines.append(line)
    if not groups:
        return program.lines, {}
    places = {line: k for k, line in enumerate(program.lines, 1)}
    first = {line: places[group.lines[0]] for line, group in group_of.items()}  # groups behind the rest of their stage
    order = sorted(program.lines, key=lambda line: (stages[line], first.get(line, 0), places[line]))
    alone = {line for group in groups.values() if group.steps < LEAST for line in group.lines}
    return order, {line: group for line, group in group_of.items() if line not in alone}


def tiled_shape(line: Line, group_of: dict[Line, Tiles], careful: bool) -> tuple[int, ...] | None:
    """The shape of the arrays that the line goes through entry by entry, if that pays; None for any other line."""
    arrays = [x for x in line.inputs if type(x) is Line and x.shape]
    if not arrays or any(x.shape != arrays[0].shape for x in arrays):
        return None
    if arrays[0].size * arrays[0].dtype.itemsize < LONG:
        return None
    if line.shape == arrays[0].shape:
        return line.shape if recipe_of(line, careful) is not None else None
    total = line.op is not None and not line.shape and line.op.name in SUMS and arrays[0].dtype.kind == "f"
    return arrays[0].shape if total and arrays[0] in group_of and arrays[0].dtype.itemsize > 2 else None
