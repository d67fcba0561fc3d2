"""Batch normalisation of pictures: every channel with mean 0 and variance 1 over all pictures and places.

>>> import numpy as np
>>> BatchNorm2d(3)(np.arange(96.0).reshape(2, 3, 4, 4)).shape
(2, 3, 4, 4)
"""

from __future__ import annotations

from .batchnorm import BatchNorm


class BatchNorm2d(BatchNorm):
    """x (n, channels, height, width) → the same shape: each channel with mean 0 and variance 1.

    Arguments, buffers and errors are those of `BatchNorm`; the features are the channels.
    """

    axes = (4,)
    meaning = "(n, channels, height, width)"
