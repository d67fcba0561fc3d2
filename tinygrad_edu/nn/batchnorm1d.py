"""Batch normalisation of rows of numbers, or of sequences.

>>> import numpy as np
>>> layer = BatchNorm1d(3)
>>> layer(np.arange(12.0).reshape(4, 3)).shape, layer(np.arange(24.0).reshape(2, 3, 4)).shape
((4, 3), (2, 3, 4))
"""

from __future__ import annotations

from .batchnorm import BatchNorm


class BatchNorm1d(BatchNorm):
    """x (n, features) or (n, features, length) → the same shape: each feature with mean 0 and variance 1.

    Arguments, buffers and errors are those of `BatchNorm`.
    """

    axes = (2, 3)
    meaning = "(n, features) or (n, features, length)"
