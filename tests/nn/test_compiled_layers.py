"""Compiled layers compute what they compute step by step; what happens on the side is refused."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.compiler.compiled import compile
from tinygrad_edu.errors import DataError


def refused(kind, call, text):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == text


def test_what_happens_only_while_training_cannot_be_compiled():
    why = "A program repeats steps from arguments to results; this would happen only once, now.\n"
    refused(
        DataError, lambda: compile(nn.Dropout(0.5))(np.ones(3)),
        "Dropout(p=0.5) is in training mode while the function is being compiled.\n"
        f"  It would draw its mask while the program is written. {why}"
        "  Draw it outside and pass it as an argument, x * mask with mask = dropout.mask(x.shape); "
        "or write net.eval() first.",
    )  # fmt: skip
    refused(
        DataError, lambda: compile(nn.BatchNorm1d(2))(np.ones((3, 2))),
        "BatchNorm1d(2) is in training mode while the function is being compiled.\n"
        f"  It would note the mean and variance of the batch on the side. {why}"
        "  Write net.eval() before compiling, or build it with track_running_stats=False.",
    )  # fmt: skip


LAYERS = {
    "LayerNorm": (lambda: nn.LayerNorm(3), (5, 3)),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(3).eval(), (5, 3)),
    "BatchNorm2d without notes": (lambda: nn.BatchNorm2d(2, track_running_stats=False), (3, 2, 2, 2)),
    "Dropout": (lambda: nn.Dropout(0.5).eval(), (5, 3)),
    "Residual": (lambda: nn.Residual(nn.Sequential(nn.Linear(3, 3), nn.GELU())), (5, 3)),
    "Flatten": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(6, 2)), (4, 2, 3)),
    "Softmax": (lambda: nn.Sequential(nn.Linear(3, 3), nn.Softmax()), (5, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_compiled_layer_computes_the_same_values_and_gradients(name, rng):
    layer, x = LAYERS[name][0](), rng.normal(size=LAYERS[name][1])
    parameters = {path: p.data + 0.1 for path, p in layer.named_parameters()}

    def loss(parameters, x):
        return (nn.functional_call(layer, parameters, x) ** 2).sum()

    both = tg.value_and_grad(loss, argnums=(0, 1))
    value, (slopes, slope) = compile(both)(parameters, x)
    expected, (expected_slopes, expected_slope) = both(parameters, x)
    assert value == pytest.approx(expected, rel=1e-12)
    np.testing.assert_allclose(slope, expected_slope, rtol=1e-9, atol=1e-12)
    for path, g in expected_slopes.items():
        np.testing.assert_allclose(slopes[path], g, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("padding_idx", [None, 1])
def test_a_compiled_embedding_takes_indices_that_change(padding_idx):
    layer = nn.Embedding(4, 3, padding_idx)

    def loss(weight, indices):
        return (nn.functional_call(layer, {"weight": weight}, indices) ** 2).sum()

    program, weight = compile(tg.value_and_grad(loss)), np.arange(12.0).reshape(4, 3)
    for indices in (np.array([[0, 1], [1, 3]]), np.array([[2, 2], [3, 0]])):
        value, slope = program(weight, indices)
        expected, expected_slope = tg.value_and_grad(loss)(weight, indices)
        assert value == pytest.approx(expected)
        np.testing.assert_allclose(slope, expected_slope)
    assert program.cache_info().currsize == 1
    outside = compile(lambda indices: layer(indices))
    np.testing.assert_array_equal(outside(np.array([2, 1])), layer.weight.data[[2, 1]])


def test_a_compiled_network_in_evaluation_uses_the_running_statistics_of_the_moment(rng):
    layer, x = nn.BatchNorm1d(3).eval(), rng.normal(size=(4, 3))
    program = compile(lambda x: layer(x))
    for _ in range(3):
        np.testing.assert_allclose(program(x), layer(x).data)
        layer.train()(rng.normal(3.0, 2.0, (5, 3)))
        layer.eval()
