"""Repeating entries: what is used several times receives the sum of all its gradients.

>>> repeat([1.0, 2.0], 2), tile([1.0, 2.0], 2)
(array([1., 1., 2., 2.]), array([1., 2., 1., 2.]))
"""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError
from .arguments import check_axes, whole
from .broadcasting import shape_of, sum_to
from .op import op
from .shapes import reshape


@op(x=lambda g, y, x, reps: _sum_of_tiles(g, shape_of(x), reps), latex=r"\operatorname{tile} {x}")
def tile(x, *, reps=()):
    """Copies of x beside each other: reps[i] of them along axis i, the last one along the last axis.

    reps     an int, or one per axis; more of them than axes add new axes in front
    raises   ShapeError if they are not whole or below 0

    >>> tile([[1.0, 2.0]], (2, 2))
    array([[1., 2., 1., 2.],
           [1., 2., 1., 2.]])
    """
    if not whole(reps, least=0):
        raise ShapeError(
            f"tile: reps={reps!r} are no numbers of copies.",
            "There can be 0, 1, 2, ... copies along an axis.",
            "Write an int, or a tuple with one int per axis.",
        )
    return np.tile(x, reps)


@op(
    x=lambda g, y, x, repeats, axis: sum_runs(g, shape=shape_of(x), repeats=repeats, axis=axis),
    latex=r"\operatorname{repeat} {x}",
)
def repeat(x, *, repeats=1, axis=None):
    """Every entry of x several times in a row; without an axis, x is flattened first.

    repeats  an int, or one per entry along the axis
    raises   AxisError if x has no such axis, ShapeError if the repeats do not fit it

    >>> repeat([1.0, 2.0, 3.0], [2, 0, 1])
    array([1., 1., 3.])
    """
    shape = np.shape(x)
    length = np.size(x) if axis is None else shape[check_axes("repeat", axis, len(shape), shape)[0]]
    if np.size(repeats) not in (1, length) or not whole(repeats, least=0):
        raise ShapeError(
            f"repeat: repeats={repeats!r} does not fit an axis of length {length}.",
            "Each entry along the axis needs to know how often it is repeated: 0 times or more.",
            f"Write one int for all of them, or a list of {length}, one per entry.",
        )
    return np.repeat(x, repeats, axis)


@op(
    x=lambda g, y, x, shape, repeats, axis: repeat(reshape(g, shape=shape), repeats=repeats, axis=axis),
    latex=r"\sum {x}",
)
def sum_runs(x, *, shape=(), repeats=1, axis=None):
    """The sums over the runs that `repeat` made of an array of `shape`: each other's derivative.

    >>> sum_runs([1.0, 2.0, 3.0], shape=(3,), repeats=(2, 0, 1), axis=0)
    array([3., 0., 3.])
    """
    full = (int(np.prod(shape)),) if axis is None else shape
    axis = 0 if axis is None else axis % len(shape)
    before, after = full[:axis], full[axis + 1 :]
    repeats = np.asarray(repeats).ravel()
    if len(repeats) == 1:
        return x.reshape(*before, full[axis], repeats[0], *after).sum(axis + 1).reshape(shape)
    y = np.zeros(full, x.dtype)
    some = np.flatnonzero(repeats)  # reduceat has no empty runs
    if len(some):
        starts = (repeats.cumsum() - repeats)[some]
        y[(slice(None),) * axis + (some,)] = np.add.reduceat(x, starts, axis)
    return y.reshape(shape)


def _sum_of_tiles(g, shape, reps):
    """The sum over all copies: each axis of g is cut into (copies, length), then the copies are added."""
    reps = tuple(reps) if np.ndim(reps) else (int(reps),)
    count = max(len(reps), len(shape))
    reps, sizes = (1,) * (count - len(reps)) + reps, (1,) * (count - len(shape)) + shape
    apart = [n for pair in zip(reps, sizes, strict=True) for n in pair]
    once = [n for size in sizes for n in (1, size)]
    return reshape(sum_to(reshape(g, shape=tuple(apart)), shape=tuple(once)), shape=shape)
