"""How an array may lie in another shape: a slope per neuron in a matrix of weights, a slice in what is to be summed.

>>> [factor.tolist() for factor in aligned(np.array([1.0, 2.0]), (2, 3))]
[[[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]]
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from ..ops.broadcasting import sum_to
from .closeness import Array, same


def aligned(clue: Array, shape: tuple[int, ...]) -> Iterator[Array]:
    """The array in every way of broadcasting it to the shape: its axes in their order, others between them."""
    if clue.shape == shape:
        yield clue
        return
    sizes = [n for n in clue.shape if n != 1]
    numbers = clue.reshape(sizes)
    for axes in combinations(range(len(shape)), len(sizes)):
        if all(shape[axis] == n for axis, n in zip(axes, sizes)):
            between = [shape[axis] if axis in axes else 1 for axis in range(len(shape))]
            yield np.broadcast_to(numbers.reshape(between), shape)


def summed_axes(broad: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The axes along which an array of `shape` was repeated to become a `broad` one.

    >>> summed_axes((5, 4, 3), (1, 3))
    (0, 1)
    """
    extra = len(broad) - len(shape)
    return (*range(extra), *(extra + i for i, n in enumerate(shape) if n == 1 and broad[extra + i] != 1))


def summed(broad: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """Those axes in words: 'axis 0', 'the axes 0 and 1'."""
    axes = summed_axes(broad, shape)
    return f"axis {axes[0]}" if len(axes) == 1 else f"the axes {' and '.join(map(str, axes))}"


def added(broad: Array, shape: tuple[int, ...]) -> Array:
    """A broad array summed to the shape from which it was broadcast; itself where it was not."""
    try:
        fits = np.broadcast_shapes(broad.shape, shape) == broad.shape
    except ValueError:
        return broad
    return np.asarray(sum_to.forward(broad, shape=shape)) if fits else broad


def unsummed_slice(found: Array, right: Array, broad: Array, tolerance: float) -> tuple[int, ...] | None:
    """Where along the summed axes of a broader array that sums to `right` its slice `found` lies; None if nowhere."""
    if broad.size <= right.size or not same(added(broad, right.shape), right, tolerance):
        return None
    axes = summed_axes(broad.shape, right.shape)
    slices = np.moveaxis(broad, axes, range(len(axes)))
    for place in np.ndindex(slices.shape[: len(axes)]):
        if same(slices[place].reshape(right.shape), found, tolerance):
            return place
    return None
