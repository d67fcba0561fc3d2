"""Initialisers draw what their papers say: the spread, the bounds, the right angles; and one seed gives one network."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import DataError, ShapeError, UnknownNameError
from tinygrad_edu.nn import init

SHAPE = (200, 50, 3, 2)  # a convolution: 300 inputs, 1200 outputs
RELU, TANH = math.sqrt(2.0), 5.0 / 3.0


def drawn(name, shape=SHAPE, **settings):
    weight = Value(np.zeros(shape))
    assert getattr(init, name)(weight, rng=np.random.default_rng(0), **settings) is weight
    return weight.data


@pytest.mark.parametrize(
    ("settings", "std"),
    [
        ({"name": "xavier_uniform_"}, math.sqrt(2 / 1500)),
        ({"name": "xavier_normal_", "gain": TANH}, TANH * math.sqrt(2 / 1500)),
        ({"name": "kaiming_uniform_", "nonlinearity": "relu"}, RELU / math.sqrt(300)),
        ({"name": "kaiming_uniform_", "a": math.sqrt(5.0)}, math.sqrt(2 / 6) / math.sqrt(300)),
        ({"name": "kaiming_normal_", "nonlinearity": "relu", "mode": "fan_out"}, RELU / math.sqrt(1200)),
        ({"name": "kaiming_normal_"}, RELU / math.sqrt(300)),
        ({"name": "normal_", "mean": 1.0, "std": 0.3}, 0.3),
        ({"name": "uniform_", "a": -1.0, "b": 3.0}, 4 / math.sqrt(12)),
    ],
)
def test_the_spread_is_that_of_the_formula(settings, std):
    weight = drawn(**settings)
    assert weight.std() == pytest.approx(std, rel=0.02)
    if "uniform" in settings["name"]:
        half = std * math.sqrt(3.0)
        assert abs(weight - weight.mean()).max() == pytest.approx(half, rel=0.02)
    middle = settings.get("mean", 1.0 if "b" in settings else 0.0)
    assert weight.mean() == pytest.approx(middle, abs=0.02)


@pytest.mark.parametrize("shape", [(5, 5), (3, 7), (7, 3), (4, 2, 3, 1)])
def test_orthogonal_weights_have_rows_or_columns_at_right_angles(shape):
    q = drawn("orthogonal_", shape, gain=2.0).reshape(shape[0], -1)
    small = q @ q.T if q.shape[0] <= q.shape[1] else q.T @ q
    np.testing.assert_allclose(small, 4.0 * np.eye(len(small)), atol=1e-12)


def test_orthogonal_weights_are_evenly_distributed():
    rng = np.random.default_rng(0)
    drawn = [init.orthogonal_(Value(np.zeros((2, 2))), rng=rng).data.copy() for _ in range(4000)]
    angles = np.array([math.atan2(q[1, 0], q[0, 0]) for q in drawn])
    assert np.histogram(angles, 8, (-math.pi, math.pi))[0] == pytest.approx([500] * 8, rel=0.15)


def test_one_seed_gives_one_weight_and_float32_stays_float32():
    np.testing.assert_array_equal(drawn("xavier_normal_"), drawn("xavier_normal_"))
    assert init.orthogonal_(Value(np.zeros((2, 3), np.float32))).dtype == np.float32


def test_numbers_and_their_gradients_keep_their_size_through_thirty_layers_with_kaiming():
    rng = np.random.default_rng(0)
    layers = [nn.Linear(100, 100, bias=False, rng=rng) for _ in range(30)]
    for layer in layers:
        init.kaiming_normal_(layer.weight, nonlinearity="relu", rng=rng)
    x = y = Value(rng.normal(size=(200, 100)))
    for layer in layers:
        y = layer(y).relu()
    y.backward(rng.normal(size=(200, 100)))
    assert 0.3 < np.sqrt((y.data**2).mean()) < 3.0
    assert 0.1 < np.sqrt((x.grad**2).mean()) < 10.0


def test_filling_forgets_the_gradient_of_the_old_numbers():
    layer = nn.Linear(2, 1)
    layer([1.0, 2.0]).sum().backward()
    assert init.ones_(layer.weight).data.tolist() == [[1.0, 1.0]]
    assert layer.weight.grad is None
    assert init.constant_(Value(2.0), 5).data == 5.0


def test_a_bias_has_no_fan():
    with pytest.raises(ShapeError) as error:
        init.xavier_uniform_(nn.Linear(2, 3).bias)
    assert str(error.value) == (
        "xavier_uniform_() was called with shape (3,).\n"
        "  It counts the inputs and outputs of a layer, and a weight has an axis for each: (outputs, inputs).\n"
        "  Use it for the weight; for a bias write init.zeros_(layer.bias)."
    )


@pytest.mark.parametrize(("wrong", "found"), [(np.zeros((2, 2)), "ndarray"), (Value(1.0) * 2.0, "a computed Value")])
def test_only_parameters_are_filled(wrong, found):
    with pytest.raises(DataError) as error:
        init.zeros_(wrong)
    assert str(error.value) == (
        f"zeros_() was called with {found}.\n"
        "  It gives a parameter new numbers: a Value that nobody computed.\n"
        "  Write zeros_(layer.weight), or zeros_(tg.Value(np.zeros(shape)))."
    )


def test_unknown_gains_and_modes_are_named():
    with pytest.raises(UnknownNameError, match="There is no gain named 'tahn'"):
        init.calculate_gain("tahn")
    with pytest.raises(UnknownNameError, match="Did you mean 'fan_in'?"):
        init.kaiming_normal_(Value(np.zeros((2, 2))), mode="fan-in")
