"""Buffers belong to the state of a module and are not trained."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import DataError


class Counting(nn.Module):
    def __init__(self):
        self.weight = Value(2.0)
        self.register_buffer("count", 0)
        self.register_buffer("mean", Value([0.0, 0.0]))
        self.register_buffer("mask", np.tri(2), persistent=False)
        self.register_buffer("nothing", None)


def test_buffers_are_saved_and_not_trained():
    module = Counting()
    assert [name for name, _ in module.named_parameters()] == ["weight"]
    assert [name for name, _ in module.named_buffers()] == ["count", "mean", "mask"]
    assert list(module.state_dict()) == ["weight", "count", "mean"]
    module.load_state_dict({"weight": 3.0, "count": 7, "mean": [1.0, 2.0]})
    assert (module.weight.data, int(module.count), module.mean.data.tolist()) == (3.0, 7, [1.0, 2.0])
    assert module.count.dtype.kind == "i"
    module.count = np.array(9)  # another array under the same name
    assert int(module.state_dict()["count"]) == 9


def test_a_copy_has_parameters_and_buffers_of_its_own():
    first = nn.BatchNorm1d(2)
    second = copy.deepcopy(first)
    second(np.arange(8.0).reshape(4, 2))
    assert int(first.num_batches_tracked) == 0 and int(second.num_batches_tracked) == 1
    assert first.running_mean.data.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a.b", "It becomes an attribute, and that is no name for one."),
        ("forward", "The module has an attribute of that name already."),
        ("weight", "The module has an attribute of that name already."),
    ],
)
def test_a_buffer_needs_a_name_that_is_free(name, why):
    with pytest.raises(DataError) as error:
        nn.Linear(1, 1).register_buffer(name, 0.0)
    assert str(error.value) == (
        f"Linear: a buffer cannot be called {name!r}.\n  {why}\n"
        "  Write a name of letters, digits and underscores that is not taken."
    )
