"""Jacobians, Hessians and products with them: closed forms, finite differences, and each against the others."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value

W = np.random.default_rng(1).normal(size=(3, 4))


def rosenbrock(x):
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


SCALARS = [
    ("rosenbrock", rosenbrock),
    ("log-sum-exp", lambda x: tg.log(tg.exp(x @ W).sum())),
    ("a network", lambda x: (tg.sigmoid(tg.tanh(x @ W) * 2.0) ** 2).sum() * x[0]),
    ("a product", lambda x: x[0] * x[1] * x[2]),
    ("a quotient", lambda x: x[0] / (x * x).sum()),
    ("linear", lambda x: (3.0 * x).sum()),
    ("constant", lambda x: 7.0),
    ("broadcasting", lambda x: ((x[:, None] - x[None, :]) ** 2 * W[:, :3]).sum()),
    ("repeated entries", lambda x: (x[[0, 0, 1]] ** 3 * x).sum()),
    ("stacking", lambda x: tg.stack([x[0] * x[1], tg.sin(x[2]), x.sum()]).sum() ** 2),
    ("concatenating", lambda x: (tg.concatenate([x * x, x[::-1]]) ** 2).mean()),
    ("power", lambda x: ((x + 4.0) ** (x * 0.5)).sum()),
    ("where", lambda x: tg.where(x > 0.0, x**3, tg.exp(x)).sum()),
]
SCALAR = pytest.mark.parametrize("f", [row[1] for row in SCALARS], ids=[row[0] for row in SCALARS])
X = np.array([0.7, -0.3, 1.2])


def slopes(f, x, step=1e-3):
    """Central differences of fourth order, one row per entry of x."""
    rows = []
    for place in np.ndindex(x.shape):
        unit = np.zeros(x.shape)
        unit[place] = step
        far, near = (np.asarray(f(x + k * unit)) - np.asarray(f(x - k * unit)) for k in (2, 1))
        rows.append((8 * near - far) / (12 * step))
    return np.array(rows).reshape(x.shape + np.shape(rows[0]))


@SCALAR
def test_the_gradient_is_the_measured_slope(f):
    np.testing.assert_allclose(tg.grad(f)(X), slopes(lambda x: tg.value_and_grad(f)(x)[0], X), rtol=1e-7, atol=1e-7)


@SCALAR
def test_the_hessian_is_the_measured_slope_of_the_gradient_and_symmetric(f):
    h = tg.hessian(f)(X)
    np.testing.assert_allclose(h, slopes(tg.grad(f), X), rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(h, h.T, rtol=1e-12, atol=1e-12)
    assert type(h) is np.ndarray and h.shape == (3, 3)


@SCALAR
def test_a_hessian_vector_product_is_the_hessian_times_the_vector(f, rng):
    v = rng.normal(size=3)
    np.testing.assert_allclose(tg.hvp(f, X, v), tg.hessian(f)(X) @ v, rtol=1e-12, atol=1e-12)
    (product,) = tg.hvp(f, (X,), (v,))
    np.testing.assert_array_equal(product, tg.hvp(f, X, v))
    np.testing.assert_allclose(
        product, tg.jvp(tg.grad(f), X, v)[1], rtol=1e-12, atol=1e-12
    )  # forward over reverse: the same


@SCALAR
def test_forward_mode_is_the_gradient_times_the_direction(f, rng):
    v = rng.normal(size=3)
    y, dy = tg.jvp(f, X, v)
    assert type(y) is type(dy) is float and y == tg.value_and_grad(f)(X)[0]
    assert dy == pytest.approx(tg.grad(f)(X) @ v, rel=1e-12, abs=1e-13)


VECTORS = [
    ("tanh(x W)", lambda x: tg.tanh(x @ W), (4,)),
    ("a matrix", lambda x: x[:, None] * tg.sin(x), (3, 3)),
    ("a number", lambda x: x[0] * x[1], ()),
    ("a number from all", lambda x: (x * x).sum(), ()),
    ("a slice", lambda x: x[1:] * x[:-1], (2,)),
    ("the argument", lambda x: x, (3,)),
    ("a constant", lambda x: np.ones(2), (2,)),
    ("nothing", lambda x: x[:0], (0,)),
    ("cumulated", lambda x: tg.cumsum(x * x), (3,)),
]
VECTOR = pytest.mark.parametrize(("f", "shape"), [row[1:] for row in VECTORS], ids=[row[0] for row in VECTORS])


@VECTOR
def test_the_jacobian_has_a_row_per_result_and_a_column_per_argument(f, shape):
    j = tg.jacobian(f)(X)
    assert type(j) is np.ndarray and j.shape == (*shape, 3)
    measured = slopes(lambda x: tg.vjp(f, x)[0], X)
    np.testing.assert_allclose(j, np.moveaxis(measured, 0, -1), rtol=1e-7, atol=1e-9)


@VECTOR
def test_forward_and_reverse_mode_are_transposes_of_each_other(f, shape, rng):
    v, g = rng.normal(size=3), rng.normal(size=shape) if shape else 1.7
    j = tg.jacobian(f)(X)
    y, dy = tg.jvp(f, X, v)
    _, pull = tg.vjp(f, X)
    (back,) = pull(g)
    assert np.shape(dy) == np.shape(y) == shape and type(y) is type(dy) is (np.ndarray if shape else float)
    np.testing.assert_allclose(dy, j @ v, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(back, np.tensordot(g, j, np.ndim(g)), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(np.sum(g * np.asarray(dy)), back @ v, rtol=1e-11, atol=1e-12)


def test_the_jacobian_of_a_matrix_function_has_the_axes_of_the_result_first():
    x = np.arange(6.0).reshape(2, 3)
    j = tg.jacobian(lambda x: x.T @ x)(x)
    assert j.shape == (3, 3, 2, 3)
    for i, k, m, n in itertools.product(range(3), range(3), range(2), range(3)):
        assert j[i, k, m, n] == (n == i) * x[m, k] + (n == k) * x[m, i]


def test_jacobians_of_numbers_are_numbers():
    assert tg.jacobian(lambda x: x**3)(2.0) == 12.0 and type(tg.jacobian(lambda x: x**3)(2.0)) is float
    assert tg.hessian(lambda x: x**3)(2.0) == 12.0 and type(tg.hessian(lambda x: x**3)(2.0)) is float
    column = tg.jacobian(lambda x: x * np.array([1.0, 2.0]))(3.0)
    assert type(column) is np.ndarray and np.array_equal(column, [1.0, 2.0])


def test_jacobians_by_several_arguments_and_of_several_results_stay_nested():
    a, b = np.array([1.0, 2.0]), 3.0
    by_a, by_b = tg.jacobian(lambda a, b: a * b, (0, 1))(a, b)
    assert np.array_equal(by_a, 3.0 * np.eye(2)) and np.array_equal(by_b, a)
    assert np.array_equal(tg.jacobian(lambda a, b: a * b, -1)(a, b), a)
    j = tg.jacobian(lambda p: {"sum": p["w"].sum(), "parts": (p["w"] * p["k"], p["k"])})({"w": a, "k": b})
    assert np.array_equal(j["sum"]["w"], [1.0, 1.0]) and j["sum"]["k"] == 0.0
    assert np.array_equal(j["parts"][0]["w"], 3.0 * np.eye(2)) and np.array_equal(j["parts"][0]["k"], a)
    assert np.array_equal(j["parts"][1]["w"], [0.0, 0.0]) and j["parts"][1]["k"] == 1.0


def test_a_hessian_by_several_arguments_has_a_block_for_each_pair():
    h = tg.hessian(lambda a, b: a**2 * b**3, (0, 1))(2.0, 3.0)
    assert h == ((54.0, 108.0), (108.0, 72.0))
    assert tg.hessian(lambda a, b: a**2 * b**3, 1)(2.0, 3.0) == 72.0
    h = tg.hessian(lambda p: (p["w"] ** 2).sum() * p["k"])({"w": np.array([1.0, 2.0]), "k": 3.0})
    assert np.array_equal(h["w"]["w"], 6.0 * np.eye(2)) and np.array_equal(h["w"]["k"], [2.0, 4.0])
    assert np.array_equal(h["k"]["w"], [2.0, 4.0]) and h["k"]["k"] == 0.0


def test_directions_are_built_like_the_arguments_and_paired_by_key():
    y, dy = tg.jvp(lambda p, c: p["a"] + 10.0 * p["b"] + 100.0 * c, ({"a": 1.0, "b": 2.0}, 3.0), ({"b": 0, "a": 1}, 0))
    assert (y, dy) == (321.0, 1.0)
    assert tg.hvp(lambda p: p["a"] ** 2 + 10.0 * p["b"] ** 2, {"a": 1.0, "b": 1.0}, {"b": 1.0, "a": 0.0}) == {
        "a": 0.0,
        "b": 20.0,
    }
    product = tg.hvp(lambda a, b: a * a * b, (2.0, 3.0), (1.0, 10.0))
    assert product == (2 * 3.0 * 1.0 + 2 * 2.0 * 10.0, 2 * 2.0 * 1.0)


def test_forward_mode_keeps_nested_results_nested():
    y, dy = tg.jvp(lambda x: {"a": x * x, "b": (x, 7.0)}, 3.0, 10.0)
    assert y == {"a": 9.0, "b": (3.0, 7.0)} and dy == {"a": 60.0, "b": (10.0, 0.0)}


def test_forward_mode_does_not_depend_on_gradients_that_cancel():
    def f(x):
        root = tg.sqrt(x)  # both results use it, with opposite signs
        return tg.concatenate([root, -root])

    with np.errstate(all="ignore"):
        assert tg.jvp(f, np.array([0.0, 4.0]), np.array([1.0, 1.0]))[1].tolist() == [math.inf, 0.25, -math.inf, -0.25]
    assert tg.jvp(lambda x: (tg.sqrt(x), -tg.sqrt(x)), 4.0, 1.0)[1] == (0.25, -0.25)


def test_transforms_at_values_give_values_that_can_be_trained_through():
    x = Value([1.0, 2.0])
    h = tg.hessian(lambda x: (x**4).sum())(x)
    j = tg.jacobian(lambda x: x**3)(x)
    y, dy = tg.jvp(lambda x: x**3, x, np.array([1.0, 10.0]))
    p = tg.hvp(lambda x: (x**3).sum(), x, np.array([1.0, 10.0]))
    assert [type(v) for v in (h, j, y, dy, p)] == [Value] * 5
    assert np.array_equal(h.data, np.diag([12.0, 48.0])) and np.array_equal(j.data, np.diag([3.0, 12.0]))
    (h.sum() + j.sum() + dy.sum() + p.sum()).backward()
    np.testing.assert_allclose(
        x.grad, 24 * x.data + 6 * x.data + 6 * x.data * [1, 10] + 6 * np.array([1, 10]), rtol=1e-14
    )


# ── any order ────────────────────────────────────────────────────────────────────────────────────────────────────────
HIGHER = [
    ("sin", tg.sin, [math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x), math.sin] * 2),
    ("exp", tg.exp, [math.exp] * 6),
    ("1/x", lambda x: 1 / x, [lambda x, n=n: (-1.0) ** n * math.factorial(n) / x ** (n + 1) for n in range(1, 7)]),
    ("log", tg.log, [lambda x, n=n: -((-1.0) ** n) * math.factorial(n - 1) / x**n for n in range(1, 7)]),
    ("x⁵", lambda x: x**5, [lambda x, n=n: math.perm(5, n) * x ** (5 - n) if n <= 5 else 0.0 for n in range(1, 7)]),
    ("x·x·x", lambda x: x * x * x, [lambda x: 3 * x * x, lambda x: 6 * x, lambda x: 6.0, lambda x: 0.0, lambda x: 0.0]),
    ("2ˣ", lambda x: 2**x, [lambda x, n=n: math.log(2) ** n * 2**x for n in range(1, 6)]),
    ("√x", tg.sqrt, [lambda x: 0.5 * x**-0.5, lambda x: -0.25 * x**-1.5, lambda x: 0.375 * x**-2.5]),
]


@pytest.mark.parametrize(("f", "derivatives"), [row[1:] for row in HIGHER], ids=[row[0] for row in HIGHER])
def test_derivatives_of_any_order_are_the_closed_forms(f, derivatives):
    for x in (0.5, 1.3):
        d = f
        for n, wanted in enumerate(derivatives[:6], 1):
            d = tg.grad(d)
            found = d(x)
            assert type(found) is float and found == pytest.approx(wanted(x), rel=1e-11, abs=1e-12), n


def test_mixed_orders_by_forward_and_reverse_agree():
    def f(x):
        return tg.sin(x) * tg.exp(2.0 * x)

    def forward(f):
        return lambda x: tg.jvp(f, x, 1.0)[1]

    third = [a(b(c(f)))(0.3) for a, b, c in itertools.product((tg.grad, forward), repeat=3)]
    assert third == pytest.approx([third[0]] * 8, rel=1e-12)


# ── nested derivatives do not see each other's variables ─────────────────────────────────────────────────────────────
def d(f):
    return tg.grad(f)


def fwd(f):
    return lambda x: tg.jvp(f, x, 1.0)[1]


CONFUSION = [
    ("x · d(x + y)/dy", lambda d: d(lambda x: x * d(lambda y: x + y)(1.0))(1.0), 1.0),
    ("x · d(x · y)/dy", lambda d: d(lambda x: x * d(lambda y: x * y)(2.0))(3.0), 6.0),
    ("d(y · x)/dy at y = x", lambda d: d(lambda x: d(lambda y: y * x)(x))(3.0), 1.0),
    ("d(y² · x)/dy at y = x", lambda d: d(lambda x: d(lambda y: y * y * x)(x))(3.0), 12.0),
    ("d(y · y)/dy at y = x²", lambda d: d(lambda x: d(lambda y: y * y)(x * x))(3.0), 12.0),
    ("the outer variable only", lambda d: d(lambda x: d(lambda y: x * x)(x))(3.0), 0.0),
    ("the inner result times the inner variable's place", lambda d: d(lambda x: x * d(lambda y: 7.0)(x))(3.0), 0.0),
    ("three levels", lambda d: d(lambda x: x * d(lambda y: y * d(lambda z: x * y * z)(y))(x))(2.0), 24.0),
    ("inner derivative twice", lambda d: d(lambda x: d(d(lambda y: y**3 * x))(x))(2.0), 24.0),
    ("a function that captures both", lambda d: d(lambda x: d(lambda y: (lambda z: x * y * z)(y) * x)(x))(2.0), 24.0),
]


@pytest.mark.parametrize(("program", "wanted"), [row[1:] for row in CONFUSION], ids=[row[0] for row in CONFUSION])
@pytest.mark.parametrize("how", [d, fwd], ids=["reverse", "forward"])
def test_nested_derivatives_do_not_confuse_their_variables(program, wanted, how):
    assert program(how) == wanted


def test_forward_inside_reverse_and_reverse_inside_forward_do_not_confuse_their_variables():
    for outer, inner in ((d, fwd), (fwd, d)):
        assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
        assert outer(lambda x: x * inner(lambda y: x * y * y)(x))(2.0) == 3 * 2 * 4.0


def test_the_result_of_an_inner_transform_depends_on_the_outer_variable_too():
    assert tg.grad(lambda x: tg.value_and_grad(lambda y: x * y * y)(3.0)[0])(2.0) == 9.0
    assert tg.grad(lambda x: tg.vjp(lambda y: x * y * y, 3.0)[0])(2.0) == 9.0
    assert tg.grad(lambda x: tg.jvp(lambda y: x * y * y, 3.0, 1.0)[0])(2.0) == 9.0
    assert tg.grad(lambda x: tg.jvp(lambda y: x * y * y, 3.0, 1.0)[1])(2.0) == 6.0
    assert tg.grad(lambda x: tg.hessian(lambda y: (x * y**3).sum())(np.ones(2)).sum())(2.0) == 12.0
    assert tg.grad(lambda x: tg.hvp(lambda y: (x * y**3).sum(), np.ones(2), np.ones(2)).sum())(2.0) == 12.0


def test_a_pull_may_be_called_inside_another_derivative():
    def f(x):
        y, pull = tg.vjp(lambda y: y**3 * x, x)
        return y * pull(x)[0]  # x⁴ · x · 3x³ = 3x⁸

    assert tg.grad(f)(2.0) == 24 * 2.0**7
    assert tg.grad(tg.grad(f))(1.0) == 24 * 7


def test_a_pull_made_outside_may_be_differentiated_by_its_start():
    _, pull = tg.vjp(lambda x: x * x, np.array([1.0, 2.0]))
    j = tg.jacobian(lambda g: pull(g)[0])(np.array([5.0, 6.0]))
    assert np.array_equal(j, np.diag([2.0, 4.0]))


def test_a_newton_step_inside_a_function_is_differentiated_exactly():
    def root(a):  # one step towards √a, with its own derivative inside
        x = 1.5
        return x - (x * x - a) / tg.grad(lambda x: x * x - a)(x)

    assert tg.grad(root)(2.0) == pytest.approx(1 / 3, rel=1e-15)
