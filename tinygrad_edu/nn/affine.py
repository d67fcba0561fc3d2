"""The product at the heart of every layer: each output is a weighted sum of all inputs, plus a bias.

As one primitive, because it is computed so often: a transpose, a product and a sum would be three records, and the
gradient of a transposed matrix would have to be copied back into order (784 · 256 weights: 0.4 ms per step).
"""

from __future__ import annotations

from typing import Any

from ..ops.broadcasting import shape_of
from ..ops.op import op
from ..ops.shapes import reshape


def _rows(x: Any) -> Any:
    """x as a matrix with its last axis as columns."""
    return x if len(shape_of(x)) == 2 else reshape(x, shape=(-1, shape_of(x)[-1]))


@op(
    x=lambda g, y, x, weight, bias: g @ weight,
    weight=lambda g, y, x, weight, bias: _rows(g).T @ _rows(x),
    bias=lambda g, y, x, weight, bias: g,
    latex=r"{x} \, {weight}^{T} + {bias}",
)
def affine(x: Any, weight: Any, bias: Any) -> Any:
    """x · weightᵀ + bias, for every sample in a row of x.

    x        (..., n)        weight   (m, n), as in PyTorch        bias   (m,), or a number
    returns  (..., m)

    >>> affine([[1.0, 2.0, 3.0]], [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]], [10.0, 20.0])
    array([[11., 25.]])
    """
    return x @ weight.T + bias
