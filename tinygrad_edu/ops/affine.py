"""The product at the heart of every layer: each output is a weighted sum of all inputs, plus a bias.

As one primitive, because it is computed so often: a transpose, a product and a sum would be three records, and the
gradient of a transposed matrix would have to be copied back into order (784 · 256 weights: 0.4 ms per step).
`affine` takes weight matrix and bias apart, `affine_of_row` all of them in one row, neuron after neuron.
"""

from __future__ import annotations

import numpy as np

from .joining import joined
from .op import op
from .products import rows


@op(
    x=lambda g, y, x, weight, bias: g @ weight,
    weight=lambda g, y, x, weight, bias: rows(g).T @ rows(x),
    bias=lambda g, y, x, weight, bias: g,
    latex=r"{x} \, {weight}^{T} + {bias}",
)
def affine(x, weight, bias):
    """x · weightᵀ + bias, for every sample in a row of x.

    x        (..., n)        weight   (m, n), as in PyTorch        bias   (m,), or a number
    returns  (..., m)

    >>> affine([[1.0, 2.0, 3.0]], [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]], [10.0, 20.0])
    array([[11., 25.]])
    """
    y = x @ weight.T
    return np.add(y, bias, out=y) if np.result_type(y, bias) == y.dtype else y + bias


def _matrix(row, x):
    """The row as a matrix (m, n + 1) for samples x of width n: weights, and the bias in the last column."""
    return row.reshape((-1, x.shape[-1] + 1))


def _with_one(x):
    """The samples as rows, with a 1 behind each: the bias is the weight of an input that is always 1."""
    x = rows(x)
    return joined(x, np.ones((x.shape[0], 1), x.dtype), axis=1)


@op(
    x=lambda g, y, x, row: g @ _matrix(row, x)[:, :-1],
    row=lambda g, y, x, row: (rows(g).T @ _with_one(x)).reshape(row.shape),
    latex=r"\begin{pmatrix} {x} & 1 \end{pmatrix} {row}^{T}",
)
def affine_of_row(x, row):
    """The weighted sums of m neurons whose parameters stand in one row: the n weights and the bias of each in turn.

    x        (..., n)        row   (m · (n + 1),)        returns  (..., m)

    >>> affine_of_row([[1.0, 2.0, 3.0]], [1.0, 0.0, 0.0, 10.0, 0.0, 1.0, 1.0, 20.0])
    array([[11., 25.]])
    """
    matrix = row.reshape(-1, x.shape[-1] + 1)
    return x @ matrix[:, :-1].T + matrix[:, -1]
