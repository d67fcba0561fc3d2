"""A convolution over a picture: a small kernel looks at every place and answers in a picture of its own.

>>> import numpy as np
>>> layer = Conv2d(1, 1, 2, bias=False)
>>> layer.weight.data = [[[[1.0, 0.0], [0.0, -1.0]]]]  # how much darker it is one step down and to the right
>>> layer(np.array([[[[5.0, 5.0, 5.0], [5.0, 2.0, 2.0], [5.0, 2.0, 2.0]]]])).data
array([[[[3., 3.],
         [3., 0.]]]])
>>> Conv2d(1, 8, 3, padding=1), Conv2d(3, 6, (3, 5), stride=(1, 2), groups=3, bias=False)
(Conv2d(1, 8, kernel_size=3, padding=1), Conv2d(3, 6, kernel_size=(3, 5), stride=(1, 2), groups=3, bias=False))
"""

from __future__ import annotations

from .convolution import Convolution


class Conv2d(Convolution):
    """x (samples, in_channels, height, width) → (samples, out_channels, rows, columns).

    kernel_size   an int, or one per axis; so are stride, padding and dilation
    stride        from window to window
    padding       a border on all sides; "valid": none; "same": as many results as entries (only with stride 1)
    dilation      from entry to entry of a window
    groups        channels are cut into so many groups that do not see each other (in_channels: one kernel per channel)
    padding_mode  what the border holds: "zeros", or the picture "reflect"-ed, its edge "replicate"-d, "circular"
    rng           numpy Generator; a fresh one when None        dtype   np.float64 or np.float32

    A single picture (in_channels, height, width) is taken, too.
    weight (out_channels, in_channels / groups, *kernel_size) and bias (out_channels,) or None are Values as in
    PyTorch, drawn as there, evenly from ±1/√(entries of a window). Rows are (height + 2·padding − dilation·
    (kernel_size − 1) − 1) // stride + 1.

    raises   ShapeError for sizes that do not fit each other or the input, UnknownNameError for unknown modes
    source   PyTorch documentation, torch.nn.Conv2d; LeCun et al., Gradient-based learning applied to document
             recognition, 1998, section II

    >>> import numpy as np
    >>> Conv2d(3, 16, 5, stride=2, padding=2)(np.zeros((2, 3, 32, 32))).shape
    (2, 16, 16, 16)
    """

    axes = 2
