"""Long arrays in pieces: the loop computes what whole arrays would, for every remainder, shape and precision."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.running import buffered, check_equal
from tinygrad_edu.calculus.containers import flatten
from tinygrad_edu.compiler.arrays import tiles


def wave(x, w, b):
    """A chain with numbers, a sum, and three gradients."""
    return (tg.tanh(x * w + b) * tg.sigmoid(x) ** 2 + tg.exp(-(x**2))).sum()


@pytest.fixture(autouse=True)
def _short_pieces(monkeypatch):
    """Pieces of 8 numbers in double precision, so that short arrays are cut up."""
    monkeypatch.setattr(tiles, "LONG", 64)
    monkeypatch.setattr(tiles, "PIECE", 64)


def arrays(shape, count, dtype=float):
    return [x.astype(dtype) for x in np.random.default_rng(0).normal(size=(count, *shape))]


def check(f, args, tolerance=1e-13, loops=None):
    run, text = buffered(f, *args)
    check_equal(run(*flatten(args)[0]), flatten(f(*args))[0], tolerance)
    if loops is not None:
        assert text.count("for i") == loops
    return text


@pytest.mark.parametrize("shape", [(8,), (9,), (15,), (16,), (100,), (5, 7), (2, 3, 4)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(float, 1e-13), (np.float32, 1e-5)])
def test_the_loop_computes_what_whole_arrays_would(shape, dtype, tolerance):
    xs = arrays(shape, 3, dtype)
    check(tg.value_and_grad(wave, (0, 1, 2)), xs, tolerance, loops=int(xs[0].nbytes >= 64))


def test_short_arrays_and_short_chains_are_left_whole():
    check(lambda x: tg.exp(x * 2.0), arrays((100,), 1), loops=0)
    check(wave, arrays((5,), 3), loops=0)


def test_what_needs_a_sum_first_comes_in_a_second_loop():
    def centred(x):
        y = tg.tanh(x * 2.0 + 1.0) * x
        z = y - y.mean()
        return (tg.exp(z) * z * z - z).sum()

    check(centred, arrays((50,), 1), loops=2)
    check(tg.value_and_grad(centred), arrays((50,), 1), 1e-12)


def test_what_another_operation_needs_whole_is_complete_before_it():
    def f(x):
        y = tg.tanh(x * 2.0 + 1.0) * x
        z = y[::-1] * y + y
        return tg.exp(z) * z - z * z

    check(f, arrays((50,), 1), loops=2)


def test_masks_and_numbers_take_part():
    def f(x, c):
        y = tg.relu(x * c + 0.5) * x
        return (y * y - c * y).sum()

    check(lambda x: tg.value_and_grad(f, (0, 1))(x, 1.5), arrays((50,), 1), loops=None)


def test_a_view_with_gaps_is_cut_up_too():
    (x,) = arrays((60,), 1)
    run, text = buffered(lambda x: tg.exp(x * 2.0) * x - x * x, x[::2].copy())
    assert "for i" in text
    check_equal(run(x[::2]), [np.exp(x[::2] * 2.0) * x[::2] - x[::2] * x[::2]], 1e-14)
    (m,) = arrays((6, 7), 1)
    run, text = buffered(lambda x: tg.exp(x * 2.0) * x - x * x, m)
    assert "for i" in text
    turned = np.asfortranarray(m)
    check_equal(run(turned), [np.exp(m * 2.0) * m - m * m], 1e-14)


def test_arrays_of_two_shapes_have_loops_of_their_own():
    def f(x, y):
        return (tg.tanh(x) * x + x * x).sum() * (tg.exp(y) * y - y * y).sum()

    (x,), (y,) = arrays((50,), 1), arrays((20,), 1)
    check(f, [x, y], loops=2)
    check(tg.grad(f, (0, 1)), [x, y], 1e-12)


def test_second_derivatives_in_pieces_are_those_of_eager():
    x, w, b = arrays((30,), 3)
    check(lambda x, w, b: tg.hvp(wave, (x, w, b), (b, x, w)), [x, w, b], 1e-11)


def test_results_are_fresh_in_every_call():
    x, w, b = arrays((30,), 3)
    run, _ = buffered(tg.grad(wave), x, w, b)
    (first,) = run(x, w, b)
    kept = first.copy()
    run(w, x, b)
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("name", ["leaky_relu", "elu", "softplus", "silu", "sigmoid", "reciprocal", "sqrt", "absolute"])
def test_operations_in_several_steps_are_right_in_pieces(name):
    x = np.abs(arrays((50,), 1)[0]) + 0.1
    x = x if name in ("sqrt", "reciprocal") else x - 1.0
    f = lambda x: (getattr(tg, name)(x * 1.5) * x + x * x).sum()  # noqa: E731
    check(tg.value_and_grad(f), [x], 1e-13, loops=1)
    check(lambda x: tg.exp(getattr(tg, name)(x)) * x - x, [x], 1e-13, loops=1)
