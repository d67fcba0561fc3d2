"""Products of matrices. The gradient of a product is a product: with the other factor, transposed.

>>> a, b = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])
>>> matmul(a, b), matmul.rules[0](np.ones((1, 1)), None, a, b)
(array([[11.]]), array([[3., 4.]]))
"""

from __future__ import annotations

import math

import numpy as np

from ..errors import ShapeError
from .arguments import check_axes, given
from .arithmetic import multiply
from .broadcasting import shape_of
from .op import op
from .shapes import ravel, reshape, swapaxes, transpose


def _to_left(g, y, a, b):
    """The gradient of a in a @ b. For matrices it is one product; a batch is summed by the engine."""
    if a.ndim > 1 and b.ndim > 1:
        return g @ (b.T if b.ndim == 2 else swapaxes(b))
    if b.ndim == 1:  # every row of a met the same vector
        return g * b if a.ndim == 1 else g[..., None] * b
    return b @ g if b.ndim == 2 else (b @ g[..., None])[..., 0]


def _to_right(g, y, a, b):
    """The gradient of b in a @ b; rows of a batch that met the same matrix are taken together: one product."""
    if a.ndim == 2 and b.ndim > 1:
        return a.T @ g
    if b.ndim == 2 and a.ndim > 2:
        return rows(a).T @ rows(g)
    if a.ndim == 1:
        return g * a if b.ndim == 1 else a[:, None] * g[..., None, :]
    if b.ndim == 1:
        return g @ a if a.ndim == 2 else ravel(g) @ rows(a)
    return swapaxes(a) @ g


def rows(x):
    """All rows of a batch of matrices in one matrix."""
    if x.ndim == 2:
        return x
    return reshape(x, shape=(math.prod(x.shape[:-1]), x.shape[-1]))


@op(a=_to_left, b=_to_right, latex="{a} {b}")
def matmul(a, b):
    """The matrix product a @ b: each row on the left times each column on the right.

    a        (..., m, n) or (n,)        b    (..., n, k) or (n,); the axes in front are broadcast
    returns  (..., m, k); the axis of an operand with one axis disappears
    raises   ShapeError if the inner sizes n differ or an operand is a single number
    source   M. Giles, Collected matrix derivative results for forward and reverse mode AD, 2008, section 2.2

    >>> matmul([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0])
    array([21., 43.])
    """
    if isinstance(a, float) or isinstance(b, float):
        raise ShapeError(
            f"{np.shape(a)} @ {np.shape(b)}: a single number is no matrix.",
            "A matrix product pairs rows on the left with columns on the right; a number has neither.",
            "Write a * b to scale by a number.",
        )
    return a @ b


def dot(a, b):
    """NumPy's dot: a * b for numbers, else the last axis of a with the second-to-last (or only) axis of b.

    For up to two axes it is the matrix product; for more, it pairs every row of a with every column of b.

    >>> dot([1.0, 2.0], [3.0, 4.0]), dot(2.0, [1.0, 2.0])
    (11.0, array([2., 4.]))
    """
    a, b = given(a), given(b)
    left, right = len(shape_of(a)), len(shape_of(b))
    if not left or not right:
        return multiply(a, b)
    if left <= 2 and right <= 2:
        return matmul(a, b)
    return tensordot(a, b, axes=((-1,), (-1 if right == 1 else -2,)))


def inner(a, b):
    """The sums of products over the last axis of both, for every row of a with every row of b.

    >>> inner([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0])
    array([21., 43.])
    """
    a, b = given(a), given(b)
    if not shape_of(a) or not shape_of(b):
        return multiply(a, b)
    return matmul(a, b) if len(shape_of(b)) == 1 else tensordot(a, b, axes=((-1,), (-1,)))


def outer(a, b):
    """Every entry of a times every entry of b, shape (a.size, b.size).

    >>> outer([1.0, 2.0], [3.0, 4.0, 5.0])
    array([[ 3.,  4.,  5.],
           [ 6.,  8., 10.]])
    """
    a, b = given(a), given(b)
    column = reshape(a, shape=(-1, 1)) if shape_of(a) or not shape_of(b) else a  # a number stays one, of no precision
    row = reshape(b, shape=(1, -1)) if shape_of(b) else b
    return multiply(column, row)


def vdot(a, b):
    """The sum of the products of all entries, both arrays read as one row.

    raises   ShapeError if they do not have equally many entries

    >>> vdot([[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]])
    10.0
    """
    return matmul(ravel(a), ravel(b))


def tensordot(a, b, axes=2):
    """The sum of products over several axes of a, paired with as many of b.

    axes     how many: the last of a with the first of b, in order; or two sequences that name the pairs
    returns  the other axes of a, then the other axes of b
    raises   ShapeError if paired axes differ in length, AxisError if one does not exist

    >>> tensordot(np.ones((2, 3, 4)), np.ones((3, 4, 5))).shape
    (2, 5)
    """
    a, b = given(a), given(b)
    m, n = shape_of(a), shape_of(b)
    if np.ndim(axes) == 0:
        if not 0 <= axes <= min(len(m), len(n)):
            raise ShapeError(
                f"tensordot: axes={axes} for the shapes {m} and {n}.",
                "As a number, axes says how many of the last axes of a meet the first axes of b.",
                f"Write a number from 0 to {min(len(m), len(n))}, or axes=([axes of a], [axes of b]).",
            )
        axes = (range(len(m) - axes, len(m)), range(axes))
    left = check_axes("tensordot", np.ravel(axes[0]).tolist(), len(m), m)
    right = check_axes("tensordot", np.ravel(axes[1]).tolist(), len(n), n)
    if [m[i] for i in left] != [n[j] for j in right]:
        raise ShapeError(
            f"tensordot: axes {left} of {m} and {right} of {n} have the lengths "
            f"{tuple(m[i] for i in left)} and {tuple(n[j] for j in right)}.",
            "Entries are multiplied in pairs along these axes, so the lengths must be equal.",
            "Write axes=([axes of a], [axes of b]) in pairs of equal length.",
        )
    rows = [i for i in range(len(m)) if i not in left]
    columns = [j for j in range(len(n)) if j not in right]
    shared = math.prod(m[i] for i in left)
    a = reshape(transpose(a, axes=(*rows, *left)), shape=(math.prod(m[i] for i in rows), shared))
    b = reshape(transpose(b, axes=(*right, *columns)), shape=(shared, math.prod(n[j] for j in columns)))
    return reshape(matmul(a, b), shape=(*(m[i] for i in rows), *(n[j] for j in columns)))


def kron(a, b):
    """The Kronecker product: every entry of a replaced by itself times the whole of b.

    >>> kron([[1.0, 2.0]], [[1.0], [10.0]])
    array([[ 1.,  2.],
           [10., 20.]])
    """
    a, b = given(a), given(b)
    m, n = shape_of(a), shape_of(b)
    count = max(len(m), len(n))
    m, n = (1,) * (count - len(m)) + m, (1,) * (count - len(n)) + n
    apart = [size for pair in zip(m, n, strict=True) for size in pair]
    wide = reshape(a, shape=tuple(n if i % 2 == 0 else 1 for i, n in enumerate(apart))) if shape_of(a) else a
    deep = reshape(b, shape=tuple(1 if i % 2 == 0 else n for i, n in enumerate(apart))) if shape_of(b) else b
    return reshape(multiply(wide, deep), shape=tuple(i * j for i, j in zip(m, n, strict=True)))
