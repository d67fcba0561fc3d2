"""What counts as a number: a Python float, or a floating-point array with at least one axis."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from .messages import no_number, no_result, too_large


def plain(x: Any) -> bool:
    """Whether x is a number or array that primitives compute with as it is.

    >>> plain(2.0), plain(2), plain(np.array([2.0])), plain(np.array([2]))
    (True, False, True, False)
    """
    return type(x) is float or (type(x) is np.ndarray and x.dtype.kind == "f" and x.ndim > 0)


def constant(x: Any) -> Any:
    """A plain number or array in the form primitives compute with: float, or a float array.

    >>> constant(2), constant([1, 2])
    (2.0, array([1., 2.]))
    """
    kind = type(x)
    if kind is float:
        return x
    if kind is np.ndarray and x.ndim and x.dtype.kind in "fbiu":
        return x if x.dtype.kind in "fb" else x.astype(np.float64)  # a mask stays a mask, see `unmasked`
    if isinstance(x, np.ma.MaskedArray):
        raise no_number(x)  # which numbers are to count, only its owner knows
    try:
        if isinstance(x, Real):
            return float(x)
        array = np.asarray(x)
    except OverflowError:
        raise too_large(x) from None
    except ValueError:
        raise no_number(x) from None
    if array.dtype.kind not in "fiub":
        raise no_number(x)
    return settle(array)


def settle(y: Any) -> Any:
    """A result in canonical form: shape () is a Python float, everything else a floating-point array."""
    if type(y) is np.ndarray and y.ndim and y.dtype.kind == "f":
        return y
    array = np.asarray(y)
    if array.dtype.kind not in "fiub":
        raise no_result(y)
    if array.ndim == 0:
        return float(array)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def ready(op: Any, inputs: tuple[Any, ...]) -> bool:
    """Whether all inputs are in that form already; where there is a condition, masks may stay what they are."""
    kinds = "fb" if "condition" in op.inputs else "f"
    for x in inputs:
        if type(x) is not float and not (type(x) is np.ndarray and x.ndim and x.dtype.kind in kinds):
            return False
    return True


def unmasked(op: Any, data: Any) -> Any:
    """The inputs with masks turned into 0.0 and 1.0, in the precision of the others; conditions stay masks.

    NumPy computes exp(mask) in half precision and cannot subtract masks.
    """
    for k, x in enumerate(data):
        if type(x) is np.ndarray and x.dtype.kind == "b" and op.inputs[min(k, len(op.inputs) - 1)] != "condition":
            others = [z.dtype for z in data if type(z) is np.ndarray and z.dtype.kind == "f"]
            data = [*data[:k], x.astype(np.result_type(*others) if others else np.float64), *data[k + 1 :]]
    return data


def owned(data: Any) -> Any:
    """A number as a float, an array as a floating-point copy that nobody else can change.

    >>> x = np.zeros(2)
    >>> owned(x) is x, owned(True)
    (False, 1.0)
    """
    data = constant(data)
    return data if type(data) is float else np.array(data, dtype=data.dtype if data.dtype.kind == "f" else float)


def kept(x: Any) -> Any:
    """A constant in a form that stays as it is, whatever its owner does to his array afterwards.

    An array is copied, unless it says of itself that it cannot change (x.flags.writeable = False).
    """
    data = constant(x)
    if type(data) is float or type(x) in (list, tuple) or (type(x) is np.ndarray and data.dtype is not x.dtype):
        return data  # made of it just now
    if data.base is None and not data.flags.writeable:
        return data
    return data.copy()


def key_of(setting: Any) -> Any:
    """A setting as a dictionary key: with its type, because True == 1 but v[True] is not v[1]; slices taken apart.

    >>> key_of((slice(1, None), True)) == key_of((slice(1, None), 1))
    False
    """
    kind = type(setting)
    if kind is slice:
        setting = (setting.start, setting.stop, setting.step)
    return (kind, *map(key_of, setting)) if isinstance(setting, tuple) else (kind, setting)


def copied(setting: Any) -> Any:
    """A setting with its arrays and lists copied, so that nobody can change it."""
    if type(setting) is np.ndarray:
        return setting.copy()
    return type(setting)(map(copied, setting)) if type(setting) in (tuple, list) else setting
