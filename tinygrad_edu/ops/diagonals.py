"""Diagonals and triangles of matrices: entries picked by where they stand, so the gradient stands there too.

>>> diag([1.0, 2.0]), tril([[1.0, 2.0], [3.0, 4.0]])
(array([[1., 0.],
       [0., 2.]]), array([[1., 0.],
       [3., 4.]]))
"""

from __future__ import annotations

import numpy as np

from ..errors import AxisError, ShapeError
from .arguments import check_axes
from .broadcasting import shape_of
from .op import op


@op(
    x=lambda g, y, x, k: diag(g, k=k) if len(shape_of(x)) == 1 else put_diagonal(g, shape=shape_of(x), offset=k),
    latex=r"\operatorname{diag} {x}",
)
def diag(x, *, k=0):
    """The k-th diagonal of a matrix (above the main one for k > 0), or the matrix with x on that diagonal.

    x        (m, n) gives one axis, (n,) gives (n + |k|, n + |k|)
    raises   ShapeError for more axes

    >>> diag([[1.0, 2.0], [3.0, 4.0]])
    array([1., 4.])
    """
    if np.ndim(x) not in (1, 2):
        raise ShapeError(
            f"diag: x has the shape {np.shape(x)}.",
            "One axis becomes the diagonal of a matrix, a matrix gives its diagonal; other arrays have neither.",
            "Write diagonal(x, axis1=-2, axis2=-1) for the diagonal of each matrix in a batch.",
        )
    return np.diag(x, k)


@op(
    x=lambda g, y, x, offset, axis1, axis2: put_diagonal(g, shape=shape_of(x), offset=offset, axis1=axis1, axis2=axis2),
    latex=r"\operatorname{diag} {x}",
)
def diagonal(x, *, offset=0, axis1=0, axis2=1):
    """The diagonals of the matrices in two axes of x, as the last axis: a view.

    raises   AxisError if x has no such axes

    >>> diagonal([[1.0, 2.0], [3.0, 4.0]], 1)
    array([2.])
    """
    shape = np.shape(x)
    if len(shape) < 2:
        raise AxisError(
            f"diagonal: x of shape {shape} has no two axes.",
            "A diagonal runs through the rows and columns of a matrix.",
            "Write diag(x) for the matrix with x on its diagonal.",
        )
    check_axes("diagonal", (axis1, axis2), len(shape), shape)
    return np.diagonal(x, offset, axis1, axis2)


@op(
    x=lambda g, y, x, shape, offset, axis1, axis2: diagonal(g, offset=offset, axis1=axis1, axis2=axis2),
    latex=r"\operatorname{diag} {x}",
)
def put_diagonal(x, *, shape=(), offset=0, axis1=0, axis2=1):
    """Zeros of `shape` with x on the diagonal: `diagonal` and this are each other's derivative.

    >>> put_diagonal([5.0, 6.0], shape=(2, 3), offset=1)
    array([[0., 5., 0.],
           [0., 0., 6.]])
    """
    y = np.zeros(shape, x.dtype)
    matrices = np.moveaxis(y, (axis1, axis2), (-2, -1))
    places = np.arange(x.shape[-1])
    matrices[..., places + max(-offset, 0), places + max(offset, 0)] = x
    return y


@op(x=lambda g, y, x, k: triu(g, k=k), latex=r"\operatorname{triu} {x}")
def triu(x, *, k=0):
    """The upper triangle of each matrix, 0 below its k-th diagonal.

    >>> triu([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 2.],
           [0., 4.]])
    """
    return np.triu(_matrix("triu", x), k)


@op(x=lambda g, y, x, k: tril(g, k=k), latex=r"\operatorname{tril} {x}")
def tril(x, *, k=0):
    """The lower triangle of each matrix, 0 above its k-th diagonal.

    >>> tril([[1.0, 2.0], [3.0, 4.0]], -1)
    array([[0., 0.],
           [3., 0.]])
    """
    return np.tril(_matrix("tril", x), k)


def _matrix(name, x):
    """x, if it has rows and columns (one axis is a row that NumPy repeats)."""
    if np.ndim(x) == 0:
        raise ShapeError(
            f"{name}: x is a single number.",
            "A triangle is a part of a matrix.",
            "Write [[x]] for a matrix with one entry.",
        )
    return x
