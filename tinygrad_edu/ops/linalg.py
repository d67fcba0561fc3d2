"""Inverses, and what is solved with them. Every derivative here is one of the same inverse matrix.

>>> inv([[2.0, 0.0], [0.0, 4.0]]), solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 4.0])
(array([[0.5 , 0.  ],
       [0.  , 0.25]]), array([1., 1.]))
"""

from __future__ import annotations

import numpy as np

from ..errors import DataError, ShapeError
from .domain import REAL
from .joining import concatenate
from .matrices import REGULAR, singular, square, transposed
from .op import op

WHY_SQUARE = "An inverse undoes a map of a space to itself: as many equations as unknowns, so a square matrix."


@op(x=lambda g, y, x: -(transposed(y) @ g @ transposed(y)), latex="{x}^{-1}", domain=REGULAR)
def inv(x):
    """The inverse of each matrix: inv(x) @ x is the identity.

    x        (..., n, n), invertible
    raises   ShapeError if x is not square, MatrixError if it is singular
    source   M. Giles, Collected matrix derivative results for forward and reverse mode AD, 2008, section 2.2.3

    >>> inv([[1.0, 1.0], [0.0, 2.0]])
    array([[ 1. , -0.5],
           [ 0. ,  0.5]])
    """
    square("inv", x, WHY_SQUARE, "Write pinv(x) for the pseudo-inverse of any matrix.")
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError:
        raise singular("inv", x) from None


@op(
    a=lambda g, y, a, b: -_outer(_solved_back(a, b, g), y, b),
    b=lambda g, y, a, b: _solved_back(a, b, g),
    latex="{a}^{-1} {b}",
    domain={"a": REGULAR, "b": REAL},
)
def solve(a, b):
    """Solve a @ x = b for x.

    a        (..., n, n), invertible        b    (n,) or (..., n, k); the axes in front are broadcast
    returns  (..., n) or (..., n, k)
    raises   ShapeError if a is not square or the sizes differ, MatrixError if a is singular
    source   G. Golub, C. Van Loan, Matrix Computations, 4th ed., section 3.4; Giles 2008, section 2.3.1

    >>> solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 4.0])
    array([1., 1.])
    """
    square("solve", a, WHY_SQUARE, "Write pinv(a) @ b for the solution that fits best.")
    if np.ndim(b) == 0 or b.shape[0 if b.ndim == 1 else -2] != a.shape[-1]:
        raise ShapeError(
            f"solve: a of shape {a.shape} and b of shape {np.shape(b)} do not fit.",
            f"a has {a.shape[-2]} equations, so b needs {a.shape[-2]} right-hand sides: one entry or row per equation.",
            f"Write b with the shape ({a.shape[-1]},), or ({a.shape[-1]}, k) for k systems at once.",
        )
    try:
        return np.linalg.solve(a, b[:, None])[..., 0] if b.ndim == 1 else np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        raise singular("solve", a) from None


def _solved_back(a, b, g):
    """The gradient of b: the transposed system, solved for g."""
    if b.ndim > 1:
        return solve(transposed(a), g)
    return solve(transposed(a), g) if a.ndim == 2 else solve(transposed(a), g[..., None])[..., 0]


def _outer(w, y, b):
    """w yᵀ, for vectors or matrices of columns."""
    return w @ transposed(y) if b.ndim > 1 else w[..., None] * y[..., None, :]


@op(x=lambda g, y, x, n: _power_moved(x, g, n), latex="{x}^{n}", domain=REGULAR)
def matrix_power(x, *, n=1):
    """The n-th power of each square matrix: x @ x @ ... @ x, the identity for n = 0, of the inverse for n < 0.

    x        (..., k, k)        n    an int
    raises   ShapeError if x is not square, DataError if n is not whole, MatrixError if x is singular and n < 0
    source   the derivative: N. Higham, Functions of Matrices, 2008, theorem 3.6 (Mathias 1996)

    >>> matrix_power([[1.0, 1.0], [0.0, 1.0]], 5)
    array([[1., 5.],
           [0., 1.]])
    """
    square("matrix_power", x, "A power multiplies a matrix with itself: its rows must be as long as its columns.")
    if not isinstance(n, (int, np.integer)):
        raise DataError(
            f"matrix_power: n = {n!r} is not a whole number.",
            "A matrix can be multiplied with itself a whole number of times.",
            "Write an int; a negative one takes powers of the inverse.",
        )
    try:
        return np.linalg.matrix_power(x, n)
    except np.linalg.LinAlgError:
        raise singular("matrix_power", x) from None


def _power_moved(x, g, n):
    """How far xᵀⁿ moves when xᵀ moves by g: the upper right block of the n-th power of (xᵀ g; 0 xᵀ)."""
    x = transposed(x)
    size = x.shape[-1]
    blocks = concatenate([concatenate([x, g], -1), concatenate([0.0 * x, x], -1)], -2)
    return matrix_power(blocks, n=n)[..., :size, size:]
