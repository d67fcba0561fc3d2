"""Leaving axes out, and putting them back for the gradient.

>>> g = reduced(np.add, np.ones((2, 3)), 1, False)
>>> g, expanded(g, 1, False).shape, count(np.ones((2, 3)), 1)
(array([3., 3.]), (2, 1), 3.0)
"""

from __future__ import annotations

import math

import numpy as np

from .broadcasting import shape_of
from .shapes import expand_dims


def reduced(ufunc, x, axis, keepdims):
    """NumPy's reduction without its wrapper, which takes 2 µs."""
    y = ufunc.reduce(x, axis=chosen(axis), keepdims=keepdims)
    return y if type(y) is np.ndarray else float(y)


def expanded(g, axis, keepdims):
    """g with the reduced axes back in their places, with length 1; a single number fits everywhere as it is."""
    return g if keepdims or axis is None or shape_of(g) == () else expand_dims(g, axis=axis)


def chosen(axis):
    """The axis as NumPy takes it: it refuses lists."""
    return tuple(axis) if type(axis) is list else axis


def count(x, axis):
    """How many numbers are reduced to one; nan for none of them, so that their mean is unknown, not an error."""
    shape = shape_of(x)
    axes = range(len(shape)) if axis is None else axis if type(axis) in (tuple, list) else (axis,)
    return float(math.prod(shape[i] for i in axes)) or math.nan if shape else 1.0
