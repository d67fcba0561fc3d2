"""Symmetric matrices: their Cholesky factor, their eigenvalues and eigenvectors.

>>> cholesky([[4.0, 2.0], [2.0, 5.0]]), eigh([[2.0, 0.0], [0.0, 1.0]]).eigenvalues
(array([[2., 0.],
       [1., 2.]]), array([1., 2.]))
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..errors import unknown_name
from .diagonals import tril, triu
from .linalg import inv
from .matrices import (
    DEFINITE,
    SYMMETRIC,
    MatrixError,
    no_convergence,
    on_diagonal,
    one_over_gaps,
    square,
    the_matrix,
    transposed,
)
from .op import op
from .selecting import absolute, maximum

WHY_SYMMETRIC = "This decomposition is one of symmetric matrices, and those are square."


class EighResult(NamedTuple):
    """What `eigh` returns: x = eigenvectors @ diag(eigenvalues) @ eigenvectors.T."""

    eigenvalues: Any
    eigenvectors: Any


@op(x=lambda g, y, x: _read_below(_cholesky_back(g, y)), latex=r"\operatorname{chol} {x}", domain=DEFINITE)
def cholesky(x):
    """The lower triangular L with L @ L.T = x.

    x        (..., n, n), symmetric and positive definite. As in NumPy only its lower triangle is read, so that is
             where the whole gradient arrives: an entry below the diagonal stands for its mirror image too
    raises   ShapeError if x is not square, MatrixError if it is not positive definite
    source   M. Giles 2008, section 2.2.7; I. Murray, Differentiation of the Cholesky decomposition, 2016, eq. 10

    >>> cholesky([[4.0, 2.0], [2.0, 5.0]])
    array([[2., 0.],
           [1., 2.]])
    """
    square("cholesky", x, WHY_SYMMETRIC)
    try:
        return np.linalg.cholesky(x)
    except np.linalg.LinAlgError:
        least = np.linalg.eigvalsh(x).min()
        raise MatrixError(
            f"cholesky: {the_matrix(x)} is not positive definite: its smallest eigenvalue is {least:.4g}.",
            "L @ L.T has no negative eigenvalues, and L would need a zero or imaginary diagonal for this one.",
            f"Write x + {max(1e-6, -1.1 * least):.2g} * np.eye({x.shape[-1]}) to lift all eigenvalues above 0.",
        ) from None


def _cholesky_back(g, y):
    """The symmetric gradient: L⁻ᵀ (lower half of Lᵀ g, mirrored) L⁻¹ / 2."""
    m = tril(transposed(y) @ g)
    m = m + transposed(tril(m, k=-1))
    inverse = inv(y)
    return 0.5 * transposed(inverse) @ m @ inverse


def eigh(x, UPLO="L"):
    """The eigenvalues (ascending) and eigenvectors (in columns) of symmetric matrices.

    x        (..., n, n)        UPLO    the triangle that is read, "L" below or "U" above; the gradient arrives there
    returns  a pair (eigenvalues (..., n), eigenvectors (..., n, n)), whose signs are arbitrary, as always
    raises   ShapeError if x is not square
    source   M. Giles 2008, section 3.1, made symmetric; the derivative exists where the eigenvalues differ

    Where eigenvalues are equal their eigenvectors can be any basis of a plane, and have no derivative. The mixing
    inside such a plane is then taken as 0: right for functions that treat equal eigenvalues alike (their sum, the
    log of their product) or use the whole plane (a projection), not for others.

    >>> values, vectors = eigh([[2.0, 1.0], [1.0, 2.0]])
    >>> values, abs(vectors).round(4)
    (array([1., 3.]), array([[0.7071, 0.7071],
           [0.7071, 0.7071]]))
    """
    both = eigenpairs(x, UPLO=UPLO.upper())
    return EighResult(both[..., 0, :], both[..., 1:, :])


def eigvalsh(x, UPLO="L"):
    """The eigenvalues of symmetric matrices in ascending order; see `eigh`.

    >>> eigvalsh([[2.0, 1.0], [1.0, 2.0]])
    array([1., 3.])
    """
    return eigenpairs(x, UPLO=UPLO.upper())[..., 0, :]


@op(x=lambda g, y, x, UPLO: _eigenpairs_back(g, y, UPLO), latex=r"\operatorname{eig} {x}", domain=SYMMETRIC)
def eigenpairs(x, *, UPLO="L"):
    """`eigh` in one array (..., n + 1, n): each column holds an eigenvalue and, below it, its eigenvector.

    >>> eigenpairs([[2.0, 0.0], [0.0, 3.0]])
    array([[2., 3.],
           [1., 0.],
           [0., 1.]])
    """
    if UPLO not in ("L", "U"):
        raise unknown_name("triangle", UPLO, ("L", "U"))
    try:
        values, vectors = np.linalg.eigh(square("eigh", x, WHY_SYMMETRIC), UPLO)
    except np.linalg.LinAlgError:
        raise no_convergence("eigh", x) from None
    return np.concatenate([values[..., None, :], vectors], -2)


def _eigenpairs_back(g, y, UPLO):
    """V (diag(g of the values) + F ∘ Vᵀ g of the vectors) Vᵀ with F_ij = 1 / (w_j - w_i), read in one triangle."""
    values, vectors = y[..., 0, :], y[..., 1:, :]
    scale = maximum(absolute(values[..., :1]), absolute(values[..., -1:]))
    inside = one_over_gaps(values, scale) * (transposed(vectors) @ g[..., 1:, :]) + on_diagonal(g[..., 0, :])
    s = vectors @ inside @ transposed(vectors)
    s = 0.5 * (s + transposed(s))
    return _read_below(s) if UPLO == "L" else triu(s) + triu(s, k=1)


def _read_below(s):
    """What arrives at the lower triangle when it stands for the whole symmetric matrix s."""
    return tril(s) + tril(s, k=-1)
