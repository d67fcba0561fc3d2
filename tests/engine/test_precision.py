"""A gradient has the shape and the precision of its value, whatever broadcasting and mixing happened on the way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import ShapeError

SHAPES = [(), (1,), (3,), (2, 1), (1, 3), (2, 3), (4, 1, 3), (4, 2, 3), (0,), (2, 0)]
PAIRS = []
for pair in itertools.product(SHAPES, SHAPES):
    try:
        np.broadcast_shapes(*pair)
    except ValueError:
        continue
    PAIRS.append(pair)

# what two broadcast operands receive: the sum of the other one's entries, written with loops
OPERATIONS = [
    ("add", lambda a, b: a + b, lambda a, b: 1.0, lambda a, b: 1.0),
    ("subtract", lambda a, b: a - b, lambda a, b: 1.0, lambda a, b: -1.0),
    ("multiply", lambda a, b: a * b, lambda a, b: b, lambda a, b: a),
    ("divide", lambda a, b: a / b, lambda a, b: 1 / b, lambda a, b: -a / b**2),
    ("power", lambda a, b: a**b, lambda a, b: b * a ** (b - 1), lambda a, b: a**b * np.log(a)),
    ("where", lambda a, b: tg.where(True, a, b), lambda a, b: 1.0, lambda a, b: 0.0),
    ("maximum", lambda a, b: tg.maximum(a, b), lambda a, b: float(a > b), lambda a, b: float(b > a)),
]
IDS = [row[0] for row in OPERATIONS]


@pytest.mark.parametrize(("operation", "by_a", "by_b"), [row[1:] for row in OPERATIONS], ids=IDS)
@pytest.mark.parametrize("shapes", PAIRS, ids=str)
def test_a_stretched_operand_receives_the_sum_over_its_copies(shapes, operation, by_a, by_b, rng):
    x, z = (rng.uniform(0.5, 2.0, shape) for shape in shapes)
    a, b = Value(x), Value(z)
    y = operation(a, b)
    weights = rng.normal(size=y.shape)
    y.backward(weights)
    wide_x, wide_z = np.broadcast_arrays(x, z)
    for v, slope in ((a, by_a), (b, by_b)):
        wanted = np.zeros(v.shape)
        for place in np.ndindex(y.shape):
            own = tuple(0 if n == 1 else i for i, n in zip(place[len(place) - v.ndim :], v.shape))
            wanted[own] += weights[place] * slope(wide_x[place], wide_z[place])
        assert np.shape(v.grad) == v.shape and type(v.grad) is (np.ndarray if v.shape else float)
        np.testing.assert_allclose(v.grad, wanted, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shapes", PAIRS, ids=str)
def test_broadcasting_is_undone_in_a_recorded_gradient_as_well(shapes, rng):
    x, z = (rng.uniform(0.5, 2.0, shape) for shape in shapes)
    plain = tg.grad(lambda a, b: tg.sum(a**b / b), (0, 1))(x, z)
    recorded = tg.grad(lambda a, b: tg.sum(a**b / b), (0, 1))(Value(x), Value(z))
    for g, h, shape in zip(plain, recorded, shapes):
        assert type(h) is Value and h.shape == np.shape(g) == shape
        np.testing.assert_allclose(h.data, g, rtol=1e-14)


def test_a_number_times_an_array_and_an_array_with_an_empty_axis():
    a, x = Value(2.0), Value(np.ones((2, 0)))
    (a * x).sum().backward()
    assert a.grad == 0.0 and x.grad.shape == (2, 0)


def network(x, w, b):
    h = tg.tanh(x @ w + b)
    h = tg.where(h > 0.0, h, 0.1 * h) ** 2 / (1.0 + tg.exp(-h)) - h.mean(axis=0) * 0.5
    h = tg.maximum(h, 0.25) + tg.sigmoid(h)[:, ::-1]
    return tg.concatenate([h, h.T.reshape((-1, h.shape[1]))]).sum(axis=1).mean() + 2 * b.sum()


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.float64])
def test_a_network_computes_in_the_precision_of_its_inputs(dtype, rng):
    x, w, b = (Value(rng.normal(size=shape).astype(dtype)) for shape in ((4, 3), (3, 5), (5,)))
    y = network(x, w, b)
    y.backward()
    seen, waiting = [], [y]
    while waiting:
        v = waiting.pop()
        if v.shape:
            seen.append(v)
            assert v.dtype == dtype, v.op
            assert v.grad is None or v.grad.dtype == dtype, v.op
        waiting += [u for u in v.inputs if type(u) is Value]
    assert len(seen) > 20
    assert [v.grad.shape for v in (x, w, b)] == [(4, 3), (3, 5), (5,)]


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_every_transform_keeps_the_precision(dtype, rng):
    x = rng.normal(size=3).astype(dtype)
    w = rng.normal(size=(3, 3))  # the constants are in double precision

    def f(v):
        return (tg.tanh(v * w) ** 2).sum()

    assert tg.grad(f)(x).dtype == dtype
    assert tg.grad(f)(Value(x)).dtype == dtype
    assert tg.hessian(f)(x).dtype == dtype
    assert tg.hvp(f, x, x).dtype == dtype
    assert tg.jacobian(lambda v: tg.exp(v))(x).dtype == dtype
    assert tg.jvp(tg.exp, x, x)[1].dtype == dtype
    assert tg.vjp(tg.exp, x)[1](np.ones(3))[0].dtype == dtype
    assert tg.vjp(lambda v: v, x)[1](np.ones(3))[0].dtype == dtype
    assert tg.value_and_grad(f)(x)[1].dtype == dtype


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("start", [np.float32, np.float64, int, bool])
def test_the_start_of_a_backward_takes_the_precision_of_the_value(dtype, start):
    leaf, x = Value(np.ones(2, dtype)), Value(np.ones(2, dtype))
    y = x * 2.0
    y.backward(np.ones(2, start))
    leaf.backward(np.ones(2, start))
    assert x.grad.dtype == y.grad.dtype == leaf.grad.dtype == dtype


def test_values_of_different_precision_each_receive_their_own():
    single, double, number = Value(np.ones(2, np.float32)), Value(np.ones(2)), Value(3.0)
    (single * double * number).sum().backward()
    assert single.grad.dtype == np.float32 and double.grad.dtype == np.float64
    assert type(number.grad) is float and number.grad == 2.0


def test_the_gradient_that_is_set_takes_the_precision_of_the_value():
    x = Value(np.ones(2, np.float32))
    x.grad = np.ones(2)
    assert x.grad.dtype == np.float32
    x.grad = 3
    assert np.array_equal(x.grad, [3.0, 3.0]) and x.grad.dtype == np.float32


@pytest.mark.parametrize("wrong", [np.ones(3), np.ones((3, 2)), np.ones((2, 1)), np.ones((1, 2))], ids=np.shape)
def test_a_gradient_of_another_shape_cannot_be_set(wrong):
    for v in (Value([1.0, 2.0]), Value(1.0)):
        with pytest.raises(ShapeError):
            v.grad = wrong
        assert v.grad is None


def test_masks_count_as_ones_and_zeros():
    x, mask = Value([3.0, 4.0]), np.array([True, False])
    y = (x * mask + mask + x**mask + mask * x - (-x) * mask + x / (mask + 1.0)).sum()
    assert y.data == 3 + 1 + (3 + 1) + 3 + 3 + 1.5 + 4
    y.backward()
    assert np.array_equal(x.grad, [1 + 1 + 1 + 1 + 0.5, 1.0])
    assert tg.exp(mask).dtype == tg.sqrt(mask).dtype == np.float64
    assert np.array_equal(tg.negative(mask), [-1.0, 0.0]) and np.array_equal(tg.add(mask, mask), [2.0, 0.0])


@pytest.mark.parametrize(
    "make", [lambda: Value(2.0), lambda: Value([1.0, 2.0]), lambda: Value([])], ids=["()", "2", "0"]
)
def test_a_result_of_shape_nothing_is_a_python_float(make):
    x = make()
    for y in (x.sum(), (x * x).sum(), tg.tanh(x).mean() if x.size else x.sum(), x.sum() * 2):
        assert type(y.data) is float and y.shape == ()
    if x.shape == (2,):
        assert type((x @ x).data) is type(x[0].data) is type(x.reshape((1, 2))[0, 0].data) is float
