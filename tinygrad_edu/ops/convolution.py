"""Convolution: the same small weighted sum at every place of an image, computed as one product of matrices.

All windows of all images are written as the columns of a matrix (im2col), channels first, then samples; a product
with the kernels then gives every output at once. Convolution, image and kernel make one number, Σ z · convolution,
that is linear in each of the three. So there are three primitives, each the derivative of the other two:

convolution             (image, kernel) → z        transposed_convolution   (z, kernel) → image
window_correlation      (image, z) → kernel

>>> x, kernel = np.array([[[1.0, 2.0, 4.0, 8.0]]]), np.array([[[-1.0, 1.0]]])
>>> z = convolution(x, kernel, 0.0)
>>> z, transposed_convolution(z, kernel, shape=(4,)), window_correlation(x, z, size=(2,))
(array([[[1., 2., 4.]]]), array([[[-1., -1., -2.,  4.]]]), array([[[21., 42.]]]))
"""

from __future__ import annotations

import math

import numpy as np

from ..errors import ShapeError
from .broadcasting import shape_of
from .op import op
from .reductions import sum
from .scratch import scratch
from .windows import count_windows, entries, inside, places, runs, with_border

PART = 1 << 21  # bytes of columns at a time: they stay in the processor's cache until they are multiplied


def _all_but_channels(g):
    return (0, *range(2, len(shape_of(g))))


@op(
    x=lambda g, y, x, weight, bias, stride, padding, dilation, groups: transposed_convolution(
        g, weight, shape=shape_of(x)[2:], stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    weight=lambda g, y, x, weight, bias, stride, padding, dilation, groups: window_correlation(
        x, g, size=shape_of(weight)[2:], stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    bias=lambda g, y, x, weight, bias, stride, padding, dilation, groups: sum(g, axis=_all_but_channels(g)),
    latex=r"{x} \ast {weight} + {bias}",
)
def convolution(x, weight, bias, *, stride=None, padding=None, dilation=None, groups=1):
    """At every place, for every output channel: Σ kernel · window + bias. The kernel is not turned around.

    x          (samples, channels, *axes)      weight   (outputs, channels / groups, *size), as in PyTorch
    bias       (outputs,), or a number         groups   outputs of group i see only the channels of group i
    stride, dilation   one number per axis (None: 1)        padding   (before, after) per axis (None: no border)
    returns    (samples, outputs, *count)
    raises     ShapeError if the channels differ or no window fits
    source     V. Dumoulin, F. Visin, A guide to convolution arithmetic for deep learning, 2016;
               K. Chellapilla et al., High performance convolutional neural networks for document processing, 2006

    >>> convolution([[[1.0, 2.0, 4.0]]], [[[1.0, 1.0]], [[-1.0, 1.0]]], [0.0, 10.0])
    array([[[ 3.,  6.],
            [11., 12.]]])
    """
    plan = Plan("convolution", np.shape(x), np.shape(weight), stride, padding, dilation, groups)
    kernels = plan.matrices(weight)
    y = np.empty((x.shape[0], *plan.outputs), np.result_type(x, weight, bias))
    bias = np.reshape(bias, (-1, *(1,) * len(plan.size))).astype(y.dtype)
    for some in plan.parts(x.shape[0], kernels.itemsize):
        z = np.matmul(kernels, plan.columns(x[some], y.dtype), out=plan.results(y[some]))
        np.add(z.reshape(plan.first(y[some])).swapaxes(0, 1), bias, out=y[some])
    return y


@op(
    z=lambda g, y, z, weight, shape, stride, padding, dilation, groups: convolution(
        g, weight, 0.0, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    weight=lambda g, y, z, weight, shape, stride, padding, dilation, groups: window_correlation(
        g, z, size=shape_of(weight)[2:], stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    latex=r"{z} \ast^{T} {weight}",
)
def transposed_convolution(z, weight, *, shape=(), stride=None, padding=None, dilation=None, groups=1):
    """Every entry of z paints its kernel onto the window that it was computed from; overlapping paint adds up.

    z        (samples, outputs, *count)        weight   (outputs, channels / groups, *size)
    shape    the axes of the image             returns  (samples, channels, *shape)

    >>> transposed_convolution([[[1.0, 10.0]]], [[[1.0, 2.0, 3.0]]], shape=(4,))
    array([[[ 1., 12., 23., 30.]]])
    """
    image = (z.shape[0], weight.shape[1] * groups, *shape)
    plan = Plan("transposed_convolution", image, weight.shape, stride, padding, dilation, groups)
    kernels = plan.matrices(weight).swapaxes(1, 2)
    y = np.zeros(image, np.result_type(z, weight))
    for some in plan.parts(z.shape[0], y.itemsize):
        wide = plan.gathered(z[some], y.dtype, plan.wide)
        columns = np.matmul(kernels, wide, out=plan.space(len(y[some]), y.dtype, plan.wide))
        plan.paint(columns, y[some])
    return y


@op(
    x=lambda g, y, x, z, size, stride, padding, dilation, groups: transposed_convolution(
        z, g, shape=shape_of(x)[2:], stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    z=lambda g, y, x, z, size, stride, padding, dilation, groups: convolution(
        x, g, 0.0, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    latex=r"{x} \star {z}",
)
def window_correlation(x, z, *, size=(), stride=None, padding=None, dilation=None, groups=1):
    """The sum of all windows, each times the entry of z at its place: what a kernel learns from its errors z.

    x        (samples, channels, *axes)        z        (samples, outputs, *count)
    size     of the window                     returns  (outputs, channels / groups, *size)

    >>> window_correlation([[[1.0, 2.0, 4.0]]], [[[1.0, 10.0]]], size=(2,))
    array([[[21., 42.]]])
    """
    kernel = (z.shape[1], x.shape[1] // groups, *size)
    plan = Plan("window_correlation", x.shape, kernel, stride, padding, dilation, groups)
    y = np.zeros((groups, kernel[0] // groups, math.prod(kernel[1:])), np.result_type(x, z))
    for some in plan.parts(x.shape[0], y.itemsize):
        y += plan.gathered(z[some], y.dtype, plan.count) @ plan.columns(x[some], y.dtype).swapaxes(1, 2)
    return y.reshape(kernel)


class Plan:
    """The shapes of one convolution, and the ways between an image and its columns.

    An image (n, channels, *axes) becomes (groups, entries of a window, windows): channels and places of the window
    count the rows; samples and places of the window in the image count the columns.

    wide     how many windows there are for `paint`. Where they start at every entry, it counts those that leave the
             image on its side, too, with the result 0: in the image as one long row, the entries at one place of all
             windows then follow each other, and rows of 143 numbers are added up instead of 13 · 11 (two thirds of
             the time)
    """

    def __init__(self, name, image, kernel, stride, padding, dilation, groups):
        self.size, axes = kernel[2:], len(kernel) - 2
        self.stride, self.dilation = stride or (1,) * axes, dilation or (1,) * axes
        self.padding, self.groups = padding or ((0, 0),) * axes, groups
        self.count = count_windows(name, image, self.size, self.stride, self.padding, self.dilation)
        self.channels, self.outputs = image[1], (kernel[0], *self.count)
        self.places = places(self.size, self.stride, self.dilation, self.count)
        self.room = tuple(n + a + b for n, (a, b) in zip(image[2:], self.padding))
        self.dense = set(self.stride) == {1}
        self.wide = (self.count[0], *self.room[1:]) if self.dense else self.count
        if image[1] != kernel[1] * groups or kernel[0] % groups:
            raise ShapeError(
                f"{name}: a kernel of shape {kernel} does not fit {image[1]} channels in groups={groups}.",
                "A kernel has an entry for every channel of its group: (outputs, channels / groups, *size).",
                "Make channels and outputs multiples of groups, and the second axis of the kernel channels / groups.",
            )

    def parts(self, samples, itemsize):
        """Slices of samples whose columns stay below PART."""
        each = itemsize * self.channels * entries(self.size) * entries(self.count)
        step = max(1, PART // max(1, each))
        return [slice(a, a + step) for a in range(0, samples, step)]

    def matrices(self, weight):
        """The kernels of each group as rows: (groups, outputs / groups, entries of a window)."""
        return weight.reshape(self.groups, weight.shape[0] // self.groups, math.prod(weight.shape[1:]))

    def first(self, z):
        """The shape of results with channels first: (outputs, n, *count)."""
        return (z.shape[1], z.shape[0], *z.shape[2:])

    def results(self, z):
        """Room for results: (groups, outputs / groups, windows)."""
        windows = z.shape[0] * entries(self.count)
        return scratch("results", (self.groups, z.shape[1] // self.groups, windows), z.dtype)

    def gathered(self, z, dtype, count):
        """Results (n, outputs, ...) as (groups, outputs / groups, windows), 0 where there are more windows."""
        y = scratch("results", (self.groups, z.shape[1] // self.groups, z.shape[0] * entries(count)), dtype)
        if count != z.shape[2:]:
            y.fill(0.0)
        y.reshape(z.shape[1], z.shape[0], *count)[(..., *map(slice, z.shape[2:]))] = z.swapaxes(0, 1)
        return y

    def space(self, samples, dtype, count):
        """Room for the columns of so many samples."""
        rows = self.channels // self.groups * entries(self.size)
        return scratch("columns", (self.groups, rows, samples * entries(count)), dtype)

    def columns(self, x, dtype):
        """Every window of every image in x, as a column."""
        columns = self.space(len(x), dtype, self.count)
        x = with_border(x, self.padding, 0.0).swapaxes(0, 1)
        y = columns.reshape(self.channels, *self.size, *x.shape[1:2], *self.count)
        for at, slices in self.places:
            y[(slice(None), *at)] = x[slices]
        return columns

    def paint(self, columns, y):
        """Add each column to the window of y that it belongs to; y holds zeros."""
        x = bordered = with_border(y, self.padding, 0.0)
        shown = self.places
        columns = columns.reshape(self.channels, *self.size, y.shape[0], *self.wide)
        if self.dense:
            length, shown = runs(self.size, self.dilation, self.count, self.room)
            columns = columns.reshape(*columns.shape[: -len(self.size)], -1)[..., :length]
            x = bordered.reshape(*y.shape[:2], -1)
        x = x.swapaxes(0, 1)
        for at, slices in shown:
            x[slices] += columns[(slice(None), *at)]
        if bordered is not y:
            y[...] = bordered[inside(y.shape, self.padding)]
