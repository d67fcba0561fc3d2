"""A record run again with other numbers gives what the function itself would have given."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.checking.replay import Replay, recorded, replay, rounding
from tinygrad_edu.engine.value import Value


def network(w, b, x):
    h = tg.tanh(x @ w + b)
    return h, (h * h).sum() + h.mean()


W, B, X = np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([0.1, -0.2]), np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, 3.0]])


def test_another_leaf_gives_what_the_function_gives_there():
    w, b, x = Value(W), Value(B), Value(X)
    _, y = network(w, b, x)
    assert replay(y, {w: W + 0.3}) == network(Value(W + 0.3), b, x)[1].data
    assert replay(y, {w: W * 2, b: B * 3}) == network(Value(W * 2), Value(B * 3), x)[1].data
    assert replay(y, {}) == y.data


def test_another_intermediate_changes_only_what_follows_from_it():
    h, y = network(Value(W), Value(B), Value(X))
    other = np.arange(6.0).reshape(3, 2)
    assert replay(y, {h: other}) == (other * other).sum() + other.mean()


def test_the_result_itself_can_be_replaced():
    y = Value(2.0) * 3.0
    assert replay(y, {y: 7.0}) == 7.0


def test_what_does_not_depend_on_the_change_is_not_computed_again():
    x, z = Value(2.0), Value(5.0)
    y = tg.exp(z) + x * x
    assert [node.op.name for node in Replay(y, [x]).nodes] == ["multiply", "add"]


def test_the_record_is_not_touched():
    x = Value(W)
    y = (x * x).sum()
    replay(y, {x: np.zeros((2, 2))})
    assert y.data == (W * W).sum()
    y.backward()
    np.testing.assert_array_equal(x.grad, 2 * W)


def test_settings_and_operations_with_many_inputs_are_kept():
    a, b = Value([1.0, 2.0]), Value([3.0, 4.0])
    y = tg.concatenate([a, b]).reshape((2, 2)).sum(axis=0)
    np.testing.assert_array_equal(replay(y, {b: np.array([30.0, 40.0])}), [31.0, 42.0])


def test_a_deep_record_is_replayed_without_recursion():
    x = y = Value(1.0)
    for _ in range(5000):
        y = y + 1.0
    assert replay(y, {x: 2.0}) == 5002.0


def test_a_recorded_graph_is_listed_oldest_first():
    x = Value(2.0)
    h = x * x
    y = h + x
    assert recorded(y) == [h, y]
    assert recorded(x) == []


@pytest.mark.parametrize(
    ("dtype", "noise"), [(np.float64, 0.0), (np.float32, 300 * 1.1920929e-07), (np.float16, 300 * 0.000976562)]
)
def test_the_rounding_inside_a_record_is_that_of_its_coarsest_numbers(dtype, noise):
    nodes = recorded(Value(np.array([1.0, 3.0], dtype)) * 100.0)
    found = rounding(nodes)
    assert found.noise == pytest.approx(noise, rel=1e-5)
    assert found.limit > max(found.noise, 1e-14)
    assert found.relative == pytest.approx(max(1e-6, 2 * (noise / 300) ** 0.5), rel=1e-5)
