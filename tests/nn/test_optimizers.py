"""Optimizers change parameters by exact steps, and refuse what they could not train."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tinygrad_edu import losses
from tinygrad_edu.engine import Value
from tinygrad_edu.errors import ChangedDataError, DataError
from tinygrad_edu.nn import MLP, Linear, Sequential
from tinygrad_edu.ops.activations import relu
from tinygrad_edu.optim import SGD


def test_one_step_goes_against_the_gradient_by_the_rate():
    a, b = Value(3.0), Value([1.0, 2.0])
    (a * a + (b * b).sum()).backward()
    SGD([a, b], lr=0.25).step()
    assert a.data == 1.5
    assert b.data.tolist() == [0.5, 1.0]


def test_three_steps_arrive_where_pytorch_arrives():
    p = Value([1.0, -2.0, 3.0])
    optimizer = SGD([p], lr=0.05)
    for _ in range(3):
        optimizer.zero_grad()
        (p**2 * np.array([1.0, 2.0, 3.0])).sum().backward()
        optimizer.step()
    np.testing.assert_allclose(p.data, [0.7290000000000001, -1.024, 1.029], rtol=1e-15)  # PyTorch 2, float64


def test_a_parameter_without_gradient_is_left_alone():
    a, b = Value(1.0), Value([1.0])
    SGD([a, b]).step()
    assert a.data == 1.0
    assert b.data.tolist() == [1.0]


def test_zero_grad_makes_every_gradient_not_computed_again():
    a = Value(1.0)
    (a * 2.0).backward()
    SGD([a]).zero_grad()
    assert a.grad is None


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_parameter_keeps_its_precision(dtype):
    p = Value(np.ones(3, dtype))
    (p * p).sum().backward()
    SGD([p], lr=0.1).step()
    assert p.data.dtype == dtype
    np.testing.assert_allclose(p.data, np.full(3, 0.8), rtol=2e-3)


def test_the_rate_may_change_between_steps():
    p = Value(1.0)
    optimizer = SGD([p], lr=1.0)
    for rate in (0.5, 0.25):
        optimizer.lr = rate
        optimizer.zero_grad()
        p.backward()
        optimizer.step()
    assert p.data == 0.25


def test_a_step_makes_graphs_built_before_it_stale_and_backward_says_so():
    for p in (Value(2.0), Value([2.0, 3.0])):
        y = (p * p).sum()
        y.backward()
        SGD([p]).step()
        with pytest.raises(ChangedDataError):
            y.backward()


def test_a_step_does_not_reach_into_results_or_arrays_that_others_hold():
    p = Value([1.0, 2.0])
    seen, view = p.data, p.reshape((2, 1))
    p.sum().backward()
    SGD([p], lr=1.0).step()
    assert seen.tolist() == [1.0, 2.0]
    assert view.data.tolist() == [[1.0], [2.0]]
    assert p.data.tolist() == [0.0, 1.0]
    seen[0] = 99.0
    assert p.data.tolist() == [0.0, 1.0]


def test_writing_into_the_data_after_a_step_is_still_noticed():
    p = Value([1.0, 2.0])
    p.sum().backward()
    SGD([p], lr=1.0).step()
    data = p.data
    y = (p * p).sum()
    data[0] = 7.0
    with pytest.raises(ChangedDataError):
        y.backward()


def test_training_by_sgd_is_training_by_hand():
    random.seed(1)
    x, y = np.random.default_rng(0).normal(size=(20, 2)), np.sign(np.linspace(-1, 1, 20))
    net, weights = MLP(2, [4, 1], hidden="tanh"), None
    weights = [layer.weight.data.copy() for layer in net.layers]
    biases = [layer.bias.data.copy() for layer in net.layers]
    optimizer = SGD(net.parameters(), lr=0.1)
    for _ in range(20):
        optimizer.zero_grad()
        losses.mse(net(x)[:, 0], y).backward()
        optimizer.step()
        h = np.tanh(x @ weights[0].T + biases[0])
        d_out = 2 * (h @ weights[1].T + biases[1] - y[:, None]) / 20
        d_hidden = d_out @ weights[1] * (1 - h * h)
        for i, (d, below) in enumerate(((d_hidden, x), (d_out, h))):
            weights[i] -= 0.1 * d.T @ below
            biases[i] -= 0.1 * d.sum(axis=0)
    for layer, w, b in zip(net.layers, weights, biases, strict=True):
        np.testing.assert_allclose(layer.weight.data, w, rtol=1e-12)
        np.testing.assert_allclose(layer.bias.data, b, rtol=1e-12)


def test_a_float32_network_learns_three_blobs_and_stays_float32(rng):
    centres = np.array([[2.0, 0.0], [-2.0, 1.0], [0.0, -3.0]], np.float32)
    labels = rng.integers(0, 3, 90)
    x = centres[labels] + 0.3 * rng.standard_normal((90, 2), np.float32)
    net = Sequential(Linear(2, 16, rng=rng, dtype=np.float32), relu, Linear(16, 3, rng=rng, dtype=np.float32))
    optimizer = SGD(net.parameters(), lr=0.2)
    for _ in range(60):
        optimizer.zero_grad()
        losses.cross_entropy(net(x), labels).backward()
        optimizer.step()
    assert (net(x).data.argmax(axis=1) == labels).all()
    assert all(p.dtype == np.float32 for p in net.parameters())


MESSAGES = [
    (
        lambda: SGD([]),
        "SGD was given no parameters.\n"
        "  With nothing to change, training would run and learn nothing.\n"
        "  Check that the model keeps its Values and layers as attributes, not in local variables.",
    ),
    (
        lambda: SGD([Value(1.0)], lr=0),
        "SGD: lr=0 is no learning rate.\n"
        "  Each step goes against the gradient by this factor: 0 goes nowhere, less than 0 goes uphill.\n"
        "  Write a positive number, for example lr=0.1.",
    ),
    (
        lambda: SGD([Value(1.0)], lr=float("nan")),
        "SGD: lr=nan is no learning rate.\n"
        "  Each step goes against the gradient by this factor: 0 goes nowhere, less than 0 goes uphill.\n"
        "  Write a positive number, for example lr=0.1.",
    ),
    (
        lambda: SGD(MLP(2, [1])),
        "SGD was given MLP instead of parameters.\n"
        "  It changes a list of Values, and does not look for them inside an object.\n"
        "  Write SGD(model.parameters()).",
    ),
    (
        lambda: SGD([Value(1.0), 2.0]),
        "SGD: parameter 1 is float, no Value.\n"
        "  A parameter is a Value that nobody computed; setting a result would not change what it came from.\n"
        "  Write SGD(model.parameters()), or make it a parameter with Value(number).",
    ),
    (
        lambda: SGD([Value(1.0) * 2.0]),
        "SGD: parameter 0 is the result of multiply.\n"
        "  A parameter is a Value that nobody computed; setting a result would not change what it came from.\n"
        "  Write SGD(model.parameters()), or make it a parameter with Value(number).",
    ),
    (
        lambda: SGD([*[Value(1.0)] * 2]),
        "SGD: a parameter is in the list twice.\n"
        "  It would take two steps where one was meant.\n"
        "  Write SGD(model.parameters()), which names shared parameters once.",
    ),
]


@pytest.mark.parametrize(("call", "text"), MESSAGES, ids=lambda x: x[:30] if isinstance(x, str) else "")
def test_what_cannot_be_trained_is_refused_in_three_parts(call, text):
    with pytest.raises(DataError) as error:
        call()
    assert str(error.value) == text
