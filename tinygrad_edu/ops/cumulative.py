"""Running totals and products, and products of all: a factor's derivative is the product of all the others.

Dividing the product by the factor would fail at 0. So the factors before it and those after it are multiplied
separately, by running products from both ends; and everything here is right with any number of zeros, at any order.
"""

from __future__ import annotations

import numpy as np

from .broadcasting import shape_of
from .op import op
from .reducing import chosen, expanded, reduced
from .selecting import where
from .shapes import flip, reshape, roll


@op(x=lambda g, y, x, axis: _each(_sums_from_the_end, axis, x, g), latex=r"\operatorname{cumsum} {x}")
def cumsum(x, *, axis=None):
    """The sum of each entry and all before it along the axis (None: of all entries as one row).

    >>> cumsum([1.0, 2.0, 3.0])
    array([1., 3., 6.])
    """
    return np.cumsum(x, axis)


@op(x=lambda g, y, x, axis: _each(_running_product_slope, axis, x, g, y), latex=r"\operatorname{cumprod} {x}")
def cumprod(x, *, axis=None):
    """The product of each entry and all before it along the axis (None: of all entries as one row).

    >>> cumprod([1.0, 2.0, 3.0])
    array([1., 2., 6.])
    """
    return np.cumprod(x, axis)


@op(
    x=lambda g, y, x, axis, keepdims: expanded(g, axis, keepdims) * _others(x, _axes(x, axis)),
    latex=r"\prod {x}",
)
def prod(x, *, axis=None, keepdims=False):
    """The product along the axis (None for all, an int, or a tuple). Right with any number of zeros.

    >>> prod([1.0, 2.0, 3.0])
    6.0
    """
    return reduced(np.multiply, x, axis, keepdims)


@op(
    a=lambda g, y, a, b, axis: _recurrence_back(g, b, axis),
    b=lambda g, y, a, b, axis: _recurrence_back(g, b, axis) * _one_later(y, 0.0, axis),
    latex=r"\operatorname{recurrence}({a}, {b})",
)
def recurrence(a, b, *, axis=0):
    """y[i] = a[i] + b[i] · y[i - 1] along the axis, from y[0] = a[0]; a and b have the same shape.

    >>> recurrence(np.array([1.0, 1.0, 1.0]), np.array([0.0, 2.0, 2.0]))
    array([1., 3., 7.])
    """
    y = np.moveaxis(np.array(a), axis, 0)
    for i in range(1, len(y)):
        y[i] += np.moveaxis(b, axis, 0)[i] * y[i - 1]
    return np.moveaxis(y, 0, axis)


# ── what the derivatives above share ─────────────────────────────────────────────────────────────────────────────────
def _each(slope, axis, x, *along):
    """slope(..., x, axis) along the axis; with axis None, along all entries of x as one row."""
    if axis is not None:
        return slope(*along, x, axis)
    return reshape(slope(*along, reshape(x, shape=(-1,)), 0), shape=shape_of(x))


def _axes(x, axis):
    """The axis as a tuple."""
    return tuple(range(len(shape_of(x)))) if axis is None else tuple(chosen(axis)) if np.ndim(axis) else (axis,)


def _one_later(x, first, axis):
    """x moved on by one place along the axis; `first` takes the free place."""
    shape = shape_of(x)
    sizes = [1] * len(shape)
    sizes[axis] = -1
    return where((np.arange(shape[axis]) == 0).reshape(sizes), first, roll(x, shift=1, axis=axis))


def _from_the_end(function, axis, *xs):
    """The function applied to its inputs read backwards, and its result turned round again."""
    return flip(function(*(flip(x, axis=axis) for x in xs)), axis=axis)


def _sums_from_the_end(g, x, axis):
    """An entry counts in every sum from its own place on."""
    return _from_the_end(lambda g: cumsum(g, axis=axis), axis, g)


def _recurrence_back(g, b, axis):
    """The same recurrence from the end: what arrived later comes back multiplied by the b it passed on its way."""
    return _from_the_end(lambda g, b: recurrence(g, _one_later(b, 0.0, axis), axis=axis), axis, g, b)


def _running_product_slope(g, y, x, axis):
    """The product of what stands before an entry, times what its products with later entries hand back."""
    return _one_later(y, 1.0, axis) * _recurrence_back(g, x, axis)


def _others(x, axes):
    """For every entry, the product of all others along the axes: those before it, times those after it."""
    if not shape_of(x):
        return 1.0
    *outer, axis = axes
    before = _one_later(cumprod(x, axis=axis), 1.0, axis)
    after = _from_the_end(lambda x: _one_later(cumprod(x, axis=axis), 1.0, axis), axis, x)
    others = before * after
    return others * _others(prod(x, axis=axis, keepdims=True), outer) if outer else others
