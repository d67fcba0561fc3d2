"""Linear and Sequential: layers on arrays, with PyTorch's names, layout and starting weights."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine import Value
from tinygrad_edu.errors import DataError, ShapeError
from tinygrad_edu.nn import Linear, Sequential
from tinygrad_edu.ops.affine import affine
from tinygrad_edu.ops.trigonometry import tanh


def test_a_linear_layer_is_one_product_and_one_sum(rng):
    layer = Linear(3, 2, rng=rng)
    x = rng.normal(size=(4, 3))
    np.testing.assert_allclose(layer(x).data, x @ layer.weight.data.T + layer.bias.data, rtol=1e-14)


def test_the_gradients_are_those_of_the_textbook(rng):
    layer, x, g = Linear(3, 2, rng=rng), Value(rng.normal(size=(4, 3))), rng.normal(size=(4, 2))
    layer(x).backward(g)
    np.testing.assert_allclose(layer.weight.grad, g.T @ x.data, rtol=1e-13)
    np.testing.assert_allclose(layer.bias.grad, g.sum(axis=0), rtol=1e-13)
    np.testing.assert_allclose(x.grad, g @ layer.weight.data, rtol=1e-13)


def test_second_derivatives_pass_through_a_linear_layer(rng):
    x, b, v, h = rng.normal(size=(5, 3)), rng.normal(size=2), rng.normal(size=(2, 3)), 1e-5
    w = rng.normal(size=(2, 3))
    gradient = tg.grad(lambda w: tg.sum(affine(x, w, b) ** 3))
    _, exact = tg.jvp(gradient, (w,), (v,))
    np.testing.assert_allclose(exact, (gradient(w + h * v) - gradient(w - h * v)) / (2 * h), rtol=1e-7)


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 4, 3)])
def test_every_gradient_of_the_weighted_sums_is_its_finite_difference(shape, rng):
    inputs, h = [rng.normal(size=shape), rng.normal(size=(2, 3)), rng.normal(size=2)], 1e-6
    values = [Value(x) for x in inputs]
    c = rng.normal(size=(*shape[:-1], 2))
    affine(*values).backward(c)
    for k, value in enumerate(values):
        for place in np.ndindex(value.shape):
            above, below = [x.copy() for x in inputs], [x.copy() for x in inputs]
            above[k][place] += h
            below[k][place] -= h
            slope = ((affine(*above) - affine(*below)) * c).sum() / (2 * h)
            assert value.grad[place] == pytest.approx(slope, rel=1e-7, abs=1e-8)


def test_weights_start_evenly_within_one_over_the_root_of_the_inputs():
    layer = Linear(400, 100, rng=np.random.default_rng(0))
    for p in (layer.weight.data, layer.bias.data):
        assert abs(p).max() <= 0.05
        assert p.std() == pytest.approx(0.05 / 3**0.5, rel=0.1)
    assert abs(layer.weight.data).max() > 0.0499


def test_one_seed_gives_one_network():
    first, second = (Linear(3, 2, rng=np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first.weight.data, second.weight.data)
    np.testing.assert_array_equal(first.bias.data, second.bias.data)


def test_float32_stays_float32_forward_and_backward():
    layer = Linear(3, 2, dtype=np.float32)
    y = layer(np.ones((4, 3), np.float32))
    y.sum().backward()
    assert y.dtype == layer.weight.dtype == layer.weight.grad.dtype == layer.bias.grad.dtype == np.float32


def test_a_layer_without_bias_has_one_parameter():
    layer = Linear(3, 2, bias=False)
    assert [name for name, _ in layer.named_parameters()] == ["weight"]
    assert layer(np.zeros((1, 3))).data.tolist() == [[0.0, 0.0]]
    assert repr(layer) == "Linear(3, 2, bias=False)"


@pytest.mark.parametrize("shape", [(3,), (5, 3), (4, 5, 3)])
def test_any_axes_may_stand_before_the_last(shape):
    layer = Linear(3, 2)
    x = np.linspace(-1, 1, int(np.prod(shape))).reshape(shape)
    y = layer(x)
    assert y.shape == (*shape[:-1], 2)
    np.testing.assert_allclose(y.data, x @ layer.weight.data.T + layer.bias.data, rtol=1e-13)
    y.sum().backward()
    np.testing.assert_allclose(layer.weight.grad[0], x.reshape(-1, 3).sum(axis=0), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    ("shape", "write"),
    [
        ((5, 4), "Pass 3 columns, or write Linear(4, ...)."),
        ((3, 5), "Did you mean x.T?"),
        ((), "Pass 3 columns."),
        (
            (2, 1, 3, 1),
            "Write x.reshape(len(x), -1) to make each sample one row, or put nn.Flatten() before the layer.",
        ),
    ],
)
def test_an_input_of_another_width_is_named_with_the_layer(shape, write):
    with pytest.raises(ShapeError) as error:
        Linear(3, 2)(np.zeros(shape))
    assert str(error.value) == (
        f"Linear(3, 2) takes 3 numbers per sample and was called with shape {shape}.\n"
        "  Samples are rows: the last axis of the input must have length 3, one entry per column of the weight.\n"
        f"  {write}"
    )


def test_a_layer_of_arrays_needs_a_numpy_generator():
    with pytest.raises(DataError) as error:
        Linear(3, 2, rng=0)
    assert str(error.value) == (
        "rng=0 (int) cannot draw whole arrays.\n"
        "  A layer draws its weights from a generator that remembers where it is.\n"
        "  Write rng=np.random.default_rng(0)."
    )


def test_weights_cannot_be_integers():
    with pytest.raises(DataError) as error:
        Linear(3, 2, dtype=int)
    assert str(error.value) == (
        "Linear: dtype=int64 holds no fractions.\n"
        "  All weights start between -1 and 1, and a gradient changes them by a little: as integers they stay 0.\n"
        "  Write dtype=np.float64 or dtype=np.float32."
    )


def test_sizes_must_be_positive():
    with pytest.raises(ShapeError, match="Linear: out_features is -1"):
        Linear(3, -1)


def test_sequential_applies_its_parts_in_order(rng):
    first, second = Linear(3, 4, rng=rng), Linear(4, 2, rng=rng)
    net, x = Sequential(first, tanh, second), rng.normal(size=(5, 3))
    np.testing.assert_array_equal(net(x).data, second(tanh(first(x))).data)
    assert list(net) == [first, tanh, second]
    assert net[0] is first
    assert len(net) == 3


def test_sequential_names_parameters_by_position_as_pytorch_does():
    net = Sequential(Linear(3, 4), tanh, Sequential(Linear(4, 2, bias=False)))
    assert [name for name, _ in net.named_parameters()] == ["0.weight", "0.bias", "2.0.weight"]
    assert repr(net) == "Sequential(Linear(3, 4), tanh, Sequential(Linear(4, 2, bias=False)))"


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
            (),
            "Sequential() has no parts.\n"
            "  It applies its parts one after another, so it needs at least one.\n"
            "  Write Sequential(Linear(2, 16), tg.relu, Linear(16, 1)).",
        ),
        (
            ("relu",),
            "Sequential: part 0 is 'relu' (str), which cannot be called.\n"
            "  Every part receives what the one before it returned.\n"
            "  Pass a module or a function, for example tg.relu.",
        ),
        (
            ([],),
            "Sequential: part 0 is [] (list), which cannot be called.\n"
            "  Every part receives what the one before it returned.\n"
            "  Write the parts one by one, Sequential(*parts).",
        ),
    ],
)
def test_parts_that_cannot_be_applied_are_refused_at_once(parts, text):
    with pytest.raises(DataError) as error:
        Sequential(*parts)
    assert str(error.value) == text
