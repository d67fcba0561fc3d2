"""grad, value_and_grad and vjp: what JAX's functions of these names give, for numbers, arrays and containers."""

from __future__ import annotations

import math
from collections import namedtuple

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import ChangedDataError, DataError

# function, argument, derivative: closed forms
CLOSED = [
    ("x³", lambda x: x**3, 2.0, 12.0),
    ("a constant", lambda x: 5.0, 2.0, 0.0),
    ("a constant whole number", lambda x: 5, 2.0, 0.0),
    ("a constant value", lambda x: Value(5.0) * 2, 2.0, 0.0),
    ("a constant bool", lambda x: x > 1, 2.0, 0.0),
    ("the argument itself", lambda x: x, 2.0, 1.0),
    ("a plain list summed", lambda x: sum([x, x, x]), 2.0, 3.0),
    ("sin²+cos²", lambda x: tg.sin(x) ** 2 + tg.cos(x) ** 2, 0.3, 0.0),
    ("xˣ", lambda x: x**x, 2.0, 4.0 * (math.log(2.0) + 1.0)),
    ("numpy inside", lambda x: np.exp(x) * np.float64(2), 0.0, 2.0),
    ("a loop", lambda x: [x := x * x for _ in range(3)][-1], 1.1, 8 * 1.1**7),
    ("a branch", lambda x: x * x if x > 1 else -x, 3.0, 6.0),
    ("recursion", lambda x: power_by_recursion(x, 5), 2.0, 80.0),
    ("a detached part", lambda x: x * x.detach(), 3.0, 3.0),
    ("whole numbers at the door", lambda x: x * x / 4, 2, 1.0),
    ("a flat function", lambda x: tg.floor(x), 2.5, 0.0),
]


def power_by_recursion(x, n):
    return 1.0 if n == 0 else x * power_by_recursion(x, n - 1)


@pytest.mark.parametrize(("f", "x", "slope"), [row[1:] for row in CLOSED], ids=[row[0] for row in CLOSED])
def test_the_derivative_of_a_function_of_one_number_is_a_plain_number(f, x, slope):
    found = tg.grad(f)(x)
    assert type(found) is float and found == pytest.approx(slope, rel=1e-14, abs=1e-15)


@pytest.mark.parametrize(("f", "x", "slope"), [row[1:] for row in CLOSED], ids=[row[0] for row in CLOSED])
def test_the_derivative_at_a_value_is_a_value(f, x, slope):
    v = Value(x)
    found = tg.grad(f)(v)
    assert type(found) is Value and found.data == pytest.approx(slope, rel=1e-14, abs=1e-15)
    assert v.grad is None


ARRAYS = [
    ("Σ x²", lambda x: (x * x).sum(), lambda x: 2 * x),
    ("a constant", lambda x: 5.0, np.zeros_like),
    ("a mean", lambda x: x.mean(), lambda x: np.full_like(x, 1 / x.size)),
    ("one entry", lambda x: x[-1, 0], lambda x: at(x, (-1, 0))),
    ("an inner product with itself", lambda x: (x @ x.T).sum(), lambda x: 2 * np.broadcast_to(x.sum(0), x.shape)),
    ("a sum over rows", lambda x: sum(row.sum() for row in x), np.ones_like),
]


def at(x, place):
    only = np.zeros_like(x)
    only[place] = 1.0
    return only


@pytest.mark.parametrize(("f", "gradient"), [row[1:] for row in ARRAYS], ids=[row[0] for row in ARRAYS])
def test_the_gradient_of_a_function_of_an_array_is_a_plain_array_of_its_shape(f, gradient, rng):
    x = rng.normal(size=(2, 3))
    found = tg.grad(f)(x)
    assert type(found) is np.ndarray
    np.testing.assert_allclose(found, gradient(x), rtol=1e-14)
    assert type(tg.grad(f)(Value(x))) is Value


def test_the_argument_is_not_touched_and_the_gradient_belongs_to_the_caller():
    x, kept = np.array([1.0, 2.0]), []

    def f(v):
        kept.append(v)
        return (v * v).sum()

    df = tg.grad(f)
    first = df(x)
    first *= 100.0
    assert np.array_equal(x, [1.0, 2.0]) and np.array_equal(df(x), [2.0, 4.0])
    x[0] = 5.0
    assert np.array_equal(df(x), [10.0, 4.0]) and np.array_equal(kept[0].data, [1.0, 2.0])
    assert all(v.grad is None for v in kept)


# ── which argument ───────────────────────────────────────────────────────────────────────────────────────────────────
def volume(a, b, c=1.0, *, scale=1.0):
    return a * b * b * c * scale


ARGNUMS = [
    (0, 9.0),
    (1, 12.0),
    (2, 18.0),
    (-1, 18.0),
    (-3, 9.0),
    ((0,), (9.0,)),
    ((0, 1), (9.0, 12.0)),
    ((1, 0), (12.0, 9.0)),
    ((-1, 0), (18.0, 9.0)),
    ((), ()),
]


@pytest.mark.parametrize(("argnums", "wanted"), ARGNUMS, ids=str)
def test_argnums_choose_the_arguments_and_a_tuple_gives_a_tuple(argnums, wanted):
    assert tg.grad(volume, argnums)(2.0, 3.0, 1.0) == wanted
    assert tg.value_and_grad(volume, argnums)(2.0, 3.0, 1.0) == (18.0, wanted)


def test_keywords_are_passed_on_and_held_fixed():
    assert tg.grad(volume)(2.0, 3.0, scale=10.0) == 90.0
    assert tg.grad(volume, 1)(2.0, 3.0, c=0.5, scale=10.0) == 60.0


def test_arguments_that_are_not_chosen_may_be_anything():
    def f(x, how, table):
        return x * table[how]

    assert tg.grad(f)(3.0, "double", {"double": 2.0}) == 2.0
    assert tg.grad(f, (0,))(3.0, None, {None: 7.0}) == (7.0,)


def test_value_and_grad_returns_plain_numbers_or_values_like_grad():
    y, g = tg.value_and_grad(lambda x: (x * x).sum())(np.array([1.0, 2.0]))
    assert type(y) is float and y == 5.0 and np.array_equal(g, [2.0, 4.0])
    y, g = tg.value_and_grad(lambda x: (x * x).sum())(Value([1.0, 2.0]))
    assert type(y) is Value and y.data == 5.0 and type(g) is Value


# ── containers ───────────────────────────────────────────────────────────────────────────────────────────────────────
Layer = namedtuple("Layer", "weight bias")


def test_a_gradient_is_built_like_its_argument():
    parameters = {
        "layers": [Layer(np.array([[1.0, 2.0]]), 0.5), (np.array([3.0]), None)],
        "scale": 2.0,
        "unused": [4.0, {}],
        "none": (),
    }

    def f(p):
        first, (second, nothing) = p["layers"]
        assert nothing is None and type(first) is Layer and list(p) == ["layers", "scale", "unused", "none"]
        return (first.weight.sum() * first.bias + second[0]) * p["scale"]

    g = tg.grad(f)(parameters)
    assert list(g) == ["layers", "scale", "unused", "none"] and type(g["layers"]) is list
    assert type(g["layers"][0]) is Layer and np.array_equal(g["layers"][0].weight, [[1.0, 1.0]])
    assert g["layers"][0].bias == 6.0 and type(g["layers"][1]) is tuple
    assert np.array_equal(g["layers"][1][0], [2.0]) and g["layers"][1][1] is None
    assert (g["scale"], g["unused"], g["none"]) == (4.5, [0.0, {}], ())


def test_a_list_of_numbers_has_a_list_of_gradients():
    assert tg.grad(lambda w: w[0] * w[1] + w[2])([2.0, 3, 4.0]) == [3.0, 2.0, 1.0]
    assert tg.grad(lambda a, b: a[0] * b["x"], (1, 0))((2.0,), {"x": 5.0}) == ({"x": 2.0}, (5.0,))


def test_values_and_numbers_in_one_container_give_values():
    w = Value(2.0)
    g = tg.grad(lambda p: p[0] * p[1] * w)([w, 3.0])
    assert [type(v) for v in g] == [Value, Value] and [v.data for v in g] == [6.0, 4.0]


# ── vjp ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_pull_returns_one_gradient_per_argument_and_can_be_called_often_and_in_any_order(rng):
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(3,))
    y, pull = tg.vjp(lambda a, b: tg.tanh(a @ b), a, b)
    slopes = 1 - np.tanh(a @ b) ** 2
    starts = rng.normal(size=(4, 2))
    for g in [*starts, *starts[::-1]]:
        found = pull(g)
        assert type(found) is tuple and len(found) == 2
        np.testing.assert_allclose(found[0], np.outer(g * slopes, b), rtol=1e-13)
        np.testing.assert_allclose(found[1], (g * slopes) @ a, rtol=1e-13)
    np.testing.assert_array_equal(y, np.tanh(a @ b))


def test_a_result_returned_twice_is_pulled_from_twice():
    def f(x):
        y = x * x
        return y, [y, x]

    for x in (3.0, Value(3.0)):
        _, pull = tg.vjp(f, x)
        (g,) = pull((1.0, [10.0, 100.0]))
        assert g == 166.0
    g, h = tg.vjp(lambda x, z: [x + z, x], np.ones(2), np.ones(2))[1]([np.ones(2), np.ones(2)])
    assert np.array_equal(g, [2.0, 2.0]) and np.array_equal(h, [1.0, 1.0])
    g *= 100.0
    assert np.array_equal(h, [1.0, 1.0])


def test_pulls_of_two_functions_may_be_mixed():
    y, pull = tg.vjp(lambda x: x * x, 3.0)
    z, pull_z = tg.vjp(lambda x: x**3, 2.0)
    assert (pull(1.0), pull_z(1.0), pull(10.0), pull_z(0.0)) == ((6.0,), (12.0,), (60.0,), (0.0,))
    assert (y, z) == (9.0, 8.0)


def test_results_may_be_nested_and_are_pulled_from_by_their_keys():
    y, pull = tg.vjp(lambda x: {"a": x, "b": [x * x, 7.0, None]}, 3.0)
    assert y == {"a": 3.0, "b": [9.0, 7.0, None]}
    assert pull({"a": 1.0, "b": [0.0, 5.0, None]}) == (1.0,)
    assert pull({"b": [1.0, 5.0, None], "a": 0.0}) == (6.0,)
    assert pull({"b": (1, 0, None), "a": 10}) == (16.0,)


def test_what_vjp_returns_can_be_changed_without_spoiling_pull():
    y, pull = tg.vjp(tg.tanh, np.array([0.5]))
    y[0] = 7.0
    start = np.ones(1)
    (g,) = pull(start)
    np.testing.assert_allclose(g, [1 - np.tanh(0.5) ** 2])
    g[0] = 100.0
    assert pull(start)[0][0] != 100.0 and start[0] == 1.0
    y, pull = tg.vjp(lambda x: x, np.array([0.5]))
    y[0] = 7.0
    (g,) = pull(start)
    g[0] = 100.0
    assert start[0] == pull(start)[0][0] == 1.0
    (g,) = tg.vjp(lambda x: x.sum(), np.ones(3))[1](1.0)
    g[0] = 100.0
    assert np.array_equal(g, [100.0, 1.0, 1.0])


def test_a_pull_that_starts_from_a_value_gives_values():
    _, pull = tg.vjp(lambda x: x * x, 3.0)
    g = Value(2.0)
    (found,) = pull(g)
    assert type(found) is Value and found.data == 12.0
    found.backward()
    assert g.grad == 6.0


def test_a_parameter_changed_between_forward_and_pull_is_noticed():
    w = Value([2.0, 3.0], name="w")
    _, pull = tg.vjp(lambda x: (x * w).sum(), np.array([1.0, 1.0]))
    w.data[0] = 7.0
    with pytest.raises(ChangedDataError, match="'w' was changed"):
        pull(1.0)


@pytest.mark.parametrize("change", ["set", "in place"])
@pytest.mark.parametrize("looked_at", [False, True])
def test_an_argument_changed_between_forward_and_pull_is_noticed(change, looked_at):
    v = Value([2.0, 3.0], name="v")
    if looked_at:
        assert v.data[0] == 2.0
    _, pull = tg.vjp(lambda x: (x * x).sum(), v)
    if change == "set":
        v.data = [7.0, 7.0]
    else:
        v.data[...] = 7.0
    with pytest.raises(ChangedDataError, match="'v' was changed"):
        pull(1.0)


# ── what a function may use besides its arguments ────────────────────────────────────────────────────────────────────
def test_values_from_outside_are_constants_and_get_no_gradient():
    w = Value(2.0)
    assert tg.grad(lambda x: w * x * x)(3.0) == 12.0
    assert w.grad is None


def test_what_a_captured_value_was_computed_from_is_no_concern():
    w = Value(2.0)
    doubled = w * 2.0
    w.data = 100.0
    assert tg.grad(lambda x: doubled * x * x)(3.0) == 24.0
    assert tg.grad(lambda x: doubled * x * x)(Value(3.0)).data == 24.0
    assert tg.grad(lambda x: doubled)(3.0) == tg.grad(lambda x: doubled)(Value(3.0)).data == 0.0


def test_the_gradient_at_a_value_can_be_trained_through():
    w, x = Value(2.0), Value(3.0)
    slope = tg.grad(lambda x: w * x**3)(x)  # 3 · w · x²
    (slope * slope).backward()
    assert slope.data == 54.0
    assert w.grad == 2 * 54.0 * 27.0 and x.grad == 2 * 54.0 * 36.0


def test_a_derivative_inside_a_loss_is_trained_through():
    def loss(w):
        return (tg.grad(lambda x: w * x**3)(3.0) - 50.0) ** 2

    assert tg.grad(loss)(2.0) == 2 * 4.0 * 27.0


def test_a_backward_inside_a_differentiated_function_is_its_own_affair():
    w = Value(2.0)

    def f(x):
        (w * w * x.item()).backward()
        return x * x

    assert tg.grad(f)(3.0) == 6.0 and w.grad == 12.0


def test_new_parameters_made_inside_are_ordinary_values():
    assert tg.grad(lambda x: x * Value(3.0) + Value([1.0, 2.0]).sum())(2.0) == 3.0


def test_an_error_inside_the_function_comes_out_of_every_transform_as_it_is():
    def f(x):
        raise KeyError("inside f")

    for transform in (tg.grad(f), tg.value_and_grad(f), tg.jacobian(f), tg.hessian(f), lambda x: tg.jvp(f, x, 1.0)):
        with pytest.raises(KeyError, match="inside f"):
            transform(1.0)
    assert float(Value(1.0)) == 1.0  # and we are not inside a derivative any more


def test_text_is_no_argument_to_differentiate_by():
    with pytest.raises(DataError, match="no real number"):
        tg.grad(lambda x: x)("a")
