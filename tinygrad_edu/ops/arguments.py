"""What a function was given: arrays in the form primitives compute with, and axes that exist.

>>> given([1, 2]), check_axes("flip", (0, -1), 3, (2, 3, 4))
(array([1., 2.]), (0, 2))
"""

from __future__ import annotations

import numpy as np

from ..errors import AxisError
from .numbers import constant


def given(x):
    """What records as it is, a number or a list of numbers as float or array.

    >>> given(3)
    3.0
    """
    return x if hasattr(x, "apply_op") else constant(x)


def check_axes(name, axis, count, shape, whose="x", repeated=False):
    """The axes in `axis` (an int or several) as a tuple of numbers from 0 to count - 1.

    raises   AxisError if one of them is not there, or (unless repeated) is named twice

    >>> check_axes("squeeze", -1, 2, (3, 1))
    (1,)
    """
    if type(axis) is int and -count <= axis < count:
        return (axis % count,)
    axes = tuple(axis) if isinstance(axis, (tuple, list, np.ndarray)) else (axis,)
    for i in axes:
        if not isinstance(i, (int, np.integer)) or not -count <= i < count:
            raise no_axis(name, i, count, shape, whose)
    axes = tuple(int(i) % count for i in axes)
    if len(set(axes)) < len(axes) and not repeated:
        raise AxisError(
            f"{name}: {axis!r} names an axis of the shape {shape} twice.",
            "Each axis can be named once; a negative number counts from the end.",
            f"Write different axes, each a number from 0 to {count - 1}.",
        )
    return axes


def no_axis(name, axis, count, shape, whose="x"):
    """The error for an axis that is not there; `whose` says of what, when not of x itself."""
    if not count:
        return AxisError(
            f"{name}: there is no axis {axis} for x of shape {shape}.",
            "x is a single number and has no axes.",
            "Write x[None] to give it one.",
        )
    there = f"{count} {'axis' if count == 1 else 'axes'}, numbered {', '.join(map(str, range(count)))}"
    return AxisError(
        f"{name}: there is no axis {axis!r} for x of shape {shape}.",
        f"{whose} has {there}; negative numbers count from the end.",
        f"Write axis {count - 1} or -1 for the last one.",
    )


def whole(numbers, least=None):
    """Whether these settings are whole numbers, and none below `least`: an int, or a sequence of them.

    >>> whole(3), whole([1, 2]), whole(1.5), whole((1, -1), least=0)
    (True, True, False, False)
    """
    numbers = np.asarray(numbers)
    return not numbers.size or (numbers.dtype.kind in "iu" and (least is None or bool(numbers.min() >= least)))
