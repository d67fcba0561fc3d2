"""What the functions of linear algebra share: batches of square matrices, their transposes, and when they refuse.

>>> transposed(np.array([[[1.0, 2.0], [3.0, 4.0]]]))
array([[[1., 3.],
        [2., 4.]]])
"""

from __future__ import annotations

import numpy as np

from ..errors import DataError, ShapeError, TinygradError
from .diagonals import put_diagonal
from .domain import Domain
from .selecting import absolute, where
from .shapes import swapaxes


class MatrixError(TinygradError, np.linalg.LinAlgError):
    """A matrix without an inverse, or without the decomposition that was asked for."""


def transposed(x):
    """Each matrix of a batch (..., m, n) transposed: (..., n, m)."""
    return x.T if x.ndim == 2 else swapaxes(x)


def matrices(name, x):
    """x, if it is a matrix or a batch of them, with a precision LAPACK has; ShapeError or DataError if not.

    >>> matrices("pinv", np.ones((2, 3))).shape
    (2, 3)
    """
    if np.ndim(x) < 2:
        raise ShapeError(
            f"{name}: x of shape {np.shape(x)} is no matrix.",
            "A matrix has rows and columns, so two axes; more axes in front make a batch of matrices.",
            "Write x[:, None] for a column, or [[x]] for a matrix with one entry.",
        )
    if x.dtype == np.float16:
        raise DataError(
            f"{name}: x has the precision float16.",
            "Inverses and decompositions need more than three digits, and LAPACK offers none below float32.",
            f"Write {name}(x.astype(np.float32)) for an array.",
        )
    return x


def square(name, x, why="Only a square matrix maps a space to itself.", write=""):
    """x, if its matrices have as many rows as columns; ShapeError if not.

    >>> square("det", np.eye(2)).shape
    (2, 2)
    """
    rows, columns = matrices(name, x).shape[-2:]
    if rows != columns:
        raise ShapeError(
            f"{name}: the matrix of shape ({rows}, {columns}) is not square.",
            why,
            write or f"Write {name}(x.T @ x) for the square matrix of the products of its columns.",
        )
    return x


def singular(name, x):
    """The error for a matrix that nothing can undo."""
    return MatrixError(
        f"{name}: {the_matrix(x)} is singular: its determinant is 0.",
        "Its rows depend on each other, so it maps different vectors to the same one and nothing can undo that.",
        f"Write pinv(x) for the best substitute of the inverse, or x + 1e-6 * np.eye({x.shape[-1]}) for a regular one.",
    )


def one_over_gaps(w, scale):
    """The matrix 1 / (w_j - w_i), and 0 where the two are equal up to rounding."""
    gaps = w[..., None, :] - w[..., :, None]
    equal = tiny(gaps, scale[..., None])
    return where(equal, 0.0, 1.0 / where(equal, 1.0, gaps))


def tiny(x, scale):
    """Which entries are 0 up to what rounding does to numbers of this scale."""
    return absolute(x) <= 8 * x.shape[-1] * float(np.finfo(x.dtype).eps) * scale


def no_zero(x):
    """x with 1 for 0, to divide by where the quotient is not used."""
    return where(x == 0, 1.0, x)


def on_diagonal(x):
    """Matrices with the rows of x on their diagonals."""
    return put_diagonal(x, shape=(*x.shape, x.shape[-1]), axis1=-2, axis2=-1)


def the_matrix(x):
    """How a message names x."""
    return "the matrix" if x.ndim == 2 else "a matrix of the batch"


def no_convergence(name, x):
    """The error for matrices with nan or inf, the only ones that these decompositions refuse."""
    return MatrixError(
        f"{name}: {the_matrix(x)} has no decomposition: {np.isnan(x).sum()} of its entries are nan, "
        f"{np.isinf(x).sum()} are infinite.",
        "Decompositions are found by iteration, which does not end without finite numbers.",
        "Look for the operation that made them, for example a division by 0 or a log of 0.",
    )


def _regular(rng, shape):
    return rng.uniform(-1.0, 1.0, shape) + 2.0 * np.eye(*shape[-2:])


def _distinct(rng, shape):
    """Singular values 1, 2, 3, ... (and a little) in random directions."""
    u, s, v = np.linalg.svd(rng.normal(size=shape), full_matrices=False)
    values = np.arange(s.shape[-1], 0, -1.0) + rng.uniform(0.0, 0.4, s.shape)
    return u * values[..., None, :] @ v


def _definite(rng, shape):
    x = rng.uniform(-1.0, 1.0, shape)
    return x @ x.swapaxes(-2, -1) + np.eye(shape[-1])


def _symmetric(rng, shape):
    q = np.linalg.qr(rng.normal(size=shape))[0]
    values = np.arange(shape[-1]) - 1.0 + rng.uniform(0.0, 0.4, shape[:-1])
    return q * values[..., None, :] @ q.swapaxes(-2, -1)


REGULAR = Domain("matrices with determinant ≠ 0", make=_regular)
DISTINCT = Domain("matrices whose singular values are distinct and not 0", make=_distinct)
DEFINITE = Domain("symmetric, positive definite matrices", make=_definite)
SYMMETRIC = Domain("symmetric matrices with distinct eigenvalues", make=_symmetric)
