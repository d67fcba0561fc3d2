"""A network of scalar weights computes sample by sample or in matrix products: same numbers, same gradients."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tinygrad_edu.engine import Value
from tinygrad_edu.errors import DataError, ShapeError, UnknownNameError
from tinygrad_edu.nn import MLP, Layer, Neuron


def gradients(net):
    found = np.array([p.grad for p in net.parameters()])
    net.zero_grad()
    return found


@pytest.mark.parametrize("hidden", ["relu", "tanh", "sigmoid", "gelu"])
@pytest.mark.parametrize("sizes", [[1], [5, 1], [4, 3, 2], [1, 1]])
def test_samples_and_batch_give_equal_outputs_and_equal_parameter_gradients(hidden, sizes, rng):
    net = MLP(3, sizes, hidden=hidden, output="tanh", rng=rng, init_bias=lambda rng: rng.normal())
    x = rng.normal(size=(7, 3))

    batch = net(x)
    assert batch.shape == (7, sizes[-1])
    (batch * batch).sum().backward()
    from_batch = gradients(net)

    rows = [net(list(row)) for row in x]
    rows = [row if isinstance(row, list) else [row] for row in rows]
    sum(y * y for row in rows for y in row).backward()
    from_samples = gradients(net)

    np.testing.assert_allclose(batch.data, [[y.data for y in row] for row in rows], rtol=1e-12)
    np.testing.assert_allclose(from_batch, from_samples, rtol=1e-12, atol=1e-13)


def test_the_gradient_of_every_parameter_is_its_finite_difference(rng):
    net = MLP(2, [3, 1], hidden="tanh", output="sigmoid", rng=rng, init_bias=lambda rng: rng.normal())
    x = rng.normal(size=(4, 2))
    net(x).sum().backward()
    exact, h = gradients(net), 1e-6
    for p, g in zip(net.parameters(), exact, strict=True):
        start = p.data
        p.data = start + h
        above = net(x).data.sum()
        p.data = start - h
        below = net(x).data.sum()
        p.data = start
        assert (above - below) / (2 * h) == pytest.approx(g, rel=1e-6, abs=1e-9)


def test_the_gradient_of_the_input_arrives_in_both_ways():
    net = MLP(2, [3, 1], hidden="tanh")
    a, b, x = Value(0.5), Value(-1.0), Value([[0.5, -1.0]])
    net([a, b]).backward()
    net(x).sum().backward()
    np.testing.assert_allclose(x.grad, [[a.grad, b.grad]], rtol=1e-12)


def test_a_batch_may_have_more_axes_in_front():
    net = MLP(2, [3, 1])
    x = np.linspace(-1, 1, 24).reshape(3, 4, 2)
    np.testing.assert_allclose(net(x).data, net(x.reshape(12, 2)).data.reshape(3, 4, 1), rtol=1e-13)


def test_one_neuron_answers_a_batch_with_one_number_per_row():
    neuron = Neuron(2, nonlin=False, init=lambda rng: 2.0, init_bias=lambda rng: 1.0)
    assert neuron(np.array([[1.0, 0.0], [1.0, 1.0]])).data.tolist() == [3.0, 5.0]


def test_a_float32_batch_is_computed_with_the_float64_parameters():
    net = MLP(2, [3, 1])
    x = np.array([[1.0, 2.0]], np.float32)
    np.testing.assert_allclose(net(x).data, net(x.astype(float)).data, rtol=1e-6)


@pytest.mark.parametrize(
    "x", [[1, -2], (1, -2), np.array([1, -2]), np.array([1.0, -2.0], np.float32), [np.float64(1), np.int64(-2)]]
)
def test_plain_numbers_of_every_kind_stay_plain(x):
    net = MLP(2, [2, 1], init=lambda rng: 0.5)
    y = net(x)
    assert y.data == net([1.0, -2.0]).data
    constants, waiting = [], [y]
    while waiting:
        v = waiting.pop()
        waiting.extend(v.inputs) if isinstance(v, Value) else constants.append(v)
    assert set(map(type, constants)) == {float}
    assert len(constants) >= 4  # two neurons, two inputs each


def test_one_number_is_a_sample_of_width_one():
    net = MLP(1, [2, 1])
    assert net(0.5).data == net([0.5]).data == net(np.array([0.5])).data


def test_weights_are_drawn_neuron_by_neuron_and_start_evenly_between_minus_one_and_one():
    net = MLP(2, [2, 1], rng=random.Random(7))
    peer = random.Random(7)
    drawn = [peer.uniform(-1, 1) for _ in range(6)]
    weights = [w.data for layer in net.layers for neuron in layer.neurons for w in neuron.w]
    assert weights == drawn
    assert all(neuron.b.data == 0.0 for layer in net.layers for neuron in layer.neurons)


def test_an_initialiser_draws_each_weight_and_a_second_one_each_bias_after_its_weights():
    net = MLP(2, [2, 1], rng=random.Random(3), init=lambda rng: rng.random(), init_bias=lambda rng: rng.random())
    peer = random.Random(3)
    assert [p.data for p in net.parameters()] == [peer.random() for _ in range(9)]


def test_a_numpy_generator_draws_too():
    net = MLP(2, [1], rng=np.random.default_rng(0))
    assert [w.data for w in net.layers[0].neurons[0].w] == list(np.random.default_rng(0).uniform(-1, 1, 2))


def test_the_gathered_weight_has_one_row_per_neuron_and_hands_its_gradient_to_the_scalars():
    layer = Layer(3, 2, rng=random.Random(0))
    assert layer.weight.shape == (2, 3)
    assert layer.bias.shape == (2,)
    (layer.weight * np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])).sum().backward()
    assert [[w.grad for w in neuron.w] for neuron in layer.neurons] == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def test_neurons_with_different_activations_in_one_layer_keep_them_in_a_batch(rng):
    layer = Layer(2, 3, activation="tanh", rng=rng)
    layer.neurons[1] = Neuron(2, activation="relu", rng=rng)
    x = rng.normal(size=(5, 2))
    np.testing.assert_allclose(layer(x).data, [[y.data for y in layer(list(row))] for row in x], rtol=1e-13)
    assert repr(layer) == "Layer of [TanhNeuron(2), ReLUNeuron(2), TanhNeuron(2)]"


def test_a_weight_replaced_by_a_plain_number_is_frozen_in_both_ways():
    net = MLP(2, [1])
    net.layers[0].neurons[0].w[0] = 0.5
    assert len(net.parameters()) == 2
    assert net(np.array([[1.0, 2.0]])).data[0, 0] == pytest.approx(net([1.0, 2.0]).data)


def test_changing_a_parameter_between_forward_and_backward_is_noticed_in_both_ways():
    net = MLP(2, [2, 1])
    for x in ([1.0, 2.0], np.array([[1.0, 2.0]])):
        y = net(x)
        net.parameters()[0].data = 9.0
        with pytest.raises(RuntimeError, match="changed"):
            (y if y.shape == () else y.sum()).backward()


WRONG_INPUTS = [
    (
        lambda: MLP(2, [16, 1])([1.0, 2.0, 3.0]),
        "MLP(2, [16, 1]) takes 2 inputs and was called with 3.\n"
        "  Every neuron multiplies each of the 2 inputs with a weight of its own.\n"
        "  Pass 2 numbers, or build it with 3 inputs.",
    ),
    (
        lambda: MLP(2, [16, 1])(np.zeros((2, 100))),
        "MLP(2, [16, 1]) takes 2 inputs and was called with a batch of shape (2, 100).\n"
        "  A batch has one sample per row and one column per input, shape (samples, 2).\n"
        "  Did you mean x.T?",
    ),
    (
        lambda: Layer(3, 4)(np.zeros((5, 2))),
        "Layer(3, 4) takes 3 inputs and was called with a batch of shape (5, 2).\n"
        "  A batch has one sample per row and one column per input, shape (samples, 3).\n"
        "  Pass 3 columns, or build it with 2 inputs.",
    ),
    (
        lambda: Neuron(2)(1.0),
        "Neuron(2) takes 2 inputs and was called with 1.\n"
        "  Every neuron multiplies each of the 2 inputs with a weight of its own.\n"
        "  Pass 2 numbers, or build it with 1 inputs.",
    ),
    (
        lambda: MLP(2, [1])([[1.0, 2.0], [3.0, 4.0]]),
        "MLP(2, [1]): input 0 of the list is [1., 2.], an array of shape (2,).\n"
        "  A list is one sample and holds one number per input; a batch of samples is an array.\n"
        "  Write np.array(x) to pass a batch with one sample per row.",
    ),
    (
        lambda: MLP(2, [1])([Value([1.0, 2.0]), 3.0]),
        "MLP(2, [1]): input 0 of the list is a Value, an array of shape (2,).\n"
        "  A list is one sample and holds one number per input; a batch of samples is an array.\n"
        "  Write np.array(x) to pass a batch with one sample per row.",
    ),
    (
        lambda: Layer(0, 4),
        "Layer: nin is 0.\n  A layer has a positive whole number of inputs and of outputs.\n"
        "  Make nin a whole number, 1 or more.",
    ),
    (
        lambda: MLP(2, [4, 1.5]),
        "MLP: nouts[1] is 1.5.\n"
        "  A layer has a positive whole number of inputs and of outputs.\n"
        "  Make nouts[1] a whole number, 1 or more.",
    ),
    (
        lambda: MLP(2, 3),
        "MLP: nouts is 3.\n"
        "  It lists how many neurons each layer has, and the last layer is the output.\n"
        "  Write MLP(2, [16, 3]) for one hidden layer of 16 neurons.",
    ),
    (
        lambda: MLP(2, []),
        "MLP: nouts is [].\n"
        "  It lists how many neurons each layer has, and the last layer is the output.\n"
        "  Write MLP(2, [16, 1]) for one hidden layer of 16 neurons.",
    ),
]


@pytest.mark.parametrize(("call", "text"), WRONG_INPUTS, ids=lambda x: x[:30] if isinstance(x, str) else "")
def test_sizes_that_do_not_fit_are_named_with_the_layer(call, text):
    with pytest.raises(ShapeError) as error:
        call()
    assert str(error.value) == text


def test_a_bare_seed_is_no_source_of_numbers():
    with pytest.raises(DataError) as error:
        MLP(2, [1], rng=42)
    assert str(error.value) == (
        "rng=42 (int) cannot draw numbers.\n"
        "  A layer draws its weights one after the other, so it needs a generator that remembers where it is.\n"
        "  Write rng=random.Random(0) or rng=np.random.default_rng(0)."
    )


def test_text_is_no_input():
    with pytest.raises(DataError):
        MLP(2, [1])(["a", "b"])
    with pytest.raises(UnknownNameError):
        MLP(2, [1], output="lniear")
