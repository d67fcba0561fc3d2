"""Determinants. Their derivative is the matrix of cofactors, which exists for singular matrices too.

>>> det([[1.0, 2.0], [3.0, 4.0]]), cofactors([[1.0, 2.0], [3.0, 4.0]])
(-2.0000000000000004, array([[ 4., -3.],
       [-2.,  1.]]))
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .einsum import contraction
from .indexing import getitem
from .linalg import inv
from .matrices import REGULAR, square, transposed
from .op import op

WHY_SQUARE = "The determinant is the factor by which a map of a space to itself scales volumes."


@op(x=lambda g, y, x: _per_matrix(g) * cofactors(x), latex=r"\det {x}")
def det(x):
    """The determinant of each matrix: the signed volume of the box that its rows span.

    x        (..., n, n), singular or not: the derivative divides by nothing        returns  (...)
    raises   ShapeError if x is not square
    source   M. Giles, Collected matrix derivative results for forward and reverse mode AD, 2008, section 2.2.4

    >>> det([[2.0, 0.0], [5.0, 3.0]])
    6.0
    """
    return np.linalg.det(square("det", x, WHY_SQUARE))


@op(x=lambda g, y, x: cofactors_moved(g, x), latex=r"\operatorname{cof} {x}")
def cofactors(x):
    """The derivative of det(x) by every entry of x; for an invertible x it is det(x) · inv(x).T.

    With x = U diag(s) Vᵀ it is det(U) det(V) · U diag(products of all other s) Vᵀ: no division, so it is
    right for singular matrices as well.
    source   G. W. Stewart, On the adjugate matrix, Linear Algebra Appl. 283, 1998

    >>> cofactors([[1.0, 2.0], [2.0, 4.0]]).round(12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    u, s, v, sign = _decomposed(square("cofactors", x))
    return sign * (u * _products_of_others(s)[..., None, :]) @ v


@op(
    d=lambda g, y, d, x: cofactors_moved(g, x),
    x=lambda g, y, d, x: _third_derivative(g, d, x),
    latex=r"D\operatorname{cof} {x} [{d}]",
    domain=REGULAR,
)
def cofactors_moved(d, x):
    """How the cofactors of x move when x moves by d: the second derivative of det, for singular matrices too.

    Its own derivative by x (the third one of det) divides by det(x): it is for invertible matrices.

    >>> cofactors_moved([[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]])
    array([[0., 0.],
           [0., 1.]])
    """
    u, s, v, sign = _decomposed(x)
    d = u.swapaxes(-2, -1) @ d @ v.swapaxes(-2, -1)
    moved = np.empty_like(d)
    for i in range(s.shape[-1]):  # in these coordinates: products of all s but two, times entries of d
        without = s.copy()
        without[..., i] = 1.0
        pairs = _products_of_others(without)
        pairs[..., i] = 0.0
        moved[..., i, :] = -pairs * d[..., :, i]
        moved[..., i, i] = (pairs * np.diagonal(d, axis1=-2, axis2=-1)).sum(-1)
    return sign * u @ moved @ v


class SlogdetResult(NamedTuple):
    """What `slogdet` returns: det(x) = sign · exp(logabsdet)."""

    sign: Any
    logabsdet: Any


def slogdet(x):
    """The sign and the logarithm of |det| of each matrix, where the determinant itself would over- or underflow.

    x        (..., n, n)        returns  a pair (sign, logabsdet), each of shape (...)
    raises   ShapeError if x is not square; MatrixError on the way back from a singular matrix

    >>> slogdet([[0.0, 1.0], [1.0, 0.0]])
    SlogdetResult(sign=-1.0, logabsdet=0.0)
    """
    both = sign_and_log(x)
    return SlogdetResult(getitem(both, index=0), getitem(both, index=1))


@op(x=lambda g, y, x: _per_matrix(g[1]) * transposed(inv(x)), latex=r"\log |\det {x}|", domain=REGULAR)
def sign_and_log(x):
    """`slogdet` in one array of shape (2, ...): the sign, which has no gradient, and log |det|.

    >>> sign_and_log([[0.0, 1.0], [1.0, 0.0]])
    array([-1.,  0.])
    """
    return np.stack(np.linalg.slogdet(square("slogdet", x, WHY_SQUARE)))


def _per_matrix(g):
    """One number per matrix, so that it multiplies the matrix."""
    return g if type(g) is float or not g.shape else g[..., None, None]


def _decomposed(x):
    """u, s, v of x = u diag(s) v, and the sign det(u) det(v), which is 1 or -1."""
    u, s, v = np.linalg.svd(x)
    return u, s, v, np.round(np.linalg.det(u) * np.linalg.det(v))[..., None, None]


def _products_of_others(s):
    """For each entry along the last axis, the product of all others: those before it times those behind it."""
    ones = np.ones_like(s[..., :1])
    before = np.concatenate([ones, s[..., :-1]], -1).cumprod(-1)
    behind = np.concatenate([ones, s[..., :0:-1]], -1).cumprod(-1)[..., ::-1]
    return before * behind


def _third_derivative(g, d, x):
    """The derivative by x of <g, cofactors_moved(d, x)> = (<g,C><d,C> - <g, C dᵀ C>) / det(x), C the cofactors."""
    c, one_over_det = cofactors(x), 1.0 / _per_matrix(det(x))
    along_g, along_d = _inner(g, c), _inner(d, c)
    by_c = along_g * d + along_d * g - g @ transposed(c) @ d - d @ transposed(c) @ g
    value = along_g * along_d - _inner(g, c @ transposed(d) @ c)
    return cofactors_moved(by_c * one_over_det, x) - value * one_over_det * one_over_det * c


def _inner(a, b):
    """The sum of products over each matrix, ready to multiply a matrix."""
    return _per_matrix(contraction(a, b, subscripts="...ij,...ij->..."))
