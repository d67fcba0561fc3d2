"""From what a derivative rule returns to what its input receives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..ops.broadcasting import fit, one_way, shape_of
from ..ops.op import Op
from ..ops.selecting import where
from . import messages


def once_more(error: Exception, rule: Any, *numbers: Any) -> Any:
    """What the rule gives in NumPy's arithmetic, with inf and nan where Python's raised the error."""
    if not all(type(x) is float for x in numbers):
        raise error
    with np.errstate(all="ignore"):
        return rule(*map(np.float64, numbers))


def without_effect(c: Any, g: Any) -> Any:
    """The contribution c of an elementwise operation, 0 instead of nan where the gradient g that arrived is 0.

    `where(x > 0, sqrt(x), 0)` at x = 0: nothing arrives at the square root, whose slope there is infinite.

    >>> without_effect(np.array([np.nan, 2.0]), np.array([0.0, 1.0]))
    array([0., 2.])
    """
    data = getattr(c, "_held", c)
    return where((g == 0) & np.isnan(data), 0.0, c) if is_nan(data) else c


def is_nan(x: Any) -> bool:
    """Whether a number, or any entry of an array, is nan.

    >>> is_nan(np.array([1.0, np.nan])), is_nan(np.inf)
    (True, False)
    """
    if type(x) is np.ndarray:
        flat = x.ravel()
        x = flat.dot(flat)  # the fastest way to ask all entries at once
    return bool(x != x)


def any_nan(gradients: list[Any]) -> bool:
    """Whether nan is anywhere in these numbers and arrays (or infinities that cancel, which is as doubtful)."""
    total = sum([g for g in gradients if type(g) is float])
    arrays = {id(g): g for g in gradients if type(g) is not float}  # a layer's weight and bias ask for the same one
    return total != total or any(map(is_nan, arrays.values()))


def fitted(c: Any, x: Any, op: Op, k: int) -> Any:
    """The contribution to the value x, the k-th input of op, in its shape and precision."""
    if type(c) is not np.ndarray and type(c) is not float:
        c = checked(c, x, op, k)
    try:
        return fit(c, x._held)
    except ValueError:
        raise messages.impossible(op, k, shape_of(c), x.shape) from None


def checked(c: Any, x: Any, op: Op, k: int) -> Any:
    """What a rule returned for x, the k-th input of op, if it can be its gradient; a DerivativeError if not."""
    if type(c) is np.ndarray and (c.shape == x.shape or type(x._held) is float):
        return c
    if type(c) is complex:
        return math.nan  # a power of a negative number, which Python calls complex and NumPy nan
    if type(c) is not type(x) and not isinstance(c, (float, int, np.generic, np.ndarray)):
        raise messages.no_gradient(op, k, c)
    c = np.asarray(c) if isinstance(c, np.ndarray) else c  # a matrix or a masked array as a plain one
    shape = shape_of(c)
    if shape == x.shape or shape == ():
        return c
    if one_way(shape, x.shape) is None:
        raise messages.impossible(op, k, shape, x.shape)
    return c


def shared(c: np.ndarray, op: Any, g: Any, y: Any, data: list[Any]) -> bool:
    """Whether the array c may be, or be a view of, an array that somebody else holds."""
    return c.base is not None or c is g or c is y or op.variadic or id(c) in map(id, data)
