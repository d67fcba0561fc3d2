"""Memory that a program uses again in its next call.

>>> pool = Pool([16], [(0, (2,), np.dtype(float)), (0, (4,), np.dtype(np.float32))])
>>> one = pool.taken()
>>> [array.shape for array in one]
[(2,), (4,)]
>>> pool.free.append(one)
>>> pool.taken() is one
True
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


class Pool:
    """Sets of arrays: one for every call that runs at the same time, in another thread or within this one.

    blocks   the sizes in bytes of the pieces of memory        views   (block, shape, precision) of each array
    free     the sets that no call uses; taking one from a list and putting it back are safe between threads
    """

    def __init__(self, blocks: list[int], views: list[tuple[int, tuple[int, ...], Any]]):
        self.blocks, self.views = blocks, views
        self.free: list[tuple[Any, ...]] = []

    def taken(self) -> tuple[Any, ...]:
        """A set that nobody uses. One that is not put back, after an error, is simply lost."""
        try:
            return self.free.pop()
        except IndexError:
            blocks = [np.empty(size, np.uint8) for size in self.blocks]
            return tuple(
                blocks[k][: math.prod(shape) * dtype.itemsize].view(dtype).reshape(shape)
                for k, shape, dtype in self.views
            )
