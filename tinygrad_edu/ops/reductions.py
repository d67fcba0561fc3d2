"""From many numbers to few: every entry along the axis has its part in the result, and in its gradient.

axis       None for all axes, an int, or several in a tuple; negative ones count from the end
keepdims   True to leave the reduced axes there, with length 1

>>> x = np.array([[1.0, 2.0], [3.0, 5.0]])
>>> sum(x), sum(x, 0), max(x, axis=1, keepdims=True).shape
(11.0, array([4., 7.]), (2, 1))
"""

from __future__ import annotations

import math

import numpy as np

from ..errors import UnsupportedError
from .broadcasting import shape_of
from .domain import NONZERO
from .kinks import gate, ratio_or_zero
from .op import op
from .reducing import chosen, count, expanded, reduced
from .rules import zero
from .selecting import absolute, sign
from .shapes import expand_dims


@op(x=lambda g, y, x, axis, keepdims: expanded(g, axis, keepdims), latex=r"\sum {x}")
def sum(x, *, axis=None, keepdims=False):
    """The sum along the axis. Each entry counts once, so each receives the gradient as it is.

    >>> sum([[1.0, 2.0], [3.0, 4.0]], axis=0)
    array([4., 6.])
    """
    return reduced(np.add, x, axis, keepdims)


@op(x=lambda g, y, x, axis, keepdims: expanded(g / count(x, axis), axis, keepdims), latex=r"\operatorname{mean} {x}")
def mean(x, *, axis=None, keepdims=False):
    """The sum along the axis, divided by how many there are. Each entry receives that share of the gradient.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    if getattr(x, "dtype", None) == np.float16:  # NumPy's wrapper adds halves up in float32, and takes 3 µs longer
        return np.mean(x, axis=chosen(axis), keepdims=keepdims)
    return reduced(np.add, x, axis, keepdims) / count(x, axis)


@op(x=lambda g, y, x, axis, keepdims: _extreme_share(g, y, x, axis, keepdims), latex=r"\max {x}")
def max(x, *, axis=None, keepdims=False):
    """The largest entry along the axis. At the kink, where several are largest, they share the gradient equally.

    >>> max([[1.0, 5.0], [7.0, 3.0]], axis=1)
    array([5., 7.])
    """
    return reduced(np.maximum, x, axis, keepdims)


@op(x=lambda g, y, x, axis, keepdims: _extreme_share(g, y, x, axis, keepdims), latex=r"\min {x}")
def min(x, *, axis=None, keepdims=False):
    """The smallest entry along the axis. At the kink, where several are smallest, they share the gradient equally.

    >>> min([[1.0, 5.0], [7.0, 3.0]], axis=1)
    array([1., 3.])
    """
    return reduced(np.minimum, x, axis, keepdims)


@op(
    x=lambda g, y, x, axis, ddof, keepdims: (
        expanded(g * (2.0 / _degrees(x, axis, ddof)), axis, keepdims) * (x - mean(x, axis=axis, keepdims=True))
    ),
    latex=r"\operatorname{var} {x}",
)
def var(x, *, axis=None, ddof=0, keepdims=False):
    """The mean squared distance from the mean; the sum is divided by n - ddof.

    >>> var([1.0, 2.0, 6.0]), var([1.0, 2.0, 6.0], ddof=1)
    (4.666666666666667, 7.0)
    """
    return np.var(x, axis=chosen(axis), ddof=ddof, keepdims=keepdims)


@op(
    x=lambda g, y, x, axis, ddof, keepdims: (
        expanded(g / _degrees(x, axis, ddof), axis, keepdims)
        * ratio_or_zero(x - mean(x, axis=axis, keepdims=True), expanded(y, axis, keepdims))
    ),
    latex=r"\operatorname{std} {x}",
)
def std(x, *, axis=None, ddof=0, keepdims=False):
    """The square root of the variance. At the kink, where all entries are equal, the derivative is 0.

    >>> std([1.0, 1.0, 7.0, 7.0])
    3.0
    """
    return np.std(x, axis=chosen(axis), ddof=ddof, keepdims=keepdims)


@op(
    x=lambda g, y, x, ord, axis, keepdims: (
        expanded(g, axis, keepdims) * _norm_slope(x, expanded(y, axis, keepdims), ord, axis)
    ),
    latex=r"\left\| {x} \right\|",
    domain=NONZERO,
)
def norm(x, *, ord=None, axis=None, keepdims=False):
    """The length of x, or of each vector along the axis. At the kink x = 0 the derivative is 0.

    ord      None, 2 or "fro"   the square root of the sum of squares (of a matrix: "fro" or None)
             1                  the sum of absolute values (vectors only)
             inf                the largest absolute value (vectors only); ties share the gradient equally
    raises   UnsupportedError for other lengths

    >>> norm([3.0, 4.0]), norm([3.0, -4.0], 1), norm([[3.0, -4.0]], math.inf, axis=1)
    (5.0, 7.0, array([4.]))
    """
    axis = chosen(axis)
    dimensions = np.ndim(x) if axis is None else np.size(axis)
    if ord not in ((None, "fro") if dimensions == 2 else (None, 1, 2, math.inf)) or (ord and dimensions > 2):
        raise UnsupportedError(
            f"norm: ord={ord!r} for {dimensions} axes has no derivative here.",
            "There are None, 1, 2 and inf for vectors (one axis), None and 'fro' for matrices (two axes).",
            "Choose one of them, name the axis of the vectors, or write it with max, sum and absolute.",
        )
    return math.fabs(x) if type(x) is float else np.linalg.norm(x, ord, axis, keepdims)


@op(x=lambda g, y, x, offset, axis1, axis2: _trace_slope(g, x, offset, axis1, axis2), latex=r"\operatorname{tr} {x}")
def trace(x, *, offset=0, axis1=0, axis2=1):
    """The sum of the diagonal (the one `offset` above the main one) of the matrices in axis1 and axis2.

    >>> trace([[1.0, 2.0], [3.0, 4.0]])
    5.0
    """
    return np.trace(x, offset, axis1, axis2)


@op(x=zero, extreme=zero, latex=r"\left| \{ {x} = {extreme} \} \right|")
def ties(x, extreme, *, axis=None):
    """How many entries along the axis are equal to the largest or smallest one, at least 1; in the precision of x.

    >>> ties(np.array([5.0, 2.0, 5.0]), 5.0)
    2.0
    """
    equal = np.sum(x == extreme, axis=chosen(axis), keepdims=axis is not None, dtype=np.result_type(x))
    return np.maximum(equal, 1.0)  # nan equals nothing


# ── plain answers: positions and counts have no derivative ───────────────────────────────────────────────────────────
def argmax(x, axis=None, keepdims=False):
    """Where the largest entry along the axis is (the first, if several are): a plain int or array of ints.

    >>> int(argmax([1.0, 7.0, 3.0]))
    1
    """
    return np.argmax(getattr(x, "_held", x), axis=axis, keepdims=keepdims)


def argmin(x, axis=None, keepdims=False):
    """Where the smallest entry along the axis is (the first, if several are): a plain int or array of ints.

    >>> int(argmin([1.0, 7.0, 3.0]))
    0
    """
    return np.argmin(getattr(x, "_held", x), axis=axis, keepdims=keepdims)


def count_nonzero(x, axis=None, keepdims=False):
    """How many entries along the axis are not 0 (of a mask: true): a plain int or array of ints.

    >>> int(count_nonzero([1.0, 0.0, 3.0]))
    2
    """
    return np.count_nonzero(getattr(x, "_held", x), axis=axis, keepdims=keepdims)


# ── what the derivatives above share ─────────────────────────────────────────────────────────────────────────────────
def _degrees(x, axis, ddof):
    """What the sum of squares is divided by: n - ddof, and nan, as the result, if nothing is left."""
    n = count(x, axis) - ddof
    return n if n > 0.0 else math.nan


def _extreme_share(g, y, x, axis, keepdims):
    """Each largest (or smallest) entry receives an equal share, the others nothing."""
    y = expanded(y, axis, keepdims)
    return gate(expanded(g, axis, keepdims) / ties(x, y, axis=axis), x == y)


def _norm_slope(x, y, ord, axis):
    """The direction in which the length grows."""
    if ord == 1:
        return sign(x)
    if ord == math.inf:
        return gate(sign(x) / ties(absolute(x), y, axis=axis), absolute(x) == y)
    return ratio_or_zero(x, y)


def _trace_slope(g, x, offset, axis1, axis2):
    """The gradient on the diagonal, 0 elsewhere."""
    shape = shape_of(x)
    diagonal = np.eye(shape[axis1], shape[axis2], offset, dtype=bool)
    if axis1 % len(shape) > axis2 % len(shape):
        diagonal = diagonal.T
    sizes = [1] * len(shape)
    sizes[axis1], sizes[axis2] = shape[axis1], shape[axis2]
    g = g if shape_of(g) == () else expand_dims(g, axis=(axis1, axis2))
    return gate(g, diagonal.reshape(sizes))
