"""The line search finds steps that satisfy the strong Wolfe conditions, on functions made to be difficult."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tinygrad_edu import Value, optim
from tinygrad_edu.optim.line_search import C1, C2, Point, inside, lowest_between, strong_wolfe


def along(f, slope):
    """A function of one number in the form the search wants: height and gradient."""
    return lambda t: (f(t), np.array([slope(t)]))


ONE = np.array([1.0])
VALLEYS = {
    "parabola": (lambda t: (t - 1.0) ** 2, lambda t: 2.0 * (t - 1.0)),
    "far away": (lambda t: (t - 1e4) ** 2, lambda t: 2.0 * (t - 1e4)),
    "very near": (lambda t: (t - 1e-4) ** 2, lambda t: 2.0 * (t - 1e-4)),
    "wavy": (lambda t: 0.1 * (t - 5.0) ** 2 + math.sin(3.0 * t), lambda t: 0.2 * (t - 5.0) + 3.0 * math.cos(3.0 * t)),
    "quartic": (lambda t: (t - 2.0) ** 4, lambda t: 4.0 * (t - 2.0) ** 3),
    "kink": (lambda t: abs(t - 3.0) + 0.01 * t * t, lambda t: math.copysign(1.0, t - 3.0) + 0.02 * t),
    # Moré & Thuente, Line Search Algorithms with Guaranteed Sufficient Decrease (1994), functions 1 and 2
    "Moré 1": (lambda t: -t / (t * t + 2.0), lambda t: (t * t - 2.0) / (t * t + 2.0) ** 2),
    "Moré 2": (lambda t: (t + 0.004) ** 5 - 2.0 * (t + 0.004) ** 4,
               lambda t: 5.0 * (t + 0.004) ** 4 - 8.0 * (t + 0.004) ** 3),
}  # fmt: skip


@pytest.mark.parametrize("start", [1e-3, 0.1, 1.0, 10.0, 1000.0])
@pytest.mark.parametrize("valley", VALLEYS)
def test_the_step_satisfies_both_conditions(valley, start):
    f, slope = VALLEYS[valley]
    if slope(0.0) >= 0.0:
        f, slope = (lambda t, f=f: f(-t)), (lambda t, slope=slope: -slope(-t))
    found = strong_wolfe(along(f, slope), ONE, start, f(0.0), np.array([slope(0.0)]))
    assert found.height == f(found.t) and found.gradient[0] == slope(found.t)
    assert found.height < f(0.0)
    if found.evaluations == 26:  # from 1000 back to 1.4, past a wall that is nearly flat: it gives what it has
        assert (valley, start) in {("Moré 1", 1000.0), ("kink", start)}
        return
    assert found.height <= f(0.0) + C1 * found.t * slope(0.0)
    if valley != "kink":
        assert abs(slope(found.t)) <= -C2 * slope(0.0)


@given(st.floats(0.1, 5.0), st.floats(-3.0, 3.0), st.floats(0.5, 4.0), st.floats(1e-3, 50.0))
def test_it_goes_down_on_any_wave(size, phase, speed, start):
    f, slope = (
        along(
            lambda t: 0.05 * t * t + size * math.sin(speed * t + phase),
            lambda t: 0.1 * t + size * speed * math.cos(speed * t + phase),
        ),
        size * speed * math.cos(phase),
    )
    assume(slope < -1e-3)
    height, gradient = f(0.0)
    found = strong_wolfe(f, ONE, start, height, gradient)
    assert found.height <= height + C1 * found.t * slope
    assert abs(found.gradient[0]) <= -C2 * slope


def test_a_height_that_is_nan_or_infinite_ends_the_search():
    for bad in (math.nan, math.inf):
        found = strong_wolfe(lambda t, bad=bad: (bad, np.array([1.0])), ONE, 1.0, 0.0, np.array([-1.0]))
        assert found.evaluations <= 26


def test_a_step_next_to_an_end_for_the_second_time_is_moved_a_tenth_inside():
    pair = [Point(2.0, 0.0, None, 0.0), Point(12.0, 0.0, None, 0.0)]
    assert inside(pair, 7.0, True) == (7.0, False)
    assert inside(pair, 2.5, False) == (2.5, True)
    assert inside(pair, 2.5, True) == (3.0, False)
    assert inside(pair[::-1], 11.5, True) == (11.0, False)
    assert inside(pair, 12.0, False) == (11.0, False)


@given(*[st.floats(-5.0, 5.0)] * 4)
def test_the_lowest_place_of_a_cubic_is_found(a, b, x, y):
    assume(abs(x - y) > 0.1 and abs(a) > 0.1)

    def cubic(t):  # its slope is a (t - 1) (t - b)
        return a * (t**3 / 3.0 - (1.0 + b) * t * t / 2.0 + b * t)

    def point(t):
        return Point(t, cubic(t), None, a * (t - 1.0) * (t - b))

    lowest = max(1.0, b) if a > 0.0 else min(1.0, b)
    expected = min(max(lowest, min(x, y)), max(x, y))
    assume(abs(b - 1.0) > 0.1)
    assert lowest_between(point(x), point(y)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("most", [1, 2, 3, 5, 8])
def test_lbfgs_computes_the_loss_no_more_than_once_beyond_what_is_allowed(most):
    p, count = Value([-1.2, 1.0]), 0
    optimizer = optim.LBFGS([p], lr=1e-4, max_iter=10, max_eval=most, line_search_fn="strong_wolfe")

    def rosenbrock():
        nonlocal count
        count += 1
        optimizer.zero_grad()
        loss = (1.0 - p[0]) ** 2 + 100.0 * (p[1] - p[0] ** 2) ** 2
        loss.backward()
        return loss

    optimizer.step(rosenbrock)
    assert count <= most + 1
