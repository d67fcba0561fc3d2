"""Is the engine's number the measured slope? An answer of three words, and why.

PASS           they agree to six digits, or as far as the measurement goes, and it goes far enough to tell
FAIL           they differ by more than the measurement can be off
INCONCLUSIVE   there is no slope here, or rounding hides it

>>> judge(2.0, slope(lambda x: x * x, 1.0), 0.0).verdict, judge(2.1, slope(lambda x: x * x, 1.0), 0.0).verdict
('PASS', 'FAIL')
>>> judge(0.0, slope(lambda x: 1e-7 * x, 1.0), 0.0).verdict
'FAIL'
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ..writing.wording import number
from .differences import FIRST, Measured, slope
from .replay import RELATIVE, Rounding

SURE = 4.0  # how many doubts a difference must exceed
SECOND_LOOKS = (0.18931, 0.04713)  # other first steps: what rounding made up does not come out the same again
NOTHING = 1e-13  # a gradient this small, among numbers around 1, is what rounding leaves over
LEFT_OVER = "The engine's number is no larger than the rounding of the numbers that f computes with."
CLOSE = 1000.0  # how much longer than rounding a step must be at least
NO_RECORD = Rounding()  # of a function that was not recorded, nothing is known
TELLING = 1e-3  # a measurement tells something about a gradient when its doubt is a thousandth of it


class Judged(NamedTuple):
    """A verdict, how large the disagreement is relative to the gradient, and a sentence; larger is worse."""

    verdict: str
    error: float
    why: str = ""


def judge(engine: float, measured: Measured, scale: float, relative: float = RELATIVE) -> Judged:
    """Compare one number of the engine's gradient with the measured slope.

    scale      the size of the gradient as a whole: what is tiny beside it need not be known to six digits
    relative   how exact the engine's number can be
    """
    if measured.trouble:
        return where_no_slope_is(engine, measured)
    value, doubt = measured.value, measured.doubt
    if not math.isfinite(engine):
        return Judged("FAIL", math.inf, f"The engine's gradient is {engine}, the measured slope {number(value)}.")
    size, difference = max(abs(engine), abs(value)), abs(engine - value)
    error = difference / size if size else 0.0
    if difference > relative * size + SURE * doubt:
        return Judged("FAIL", error)
    share = difference / max(size, scale, measured.change, 1e-300)
    if SURE * doubt <= TELLING * max(size, scale, measured.change) or engine == value == 0.0 == measured.change:
        return Judged("PASS", share)
    return Judged("INCONCLUSIVE", error, lost(measured))


def compared(
    engine: float, height: Callable[[float], float], x: float, scale: float, rounding: Rounding = NO_RECORD
) -> tuple[Judged, Measured]:
    """Measure the slope at x and judge the engine's number; what would fail is measured again with other steps.

    >>> compared(3.0, lambda t: t**3, 1.0, 0.0)[0].verdict
    'PASS'
    """
    noise, limit, relative = rounding

    def measure(first: float) -> Measured:
        return slope(height, x, noise=noise, limit=limit, first=first)

    measured = measure(FIRST)
    judged = judge(engine, measured, scale, relative)
    if judged.verdict != "FAIL" or not math.isfinite(engine) or measured.trouble:
        return judged, measured
    for first in SECOND_LOOKS:
        measured = reconciled(measured, measure(first), limit)
    apart = abs(engine - measured.value) * max(1.0, abs(x))
    close = CLOSE * max(limit, noise) / apart if apart else math.inf
    if 0.0 < close < measured.step / 4:  # are these steps too long? A staircase looks like a slope from afar
        again = measure(close)
        measured = again if abs(again.value - engine) < 0.1 * abs(again.value - measured.value) else measured
    judged = judge(engine, measured, scale, relative)
    if judged.verdict == "FAIL" and 10 * abs(measured.value) < abs(engine) <= min(limit, NOTHING):
        judged = Judged("INCONCLUSIVE", judged.error, LEFT_OVER)
    return judged, measured


def reconciled(one: Measured, two: Measured, limit: float) -> Measured:
    """What to believe of two measurements: the one from closer by, if rounding cannot explain why they differ."""
    fine = min(one, two, key=lambda found: found.step)
    apart = abs(one.value - two.value)
    if two.trouble or (apart > SURE * (one.doubt + two.doubt) and 20 * limit < apart * fine.step):
        return two if two.trouble else fine
    return replace(one, doubt=max(one.doubt, two.doubt, apart))


def where_no_slope_is(engine: float, measured: Measured) -> Judged:
    """At a kink, a jump or an edge there is no derivative; but between the slopes of a kink is a convention, outside
    of them a mistake."""
    low, high = sorted((measured.left, measured.right))
    if measured.trouble == "kink" and math.isfinite(high - low):
        slack = 0.01 * max(abs(low), abs(high))
        if not low - slack <= engine <= high + slack:
            why = f"f has a kink here: its slopes are {number(measured.left)} to the left and {number(measured.right)}"
            return Judged("FAIL", 1.0, f"{why} to the right, and the engine's {number(engine)} is not between them.")
    return Judged("INCONCLUSIVE", 0.0, no_slope(measured))


def no_slope(measured: Measured) -> str:
    """Why there is no derivative to compare with, in words."""
    left, right = number(measured.left), number(measured.right)
    words = {
        "kink": f"f has a kink here: its slope is {left} to the left and {right} to the right, so there is no "
        "derivative; the engine's number is a convention.",
        "jump": "f jumps here: there is no derivative.",
        "edge": "f is not a finite number on one side of this place: there is no derivative.",
        "steep": "The slope of f grows without bound towards this place: there is no derivative.",
        "not finite": "f is not a finite number here: there is no slope to measure.",
    }
    return words[measured.trouble]


def lost(measured: Measured) -> str:
    """For a slope that rounding hides."""
    return (
        f"Rounding hides this slope: it can be measured to ±{number(measured.doubt)} only, because f itself is so "
        "large or so coarse. Check the part of f that matters by itself."
    )
