"""Settings that a layer cannot have are refused where they are written, with what, why and what to write."""

from __future__ import annotations

import numpy as np
import pytest

from tinygrad_edu import nn
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError, ShapeError, TinygradError, UnknownNameError

WRONG = [
    (lambda: nn.LeakyReLU("a"), DataError, "LeakyReLU: negative_slope='a'"),
    (lambda: nn.ELU(None), DataError, "ELU: alpha=None"),
    (lambda: nn.Softplus(None), DataError, "Softplus: beta=None"),
    (lambda: nn.Softplus(-1.0), DataError, "Softplus: beta=-1.0"),
    (lambda: nn.Softmax(1.5), DataError, "Softmax: dim=1.5"),
    (lambda: nn.LogSoftmax("last"), DataError, "LogSoftmax: dim='last'"),
    (lambda: nn.Flatten(1.5), DataError, "Flatten: start_dim=1.5"),
    (lambda: nn.Flatten(1, True), DataError, "Flatten: end_dim=True"),
    (lambda: nn.LayerNorm(4, eps=-1), DataError, "LayerNorm: eps=-1"),
    (lambda: nn.BatchNorm1d(4, eps=None), DataError, "BatchNorm1d: eps=None"),
    (lambda: nn.BatchNorm2d(4, eps=np.nan), DataError, "BatchNorm2d: eps=nan"),
    (lambda: nn.Embedding(3, 2, padding_idx=1.5), DataError, "Embedding: padding_idx=1.5"),
    (lambda: nn.Embedding(3, 2)([[0], [1, 2]]), ShapeError, "lists of different lengths"),
    (lambda: nn.MLP(2, None), ShapeError, "nouts is None"),
    (lambda: nn.MLP(2, 3.5), ShapeError, "nouts is 3.5"),
    (lambda: nn.MLP(2, []), ShapeError, r"nouts is \[\]"),
    (lambda: nn.MLP(2, [1], init=0.5), DataError, "init=0.5 .float. cannot be called"),
    (lambda: nn.Neuron(2, init_bias="zero"), DataError, "init_bias='zero' .str. cannot be called"),
    (lambda: nn.MLP(2, [1], output=""), UnknownNameError, "no activation named ''"),
    (lambda: nn.Neuron(2, activation=0), UnknownNameError, "no activation named 0"),
    (lambda: nn.init.uniform_(Value([1.0]), 3, 1), DataError, "a=3 is above b=1"),
    (lambda: nn.init.uniform_(Value([1.0]), "a"), DataError, "uniform_: a='a'"),
    (lambda: nn.init.normal_(Value([1.0]), 0.0, -1.0), DataError, "normal_: std=-1.0"),
]


@pytest.mark.parametrize(("make", "kind", "what"), WRONG)
def test_an_impossible_setting_is_an_error_in_three_parts(make, kind, what):
    with pytest.raises(kind, match=what) as error:
        make()
    assert isinstance(error.value, TinygradError) and error.value.why and error.value.write


def test_numbers_of_numpy_are_settings_too():
    layer = nn.Sequential(nn.Flatten(np.int64(1)), nn.LeakyReLU(np.float32(0.5)), nn.LayerNorm(2, eps=np.float64(0)))
    np.testing.assert_allclose(layer(np.array([[[-2.0], [3.0]]])).data, [[-1.0, 1.0]])


def test_without_an_activation_a_network_is_linear():
    net = nn.MLP(1, [1, 1], hidden=None, output=None, init=lambda rng: -2.0)
    assert net([3.0]).data == 12.0
    assert net(np.array([[3.0]])).data.tolist() == [[12.0]]


def test_two_parameters_of_one_name_are_refused_and_not_lost():
    class Twice(nn.Module):
        def __init__(self):
            self.d = {1: Value(1.0), "1": Value(2.0)}

    with pytest.raises(DataError, match="two parameters are called 'd.1'"):
        Twice().state_dict()


def test_masks_are_dropped_out_as_numbers():
    x = np.array([True, False, True])
    y = nn.Dropout(0.5, rng=np.random.default_rng(0))(x)
    assert y.dtype == np.float64 and set(y) <= {0.0, 2.0} and y[1] == 0.0
