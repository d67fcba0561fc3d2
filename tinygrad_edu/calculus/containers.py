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
