"""A penalty on large parameters, which keeps a network smooth: loss + 1e-4 · Σ p²."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..engine.value import Value
from ..ops.joining import array
from ..ops.reductions import sum as total


def l2(parameters: Iterable[Value]) -> Any:
    """The sum of the squares of all parameters, in few records: scalars are gathered into one array first.

    parameters   scalars and arrays, for instance model.parameters()

    >>> p, q = Value(3.0), Value([1.0, 2.0])
    >>> penalty = l2([p, q])
    >>> penalty.backward()
    >>> penalty.data, p.grad, q.grad
    (14.0, 6.0, array([2., 4.]))
    """
    parameters = list(parameters)
    scalars = [p for p in parameters if type(p._held) is float]
    arrays = [p for p in parameters if type(p._held) is not float] + ([array(scalars)] if scalars else [])
    penalty: Any = 0.0
    for p in arrays:
        penalty = penalty + total(p * p)
    return penalty
