"""Exact numbers where functions bend, end or explode: at kinks, at 0, at ±1000, at infinity and at nan."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.errors import AxisError, UnknownNameError, UnsupportedError
from tinygrad_edu.ops.kinks import gate, ratio_or_zero
from tinygrad_edu.ops.special import sinc_derivative

inf, nan, pi = math.inf, math.nan, math.pi


def check(f, inputs, value, slopes):
    """The value and the derivatives of f, once with numbers and once with arrays, in floats of 64 and 32 bits."""
    which = tuple(range(len(inputs)))
    y, found = tg.value_and_grad(f, which)(*map(float, inputs))
    np.testing.assert_equal((y, *found), (value, *slopes))
    for precision in (np.float64, np.float32):
        with np.errstate(all="ignore"):
            arrays = [np.full(2, x, precision) for x in inputs]
            y, found = tg.value_and_grad(lambda *xs: f(*xs)[0], which)(*arrays)
        np.testing.assert_allclose(y, value, 1e-6)
        for mine, slope in zip(found, slopes, strict=True):
            np.testing.assert_allclose(mine, [slope, 0.0], 1e-6)


# ── kinks ────────────────────────────────────────────────────────────────────────────────────────────────────────────
KINKS = [
    # function, at, value, derivatives
    (tg.absolute, [0], 0.0, [0.0]),
    (tg.sign, [0], 0.0, [0.0]),
    (tg.relu, [0], 0.0, [0.0]),
    (tg.leaky_relu, [0], 0.0, [0.01]),
    (lambda x: tg.elu(x, alpha=0.5), [0], 0.0, [0.5]),
    (tg.maximum, [2, 2], 2.0, [0.5, 0.5]),
    (tg.minimum, [2, 2], 2.0, [0.5, 0.5]),
    (tg.maximum, [inf, inf], inf, [0.5, 0.5]),
    (tg.maximum, [3, 2], 3.0, [1.0, 0.0]),
    (tg.minimum, [3, 2], 2.0, [0.0, 1.0]),
    (tg.clip, [1, 1, 2], 1.0, [0.5, 0.5, 0.0]),
    (tg.clip, [2, 1, 2], 2.0, [0.5, 0.0, 0.5]),
    (lambda x: tg.clip(x, None, 2.0), [3], 2.0, [0.0]),
    (lambda x: tg.clip(x, 1.0), [0], 1.0, [0.0]),
    (lambda x: tg.maximum(x, x), [5], 5.0, [1.0]),
    (tg.hypot, [0, 0], 0.0, [0.0, 0.0]),
    (tg.hypot, [3, -4], 5.0, [0.6, -0.8]),
    (tg.floor, [2], 2.0, [0.0]),
    (tg.round, [2.5], 2.0, [0.0]),
    (tg.trunc, [-2.5], -2.0, [0.0]),
]


@pytest.mark.parametrize(("f", "at", "value", "slopes"), KINKS)
def test_the_choice_at_a_kink_is_the_documented_one(f, at, value, slopes):
    check(f, at, value, slopes)


@pytest.mark.parametrize(
    ("f", "x", "slopes"),
    [
        (tg.max, [3.0, 1.0, 3.0], [0.5, 0.0, 0.5]),
        (tg.min, [3.0, 3.0, 3.0, 9.0], [1 / 3, 1 / 3, 1 / 3, 0.0]),
        (lambda x: tg.max(x, axis=0).sum(), [[1.0, 5.0], [1.0, 2.0]], [[0.5, 1.0], [0.5, 0.0]]),
        (lambda x: tg.min(x, axis=1, keepdims=True).sum(), [[1.0, 1.0], [5.0, 2.0]], [[0.5, 0.5], [0.0, 1.0]]),
        (tg.norm, [0.0, 0.0], [0.0, 0.0]),
        (tg.norm, [3.0, -4.0], [0.6, -0.8]),
        (lambda x: tg.norm(x, axis=1).sum(), [[0.0, 0.0], [3.0, 4.0]], [[0.0, 0.0], [0.6, 0.8]]),
        (lambda x: tg.norm(x, ord=1), [0.0, -4.0], [0.0, -1.0]),
        (lambda x: tg.norm(x, ord=inf), [4.0, 1.0, -4.0], [0.5, 0.0, -0.5]),
        (tg.std, [2.0, 2.0, 2.0], [0.0, 0.0, 0.0]),
        (lambda x: tg.std(x, axis=0).sum(), [[1.0, 5.0], [3.0, 5.0]], [[-0.5, 0.0], [0.5, 0.0]]),
    ],
)
def test_what_is_largest_together_shares_the_gradient_and_a_length_of_zero_has_none(f, x, slopes):
    np.testing.assert_allclose(tg.grad(f)(np.array(x)), slopes, 1e-15)
    found = tg.grad(f)(np.array(x, np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, slopes, 1e-6)


@pytest.mark.parametrize("f", [tg.absolute, tg.relu, lambda x: tg.hypot(x, 0.0), lambda x: tg.norm(x), tg.square])
def test_the_second_derivative_at_a_kink_is_flat(f):
    expected = 2.0 if f is tg.square else 0.0
    assert tg.grad(tg.grad(f))(0.0) == expected


@pytest.mark.parametrize("x", [0.0, -1.0])
def test_a_branch_that_is_not_taken_has_no_effect_even_where_its_slope_is_infinite(x):
    for f in (
        lambda x: tg.where(x > 0.0, tg.sqrt(x), 0.0),
        lambda x: tg.where(x > 0.0, tg.log(x), 0.0),
        lambda x: tg.where(x > 0.0, 1.0 / x, 0.0),
        lambda x: tg.where(x > 0.0, x**0.5, 0.0),
        lambda x: tg.sqrt(tg.relu(x)),
    ):
        assert tg.grad(f)(x) == 0.0
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(tg.grad(lambda x, f=f: f(x).sum())(np.array([x, x])), [0.0, 0.0])


@pytest.mark.parametrize("bad", [nan, inf])
def test_a_bad_number_in_a_branch_that_is_not_taken_reaches_no_weight(bad):
    """Nothing becomes nan here but what is multiplied by the bad number, one step before the product."""
    weight, taken = tg.Value(np.eye(2)), np.array([True, False])
    z = weight @ np.array([3.0, 4.0])
    tg.where(taken, z * np.array([2.0, bad]), 0.0).sum().backward()
    np.testing.assert_array_equal(weight.grad, [[6.0, 8.0], [0.0, 0.0]])


def test_a_condition_has_no_gradient_also_when_it_is_a_value():
    condition, a, b = tg.Value([1.0, 0.0]), tg.Value([2.0, 3.0]), tg.Value([4.0, 5.0])
    tg.where(condition, a, b).sum().backward()
    assert [v.grad.tolist() for v in (condition, a, b)] == [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize("condition", [3.0, -0.5, nan, inf])
def test_every_number_but_zero_counts_as_true(condition):
    for mask in (condition, np.full(2, condition), np.full(2, condition, np.float32)):
        y, (da, db) = tg.value_and_grad(lambda a, b, mask=mask: tg.where(mask, a, b).sum(), (0, 1))(np.ones(2), 5.0)
        assert (y, da.tolist(), db) == (2.0, [1.0, 1.0], 0.0)


def test_three_shapes_of_where_are_stretched_together():
    a, b = tg.Value([[1.0], [2.0]]), tg.Value(5.0)
    y = tg.where(np.array([True, False, True]), a, b)
    y.sum().backward()
    assert y.data.tolist() == [[1.0, 5.0, 1.0], [2.0, 5.0, 2.0]]
    assert (a.grad.tolist(), b.grad) == ([[2.0], [2.0]], 2.0)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # 0 · inf on the way
def test_a_closed_gate_lets_nothing_through_not_even_infinity():
    np.testing.assert_array_equal(gate(np.array([inf, nan, 2.0]), np.array([False, False, True])), [0.0, 0.0, 2.0])
    assert (gate(inf, 0.0), gate(3.0, True)) == (0.0, 3.0)


def test_a_ratio_of_zeros_is_zero_in_the_precision_of_its_inputs():
    a = np.array([0.0, 3.0], np.float32)
    y = ratio_or_zero(a, np.array([0.0, 4.0], np.float32))
    assert (y.tolist(), y.dtype) == ([0.0, 0.75], np.float32)
    assert ratio_or_zero(0.0, 0.0) == 0.0


# ── large, infinite, not a number ────────────────────────────────────────────────────────────────────────────────────
EXTREMES = [
    (tg.tanh, [1000], 1.0, [0.0]),
    (tg.tanh, [-inf], -1.0, [0.0]),
    (tg.sigmoid, [-1000], 0.0, [0.0]),
    (tg.sigmoid, [1000], 1.0, [0.0]),
    (tg.sigmoid, [inf], 1.0, [0.0]),
    (tg.sigmoid, [-inf], 0.0, [0.0]),
    (tg.softplus, [-1000], 0.0, [0.0]),
    (tg.softplus, [1000], 1000.0, [1.0]),
    (tg.softplus, [inf], inf, [1.0]),
    (tg.silu, [-1000], -0.0, [0.0]),
    (tg.silu, [1000], 1000.0, [1.0]),
    (tg.gelu, [-1000], -0.0, [0.0]),
    (tg.gelu, [1000], 1000.0, [1.0]),
    (lambda x: tg.gelu(x, approximate="tanh"), [-1000], -0.0, [0.0]),
    (lambda x: tg.gelu(x, approximate="tanh"), [1000], 1000.0, [1.0]),
    (tg.elu, [-1000], -1.0, [0.0]),
    (tg.elu, [1000], 1000.0, [1.0]),
    (tg.leaky_relu, [-1000], -10.0, [0.01]),
    (tg.relu, [inf], inf, [1.0]),
    (tg.relu, [-inf], 0.0, [0.0]),
    (tg.exp, [1000], inf, [inf]),
    (tg.exp, [-1000], 0.0, [0.0]),
    (tg.exp2, [5000], inf, [inf]),
    (tg.expm1, [-1000], -1.0, [0.0]),
    (tg.log, [0], -inf, [inf]),
    (tg.log2, [inf], inf, [0.0]),
    (tg.log1p, [-1], -inf, [inf]),
    (tg.sqrt, [0], 0.0, [inf]),
    (tg.sqrt, [inf], inf, [0.0]),
    (tg.sqrt, [-1], nan, [nan]),
    (tg.cbrt, [0], 0.0, [inf]),
    (tg.reciprocal, [0], inf, [-inf]),
    (tg.arcsin, [1], pi / 2, [inf]),
    (tg.arccos, [-1], pi, [-inf]),
    (tg.arccosh, [1], 0.0, [inf]),
    (tg.arctanh, [1], inf, [inf]),
    (tg.arctan, [inf], pi / 2, [0.0]),
    (tg.arcsinh, [-inf], -inf, [0.0]),
    (tg.sin, [inf], nan, [nan]),
    (tg.erf, [-inf], -1.0, [0.0]),
    (tg.erf, [30], 1.0, [0.0]),
    (tg.floor, [-inf], -inf, [0.0]),
    (tg.ceil, [inf], inf, [0.0]),
    (tg.arctan2, [0, 0], 0.0, [nan, nan]),
    (tg.logaddexp, [1000, -1000], 1000.0, [1.0, 0.0]),
    (tg.logaddexp, [-1000, 1000], 1000.0, [0.0, 1.0]),
    (tg.logaddexp, [-inf, 1], 1.0, [0.0, 1.0]),
    (tg.logaddexp, [inf, 1], inf, [1.0, 0.0]),
    (lambda x: x**0.5, [0], 0.0, [inf]),
    (lambda x: x ** (1 / 3), [-8], nan, [nan]),
    (lambda x: 1.0 / x, [0], inf, [-inf]),
]


@pytest.mark.parametrize(("f", "at", "value", "slopes"), EXTREMES)
def test_an_extreme_input_gives_the_limit_with_the_meaning_of_ieee_numbers(f, at, value, slopes):
    check(f, at, value, slopes)


NOT_A_NUMBER = [
    "relu",
    "leaky_relu",
    "elu",
    "sigmoid",
    "softplus",
    "silu",
    "gelu",
    "exp",
    "log",
    "sqrt",
    "cbrt",
    "sign",
]
NOT_A_NUMBER += ["absolute", "tanh", "erf", "sinc", "floor", "ceil", "round", "trunc", "sin", "arccosh", "max", "norm"]
NOT_A_NUMBER += ["sum", "mean", "prod", "var", "logsumexp", "log_softmax", "softmax"]


@pytest.mark.parametrize("name", NOT_A_NUMBER)
def test_not_a_number_stays_not_a_number(name):
    f = getattr(tg, name)
    assert math.isnan(f(nan))
    with np.errstate(invalid="ignore"):
        assert np.all(np.isnan(f(np.array([nan]))))


@pytest.mark.parametrize("f", [tg.maximum, tg.minimum, tg.logaddexp, tg.hypot, tg.mod])
def test_one_input_that_is_not_a_number_makes_the_result_not_a_number(f):
    assert math.isnan(f(nan, 1.0))
    assert math.isnan(f(1.0, nan))


BOUNDED = [tg.relu, tg.leaky_relu, tg.elu, tg.sigmoid, tg.softplus, tg.tanh, tg.softmax, tg.log_softmax, tg.logsumexp]


@pytest.mark.parametrize("largest", [1e3, 1e30, inf])
@pytest.mark.parametrize("precision", [np.float64, np.float32, np.float16])
def test_activations_compute_without_warnings_on_any_input(largest, precision):
    x = np.array([-min(largest, float(np.finfo(precision).max)), -1.0, 0.0, 1.0], precision)
    for f in BOUNDED:
        y, slope = tg.value_and_grad(lambda x, f=f: tg.sum(tg.maximum(f(x), -5.0)))(x)
        assert math.isfinite(y)
        assert np.all(np.isfinite(slope))
    if largest < inf:
        for f in (tg.silu, tg.gelu, lambda x: tg.gelu(x, approximate="tanh")):
            for z in (x, -x):
                assert np.all(np.isfinite(tg.grad(lambda x, f=f: tg.sum(f(x)))(z)))


def test_small_probabilities_keep_all_their_digits():
    x = np.array([-40.0, -300.0, -700.0])
    np.testing.assert_allclose(tg.sigmoid(x), np.exp(x), 1e-14)
    np.testing.assert_allclose([tg.sigmoid(float(z)) for z in x], np.exp(x), 1e-14)
    np.testing.assert_allclose(tg.softplus(x), np.exp(x), 1e-14)
    np.testing.assert_allclose(tg.grad(lambda x: tg.sum(tg.expm1(x)))(x), np.exp(x), 1e-14)
    np.testing.assert_allclose(tg.log(tg.sigmoid(-700.0)), -700.0, 1e-15)


def same(actual, expected):
    """Equal but for rounding, however small the numbers are."""
    np.testing.assert_allclose(actual, expected, rtol=1e-13, atol=0.0)


def test_the_shares_of_logaddexp_keep_their_digits_far_from_zero():
    same(tg.grad(tg.logaddexp)(1e15, 1e15 - 2.0), 1 / (1 + math.exp(-2.0)))
    same(tg.grad(tg.logaddexp, (0, 1))(-700.0, 0.0), (math.exp(-700.0), 1.0))


def test_slopes_survive_where_a_square_would_overflow():
    same(tg.grad(tg.hypot, (0, 1))(3e200, 4e200), (0.6, 0.8))
    same(tg.grad(tg.arctan2, (0, 1))(3e200, 4e200), (1.6e-201, -1.2e-201))
    same(tg.grad(tg.arcsinh)(1e200), 1e-200)
    same(tg.grad(tg.arccosh)(1e200), 1e-200)


def test_slopes_keep_their_digits_next_to_a_pole():
    below, above = 1.0 - 1e-7, 1.0 + 1e-7
    same(tg.grad(tg.arctanh)(below), float(1 / (1 - Fraction(below) ** 2)))
    same(tg.grad(tg.arcsin)(below), float(1 / (1 - Fraction(below) ** 2)) ** 0.5)
    same(tg.grad(tg.arccos)(-below), -(float(1 / (1 - Fraction(below) ** 2)) ** 0.5))
    same(tg.grad(tg.arccosh)(above), float(1 / (Fraction(above) ** 2 - 1)) ** 0.5)


# ── softmax and its relatives ────────────────────────────────────────────────────────────────────────────────────────
def test_softmax_of_far_apart_numbers_is_exact():
    x = np.array([[1000.0, -1000.0, 1000.0], [-inf, 0.0, -inf]])
    np.testing.assert_array_equal(tg.softmax(x), [[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]])
    np.testing.assert_allclose(
        tg.log_softmax(x), [[-math.log(2), -2000 - math.log(2), -math.log(2)], [-inf, 0, -inf]], 1e-15
    )
    np.testing.assert_allclose(tg.logsumexp(x, axis=1), [1000 + math.log(2), 0.0], 1e-15)


def test_what_is_impossible_gets_no_gradient():
    x = np.array([-inf, 0.0, 0.0])
    np.testing.assert_array_equal(tg.grad(tg.logsumexp)(x), [0.0, 0.5, 0.5])
    np.testing.assert_array_equal(tg.grad(lambda x: tg.softmax(x)[1])(x), [0.0, 0.25, -0.25])
    np.testing.assert_array_equal(tg.grad(lambda x: tg.log_softmax(x)[1])(x), [0.0, 0.5, -0.5])


def test_the_sum_of_no_probability_at_all_is_log_zero():
    assert tg.logsumexp(np.array([-inf, -inf])) == -inf
    assert tg.logsumexp(np.array([inf, 0.0])) == inf


def test_a_single_number_is_certain():
    assert (tg.softmax(5.0), tg.log_softmax(5.0), tg.logsumexp(5.0)) == (1.0, 0.0, 5.0)
    slopes = [tg.grad(f)(5.0) for f in (tg.softmax, tg.log_softmax, tg.logsumexp)]
    assert slopes == [0.0, 0.0, 1.0]


# ── products with zeros, spreads of large numbers ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("x", "slopes", "curvature_01"),
    [([2.0, 3.0, 5.0], [15, 10, 6], 5), ([0.0, 3.0, 5.0], [15, 0, 0], 5), ([0.0, 0.0, 5.0], [0, 0, 0], 5),
     ([0.0, 3.0, 0.0], [0, 0, 0], 0), ([0.0, 0.0, 0.0], [0, 0, 0], 0)],
)  # fmt: skip
def test_a_product_has_the_right_derivatives_however_many_factors_are_zero(x, slopes, curvature_01):
    for f in (tg.prod, lambda x: tg.cumprod(x)[2]):
        assert tg.grad(f)(np.array(x)).tolist() == slopes
        hessian = tg.hessian(f)(np.array(x))
        assert hessian.diagonal().tolist() == [0.0, 0.0, 0.0]
        assert hessian[0, 1] == hessian[1, 0] == curvature_01


def test_the_third_derivative_of_three_factors_is_one():
    def mixed(x):
        return tg.grad(lambda x: tg.grad(lambda x: tg.grad(tg.prod)(x)[0])(x)[1])(x)[2]

    assert mixed(np.zeros(3)) == 1.0


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=6))
def test_the_slope_of_a_product_is_the_product_of_the_others(numbers):
    expected = [math.prod(numbers[:i] + numbers[i + 1 :]) for i in range(len(numbers))]
    assert tg.grad(tg.prod)(np.array(numbers, float)).tolist() == expected


def test_the_variance_of_large_numbers_close_together_is_exact():
    x = np.array([1e8, 1e8 + 1.0])
    assert (tg.var(x), tg.std(x), tg.var(x, ddof=1)) == (0.25, 0.5, 0.5)
    assert tg.grad(tg.var)(x).tolist() == [-0.5, 0.5]


def test_the_mean_of_nothing_is_unknown():
    y, slope = tg.value_and_grad(tg.mean)(np.zeros((0, 2)))
    assert math.isnan(y)
    assert slope.shape == (0, 2)
    assert np.isnan(tg.mean(np.zeros((0, 2)), axis=0)).all()


@pytest.mark.filterwarnings("ignore:Degrees of freedom:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_the_variance_of_one_sample_is_unknown_and_so_is_its_slope():
    y, slope = tg.value_and_grad(lambda x: tg.var(x, ddof=1))(np.array([5.0]))
    assert math.isnan(y)
    assert np.isnan(slope).all()


# ── erf and sinc ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_erf_of_an_array_has_the_digits_of_the_c_library():
    x = np.concatenate([np.linspace(-7.0, 7.0, 5001), np.geomspace(1e-300, 1.0, 500), [0.46875, -0.46875]])
    expected = np.array([math.erf(z) for z in x])
    np.testing.assert_allclose(tg.erf(x), expected, rtol=7e-16, atol=0.0)
    np.testing.assert_allclose(tg.erf(x.astype(np.float32)), expected, rtol=5e-7, atol=1e-37)


def test_sinc_has_its_derivatives_of_any_order_at_zero():
    slopes, f = [], tg.sinc
    for _ in range(5):
        slopes.append(f(0.0))
        f = tg.grad(f)
    np.testing.assert_allclose(slopes, [1.0, 0.0, -(pi**2) / 3, 0.0, pi**4 / 5], 1e-15)


@pytest.mark.parametrize("x", [1e-12, 1e-5, 1e-3, 0.3, 0.63, 0.64, 1.0, 2.5, 40.0])
def test_the_derivatives_of_sinc_lose_no_digits_near_zero(x):
    u = pi * x
    if u < 0.01:  # the first terms of the series are exact there
        expected = [-u / 3 + u**3 / 30 - u**5 / 840, -1 / 3 + u**2 / 10 - u**4 / 168]
    else:
        first = (math.cos(u) - math.sin(u) / u) / u
        expected = [first, -math.sin(u) / u - 2 * first / u]
    found = [sinc_derivative(x, order=n) / pi**n for n in (1, 2)]
    np.testing.assert_allclose(found, expected, rtol=1e-15 if u < 0.01 else 1e-13, atol=1e-15 if u > 0.01 else 0.0)
    same(tg.grad(tg.grad(tg.sinc))(-x), found[1] * pi**2)


# ── whole numbers ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("a", [7.0, -7.0, 6.0, 0.0, 1e300, inf, nan])
@pytest.mark.parametrize("b", [3.0, -3.0, 0.25, inf, -inf])
def test_python_and_numpy_agree_on_the_sign_of_a_remainder(a, b):
    with np.errstate(invalid="ignore"):
        expected = (np.floor_divide(a, b), np.mod(a, b))
        np.testing.assert_equal((tg.floor_divide(a, b), tg.mod(a, b)), expected)
        np.testing.assert_equal(tg.floor_divide(np.array([a]), b)[0], expected[0])
    if math.isfinite(a) and math.isfinite(b):
        assert tg.mod(a, b) == a % b
        assert tg.grad(tg.mod, (0, 1))(a, b) == (1.0, -(a // b))


@pytest.mark.parametrize("x", [0.5, 1.5, 2.5, -0.5, 2.675, 0.285, 1e300])
@pytest.mark.parametrize("decimals", [0, 2, -1])
def test_rounding_follows_numpy_to_the_even_neighbour(x, decimals):
    assert tg.round(x, decimals) == np.round(x, decimals)
    assert tg.round(np.array([x]), decimals)[0] == np.round(x, decimals)


# ── plain answers ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("x", [[3.0, 0.0, 7.0], np.array([3.0, 0.0, 7.0]), tg.Value([3.0, 0.0, 7.0])])
def test_positions_and_counts_are_plain_numbers(x):
    assert (tg.argmax(x), tg.argmin(x), tg.count_nonzero(x)) == (2, 1, 2)


def test_positions_along_an_axis_are_plain_arrays():
    x = tg.Value([[1.0, 5.0], [7.0, 0.0]])
    assert tg.argmax(x, axis=0).tolist() == np.argmax(x, axis=0).tolist() == [1, 0]
    assert tg.argmin(x, axis=1, keepdims=True).tolist() == [[0], [1]]
    assert tg.count_nonzero(x > 0.5, axis=1).tolist() == [2, 1]


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("x", "settings", "what"),
    [(np.ones((2, 2)), {"ord": "nuc"}, "norm: ord='nuc' for 2 axes has no derivative here."),
     (np.ones((2, 2)), {"ord": 2}, "norm: ord=2 for 2 axes has no derivative here."),
     (np.ones((2, 2, 2)), {"ord": 1, "axis": (0, 1)}, "norm: ord=1 for 2 axes has no derivative here."),
     (np.ones(3), {"ord": 3}, "norm: ord=3 for 1 axes has no derivative here.")],
)  # fmt: skip
def test_an_unusual_length_says_which_ones_there_are(x, settings, what):
    with pytest.raises(UnsupportedError) as caught:
        tg.norm(tg.Value(x), **settings)
    assert str(caught.value) == (
        f"{what}\n"
        "  There are None, 1, 2 and inf for vectors (one axis), None and 'fro' for matrices (two axes).\n"
        "  Choose one of them, name the axis of the vectors, or write it with max, sum and absolute."
    )


@pytest.mark.parametrize("x", [0.5, np.array([0.5])])
def test_a_misspelt_approximation_names_the_right_ones(x):
    with pytest.raises(UnknownNameError) as caught:
        tg.gelu(tg.Value(x), approximate="tan")
    assert str(caught.value) == (
        "There is no approximation named 'tan'.\n  The names are: none, tanh.\n  Did you mean 'tanh'?"
    )


def test_an_axis_that_does_not_exist_is_named():
    for name in (
        "sum",
        "mean",
        "max",
        "min",
        "prod",
        "var",
        "std",
        "norm",
        "cumsum",
        "cumprod",
        "softmax",
        "logsumexp",
    ):
        with pytest.raises(AxisError) as caught:
            getattr(tg, name)(tg.Value([[1.0]]), axis=3)
        assert str(caught.value) == (
            f"{name}: axis 3 is out of bounds for array of dimension 2.\n"
            "  An array of shape (1, 1) has 2 axes, numbered 0 to 1, or -2 to -1.\n"
            f"  Write {name}(x, axis=1) for the last one."
        )
