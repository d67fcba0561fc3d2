"""The statements that run: in-place chains, pooled memory, and results that belong to nobody else."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.running import buffered, check_equal
from tinygrad_edu.calculus.containers import flatten
from tinygrad_edu.compiler.arrays.memory import LARGE
from tinygrad_edu.compiler.compiled import compile
from tinygrad_edu.compiler.plain_numbers import hides_nan, to_ask
from tinygrad_edu.compiler.recording.program import record
from tinygrad_edu.errors import DataError
from tinygrad_edu.ops.convolution import convolution
from tinygrad_edu.ops.pooling import max_pool

N = LARGE // 8  # numbers of a large array
RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(2, 50))


def loss(x, w):
    """A chain with views, a product and a sum."""
    y = tg.tanh(x * w + 1.0) * x
    return (y * y - w).sum() + (tg.reshape(y, (5, 10)).T @ tg.reshape(w, (5, 10))).sum()


def test_a_chain_is_computed_in_the_memory_of_its_first_step():
    _, text = buffered(lambda x: tg.exp(-tg.tanh(x * 2.0)), X)
    assert text.splitlines() == [
        "t1 = multiply(n2, x0)", "tanh(t1, t1)", "negative(t1, t1)", "exp(t1, t1)", "return [t1]",
    ]  # fmt: skip


def test_memory_that_is_read_later_is_not_written_over():
    run, _ = buffered(lambda x: (lambda y: tg.exp(y) * tg.sin(y) + y)(x * 2.0), X)
    check_equal(run(X), [np.exp(2 * X) * np.sin(2 * X) + 2 * X], 1e-15)


def test_memory_that_a_view_shows_is_not_written_over():
    def f(x):
        y = x * 2.0
        t = tg.reshape(y, (5, 10)).T
        z = tg.exp(y)  # must not be stored where t looks
        return z.sum() + (t * t).sum()

    run, _ = buffered(f, X)
    check_equal(run(X), [f(X)], 1e-14)


def test_a_result_beside_its_own_transpose_is_not_computed_in_place():
    square = RNG.normal(size=(6, 6))

    def f(x):
        y = x * 2.0
        return y + y.T

    run, _ = buffered(f, square)
    check_equal(run(square), [2.0 * square + 2.0 * square.T], 0.0)


@pytest.mark.parametrize("f", [
    lambda x, w: tg.grad(lambda x: (x * w).sum())(x),  # the gradient is w itself
    lambda x, w: tg.transpose(tg.reshape(x, (5, 10))),
    lambda x, w: x[10:],
    lambda x, w: x,
    lambda x, w: tg.grad(lambda x: (x * ONES).sum())(x),  # and here a constant
])  # fmt: skip
def test_a_result_shares_no_memory_with_an_argument_or_a_constant(f):
    run = compile(f, backend="python")
    y = run(X, W)
    assert not any(np.shares_memory(y, other) for other in (X, W, ONES))
    before = run(X, W).copy()
    y[...] = 77.0
    np.testing.assert_array_equal(run(X, W), before)


ONES = np.ones(50)


def test_two_results_share_no_memory():
    run = compile(tg.grad(lambda a, b: ((a + b) ** 2).sum(), (0, 1)), backend="python")
    first, second = run(X, W)
    assert not np.shares_memory(first, second)


def test_arguments_stay_as_they_are():
    x, w = X.copy(), W.copy()
    run, _ = buffered(tg.value_and_grad(loss, (0, 1)), x, w)
    run(x, w)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(w, W)


def test_second_derivatives_of_a_chain_with_views_are_those_of_eager():
    f = lambda x, w: tg.hvp(loss, (x, w), (w, x))  # noqa: E731
    run, _ = buffered(f, X, W)
    check_equal(run(X, W), flatten(f(X, W))[0], 1e-12)


# ── large memory ─────────────────────────────────────────────────────────────────────────────────────────────────────
def large(x, w):
    """Products whose results leave nothing but a sum."""
    h = tg.tanh(x @ w)
    return (h @ w).sum()


SIDE = 160
A, B = RNG.normal(size=(2, SIDE, SIDE)) / SIDE


def test_large_memory_that_does_not_leave_comes_from_a_pool_and_goes_back():
    run, text = buffered(large, A, B)
    lines = text.splitlines()
    assert lines[0] == "t1, t2 = held = pool.taken()"
    assert lines[-2] == "pool.free.append(held)"
    check_equal(run(A, B), [large(A, B)], 1e-13)
    check_equal(run(A, B), [large(A, B)], 1e-13)


def test_calls_in_several_threads_do_not_disturb_each_other():
    f = tg.value_and_grad(large, (0, 1))
    run, _ = buffered(f, A, B)
    inputs = [(A * k, B / k) for k in range(1, 5)]
    expected = [flatten(f(*xs))[0] for xs in inputs]
    wrong = []

    def work(k):
        for _ in range(20):
            for mine, theirs in zip(run(*inputs[k]), expected[k], strict=True):
                if not np.allclose(mine, theirs, rtol=1e-10):
                    wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_results_of_one_call_stay_when_the_program_runs_again():
    run, _ = buffered(tg.grad(large), A, B)
    (first,) = run(A, B)
    kept = first.copy()
    run(B, A)
    np.testing.assert_array_equal(first, kept)


# ── sums ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize("f", [
    lambda x: x.sum(), lambda x: x.sum(axis=0), lambda x: x.sum(axis=1), lambda x: x.sum(axis=-1, keepdims=True),
    lambda x: x.sum(axis=0, keepdims=True), lambda x: x.mean(), lambda x: x.mean(axis=0), lambda x: x.mean(axis=(0, 1)),
    lambda x: (x * x).sum(), lambda x: (x * tg.exp(x)).mean(), lambda x: (x.T * x.T).sum(),
    lambda x: (x * x).sum(axis=0), lambda x: x.sum(axis=(0, 1), keepdims=True),
])  # fmt: skip
def test_a_sum_is_eagers_in_every_precision_along_every_axis(f, dtype):
    x = RNG.normal(size=(7, 5)).astype(dtype)
    run, _ = buffered(f, x)
    check_equal(run(x), [f(x)], {2: 1e-2, 4: 1e-5, 8: 1e-14}[x.itemsize])


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0)])
def test_a_sum_over_nothing_is_zero(shape):
    run, _ = buffered(lambda x: x.sum(), np.zeros(shape))
    assert run(np.zeros(shape)) == [0.0]


def test_a_sum_beyond_what_the_product_with_ones_may_add_up_is_numpys():
    x = RNG.normal(size=N)
    run, text = buffered(lambda x: x.sum(), x)
    assert "add.reduce(x0, None)" in text
    assert run(x) == [float(x.sum())]


# ── classes ──────────────────────────────────────────────────────────────────────────────────────────────────────────
LOGITS, LABELS = RNG.normal(size=(6, 4)), np.array([0, 3, 1, 1, 2, 0])


@pytest.mark.parametrize("logits", [LOGITS, LOGITS * 1000.0, np.array([[0.0, -np.inf, 1.0, 2.0]] * 6)])
def test_softmax_and_cross_entropy_share_their_exponentials(logits):
    f = tg.value_and_grad(lambda z, target: tg.losses.cross_entropy(z, target))
    run, text = buffered(f, LOGITS, LABELS)
    assert text.count("= exp(") == 1
    with np.errstate(invalid="ignore"):
        check_equal(run(logits, LABELS), flatten(f(logits, LABELS))[0], 1e-14)


@pytest.mark.parametrize("wrong", [[0, 1, 2, 3, 4, 0], [0, 1, 2, 3, -1, 0], [0, 1, 2, 3, 1.5, 0]])
def test_a_target_that_names_no_class_is_refused_by_the_program_too(wrong):
    run = compile(lambda z, target: tg.losses.cross_entropy(z, target), backend="python")
    run(LOGITS, LABELS.astype(float))
    with pytest.raises(DataError, match="names no class"):
        run(LOGITS, np.array(wrong, float))


# ── care ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_relu_network_needs_no_care_in_advance():
    """A mask from numbers of the way forward hides no nan of a gradient."""

    def f(w, x):
        return (tg.relu(x @ w) ** 2).sum()

    assert not hides_nan(record(tg.grad(f), (np.ones((3, 2)), np.ones((4, 3)))))
    assert hides_nan(record(lambda x: tg.relu(tg.grad(lambda x: tg.sqrt(x * x).sum())(x)), (X,)))


def small_convolution(kernel, x):
    """A root whose slope is infinite at 0, a convolution, a gate and the largest of each window."""
    roots = tg.where(x > 0.0, tg.sqrt(x), 0.0)
    y = tg.relu(convolution(roots, kernel, 0.0, padding=((1, 1), (1, 1))))
    return (max_pool(y, size=(2, 2), stride=(2, 2)) ** 2).sum()


def test_windows_hand_nan_on_so_a_convolution_needs_no_care_in_advance():
    rng = np.random.default_rng(0)
    x, kernel = np.abs(rng.normal(size=(2, 1, 6, 6))), rng.normal(size=(3, 1, 3, 3))
    slopes = tg.compile(tg.grad(small_convolution, argnums=(0, 1)))
    slopes(kernel, x)
    assert not hides_nan(slopes.program)
    x[0, 0, 2:4] = 0.0
    for a, b in zip(slopes(kernel, x), tg.grad(small_convolution, argnums=(0, 1))(kernel, x)):
        assert np.isfinite(a).all()
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    pooled = record(lambda x: max_pool(tg.grad(small_convolution, argnums=1)(kernel, x), size=(2, 2)), (x,))
    assert hides_nan(pooled)  # what the largest of some gradients is, a nan among them decides


def test_a_gradient_of_zero_stays_zero_where_a_slope_is_infinite():
    f = tg.grad(lambda x: tg.where(x > 0.0, tg.sqrt(x), 0.0 * x).sum())
    x = np.array([4.0, 0.0, 1.0])
    np.testing.assert_array_equal(compile(f, backend="python")(x), f(x))


# ── where nan is looked for ──────────────────────────────────────────────────────────────────────────────────────────
def layer(w, x):
    """A product with roots of some numbers and 0 in place of the others, where the slope of the root is infinite."""
    return (tg.where(x > 0.0, tg.sqrt(x), 0.0) @ w).sum()


def test_a_gradient_that_is_a_product_is_asked_in_the_numbers_it_is_made_of():
    def loss(w, v, x):
        return (tg.relu(tg.relu(x @ w) @ v) ** 2).sum()

    slopes = tg.compile(tg.grad(loss, argnums=(0, 1)))
    rng = np.random.default_rng(0)
    w, v, x = rng.normal(size=(40, 30)), rng.normal(size=(30, 20)), rng.normal(size=(3, 40))
    found = slopes(w, v, x)
    for a, b in zip(found, tg.grad(loss, argnums=(0, 1))(w, v, x)):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    program = slopes.program
    places = to_ask(program, set(program.lines))
    assert sorted(x.shape for y in program.results for x in places[y]) == [(3, 20), (3, 30)]
    asked = re.findall(r"vdot\((\w+), \1\)", slopes.running_source)
    returned = re.findall(r"\w+", slopes.running_source.split("return (")[1].split(")")[0])
    assert len(asked) == 2 and not {*asked} & {*returned}


@pytest.mark.parametrize("rows", [2, 60])
def test_a_nan_on_the_way_is_noticed_wherever_it_is_looked_for(rows):
    rng = np.random.default_rng(0)
    x, w = np.abs(rng.normal(size=(rows, 30))), rng.normal(size=(30, 40))
    slopes = tg.compile(tg.grad(layer, argnums=(0, 1)))
    slopes(w, x)
    x[1, 2] = x[0, 5] = 0.0
    for a, b in zip(slopes(w, x), tg.grad(layer, argnums=(0, 1))(w, x)):
        np.testing.assert_array_equal(np.isnan(a), False)
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_a_closed_gate_keeps_out_infinite_gradients_that_go_on_into_a_product():
    def loss(w, x, scale):
        return (scale * tg.relu(x @ w)).sum()

    x, w = np.random.default_rng(0).normal(size=(2, 50)), np.random.default_rng(1).normal(size=(50, 30))
    slopes = tg.compile(tg.grad(loss))
    slopes(w, x, np.ones((2, 30)))
    scale = np.where(x @ w > 0.0, 1.0, np.inf)  # infinite where nothing passes
    found = slopes(w, x, scale)
    np.testing.assert_allclose(found, x.T @ (x @ w > 0.0), rtol=1e-12)


def test_a_gate_in_the_rule_of_a_maximum_is_a_place_where_nan_begins_too():
    def loss(w, x, scale):
        return (scale * (x @ w).max(axis=1)).sum()

    x, w = np.random.default_rng(0).normal(size=(2, 50)), np.random.default_rng(1).normal(size=(50, 30))
    slopes = tg.compile(tg.grad(loss))
    slopes(w, x, np.ones(2))
    scale = np.array([np.inf, 1.0])
    np.testing.assert_array_equal(slopes(w, x, scale), tg.grad(loss)(w, x, scale))
    assert np.isfinite(slopes(w, x, scale)).all(axis=0).sum() >= 28  # of 30 columns
