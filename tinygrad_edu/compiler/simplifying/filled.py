"""Arrays that hold one number everywhere, or copies of a smaller array: the small one does, where the others are full.

The gradient of a sum is such an array, so most programs have many of them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...ops import arithmetic, broadcasting, reductions
from ...ops.broadcasting import shape_of
from ...ops.indexing import getitem
from ...ops.op import Op
from ..recording.masks import MASKS
from ..recording.picking import filled
from .rules import exact, made_by, precision, rule
from .shapes import REARRANGED, TURNED, shape_after

COMPARING = set(MASKS.values())


@rule(*REARRANGED, broadcasting.broadcast_to, getitem)
def number_everywhere(book: Any, op: Op, x: Any) -> Any:
    """A number broadcast to a shape, or reshaped, or x[None] → one number everywhere"""
    if shape_of(x) or (type(x) is not float and x.is_mask):
        return None
    return everywhere(book, x, shape_of(op.compute(x if type(x) is float else x.sample)))


@rule(broadcasting.cast, of=filled)
def cast_of_filled(book: Any, op: Op, x: Any) -> Any:
    """One number everywhere, in another precision → the same in that precision"""
    if x.dtype != np.float64:  # it has been rounded
        return None
    return book.write(filled.bind(shape=x.shape, dtype=np.dtype(op.settings["dtype"])), x.inputs)


@rule(reductions.sum, broadcasting.sum_to, of=filled)
def sum_of_filled(book: Any, op: Op, x: Any) -> Any:
    """The sum of n equal numbers → n times the number"""
    shape = shape_of(op.compute(x.sample))
    count = x.size // max(1, math.prod(shape))
    if not exact(x) or not count:
        return None
    return everywhere(book, book.write(arithmetic.multiply, (float(count), x.inputs[0])), shape)


@rule(*REARRANGED, *TURNED, broadcasting.broadcast_to, of=filled)
def moved_filled(book: Any, op: Op, x: Any) -> Any:
    """One number everywhere, reshaped or transposed → one number everywhere"""
    shape = shape_after(op, x)
    if not shape:
        return x.inputs[0] if exact(x) else None
    return book.write(filled.bind(shape=shape, dtype=x.dtype), x.inputs)


@rule(getitem, of=filled)
def part_of_filled(book: Any, op: Op, x: Any) -> Any:
    """An entry or a part of an array that holds one number everywhere → that number there"""
    shape = shape_of(op.compute(x.sample))
    return everywhere(book, x.inputs[0], shape) if exact(x) else None


def everywhere(book: Any, number: Any, shape: tuple[int, ...]) -> Any:
    """One number in every place of a shape, in double precision."""
    return book.write(filled.bind(shape=shape, dtype=np.dtype(float)), (number,)) if shape else number


def unstretched(book: Any, op: Op, given: list[Any]) -> Any:
    """filled(g) · x → g · x, broadcast_to(b) + x → b + x, and exp(broadcast_to(b)) → broadcast_to(exp(b))"""
    small = [x.inputs[0] if made_by(x, filled, broadcasting.broadcast_to) else x for x in given]
    if common(small) != common(given) or any(made_by(x, filled) and x.dtype != common(given) for x in given):
        return None  # a number in single precision would be rounded elsewhere
    whole, now = (np.broadcast_shapes(*map(shape_of, xs)) for xs in (given, small))
    if now == whole:
        return book.write(op, tuple(small))
    if op in COMPARING or common(given) == np.float16 or (not now and common(given) != np.float64):
        return None
    result = book.write(op, tuple(small))
    return book.write(broadcasting.broadcast_to.bind(shape=whole), (result,)) if shape_of(result) == now else None


def common(xs: list[Any]) -> Any:
    """The precision in which an operation of these computes; numbers take that of the others, masks have none."""
    dtypes = [precision(x) for x in xs if precision(x) is not None and not x.is_mask]
    return np.result_type(*dtypes) if dtypes else np.dtype(float)
