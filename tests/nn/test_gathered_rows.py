"""A layer gathers its scalars into one row, and keeps it exactly as long as it is right to share it."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine import Value
from tinygrad_edu.nn import MLP, Layer, Neuron
from tinygrad_edu.ops.affine import affine, affine_of_row

X = np.array([[1.0, 2.0], [-0.5, 0.25], [3.0, -1.0]])


def by_samples(net, loss):
    """The gradients of a loss of all outputs, from the scalar graph."""
    net.zero_grad()
    loss([net(list(row)) for row in X]).backward()
    found = [p.grad for p in net.parameters()]
    net.zero_grad()
    return found


def test_what_is_computed_before_a_backward_pass_shares_one_row_and_its_gradients_add_up():
    net = MLP(2, [3, 1], hidden="tanh")
    exact = by_samples(net, lambda ys: sum(y * y for y in ys) + sum(p * p for p in net.parameters()))
    y = net(X)
    row = net.layers[0].gathered()
    ((y * y).sum() + net.l2()).backward()
    assert net.layers[0]._row is row
    assert [p.grad for p in net.parameters()] == pytest.approx(exact, rel=1e-12)


def test_two_losses_that_share_a_row_may_run_backward_one_after_the_other():
    net = MLP(2, [3, 1], hidden="tanh")
    exact = by_samples(net, lambda ys: sum(y * y for y in ys) + sum(p * p for p in net.parameters()))
    y, penalty = net(X), net.l2()
    (y * y).sum().backward()
    penalty.backward()
    assert [p.grad for p in net.parameters()] == pytest.approx(exact, rel=1e-12)


def test_after_a_backward_pass_a_new_row_is_gathered():
    layer = Layer(2, 1)
    row = layer.gathered()
    assert layer.gathered() is row
    layer(X).sum().backward()
    again = layer.gathered()
    assert again is not row
    assert again.grad is None


def change_a_number(layer):
    layer.neurons[0].w[0].data = 5.0


def exchange_a_value_for_an_equal_one(layer):
    layer.neurons[0].w[0] = Value(layer.neurons[0].w[0].data)


def swap_two_neurons(layer):
    layer.neurons.reverse()


def remove_a_neuron(layer):
    del layer.neurons[0]


def exchange_a_neuron(layer):
    layer.neurons[1] = Neuron(2)


def add_a_neuron(layer):
    layer.neurons.append(Neuron(2))


@pytest.mark.parametrize(
    "change",
    [
        change_a_number,
        exchange_a_value_for_an_equal_one,
        swap_two_neurons,
        remove_a_neuron,
        exchange_a_neuron,
        add_a_neuron,
    ],
)
def test_a_row_is_outdated_when_a_parameter_has_changed(change):
    layer = Layer(2, 2)
    layer.gathered()
    change(layer)
    scalars = [p for neuron in layer.neurons for p in (*neuron.w, neuron.b)]
    assert layer.gathered().data.tolist() == [p.data for p in scalars]
    layer(X).sum().backward()
    assert all(p.grad is not None for p in scalars)


def test_a_row_gathered_without_recording_is_not_kept_for_training():
    net = MLP(2, [3, 1])
    with tg.no_grad():
        net(X)
    assert len(net.parameters()) == 13
    net(X).sum().backward()
    assert all(p.grad is not None for p in net.parameters())


def test_a_plain_number_among_the_weights_is_read_anew_each_time():
    layer = Layer(2, 1, init=lambda rng: 1.0)
    for number in (0.5, 0.5, 0.75):
        layer.neurons[0].w[0] = number
        assert layer.gathered().data.tolist() == [number, 1.0, 0.0]


def test_a_network_that_has_been_called_can_be_copied_and_pickled():
    net = MLP(2, [3, 1])
    y = net(X).data
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert twin(X).data.tolist() == y.tolist()
        assert repr(twin) == repr(net)
        twin.parameters()[0].data = 9.0
    assert net(X).data.tolist() == y.tolist()


def test_gradients_of_the_input_are_the_same_with_a_kept_row_and_without():
    net = MLP(2, [3, 1], hidden="tanh")
    slope = tg.grad(lambda x: tg.sum(net(x)))
    first = slope(X)
    assert slope(X).tolist() == first.tolist()
    copied = copy.deepcopy(net)
    assert tg.grad(lambda x: tg.sum(copied(x)))(X).tolist() == first.tolist()


def test_weighted_sums_from_a_row_are_those_from_matrix_and_bias_forward_and_backward(rng):
    weight, bias = Value(rng.normal(size=(4, 3))), Value(rng.normal(size=4))
    row = Value(np.column_stack([weight.data, bias.data]).ravel())
    for shape in [(3,), (5, 3), (2, 5, 3)]:
        x, twin, g = Value(rng.normal(size=shape)), Value(np.zeros(shape)), rng.normal(size=(*shape[:-1], 4))
        twin.data = x.data
        y, z = affine(x, weight, bias), affine_of_row(twin, row)
        np.testing.assert_allclose(z.data, y.data, rtol=1e-13)
        y.backward(g)
        z.backward(g)
        np.testing.assert_allclose(twin.grad, x.grad, rtol=1e-13)
        np.testing.assert_allclose(row.grad.reshape(4, 4), np.column_stack([weight.grad, bias.grad]), rtol=1e-12)
        for v in (weight, bias, row):
            v.zero_grad()


def test_second_derivatives_pass_through_a_row(rng):
    x, row, v, h = rng.normal(size=(5, 3)), rng.normal(size=8), rng.normal(size=8), 1e-5
    gradient = tg.grad(lambda row: tg.sum(affine_of_row(x, row) ** 3))
    _, exact = tg.jvp(gradient, (row,), (v,))
    np.testing.assert_allclose(exact, (gradient(row + h * v) - gradient(row - h * v)) / (2 * h), rtol=1e-7)
