"""Padding: a border of constants carries no gradient; a border of copies carries its gradient to the originals.

>>> pad([1.0, 2.0, 3.0], 1), pad([1.0, 2.0, 3.0], (0, 2), mode="reflect")
(array([0., 1., 2., 3., 0.]), array([1., 2., 3., 2., 1.]))
"""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError, UnsupportedError
from .broadcasting import shape_of
from .op import op

COPYING = ("edge", "reflect", "symmetric", "wrap")


@op(
    x=lambda g, y, x, pad_width, mode, constant_values: (
        g[_inside(shape_of(x), pad_width)]
        if mode == "constant"
        else fold_border(g, shape=shape_of(x), pad_width=pad_width, mode=mode)
    ),
    latex=r"\operatorname{pad} {x}",
)
def pad(x, *, pad_width=0, mode="constant", constant_values=0):
    """x with a border around it.

    pad_width        its width: an int, (before, after), or one such pair per axis
    mode             "constant", or copies: "edge" repeats the last entry, "reflect" mirrors at it (cba|b),
                     "symmetric" mirrors behind it (cba|ab), "wrap" goes on from the other end
    constant_values  what a constant border holds: plain numbers, in any form of pad_width
    raises           UnsupportedError for NumPy's other modes, ShapeError for widths that do not fit the axes

    >>> pad([[1.0, 2.0]], ((1, 0), (0, 2)), constant_values=7)
    array([[7., 7., 7., 7.],
           [1., 2., 7., 7.]])
    """
    if mode != "constant" and mode not in COPYING:
        raise UnsupportedError(
            f"pad: mode={mode!r} is not supported.",
            f"The modes are: constant, {', '.join(COPYING)}; the gradient of a border must lead to single entries.",
            'Write mode="edge", or compute the border and join it with concatenate.',
        )
    widths = _widths(np.shape(x), pad_width)
    if mode != "constant":
        return np.pad(x, widths, mode)
    if type(x) is float or np.ndim(constant_values) or constant_values:
        return np.pad(x, widths, constant_values=constant_values)
    y = np.zeros([n + a + b for n, (a, b) in zip(x.shape, widths, strict=True)], x.dtype)  # half the time of np.pad
    y[tuple(slice(a, a + n) for n, (a, _) in zip(x.shape, widths, strict=True))] = x
    return y


@op(
    x=lambda g, y, x, shape, pad_width, mode: pad(g, pad_width=pad_width, mode=mode),
    latex=r"\sum {x}",
)
def fold_border(x, *, shape=(), pad_width=0, mode="edge"):
    """Add every entry of the border to the one it is a copy of: `pad` and this are each other's derivative.

    >>> fold_border([1.0, 2.0, 3.0, 4.0, 5.0], shape=(3,), pad_width=1, mode="edge")
    array([3., 3., 9.])
    """
    for axis, (n, (a, b)) in enumerate(zip(shape, _widths(shape, pad_width), strict=True)):
        copied = np.pad(np.arange(n), (a, b), mode)  # which entry each place of this axis shows
        rest = (slice(None),) * axis
        folded = x[(*rest, slice(a, a + n))].copy()
        for place in [*range(a), *range(a + n, a + n + b)]:  # borders are narrow
            folded[(*rest, copied[place])] += x[(*rest, place)]
        x = folded
    return x


def _widths(shape, pad_width):
    """The width before and after each axis."""
    if isinstance(pad_width, dict):
        named = {i % len(shape): width for i, width in pad_width.items()}
        pad_width = [np.broadcast_to(named.get(i, 0), 2) for i in range(len(shape))]
    try:
        widths = np.broadcast_to(pad_width, (len(shape), 2)).tolist()
    except ValueError:
        widths = [[-1, -1]]
    if any(type(n) is not int or n < 0 for pair in widths for n in pair):
        raise ShapeError(
            f"pad: the widths {pad_width!r} do not fit the shape {shape}.",
            "Each axis has a whole number of new places before it and after it, 0 or more.",
            f"Write one number, one pair (before, after), or {len(shape)} pairs, one per axis.",
        )
    return widths


def _inside(shape, pad_width):
    """The index of the original in the padded array."""
    return tuple(slice(a, a + n) for n, (a, _) in zip(shape, _widths(shape, pad_width), strict=True))
