"""Data in pieces: a few samples at a time, in a new order each time round."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np

from ..errors import DataError, ShapeError
from .seeds import generator


def batches(*arrays: Any, size: int, rng: Any = None, shuffle: bool = True, drop_last: bool = False) -> Iterator[Any]:
    """Batches of `size` samples, all arrays cut alike; the last one may be shorter.

    arrays      x, y, …: as many rows each
    rng         a seed or a generator: the same one gives the same order
    shuffle     False for the order as it is: then a batch is a view, and costs nothing
    drop_last   leave out a last batch that is shorter
    yields      tuples like the arguments; of a single array, the batch itself
    raises      ShapeError if the arrays have different lengths

    >>> x, y = np.arange(5.0), np.arange(5) * 10
    >>> for a, b in batches(x, y, size=2, shuffle=False):
    ...     print(a, b)
    [0. 1.] [ 0 10]
    [2. 3.] [20 30]
    [4.] [40]
    """
    try:
        given = [x if isinstance(x, np.ma.MaskedArray) else np.asarray(x) for x in arrays]  # which keeps its mask
    except ValueError:
        raise ShapeError(
            "batches: a list has rows of different lengths.",
            "A batch is an array, so all samples have the same shape.",
            "Fill the short rows up, or cut the long ones.",
        ) from None
    if not given or any(not array.ndim for array in given):
        raise DataError(
            "batches() needs arrays with an axis of samples.",
            "It cuts along the first axis, and there is none.",
            "Write batches(x, y, size=32) with arrays of shape (samples, ...).",
        )
    count = len(given[0])
    if any(len(array) != count for array in given):
        raise ShapeError(
            f"batches: the arrays have {', '.join(str(len(array)) for array in given)} samples.",
            "A batch takes the same samples of each, so there have to be equally many.",
            "Cut the longer ones: y[: len(x)].",
        )
    if not isinstance(size, Integral) or isinstance(size, bool) or size < 1:
        raise DataError(
            f"batches: size={size!r} is no number of samples.",
            "A batch has at least one sample.",
            "Write size=32, or size=len(x) for all of them.",
        )
    order = generator(rng).permutation(count) if shuffle else None
    return _cut(given, order, int(size), count - count % int(size) if drop_last else count)


def _cut(arrays: list[np.ndarray], order: np.ndarray | None, size: int, end: int) -> Iterator[Any]:
    for start in range(0, end, size):
        rows: Any = slice(start, min(start + size, end)) if order is None else order[start : min(start + size, end)]
        cut = tuple(array[rows] for array in arrays)
        yield cut if len(cut) > 1 else cut[0]
