"""Which array is stored where: blocks of the pool, and products computed in another order."""

from __future__ import annotations

import numpy as np

import tinygrad_edu as tg
from tests.compiler.running import buffered, check_equal

RNG = np.random.default_rng(0)
SIDE = 160
A, B = RNG.normal(size=(2, SIDE, SIDE)) / SIDE


def test_blocks_are_shared_by_arrays_that_live_one_after_the_other():
    def deep(x, w):
        for _ in range(6):
            x = tg.tanh(x) @ w
        return x.sum()

    run, _ = buffered(deep, A, B)
    pool = run.__globals__["pool"]
    assert len(pool.blocks) == 2
    assert len(pool.views) > 4
    check_equal(run(A, B), [deep(A, B)], 1e-12)


# ── rearranged products ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_number_meets_the_smaller_matrix_of_a_product():
    x, g = RNG.normal(size=(2, 4, 30))
    run, text = buffered(lambda x, g: 0.1 * (x.T @ g), x, g)
    assert "multiply(n0_1, x0.T" not in text
    check_equal(run(x, g), [0.1 * (x.T @ g)], 1e-14)


def test_a_transposed_product_is_the_product_of_the_transposes():
    x, g = RNG.normal(size=(2, 4, 30))
    run, text = buffered(lambda x, g: (x.T @ g).T * 1.0 + 1.0, x, g)
    assert text.count(".T") == 1
    check_equal(run(x, g), [(x.T @ g).T + 1.0], 1e-14)


def test_a_product_that_is_read_twice_is_computed_once():
    x, g = RNG.normal(size=(2, 4, 30))

    def f(x, g):
        y = x.T @ g
        return 0.1 * y, y.T + y

    run, text = buffered(f, x, g)
    assert text.count(".dot(") == 1
    check_equal(run(x, g), list(f(x, g)), 1e-14)
