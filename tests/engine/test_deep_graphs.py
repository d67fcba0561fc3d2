"""Graphs of any depth: no recursion, no reference cycles, nothing left behind."""

from __future__ import annotations

import gc
import random
import tracemalloc

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import ChangedDataError


@pytest.fixture
def no_garbage_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_chain_of_a_hundred_thousand_operations_has_a_gradient():
    x = Value(0.5)
    y = x
    for _ in range(50_000):
        y = y * 1.0 + x
    y.backward()
    assert y.data == 0.5 * 50_001
    assert x.grad == 50_001.0


def test_a_chain_of_arrays_twenty_thousand_operations_long_has_a_gradient():
    x = Value([1.0, 2.0])
    y = x
    for _ in range(10_000):
        y = -(-y)
    y.sum().backward()
    assert np.array_equal(x.grad, [1.0, 1.0])


def test_second_derivatives_of_a_deep_chain_need_no_recursion_either():
    def chain(x):
        y = x
        for _ in range(3_000):
            y = y * 1.0
        return y * y

    assert tg.grad(tg.grad(chain))(3.0) == 2.0


def test_the_introductory_network_of_micrograd_may_have_hidden_size_32():
    generator = random.Random(1337)
    model = tg.nn.MLP(2, [32, 32, 1])
    points = [[generator.uniform(-1, 1), generator.uniform(-1, 1)] for _ in range(20)]
    losses = [(1 + -(1 if p[0] > 0 else -1) * model(p)).relu() for p in points]
    loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
    loss.backward()
    assert all(p.grad is not None and np.all(np.isfinite(p.grad)) for p in model.parameters())


def test_a_value_squared_sixteen_times_is_swept_once_per_result_not_once_per_path():
    x = Value(1.0)
    y = x
    for _ in range(60):  # 2⁶⁰ paths
        y = y * y
    y.backward()
    assert x.grad == 2.0**60


def test_dropping_a_chain_of_a_million_results_does_not_crash():
    y = Value(1.0)
    for _ in range(1_000_000):
        y = -y
    assert y.data == 1.0
    del y


def test_a_graph_that_is_dropped_is_gone_without_the_garbage_collector(no_garbage_collector):
    x = Value(0.5)
    y = x
    for _ in range(25_000):
        y = (y * x + 1.0).tanh() - x  # 100,000 results
    y.backward()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    z = x
    for _ in range(2_500):
        z = (z * x + 1.0).tanh() - x
    z.backward()
    held = tracemalloc.get_traced_memory()[0] - before
    del z
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    del y
    assert held > 1_000_000 and left < 10_000
    assert gc.collect() == 0


PROGRAMS = [
    ("operators", lambda x: (x * x + 1.0) / (x - 5.0) - 2.0**x),
    ("functions", lambda x: tg.tanh(x) + tg.exp(x)),
    ("settings", lambda x: x.reshape((2, 1)).sum(axis=0)),
    ("indexing", lambda x: x[[0, 1, 1]] * x[0]),
    ("many inputs", lambda x: tg.stack([x, x, x])),
    ("numpy", lambda x: np.exp(x) + np.sum(x, axis=0)),
]


@pytest.mark.parametrize("program", [row[1] for row in PROGRAMS], ids=[row[0] for row in PROGRAMS])
@pytest.mark.parametrize("use", ["forward", "backward", "grad", "grad of grad", "jvp"])
def test_no_way_of_computing_leaves_a_reference_cycle(program, use, no_garbage_collector):
    def compute():
        numbers = np.array([0.5, 0.25])
        if use == "forward":
            program(Value(numbers))
        elif use == "backward":
            program(Value(numbers)).sum().backward()
        elif use == "grad":
            tg.grad(lambda x: program(x).sum())(numbers)
        elif use == "jvp":
            tg.jvp(program, numbers, numbers)
        else:
            tg.grad(lambda x: tg.grad(lambda x: program(x).sum())(x).sum())(numbers)

    compute()
    gc.collect()
    compute()
    assert gc.collect() == 0


def test_an_error_in_the_middle_of_a_backward_leaves_no_reference_cycle(no_garbage_collector):
    def fail():
        x = Value([1.0, 2.0, 3.0])
        y = tg.tanh(x) * x
        x.data = [1.0, 1.0, 1.0]
        try:
            y.sum().backward()
        except ChangedDataError:
            return
        raise AssertionError

    fail()
    gc.collect()
    fail()
    assert gc.collect() == 0
