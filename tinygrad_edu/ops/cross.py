"""The cross product of vectors in space. Its gradients are cross products again.

>>> cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
array([0., 0., 1.])
"""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError, UnsupportedError
from .arguments import check_axes, given
from .broadcasting import shape_of
from .op import op
from .shapes import moveaxis


@op(a=lambda g, y, a, b: cross_rows(b, g), b=lambda g, y, a, b: cross_rows(g, a), latex=r"{a} \times {b}")
def cross_rows(a, b):
    """The cross products of vectors in the last axis: a × b; each factor's gradient is a cross product again.

    >>> cross_rows([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    array([0., 0., 1.])
    """
    return np.cross(a, b)


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross product a × b of vectors with 3 entries: orthogonal to both, as long as their parallelogram.

    axisa, axisb, axisc   where the vectors stand in a, in b, and in the result; axis sets all three
    raises                UnsupportedError for vectors with 2 entries, ShapeError for other lengths

    >>> cross([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    array([-3.,  6., -3.])
    """
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    a, b = given(a), given(b)
    lengths = []
    for x, i in ((a, axisa), (b, axisb)):
        shape = shape_of(x)
        lengths.append(shape[check_axes("cross", i, len(shape), shape)[0]])
    if set(lengths) == {2} or set(lengths) == {2, 3}:
        raise UnsupportedError(
            f"cross: vectors with {lengths[0]} and {lengths[1]} entries.",
            "NumPy gives up cross products in the plane (deprecated since 2.0), and so does this function.",
            "Write a[0] * b[1] - a[1] * b[0] for the area, or append a 0 to make the vectors three-dimensional.",
        )
    if lengths != [3, 3]:
        raise ShapeError(
            f"cross: vectors with {lengths[0]} and {lengths[1]} entries.",
            "The cross product is defined for vectors with 3 entries.",
            "Write axis=... to say which axis holds them.",
        )
    y = cross_rows(moveaxis(a, axisa, -1), moveaxis(b, axisb, -1))
    return y if axisc in (-1, len(shape_of(y)) - 1) else moveaxis(y, -1, axisc)
