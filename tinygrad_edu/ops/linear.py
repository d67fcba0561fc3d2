"""A layer's x @ w.T + b as one primitive: three products, and nothing in between to store.

>>> linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([5.0]))
array([[16.]])
"""

from __future__ import annotations

import numpy as np

from .messages import wrong_operand
from .op import op, same
from .shapes import reshape


def _rows(x):
    """Everything in front of the last axis as one: a matrix with one row per sample."""
    return reshape(x, shape=(-1, x.shape[-1])) if x.ndim != 2 else x


@op(
    x=lambda g, y, x, w, b: g @ w,
    w=lambda g, y, x, w, b: _rows(g).T @ _rows(x),
    b=same,
    latex="{x} {w}^T + {b}",
)
def linear(x, w, b):
    """x @ w.T + b, what a fully connected layer computes.

    x        (..., n), one sample per row      w    (m, n), one row per neuron      b    (m,), or 0.0 for none
    returns  (..., m)
    raises   ShapeError if the widths differ or w is no matrix
    """
    if np.ndim(x) == 0 or np.ndim(w) != 2 or np.shape(x)[-1] != np.shape(w)[1] or np.shape(b) not in ((), np.shape(w)[:1]):
        raise wrong_operand("linear", (np.shape(x), np.shape(w), np.shape(b)), "(..., n), (m, n) and (m,)")
    y = x @ w.T
    return np.add(y, b, out=y) if np.result_type(y, b) == y.dtype else y + b
