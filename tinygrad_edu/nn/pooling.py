"""Pooling: a smaller picture, one number for each window of the larger one.

>>> x = np.array([[[[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, 0.0, 8.0]]]])
>>> MaxPool2d(2)(x).tolist(), AvgPool2d(2)(x).tolist(), AdaptiveAvgPool2d(1)(x).tolist()
([[[[4.0, 8.0]]]], [[[[2.5, 2.0]]]], [[[[2.25]]]])
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..ops.broadcasting import shape_of
from ..ops.joining import joined
from ..ops.pooling import max_pool, sum_pool
from ..ops.reductions import mean
from ..ops.shapes import reshape
from ..ops.windows import count_windows
from .convolution import check_image, per_axis, short, unusual
from .inputs import ready
from .module import Module


class Pool(Module):
    """The base: settings per axis, and images without an axis of samples. A subclass says `pooled`."""

    axes = 0
    usual: dict[str, Any] = {}  # what a repr leaves out

    def set_windows(self, kernel_size: Any, stride: Any, padding: Any) -> None:
        """One number per axis each; windows lie side by side when no stride is given."""
        name = type(self).__name__
        self.kernel_size = per_axis(name, "kernel_size", kernel_size, self.axes, least=1)
        self.stride = self.kernel_size if stride is None else per_axis(name, "stride", stride, self.axes, least=1)
        self.padding = per_axis(name, "padding", padding, self.axes, least=0)
        if any(2 * p > k for p, k in zip(self.padding, self.kernel_size)):
            raise ShapeError(
                f"{name}: padding={short(self.padding)} is more than half of kernel_size={short(self.kernel_size)}.",
                "A window could lie in the border altogether, and would have nothing to look at.",
                f"Write a padding of at most {min(self.kernel_size) // 2}.",
            )

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the primitives, beside the size of a window."""
        return {"stride": self.stride, "padding": tuple((p, p) for p in self.padding)}

    def pooled(self, x: Any) -> Any:
        """The results for a batch (samples, channels, *axes)."""
        raise NotImplementedError

    def forward(self, x: Any) -> Any:
        x = ready(x)
        check_image(self, shape_of(x), self.axes)
        single = len(shape_of(x)) == self.axes + 1
        x = x[None] if single else x
        settings = {"dilation": (1,) * self.axes, **self.settings}
        count_windows(self, shape_of(x), self.kernel_size, **settings)
        return self.pooled(x)[0] if single else self.pooled(x)

    def __repr__(self) -> str:
        usual = {"stride": short(self.kernel_size), "padding": 0, **self.usual}
        parts = [
            f"{name}={short(getattr(self, name))!r}" for name in usual if short(getattr(self, name)) != usual[name]
        ]
        return f"{type(self).__name__}({', '.join([f'kernel_size={short(self.kernel_size)}', *parts])})"


class MaxPool(Pool):
    """The base of MaxPool1d and MaxPool2d."""

    usual = {"dilation": 1}

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1):
        self.set_windows(kernel_size, stride, padding)
        self.dilation = per_axis(type(self).__name__, "dilation", dilation, self.axes, least=1)

    @property
    def settings(self) -> dict[str, Any]:
        return {**super().settings, "dilation": self.dilation}

    def pooled(self, x: Any) -> Any:
        return max_pool(x, size=self.kernel_size, **unusual(self.settings))


class AvgPool(Pool):
    """The base of AvgPool1d and AvgPool2d."""

    usual = {"count_include_pad": True}

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0, count_include_pad: bool = True):
        self.set_windows(kernel_size, stride, padding)
        self.count_include_pad = count_include_pad

    def pooled(self, x: Any) -> Any:
        total = sum_pool(x, size=self.kernel_size, **unusual(self.settings))
        if self.count_include_pad or not any(self.padding):
            return total / float(math.prod(self.kernel_size))
        ones = np.ones((1, 1, *shape_of(x)[2:]), x.dtype)
        return total / sum_pool(ones, size=self.kernel_size, **unusual(self.settings))


class MaxPool1d(MaxPool):
    """x (samples, channels, length) → the largest entry of each window; see `MaxPool2d`.

    >>> MaxPool1d(2)(np.array([[[1.0, 5.0, 2.0, 3.0]]])).tolist()
    [[[5.0, 3.0]]]
    """

    axes = 1


class MaxPool2d(MaxPool):
    """x (samples, channels, height, width) → the largest entry of each window; a picture without samples too.

    kernel_size, stride, padding, dilation   an int, or one per axis; without a stride, windows lie side by side;
             the border is −∞, which never is the largest
    At the kink, where several entries of a window are largest, they share the gradient equally, as in `tg.max`
    (PyTorch gives all of it to the first of them).
    raises   ShapeError for settings that are no sizes, and if no window fits into x
    source   PyTorch documentation, torch.nn.MaxPool2d, without return_indices and ceil_mode

    >>> MaxPool2d(2), MaxPool2d(3, stride=2, padding=1)(np.zeros((1, 4, 28, 28))).shape
    (MaxPool2d(kernel_size=2), (1, 4, 14, 14))
    """

    axes = 2


class AvgPool1d(AvgPool):
    """x (samples, channels, length) → the mean of each window; see `AvgPool2d`.

    >>> AvgPool1d(2)(np.array([[[1.0, 5.0, 2.0, 3.0]]])).tolist()
    [[[3.0, 2.5]]]
    """

    axes = 1


class AvgPool2d(AvgPool):
    """x (samples, channels, height, width) → the mean of each window; a picture without samples too.

    kernel_size, stride, padding   as in `MaxPool2d`; the border is 0
    count_include_pad              whether its entries count: divide by the size of the window, or by what it sees
    raises   ShapeError for settings that are no sizes, and if no window fits into x
    source   PyTorch documentation, torch.nn.AvgPool2d, without ceil_mode and divisor_override

    >>> AvgPool2d(2, padding=1)(np.ones((1, 1, 2, 2))).tolist()
    [[[[0.25, 0.25], [0.25, 0.25]]]]
    >>> AvgPool2d(2, padding=1, count_include_pad=False)(np.ones((1, 1, 2, 2))).tolist()
    [[[[1.0, 1.0], [1.0, 1.0]]]]
    """

    axes = 2


class AdaptiveAvgPool2d(Module):
    """x (samples, channels, height, width) → (samples, channels, *output_size), however large the picture is.

    output_size   an int, or (rows, columns). Window i of n over a length goes from ⌊i·length/n⌋ to ⌈(i + 1)·length/n⌉
    source        PyTorch documentation, torch.nn.AdaptiveAvgPool2d

    >>> AdaptiveAvgPool2d((1, 2))(np.array([[[[1.0, 2.0, 6.0]]]])).tolist()
    [[[[1.5, 4.0]]]]
    """

    def __init__(self, output_size: Any):
        self.output_size = per_axis("AdaptiveAvgPool2d", "output_size", output_size, 2, least=1)

    def forward(self, x: Any) -> Any:
        x = ready(x)
        check_image(self, shape_of(x), 2)
        if 0 in shape_of(x)[-2:]:
            raise ShapeError(
                f"{self!r} was called with shape {shape_of(x)}.",
                "A window takes the mean of what it sees, and there is nothing to see.",
                "Pass pictures with at least one row and one column.",
            )
        for axis, count in zip((-2, -1), self.output_size):
            x = averaged(x, len(shape_of(x)) + axis, count)
        return x

    def __repr__(self) -> str:
        return f"AdaptiveAvgPool2d({short(self.output_size)})"


def averaged(x: Any, axis: int, count: int) -> Any:
    """The means of `count` windows along an axis; a number goes only into the windows that see it, also if it is nan.

    >>> averaged(np.array([1.0, 3.0, np.inf]), 0, 2)
    array([ 2., inf])
    """
    shape = shape_of(x)
    length = shape[axis]
    if length % count == 0:  # side by side, as in nearly every network
        return mean(reshape(x, shape=(*shape[:axis], count, length // count, *shape[axis + 1 :])), axis=axis + 1)
    whole = (slice(None),) * axis
    windows = [x[(*whole, slice(i * length // count, -(-(i + 1) * length // count)))] for i in range(count)]
    return joined(*(mean(window, axis=axis, keepdims=True) for window in windows), axis=axis)
