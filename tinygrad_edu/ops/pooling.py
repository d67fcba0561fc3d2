"""Pooling: one number for each window, the largest or the sum.

What goes forward through a window goes backward through the same window, so each primitive has a partner:
`max_pool` and `to_largest`, `sum_pool` and `to_windows`.

>>> x = np.array([[[1.0, 5.0, 2.0, 2.0]]])
>>> y = max_pool(x, size=(2,), stride=(2,))
>>> y, to_largest(np.array([[[10.0, 20.0]]]), x, y, size=(2,), stride=(2,))
(array([[[5., 2.]]]), array([[[ 0., 10., 10., 10.]]]))

size, stride, padding and dilation have one entry per axis, as in `windows`; None is 1, or no border.
"""

from __future__ import annotations

import math

import numpy as np

from .broadcasting import shape_of
from .op import op
from .windows import count_windows, inside, places, with_border


def none(*_, **__):
    """The gradient of an input that only decides where another gradient goes."""
    return 0.0


@op(
    x=lambda g, y, x, size, stride, padding, dilation: to_largest(
        g, x, y, size=size, stride=stride, padding=padding, dilation=dilation
    ),
    latex=r"\operatorname{maxpool} {x}",
)
def max_pool(x, *, size=(), stride=None, padding=None, dilation=None):
    """The largest entry of each window; the border is −∞ and never wins, nan always does.

    At the kink, where several entries of a window are largest, they share the gradient equally, as in `max`.

    x         (samples, channels, *axes)       returns  (samples, channels, *count)
    raises    ShapeError if no window fits

    >>> max_pool([[[1.0, 5.0, 2.0]]], size=(2,))
    array([[[5., 5.]]])
    """
    windows, padding = windows_of("max_pool", np.shape(x), size, stride, padding, dilation)
    x = with_border(x, padding, -math.inf)
    y = x[windows[0]].copy()
    for slices in windows[1:]:
        np.maximum(y, x[slices], out=y)
    return y


@op(
    z=lambda g, y, z, x, largest, size, stride, padding, dilation: from_largest(
        g, x, largest, size=size, stride=stride, padding=padding, dilation=dilation
    ),
    x=none,
    largest=none,
    latex=r"{z} \to \operatorname{argmax} {x} = {largest}",
)
def to_largest(z, x, largest, *, size=(), stride=None, padding=None, dilation=None):
    """Each entry of z goes to the entry of its window in x that is the largest; several of them share it equally.

    >>> x = np.array([[[1.0, 5.0, 5.0]]])
    >>> to_largest([[[8.0, 2.0]]], x, [[[5.0, 5.0]]], size=(2,))
    array([[[0., 9., 1.]]])
    """
    windows, padding = windows_of("max_pool", x.shape, size, stride, padding, dilation)
    bordered = with_border(x, padding, -math.inf)
    share, masks = _shares(z, bordered, largest, windows)
    y = np.zeros(bordered.shape, share.dtype)
    side_by_side = all(k <= s for k, s in zip(size, stride or (1,) * len(size))) and not dilation
    for slices, mask in zip(windows, masks):
        if side_by_side:  # nothing to add to: a third of the time
            np.multiply(share, mask, out=y[slices])
        else:
            y[slices] += share * mask
    return y[inside(x.shape, padding)] if bordered is not x else y


@op(
    z=lambda g, y, z, x, largest, size, stride, padding, dilation: to_largest(
        g, x, largest, size=size, stride=stride, padding=padding, dilation=dilation
    ),
    x=none,
    largest=none,
    latex=r"{z}_{\operatorname{argmax} {x} = {largest}}",
)
def from_largest(z, x, largest, *, size=(), stride=None, padding=None, dilation=None):
    """For each window, the entry of z at the place where x is largest; the mean of them where several are.

    >>> from_largest([[[10.0, 20.0, 40.0]]], np.array([[[1.0, 5.0, 5.0]]]), [[[5.0, 5.0]]], size=(2,))
    array([[[20., 30.]]])
    """
    windows, padding = windows_of("max_pool", x.shape, size, stride, padding, dilation)
    share, masks = _shares(1.0, with_border(x, padding, -math.inf), largest, windows)
    z = with_border(z, padding, 0.0)
    y = np.zeros(share.shape, np.result_type(z, share))
    for slices, mask in zip(windows, masks):
        y += z[slices] * mask
    return y * share


@op(
    x=lambda g, y, x, size, stride, padding: to_windows(
        g, shape=shape_of(x)[2:], size=size, stride=stride, padding=padding
    ),
    latex=r"\operatorname{sumpool} {x}",
)
def sum_pool(x, *, size=(), stride=None, padding=None):
    """The sum of each window; the border is 0.

    x         (samples, channels, *axes)       returns  (samples, channels, *count)
    raises    ShapeError if no window fits

    >>> sum_pool([[[1.0, 5.0, 2.0]]], size=(2,))
    array([[[6., 7.]]])
    """
    windows, padding = windows_of("avg_pool", np.shape(x), size, stride, padding, None)
    x = with_border(x, padding, 0.0)
    y = x[windows[0]].copy()
    for slices in windows[1:]:
        y += x[slices]
    return y


@op(
    z=lambda g, y, z, shape, size, stride, padding: sum_pool(g, size=size, stride=stride, padding=padding),
    latex=r"\operatorname{unpool} {z}",
)
def to_windows(z, *, shape=(), size=(), stride=None, padding=None):
    """Each entry of z goes to every entry of its window, in an image with these axes.

    >>> to_windows([[[1.0, 10.0]]], shape=(3,), size=(2,))
    array([[[ 1., 11., 10.]]])
    """
    image = (*z.shape[:2], *shape)
    windows, padding = windows_of("avg_pool", image, size, stride, padding, None)
    y = with_border(np.zeros(image, z.dtype), padding, 0.0)
    for slices in windows:
        y[slices] += z
    return y[inside(image, padding)]


def windows_of(name, shape, size, stride, padding, dilation):
    """For each place in the window the slices that show it in all of them; and the border, spelled out."""
    stride, dilation = stride or (1,) * len(size), dilation or (1,) * len(size)
    padding = padding or ((0, 0),) * len(size)
    count = count_windows(name, shape, size, stride, padding, dilation)
    return [slices for _, slices in places(size, stride, dilation, count)], padding


def _shares(z, x, largest, windows):
    """What each of the largest entries of a window receives of z, and for each place in the window where it is one."""
    masks = [x[slices] == largest for slices in windows]
    ties = masks[0].astype(np.uint8 if len(masks) < 256 else np.uint32)  # small numbers: a fifth of the time
    for mask in masks[1:]:
        ties += mask
    return z / np.maximum(ties, 1, out=ties).astype(x.dtype), masks  # nan equals nothing
