"""A book in which every line is one number, or one yes or no: what machine code is written from.

Its lines know no shapes and no samples, so that 30,000 of them are written in a moment. The same line twice is one
line, and what `simplify` knows about x · 1 and x + 0 holds here too.

>>> book = Numbers()
>>> x = book.input(0.5, 0, "x")
>>> x * 1.0 is x, x + 2.0 is x + 2.0, (x > 0.0).is_mask
(True, True, True)
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ...errors import UnsupportedError
from ...ops.arithmetic import add
from ...ops.op import Op
from ..recording.book import Book
from ..recording.line import Line, lines_in
from ..recording.masks import MASKS, number_of
from ..simplifying.simplify import simpler

MASK_OPS = set(MASKS.values())
TAKES_ANY = {MASKS[name] for name in ("and", "or", "not")}


class Numbers(Book):
    """The lines of a program of single numbers, in order.

    as_written   without `simplify`, which would turn the definition x · x of square(x) into square(x)
    place        where the line that is being opened stands in the user's program
    """

    def __init__(self, as_written: bool = False):
        super().__init__()
        self.as_written = as_written
        self.place: Any = None

    def read(self, x: Any) -> Any:
        """A line or a float."""
        if type(x) is Line or type(x) is float:
            return x
        if type(x) is np.ndarray and x.dtype == object:  # NumPy's way to hold a single one
            return self.read(x[()])
        if isinstance(x, (bool, np.bool_)):
            return 1.0 if x else 0.0
        return float(x)

    def write(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        """The line of an operation on single numbers, or what it amounts to."""
        if op is add and not self.as_written:  # x + 0, which gradients of entries consist of
            a, b = inputs
            if type(a) is Line and type(b) is float and b == 0.0 and type(a.sample) is float:
                return a
            if type(b) is Line and type(a) is float and a == 0.0 and type(b.sample) is float:
                return b
            if type(a) is float is type(b):
                return a + b
        given = [self.read(x) for x in inputs]
        base = op.base
        if base is number_of and (type(given[0]) is float or not given[0].is_mask):
            return given[0]
        if base not in TAKES_ANY and base is not number_of:
            for k, x in enumerate(given):
                if type(x) is Line and type(x.sample) is bool and op.inputs[min(k, len(op.inputs) - 1)] != "condition":
                    given[k] = self.write(number_of, (x,))
        if not op.elementwise:
            raise UnsupportedError(
                f"{op.name} is no operation on single numbers.",
                "It was reached where a program is opened into numbers, one by one.",
                "Compile this function with backend='python'.",
            )
        less = None if self.as_written else simpler(self, op, given)
        if less is not None:
            return less
        key = (op, *[id(x) if type(x) is Line else (x, math.copysign(1.0, x)) for x in given])
        line = self.known.get(key)
        if line is None:
            line = Line(self, op, tuple(given), True if base in MASK_OPS else 0.5, len(self.lines))
            line.place = self.place
            self.lines.append(line)
            self.known[key] = line
        return line

    @staticmethod
    def needed_for(results: Iterable[Any]) -> list[Line]:
        """Every line the results depend on, in order."""
        waiting = lines_in(results)
        seen = set(waiting)
        while waiting:
            for x in waiting.pop().inputs:
                if type(x) is Line and x not in seen:
                    seen.add(x)
                    waiting.append(x)
        return sorted(seen, key=lambda line: line.order)
