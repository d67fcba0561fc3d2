"""Shapes that are changed and changed again: the same numbers, arranged once."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...ops import arithmetic, broadcasting, shapes
from ...ops.broadcasting import shape_of
from ...ops.op import Op
from .rules import exact, precision, rule, takes

REARRANGED = (shapes.reshape, shapes.expand_dims, shapes.squeeze, shapes.ravel)
TURNED = (shapes.transpose, shapes.swapaxes, shapes.moveaxis)
MOST_AXES = 15  # with more, nobody can count the entries of the example in `axes_after`


def shape_after(op: Op, x: Any) -> tuple[int, ...]:
    """The shape that an operation of shapes alone gives x (on an array that takes up no memory)."""
    like = np.broadcast_to(0.0, shape_of(x))
    return np.shape(op.forward(like))


def row_by_row(x: Op) -> bool:
    """Whether it reads the numbers in their order, row by row."""
    return x.settings.get("order", "C") == "C"


@rule(*REARRANGED, broadcasting.broadcast_to, broadcasting.sum_to)
def same_shape(book: Any, op: Op, x: Any) -> Any:
    """reshape, ravel, expand_dims, squeeze, broadcast_to, sum_to that change nothing → x"""
    return x if type(x) is not float and row_by_row(op) and shape_after(op, x) == x.shape else None


@rule(*REARRANGED, of=REARRANGED)
def rearranged_again(book: Any, op: Op, x: Any) -> Any:
    """reshape(reshape(x)) → reshape(x), also with expand_dims, squeeze and ravel"""
    if not row_by_row(op) or not row_by_row(x.op):
        return None
    if not x.shape and not exact(x.inputs[0]):  # on its way it was a number, which is of double precision
        return None
    return book.write(shapes.reshape.bind(shape=shape_after(op, x), order="C"), x.inputs)


@rule(broadcasting.broadcast_to, of=broadcasting.broadcast_to)
def broadcast_again(book: Any, op: Op, x: Any) -> Any:
    """broadcast_to(broadcast_to(x)) → broadcast_to(x)"""
    return book.write(op, x.inputs)


@rule(broadcasting.broadcast_to, of=shapes.expand_dims)
def new_axes_in_front(book: Any, op: Op, x: Any) -> Any:
    """broadcast_to(expand_dims(x, 0)) → broadcast_to(x): broadcasting makes new axes in front by itself"""
    (inner,) = x.inputs
    if type(inner) is float or (1,) * (x.ndim - inner.ndim) + inner.shape != x.shape:
        return None
    return book.write(op, (inner,))


@rule(broadcasting.sum_to, of=broadcasting.broadcast_to)
def sum_of_copies(book: Any, op: Op, x: Any) -> Any:
    """The sum over n copies of x → n · x"""
    (inner,) = x.inputs
    count = x.size // max(1, math.prod(shape_of(inner)))
    if shape_of(inner) != op.settings["shape"] or not count or precision(inner) == np.float16:
        return None
    return book.write(arithmetic.multiply, (float(count), inner))


@rule(*TURNED, of=TURNED)
def turned_again(book: Any, op: Op, x: Any) -> Any:
    """(xᵀ)ᵀ → x, and any two turns → one"""
    (inner,) = x.inputs
    if type(inner) is float or x.ndim > MOST_AXES:
        return None
    order = [axes_after(x.op, inner.ndim)[axis] for axis in axes_after(op, x.ndim)]
    return turned(book, inner, order)


@rule(*TURNED)
def turned_nowhere(book: Any, op: Op, x: Any) -> Any:
    """A transpose of a row, or with the axes as they are → x"""
    return x if x.ndim <= MOST_AXES and axes_after(op, x.ndim) == list(range(x.ndim)) else None


def axes_after(op: Op, count: int) -> list[int]:
    """Which axis of x each axis of the result is: an example (that takes up no memory) has axes of lengths 2, 3, 4 …"""
    like = np.broadcast_to(0.0, tuple(range(2, 2 + count)))
    return [n - 2 for n in np.shape(op.forward(like))]


def turned(book: Any, x: Any, order: list[int]) -> Any:
    """x with its axes in this order."""
    if order == list(range(x.ndim)):
        return x
    axes = None if order == list(range(x.ndim))[::-1] else tuple(order)
    return book.write(shapes.transpose.bind(axes=axes), (x,))


@rule(shapes.flip, of=shapes.flip)
def flipped_back(book: Any, op: Op, x: Any) -> Any:
    """flip(flip(x)) → x"""
    return x.inputs[0] if op is x.op and type(x.inputs[0]) is not float else None


@rule(broadcasting.cast)
def same_precision(book: Any, op: Op, x: Any) -> Any:
    """A cast to the precision x has → x"""
    return x if not x.is_mask and takes(x, np.dtype(op.settings["dtype"])) else None


@rule(broadcasting.cast, of=broadcasting.cast)
def cast_again(book: Any, op: Op, x: Any) -> Any:
    """A cast to a finer precision and on → one cast; what was rounded stays rounded"""
    (inner,) = x.inputs
    return book.write(op, (inner,)) if np.can_cast(inner.dtype, x.dtype) else None
