"""Measure a slope without any calculus: move a little to both sides, compare, and say how far to trust the result.

A central difference (f(x + h) - f(x - h)) / 2h errs by h² because f is curved, and by rounding / h because numbers
have finitely many digits. So it is taken for shrinking h and extrapolated to h = 0, where the first error is gone;
how much the extrapolations still differ is the doubt.

>>> found = slope(math.exp, 1.0)
>>> abs(found.value - math.e) < found.doubt < 1e-9
True
>>> slope(abs, 0.0).trouble
'kink'

source  C. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering Software 4 (1982);
        Press et al., Numerical Recipes, 3rd ed., section 5.7
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import TinygradError

LEVELS = 40  # how often the step may shrink
ORDERS = 5  # how far is extrapolated: the error falls from h² to h¹⁰
FIRST = 0.13027  # of the size of x: long enough for small rounding errors; no power of 2, so that rounding shows
GOOD = 1e-10  # relative doubt at which nothing better is looked for
FIRM = 1e-6  # relative doubt at which shorter steps are only tried a few times more
STAIRCASE = 1 / 64  # of the largest difference: higher steps are no rounding
WILD = 0.1  # relative doubt at which the step is so long that extrapolating is pointless


@dataclass(frozen=True)
class Measured:
    """A measured slope.

    value        the slope
    doubt        how far it may be off: truncation and rounding together
    left, right  the slopes to either side at the smallest step used; where they differ, there is no derivative
    kink         whether they differ, or there is a jump or an edge
    step         the step of the best measurement
    trouble      "" or "kink", "jump", "edge" (f is not finite on one side), "steep" (the slope grows without bound),
                 "not finite" (f is not a number here, or nowhere near)
    change       the largest |f(x ± h) - f(x)| / h seen: what a slope of this function is like hereabouts
    """

    value: float
    doubt: float
    left: float
    right: float
    kink: bool
    step: float
    trouble: str = ""
    change: float = 0.0


def slope(
    height: Callable[[float], float],
    x: float = 0.0,
    dtype: Any = np.float64,
    *,
    size: float | None = None,
    noise: float = 0.0,
    limit: float = math.inf,
    first: float = FIRST,
) -> Measured:
    """The derivative of a function of one number at x, measured.

    height   the function: number -> number
    dtype    the precision in which it computes; the doubt is never less than its rounding
    size     how large x's surroundings are: steps start at size / 8; by default |x|, at least 1
    noise    how much rounding inside the function moves its result, if more than the result's own rounding
    limit    how much it may at most; steps in the function that are higher are a staircase, not rounding
    """
    x, eps = float(x), float(np.finfo(dtype).eps)
    centre = _number(height, x)
    if not math.isfinite(centre):
        return Measured(math.nan, math.inf, math.nan, math.nan, True, 0.0, "not finite")
    size = max(1.0, abs(x)) if size is None else size
    samples, step = _Samples(height, x, centre, max(noise, eps * abs(centre)), limit), size * first
    least = 1e-15 * abs(x) or 1e-20 * size
    while not samples.take(step) and step > least:
        step /= 8
    if not samples.steps:
        return _at_the_edge(samples, size * first)
    while len(samples.steps) < LEVELS and not samples.settled():
        step /= 8 if samples.wild() else 2
        if step < least or not samples.take(step):
            break
    return samples.best()


def _number(height: Callable[[float], float], x: float) -> float:
    try:
        return float(height(x))
    except (ArithmeticError, ValueError, TinygradError):  # outside of where the function is defined
        return math.nan


class _Samples:
    """The function's values at shrinking steps, and the table of extrapolations that grows with them."""

    def __init__(self, height: Callable[[float], float], x: float, centre: float, noise: float, limit: float):
        self.height, self.x, self.centre, self.noise, self.limit = height, x, centre, noise, limit
        self.steps: list[float] = []
        self.left: list[float] = []  # one-sided slopes
        self.right: list[float] = []
        self.row: list[float] = []  # the newest row of the table: a difference, then better and better extrapolations
        self.found: list[tuple[float, float, int]] = []  # (doubt, slope, number of the step), one per step
        self.noises: list[float] = []  # how far rounding may move the function's values
        self.farthest = self.steepest = 0.0  # the largest difference and slope so far
        self.grain, self.grains = math.inf, 0  # the largest number of which all differences so far are multiples

    def take(self, step: float) -> bool:
        """Measure with this step; False where the function is not finite."""
        ahead, behind = self.x + step, self.x - step
        above, below = _number(self.height, ahead), _number(self.height, behind)
        if not (math.isfinite(above) and math.isfinite(below)) or ahead == behind:
            return False
        before = [] if self.steps and self.steps[-1] > 3 * step else self.row  # after a leap it says nothing
        self.steps.append(step)
        self.right.append((above - self.centre) / (ahead - self.x))
        self.left.append((self.centre - below) / (self.x - behind))
        self.steepest = max(self.steepest, self.size(-1))
        own = 1.2e-16 * max(abs(above), abs(below), abs(self.x) * self.size(-1))  # of the result, and of x inside f
        self.noises.append(max(self.noise, own))
        self._see_grain(above - below)
        self._extrapolate((above - below) / (ahead - behind), before)
        return True

    def _see_grain(self, difference: float) -> None:
        """Rounding inside the function (float32, large numbers that cancel) leaves its results coarse: notice it."""
        self.farthest = max(self.farthest, abs(difference))
        if difference:
            mantissa, exponent = math.frexp(difference)
            digits = int(mantissa * 2.0**53)
            self.grain, self.grains = min(self.grain, math.ldexp(digits & -digits, exponent - 53)), self.grains + 1

    def _extrapolate(self, difference: float, before: list[float]) -> None:
        """One more row of the table; of its entries, the one that differs least from its neighbours counts."""
        row, best, value = [difference], abs(difference) + abs(self.right[-1] - self.left[-1]), difference
        for order, old in enumerate(before[:ORDERS], start=1):
            new = row[-1] + (row[-1] - old) / (4.0**order - 1.0)
            doubt = max(abs(new - row[-1]), abs(new - old))
            if doubt <= best or order == 1:
                best, value = doubt, new
            row.append(new)
        self.row = row
        self.found.append((best + 4e-16 * abs(value), value, len(self.steps) - 1))

    def rounding(self, k: int = -1) -> float:
        """What rounding may do to the k-th difference."""
        coarse = self.grains > 3 and self.grain <= min(self.limit, STAIRCASE * self.farthest)
        return 2 * max(self.noises[k], self.grain if coarse else 0.0) / self.steps[k]

    def settled(self) -> bool:
        """Whether a shorter step would make nothing better: good enough twice, or lost in rounding."""
        if len(self.row) < 4:
            return self.rounding() > max(self.steepest, 1e-300)
        (doubt, value, _), before = self.found[-1], self.found[-2]
        if (firm := self.firm()) and firm[-1] < len(self.steps) - 4:
            return True
        enough = max(GOOD * abs(value), 2 * self.rounding())
        return doubt <= enough and before[0] <= 100 * enough and not self.apart(len(self.steps) - 1)

    def firm(self) -> list[int]:
        """The steps at which the slope is well known, and the function smooth (or no kink was ever seen)."""
        found, kink = [], False
        for doubt, value, k in self.found:
            apart = self.apart(k)
            kink = kink or apart
            if k > 1 and doubt <= FIRM * abs(value) and not apart and (self.clear(k) or not kink):
                found.append(k)
        return found

    def wild(self) -> bool:
        """Whether the step is so long that even the newest differences have nothing to do with each other."""
        doubt, value, k = self.found[-1]
        lost = len(self.row) > 2 and doubt > WILD * max(abs(value), 1e-3 * self.size(k))
        return lost or (len(self.row) > 3 and self.apart(k))

    def size(self, k: int) -> float:
        """How steep the function is to the steeper side, with the k-th step."""
        return max(abs(self.left[k]), abs(self.right[k]))

    def gap(self, k: int) -> float:
        """How far the slopes to both sides are apart, with the k-th step."""
        return abs(self.right[k] - self.left[k])

    def before(self, k: int) -> int:
        """The number of the step that is four to eight times as long as the k-th."""
        return max(0, k - 1 if self.steps[k - 1] > 3 * self.steps[k] else k - 2)

    def clear(self, k: int) -> bool:
        """Whether a gap that stayed what it was would be seen above the rounding."""
        return 8 * self.rounding(k) < 0.6 * self.gap(self.before(k))

    def apart(self, k: int) -> bool:
        """Whether the slopes to both sides do not approach each other: for a smooth f their gap shrinks like h."""
        gap, before = self.gap(k), self.gap(self.before(k))
        return k > 1 and gap > 1e-4 * self.size(k) + 4 * self.rounding(k) and gap > 0.6 * before

    def best(self) -> Measured:
        """The measurement with the smallest doubt, and whether there is a slope at all."""
        last = next((k for k in range(len(self.steps) - 1, -1, -1) if self.clear(k)), len(self.steps) - 1)
        smooth = last  # whatever was measured across a kink, however well it agreed, says nothing about x
        firm = self.firm()
        if firm and self.apart(last):  # what comes after a well-known slope is rounding
            smooth = last = firm[-1]
        while smooth > 0 and not self.apart(smooth - 1):
            smooth -= 1
        doubt, value, k = min((doubt + self.rounding(k), value, k) for doubt, value, k in self.found[smooth:])
        trouble = ""
        if doubt > 0.01 * abs(value) or self.apart(last):
            trouble = self.trouble(last)
        if trouble:
            since = next((j for j in range(last, 0, -1) if not self.apart(j)), 0)
            k = (since + last + 1) // 2  # a step that is neither long nor lost in rounding
        value = (self.left[k] + self.right[k]) / 2 if trouble == "kink" else value
        sides, change = (self.left[k], self.right[k]), max(map(self.size, range(smooth, len(self.steps))))
        return Measured(value, doubt, *sides, bool(trouble), self.steps[k], trouble, change)

    def trouble(self, k: int) -> str:
        """What kind of place this is, told from how the slopes behave at the shortest steps that rounding allows."""
        far = next((j for j in range(k, -1, -1) if self.steps[j] > 60 * self.steps[k]), None)
        if far is None:
            return "kink" if self.apart(k) else ""
        shrunk = self.steps[far] / self.steps[k]
        if self.apart(k):
            return "jump" if self.gap(k) > 0.5 * shrunk * self.gap(far) else "kink"
        now, before = abs(self.left[k] + self.right[k]), abs(self.left[far] + self.right[far])
        if now <= 2 * before or self.found[k][0] < 0.05 * now:
            return ""
        return "jump" if now > 0.5 * shrunk * before else "steep"


def _at_the_edge(samples: _Samples, step: float) -> Measured:
    """f is finite at x, but not on both sides of it: the slope towards the side that exists, if there is one."""
    h, sides = 1e-6 * step, [0.0, 0.0]
    for k, sign in enumerate((-1.0, 1.0)):
        sides[k] = sign * (_number(samples.height, samples.x + sign * h) - samples.centre) / h
    value = next((side for side in sides if math.isfinite(side)), math.nan)
    trouble = "edge" if math.isfinite(value) else "not finite"
    return Measured(value, math.inf, sides[0], sides[1], True, step, trouble, abs(value))
