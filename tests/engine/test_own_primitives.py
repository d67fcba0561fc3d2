"""Primitives that users write with @tg.op: as good as built-in ones, and checked when they are written."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError, DerivativeError

pytestmark = pytest.mark.usefixtures("own_primitives")


def cube():
    @tg.op(x=lambda g, y, x: g * (3.0 * x**2), latex="{x}^3", elementwise=True)
    def cubed(x):
        """x · x · x"""
        return x * x * x

    return cubed


def test_a_primitive_computes_with_numbers_arrays_lists_and_values():
    f = cube()
    assert f(2) == 8.0 and type(f(2)) is float
    assert np.array_equal(f([1.0, 2.0]), [1.0, 8.0])
    assert f(np.ones(2, np.float32)).dtype == np.float32
    assert type(f(Value(2.0))) is Value and f(Value(2.0)).op is f
    assert f.__doc__ == "x · x · x" and repr(f) == "<op cubed>"


def test_its_derivatives_of_any_order_follow_from_its_rule():
    f = cube()
    x, v = Value(2.0), Value([1.0, 2.0])
    f(x).backward()
    f(v).sum().backward()
    assert x.grad == 12.0 and np.array_equal(v.grad, [3.0, 12.0])
    assert tg.grad(tg.grad(f))(2.0) == 12.0 and tg.grad(tg.grad(tg.grad(f)))(2.0) == 6.0
    assert np.array_equal(tg.jacobian(f)(np.array([1.0, 2.0])), np.diag([3.0, 12.0]))
    assert tg.gradcheck(lambda x: f(x).sum(), np.array([0.5, -1.5]))


def test_settings_are_bound_by_keyword_or_in_order_and_reach_the_rule():
    @tg.op(x=lambda g, y, x, factor, shift: g * factor)
    def line(x, *, factor=2.0, shift=0.0):
        """factor · x + shift"""
        return factor * x + shift

    x = Value(3.0)
    for y, slope in ((line(x), 2.0), (line(x, factor=5.0), 5.0), (line(x, 7.0), 7.0), (line(x, 7.0, shift=1.0), 7.0)):
        x.zero_grad()
        y.backward()
        assert x.grad == slope
    assert line(3.0, 7.0, 1.0) == 22.0
    assert line.bind(factor=5.0) is line.bind(factor=5.0) and line.bind(factor=5.0) is not line
    assert repr(line.bind(factor=5.0)) == "<op line{'factor': 5.0, 'shift': 0.0}>"


def test_settings_that_are_equal_but_of_different_types_are_not_confused():
    @tg.op(x=lambda g, y, x, how: g)
    def told(x, *, how=0):
        """x, and the type of the setting as a number."""
        nested = 1.0 if type(how) is tuple and type(how[0]) is bool else 0.0
        return x + {int: 10.0, bool: 20.0, float: 30.0, tuple: 40.0}[type(how)] + nested

    assert [told(0.0, how=how) for how in (1, True, 1.0, (1,), (True,), 1)] == [10.0, 20.0, 30.0, 40.0, 41.0, 10.0]


def test_a_primitive_of_many_inputs_returns_one_gradient_for_each():
    @tg.op(xs=lambda g, y, *xs: [g * k * x ** (k - 1.0) for k, x in enumerate(xs, 1)])
    def polynomial(*xs):
        """x₁ + x₂² + x₃³ + …"""
        return sum(x**k for k, x in enumerate(xs, 1))

    for count in (1, 2, 3, 5):
        values = [Value(float(i + 2)) for i in range(count)]
        y = polynomial(*values)
        y.backward()
        assert [v.grad for v in values] == [k * (k + 1.0) ** (k - 1) for k in range(1, count + 1)]
    a, b = Value(2.0), Value([1.0, 3.0])
    polynomial(a, 5.0, b, a).sum().backward()
    assert a.grad == 2.0 * (1.0 + 4 * 2.0**3) and np.array_equal(b.grad, [3.0, 27.0])


def test_gradients_of_many_inputs_that_are_one_array_become_independent():
    @tg.op(xs=lambda g, y, *xs: [2.0 * g] * len(xs))
    def double_sum(*xs):
        """2 · (x₁ + x₂ + …)"""
        return 2.0 * sum(xs)

    a, b = Value([1.0, 1.0]), Value([1.0, 1.0])
    double_sum(a, b).sum().backward()
    a.grad *= 100.0
    assert np.array_equal(b.grad, [2.0, 2.0])


def test_a_gradient_that_is_another_inputs_array_becomes_independent():
    @tg.op(a=lambda g, y, a, b: b, b=lambda g, y, a, b: a)
    def pair_product(a, b):
        """Σ a · b"""
        return (a * b).sum()

    a, b = Value([1.0, 2.0]), Value([3.0, 4.0])
    pair_product(a, b).backward()
    a.grad *= 100.0
    assert np.array_equal(b.data, [3.0, 4.0]) and np.array_equal(b.grad, [1.0, 2.0])


def test_a_rule_may_return_one_number_for_all_or_whole_numbers():
    @tg.op(x=lambda g, y, x, k: np.arange(2), k=lambda g, y, x, k: 3)
    def counted(x, k):
        """0 · x₀ + 1 · x₁ + 3 · Σ k"""
        return x[1] + 3 * k.sum()

    x, k = Value(np.ones(2, np.float32)), Value([5.0, 6.0, 7.0])
    counted(x, k).backward()
    assert np.array_equal(x.grad, [0.0, 1.0]) and x.grad.dtype == np.float32
    assert np.array_equal(k.grad, [3.0, 3.0, 3.0])


def test_a_rule_may_return_an_array_of_another_class():
    class Column(np.ndarray):
        """An array with a name of its own, as np.matrix and np.memmap are."""

    @tg.op(x=lambda g, y, x: (g * np.arange(3.0)).view(Column))
    def weighted(x):
        """Σ k · xₖ"""
        return (np.arange(3.0) * x).sum()

    x = Value(np.ones(3))
    weighted(x).backward()
    assert type(x.grad) is np.ndarray and np.array_equal(x.grad, [0.0, 1.0, 2.0])


def test_a_rule_may_use_numpy_functions_for_first_derivatives():
    @tg.op(x=lambda g, y, x: g * np.cos(x), elementwise=True)
    def sine(x):
        """sin(x)"""
        return np.sin(x)

    x = Value(0.5)
    sine(x).backward()
    assert type(x.grad) is float and x.grad == np.cos(0.5) and type(sine(0.5)) is float
    assert tg.grad(tg.grad(sine))(0.5) == pytest.approx(-np.sin(0.5))  # np.cos of a Value records


def test_a_rule_that_computes_with_plain_numbers_is_noticed_when_its_slope_is_needed():
    @tg.op(x=lambda g, y, x: g * math.cos(x))
    def sine(x):
        """sin(x), but its derivative forgets where it came from"""
        return math.sin(x)

    x = Value(0.5)
    sine(x).backward()
    assert x.grad == math.cos(0.5)
    for second in (lambda: tg.grad(tg.grad(sine))(0.5), lambda: tg.grad(sine)(Value(0.5))):
        with pytest.raises(DataError, match="the derivative would silently miss this part"):
            second()


def test_the_derivative_by_a_constant_is_never_evaluated():
    def fail(g, y, x, k):
        raise AssertionError

    @tg.op(x=lambda g, y, x, k: g * k, k=fail)
    def scaled(x, k):
        """k · x"""
        return k * x

    for x, k in ((3.0, 2.0), ([3.0], 2.0), ([3.0], np.array([2.0]))):
        v = Value(x)
        scaled(v, k).sum().backward()
        tg.grad(lambda x, k=k: scaled(x, k).sum())(Value(x))
        held = Value(k)
        tg.grad(lambda x, held=held: scaled(x, held).sum())(Value(x))  # held fixed: as good as a constant
        assert v.grad == 2.0
    with np.errstate(all="raise"):
        (Value([-3.0]) ** 2).backward([1.0])


def test_a_rule_may_differentiate_something_itself():
    @tg.op(x=lambda g, y, x: g * tg.grad(lambda z: z**3)(x))
    def cubed_by_engine(x):
        """x³"""
        return x**3

    x = Value(2.0)
    (cubed_by_engine(x) * x + x).backward()
    assert x.grad == 4 * 8.0 + 1.0
    assert tg.grad(tg.grad(cubed_by_engine))(2.0) == 12.0


def test_a_rule_may_run_a_backward_of_its_own_over_the_same_values():
    w = Value(5.0)

    def by_inner_sweep(g, y, x):
        inner = Value(x) if type(x) is float else x
        (inner * inner * w).backward()
        return g * inner.grad

    @tg.op(x=by_inner_sweep)
    def weighted_square(x):
        """5 · x²"""
        return 5.0 * x * x

    x = Value(3.0)
    y = weighted_square(x) * w + w * x
    y.backward()
    assert x.grad == 5 * 30.0 + 5.0
    assert w.grad == 9.0 + (45.0 + 3.0)  # what the inner sweep added, and what the outer one did


def test_numbers_that_python_refuses_become_ieee_numbers_in_forward_and_rule():
    @tg.op(x=lambda g, y, x: -g / (x * x))
    def inverse(x):
        """1 / x"""
        return 1.0 / x

    x = Value(0.0)
    y = inverse(x)
    y.backward()
    assert y.data == np.inf and x.grad == -np.inf


# ── what goes wrong is told where it was written ─────────────────────────────────────────────────────────────────────
def identity_with(rule, elementwise=False):
    @tg.op(x=rule, elementwise=elementwise)
    def broken(x):
        """x"""
        return 1.0 * x

    return broken


BAD_RULES = [
    ("None", lambda g, y, x: None),
    ("a list", lambda g, y, x: [1.0, 2.0, 3.0]),
    ("text", lambda g, y, x: "1.0"),
    ("too many rows", lambda g, y, x: np.ones(4)),
    ("a column for a row", lambda g, y, x: np.ones((3, 1))),
    ("too few", lambda g, y, x: np.ones(2)),
]


@pytest.mark.parametrize("rule", [row[1] for row in BAD_RULES], ids=[row[0] for row in BAD_RULES])
@pytest.mark.parametrize("elementwise", [False, True], ids=["", "elementwise"])
def test_a_rule_that_returns_no_gradient_is_named(rule, elementwise):
    x = Value([1.0, 2.0, 3.0])
    with pytest.raises(DerivativeError, match="The derivative 'x' of broken returned "):
        identity_with(rule, elementwise)(x).sum().backward()
    assert x.grad is None
    with pytest.raises(DerivativeError, match="The derivative 'x' of broken returned "):
        tg.grad(lambda x: identity_with(rule, elementwise)(x).sum())(Value([1.0, 2.0, 3.0]))


@pytest.mark.parametrize("rule", [BAD_RULES[0][1], BAD_RULES[2][1]], ids=["None", "text"])
def test_a_rule_that_returns_no_gradient_for_a_number_is_named(rule):
    x = Value(1.0)
    with pytest.raises(DerivativeError, match="The derivative 'x' of broken returned "):
        identity_with(rule)(x).backward()


@pytest.mark.parametrize("returned", [lambda g: [g], lambda g: [g, g, g], lambda g: None], ids=["1", "3", "None"])
def test_a_rule_of_many_inputs_must_return_one_gradient_for_each(returned):
    @tg.op(xs=lambda g, y, *xs: returned(g))
    def added(*xs):
        """x₁ + x₂"""
        return xs[0] + xs[1]

    for a, b in ((Value(1.0), Value(2.0)), (Value([1.0]), Value([2.0]))):
        with pytest.raises(DerivativeError, match="added"):
            added(a, b).sum().backward()
        assert a.grad is None and b.grad is None


def test_an_error_inside_a_rule_comes_out_and_leaves_every_gradient_as_it_was():
    def fail(g, y, x):
        raise KeyError("inside the rule")

    x, w = Value([1.0, 2.0]), Value([3.0, 4.0])
    (x * w).sum().backward()
    y = (identity_with(fail)(x * w) * w).sum()
    with pytest.raises(KeyError, match="inside the rule"):
        y.backward()
    assert np.array_equal(x.grad, [3.0, 4.0]) and np.array_equal(w.grad, [1.0, 2.0]) and y.grad is None
    (x * w).sum().backward()
    assert np.array_equal(x.grad, [6.0, 8.0]) and np.array_equal(w.grad, [2.0, 4.0])


def test_an_interrupted_backward_leaves_every_gradient_as_it_was():
    def interrupt(g, y, x):
        raise KeyboardInterrupt

    x = Value(2.0)
    with pytest.raises(KeyboardInterrupt):
        (identity_with(interrupt)(x) * x).backward()
    assert x.grad is None
    (x * x).backward()
    assert x.grad == 4.0


def test_an_error_inside_the_function_comes_out_as_it_is():
    @tg.op(x=lambda g, y, x: g)
    def picky(x):
        """x, if it is the right one"""
        raise KeyError("wrong x")

    for x in (1.0, [1.0], Value(1.0), Value([1.0])):
        with pytest.raises(KeyError, match="wrong x"):
            picky(x)
