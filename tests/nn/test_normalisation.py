"""Layer and batch normalisation: what they make of numbers, what is noted, which shapes are taken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import ShapeError

SMALL = st.floats(-3, 3)


def refused(kind, call, text):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == text


@given(arrays(float, array_shapes(min_dims=1, max_dims=4, max_side=4), elements=SMALL), st.integers(1, 4))
def test_layer_normalisation_gives_mean_0_and_variance_below_1_over_any_last_axes(x, count):
    axes = tuple(range(-min(count, x.ndim), 0))
    y = nn.LayerNorm(tuple(x.shape[k] for k in axes), elementwise_affine=False)(x)
    np.testing.assert_allclose(y.mean(axes), 0.0, atol=1e-7)
    assert (y.var(axes) <= 1.0 + 1e-9).all()


def test_the_running_statistics_become_those_of_the_data(rng):
    layer = nn.BatchNorm1d(2)
    for _ in range(200):
        layer(rng.normal([1.0, -3.0], [2.0, 0.5], (500, 2)))
    np.testing.assert_allclose(layer.running_mean.data, [1.0, -3.0], atol=0.15)
    np.testing.assert_allclose(layer.running_var.data, [4.0, 0.25], rtol=0.1)
    assert int(layer.num_batches_tracked) == 200


def test_evaluation_notes_nothing_and_treats_every_sample_alone(rng):
    layer, x = nn.BatchNorm1d(2), rng.normal(size=(5, 2))
    layer(x)
    before = layer.state_dict()
    layer.eval()
    np.testing.assert_allclose(layer(x[:1]).data, layer(x).data[:1])
    assert all(np.array_equal(before[name], array) for name, array in layer.state_dict().items())


def test_a_record_stays_right_when_the_running_statistics_change_before_the_backward_pass(rng):
    layer, x = nn.BatchNorm1d(2).eval(), Value(rng.normal(size=(5, 2)))
    y = layer(x)
    layer.train()(rng.normal(5.0, 1.0, (5, 2)))
    y.sum().backward()
    np.testing.assert_allclose(x.grad, 1.0, rtol=1e-5)
    assert layer.running_mean.grad is None


def test_batch_normalisation_says_which_shapes_it_takes():
    why = "Its input has the shape {}, with 3 features in axis 1."
    flat, picture = "(n, features) or (n, features, length)", "(n, channels, height, width)"
    refused(
        ShapeError, lambda: nn.BatchNorm1d(3)(np.ones((5, 4))),
        f"BatchNorm1d(3) was called with shape (5, 4).\n  {why.format(flat)}\n"
        "  Pass such a batch, or write BatchNorm1d(4).",
    )  # fmt: skip
    refused(
        ShapeError, lambda: nn.BatchNorm2d(3)(np.ones((5, 8, 8, 3))),
        f"BatchNorm2d(3) was called with shape (5, 8, 8, 3).\n  {why.format(picture)}\n"
        "  Write np.moveaxis(x, -1, 1) to put the last axis there.",
    )  # fmt: skip
    refused(
        ShapeError, lambda: nn.BatchNorm2d(3)(np.ones((5, 3))),
        f"BatchNorm2d(3) was called with shape (5, 3).\n  {why.format(picture)}\n"
        f"  Reshape the batch to {picture}.",
    )  # fmt: skip
    refused(
        ShapeError, lambda: nn.BatchNorm1d(3)(np.ones((1, 3))),
        "BatchNorm1d(3) was called with shape (1, 3) while training.\n"
        "  The variance of a single number per feature is 0, and every result would be 0, too.\n"
        "  Pass a larger batch, or write net.eval() to use the running mean and variance.",
    )  # fmt: skip
    assert nn.BatchNorm1d(3).eval()(np.ones((1, 3))).shape == (1, 3)


def test_layer_normalisation_says_which_axes_it_takes():
    refused(
        ShapeError, lambda: nn.LayerNorm((2, 3))(np.ones((5, 3, 2))),
        "LayerNorm((2, 3)) was called with shape (5, 3, 2).\n"
        "  It makes each block of shape (2, 3) in the last axes have mean 0 and variance 1.\n"
        "  Pass (..., 2, 3), or build it as LayerNorm(2).",
    )  # fmt: skip
