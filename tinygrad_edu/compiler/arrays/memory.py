"""Who still needs an array: what is read for the last time gives its memory to the result.

An array is owned by the line that made it; a view (x.T, x[1:]) belongs to the owner of what it shows. Two lines share
one memory where the second is computed from the first and nobody reads the first again. Large memory that does not
leave the program is taken from a pool: fresh pages of memory cost more than the arithmetic on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from ...ops.kinks import gate
from ..recording.line import Line
from ..source.words import built_in
from .recipes import recipe_of, reusable

LARGE = 1 << 17  # bytes; from here on malloc may ask the system for pages, which have to be cleared first
VIEWS = {
    *("transpose", "swapaxes", "moveaxis", "reshape", "ravel", "expand_dims", "squeeze", "flip", "broadcast_to"),
    *("getitem", "gathered", "diagonal", "diag", "contraction", "matrix_power", "identity", "stopped"),
}
PRODUCTS = ("matmul", "affine")

Reads = Callable[[Line], Iterable[Line]]


class Memory:
    """What one array after another is stored in.

    lines    who stores in it, in order
    start    when the first of them is computed        end   when it is read for the last time
    leaves   whether a result of the program is stored in it
    """

    def __init__(self, line: Line, start: int):
        self.lines, self.start, self.end, self.leaves = [line], start, float(start), False
        self.name, self.block = "", -1  # the block of the pool; -1 for memory of its own

    @property
    def pooled(self) -> bool:
        """Whether it is taken from the pool."""
        return self.block >= 0

    @property
    def size(self) -> int:
        """In bytes."""
        first = self.lines[0]
        return math.prod(first.shape) * int(first.dtype.itemsize)


def owners_of(lines: Iterable[Line]) -> dict[Line, frozenset[Line]]:
    """Whose memory a line may show: its own, or that of what it is a view of."""
    owners: dict[Line, frozenset[Line]] = {}
    for line in lines:
        for x in line.inputs:
            if type(x) is Line and x not in owners:
                owners[x] = frozenset([x])  # given to the program
        if not line.shape:
            owners[line] = frozenset()
        elif may_be_view(line):
            owners[line] = frozenset([line]).union(*(owners[x] for x in line.inputs if type(x) is Line))
        else:
            owners[line] = frozenset([line])
    return owners


def may_be_view(line: Line) -> bool:
    """Whether the result may lie in the memory of an input; what a user's primitive returns, nobody knows."""
    op = line.op
    assert op is not None
    if op.name == "sum_to":
        return bool(line.size == line.inputs[0].size)
    return op.name in VIEWS or not built_in(op)


def memories(
    order: list[Line], results: Iterable[Any], reads: Reads, time: dict[Line, int], careful: bool = False
) -> dict[Line, Memory]:
    """The memory of every line that makes an array of its own.

    order   the lines that do        reads   what a line reads when it is computed        time   when that is
    """
    owners = owners_of(time)
    last: dict[Line, float] = {}
    for line in time:
        for x in reads(line):
            for owner in owners.get(x, ()):
                last[owner] = max(last.get(owner, -1.0), time[line])
    for y in results:
        if type(y) is Line:
            last.update(dict.fromkeys(owners.get(y, ()), math.inf))
    found: dict[Line, Memory] = {}
    for line in order:
        if line in owners[line]:
            before = None if careful and line.op is gate else given_up(line, owners, last, time, found)
            memory = found[before] if before is not None else Memory(line, time[line])
            if before is not None:
                memory.lines.append(line)
            found[line] = memory
            memory.end = max(memory.end, last.get(line, -1.0))
            memory.leaves = memory.end == math.inf
    return found


def given_up(line: Line, owners: Any, last: Any, time: dict[Line, int], found: dict[Line, Memory]) -> Line | None:
    """An input that nobody reads after this line, and whose memory fits the result."""
    steps = recipe_of(line)
    if steps is None:
        return None
    assert line.op is not None
    for name, x in zip(line.op.inputs, line.inputs):
        if type(x) is not Line or name not in reusable(steps) or x not in found or not ready_made(x):
            continue
        alike = x.shape == line.shape and x.dtype == line.dtype
        # where another input shows the same memory, NumPy would copy it first
        shown = any(z is not x and type(z) is Line and x in owners[z] for z in line.inputs)
        if alike and not shown and last.get(x) == time[line]:
            return x
    return None


def ready_made(x: Line) -> bool:
    """Whether this line fills memory that has no other owner, row by row, as a result needs it."""
    return recipe_of(x) is not None or (x.op is not None and x.op.name in PRODUCTS and x.ndim == 2)


def pooled(found: dict[Line, Memory]) -> list[int]:
    """Mark large memory that never leaves the program, and give it numbered blocks; returns the size of each block.

    Two memories share a block when the first is done with before the second starts.
    """
    blocks: list[int] = []
    free_from: list[float] = []
    for memory in sorted({id(m): m for m in found.values()}.values(), key=lambda m: m.start):
        if memory.leaves or memory.size < LARGE or not ready_made(memory.lines[0]):
            continue  # it has to be able to write into memory that is there
        fitting = [k for k, free in enumerate(free_from) if free < memory.start]
        k = max(fitting, key=lambda k: blocks[k], default=len(blocks))
        if k == len(blocks):
            blocks.append(0)
            free_from.append(0.0)
        blocks[k], free_from[k], memory.block = max(blocks[k], memory.size), memory.end, k
    return blocks
