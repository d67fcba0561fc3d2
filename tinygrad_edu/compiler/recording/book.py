"""The book a program is written into, line by line, while the user's function runs once on lines.

Nothing is written twice: the same operation on the same inputs is the same line. And nothing is written that is less
than an operation: `simplify` knows what x · 1, x + 0 and −(−x) amount to.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ...calculus.recorded import identity
from ...engine.value import Value
from ...ops import arithmetic
from ...ops.indexing import getitem
from ...ops.numbers import constant, kept
from ...ops.op import Op
from ..simplifying.simplify import simpler
from . import messages
from .line import Line
from .listener import Listener
from .masks import MASKS, is_mask, number_of
from .picking import gathered, scattered, stopped

CONSTANT = object()  # the origin of an array that is part of the program
TAKES_MASKS = {*MASKS.values(), number_of}
TAKES_PLACES = {gathered, scattered}  # their last inputs are whole numbers, and stay so
EITHER_ORDER = {arithmetic.add, arithmetic.multiply}


class Book:
    """All lines of one program, in order.

    live       id -> array that the user's function reads from outside: the program reads it anew each time
    known      (operation, inputs) -> what it amounts to, so that nothing is written twice
    about      the line that is being differentiated right now: what is written is a part of its derivative
    """

    def __init__(self, live: dict[int, Any] | None = None):
        self.live = live or {}
        self.lines: list[Line] = []
        self.known: dict[Any, Any] = {}
        self.of_values: dict[int, tuple[Value, Line]] = {}
        self.of_arrays: dict[int, tuple[Any, Line]] = {}
        self.about: Line | None = None
        self.heard = Listener()

    def input(self, sample: Any, origin: Any, name: str | None = None) -> Line:
        """A line that the program is given, not computes."""
        line = Line(self, None, (), sample, len(self.lines), origin)
        line.name = name
        self.lines.append(line)
        return line

    def read(self, x: Any) -> Any:
        """What an operation was given, as a line, or as a float if it is a plain number."""
        kind = type(x)
        if kind is Line or kind is float:
            return x
        if kind is bool or kind is np.bool_:
            return 1.0 if x else 0.0
        if kind is Value:
            if id(x) not in self.of_values:
                self.of_values[id(x)] = x, self.input(x._held, x, x.name)
            return self.of_values[id(x)][1]
        if id(x) in self.of_arrays:
            return self.of_arrays[id(x)][1]
        data = constant(x)
        if type(data) is float:
            return data
        live = id(x) in self.live and data is x
        line = self.input(data if live else kept(x), x if live else CONSTANT, self.live[id(x)] if live else None)
        self.of_arrays[id(x)] = x, line  # with x, so that nothing else can get its id
        return line

    def line(self, x: Any) -> Line:
        """The same as a line in any case."""
        x = self.read(x)
        return self.input(x, CONSTANT) if type(x) is float else x

    def write(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        """The line for an operation, or what it amounts to."""
        if op.base is getitem and has_line(op.settings["index"]):
            return self.pick(self.read(inputs[0]), op.settings["index"])
        given, numbers = [], True
        for x in inputs:
            if type(x) is not Line and type(x) is not float:
                x = self.read(x)
            given.append(x)
            numbers = numbers and type(x if type(x) is float else x.sample) is float
        if not numbers and op.base not in TAKES_MASKS:
            given = self.as_numbers(op, given)
        if op is identity:  # nobody may see through it, and no two are one: a derivative begins here
            return self.new(op, given)
        key = key_of(op, given)
        found = self.known.get(key)
        if found is None:
            found = simpler(self, op, given)
            if found is None:
                found = self.new(op, given)
            self.known[key] = found
        return found

    def new(self, op: Op, given: list[Any]) -> Line:
        """A line for the operation on these lines and floats."""
        sample = computed(op, [x.sample if type(x) is Line else x for x in given])
        line = Line(self, op, tuple(given), sample, len(self.lines))
        self.lines.append(line)
        line.about = self.about  # type: ignore[assignment]
        if self.about is None:
            self.heard(line, sys._getframe(2))
        return line

    def keep(self, line: Line) -> Any:
        """Take over a line of another book, whose inputs are all in this one; or what is here already in its place."""
        if line.op is not None:
            found = self.known.setdefault(key_of(line.op, line.inputs), line)
            if found is not line:
                return found
        line.book, line.order = self, len(self.lines)
        self.lines.append(line)
        return line

    def as_numbers(self, op: Op, given: list[Any]) -> list[Any]:
        """Masks and whole numbers as numbers, a mask in the precision of the others; conditions and places stay."""
        places = op.base in TAKES_PLACES
        for k, x in enumerate(given):
            if type(x) is not Line or (places and k > 0) or (not x.shape and type(x.sample) is float):
                continue
            if is_mask(x.sample):
                if op.inputs[min(k, len(op.inputs) - 1)] != "condition":
                    others = [z.dtype for z in given if type(z) is Line and z.shape and z.dtype.kind == "f"]
                    dtype = np.result_type(*others) if others else np.dtype(float)
                    given[k] = self.write(number_of.bind(dtype=dtype) if x.shape else number_of, (x,))
            elif x.dtype.kind in "iu":
                given[k] = self.write(number_of.bind(dtype=np.dtype(float)), (x,))
        return given

    def pick(self, x: Any, index: Any) -> Any:
        """x[index]; an index may be a line of whole numbers."""
        if not has_line(index):
            return getitem(x, index=index)
        parts = index if type(index) is tuple else (index,)
        if any(type(part) is Line and part.is_mask for part in parts):
            raise messages.data_dependent("x[mask] was asked for")
        pattern = tuple(k if type(part) is Line else part for k, part in enumerate(parts))
        lines = [part for part in parts if type(part) is Line]
        places = tuple(k for k, part in enumerate(parts) if type(part) is Line)
        return self.write(gathered.bind(pattern=pattern, places=places), (x, *lines))

    def constant_of(self, x: Line) -> Line:
        """x, as something that does not depend on anything."""
        return self.write(stopped, (x,))


def key_of(op: Op, inputs: Any) -> Any:
    """The same for the same operation on the same inputs; plain 0.0 and −0.0 are not the same."""
    if len(inputs) == 2 and type(inputs[0]) is type(inputs[1]) is Line:  # as nearly always
        first, second = id(inputs[0]), id(inputs[1])
        return (op, second, first) if first > second and op in EITHER_ORDER else (op, first, second)
    return (op, *[id(x) if type(x) is Line else (x,) if x else str(x) for x in inputs])


def has_line(index: Any) -> bool:
    """Whether an index contains a line."""
    return type(index) is Line or (type(index) is tuple and any(type(part) is Line for part in index))


def computed(op: Op, samples: list[Any]) -> Any:
    """The sample of a result; a mask stays one."""
    if op.base in TAKES_MASKS or op.base in TAKES_PLACES:
        y = op.forward(*samples)
        return y if np.shape(y) else bool(y) if is_mask(np.asarray(y)) else float(y)
    return op.compute(*[float(x) if type(x) is bool else x for x in samples])
