"""A module's state goes out and comes back by name; what does not fit is listed, and then nothing is changed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinygrad_edu import Value, nn
from tinygrad_edu.errors import DataError


def net() -> nn.Sequential:
    return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2))


def same(a: dict, b: dict) -> bool:
    return list(a) == list(b) and all(np.array_equal(a[name], b[name]) for name in a)


def test_a_state_has_parameters_and_buffers_by_the_names_of_pytorch():
    assert {name: array.shape for name, array in net().state_dict().items()} == {
        "0.weight": (4, 3), "0.bias": (4,), "1.weight": (4,), "1.bias": (4,), "1.running_mean": (4,),
        "1.running_var": (4,), "1.num_batches_tracked": (), "3.weight": (2, 4), "3.bias": (2,),
    }  # fmt: skip


def test_a_state_is_a_copy():
    layer = nn.Linear(2, 1)
    state = layer.state_dict()
    state["weight"][:] = 7.0
    assert not (layer.weight.data == 7.0).any()
    before = layer.state_dict()["weight"].copy()
    kept = layer.state_dict()
    layer.weight.data += 1.0
    np.testing.assert_array_equal(kept["weight"], before)


def test_a_loaded_network_computes_what_the_saved_one_did(rng):
    first, second, x = net(), net(), rng.normal(size=(6, 3))
    first(x)
    assert second.load_state_dict(first.state_dict()) == ([], [])
    assert same(first.state_dict(), second.state_dict())
    np.testing.assert_array_equal(first.eval()(x).data, second.eval()(x).data)


def test_scalar_parameters_of_an_mlp_are_saved_and_loaded():
    first, second = nn.MLP(2, [3, 1]), nn.MLP(2, [3, 1])
    second.load_state_dict(first.state_dict())
    assert [p.data for p in first.parameters()] == [p.data for p in second.parameters()]
    assert all(type(p.data) is float for p in second.parameters())


class Tied(nn.Module):
    def __init__(self):
        self.first = nn.Linear(2, 2, bias=False)
        self.second = nn.Linear(2, 2, bias=False)
        self.second.weight = self.first.weight
        self.owner = [self]  # points back


def test_a_shared_parameter_has_a_name_at_each_place_and_stays_one_parameter():
    tied = Tied()
    assert list(tied.state_dict()) == ["first.weight", "second.weight"]
    tied.load_state_dict({"first.weight": np.eye(2), "second.weight": np.eye(2)})
    assert len(tied.parameters()) == 1
    assert tied.second.weight is tied.first.weight


def test_loading_keeps_the_dtype_and_takes_lists_numbers_and_values():
    layer = nn.Linear(2, 1, dtype=np.float32)
    layer.load_state_dict({"weight": [[1, 2]], "bias": Value([3.0])})
    assert layer.weight.dtype == layer.bias.dtype == np.float32
    assert layer(np.ones((1, 2), np.float32)).data.tolist() == [[6.0]]


def test_a_loaded_state_is_not_shared_with_the_network(rng):
    state = {"weight": rng.normal(size=(1, 2)), "bias": np.zeros(1)}
    layer = nn.Linear(2, 1)
    layer.load_state_dict(state)
    before = layer.state_dict()
    state["weight"][:] = 9.0
    assert same(layer.state_dict(), before)


def test_all_that_does_not_fit_is_listed_at_once_and_nothing_is_changed():
    layer = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
    before = layer.state_dict()
    state = {"0.weight": np.ones((2, 3)), "0.bias": np.ones(3), "1.wieght": np.ones((1, 3)), "extra": 1.0}
    with pytest.raises(nn.StateError) as error:
        layer.load_state_dict(state)
    assert str(error.value) == (
        "Sequential(Linear(2, 3), Linear(3, 1)): the state does not fit, so nothing was loaded.\n"
        "    missing      1.weight (1, 3)\n"
        "                 1.bias (1,)\n"
        "    unexpected   1.wieght (1, 3), did you mean 1.weight?\n"
        "                 extra ()\n"
        "    wrong shape  0.weight is (3, 2) here and (2, 3) in the state\n"
        "  A state holds one array for each parameter and buffer, under its name and in its shape.\n"
        "  Build the network as it was when the state was saved."
    )
    assert same(layer.state_dict(), before)


def test_missing_and_unexpected_names_are_reported_and_left_out_where_that_is_wished():
    layer = nn.Linear(2, 1)
    bias = layer.bias.data.copy()
    with pytest.raises(nn.StateError, match="or write strict=False to load only what both sides have"):
        layer.load_state_dict({"weight": np.ones((1, 2)), "more": 1.0})
    found = layer.load_state_dict({"weight": np.ones((1, 2)), "more": 1.0}, strict=False)
    assert found.missing_keys == ["bias"] and found.unexpected_keys == ["more"]
    assert layer.weight.data.tolist() == [[1.0, 1.0]]
    np.testing.assert_array_equal(layer.bias.data, bias)


def test_a_name_too_many_is_enough_to_refuse_a_state():
    layer = nn.Linear(2, 1)
    with pytest.raises(nn.StateError, match="unexpected   more"):
        layer.load_state_dict({**layer.state_dict(), "more": np.ones(3)})


def test_another_shape_is_refused_even_when_names_may_differ():
    layer = nn.Linear(2, 1)
    with pytest.raises(nn.StateError) as error:
        layer.load_state_dict({"weight": np.ones(2)}, strict=False)
    assert "wrong shape  weight is (1, 2) here and (2,) in the state" in str(error.value)
    assert "missing" not in str(error.value)


UNREADABLE = [
    ("text", "str"), (None, "NoneType"), (np.array([1j]), "ndarray of complex128"), ([[1.0], [1.0, 2.0]], "list"),
    (np.array([object()]), "ndarray of object"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "kind"), UNREADABLE)
def test_what_holds_no_real_numbers_is_refused(wrong, kind):
    with pytest.raises(nn.StateError) as error:
        nn.Linear(2, 1).load_state_dict({"weight": np.ones((1, 2)), "bias": wrong})
    assert str(error.value) == (
        "Linear(2, 1): the state does not fit, so nothing was loaded.\n"
        f"    unreadable   bias is no array of real numbers ({kind})\n"
        "  A state holds one array for each parameter and buffer, under its name and in its shape.\n"
        "  Write x.float() for a tensor of PyTorch's in half precision, np.array(x, float) for a list."
    )


def test_a_tensor_that_must_be_detached_first_is_detached():
    class Tensor:
        def __array__(self, dtype=None, copy=None):
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")

        def detach(self):
            return np.array([7.0])

    layer = nn.Linear(2, 1)
    layer.load_state_dict({"weight": np.ones((1, 2)), "bias": Tensor()})
    assert layer.bias.data.tolist() == [7.0]


def test_names_with_a_common_beginning_are_recognised():
    layer = nn.Linear(2, 1)
    state = {f"module.{name}": x for name, x in layer.state_dict().items()}
    with pytest.raises(nn.StateError) as error:
        layer.load_state_dict(state)
    write = "All names begin with 'module.': write {k.removeprefix('module.'): x for k, x in state.items()}."
    assert error.value.write == write
    layer.load_state_dict({k.removeprefix("module."): x for k, x in state.items()})


def test_of_many_that_are_missing_twelve_are_named():
    with pytest.raises(nn.StateError) as error:
        nn.MLP(4, [4, 4]).load_state_dict({})
    assert str(error.value).count("layers.") == 12
    assert "                 and 28 more" in str(error.value)


def test_a_state_is_a_mapping():
    with pytest.raises(DataError) as error:
        nn.Linear(2, 1).load_state_dict([1.0])
    assert str(error.value) == (
        "Linear(2, 1): the state is a list.\n"
        "  A state says for each parameter, by its name, which array it is.\n"
        "  Pass what state_dict() returned, or a dict such as {'weight': array}."
    )


@given(st.data())
def test_a_state_with_anything_wrong_in_it_changes_nothing(data):
    layer = net()
    state = layer.state_dict()
    broken = {name: x + 1 for name, x in state.items()}
    for name in data.draw(st.lists(st.sampled_from(list(state)), min_size=1, max_size=3, unique=True)):
        kind = data.draw(st.sampled_from(["missing", "shape", "text", "renamed"]))
        x = broken.pop(name)
        if kind == "shape":
            broken[name] = np.zeros((*x.shape, 2))
        elif kind == "text":
            broken[name] = "weights"
        elif kind == "renamed":
            broken[f"{name}_"] = x
    with pytest.raises(nn.StateError) as error:
        layer.load_state_dict(broken)
    assert all(name in str(error.value) for name in state if name not in broken)
    assert same(layer.state_dict(), state)
