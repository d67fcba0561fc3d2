"""Which calls share a program."""

from __future__ import annotations

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.compiler.parameters import Parameters, Static
from tinygrad_edu.compiler.recording.signature import as_number, filled_in, is_number, key_of, leaves, split

Pair = namedtuple("Pair", "a b")
ONE = np.ones(2)
SAME = [
    (1.0, 2.0), (1.0, 3), (1.0, np.float32(2)), (1.0, np.array(3.0)), ([1.0, ()], [2, ()]), (ONE, ONE + 1.0),
    ({"a": ONE}, {"a": ONE * 2.0}), (Pair(1.0, None), Pair(2, None)), ("mean", "me" + "an"), (tg.tanh, tg.tanh),
]  # fmt: skip
OTHER = [
    (1.0, True), (1.0, None), (1.0, ONE), (ONE, np.ones(3)), (ONE, ONE.astype(np.float32)), (ONE, np.array([1, 2])),
    ([1.0], (1.0,)), (Pair(1.0, 2.0), (1.0, 2.0)), ({"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}),
    ({1: 1.0}, {True: 1.0}), (OrderedDict(a=1.0), {"a": 1.0}), (True, False), (True, np.True_), ("1", 1.0),
    (tg.tanh, tg.sin), ([], ()),
    (Static(1), Static(True)), (Static(1), Static(1.0)), (Static(2), Static(3)), (0.0, tg.Value(0.0)),
    (object(), object()), (np.ones(2), np.ones(2).astype(">f8")),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), SAME)
def test_these_share_a_program(a, b):
    assert key_of(a) == key_of(b)
    assert hash(key_of(a)) == hash(key_of(b))


@pytest.mark.parametrize(("a", "b"), OTHER)
def test_these_do_not(a, b):
    assert key_of(a) != key_of(b)


def test_what_cannot_be_hashed_is_itself_alone():
    a, b = {1, 2}, {1, 2}
    assert key_of([a]) == key_of([a]) != key_of([b])


def test_a_tree_comes_apart_and_together():
    tree, numbers = {"a": Pair(1.0, ["x", 2]), "b": (ONE, None, True)}, []
    again = filled_in(split(tree, numbers), numbers)
    assert str(again) == str(tree) and type(again["a"]) is Pair and len(numbers) == 3
    assert leaves(tree)[1] == "x"


def test_what_counts_as_a_number():
    assert [is_number(x) for x in (1, 1.0, np.int8(1), ONE, tg.Value(1.0), True, np.True_, "1", None)] == [True] * 5 + [
        False
    ] * 4
    assert [as_number(x) for x in (1, np.float32(0.5), np.array(2))] == [1.0, 0.5, 2.0]
    assert as_number(np.array([1, 2])).dtype.kind == "i"
    with pytest.raises(TypeError):
        as_number(np.array(["a"]))


def test_every_kind_of_parameter_is_written_as_python_does():
    def f(a, /, b, c=1.0, *d, e, g=2.0, **h): ...

    parameters = Parameters(f)
    assert parameters.definition(parameters.names, repr) == "a, /, b, c=1.0, *d, e, g=2.0, **h"
    assert Parameters(lambda a, /: a).definition(["a"], repr) == "a, /"
    assert Parameters(lambda *, a: a).definition(["a"], repr) == "*, a"
    values = parameters.values((1.0, 2.0), {"e": 3.0, "z": 4.0})
    assert values == [1.0, 2.0, 1.0, (), 3.0, 2.0, {"z": 4.0}]
    assert parameters.arguments(values) == ((1.0, 2.0, 1.0), {"e": 3.0, "g": 2.0, "z": 4.0})


def test_a_function_whose_parameters_python_does_not_know():
    parameters = Parameters(type("Strange", (), {"__call__": lambda self, x: x, "__signature__": "none"})())
    assert parameters.values((1.0,), {"k": 2.0}) == [(1.0,), {"k": 2.0}]
