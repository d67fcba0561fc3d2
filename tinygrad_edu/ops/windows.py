"""Windows: the parts of an image that a kernel sees, wherever it stands.

The image is never cut up. For each place within the window, one slice shows the entry that stands there in every
window at once; a kernel of 3 × 3 needs nine slices, however large the image is.

>>> x = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
>>> [x[slices].tolist() for _, slices in places((2,), (2,), (1,), (2,))]  # the windows [1, 2] and [3, 4]
[[1.0, 3.0], [2.0, 4.0]]

An image has the shape (samples, channels, *axes), with one axis for a signal, two for a picture; in every function

size      of the window            stride    from window to window        dilation   from entry to entry
padding   (before, after)          count     how many windows there are

are tuples with one entry per axis.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product

import numpy as np

from ..errors import ShapeError


@lru_cache(maxsize=512)
def places(size, stride, dilation, count):
    """For each place in the window: its index there, and the slices that show it in all windows.

    >>> places((1, 2), (1, 1), (1, 1), (3, 3))[1]
    ((0, 1), (Ellipsis, slice(0, 3, 1), slice(1, 4, 1)))
    """
    return tuple(
        (at, (..., *(slice(i * d, i * d + s * (n - 1) + 1, s) for i, s, d, n in zip(at, stride, dilation, count))))
        for at in product(*map(range, size))
    )


@lru_cache(maxsize=512)
def runs(size, dilation, count, room):
    """For windows that start at every entry, and an image (with its border) that is read as one row: from the first
    start of a window to the last, this many entries; and for each place in the window, the slice that it sees.

    >>> length, slices = runs((2, 2), (1, 1), (2, 3), (3, 4))
    >>> length, slices[1], slices[2]
    (7, ((0, 1), (Ellipsis, slice(1, 8, None))), ((1, 0), (Ellipsis, slice(4, 11, None))))
    """
    steps = [math.prod(room[i + 1 :]) for i in range(len(room))]
    length = sum((n - 1) * step for n, step in zip(count, steps)) + 1
    starts = {at: sum(i * d * step for i, d, step in zip(at, dilation, steps)) for at in product(*map(range, size))}
    return length, tuple((at, (..., slice(start, start + length))) for at, start in starts.items())


def count_windows(name, shape, size, stride, padding, dilation):
    """How many windows fit along each axis of an image of this shape.

    name     of the primitive or layer, for messages
    raises   ShapeError where none does

    >>> count_windows("convolution", (1, 1, 28, 28), (3, 3), (2, 1), ((1, 1), (0, 0)), (1, 1))
    (14, 26)
    """
    room = [n + before + after for n, (before, after) in zip(shape[2:], padding)]
    needed = [d * (k - 1) + 1 for k, d in zip(size, dilation)]
    if len(shape) != len(size) + 2:
        raise ShapeError(
            f"{name}: an input of shape {shape} has {len(shape)} axes, not {len(size) + 2}.",
            f"Windows of {_times(size)} entries move over the last axes; samples and channels stand before these.",
            f"Reshape it to (samples, channels{', n' * len(size)}).",
        )
    if any(n < k for n, k in zip(room, needed)):
        padded = f", with its border {_times(room)}" if room != list(shape[2:]) else ""
        raise ShapeError(
            f"{name}: a window that spans {_times(needed)} does not fit into {_times(shape[2:])}{padded}.",
            "The result has one entry per window, and there would be none.",
            "Make the kernel or its dilation smaller, or the padding larger.",
        )
    return tuple((n - k) // s + 1 for n, k, s in zip(room, needed, stride))


def with_border(x, padding, value):
    """x with a border of one value around it; x itself where the border is nothing.

    >>> with_border(np.array([[1.0, 2.0]]), ((1, 0),), 0.0)
    array([[0., 1., 2.]])
    """
    if not any(map(any, padding)):
        return x
    kept = x.ndim - len(padding)
    shape = [*x.shape[:kept], *(n + a + b for n, (a, b) in zip(x.shape[kept:], padding))]
    y = np.full(shape, value, x.dtype)
    y[inside(x.shape, padding)] = x
    return y


def inside(shape, padding):
    """The slices that leave the border away from what has one; `shape` is the shape without it."""
    return (..., *(slice(a, a + n) for n, (a, _) in zip(shape[len(shape) - len(padding) :], padding)))


def _times(numbers):
    """3 × 3"""
    return " × ".join(map(str, numbers))


def entries(size):
    """How many entries a window has.

    >>> entries((3, 3))
    9
    """
    return math.prod(size)
