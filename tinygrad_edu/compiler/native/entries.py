"""What operations on whole arrays do to the single entries, where their entries are lines.

Most array operations need no word here: adding up, multiplying matrices, joining, turning round is done by NumPy with
arrays of any objects that can be added and multiplied, and so with arrays of lines. Here are the others.

>>> book = Numbers()
>>> x = np.empty(2, object)
>>> x[0], x[1] = book.input(0.5, 0, "x0"), book.input(0.5, 1, "x1")
>>> Entries(book).max(x, axis=None, keepdims=False).item().op.name
'maximum'
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from ...ops import arithmetic, cumulative, exponentials, powers, reductions, selecting, softmax
from ...ops.broadcasting import cast, sum_to
from ...ops.cross import cross_rows
from ...ops.einsum import contraction
from ...ops.indexing import scatter
from ...ops.op import TABLE, Op
from ...ops.reducing import chosen
from ...ops.shapes import reshape
from ..recording.masks import MASKS, number_of
from ..recording.picking import filled
from .numbers import Numbers

ADD = arithmetic.add
NOTHING = {ADD: 0.0, arithmetic.multiply: 1.0}  # the sum and the product of no numbers
# whose own forward computes with arrays of lines as it does with arrays of numbers
NAMES = (
    "broadcast_to ravel transpose swapaxes moveaxis expand_dims squeeze flip roll matmul getitem "
    "cumsum cumprod recurrence diag diagonal put_diagonal triu tril joined stacked pad fold_border trace tile "
    "repeat sum_runs affine affine_of_row"
)
BY_NUMPY = {TABLE[name] for name in NAMES.split()}


class Entries:
    """Operations on arrays of lines (`cells`), each written into a book of numbers."""

    def __init__(self, book: Numbers):
        self.book = book

    def each(self, op: Op, *cells: Any) -> Any:
        """The operation entry by entry, with broadcasting."""
        write = self.book.write
        return as_cells(np.frompyfunc(lambda *given: write(op, given), len(cells), 1)(*map(as_cells, cells)))

    def along(self, combine: Op, cells: Any, axis: Any, keepdims: bool) -> Any:
        """Entries along the axes combined, two at a time and in order."""
        cells = as_cells(cells)
        if not cells.shape:  # a single number
            return cells
        axis = chosen(axis)
        axes = tuple(range(cells.ndim)) if axis is None else tuple(a % cells.ndim for a in np.atleast_1d(axis).tolist())
        rest = [a for a in range(cells.ndim) if a not in axes]
        shape = tuple(cells.shape[a] for a in rest)
        rows = cells.transpose(*rest, *axes).reshape(math.prod(shape), math.prod(cells.shape[a] for a in axes))
        found = np.empty(len(rows), object)
        for i, row in enumerate(rows):
            found[i] = reduce(lambda a, b: self.book.write(combine, (a, b)), row) if len(row) else NOTHING[combine]
        wide = tuple(1 if a in axes else n for a, n in enumerate(cells.shape))
        return found.reshape(wide if keepdims else shape)

    def max(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        """The largest entries."""
        return self.along(selecting.maximum, x, axis, keepdims)

    def min(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        """The smallest entries."""
        return self.along(selecting.minimum, x, axis, keepdims)

    def sum(self, x: Any, axis: Any, keepdims: bool = True) -> Any:
        """The sum of the entries."""
        return self.along(ADD, x, axis, keepdims)

    def sum_to(self, x: Any, *, shape: Any) -> Any:
        """The sum over what would be repeated to make x."""
        wide = (1,) * (x.ndim - len(shape)) + tuple(shape)
        return self.sum(x, tuple(i for i, (n, m) in enumerate(zip(x.shape, wide)) if n != m)).reshape(shape)

    def mean(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        """The sum, divided by how many there are."""
        y = self.sum(x, axis, keepdims)
        return y / (float(x.size // y.size) if y.size and x.size else math.nan)

    def prod(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        """The product of the entries."""
        return self.along(arithmetic.multiply, x, axis, keepdims)

    def reshape(self, x: Any, *, shape: Any, order: str) -> Any:
        """The same entries in another shape."""
        return x.reshape(shape, order=order)

    def scatter(self, x: Any, *, shape: Any, index: Any) -> Any:
        """Zeros with the entries added at their places."""
        size = math.prod(shape)
        places = np.asarray(np.arange(size).reshape(shape)[index])
        y = np.full(size, 0.0, object)
        for place, entry in zip(places.flat, np.broadcast_to(x, places.shape).flat):
            y[place] = self.book.write(ADD, (y[place], entry))
        return y.reshape(shape)

    def contraction(self, *xs: Any, subscripts: str, optimize: Any) -> Any:
        """Sums of products, as the subscripts say."""
        return np.einsum(subscripts, *xs)

    def softmax(self, x: Any, *, axis: Any) -> Any:
        """exp(x) / Σ exp(x), with the largest entry subtracted first."""
        y = self.each(exponentials.exp, x - self.max(x, axis=axis, keepdims=True))
        return y / self.sum(y, axis)

    def log_softmax(self, x: Any, *, axis: Any) -> Any:
        """x - log Σ exp(x), with the largest entry subtracted first."""
        y = x - self.max(x, axis=axis, keepdims=True)
        return y - self.each(exponentials.log, self.sum(self.each(exponentials.exp, y), axis))

    def logsumexp(self, x: Any, *, axis: Any, keepdims: bool) -> Any:
        """log Σ exp(x), with the largest entry subtracted first if it is finite."""
        largest = self.max(x, axis=axis, keepdims=True)
        shift = self.each(selecting.where, self.each(MASKS["isfinite"], largest), largest, as_cells(0.0))
        total = self.sum(self.each(exponentials.exp, x - shift), axis, True)
        y = shift + self.each(exponentials.log, total)
        return y if keepdims else as_cells(y).reshape(self.sum(x, axis, False).shape)

    def cross_entropy(self, logits: Any, target: Any) -> Any:
        """The negative logarithm of the probability at the class; nan for a class that does not exist."""
        logs, found = self.log_softmax(logits, axis=-1), np.full(target.shape, math.nan, object)
        classes = logits.shape[-1]
        for k in range(classes):
            here = self.each(MASKS["or"], self.is_equal(target, k), self.is_equal(target, k - classes))
            found = self.each(selecting.where, here, logs[..., k], found)
        return 0.0 - found

    def cross_rows(self, a: Any, b: Any) -> Any:
        """The cross products of the last axes: of each pair of entries the difference of two products."""
        a, b = np.broadcast_arrays(a, b)
        y = np.empty(a.shape, object)
        for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            y[..., i] = as_cells(a[..., j] * b[..., k] - a[..., k] * b[..., j])
        return y

    def is_equal(self, x: Any, number: float) -> Any:
        """Where x is this number."""
        return self.each(MASKS["eq"], x, as_cells(float(number)))

    def var(self, x: Any, *, axis: Any, ddof: int, keepdims: bool) -> Any:
        """The mean squared distance from the mean."""
        count = x.size // max(1, self.sum(x, axis).size) or math.nan
        apart = as_cells(x - self.sum(x, axis) / float(count))
        return self.sum(apart * apart, axis, keepdims) / (float(max(count - ddof, 0)) or math.nan)

    def std(self, x: Any, *, axis: Any, ddof: int, keepdims: bool) -> Any:
        """The square root of the variance."""
        return self.each(powers.sqrt, self.var(x, axis=axis, ddof=ddof, keepdims=keepdims))

    def norm(self, x: Any, *, ord: Any, axis: Any, keepdims: bool) -> Any:
        """The length."""
        if ord == 1:
            return self.sum(self.each(selecting.absolute, x), axis, keepdims)
        if ord == math.inf:
            return self.max(self.each(selecting.absolute, x), axis=axis, keepdims=keepdims)
        return self.each(powers.sqrt, self.sum(x * x, axis, keepdims))

    def ties(self, x: Any, extreme: Any, *, axis: Any) -> Any:
        """How many entries are equal to the extreme one, at least 1."""
        equal = self.each(number_of, self.each(MASKS["eq"], x, extreme))
        return self.each(selecting.maximum, self.sum(equal, axis, axis is not None), as_cells(1.0))

    def same(self, x: Any, **settings: Any) -> Any:
        """A cast: all numbers are doubles here."""
        return x

    def filled(self, x: Any, *, shape: Any, dtype: Any) -> Any:
        """One number everywhere."""
        cells = np.empty(shape, object)
        for place in np.ndindex(cells.shape):
            cells[place] = x.item()
        return cells


REDUCTIONS, PROBABILITIES = "max min mean var std norm ties", "softmax log_softmax logsumexp cross_entropy"
OWN: dict[Op, Callable[..., Any]] = {
    **{getattr(reductions, name): getattr(Entries, name) for name in REDUCTIONS.split()},
    **{getattr(softmax, name): getattr(Entries, name) for name in PROBABILITIES.split()},
    cumulative.prod: Entries.prod,
    reductions.sum: Entries.sum,
    sum_to: Entries.sum_to,
    reshape: Entries.reshape,
    scatter: Entries.scatter,
    contraction: Entries.contraction,
    cross_rows: Entries.cross_rows,
    cast: Entries.same,
    filled: Entries.filled,
}


def as_cells(y: Any) -> Any:
    """A result as an array of lines and floats, also where it is a single one."""
    if type(y) is not np.ndarray:
        cells = np.empty((), object)
        cells[()] = y
        return cells
    return y if y.dtype == object else y.astype(object)
