"""Arguments and results may be nested tuples, lists and dicts: here they become a flat list, and whole again.

>>> leaves, rebuild = flatten({"w": [1.0, 2.0], "b": 3.0})
>>> leaves
[1.0, 2.0, 3.0]
>>> rebuild([10, 20, 30])
{'w': [10, 20], 'b': 30}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


def flatten(tree: Any) -> tuple[list[Any], Callable[[Sequence[Any]], Any]]:
    """The leaves of a nested container in order, and the function that puts others in their places.

    A list of plain numbers counts as a container too: its gradient is a list.
    """
    leaves: list[Any] = []
    shape = _take_apart(tree, leaves)
    return leaves, lambda new: _put_together(shape, iter(new))


def flatten_like(tree: Any, model: Any) -> list[Any]:
    """The leaves of a container that must be built like the model, in the model's order (dicts by its keys).

    raises   TypeError where the two are built differently

    >>> flatten_like({"b": 3, "a": [1, 2]}, {"a": [0, 0], "b": 0})
    [1, 2, 3]
    """
    if isinstance(model, dict):
        if not isinstance(tree, dict) or tree.keys() != model.keys():
            raise TypeError
        return [leaf for key in model for leaf in flatten_like(tree[key], model[key])]
    if isinstance(model, (tuple, list)):
        if not isinstance(tree, (tuple, list)) or len(tree) != len(model):
            raise TypeError
        return [leaf for part, like in zip(tree, model) for leaf in flatten_like(part, like)]
    return [] if model is None else [tree]


class _Leaf:
    """Marks the place of a leaf."""


def _take_apart(tree: Any, leaves: list[Any]) -> Any:
    if isinstance(tree, dict):
        return {key: _take_apart(part, leaves) for key, part in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):  # a named tuple
        return type(tree)(*(_take_apart(part, leaves) for part in tree))
    if isinstance(tree, (tuple, list)):
        return type(tree)(_take_apart(part, leaves) for part in tree)
    if tree is None:
        return None
    leaves.append(tree)
    return _Leaf


def _put_together(shape: Any, leaves: Any) -> Any:
    if shape is _Leaf:
        return next(leaves)
    if isinstance(shape, dict):
        return {key: _put_together(part, leaves) for key, part in shape.items()}
    if isinstance(shape, tuple) and hasattr(shape, "_fields"):
        return type(shape)(*(_put_together(part, leaves) for part in shape))
    if isinstance(shape, (tuple, list)):
        return type(shape)(_put_together(part, leaves) for part in shape)
    return None
