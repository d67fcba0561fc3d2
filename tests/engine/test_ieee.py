"""Numbers and arrays compute alike: inf and nan where Python would raise, and no nan from a branch not taken."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.ops.op import TABLE

inf, nan = math.inf, math.nan
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy warns about inf and nan in arrays

# program, x, its value, its slope: what IEEE 754 says, or the limit
RESULTS = [
    ("1 / 0", lambda x: 1 / x, 0.0, inf, -inf),
    ("1 / -0", lambda x: 1 / x, -0.0, -inf, -inf),
    ("x / 0", lambda x: x / 0, 1.0, inf, inf),
    ("0 / 0", lambda x: x / x, 0.0, nan, nan),
    ("0 ** -1", lambda x: x**-1, 0.0, inf, -inf),
    ("0 ** 0", lambda x: x**0, 0.0, 1.0, 0.0),
    ("0 ** 1", lambda x: x**1, 0.0, 0.0, 1.0),
    ("0 ** 2", lambda x: x**2, 0.0, 0.0, 0.0),
    ("0 ** 0.5", lambda x: x**0.5, 0.0, 0.0, inf),
    ("(-3) ** 2", lambda x: x**2, -3.0, 9.0, -6.0),
    ("(-8) ** (1/3)", lambda x: x ** (1 / 3), -8.0, nan, nan),
    ("0 to the power x", lambda x: 0**x, 2.0, 0.0, 0.0),
    ("2 to a large power", lambda x: 2**x, 5000.0, inf, inf),
    ("large ** 2", lambda x: x**2, 1e200, inf, 2e200),
    ("large * large", lambda x: x * x, 1e200, inf, 2e200),
    ("exp(1000)", lambda x: x.exp(), 1000.0, inf, inf),
    ("exp(-1000)", lambda x: x.exp(), -1000.0, 0.0, 0.0),
    ("log(0)", lambda x: x.log(), 0.0, -inf, inf),
    ("log(-1)", lambda x: x.log(), -1.0, nan, -1.0),
    ("sqrt(0)", lambda x: x.sqrt(), 0.0, 0.0, inf),
    ("sqrt(-1)", lambda x: x.sqrt(), -1.0, nan, nan),
    ("log1p(-1)", lambda x: x.log1p(), -1.0, -inf, inf),
    ("tanh(1000)", lambda x: x.tanh(), 1000.0, 1.0, 0.0),
    ("sigmoid(-1000)", lambda x: x.sigmoid(), -1000.0, 0.0, 0.0),
    ("sigmoid(1000)", lambda x: x.sigmoid(), 1000.0, 1.0, 0.0),
    ("softplus(1000)", lambda x: x.softplus(), 1000.0, 1000.0, 1.0),
    ("sin(inf)", lambda x: x.sin(), inf, nan, nan),
    ("inf - inf", lambda x: x - x, inf, nan, 0.0),
    ("floor(inf)", lambda x: x.floor(), inf, inf, 0.0),
    ("x % 0", lambda x: x % 0, 5.0, nan, 1.0),
    ("nan goes on", lambda x: x * 2 + 1, nan, nan, 2.0),
    ("nan squared", lambda x: x * x, nan, nan, nan),
    ("cosh(1000)", lambda x: x.cosh(), 1000.0, inf, inf),
    ("reciprocal of 0", lambda x: x.reciprocal(), 0.0, inf, -inf),
]
ROWS = pytest.mark.parametrize(
    ("program", "x", "result", "slope"), [r[1:] for r in RESULTS], ids=[r[0] for r in RESULTS]
)


@ROWS
def test_a_number_has_the_ieee_result_and_slope(program, x, result, slope):
    v = Value(x)
    y = program(v)
    assert type(y.data) is float and y.data == pytest.approx(result, nan_ok=True)
    y.backward()
    assert type(v.grad) is float and v.grad == pytest.approx(slope, nan_ok=True)


@ROWS
def test_an_array_has_the_same_results_and_slopes(program, x, result, slope):
    v = Value([x, x])
    y = program(v)
    assert y.data == pytest.approx(np.array([result, result]), nan_ok=True)
    y.sum().backward()
    assert v.grad == pytest.approx(np.array([slope, slope]), nan_ok=True)


@ROWS
def test_the_recorded_gradient_is_the_same(program, x, result, slope):
    g = tg.grad(program)(Value(x))
    assert type(g) is Value and g.data == pytest.approx(slope, nan_ok=True)
    g = tg.grad(lambda v: program(v).sum())(Value([x, x]))
    assert g.data == pytest.approx(np.array([slope, slope]), nan_ok=True)


SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 710.0, 1e308, -1e308, 1e-320, inf, -inf, nan]
ELEMENTWISE = [op for op in TABLE.values() if op.elementwise and len(op.inputs) <= 2]


def agree(number, entry):
    assert type(number) is float
    return number == entry or (number != number and entry != entry) or math.isclose(number, entry, rel_tol=1e-12)


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.name)
def test_a_primitive_treats_special_numbers_alike_alone_and_in_an_array(op):
    points = list(itertools.product(SPECIAL, repeat=len(op.inputs)))
    arrays = [Value(column) for column in np.array(points).T]
    y = op(*arrays)
    y.sum().backward()
    for i, point in enumerate(points):
        values = [Value(x) for x in point]
        z = op(*values)
        z.backward()
        assert agree(z.data, y.data[i]), point
        assert all(agree(v.grad, a.grad[i]) for v, a in zip(values, arrays)), (point, [v.grad for v in values])


def test_gradients_of_inf_and_nan_come_without_a_warning_of_their_own():
    x = Value([0.0, 4.0])
    y = (x**0.5).sum()
    with np.errstate(all="raise"):
        y.backward()
        assert np.array_equal(tg.grad(lambda x: (x**0.5).sum())(Value([0.0, 4.0])).data, [inf, 0.25])
    assert np.array_equal(x.grad, [inf, 0.25])


def test_numpys_own_error_setting_is_respected_when_computing():
    with np.errstate(all="raise"):
        with pytest.raises(FloatingPointError, match="overflow"):
            tg.exp(Value([1000.0]))
        assert tg.exp(Value(1000.0)).data == inf  # a Python number has no such setting


# ── a branch not taken has no influence ──────────────────────────────────────────────────────────────────────────────
# a function that is infinite or undefined at 0 and at -1; what it is at 4, and its slope there
DANGEROUS = [
    ("sqrt", lambda x: tg.sqrt(x), 0.25),
    ("log", lambda x: tg.log(x), 0.25),
    ("division", lambda x: 1.0 / x, -1 / 16),
    ("division by itself", lambda x: x / x, 0.0),
    ("power", lambda x: x**0.5, 0.25),
    ("negative power", lambda x: x**-1.5, -1.5 * 4.0**-2.5),
    ("variable power", lambda x: x ** (x - 3.5), 2.0 * (math.log(4.0) + 0.125)),
    ("several operations", lambda x: tg.exp(tg.log(tg.sqrt(x) * 3.0) * 2.0 - 1.0) / 9.0, math.exp(-1.0)),
    ("log of a square root of a quotient", lambda x: tg.log(tg.sqrt(1.0 / x)), -0.125),
    ("a branch inside", lambda x: tg.where(x > 1, tg.sqrt(x - 1.0), tg.log(x)), 0.5 / math.sqrt(3.0)),
    ("arccosh", lambda x: tg.arccosh(x), 1 / math.sqrt(15.0)),
    ("reciprocal", lambda x: tg.reciprocal(x), -1 / 16),
    ("x log x", lambda x: x * tg.log(x), math.log(4.0) + 1.0),
]
BRANCHES = [
    ("where", lambda f, x: tg.where(x > 0, f(x), 0.0)),
    ("where not", lambda f, x: tg.where(x <= 0, 0.0, f(x))),
    ("where on the way in and out", lambda f, x: tg.where(x > 0, f(tg.where(x > 0, x, 1.0)), 0.0)),
    ("where, then more", lambda f, x: tg.tanh(tg.where(x > 0, f(x), 0.0)) * 2.0),
    ("where as a zero factor", lambda f, x: tg.where(x > 0, f(x) * 3.0, x * 0.0)),
]
DANGER = pytest.mark.parametrize(("f", "slope"), [row[1:] for row in DANGEROUS], ids=[row[0] for row in DANGEROUS])
BRANCH = pytest.mark.parametrize("branch", [row[1] for row in BRANCHES], ids=[row[0] for row in BRANCHES])


@DANGER
@BRANCH
@pytest.mark.parametrize("x", [0.0, -0.0, -1.0])
def test_a_branch_not_taken_has_gradient_zero_for_a_number(f, slope, branch, x):
    v = Value(x)
    branch(f, v).backward()
    assert v.grad == 0.0
    assert tg.grad(lambda v: branch(f, v))(x) == 0.0
    assert tg.grad(lambda v: branch(f, v))(Value(x)).data == 0.0


@DANGER
@BRANCH
def test_a_branch_not_taken_has_gradient_zero_in_an_array_and_the_taken_one_its_own(f, slope, branch):
    x = np.array([0.0, 4.0, -1.0])
    v, four = Value(x), Value(4.0)
    branch(f, v).sum().backward()
    branch(f, four).backward()
    np.testing.assert_allclose(v.grad, [0.0, four.grad, 0.0], rtol=1e-14)
    np.testing.assert_allclose(tg.grad(lambda v: branch(f, v).sum())(Value(x)).data, v.grad, rtol=1e-14)
    if branch is BRANCHES[0][1]:
        assert four.grad == pytest.approx(slope, rel=1e-14)


@DANGER
def test_second_derivatives_of_a_branch_not_taken_are_zero_too(f, slope):
    def chosen(x):
        return tg.where(x > 0, f(x), 0.0)

    assert tg.grad(tg.grad(chosen))(0.0) == tg.grad(tg.grad(chosen))(-1.0) == 0.0
    second = tg.grad(lambda x: tg.grad(lambda x: chosen(x).sum())(x).sum())(np.array([0.0, 4.0, -1.0]))
    step = 1e-4
    assert second[0] == second[2] == 0.0
    assert second[1] == pytest.approx(
        (tg.grad(f)(4.0 + step) - tg.grad(f)(4.0 - step)) / (2 * step), rel=1e-6, abs=1e-9
    )
    assert tg.jvp(chosen, 0.0, 1.0)[1] == 0.0
    assert tg.jvp(chosen, np.array([0.0, -1.0]), np.array([1.0, 1.0]))[1].tolist() == [0.0, 0.0]


@DANGER
def test_entries_that_are_not_picked_have_gradient_zero(f, slope):
    x = Value([0.0, 4.0, -1.0])
    f(x)[1].backward()
    np.testing.assert_allclose(x.grad, [0.0, slope, 0.0], rtol=1e-14, atol=1e-16)
    x = Value([0.0, 4.0, -1.0])
    f(x)[x > 0].sum().backward()
    np.testing.assert_allclose(x.grad, [0.0, slope, 0.0], rtol=1e-14, atol=1e-16)
    x = Value([0.0, 4.0, -1.0])
    f(x[x > 0]).sum().backward()
    np.testing.assert_allclose(x.grad, [0.0, slope, 0.0], rtol=1e-14, atol=1e-16)


def test_a_real_nan_is_not_hidden():
    x, w = Value([np.nan, 1.0]), Value([2.0, 3.0])
    (x * w).sum().backward()
    assert np.isnan(w.grad[0]) and w.grad[1] == 1.0
    assert np.array_equal(x.grad, [2.0, 3.0])
    y = Value([-1.0, 4.0])
    tg.sqrt(y).sum().backward()
    assert np.isnan(y.grad[0]) and y.grad[1] == 0.25


def test_a_nan_in_one_place_of_the_graph_does_not_spoil_the_rest():
    x, z = Value([0.0, 4.0]), Value([-1.0, 9.0])
    inside = x * 1.0
    y = tg.where(inside > 0, tg.sqrt(inside), 0.0).sum() + tg.sqrt(z).sum()
    y.backward()
    assert np.array_equal(x.grad, [0.0, 0.25]) and np.array_equal(inside.grad, [0.0, 0.25])
    assert np.isnan(z.grad[0]) and z.grad[1] == 1 / 6


def test_nothing_is_counted_twice_when_a_branch_needed_care():
    x, w = Value([0.0, 4.0]), Value([1.0, 2.0])
    y = (tg.where(x > 0, tg.sqrt(x), 0.0) * w + w * w).sum()
    y.backward()
    y.backward()
    assert np.array_equal(x.grad, [0.0, 2 * 0.5]) and np.array_equal(w.grad, [2 * 2.0, 2 * (2.0 + 4.0)])
