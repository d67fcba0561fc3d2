"""What small layers do beyond a formula, and calling a module with other parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

import tinygrad_edu as tg
from tinygrad_edu import Value, nn
from tinygrad_edu.errors import AxisError, DataError, ShapeError, UnknownNameError


def refused(kind, call, text):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == text


@given(array_shapes(min_dims=1, max_dims=5, max_side=3), st.data())
def test_flatten_is_numpys_reshape_of_the_axes_from_first_to_last(shape, data):
    first = data.draw(st.integers(0, len(shape) - 1))
    last = data.draw(st.integers(first, len(shape) - 1))
    x = np.arange(float(np.prod(shape))).reshape(shape)
    y = nn.Flatten(first - data.draw(st.sampled_from([0, len(shape)])), last)(x)
    np.testing.assert_array_equal(y, x.reshape(*shape[:first], -1, *shape[last + 1 :]))


def test_flatten_of_an_empty_batch_knows_the_width():
    assert nn.Flatten()(np.zeros((0, 3, 2))).shape == (0, 6)


def test_flatten_needs_the_axes_it_joins():
    refused(
        AxisError, lambda: nn.Flatten()(np.ones(3)),
        "Flatten() was called with shape (3,).\n"
        "  An array with 1 axes has the axes 0 to 0; start_dim is not after end_dim.\n"
        "  Pass a batch, shape (samples, ...), or write Flatten(0) to make one row of everything.",
    )  # fmt: skip
    refused(
        AxisError, lambda: nn.Flatten(0)(1.0),
        "Flatten(0, -1) was called with shape ().\n  A single number has no axes.\n"
        "  Pass a batch, shape (samples, ...), or write Flatten(0) to make one row of everything.",
    )  # fmt: skip


def test_a_row_used_several_times_receives_the_sum_of_its_gradients_and_padding_none():
    layer = nn.Embedding(4, 2, padding_idx=-3)
    assert layer.padding_idx == 1 and layer.weight.data[1].tolist() == [0.0, 0.0]
    layer.weight.data[1] = 5.0  # it may hold anything, and keeps it
    y = layer([2, 1, 2, 0])
    assert y.data[1].tolist() == [5.0, 5.0]
    y.sum().backward()
    assert layer.weight.grad.tolist() == [[1.0, 1.0], [0.0, 0.0], [2.0, 2.0], [0.0, 0.0]]
    assert layer(3).shape == (2,) and layer(np.zeros((2, 0), int)).shape == (2, 0, 2)


def test_an_embedding_says_what_an_index_is():
    layer = nn.Embedding(3, 2)
    refused(
        DataError, lambda: layer([0.0, 1.0]),
        "Embedding(3, 2) was called with float64 numbers.\n"
        "  It looks up rows by their number, and a row has a whole number; a Value holds fractions.\n"
        "  Pass an array of ints, for example np.array([0, 2]), or x.astype(int).",
    )  # fmt: skip
    for wrong, size in ((3, 4), (-1, 3)):
        with pytest.raises(IndexError) as error:
            layer([[0, wrong]])
        assert str(error.value) == (
            f"Embedding(3, 2) was called with index {wrong}.\n  It has 3 rows, with the numbers 0 to 2.\n"
            f"  Number your things from 0, or write Embedding({size}, ...)."
        )
    refused(
        ShapeError, lambda: nn.Embedding(3, 2, padding_idx=3),
        "Embedding: padding_idx=3 with num_embeddings=3.\n  Padding is one of the numbers that have a row.\n"
        "  Write a padding_idx from 0 to 2.",
    )  # fmt: skip


def test_a_residual_block_adds_its_input(rng):
    layer, x = nn.Linear(3, 3, rng=rng), Value(rng.normal(size=(4, 3)))
    y = nn.Residual(layer)(x)
    np.testing.assert_allclose(y.data, x.data + layer(x).data)
    y.sum().backward()
    np.testing.assert_allclose(x.grad[0], 1.0 + layer.weight.data.sum(axis=0))


def test_a_residual_block_keeps_the_shape():
    refused(
        ShapeError, lambda: nn.Residual(nn.Linear(3, 1))(np.ones((5, 3))),
        "Residual: Linear(3, 1) made shape (5, 1) of shape (5, 3).\n"
        "  The input is added to the output, entry by entry, so both have the same shape.\n"
        "  Give the layer as many outputs as inputs, or write x + layer(x) yourself with a layer for x.",
    )  # fmt: skip
    refused(
        DataError, lambda: nn.Residual(3),
        "Residual(3): an object of type int cannot be called.\n"
        "  It adds to its input what a layer makes of it.\n"
        "  Write Residual(Linear(8, 8)), or Residual(Sequential(...)) for several layers.",
    )  # fmt: skip


def test_settings_of_activations_are_checked():
    with pytest.raises(UnknownNameError, match="There is no approximation named 'tahn'"):
        nn.GELU("tahn")
    refused(
        DataError, lambda: nn.Softplus(0.0),
        "Softplus: beta=0.0.\n  The larger beta, the closer to relu; 0 would divide by 0.\n"
        "  Write a positive number, Softplus(beta=1.0).",
    )  # fmt: skip


def test_a_call_with_other_parameters_leaves_the_module_as_it_was(rng):
    net, x = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Layer(2, 1)), rng.normal(size=(4, 3))
    before = net(x).data
    state = {name: 2.0 * array for name, array in net.state_dict().items()}
    y = nn.functional_call(net, state, x)
    other = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Layer(2, 1))
    other.load_state_dict(state)
    np.testing.assert_allclose(y, other(x).data, rtol=1e-14)
    np.testing.assert_array_equal(net(x).data, before)
    assert nn.functional_call(net, {}, x).shape == (4, 1)


def test_a_call_with_other_parameters_reaches_into_tuples_dicts_and_shared_parts():
    class Nested(nn.Module):
        def __init__(self):
            self.pair = (Value(1.0), {"deep": [Value(2.0)]})
            self.again = self.pair[1]
            self.owner = [self]  # points back

        def forward(self, x, factor=1.0):
            return (self.pair[0] + self.pair[1]["deep"][0] + self.again["deep"][0]) * x * factor

    net = Nested()
    assert nn.functional_call(net, {"pair.1.deep.0": 10.0}, 2.0, factor=3.0).data == 126.0
    assert tg.grad(lambda p: nn.functional_call(net, p, 2.0))({"pair.0": 1.0, "pair.1.deep.0": 2.0}) == {
        "pair.0": 2.0,
        "pair.1.deep.0": 4.0,
    }


def test_a_parameter_that_does_not_exist_is_named():
    with pytest.raises(UnknownNameError) as error:
        nn.functional_call(nn.Linear(1, 1), {"wieght": 1.0}, 1.0)
    assert str(error.value) == (
        "There is no parameter of Linear named 'wieght'.\n  The names are: bias, weight.\n  Did you mean 'weight'?"
    )


def test_every_name_can_be_seen_before_it_is_loaded_and_has_a_docstring():
    assert set(nn.__all__) <= set(dir(nn))
    for name in nn.__all__:
        assert getattr(nn, name).__doc__, name
    with pytest.raises(AttributeError, match="has no attribute 'Lienar'"):
        nn.Lienar
