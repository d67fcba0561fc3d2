"""Activations are chosen by name, or are any function of one number."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tinygrad_edu.engine import Value
from tinygrad_edu.errors import DataError, UnknownNameError
from tinygrad_edu.nn import MLP, Neuron
from tinygrad_edu.nn.activations import TABLE, activation, label
from tinygrad_edu.ops.softmax import softmax

BY_HAND = {
    "linear": lambda x: x,
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "elu": lambda x: x if x > 0 else math.exp(x) - 1,
    "tanh": math.tanh,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "softplus": lambda x: math.log(1 + math.exp(x)),
    "gelu": lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2))),
    "silu": lambda x: x / (1 + math.exp(-x)),
}


def test_the_table_below_has_every_activation():
    assert set(BY_HAND) == set(TABLE)


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("x", [-1.5, 0.75])
def test_a_name_means_the_function_of_the_textbook(name, x):
    assert activation(name)(x) == pytest.approx(BY_HAND[name](x), rel=1e-14)


@pytest.mark.parametrize("name", BY_HAND)
def test_a_neuron_applies_its_activation_to_the_sum_and_to_a_batch_alike(name, rng):
    neuron = Neuron(3, activation=name)
    x = rng.normal(size=(6, 3))
    z = x @ [w.data for w in neuron.w] + neuron.b.data
    np.testing.assert_allclose(neuron(x).data, [BY_HAND[name](number) for number in z], rtol=1e-13)
    np.testing.assert_allclose([neuron(list(row)).data for row in x], neuron(x).data, rtol=1e-13)


def test_ones_own_function_is_an_activation_and_names_the_neuron():
    def bent_identity(v):
        return ((v * v + 1.0) ** 0.5 - 1.0) / 2.0 + v

    neuron = Neuron(1, activation=bent_identity)
    neuron.w[0].data = 1.0
    assert neuron([Value(0.0)]).data == 0.0
    assert repr(neuron) == "bent_identityNeuron(1)"
    assert label(activation("gelu")) == "GELU"


@pytest.mark.parametrize("make", [lambda: MLP(2, [3, 1], hidden="rleu"), lambda: Neuron(2, activation="rleu")])
def test_a_misspelt_activation_is_told_what_was_meant(make):
    with pytest.raises(UnknownNameError) as error:
        make()
    assert str(error.value) == (
        "There is no activation named 'rleu'.\n"
        "  The names are: elu, gelu, leaky_relu, linear, relu, sigmoid, silu, softplus, tanh.\n"
        "  Did you mean 'relu'?"
    )


@pytest.mark.parametrize("choice", ["softmax", softmax])
def test_softmax_is_no_activation_of_a_single_neuron(choice):
    with pytest.raises(DataError) as error:
        MLP(2, [3, 3], output=choice)
    assert str(error.value) == (
        "softmax cannot be the activation of a neuron.\n"
        "  It weighs all outputs of a layer against each other, and a neuron has only its own.\n"
        "  Write output='linear', then tg.softmax(net(x)), or train on losses.cross_entropy(net(x), target)."
    )
