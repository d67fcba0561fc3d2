"""The singular value decomposition of any matrix, and the pseudo-inverse it leads to.

>>> svd([[0.0, 2.0], [3.0, 0.0]]).S, pinv([[2.0], [0.0]])
(array([3., 2.]), array([[0.5, 0. ]]))
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..errors import UnsupportedError
from .arguments import given
from .broadcasting import shape_of
from .matrices import DISTINCT, matrices, no_convergence, no_zero, on_diagonal, one_over_gaps, tiny, transposed
from .op import op
from .selecting import where


class SVDResult(NamedTuple):
    """What `svd` returns: x = U @ diag(S) @ Vh."""

    U: Any
    S: Any
    Vh: Any


def svd(x, full_matrices=True, compute_uv=True):
    """The singular value decomposition: x = U @ diag(S) @ Vh, the columns of U and rows of Vh orthonormal.

    x              (..., m, n), wide or tall; k = min(m, n)
    full_matrices  must be False unless m = n: the columns that would fill up U or Vh are arbitrary
    compute_uv     False returns S alone
    returns        U (..., m, k), S (..., k) descending, Vh (..., k, n); the signs of U and Vh are arbitrary
    source         J. Townsend, Differentiating the singular value decomposition, 2016; C. Ionescu, O. Vantzos,
                   C. Sminchisescu, Matrix backpropagation for deep networks with structured layers, 2015

    Equal singular values are treated as equal eigenvalues are in `eigh`; vectors that belong to 0 likewise.

    >>> u, s, vh = svd([[3.0, 0.0, 0.0], [0.0, 4.0, 0.0]], full_matrices=False)
    >>> s, (u * s @ vh).round(12) + 0.0
    (array([4., 3.]), array([[3., 0., 0.],
           [0., 4., 0.]]))
    """
    x = given(x)
    triples, (rows, columns) = singular_triples(x), shape_of(x)[-2:]
    if not compute_uv:
        return triples[..., rows]
    if full_matrices and rows != columns:
        raise UnsupportedError(
            f"svd: full_matrices=True for a matrix of shape ({rows}, {columns}).",
            "The vectors that would fill up the longer side are arbitrary, so they have no derivative.",
            "Write svd(x, full_matrices=False).",
        )
    return SVDResult(transposed(triples[..., :rows]), triples[..., rows], triples[..., rows + 1 :])


@op(x=lambda g, y, x: _triples_back(g, y, x.shape[-2], x.shape[-1]), latex=r"\operatorname{svd} {x}", domain=DISTINCT)
def singular_triples(x):
    """`svd` in one array (..., k, m + 1 + n): each row holds a column of U, a singular value and a row of Vh.

    >>> singular_triples([[2.0]])
    array([[1., 2., 1.]])
    """
    try:
        u, s, v = np.linalg.svd(matrices("svd", x), full_matrices=False)
    except np.linalg.LinAlgError:
        raise no_convergence("svd", x) from None
    return np.concatenate([u.swapaxes(-2, -1), s[..., None], v], -1)


def _triples_back(g, y, rows, columns):
    """Townsend's formula; u and v hold the singular vectors in rows, gu and gv their gradients."""
    u, s, v = y[..., :rows], y[..., rows], y[..., rows + 1 :]
    gu, gs, gv = g[..., :rows], g[..., rows], g[..., rows + 1 :]
    mix_u, mix_v = u @ transposed(gu), v @ transposed(gv)
    gaps = one_over_gaps(s, s[..., :1]) / no_zero(s[..., None, :] + s[..., :, None])
    inside = gaps * (mix_u - transposed(mix_u)) * s[..., None, :]
    inside = inside + s[..., :, None] * (gaps * (mix_v - transposed(mix_v))) + on_diagonal(gs)
    inverse = where(tiny(s, s[..., :1]), 0.0, 1.0 / no_zero(s))[..., :, None]
    y = transposed(u) @ inside @ v
    if rows > columns:  # what moves U out of the space it spans
        y = y + transposed((gu - transposed(mix_u) @ u) * inverse) @ v
    if columns > rows:
        y = y + transposed(u) @ ((gv - transposed(mix_v) @ v) * inverse)
    return y


@op(
    x=lambda g, y, x, rcond: (
        (transposed(g) - x @ (y @ transposed(g))) @ (y @ transposed(y))
        + (transposed(y) @ y) @ (transposed(g) - (transposed(g) @ y) @ x)
        - transposed(y) @ g @ transposed(y)
    ),
    latex="{x}^{+}",
    domain=DISTINCT,
)
def pinv(x, *, rcond=None):
    """The pseudo-inverse of any matrix: pinv(x) @ b is the shortest of the vectors whose image is closest to b.

    x        (..., m, n); the derivative holds where the rank stays the same
    rcond    singular values below rcond times the largest count as 0 (None: NumPy's choice)
    returns  (..., n, m)
    source   G. Golub, V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems,
             SIAM J. Numer. Anal. 10, 1973, theorem 4.3

    >>> pinv([[2.0], [0.0]])
    array([[0.5, 0. ]])
    """
    return np.linalg.pinv(matrices("pinv", x)) if rcond is None else np.linalg.pinv(matrices("pinv", x), rcond)
