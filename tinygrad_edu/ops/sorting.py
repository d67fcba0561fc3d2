"""Sorting: the numbers decide the order, and the gradient follows each number back to the place it came from.

>>> sort([3.0, 1.0, 2.0]), unsort_like([10.0, 20.0, 30.0], [3.0, 1.0, 2.0])
(array([1., 2., 3.]), array([30., 10., 20.]))
"""

from __future__ import annotations

import numpy as np

from .arguments import check_axes
from .op import op
from .rules import zero


@op(x=lambda g, y, x, axis: unsort_like(g, x, axis=axis), latex=r"\operatorname{sort} {x}")
def sort(x, *, axis=-1):
    """x in ascending order along an axis (None: all of x in one row); nan comes last.

    Equal numbers keep their order, which decides who receives which gradient.
    raises   AxisError if x has no such axis

    >>> sort([[3.0, 1.0], [2.0, 4.0]], axis=0)
    array([[2., 1.],
           [3., 4.]])
    """
    if axis is not None:
        check_axes("sort", axis, np.ndim(x), np.shape(x))
    return np.sort(x, axis)


@op(x=lambda g, y, x, keys, axis: unsort_like(g, keys, axis=axis), keys=zero, latex=r"{x} \text{ sorted by } {keys}")
def sort_like(x, keys, *, axis=-1):
    """x rearranged the way that would sort the keys; they choose the order only and have no gradient.

    >>> sort_like([10.0, 20.0, 30.0], [3.0, 1.0, 2.0])
    array([20., 30., 10.])
    """
    if axis is None:
        return np.ravel(x)[np.argsort(keys, None, "stable")]
    return np.take_along_axis(x, np.argsort(keys, axis, "stable"), axis)


@op(x=lambda g, y, x, keys, axis: sort_like(g, keys, axis=axis), keys=zero, latex=r"{x} \text{ unsorted by } {keys}")
def unsort_like(x, keys, *, axis=-1):
    """x rearranged the way that would take the sorted keys back to how they were: `sort_like` undone.

    >>> unsort_like([1.0, 2.0, 3.0], [3.0, 1.0, 2.0])
    array([3., 1., 2.])
    """
    y = np.empty_like(x)
    if axis is None:
        y[np.argsort(keys, None, "stable")] = x
        return y.reshape(np.shape(keys))
    np.put_along_axis(y, np.argsort(keys, axis, "stable"), x, axis)
    return y
