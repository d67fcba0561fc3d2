"""Shapes: the same numbers, arranged otherwise. The gradient is arranged back, so each derivative undoes its op.

>>> v = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
>>> moveaxis(v, 0, 1).shape, expand_dims(v, 0).shape, reshape(v, (3, -1)).shape
((3, 2), (1, 2, 3), (3, 2))
"""

from __future__ import annotations

import math

import numpy as np

from ..errors import AxisError, ShapeError, UnsupportedError
from .arguments import check_axes, whole
from .broadcasting import shape_of
from .op import op


@op(x=lambda g, y, x, shape, order: reshape(g, shape=shape_of(x), order=order), latex=r"\operatorname{reshape} {x}")
def reshape(x, *, shape=(), order="C"):
    """The numbers of x in another shape, read row by row (order="F": column by column).

    shape    an int or a tuple; one size may be -1 and follows from the others
    returns  a view where one exists        raises  ShapeError if the sizes do not multiply to x.size

    >>> reshape(np.arange(6.0), (2, -1))
    array([[0., 1., 2.],
           [3., 4., 5.]])
    """
    if order not in ("C", "F"):
        raise UnsupportedError(
            f"reshape: order={order!r} is not supported.",
            "Any other order depends on how the array lies in memory, which is no property of its numbers.",
            'Write order="C" to read row by row, or order="F" to read column by column.',
        )
    try:
        return np.reshape(x, shape, order=order)
    except (ValueError, TypeError):
        wanted = (shape,) if np.ndim(shape) == 0 else tuple(shape)
        raise ShapeError(
            f"reshape: the {np.size(x)} numbers of shape {np.shape(x)} do not fill the shape {wanted}.",
            f"Reshaping keeps every number, so the sizes of the new shape must multiply to {np.size(x)}.",
            f"Write reshape(x, {_nearest_shape(np.size(x), wanted)}).",
        ) from None


@op(x=lambda g, y, x, order: reshape(g, shape=shape_of(x), order=order), latex=r"\operatorname{vec} {x}")
def ravel(x, *, order="C"):
    """All numbers of x in one row, shape (x.size,), a view where one exists; order as in `reshape`.

    >>> ravel([[1.0, 2.0], [3.0, 4.0]])
    array([1., 2., 3., 4.])
    """
    return reshape.forward(x, shape=(-1,), order=order)


@op(
    x=lambda g, y, x, axes: transpose(g) if axes is None else transpose(g, axes=_undo(axes)),
    latex="{x}^{T}",
)
def transpose(x, *, axes=None):
    """Axis i of the result is axis axes[i] of x; without axes, the order is reversed. A view, never a copy.

    axes     every axis of x once; a negative one counts from the end
    raises   AxisError if axes is not such an arrangement

    >>> transpose([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    array([[1., 4.],
           [2., 5.],
           [3., 6.]])
    """
    if axes is None:
        return x if type(x) is float else x.T
    try:
        return np.transpose(x, axes)
    except (ValueError, TypeError):
        count = np.ndim(x)
        raise AxisError(
            f"transpose: axes={axes!r} does not arrange the axes of an array of shape {np.shape(x)}.",
            f"It must name each of the axes 0 to {count - 1} once." if count else "A single number has no axes.",
            f"Write transpose(x, {tuple(range(count))[::-1]}), which is also x.T.",
        ) from None


@op(x=lambda g, y, x, axis1, axis2: swapaxes(g, axis1=axis1, axis2=axis2), latex="{x}^{T}")
def swapaxes(x, *, axis1=-2, axis2=-1):
    """x with two axes exchanged: a view. Without axes, the transpose of each matrix in a batch (..., m, n).

    raises   AxisError if x has no such axis

    >>> swapaxes(np.zeros((2, 3, 4)), 0, 2).shape, swapaxes(np.zeros((2, 3, 4))).shape
    ((4, 3, 2), (2, 4, 3))
    """
    check_axes("swapaxes", (axis1, axis2), np.ndim(x), np.shape(x), repeated=True)
    return x.swapaxes(axis1, axis2)


@op(
    x=lambda g, y, x, source, destination: moveaxis(g, source=destination, destination=source),
    latex=r"\operatorname{moveaxis} {x}",
)
def moveaxis(x, *, source=0, destination=-1):
    """x with the axis `source` moved to the place `destination`, the others in their order: a view.

    source, destination   an int each, or sequences of equal length
    raises                AxisError if x has no such axis, names one twice, or the lengths differ

    >>> moveaxis(np.zeros((2, 3, 4)), 0, -1).shape
    (3, 4, 2)
    """
    check_axes("moveaxis", source, np.ndim(x), np.shape(x))
    check_axes("moveaxis", destination, np.ndim(x), np.shape(x))
    if np.size(source) != np.size(destination):
        raise AxisError(
            f"moveaxis: source={source!r} and destination={destination!r} name {np.size(source)} and "
            f"{np.size(destination)} axes.",
            "Each axis that is moved needs one new place.",
            "Write as many destinations as sources, for example moveaxis(x, (0, 1), (1, 0)).",
        )
    return np.moveaxis(x, source, destination)


@op(x=lambda g, y, x, axis: reshape(g, shape=shape_of(x)), latex="{x}")
def expand_dims(x, *, axis=0):
    """x with a new axis of length 1 at the place `axis` of the result: a view.

    axis     an int, or several in a tuple
    raises   AxisError if the result has no such axis

    >>> expand_dims([1.0, 2.0], 1)
    array([[1.],
           [2.]])
    """
    shape = list(np.shape(x))
    for i in sorted(check_axes("expand_dims", axis, len(shape) + np.size(axis), np.shape(x), "The result")):
        shape.insert(i, 1)
    return np.reshape(x, shape)


@op(x=lambda g, y, x, axis: reshape(g, shape=shape_of(x)), latex="{x}")
def squeeze(x, *, axis=None):
    """x without its axes of length 1, or without those in `axis`: a view.

    raises   AxisError if x has no such axis, ShapeError if its length is not 1

    >>> squeeze([[1.0, 2.0]]), squeeze([[5.0]])
    (array([1., 2.]), 5.0)
    """
    if axis is None:
        return np.squeeze(x)
    axes, shape = check_axes("squeeze", axis, np.ndim(x), np.shape(x)), np.shape(x)
    for i in axes:
        if shape[i] != 1:
            raise ShapeError(
                f"squeeze: axis {i} of the shape {shape} has length {shape[i]}, not 1.",
                "Only an axis of length 1 can be left out without losing or adding up numbers.",
                f"Write sum(x, axis={i}) or mean(x, axis={i}) to combine its entries, or x[0] to pick one.",
            )
    return np.squeeze(x, axes)


@op(x=lambda g, y, x, axis: flip(g, axis=axis), latex=r"\operatorname{flip} {x}")
def flip(x, *, axis=None):
    """x with the order of its entries reversed along `axis` (an int, a tuple, or None: all axes): a view.

    raises   AxisError if x has no such axis

    >>> flip([1.0, 2.0, 3.0])
    array([3., 2., 1.])
    """
    if axis is not None:
        axis = check_axes("flip", axis, np.ndim(x), np.shape(x))
    return np.flip(x, axis)


@op(x=lambda g, y, x, shift, axis: roll(g, shift=_negative(shift), axis=axis), latex=r"\operatorname{roll} {x}")
def roll(x, *, shift=1, axis=None):
    """x with its entries moved `shift` places along `axis`; what leaves at the end comes in at the start.

    shift    an int, or one per axis      axis   an int, a tuple, or None: x as one row, in its own shape again
    raises   AxisError if x has no such axis, ShapeError if the shifts do not fit the axes

    >>> roll([1.0, 2.0, 3.0, 4.0], 1)
    array([4., 1., 2., 3.])
    """
    count = 1
    if axis is not None:
        count = len(check_axes("roll", axis, np.ndim(x), np.shape(x), repeated=True))
    if not whole(shift) or (np.size(shift) != 1 and count not in (1, np.size(shift))):
        raise ShapeError(
            f"roll: shift={shift!r} does not fit axis={axis!r}.",
            "Each axis is moved by its own whole number of places, or all by the same one.",
            f"Write one int, or {count}: one per axis.",
        )
    return np.roll(x, shift, axis)


def _undo(axes):
    """The arrangement that puts transposed axes back: its i-th entry says where axis i went."""
    places = [0] * len(axes)
    for place, axis in enumerate(axes):
        places[axis] = place  # a negative axis counts from the end here as well
    return tuple(places)


def _negative(shift):
    """Every shift in the other direction."""
    return -shift if np.ndim(shift) == 0 else tuple(-s for s in shift)


def _nearest_shape(size, wanted):
    """A shape that `size` numbers do fill, as close to the wanted one as the message needs."""
    for i in range(len(wanted)):
        others = math.prod(n for j, n in enumerate(wanted) if j != i)
        if others > 0 and size % others == 0:
            return (*wanted[:i], -1, *wanted[i + 1 :])
    return (-1,)
