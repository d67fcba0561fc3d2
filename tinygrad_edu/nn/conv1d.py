"""A convolution over a signal: text, sound, a series of measurements.

>>> import numpy as np
>>> layer = Conv1d(1, 1, 2, bias=False)
>>> layer.weight.data = [[[-1.0, 1.0]]]  # how much it rises from one entry to the next
>>> layer(np.array([[[1.0, 2.0, 4.0, 8.0]]])).data
array([[[1., 2., 4.]]])
"""

from __future__ import annotations

from .convolution import Convolution


class Conv1d(Convolution):
    """x (samples, in_channels, length) → (samples, out_channels, count): Σ kernel · window + bias at every place.

    Arguments, weight (out_channels, in_channels / groups, kernel_size), bias (out_channels,) and where they start are
    PyTorch's; see `Conv2d`, which has two axes where this layer has one.

    >>> import numpy as np
    >>> Conv1d(4, 8, kernel_size=3, padding="same")(np.zeros((2, 4, 100))).shape
    (2, 8, 100)
    """

    axes = 1
