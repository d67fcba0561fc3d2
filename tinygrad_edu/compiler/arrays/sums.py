"""Sums as they run fastest: as products with ones, in the routine for matrices and vectors that every processor has.

x.sum() of 100 numbers takes 1.2 µs, x.dot(ones) 0.5; x.sum(axis=0) takes 2 µs, ones.dot(x) 0.5. Beyond some thousand
terms NumPy's own sum is as fast, and more exact, because it adds up in pairs.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np

from ..recording.line import Line
from ..recording.program import Program
from .tiles import SUMS

MOST = 8192  # terms


def axes_of(line: Line) -> tuple[int, ...]:
    """The axes that the line sums over."""
    assert line.op is not None
    shape, settings = line.inputs[0].shape, line.op.settings
    if line.op.name == "sum_to":
        kept = settings["shape"]
        extra = len(shape) - len(kept)
        return tuple(i for i, n in enumerate(shape) if i < extra or (kept[i - extra] == 1 and n != 1))
    axis = settings["axis"]
    if axis is None:
        return tuple(range(len(shape)))
    return tuple(int(i) % len(shape) for i in (axis if type(axis) in (tuple, list) else (axis,)))


def absorbed_by(program: Program) -> set[Line]:
    """Products that only one sum over all of their entries reads: they need not be computed, Σ a · b is a.dot(b)."""
    uses = Counter(x for line in program.lines for x in line.inputs if type(x) is Line)
    uses.update(y for y in program.results if type(y) is Line)
    found = set()
    for line in program.lines:
        if line.op is None or line.shape or line.op.name not in SUMS:
            continue
        x = line.inputs[0]
        product = type(x) is Line and x.shape and x.op is not None and x.op.name in ("multiply", "square")
        if product and uses[x] == 1 and fast(x) and all(type(a) is Line and alike(a, x) for a in x.inputs):
            found.add(x)
    return found


def alike(a: Line, b: Line) -> bool:
    """Whether two arrays have the same shape and precision."""
    return bool(a.shape == b.shape and a.dtype == b.dtype)


def fast(x: Line) -> bool:
    """Whether there is a routine for this precision."""
    return bool(x.dtype in (np.float64, np.float32))


class Sums:
    """How `Buffered` writes sums."""

    def state_sum(self: Any, line: Line) -> bool:
        """A sum over all entries, or along axes."""
        x, axes = line.inputs[0], axes_of(line)
        if not fast(x) or not x.size:
            return False
        if not line.shape:
            self.full_sum(line, x)
            return True
        along = math.prod(x.shape[i] for i in axes)
        if x.ndim == 2 and len(axes) == 1 and along <= MOST:
            ones = self.ones(along, x.dtype)
            text = f"{ones}.dot({self.names[x]})" if axes[0] == 0 else f"{self.names[x]}.dot({ones})"
            shape: tuple[int, ...] = (x.shape[1 - axes[0]],)
        else:
            keep = line.ndim == x.ndim
            text = f"{self.function('add')}.reduce({self.names[x]}, {axes}, None, None, {keep})"
            shape = line.shape if keep else tuple(n for i, n in enumerate(x.shape) if i not in axes)
        text += f".reshape({line.shape})" * (shape != line.shape)
        name = self.name(line)
        self.say(f"{name} = {text}", line)
        if mean_of(line):
            self.say(f"{self.function('divide')}({name}, {self.number(float(along), x.dtype)}, {name})", line)
        return True

    state_mean = state_sum_to = state_sum

    def full_sum(self: Any, line: Line, x: Line) -> None:
        """Σ over all entries, as a Python float."""
        if x in self.absorbed:
            text = f"{self.flat(x.inputs[0])}.dot({self.flat(x.inputs[-1])})"
        elif x.size <= MOST:
            text = f"{self.flat(x)}.dot({self.ones(x.size, x.dtype)})"
        else:
            text = f"{self.function('add')}.reduce({self.names[x]}, None)"
        self.total(line, text, x.size)

    def total(self: Any, line: Line, text: str, size: int) -> None:
        """The sum as a plain number, divided by how many there are where that is asked for."""
        share = f" / {float(size)}" * mean_of(line)
        self.say(f"{self.name(line)} = float({text}){share}", line)

    def flat(self: Any, x: Line) -> str:
        """All entries in one row."""
        return str(self.names[x]) + ".ravel()" * (x.ndim > 1)

    def ones(self: Any, count: int, dtype: Any) -> str:
        """So many ones."""
        return str(self.constant(("ones", count, dtype.str), np.ones(count, dtype), f"ones{count}"))


def mean_of(line: Line) -> bool:
    """Whether it is a mean."""
    return line.op is not None and line.op.name == "mean"
