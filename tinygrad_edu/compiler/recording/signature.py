"""What a compiled function was called with: which structure, which shapes, which settings.

Numbers, arrays and nested tuples, lists and dicts of them are given to the program; everything else (True, a text,
None, a model, a function) is a setting, and another setting is another program.

>>> key_of(((2.0, [1.0]), np.ones((2, 3)))) == key_of(((5.0, [7]), np.zeros((2, 3))))
True
>>> key_of((2.0, True)) == key_of((2.0, False))
False
"""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum
from typing import Any

import numpy as np

from ...engine.value import Value
from ...ops.numbers import constant

NUMBERS = (float, int, np.floating, np.integer)


def is_number(x: Any) -> bool:
    """Whether x is given to the program as a number or an array, and is no setting.

    >>> is_number(2), is_number(np.ones(3)), is_number(True), is_number("mean")
    (True, True, False, False)
    """
    return (isinstance(x, NUMBERS) and not isinstance(x, (bool, Enum))) or isinstance(x, (np.ndarray, Value))


def as_number(x: Any) -> Any:
    """A number or an array as a program takes it: whole numbers count as floats, arrays of them stay what they are.

    >>> as_number(2), as_number(np.array([1, 2])), as_number(None)
    (2.0, array([1, 2]), None)
    """
    whole = type(x) is np.ndarray and x.ndim and x.dtype.kind in "iub"
    return constant(x) if is_number(x) and not whole else x


def key_of(tree: Any) -> Hashable:
    """The same for two calls exactly if one program serves both."""
    kind = type(tree)
    if kind is float:
        return float
    if kind is np.ndarray:
        return (tree.shape, tree.dtype.str) if tree.ndim else float
    if isinstance(tree, dict):
        return (kind, tuple((key_of_setting(key), key_of(part)) for key, part in tree.items()))
    if isinstance(tree, (tuple, list)):
        return (kind, tuple(map(key_of, tree)))
    if kind is Value:
        return (Value, key_of(tree._held))
    if is_number(tree):
        return key_of(constant(tree))
    return key_of_setting(tree)


def key_of_setting(setting: Any) -> Hashable:
    """A setting with its type, because 1 == True; one that cannot be compared is itself alone.

    >>> key_of_setting(1) == key_of_setting(True), key_of_setting((0.0, 1)) == key_of_setting((0.0, True))
    (False, False)
    """
    kind = type(setting)
    if kind is tuple:
        return (kind, tuple(map(key_of_setting, setting)))
    try:
        hash(setting)
    except TypeError:
        return (kind, id(setting))  # which stays its own, because the program keeps the setting
    return (kind, setting)


class Place:
    """Where a number stands among the arguments.

    >>> split({"w": 2.0, "kind": "mean"}, [])
    {'w': <place 0>, 'kind': 'mean'}
    """

    __slots__ = ("k",)

    def __init__(self, k: int):
        self.k = k

    def __repr__(self) -> str:
        return f"<place {self.k}>"


def split(tree: Any, numbers: list[Any]) -> Any:
    """The tree with its numbers and arrays replaced by their places in the list; everything else stays as it is."""

    def placed(x: Any) -> Any:
        if not is_number(x):
            return x
        numbers.append(x)
        return Place(len(numbers) - 1)

    return mapped(placed, tree)


def filled_in(tree: Any, numbers: Any) -> Any:
    """The tree with the numbers in their places again.

    >>> numbers = []
    >>> filled_in(split((2.0, ["sum", 3.0]), numbers), [10.0 * x for x in numbers])
    (20.0, ['sum', 30.0])
    """
    return mapped(lambda x: numbers[x.k] if type(x) is Place else x, tree)


def mapped(change: Any, tree: Any) -> Any:
    """The same containers with changed leaves."""
    if isinstance(tree, dict):
        return {key: mapped(change, part) for key, part in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):  # a named tuple
        return type(tree)(*[mapped(change, part) for part in tree])
    if isinstance(tree, (tuple, list)):
        return type(tree)([mapped(change, part) for part in tree])
    return change(tree)


def leaves(tree: Any) -> list[Any]:
    """Numbers, arrays and settings, in order."""
    found: list[Any] = []
    mapped(found.append, tree)
    return found
