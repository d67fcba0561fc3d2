"""One rule of one recorded node, checked by itself: what it hands on beside the measured slope of its function.

>>> x = Value([1.0, 2.0])
>>> local = LocalRule(x * x * 3.0, 0, np.random.default_rng(0))
>>> local.entry_by_entry() is None
True
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..engine.value import Value
from ..ops.broadcasting import shape_of
from ..protocols.contributions import fitted, once_more
from .directions import halved
from .judging import Judged, compared
from .replay import GENEROUS, Rounding, size_of

ENTRIES = 500  # of a larger input a random sample is measured


Place = tuple[int, ...]


class Wrong(NamedTuple):
    """Which input's rule is wrong, how much, and what it raised if it did."""

    input: int
    error: float
    trouble: str = ""


class LocalRule:
    """The k-th rule of a node, at the numbers that were recorded, in double precision, for a random gradient g."""

    def __init__(self, node: Value, k: int, rng: np.random.Generator):
        self.op, self.k, self.rng = node.op, k, rng
        self.data = [exact(x._held if type(x) is Value else x) for x in node.inputs]
        self.set_up()

    def set_up(self) -> None:
        """Compute y for these numbers and draw a g for it."""
        with np.errstate(all="ignore"):
            self.y = exact(self.op.compute(*self.data))
        sizes = [size_of(x) for x in (*self.data, self.y)]
        self.rounding = Rounding(0.0, GENEROUS * 2.3e-16 * max(sizes))
        shape = shape_of(self.y)
        g = self.rng.uniform(0.5, 1.5, shape) * self.rng.choice([-1.0, 1.0], shape)
        self.g = g if shape else float(abs(g))

    @property
    def input_name(self) -> str:
        """What the primitive calls this input."""
        return self.name(self.k)

    def name(self, k: int) -> str:
        """What the primitive calls its k-th input."""
        names = self.op.inputs
        return names[k] if not self.op.variadic else f"{names[-1]}[{k}]"

    def handed_on(self, k: int, *, fit: bool = True) -> Any:
        """What the rule makes of g, in the shape of the input (or as it comes)."""
        with np.errstate(all="ignore"):
            try:
                if self.op.variadic:
                    c = self.op.pull(self.g, self.y, self.data, ())[k]
                else:
                    c = self.op.rules[k](self.g, self.y, *self.data)
            except (ArithmeticError, ValueError) as error:
                c = once_more(error, self.op.rules[k], self.g, self.y, *self.data)
            return fitted(c, Value(self.data[k]), self.op, k) if fit else c

    def height(self, x: Any) -> float:
        """Σ g · y with other numbers in the place of the input."""
        with np.errstate(all="ignore"):
            y = self.op.compute(*self.data[: self.k], x, *self.data[self.k + 1 :])
            return float(np.sum(self.g * y))

    def along_a_direction(self) -> Wrong | None:
        """A quick look: the slope along one random direction."""
        return self.verdict(self.along(self.handed_on(self.k), self.direction()))

    def direction(self) -> Any:
        """A random direction: every number moves by about its own size."""
        x = self.data[self.k]
        d = self.rng.uniform(0.5, 1.0, np.shape(x)) * self.rng.choice([-1.0, 1.0], np.shape(x))
        return d * np.maximum(np.abs(x), 1e-3) if np.ndim(x) else float(d) * max(abs(x), 1e-3)

    def along(self, c: Any, d: Any) -> Judged:
        """The verdict on the slope along a direction."""
        x, engine, scale = self.data[self.k], float(np.sum(c * d)), float(np.sum(np.abs(c * d)))
        return compared(engine, lambda t: self.height(x + t * d), 0.0, scale, self.rounding)[0]

    def entry_by_entry(self) -> Wrong | None:
        """A thorough look: every entry, or a sample."""
        worst = Judged("PASS", 0.0)
        c = np.asarray(self.handed_on(self.k), dtype=np.float64)
        for place in self.places():
            judged, _ = self.at(c, place)
            worst = judged if judged.verdict == "FAIL" and judged.error >= worst.error else worst
        return self.verdict(worst)

    def verdict(self, judged: Judged) -> Wrong | None:
        """Only what is surely wrong counts: a kink makes nobody guilty."""
        return Wrong(self.k, judged.error) if judged.verdict == "FAIL" else None

    def places(self, *, searching: bool = True) -> list[Place]:
        """The entries that are looked at: all, or a sample and the one that halving a direction leads to."""
        size, shape = np.size(self.data[self.k]), np.shape(self.data[self.k])
        picked = set(range(size))
        if size > ENTRIES:
            picked = {*self.rng.choice(size, ENTRIES, replace=False)}
            picked |= self.hunted(self.handed_on(self.k), self.direction().ravel(), shape) if searching else set()
        return [tuple(map(int, np.unravel_index(i, shape))) for i in sorted(picked)]

    def hunted(self, c: Any, d: Any, shape: tuple[int, ...]) -> set[int]:
        """The entry at which the rule is wrong, found by halving a direction."""
        one = halved(d.size, lambda kept: self.along(c, kept_only(d, kept).reshape(shape)).verdict == "FAIL")
        return set() if one is None else {one}

    def at(self, c: Any, place: Place) -> tuple[Judged, float]:
        """The verdict on one entry, and its measured slope (nan where there is none)."""
        x = self.data[self.k]

        def moved(t: float) -> float:
            if type(x) is float:
                return self.height(t)
            z = x.copy()
            z[place] = t
            return self.height(z)

        here = float(np.asarray(x)[place])
        judged, measured = compared(float(c[place]), moved, here, size_of(c), self.rounding)
        return judged, math.nan if measured.trouble else measured.value

    def compared_with_slopes(self) -> tuple[Any, Any, Place]:
        """What is handed on, what is measured (nan where it was not), and the entry at which they differ most."""
        found = np.array(self.handed_on(self.k), dtype=np.float64)
        right, worst = np.full(found.shape, math.nan), Judged("PASS", -1.0)
        entry: Place = ()
        for place in self.places():
            judged, right[place] = self.at(found, place)
            if judged.verdict == "FAIL" and judged.error > worst.error:
                worst, entry = judged, place
        return found, right, entry

    def slopes(self) -> Any:
        """The measured slope of every entry of the input, nan where there is none."""
        found = np.full(np.shape(self.data[self.k]), math.nan)
        for place in self.places(searching=False):
            found[place] = self.at(np.zeros(found.shape), place)[1]
        return found


def exact(x: Any) -> Any:
    """A number or array in double precision; a mask stays a mask."""
    return x.astype(np.float64) if type(x) is np.ndarray and x.dtype.kind == "f" and x.dtype.itemsize < 8 else x


def numeric(x: Any) -> bool:
    """Whether it is a number or an array of numbers, and no mask."""
    return type(x) is float or (type(x) is np.ndarray and x.dtype.kind == "f")


def kept_only(d: Any, kept: list[int]) -> Any:
    """The direction with everything set to 0 but some of its numbers."""
    part = np.zeros_like(d)
    part[kept] = d[kept]
    return part
