"""A summary is a table: every layer, the shape of what it returns, its parameters; and they add up to the total."""

from __future__ import annotations

import numpy as np
import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import DataError, ShapeError


def test_every_layer_has_a_row_with_its_output_shape_and_its_parameters():
    net = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Residual(nn.Sequential(nn.Linear(256, 256), nn.Tanh())),
        nn.BatchNorm1d(256), nn.Linear(256, 10),
    )  # fmt: skip
    assert str(net.summary((64, 28, 28))) == (
        "layer                      output shape  parameters\n"
        "Sequential                 (64, 10)               -\n"
        "  0: Flatten()             (64, 784)              -\n"
        "  1: Linear(784, 256)      (64, 256)        200,960\n"
        "  2: ReLU()                (64, 256)              -\n"
        "  3: Residual              (64, 256)              -\n"
        "    module: Sequential     (64, 256)              -\n"
        "      0: Linear(256, 256)  (64, 256)         65,792\n"
        "      1: Tanh()            (64, 256)              -\n"
        "  4: BatchNorm1d(256)      (64, 256)            512\n"
        "  5: Linear(256, 10)       (64, 10)           2,570\n"
        "total                                       269,834"
    )


class Strange(nn.Module):
    """Parameters of its own, a part used twice, one shared with another, and one never called."""

    def __init__(self):
        self.scale = Value(np.ones(3))
        self.twice = nn.Linear(3, 3)
        self.tied = nn.Linear(3, 3, bias=False)
        self.tied.weight = self.twice.weight
        self.unused = nn.Linear(5, 5)

    def forward(self, x, y=0.0):
        return self.tied(self.twice(self.twice(x * self.scale))) + y, [x]


def test_shared_parameters_count_once_and_parts_that_are_not_called_are_named():
    summary = Strange().summary((2, 3))
    assert summary.total == 3 + 12 + 30 == sum(row.parameters for row in summary.rows)
    assert [(row.path, row.shape, row.parameters, row.calls) for row in summary.rows] == [
        ("", "(2, 3), [(2, 3)]", 3, 1),
        ("twice", "(2, 3)", 12, 2),
        ("tied", "(2, 3)", 0, 1),
        ("unused", "", 30, 0),
    ]
    words = [line.split() for line in str(summary).splitlines()]
    assert ["twice:", "Linear(3,", "3)", "(2,", "3)", "×", "2", "12"] in words
    assert ["unused:", "Linear(5,", "5)", "not", "called", "30"] in words


def test_an_example_may_be_an_input_or_several():
    assert Strange().summary(np.ones((4, 3)), 1.0).rows[0].shape == "(4, 3), [(4, 3)]"
    assert nn.Embedding(5, 2).summary(np.array([[0, 1, 2]])).rows[0].shape == "(1, 3, 2)"
    assert nn.MLP(2, [3, 1]).summary([1.0, 2.0]).rows[0].shape == "()"


def test_a_layer_that_computes_without_its_neurons_stands_for_them():
    rows = nn.MLP(2, [3, 1]).summary((5, 2)).rows
    assert [row.layer for row in rows] == ["MLP(2, [3, 1])", "Layer(2, 3)", "Layer(3, 1)"]


def test_a_summary_leaves_no_trace():
    net = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(0.5, np.random.default_rng(0)))
    net[1].eval()
    before, rng = net.state_dict(), net[1].rng.bit_generator.state
    net.summary((4, 3))
    assert all(np.array_equal(before[name], x) for name, x in net.state_dict().items())
    assert (net.training, net[0].training, net[1].training) == (True, True, False)
    assert net[1].rng.bit_generator.state == rng
    assert all(not part._hooks.forward for part in net.modules())


def test_modes_and_hooks_are_put_back_when_the_example_does_not_fit():
    net = nn.Sequential(nn.Linear(3, 2))
    with pytest.raises(ShapeError):
        net.summary((4, 5))
    assert net.training and not net[0]._hooks.forward


def test_float32_networks_are_called_with_float32():
    net, seen = nn.Linear(3, 2, dtype=np.float32), []
    with net.register_forward_hook(lambda m, x, y: seen.append(y.dtype)):
        net.summary((4, 3))
    assert seen == [np.float32]


def test_a_table_is_at_most_80_columns_wide():
    inner = nn.Linear(2, 2)
    for _ in range(30):
        inner = nn.Residual(inner)
    assert max(map(len, str(inner.summary((1000000, 2))).splitlines())) <= 80


def test_a_summary_needs_an_example():
    with pytest.raises(DataError) as error:
        nn.Linear(1, 1).summary()
    assert str(error.value) == (
        "summary() was called without an example.\n"
        "  Which shapes the layers return depends on the shape of what comes in.\n"
        "  Write net.summary((64, 784)) with the shape of a batch, or net.summary(x) with a batch."
    )
