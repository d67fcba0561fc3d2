"""Filling a parameter: with one number, or with random ones.

>>> weight = Value(np.zeros((2, 2)))
>>> uniform_(weight, 0.0, 1.0, rng=np.random.default_rng(0)) is weight
True
>>> constant_(weight, 3.0)
Value([[3., 3.],
       [3., 3.]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.value import Value
from ...errors import DataError
from ..initial import array_source
from ..inputs import number


def filled(function: str, tensor: Any, numbers: Any) -> Value:
    """The parameter with new numbers, in its own precision.

    numbers   an array of its shape, or one number for all places
    raises    DataError for anything but a Value that nobody computed
    """
    parameter(function, tensor)
    shape = tensor.shape
    tensor.data = np.broadcast_to(numbers, shape).astype(tensor.dtype) if shape else float(np.asarray(numbers))
    tensor.zero_grad()
    return tensor


def parameter(function: str, tensor: Any) -> Value:
    """The argument, if it is a parameter.

    raises    DataError for anything but a Value that nobody computed
    """
    if type(tensor) is not Value or tensor.op is not None:
        found = "a computed Value" if type(tensor) is Value else f"{type(tensor).__name__}"
        raise DataError(
            f"{function}() was called with {found}.",
            "It gives a parameter new numbers: a Value that nobody computed.",
            f"Write {function}(layer.weight), or {function}(tg.Value(np.zeros(shape))).",
        )
    return tensor


def uniform_(tensor: Value, a: float = 0.0, b: float = 1.0, rng: np.random.Generator | None = None) -> Value:
    """Numbers drawn evenly from a to b.

    >>> uniform_(Value(np.zeros(3)), -1.0, 1.0, np.random.default_rng(0)).data.round(2)
    array([ 0.27, -0.46, -0.92])
    """
    number("uniform_", "a", a)
    if not number("uniform_", "b", b) >= a:
        raise DataError(
            f"uniform_: a={a!r} is above b={b!r}.",
            "Numbers are drawn evenly from a to b.",
            f"Write uniform_(weight, {b!r}, {a!r}).",
        )
    return filled("uniform_", tensor, array_source(rng).uniform(a, b, parameter("uniform_", tensor).shape))


def normal_(tensor: Value, mean: float = 0.0, std: float = 1.0, rng: np.random.Generator | None = None) -> Value:
    """Numbers from the normal distribution with this mean and standard deviation.

    >>> normal_(Value(np.zeros(3)), 0.0, 0.1, np.random.default_rng(0)).data.round(2)
    array([ 0.01, -0.01,  0.06])
    """
    number("normal_", "mean", mean)
    number("normal_", "std", std, least=0.0)
    return filled("normal_", tensor, array_source(rng).normal(mean, std, parameter("normal_", tensor).shape))


def constant_(tensor: Value, val: float) -> Value:
    """The same number everywhere.

    >>> constant_(Value(1.0), 3.0)
    Value(3.0)
    """
    return filled("constant_", tensor, val)


def zeros_(tensor: Value) -> Value:
    """0 everywhere: where biases usually start.

    >>> zeros_(Value([1.0, 2.0]))
    Value([0., 0.])
    """
    return filled("zeros_", tensor, 0.0)


def ones_(tensor: Value) -> Value:
    """1 everywhere: where scales usually start.

    >>> ones_(Value([1.0, 2.0]))
    Value([1., 1.])
    """
    return filled("ones_", tensor, 1.0)
