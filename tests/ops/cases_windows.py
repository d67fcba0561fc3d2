"""The rows for convolution and pooling: every setting, each against sums written out window by window."""

from __future__ import annotations

from itertools import product

import numpy as np

from tests.ops.case import Case, numbers
from tinygrad_edu.ops.convolution import convolution, transposed_convolution, window_correlation
from tinygrad_edu.ops.pooling import from_largest, max_pool, sum_pool, to_largest, to_windows


def spelled_out(axes, stride, padding, dilation):
    return stride or (1,) * axes, padding or ((0, 0),) * axes, dilation or (1,) * axes


def windows(x, size, stride=None, padding=None, dilation=None, border=0.0):
    """Every window: its place in the result, and its entries (samples, channels, *size), one by one."""
    stride, padding, dilation = spelled_out(len(size), stride, padding, dilation)
    x = np.pad(x, [(0, 0), (0, 0), *padding], constant_values=border)
    counts = [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(x.shape[2:], size, stride, dilation)]
    for place in product(*map(range, counts)):
        rows = [np.arange(k) * d + p * s for k, s, d, p in zip(size, stride, dilation, place)]
        yield place, counts, x[np.ix_(range(x.shape[0]), range(x.shape[1]), *rows)]


def per_window(function, x, **settings):
    """One number per window, sample and channel."""
    y = None
    for place, counts, entries in windows(x, **settings):
        y = np.zeros((*x.shape[:2], *counts)) if y is None else y
        y[(..., *place)] = function(entries.reshape(*x.shape[:2], -1), axis=-1)
    return y


def convolved(x, weight, bias, stride=None, padding=None, dilation=None, groups=1):
    """The definition: one sum per sample, output channel and window."""
    y, share = None, weight.shape[0] // groups
    for place, counts, entries in windows(x, weight.shape[2:], stride, padding, dilation):
        y = np.zeros((len(x), len(weight), *counts)) if y is None else y
        for o, kernel in enumerate(weight):
            first = o // share * weight.shape[1]
            seen = entries[:, first : first + weight.shape[1]]
            y[(slice(None), o, *place)] = (seen * kernel).reshape(len(x), -1).sum(axis=1)
    return y + np.reshape(bias, (-1, *(1,) * (weight.ndim - 2)))


def adjoint(function, shape, z):
    """The array a of this shape with Σ a · x = Σ z · function(x) for every x."""
    units = np.eye(int(np.prod(shape))).reshape(-1, *shape)
    return np.array([np.sum(z * function(unit)) for unit in units]).reshape(shape)


#            image           kernel          settings
CONVOLUTIONS = [
    ((2, 1, 5), (1, 1, 2), {}),
    ((1, 2, 7), (4, 1, 3), {"stride": (2,), "padding": ((2, 1),), "dilation": (2,), "groups": 2}),
    ((2, 2, 4, 5), (3, 2, 2, 3), {}),
    ((1, 1, 5, 4), (2, 1, 3, 2), {"stride": (2, 1), "padding": ((1, 1), (0, 2))}),
    ((1, 4, 4, 4), (4, 2, 2, 2), {"stride": (3, 2), "dilation": (2, 1), "groups": 2}),
    ((1, 1, 6, 5), (2, 1, 2, 2), {"dilation": (2, 3), "padding": ((1, 0), (0, 2))}),
    ((1, 2, 2, 2, 3), (1, 2, 2, 1, 2), {}),
]  # fmt: skip


def convolutions():
    for image, kernel, settings in CONVOLUTIONS:
        x, weight, bias = numbers(*image), numbers(*kernel, seed=1), numbers(kernel[0], seed=2)
        z, title = numbers(*convolved(x, weight, bias, **settings).shape, seed=3), f"{image}, {kernel}, {settings}"

        def ours(x, weight, bias, s=settings):
            return convolution(x, weight, bias, **s)

        def theirs(x, weight, bias=0.0, s=settings):
            return convolved(x, weight, bias, **s)

        def back(z, weight, s=settings, axes=image[2:]):
            return transposed_convolution(z, weight, shape=axes, **s)

        def learnt(x, z, s=settings, size=kernel[2:]):
            return window_correlation(x, z, size=size, **s)

        def their_back(z, weight, theirs=theirs, shape=image):
            return adjoint(lambda x: theirs(x, weight), shape, z)

        def their_learnt(x, z, theirs=theirs, shape=kernel):
            return adjoint(lambda weight: theirs(x, weight), shape, z)

        yield Case("convolution", ours, (x, weight, bias), reference=theirs, title=title)
        yield Case("transposed_convolution", back, (z, weight), reference=their_back, title=title)
        yield Case("window_correlation", learnt, (x, z), reference=their_learnt, title=title)


#            image         settings
POOLS = [
    ((2, 1, 6), {"size": (2,), "stride": (2,)}),
    ((1, 2, 5), {"size": (3,)}),
    ((1, 1, 5, 4), {"size": (2, 2), "stride": (2, 2), "padding": ((1, 1), (0, 1))}),
    ((1, 1, 6, 5), {"size": (3, 2), "stride": (1, 2)}),
]  # fmt: skip
DILATED = ((1, 1, 6, 7), {"size": (2, 3), "stride": (1, 2), "padding": ((1, 0), (1, 1)), "dilation": (2, 2)})


def apart(*shape):
    """Numbers that no step of a finite difference puts in another order."""
    return np.random.default_rng(5).permutation(int(np.prod(shape))).reshape(shape) / 4.0


def at_largest(entries, shown):
    """In each window, the entry where what is shown is largest."""
    return np.take_along_axis(entries, shown.argmax(axis=-1)[..., None], -1)[..., 0]


def pools():
    for image, settings in [*POOLS, DILATED]:
        x, title = apart(*image), f"{image}, {settings}"
        y = max_pool(x, **settings)

        def largest(x, s=settings):
            return per_window(np.max, x, border=-np.inf, **s)

        def pick(z, x=x, y=y, s=settings):
            return from_largest(z, x.astype(z.dtype), y.astype(z.dtype), **s)

        def put(z, x=x, y=y, s=settings):
            return to_largest(z, x.astype(z.dtype), y.astype(z.dtype), **s)

        def picked(z, x=x, s=settings):
            shown = [entries for _, _, entries in windows(x, border=-np.inf, **s)]
            rows = iter([entries.reshape(*entries.shape[:2], -1) for entries in shown])
            return per_window(lambda entries, axis: at_largest(entries, next(rows)), z, **s)

        yield Case("max_pool", lambda x, s=settings: max_pool(x, **s), (x,), reference=largest, title=title)
        yield Case("from_largest", pick, (numbers(*image, seed=4),), reference=picked, title=title)
        yield Case(
            "to_largest",
            put,
            (numbers(*y.shape, seed=6),),
            title=title,
            reference=lambda z, shape=image, picked=picked: adjoint(picked, shape, z),
        )
    for image, settings in POOLS:
        x, title = numbers(*image), f"{image}, {settings}"

        def added(x, s=settings):
            return per_window(np.sum, x, **s)

        def spread(z, s=settings, axes=image[2:]):
            return to_windows(z, shape=axes, **s)

        yield Case("sum_pool", lambda x, s=settings: sum_pool(x, **s), (x,), reference=added, title=title)
        yield Case(
            "to_windows",
            spread,
            (numbers(*added(x).shape, seed=7),),
            title=title,
            reference=lambda z, shape=image, added=added: adjoint(added, shape, z),
        )


CASES = [*convolutions(), *pools()]
