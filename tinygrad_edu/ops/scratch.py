"""Memory to work in: what a primitive needs only while it computes, kept for the next time.

Fresh memory is not free: the first touch of every 4 KiB of it is an interruption of the program. The columns of a
convolution are nine times larger than the image, and computing them in memory that is already there halves the time.

>>> first = scratch("columns", (2, 3), np.float32)
>>> np.shares_memory(first, scratch("columns", (3,), np.float32))
True
"""

from __future__ import annotations

import math
import threading

import numpy as np

KEPT = 1 << 24  # bytes; what is larger is given back
LARGEST = 33_500_000  # bytes; just below 32 MiB, the largest array that it learns from


def keep_freed_memory():
    """Tell the C library that large arrays come and go, so that it keeps their memory for the next ones.

    GNU's takes fresh pages from the system for every array that is larger than all it has seen freed (at most
    32 MiB), and gives back free memory beyond twice that size. In a training step, where all results are freed at the
    end, every array would be made of fresh pages, which takes as long as computing what is in it. Freeing one large
    array is enough; nobody writes to it, so it costs nothing. Other libraries take no notice.
    source   mallopt(3), M_MMAP_THRESHOLD: the threshold is adjusted dynamically
    """
    np.empty(LARGEST, np.uint8)


class Scratch(threading.local):
    """The memory of one thread, by what it is used for; it grows to the largest size that was asked for."""

    def __init__(self):
        self.held = {}

    def __call__(self, use, shape, dtype):
        """An array of this shape with anything in it, good until the same use is asked for again."""
        size, key = math.prod(shape), (use, np.dtype(dtype))
        flat = self.held.get(key)
        if flat is None or flat.size < size:
            flat = np.empty(size, dtype)
            if flat.nbytes <= KEPT:
                self.held[key] = flat
        return flat[:size].reshape(shape)


scratch = Scratch()
