"""Which lengths grow with the batch: the model is recorded twice, with two sizes, and the programs are compared.

A length that is 8 with 2 samples and 12 with 3 is 4 times the number of samples. Everything else, the operations, the
settings and the numbers, has to be the same in both programs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..compiler.recording.line import Line
from . import messages

FIRST, SECOND = 7, 11  # primes, so that no other length is one of them by accident


@dataclass(frozen=True)
class Open:
    """A length that is so many times the number of samples."""

    times: int


class Sizes:
    """Two recordings of one model, line by line.

    twins            line of the first program -> line of the second
    first, second    how many samples they were recorded with; both 0 if both with the example as it is, which shows
                     whether random numbers are drawn
    """

    def __init__(self, first: int = 0, second: int = 0):
        self.first, self.second = first, second
        self.twins: dict[Line, Any] = {}

    def pair(self, program: Any, other: Any) -> None:
        """Find the twin of every line.

        raises   OnnxError where the second program does something else
        """
        a, b = program.lines, other.lines
        if [x.op.base.name for x in a] != [x.op.base.name for x in b]:
            raise self.refused(f"with {self.first} and {self.second} samples it does different things")
        self.twins.update(zip([*program.arguments, *a], [*other.arguments, *b]))
        for line, twin in zip(a, b):
            for x, y in zip(line.inputs, twin.inputs, strict=True):
                if type(x) is not type(y) or (type(x) is float and repr(x) != repr(y)):
                    raise self.refused(f"a number in {line.op.name} differs{messages.where(line)}")
                if type(x) is Line and self.twins.setdefault(x, y) is not y:
                    raise self.refused(f"{line.op.name} reads something else{messages.where(line)}")

    def refused(self, what: str) -> messages.OnnxError:
        """The two programs differ."""
        return messages.depends_on_batch(what) if self.first else messages.random_numbers()

    def twin(self, line: Line) -> Any:
        """The line in the other program; the line itself if there is none."""
        return self.twins.get(line, line)

    def dims(self, line: Line) -> list[Any]:
        """The lengths of a line's axes: ints, or Open."""
        return [self.length(n, m) for n, m in zip(line.shape, self.twin(line).shape)]

    def length(self, n: int, m: int) -> Any:
        """What n with the first number of samples and m with the second is in general.

        >>> Sizes(2, 3).length(8, 12), Sizes(2, 3).length(5, 5)
        (Open(times=4), 5)
        """
        if n == m:
            return n
        if n * self.second != m * self.first or n % self.first:
            raise self.refused(f"a length of {n} with {self.first} samples is {m} with {self.second}")
        return Open(n // self.first)

    def constant(self, line: Line) -> tuple[np.ndarray, list[Any] | None]:
        """An array of the program, and the shape it has to be expanded to if that grows with the batch.

        raises   OnnxError unless it is the same for every sample, as a state of zeros is
        """
        array, other = np.asarray(line.sample), np.asarray(self.twin(line).sample)
        if array.ndim != other.ndim:
            raise self.refused("a constant has another number of axes")
        dims = self.dims(line)
        for axis, n in enumerate(dims):
            if type(n) is not int:
                array, other = (some(x, axis) for x in (array, other))
        if not np.array_equal(array, other, equal_nan=array.dtype.kind == "f"):
            raise self.refused(f"a constant of shape {line.shape} is not the same for every sample")
        return array, dims if array.shape != line.shape else None


def some(x: np.ndarray, axis: int) -> np.ndarray:
    """The first entry along an axis along which all are the same; otherwise x as it is."""
    first = x.take([0], axis)
    return first if np.array_equal(np.broadcast_to(first, x.shape), x, equal_nan=x.dtype.kind == "f") else x


def resized(x: np.ndarray, count: int) -> np.ndarray:
    """An example with so many samples, the given ones over and over."""
    return x[np.arange(count) % len(x)]
