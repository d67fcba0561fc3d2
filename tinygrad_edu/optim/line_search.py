"""How far to go along a direction: far enough down, and far enough that the slope has flattened.

From a point where the height is f₀ and the slope f₀′ < 0, a step t satisfies the strong Wolfe conditions if

    f(t) ≤ f₀ + c₁ · t · f₀′          it goes down by a fair share of what the slope promised
    |f′(t)| ≤ c₂ · |f₀′|              what is left of the slope is small

The search first goes forward until the two surround such a step, then it closes in. New steps come from the cubic
polynomial through the heights and slopes at two steps.

>>> def parabola(t):
...     return (t - 3.0) ** 2, np.array([2.0 * (t - 3.0)])
>>> found = strong_wolfe(parabola, np.array([1.0]), 10.0, *parabola(0.0))
>>> found.t, found.height
(3.0, 0.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

C1, C2 = 1e-4, 0.9


class Point(NamedTuple):
    """A step that was tried: its length, the height there, the gradient, and the slope along the direction."""

    t: float
    height: float
    gradient: Any
    slope: float


class Found(NamedTuple):
    """The step that was chosen, and how many were tried."""

    t: float
    height: float
    gradient: Any
    evaluations: int


def strong_wolfe(
    at: Callable[[float], tuple[float, Any]],
    direction: Any,
    t: float,
    height: float,
    gradient: Any,
    tolerance_change: float = 1e-9,
    most: int = 25,
) -> Found:
    """A step along the direction that satisfies the strong Wolfe conditions, or the lowest that was found.

    at         step -> height and gradient there
    t          the first step to try
    height, gradient   at step 0
    most       how many steps are tried beside the first
    source     Nocedal & Wright, Numerical Optimization, 2nd ed. (2006), algorithms 3.5 and 3.6; the choices that they
               leave open are those of minFunc (Schmidt, 2005), as in PyTorch
    """

    def tried(t: float) -> Point:
        height, gradient = at(t)
        return Point(t, height, gradient, float(gradient @ direction))

    start = Point(0.0, height, gradient, float(gradient @ direction))
    reach = float(np.abs(direction).max())

    def high(x: Point) -> bool:
        return x.height > start.height + C1 * x.t * start.slope

    def flat(x: Point) -> bool:
        return abs(x.slope) <= -C2 * start.slope

    # go forward until a good step is found, or two steps have one between them
    old, new, count = start, tried(t), 0
    pair: list[Point] = []
    while count < most:
        if high(new) or (count > 1 and new.height >= old.height) or (new.slope >= 0.0 and not flat(new)):
            pair = [old, new]
            break
        if flat(new):
            return Found(new.t, new.height, new.gradient, count + 1)
        t = lowest_between(old, new, new.t + 0.01 * (new.t - old.t), 10.0 * new.t)
        old, new, count = new, tried(t), count + 1
    pair = pair or [start, new]

    # close in; the lower end of the pair is the best step so far
    low, top = (0, 1) if pair[0].height <= pair[1].height else (1, 0)
    stuck = False
    while count < most and abs(pair[1].t - pair[0].t) * reach >= tolerance_change:
        t, stuck = inside(pair, lowest_between(pair[0], pair[1]), stuck)
        new, count = tried(t), count + 1
        if high(new) or new.height >= pair[low].height:
            pair[top] = new
            low, top = (0, 1) if pair[0].height <= pair[1].height else (1, 0)
            continue
        if not flat(new) and new.slope * (pair[top].t - pair[low].t) >= 0.0:
            pair[top] = pair[low]
        pair[low] = new
        if flat(new):
            break
    best = pair[low]
    return Found(best.t, best.height, best.gradient, count + 1)


def inside(pair: list[Point], t: float, stuck: bool) -> tuple[float, bool]:
    """t, unless it is twice in a row next to an end of the pair: then a tenth of the way inside."""
    left, right = min(pair[0].t, pair[1].t), max(pair[0].t, pair[1].t)
    margin = 0.1 * (right - left)
    if not min(right - t, t - left) < margin:
        return t, False
    if not (stuck or t >= right or t <= left):
        return t, True
    return (right - margin if abs(t - right) < abs(t - left) else left + margin), False


def lowest_between(a: Point, b: Point, least: float | None = None, most: float | None = None) -> float:
    """Where the cubic polynomial with the heights and slopes at a and b is lowest, kept between two bounds.

    >>> lowest_between(Point(0.0, 1.0, None, -2.0), Point(3.0, 4.0, None, 4.0))
    1.0
    """
    left, right = (a, b) if a.t <= b.t else (b, a)
    least, most = left.t if least is None else least, right.t if most is None else most
    d1 = a.slope + b.slope - 3.0 * (a.height - b.height) / (a.t - b.t) if a.t != b.t else math.nan
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0.0:
        return (least + most) / 2.0
    d2 = math.sqrt(square)
    below = right.slope - left.slope + 2.0 * d2
    if below == 0.0:
        return (least + most) / 2.0
    return min(max(right.t - (right.t - left.t) * ((right.slope + d2 - d1) / below), least), most)
