"""A module finds its parameters by itself, wherever its attributes keep them."""

from __future__ import annotations

import numpy as np
import pytest

from tinygrad_edu.engine import Value
from tinygrad_edu.errors import DataError
from tinygrad_edu.nn import MLP, Linear, Module, Sequential


class Nested(Module):
    def __init__(self):
        self.scale = Value(2.0)
        self.parts = [Linear(2, 1), {"deep": (Value([1.0, 2.0]), "text")}]
        self.name, self.size, self.function = "net", 3, np.tanh
        self.result = self.scale * 3.0  # a result is no parameter

    def forward(self, x):
        return self.scale * x


def test_parameters_are_found_in_attributes_lists_tuples_and_dicts_in_order_of_creation():
    names = [name for name, _ in Nested().named_parameters()]
    assert names == ["scale", "parts.0.weight", "parts.0.bias", "parts.1.deep.0"]


def test_parameters_and_named_parameters_give_the_same_values_in_the_same_order():
    net = MLP(2, [2, 1])
    assert all(a is b for a, (_, b) in zip(net.parameters(), net.named_parameters(), strict=True))
    assert [name for name, _ in net.named_parameters()][:4] == [
        "layers.0.neurons.0.w.0",
        "layers.0.neurons.0.w.1",
        "layers.0.neurons.0.b",
        "layers.0.neurons.1.w.0",
    ]


def test_a_parameter_used_in_two_places_is_one_parameter():
    net = Nested()
    net.tied = net.scale
    net.again = net.parts[0]
    assert len(net.parameters()) == 4


def test_a_part_that_points_back_to_its_owner_is_no_endless_walk():
    net = Nested()
    net.parts[0].owner = net
    net.parts.append(net.parts)
    assert len(net.parameters()) == 4


def test_zero_grad_makes_every_gradient_not_computed_again():
    net = MLP(2, [3, 1])
    net([1.0, 2.0]).backward()
    assert all(p.grad is not None for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_calling_a_module_without_forward_says_what_to_write():
    class Empty(Module):
        pass

    with pytest.raises(DataError) as error:
        Empty()(1.0)
    assert str(error.value) == (
        "Empty was called, but has no forward().\n"
        "  Calling a module runs its forward method, and the base class computes nothing.\n"
        "  Write def forward(self, x): ... in class Empty."
    )


def test_l2_is_the_sum_of_squares_of_all_parameters_and_its_gradient_is_twice_each():
    net = Nested()
    penalty = net.l2()
    by_hand = sum(float(np.sum(p.data**2)) for p in net.parameters())
    assert penalty.data == pytest.approx(by_hand, rel=1e-15)
    penalty.backward()
    for p in net.parameters():
        np.testing.assert_allclose(p.grad, 2 * np.asarray(p.data), rtol=1e-15)


def test_l2_of_an_mlp_is_the_sum_of_squares_of_all_parameters():
    net = MLP(2, [3, 1])
    for p in net.parameters():
        p.data += 0.5
    net.l2().backward()
    assert net.l2().data == pytest.approx(sum(p.data**2 for p in net.parameters()), rel=1e-14)
    assert [p.grad for p in net.parameters()] == [2 * p.data for p in net.parameters()]


def test_l2_of_337_scalar_parameters_is_one_gathered_row_and_one_product_per_layer():
    penalty = MLP(2, [16, 16, 1]).l2()
    nodes, waiting = set(), [penalty]
    while waiting:
        v = waiting.pop()
        if isinstance(v, Value) and v.op is not None:
            nodes.add(id(v))
            waiting.extend(v.inputs)
    assert len(nodes) == 3 + 3 + 2  # rows, products, sums


def test_a_repr_shows_the_parts_on_one_line_when_they_fit_and_indented_when_not():
    class Small(Module):
        def __init__(self):
            self.w, self.act, self.inner = Value(0.5), np.tanh, Linear(2, 3)

    assert repr(Small()) == "Small(w=0.5, act=tanh, inner=Linear(2, 3))"
    deep = Sequential(*[Linear(100, 100) for _ in range(5)], Sequential(*[Linear(100, 100) for _ in range(6)]))
    lines = repr(deep).splitlines()
    assert [*lines[:2], lines[-1]] == ["Sequential(", "  Linear(100, 100),", ")"]
    assert "    Linear(100, 100)," in lines
