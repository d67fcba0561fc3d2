"""Where batches come from: two arrays, which are shuffled and cut, or whatever gives batches itself.

>>> feed = feed_of("training data", ([[0.0], [1.0], [2.0]], [0, 1, 0]), size=2)
>>> for x, y in feed.epoch(None, 1):
...     print(x.tolist(), y.tolist())
[[0.0], [1.0]] [0, 1]
[[2.0]] [0]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ..data.batches import batches
from .messages import empty, lengths, no_axis, no_batch_size, no_data, no_numbers, no_pair, used_up

Pair = tuple[Any, Any]


class Feed:
    """Batches, once through the data for each epoch.

    called   what messages call it
    make     generator or None → the batches of an epoch, in an order that the generator decides
    count    how many there are; None if nobody knows before
    points   (x, y) if they come from two arrays
    """

    def __init__(self, called: str, make: Callable[[Any], Iterable[Any]], count: int | None = None, points: Any = None):
        self.called, self.make, self.count, self.points = called, make, count, points

    def epoch(self, rng: np.random.Generator | None, number: int) -> Iterator[Pair]:
        """The batches (x, y) of an epoch, which is the `number`-th that this program goes through.

        raises   DataError if there are none, or one is no pair
        """
        k = 0
        for k, batch in enumerate(self.make(rng), start=1):
            if not isinstance(batch, (tuple, list)) or len(batch) != 2:
                raise no_pair(self.called, k, batch)
            yield batch[0], batch[1]
        if k == 0:
            raise empty(self.called) if number == 1 else used_up(self.called, number)


def feed_of(called: str, data: Any, size: Any, dtype: Any = None) -> Feed:
    """The batches of what the user has.

    data     a tuple (x, y) of arrays or lists; an iterable of batches (x, y); or a function that returns one, which is
             called for every epoch, with the generator of the shuffling if it takes an argument (for validation data,
             where nothing is shuffled, with a new one of the same seed)
    size     how many samples a batch of (x, y) has; None for all
    dtype    arrays of longer floating-point numbers are shortened to it
    raises   DataError, ShapeError for what cannot be cut into batches
    """
    if size is not None and (isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1):
        raise no_batch_size(size)
    if isinstance(data, tuple) and len(data) == 2:
        x, y = (array_of(called, part, thing, dtype) for part, thing in zip("xy", data))
        if len(x) != len(y):
            raise lengths(called, len(x), len(y))
        if not len(x):
            raise empty(called, f": x has the shape {x.shape}, y {y.shape}")
        if size is None:
            return Feed(called, lambda rng: [(x, y)], 1, (x, y))
        step = int(size)
        return Feed(called, lambda rng: batches(x, y, size=step, rng=rng, shuffle=rng is not None),
                    -(-len(x) // step), (x, y))  # fmt: skip
    if callable(data) and takes_an_argument(data):  # what is measured is the same in each epoch
        return Feed(called, lambda rng: data(np.random.default_rng(0) if rng is None else rng))
    if callable(data):
        return Feed(called, lambda rng: data())
    if isinstance(data, (str, bytes, dict, np.ndarray)) or not isinstance(data, Iterable):
        raise no_data("data" if called == "training data" else "validation", data)
    return Feed(called, lambda rng: data, len(data) if isinstance(data, (list, tuple)) else None)


def array_of(called: str, part: str, given: Any, dtype: Any) -> np.ndarray:
    """One of the two arrays, in the precision of the model."""
    if isinstance(given, np.ma.MaskedArray):
        raise no_numbers(called, part, "a masked array, in which some are said not to count")
    try:
        array = np.asarray(getattr(given, "_held", given))
    except ValueError:
        raise no_numbers(called, part, "a list of rows of different lengths") from None
    if array.dtype.kind not in "fiub":
        kind = "texts" if array.dtype.kind in "US" else f"of type {array.dtype}"
        raise no_numbers(called, part, kind)
    if not array.ndim:
        raise no_axis(called, part)
    longer = dtype is not None and array.dtype.kind == "f" and array.dtype.itemsize > np.dtype(dtype).itemsize
    return array.astype(dtype) if longer else array


def takes_an_argument(function: Callable[..., Any]) -> bool:
    """Whether it can be called with one argument."""
    from inspect import signature

    try:
        signature(function).bind(None)
    except TypeError:
        return False
    return True


def samples_in(y: Any) -> int:
    """How many samples a batch has, by its targets: a single number is the target of one sample."""
    shape = np.shape(getattr(y, "_held", y))
    return shape[0] if shape else 1
