"""Programs nobody thought of: their gradients against finite differences, and the two sweeps against each other."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value

SHAPES = [(), (3,), (2, 3), (2, 1), (1, 3)]

# smooth everywhere, and never large, so that finite differences have ten digits
ONE = [
    tg.tanh,
    tg.sin,
    tg.sigmoid,
    lambda x: tg.exp(tg.tanh(x)),
    lambda x: tg.log(2.0 + tg.cos(x)),
    lambda x: tg.sqrt(1.0 + tg.tanh(x) ** 2),
    lambda x: -x,
    lambda x: 0.5 - x * 0.25,
    lambda x: tg.sum(x),
    lambda x: tg.mean(x),
    lambda x: x.T,
    lambda x: tg.reshape(x, (-1,)),
    lambda x: tg.sum(x, axis=0) if x.ndim else x,
    lambda x: tg.mean(x, axis=-1, keepdims=True) if x.ndim else x,
    lambda x: x[..., ::-1] if x.ndim else x,
    lambda x: x[[0, 0, -1]] if x.ndim else x,
    lambda x: x[None] if x.ndim < 3 else x,
]
TWO = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: tg.tanh(a) * tg.tanh(b),
    lambda a, b: a / (1.5 + tg.tanh(b)),
    lambda a, b: (1.5 + tg.tanh(a)) ** tg.tanh(b),
    lambda a, b: tg.where(np.array([True, False, True]), a, b),
    lambda a, b: tg.stack([tg.sum(a), tg.sum(b), tg.sum(a)]),
    lambda a, b: tg.tanh(tg.reshape(a, (-1, 1)) @ tg.reshape(b, (1, -1))),
    lambda a, b: 0.3 * a + 0.7 * b + a * 0.1 * b,
]


def apply_two(f, a, b):
    """f(a, b), or of their sums if their shapes do not fit."""
    try:
        return f(a, b)
    except ValueError:
        return f(tg.sum(a), tg.sum(b))


@st.composite
def programs(draw):
    """Shapes of three inputs, and steps that take their arguments from what has been computed so far."""
    shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=3, max_size=3))
    steps = []
    for count in range(3, 3 + draw(st.integers(1, 8))):
        i, j = draw(st.integers(0, count - 1)), draw(st.integers(0, count - 1))
        steps.append((draw(st.sampled_from(ONE)), i) if draw(st.booleans()) else (draw(st.sampled_from(TWO)), i, j))
    return shapes, steps


def run(steps, xs):
    """One number: the sum over everything the program computed, each with a weight of its own."""
    made = list(xs)
    for f, *arguments in steps:
        picked = [made[i] for i in arguments]
        made.append(f(*picked) if len(picked) == 1 else apply_two(f, *picked))
    return sum(tg.sum(tg.tanh(y)) * (1.0 + 0.1 * i) for i, y in enumerate(made[2:]))


def inputs(shapes):
    rng = np.random.default_rng(7)
    return [rng.uniform(-1.0, 1.0, shape) if shape else float(rng.uniform(-1.0, 1.0)) for shape in shapes]


@settings(max_examples=120)
@given(programs())
def test_every_way_to_a_gradient_gives_the_same_numbers_and_finite_differences_agree(program):
    shapes, steps = program
    xs = inputs(shapes)
    values = [Value(x) for x in xs]
    run(steps, values).backward()
    swept = [np.zeros(shape) if v.grad is None else v.grad for v, shape in zip(values, shapes)]
    pulled = tg.grad(lambda *xs: run(steps, xs), (0, 1, 2))(*xs)
    recorded = tg.grad(lambda *xs: run(steps, xs), (0, 1, 2))(*map(Value, xs))
    for g, h, r, shape in zip(swept, pulled, recorded, shapes):
        assert np.shape(g) == np.shape(h) == r.shape == shape
        np.testing.assert_array_equal(g, h)
        np.testing.assert_array_equal(h, r.data)
    rng, step = np.random.default_rng(8), 1e-3
    directions = [rng.normal(size=shape) for shape in shapes]

    def height(t):
        return run(steps, [Value(x + t * d) for x, d in zip(xs, directions)]).item()

    slope = (8 * (height(step) - height(-step)) - (height(2 * step) - height(-2 * step))) / (12 * step)
    by_engine = sum(np.sum(g * d) for g, d in zip(swept, directions))
    assert abs(by_engine - slope) <= 1e-8 * max(1.0, abs(slope))


@settings(max_examples=40)
@given(programs())
def test_second_derivatives_agree_with_differences_of_first_ones_and_forward_mode_with_both(program):
    shapes, steps = program
    xs, rng, step = inputs(shapes), np.random.default_rng(9), 1e-3
    directions = [rng.normal(size=shape) for shape in shapes]
    directions = [d if np.shape(d) else float(d) for d in directions]

    def f(*xs):
        return run(steps, [x if type(x) is Value else Value(x) for x in xs])

    def slope(t):
        return tg.jvp(f, tuple(x + t * d for x, d in zip(xs, directions)), tuple(directions))[1]

    gradients = tg.grad(f, (0, 1, 2))(*xs)
    assert abs(slope(0.0) - sum(np.sum(g * d) for g, d in zip(gradients, directions))) < 1e-12
    products = tg.hvp(f, tuple(xs), tuple(directions))
    curvature = sum(np.sum(p * d) for p, d in zip(products, directions))
    measured = (8 * (slope(step) - slope(-step)) - (slope(2 * step) - slope(-2 * step))) / (12 * step)
    assert abs(curvature - measured) <= 1e-7 * max(1.0, abs(curvature))
