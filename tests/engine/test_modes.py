"""Recording or not, and threads: each thread has its own mode, and parameters may be shared."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError


def remembers(v):
    return v.op is not None or v.inputs != ()


def test_inside_no_grad_a_result_is_a_plain_number_that_remembers_nothing():
    x, m = Value(2.0), Value([1.0, 2.0])
    with tg.no_grad():
        results = [x * x, 2 * x, x * 2, -x, x.tanh(), m * x, m[0], m.sum(axis=0), tg.stack([x, x]), np.exp(m), m @ m]
    assert not any(map(remembers, results))
    assert results[0].data == 4.0 and np.array_equal(results[5].data, [2.0, 4.0])
    assert remembers(x * x)
    y = results[0] * x
    y.backward()
    assert x.grad == 4.0  # the square counts as constant


def test_backward_from_a_result_made_inside_no_grad_says_that_nothing_was_recorded():
    x = Value(3.0, name="x")
    with tg.no_grad():
        y = x * x
        with pytest.raises(DataError, match=r"backward\(\) from a value \(9\), which was computed inside no_grad\(\)."):
            y.backward()
        z = tg.stack([x, x, x])
    with pytest.raises(DataError, match=r"a value of shape \(3,\), which .*\n  There nothing is recorded") as caught:
        z.backward(np.ones(3))
    assert "Compute it outside of no_grad()" in str(caught.value)
    assert x.grad is None
    recorded = x * x
    with tg.no_grad():
        recorded.backward()  # what was recorded before can be asked anywhere
    assert x.grad == 6.0


def test_no_grad_may_be_nested_and_ends_with_the_outermost():
    x, outer = Value(2.0), tg.no_grad()
    with outer:
        with tg.no_grad():
            with outer:
                assert not remembers(x * x)
            assert not remembers(x * x)
        assert not remembers(x * x)
    assert remembers(x * x)


def test_no_grad_ends_with_an_error_as_well():
    x = Value(2.0)
    with pytest.raises(KeyError), tg.no_grad():
        raise KeyError
    assert remembers(x * x)


def test_no_grad_above_a_function_holds_inside_it_only():
    @tg.no_grad()
    def predict(x, depth=3):
        return x * x if depth == 0 else predict(x, depth - 1)

    x = Value(2.0)
    assert not remembers(predict(x)) and predict(x).data == 4.0
    assert remembers(x * x)


def test_a_result_made_inside_no_grad_can_be_given_new_numbers():
    x = Value([1.0, 2.0])
    with tg.no_grad():
        y = x * 2.0
    y.data[0] = 7.0
    y.data -= 1.0
    assert np.array_equal(y.data, [6.0, 3.0]) and np.array_equal(x.data, [1.0, 2.0])


def test_a_derivative_taken_inside_no_grad_is_right():
    w = Value(5.0)
    with tg.no_grad():
        assert tg.grad(lambda x: x * x)(3.0) == 6.0
        assert tg.grad(tg.grad(lambda x: x**3))(2.0) == 12.0
        assert tg.jvp(lambda x: x * x, 3.0, 1.0) == (9.0, 6.0)
        assert tg.hvp(lambda x: (x**3).sum(), np.array([1.0]), np.array([1.0])) == 6.0
        _, pull = tg.vjp(lambda x: x * w, 3.0)
        assert not remembers(w * w)
    assert pull(1.0) == (5.0,) and remembers(w * w)


def test_no_grad_inside_a_differentiated_function_makes_that_part_constant():
    def f(x):
        with tg.no_grad():
            held = x * x
        return held * x

    assert tg.grad(f)(3.0) == 9.0
    assert tg.grad(tg.grad(f))(3.0) == 0.0
    with tg.no_grad():
        assert tg.grad(f)(3.0) == 9.0


def test_one_no_grad_may_be_used_around_and_inside_a_derivative():
    off = tg.no_grad()

    def f(x):
        with off:
            held = x * x
        return held * x

    with off:
        assert tg.grad(f)(3.0) == 9.0
        assert not remembers(Value(2.0) * 2.0)
    assert remembers(Value(2.0) * 2.0)


def test_an_error_inside_a_derivative_leaves_recording_as_it_was():
    def fail(x):
        raise KeyError

    x = Value(2.0)
    with tg.no_grad():
        with pytest.raises(KeyError):
            tg.grad(fail)(1.0)
        assert not remembers(x * x)
    with pytest.raises(KeyError):
        tg.grad(fail)(1.0)
    assert remembers(x * x) and float(x) == 2.0


# ── threads ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def in_threads(work, count=4):
    """Run work(0), work(1), … at the same time; their results, or the first error."""
    results, errors, gate = [None] * count, [], threading.Barrier(count)

    def run(i):
        gate.wait()
        try:
            results[i] = work(i)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def test_no_grad_in_one_thread_is_no_business_of_another():
    x, inside, done = Value(2.0), threading.Event(), threading.Event()

    def work(i):
        if i == 0:
            with tg.no_grad():
                inside.set()
                done.wait(10)
                return remembers(x * x)
        inside.wait(10)
        try:
            return remembers(x * x)
        finally:
            done.set()

    assert in_threads(work, 2) == [False, True]


def test_being_differentiated_in_one_thread_is_no_business_of_another():
    x, inside, done = Value(2.0), threading.Event(), threading.Event()

    def work(i):
        if i == 1:
            inside.wait(10)
            try:
                return float(x)
            finally:
                done.set()

        def f(v):
            inside.set()
            done.wait(10)
            return v * v

        return tg.grad(f)(3.0)

    assert in_threads(work, 2) == [6.0, 2.0]


def test_threads_that_share_parameters_add_every_gradient():
    w, b = Value(np.arange(6.0).reshape(2, 3)), Value(0.5)

    def work(i):
        for _ in range(50):
            x = Value(np.full((4, 2), i + 1.0))
            ((x @ w) * b).sum().backward()
        return x.grad

    grads = in_threads(work)
    assert np.array_equal(w.grad, np.full((2, 3), 50 * 4 * 0.5 * (1 + 2 + 3 + 4)))
    assert b.grad == 50 * 4 * 15.0 * (1 + 2 + 3 + 4)
    assert all(np.array_equal(g, 0.5 * np.broadcast_to(w.data.sum(axis=1), (4, 2))) for g in grads)


def test_threads_may_sweep_one_shared_graph():
    x = Value(1.0)
    y = x
    for _ in range(500):
        y = y + x
    in_threads(lambda i: [y.backward() for _ in range(10)])
    assert x.grad == 4 * 10 * 501.0 and y.grad == 40.0


def test_threads_may_differentiate_at_the_same_time():
    w = Value([1.0, 2.0])

    def work(i):
        found = [tg.hessian(lambda x: (w * x**3).sum())(np.full(2, i + 1.0)) for _ in range(10)]
        return all(np.array_equal(h, np.diag([6.0 * (i + 1), 12.0 * (i + 1)])) for h in found)

    assert in_threads(work) == [True] * 4
