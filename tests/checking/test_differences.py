"""Measured slopes: right to many digits, never surer than they are, and aware of places that have no slope."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu.checking.differences import Measured, slope
from tinygrad_edu.checking.judging import compared, judge, reconciled
from tinygrad_edu.checking.replay import Rounding

SMOOTH = [  # function, place, exact slope
    ("exp", math.exp, 1.0, math.e),
    ("a fast wave", lambda x: math.sin(1e6 * x), 0.3, 1e6 * math.cos(3e5)),
    ("far from 0", math.sin, 1e6, math.cos(1e6)),
    ("tiny", lambda x: 1e-12 * math.sin(x), 0.5, 1e-12 * math.cos(0.5)),
    ("small", lambda x: 1e-7 * math.sin(x), 0.5, 1e-7 * math.cos(0.5)),
    ("huge", lambda x: 1e12 * math.sin(x), 0.5, 1e12 * math.cos(0.5)),
    ("at the end of the numbers", lambda x: float(np.exp(x)), 700.0, math.exp(700.0)),
    ("close to the edge of the domain", lambda x: math.log(x) if x > 0 else math.nan, 1e-9, 1e9),
    ("close to a pole", lambda x: 1 / x, 1e-3, -1e6),
    ("close to another pole", math.tan, 1.5, 1 / math.cos(1.5) ** 2),
    ("a valley", lambda x: (x - 1.0) ** 2, 1.0, 0.0),
    ("a saddle", lambda x: x**3, 0.0, 0.0),
    ("flat", lambda x: 3.0, 1.0, 0.0),
    ("a ripple on a line", lambda x: x + 1e-3 * math.sin(1e4 * x), 0.0, 11.0),
    ("a narrow bump", lambda x: math.exp(-1e6 * (x - 1e-3) ** 2), 0.0, 2e3 / math.e),
    ("a kink to the right", lambda x: max(x - 1e-5, 0.0), 0.0, 0.0),
    ("a kink to the left", lambda x: max(x + 1e-5, 0.0) + 0.25 * x, 0.0, 1.25),
    ("a kink very close by", lambda x: max(x + 1e-12, 0.0) + 0.25 * x, 0.0, 1.25),
    ("a jump close by", lambda x: math.floor(x) + 0.25 * x, 0.001, 0.25),
    ("no kink, only curved", lambda x: abs(x) ** 1.5, 0.0, 0.0),
]


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(("f", "x", "exact"), [case[1:] for case in SMOOTH], ids=[case[0] for case in SMOOTH])
def test_a_slope_is_measured_to_seven_digits_and_its_doubt_covers_the_error(f, x, exact):
    found = slope(f, x)
    assert not found.trouble and not found.kink
    assert abs(found.value - exact) <= 1e-7 * abs(exact) + 1e-15
    assert abs(found.value - exact) <= 4 * found.doubt + 1e-9 * abs(exact)


NOISY = [
    ("large numbers", lambda x: 1e8 + math.sin(x), math.cos(0.3)),
    ("large numbers that cancel", lambda x: (1e8 + math.sin(x)) - 1e8, math.cos(0.3)),
    ("a line on a large number", lambda x: 1e8 + x, 1.0),
    ("a line that cancels", lambda x: (1e8 + x) - 1e8, 1.0),
    ("single precision inside", lambda x: float(np.float32(math.sin(x))), math.cos(0.3)),
    ("half precision inside", lambda x: float(np.float16(math.sin(x))), math.cos(0.3)),
    ("nothing left of it", lambda x: 1e20 + x, 1.0),
    ("almost nothing left of it", lambda x: 1e12 + 1e-3 * math.sin(x), 1e-3 * math.cos(0.3)),
]


@pytest.mark.parametrize(("f", "exact"), [case[1:] for case in NOISY], ids=[case[0] for case in NOISY])
def test_where_rounding_disturbs_the_doubt_says_how_much(f, exact):
    found = slope(f, 0.3)
    assert not found.trouble
    assert abs(found.value - exact) <= found.doubt
    assert found.doubt > 1e-8


NOWHERE = [
    ("abs", abs, 0.0, "kink", (-1.0, 1.0)),
    ("relu", lambda x: max(x, 0.0), 0.0, "kink", (0.0, 1.0)),
    ("a slight kink far out", lambda x: x + 0.01 * abs(x - 100.0), 100.0, "kink", (0.99, 1.01)),
    ("a curved kink", lambda x: math.exp(abs(x)), 0.0, "kink", (-1.0, 1.0)),
    ("a kink on a large number", lambda x: 1e6 + abs(x), 0.0, "kink", (-1.0, 1.0)),
    ("floor", math.floor, 2.0, "jump", None),
    ("sign", lambda x: float(np.sign(x)), 0.0, "jump", None),
    ("cube root", lambda x: float(np.cbrt(x)), 0.0, "steep", None),
    ("square root", lambda x: math.sqrt(x) if x >= 0 else math.nan, 0.0, "edge", None),
    ("log", lambda x: math.log(x) if x > 0 else -math.inf, 0.0, "not finite", None),
    ("not a number", lambda x: math.nan, 1.0, "not finite", None),
]


@pytest.mark.parametrize(
    ("f", "x", "trouble", "sides"), [case[1:] for case in NOWHERE], ids=[case[0] for case in NOWHERE]
)
def test_a_place_without_a_slope_is_recognised(f, x, trouble, sides):
    found = slope(f, x)
    assert found.trouble == trouble and found.kink
    if sides:
        assert (found.left, found.right) == pytest.approx(sides, abs=1e-3)
        assert found.value == pytest.approx(sum(sides) / 2, abs=1e-3)


def test_a_function_that_raises_far_out_is_measured_close_by():
    assert slope(lambda x: math.exp(x**9), 2.0).value == pytest.approx(9 * 2.0**8 * math.exp(2.0**9), rel=1e-7)


def test_the_precision_of_a_function_can_be_stated():
    assert slope(lambda x: 2.0 * x + 1.0, 1.0, np.float32).doubt > 1e-7 > slope(lambda x: 2.0 * x + 1.0, 1.0).doubt


@given(
    st.floats(-3, 3),
    st.floats(-3, 3),
    st.floats(-3, 3),
    st.floats(-100, 100),
    st.sampled_from([1e-12, 1e-3, 1.0, 1e12]),
)
def test_the_slope_of_any_smooth_function_is_within_its_doubt(a, b, c, x, scale):
    def f(t):
        return scale * (a * math.sin(t) + b * t * t / 100 + c * math.tanh(t / 10))

    exact = scale * (a * math.cos(x) + b * x / 50 + c / 10 * (1 - math.tanh(x / 10) ** 2))
    found = slope(f, x)
    assert not found.trouble
    assert abs(found.value - exact) <= 4 * found.doubt + 1e-9 * abs(exact) + 1e-14 * scale


# ── verdicts ─────────────────────────────────────────────────────────────────────────────────────────────────────────
VERDICTS = [
    ("right", 2.0, lambda x: x * x, 1.0, "PASS"),
    ("right to rounding", 2.0 + 1e-9, lambda x: x * x, 1.0, "PASS"),
    ("wrong in the fifth digit", 2.00002, lambda x: x * x, 1.0, "FAIL"),
    ("zero for something small", 0.0, lambda x: 1e-7 * math.sin(x), 0.5, "FAIL"),
    ("small, and right", 1e-7 * math.cos(0.5), lambda x: 1e-7 * math.sin(x), 0.5, "PASS"),
    ("zero for nothing", 0.0, lambda x: 7.0, 0.5, "PASS"),
    ("zero in a valley", 0.0, math.cos, 0.0, "PASS"),
    ("nan", math.nan, lambda x: x * x, 1.0, "FAIL"),
    ("inf", math.inf, lambda x: x * x, 1.0, "FAIL"),
    ("a convention at a kink", 0.0, abs, 0.0, "INCONCLUSIVE"),
    ("outside of the kink's slopes", 3.0, abs, 0.0, "FAIL"),
    ("nan at a kink", math.nan, abs, 0.0, "FAIL"),
    ("a jump", 0.0, math.floor, 1.0, "INCONCLUSIVE"),
    ("an infinite slope", math.inf, lambda x: float(np.cbrt(x)), 0.0, "INCONCLUSIVE"),
    ("on a large number", 1.0, lambda x: 1e8 + x, 0.3, "PASS"),
    ("wrong on a large number", 1.1, lambda x: 1e8 + x, 0.3, "FAIL"),
    ("right, but lost", 1.0, lambda x: 1e20 + x, 0.3, "INCONCLUSIVE"),
    ("right, but hardly measurable", 1e-3 * math.cos(0.3), lambda x: 1e12 + 1e-3 * math.sin(x), 0.3, "INCONCLUSIVE"),
    ("right behind cancelling numbers", math.cos(0.3), lambda x: (1e8 + math.sin(x)) - 1e8, 0.3, "PASS"),
    ("right in single precision", math.cos(0.3), lambda x: float(np.float32(math.sin(x))), 0.3, "PASS"),
]


@pytest.mark.parametrize(("engine", "f", "x", "verdict"), [case[1:] for case in VERDICTS], ids=[c[0] for c in VERDICTS])
def test_a_number_is_judged_by_what_the_measurement_can_tell(engine, f, x, verdict):
    assert compared(engine, f, x, 0.0)[0].verdict == verdict


def test_what_is_tiny_beside_the_rest_of_the_gradient_need_not_be_known_exactly():
    hidden = slope(lambda x: 1e12 + 1e-3 * math.sin(x), 0.3)
    assert judge(1e-3 * math.cos(0.3), hidden, 0.0).verdict == "INCONCLUSIVE"
    assert judge(1e-3 * math.cos(0.3), hidden, 1e3).verdict == "PASS"


WORDS = [
    (abs, 0.0, "f has a kink here: its slope is -1 to the left and 1 to the right, so there is no derivative; "
     "the engine's number is a convention."),
    (math.floor, 1.0, "f jumps here: there is no derivative."),
    (lambda x: math.sqrt(x) if x >= 0 else math.nan, 0.0,
     "f is not a finite number on one side of this place: there is no derivative."),
    (lambda x: float(np.cbrt(x)), 0.0,
     "The slope of f grows without bound towards this place: there is no derivative."),
    (lambda x: math.nan, 0.0, "f is not a finite number here: there is no slope to measure."),
]  # fmt: skip


@pytest.mark.parametrize(("f", "x", "words"), WORDS, ids=["kink", "jump", "edge", "steep", "not finite"])
def test_a_place_without_a_slope_is_explained(f, x, words):
    assert judge(0.0, slope(f, x), 0.0).why == words


def test_a_number_outside_of_a_kink_is_explained():
    assert judge(3.0, slope(abs, 0.0), 0.0).why == (
        "f has a kink here: its slopes are -1 to the left and 1 to the right, and the engine's 3 is not between them."
    )


def test_a_slope_that_rounding_hides_is_explained():
    why = judge(1.0, slope(lambda x: 1e20 + x, 0.3), 0.0).why
    assert why.startswith("Rounding hides this slope: it can be measured to ±3.")
    assert why.endswith("so large or so coarse. Check the part of f that matters by itself.")


def test_what_rounding_leaves_over_of_a_vanishing_gradient_is_not_called_wrong():
    assert compared(5e-16, lambda x: 0.0, 0.3, 0.0, Rounding(limit=1e-14))[0].verdict == "INCONCLUSIVE"
    assert compared(5e-16, lambda x: 0.0, 0.3, 0.0, Rounding(limit=1e-17))[0].verdict == "FAIL"
    assert compared(0.0, lambda x: 1e-15 * math.sin(x), 0.3, 0.0, Rounding(limit=1e-14))[0].verdict == "FAIL"


def test_a_staircase_seen_from_afar_is_no_slope():
    exact = Rounding(limit=64 * 2.3e-16 * 1234.5)
    assert compared(0.0, math.floor, 1234.5, 0.0, exact)[0].verdict == "PASS"
    assert compared(1.0, math.floor, 1234.5, 0.0, exact)[0].verdict == "FAIL"


def test_of_two_measurements_that_differ_the_closer_one_counts_unless_rounding_explains_the_difference():
    far, close = (Measured(v, 1e-9, v, v, False, step) for v, step in ((1.0, 0.1), (0.0, 1e-4)))
    assert reconciled(far, close, 1e-12) == reconciled(close, far, 1e-12) == close
    assert reconciled(far, close, 1e-3).doubt == 1.0 and reconciled(far, close, math.inf).value == 1.0
    kink = slope(abs, 0.0)
    assert reconciled(far, kink, 0.0) == kink


def test_extrapolation_needs_a_dozen_evaluations_for_twelve_digits():
    calls = []

    def f(x):
        calls.append(x)
        return math.exp(x)

    assert slope(f, 1.0).value == pytest.approx(math.e, rel=1e-12)
    assert len(calls) <= 13
