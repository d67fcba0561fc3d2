"""Modes reach every part; dropout has one for training and one for evaluation."""

from __future__ import annotations

import numpy as np
import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import DataError


def refused(kind, call, text):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == text


def test_train_and_eval_reach_every_part_and_return_the_module():
    net = nn.Sequential(nn.Dropout(), nn.Residual(nn.Sequential(nn.BatchNorm1d(2))))
    assert net.eval() is net
    assert [part.training for part in net.modules()] == [False] * 5
    net.train()
    assert all(part.training for part in net.modules())
    net.train(False)
    assert not net[1].module[0].training


def test_named_modules_lists_every_module_once_with_its_path():
    shared = nn.Linear(2, 2)
    net = nn.Sequential(shared, nn.Residual(shared), {"a": 1}.get, nn.Tanh())
    assert [path for path, _ in net.named_modules()] == ["", "0", "1", "3"]
    assert net.modules()[1] is shared


def test_a_repr_shows_neither_modes_nor_hooks():
    net = nn.Sequential(nn.Linear(2, 3), nn.Dropout(0.25), nn.BatchNorm1d(3), nn.Embedding(5, 2, padding_idx=0))
    text = "Sequential(Linear(2, 3), Dropout(p=0.25), BatchNorm1d(3), Embedding(5, 2, padding_idx=0))"
    net.eval()[0].register_forward_hook(print)
    assert repr(net) == text

    class Own(nn.Module):
        def __init__(self):
            self.w = Value(np.zeros((2, 3)))
            self.register_buffer("mask", np.tri(3))

    assert repr(Own().eval()) == "Own(w=Value(2, 3), mask=array(3, 3))"


def test_dropout_leaves_out_a_share_and_keeps_the_mean():
    y = nn.Dropout(0.2, np.random.default_rng(0))(np.ones(100_000))
    assert set(np.unique(y)) == {0.0, 1.25}
    assert y.mean() == pytest.approx(1.0, abs=0.01)


def test_dropout_draws_anew_in_every_call_and_the_same_from_one_seed():
    first, second = (nn.Dropout(0.5, np.random.default_rng(3)) for _ in range(2))
    x = np.ones(50)
    a, b = first(x), first(x)
    assert not np.array_equal(a, b)
    np.testing.assert_array_equal([a, b], [second(x), second(x)])


def test_the_gradient_of_dropout_passes_where_the_number_did():
    x = Value(np.full(20, 3.0))
    y = nn.Dropout(0.5, np.random.default_rng(0))(x)
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, y.data / 3.0)


@pytest.mark.parametrize(("p", "expected"), [(0.0, [1.0, 1.0]), (1.0, [0.0, 0.0])])
def test_dropout_of_nothing_and_of_everything(p, expected):
    assert nn.Dropout(p)(np.ones(2)).tolist() == expected
    assert nn.Dropout(p)(1.0) == expected[0]


@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan"), "half"])
def test_the_share_of_dropout_is_a_probability(p):
    refused(
        DataError, lambda: nn.Dropout(p),
        f"Dropout: p={p!r}.\n  It is a share, and a share lies between 0 (nothing) and 1 (all).\n"
        "  Write a number such as p=0.1.",
    )  # fmt: skip
