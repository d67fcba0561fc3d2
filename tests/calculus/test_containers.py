"""Nested containers are taken apart into leaves and put together again as they were."""

from __future__ import annotations

from collections import OrderedDict, namedtuple

import numpy as np
import pytest

from tinygrad_edu.calculus.containers import flatten, flatten_like

Point = namedtuple("Point", "x y")

TREES = [
    (1.0, [1.0]),
    ([], []),
    ({}, []),
    (None, []),
    ((), []),
    ([1.0, 2.0], [1.0, 2.0]),
    ((1.0, [2.0, (3.0,)]), [1.0, 2.0, 3.0]),
    ({"b": 1.0, "a": {"c": [2.0, None]}}, [1.0, 2.0]),
    (Point(1.0, [2.0, 3.0]), [1.0, 2.0, 3.0]),
    ([None, 1.0, (None,)], [1.0]),
    ({1: 5.0, ("a", 2): 6.0}, [5.0, 6.0]),
]


@pytest.mark.parametrize(("tree", "leaves"), TREES, ids=str)
def test_a_tree_comes_apart_in_order_and_goes_together_as_it_was(tree, leaves):
    found, rebuild = flatten(tree)
    assert found == leaves
    again = rebuild(found)
    assert again == tree and type(again) is type(tree)
    assert flatten(rebuild([10 * x for x in leaves]))[0] == [10 * x for x in leaves]
    assert flatten_like(tree, tree) == leaves


def test_arrays_text_and_other_things_are_leaves():
    x, thing = np.ones(2), object()
    leaves, rebuild = flatten([x, "ab", thing, {1.0}])
    assert leaves[0] is x and leaves[1:] == ["ab", thing, {1.0}]
    assert rebuild(leaves)[2] is thing


def test_a_dict_of_another_kind_becomes_a_dict():
    assert flatten(OrderedDict(a=1.0))[1]([2.0]) == {"a": 2.0}


def test_the_order_of_keys_is_that_of_the_model():
    assert flatten_like({"b": 3, "a": [1, 2]}, {"a": [0, 0], "b": 0}) == [1, 2, 3]
    assert flatten_like([1, (2, 3)], (0, [0, 0])) == [1, 2, 3]


OTHERWISE = [
    ([1.0, 2.0], [1.0]),
    ([1.0], [1.0, 2.0]),
    ({"a": 1.0}, {"b": 1.0}),
    ({"a": 1.0, "b": 2.0}, {"a": 1.0}),
    ([1.0], {"a": 1.0}),
    (((1.0, 2.0), 3.0), (1.0, (2.0, 3.0))),
    (1.0, [1.0]),
]


@pytest.mark.parametrize(("tree", "model"), OTHERWISE, ids=str)
def test_a_tree_that_is_built_otherwise_is_refused(tree, model):
    with pytest.raises(TypeError):
        flatten_like(tree, model)
