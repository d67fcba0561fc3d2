"""A program with arrays, opened into a program of single numbers.

>>> from tinygrad_edu.compiler.recording.program import record
>>> small = opened(record(lambda w, x: (w @ x).sum(), (np.ones((2, 2)), np.ones(2)), names=["w", "x"]))
>>> [line.name for line in small.program.arguments]
['w_0_0', 'w_0_1', 'w_1_0', 'w_1_1', 'x_0', 'x_1']
>>> [line.op.name for line in small.program.lines]
['multiply', 'multiply', 'add', 'multiply', 'multiply', 'add', 'add']

For small arrays this is the quickest code there is: no loops, no shapes, nothing but the arithmetic. For large ones it
would be a long list of equal lines; `reason_against` says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import UnsupportedError
from ...ops.broadcasting import shape_of
from ..recording.book import CONSTANT
from ..recording.line import Line
from ..recording.program import Program
from . import machine
from .entries import BY_NUMPY, OWN, Entries, as_cells
from .numbers import Numbers

MOST_IN_ARRAYS = 50_000  # 0.5 s to compile; from there on NumPy's loops are as fast as a list of lines
MOST = 200_000  # of a program that has no arrays: Python would need seconds as well


@dataclass(frozen=True)
class Part:
    """A number or array among what a program is given or returns."""

    shape: tuple[int, ...]
    is_mask: bool = False

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return math.prod(self.shape)


@dataclass
class Opened:
    """A program of single numbers, and the arrays that its inputs and outputs stand for, in order."""

    program: Program
    inputs: list[Part]
    outputs: list[Part]


def reason_against(program: Program) -> str | None:
    """Why a program is not opened, in words; None if it can be."""
    if only_numbers(program):
        return too_many(len(program.lines), MOST)
    for line in [*program.arguments, *program.values, *program.constants, *program.lines]:
        kind = line.sample.dtype if type(line.sample) is np.ndarray else None
        if kind is not None and kind.kind == "f" and kind != np.float64:
            return f"its arrays are {kind}, and machine code is written for float64"
        if kind is not None and kind.kind in "iu" and line.op is None and type(line.origin) is int:
            return "it is given whole numbers in arrays, which are places or labels"
        if line.is_mask and line.op is None and line.origin is not CONSTANT:
            return "it is given a mask, and machine code is given float64"
        if line.op is not None and not can_be_opened(line):
            return f"{line.op.name} cannot be opened into operations on single numbers"
    about = sum(map(numbers_of, program.lines))
    if MOST_IN_ARRAYS < about < 20 * MOST_IN_ARRAYS:  # zeros and copies cost nothing: count what is left of them
        about = len(in_numbers(program).lines)
    return too_many(about, MOST_IN_ARRAYS)


def too_many(count: int, most: int) -> str | None:
    """The reason against very long programs."""
    return f"it has {count:,} single numbers, and from {most:,} on NumPy is as fast" if count > most else None


def can_be_opened(line: Line) -> bool:
    """Whether there are words for this operation on single numbers."""
    op = line.op
    assert op is not None
    return machine.known(op) if op.elementwise else op.base in BY_NUMPY or op.base in OWN


def numbers_of(line: Line) -> int:
    """About how many lines of single numbers this one becomes."""
    size = max(1, math.prod(line.shape))
    assert line.op is not None
    if line.op.name in ("matmul", "affine", "affine_of_row"):
        return 2 * size * int(shape_of(line.inputs[0])[-1])
    return size if line.op.elementwise else max(math.prod(shape_of(x)) for x in line.inputs)


def only_numbers(program: Program) -> bool:
    """Whether every line is a single number already, in an operation that the machine knows."""
    numbers, known = (float, bool), set()
    for line in [*program.arguments, *program.values, *program.constants, *program.lines]:
        if type(line.sample) not in numbers:
            return False
        if line.op is not None and line.op not in known:
            if not (line.op.elementwise and machine.known(line.op)):
                return False
            known.add(line.op)
    return not program.constants


def opened(program: Program) -> Opened:
    """The same program, in single numbers.

    raises   UnsupportedError with the reason, where there is one against it
    """
    reason = reason_against(program)
    if reason is not None:
        raise UnsupportedError(
            f"{program.name} cannot become machine code: {reason}.",
            "Machine code is written for single numbers, one after another.",
            "Compile it with backend='python', which has all of NumPy.",
        )
    given = [*program.arguments, *program.values]
    inputs = [Part(line.shape, line.is_mask) for line in given]
    outputs = [Part(shape_of(y), type(y) is Line and y.is_mask) for y in program.results]
    if only_numbers(program):
        return Opened(program, inputs, outputs)
    return Opened(in_numbers(program), inputs, outputs)


def in_numbers(program: Program) -> Program:
    """The lines of the opened program; it is opened once, however often it is asked for."""
    kept = vars(program)
    if "opened" not in kept:
        kept["opened"] = written_in_numbers(program)
    found: Program = kept["opened"]
    return found


def written_in_numbers(program: Program) -> Program:
    """The same, anew."""
    given = [*program.arguments, *program.values]
    book = Numbers()
    entries, cells = Entries(book), {line: leaves(book, line) for line in given}
    flat = [x for line in given for x in cells[line].flat]
    cells.update({line: line.sample.astype(float).astype(object) for line in program.constants})
    for line in program.lines:
        book.place = line.place
        cells[line] = opened_line(entries, line, [cells[x] if type(x) is Line else as_cells(x) for x in line.inputs])
        if line.name:
            name(cells[line], line.name)
    results = [x for y in program.results for x in (cells[y].flat if type(y) is Line else [y])]
    return Program(flat, results, list, name=program.name)


def leaves(book: Numbers, line: Line) -> Any:
    """The inputs that an input becomes."""
    cells = np.empty(line.shape, object)
    for k, place in enumerate(np.ndindex(line.shape)):
        cells[place] = book.input(True if line.is_mask else 0.5, k)
    name(cells, line.name or "x")
    return cells


def name(cells: Any, called: str) -> None:
    """Names with places: w_0_1 for w[0, 1]."""
    for place in np.ndindex(cells.shape):
        line = cells[place]
        if type(line) is Line and not line.name:
            line.name = "_".join(map(str, (called, *place)))


def opened_line(entries: Entries, line: Line, given: list[Any]) -> Any:
    """The entries of one line."""
    op = line.op
    assert op is not None
    if op.elementwise:
        cells = entries.each(op, *given)
    elif op.base in OWN:
        cells = OWN[op.base](entries, *given, **op.settings)
    else:
        cells = op.base.forward(*given, **op.settings)
    cells = as_cells(cells)
    if cells.shape != line.shape:
        raise AssertionError(f"{op.name}: {cells.shape} instead of {line.shape}")
    if not all(type(x) is Line or type(x) is float for x in cells.flat):  # NumPy's zeros in an array of objects: 0
        cells = np.frompyfunc(lambda x: x if type(x) is Line else float(x), 1, 1)(cells)
    return as_cells(cells)
