"""The one place where broadcasting is undone: an input that was stretched receives the sum over its copies.

>>> sum_to(np.ones((3, 2)), shape=(2,))
array([3., 3.])
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .op import op

SMALL = 16384  # entries; so many are copied in the time it takes to make a view that repeats fewer


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of a number, an array, or whatever records: () when it has none."""
    return getattr(x, "shape", ())


@op(x=lambda g, y, x, shape: broadcast_to(g, shape=shape_of(x)), latex=r"\sum {x}")
def sum_to(x, *, shape=()):
    """Sum the axes along which an array of `shape` would be repeated to make x."""
    x = np.asarray(x)
    extra = x.ndim - len(shape)
    stretched = tuple(extra + i for i, n in enumerate(shape) if n == 1 and x.shape[extra + i] != 1)
    if extra or stretched:
        x = x.sum(axis=(*range(extra), *stretched), keepdims=bool(stretched))
    return x.reshape(shape)


@op(x=lambda g, y, x, shape: sum_to(g, shape=shape_of(x)), latex=r"{x}")
def broadcast_to(x, *, shape=()):
    """Repeat x along new axes and axes of length 1 until it has `shape`; no copy is made.

    >>> broadcast_to([1.0, 2.0], (2, 2))
    array([[1., 2.],
           [1., 2.]])
    """
    return np.broadcast_to(x, shape)


@op(x=lambda g, y, x, dtype: cast(g, dtype=x.dtype), latex="{x}")
def cast(x, *, dtype=np.float64):
    """x in another precision, np.float64, np.float32 or np.float16; its gradient comes back in x's own."""
    return x if type(x) is float else x.astype(dtype)


def fit(g: Any, x: Any) -> Any:
    """The gradient g in the shape and precision of the number or array x (nothing is recorded).

    >>> fit(np.ones((3, 2)), np.zeros(2)), fit(2.0, np.zeros(2))
    (array([3., 3.]), array([2., 2.]))
    """
    if type(x) is float:
        return float(g if type(g) is not np.ndarray else g.sum())
    if type(g) is not np.ndarray:  # one number for all: an array of stride 0, ten times faster than broadcast_to
        return np.ndarray(x.shape, x.dtype, np.array(g, x.dtype), strides=(0,) * x.ndim)
    if g.shape != x.shape:
        g = in_shape(g, x.shape)
    return g if g.dtype == x.dtype else g.astype(x.dtype)


def in_shape(g: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """The array summed or repeated to another shape: `sum_to` or `broadcast_to` in a third of the time.

    raises   ValueError if neither shape can be broadcast to the other

    >>> in_shape(np.ones((3, 2)), (2,)), in_shape(np.ones((2, 1)), (2, 2)).shape
    (array([3., 3.]), (2, 2))
    """
    extra = g.ndim - len(shape)
    if extra > 0 and g.shape[extra:] == shape:  # a bias: the shortest way
        return np.add.reduce(g, axis=0 if extra == 1 else tuple(range(extra)))
    if extra == 0:
        other = [i for i, (n, m) in enumerate(zip(g.shape, shape)) if n != m]
        if all(shape[i] == 1 for i in other):
            return np.add.reduce(g, axis=tuple(other), keepdims=True)
        if math.prod(shape) < SMALL and all(g.shape[i] == 1 for i in other):
            y = np.empty(shape, g.dtype)
            y[...] = g
            return y
    full = one_way(g.shape, shape)
    if full is None:
        raise ValueError("neither shape can be broadcast to the other")
    return np.broadcast_to(g, full) if full == shape else sum_to.forward(g, shape=shape)


def one_way(shape: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...] | None:
    """The one of two shapes that the other can be broadcast to; None if there is none.

    >>> one_way((3, 1), (3, 2)), one_way((3, 1), (1, 2))
    ((3, 2), None)
    """
    try:
        full = np.broadcast_shapes(shape, other)
    except ValueError:
        return None
    return full if full in (shape, other) else None
