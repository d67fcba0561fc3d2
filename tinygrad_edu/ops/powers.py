"""Powers with names of their own: 1/x, x², √x, ∛x."""

from __future__ import annotations

import math

import numpy as np

from .domain import NONZERO, POSITIVE
from .op import elementwise


@elementwise(x=lambda g, y, x: -g * y * y, latex=r"\frac{1}{ {x} }", domain=NONZERO)
def reciprocal(x):
    """1 / x

    >>> reciprocal(4.0)
    0.25
    """
    return 1.0 / x


@elementwise(x=lambda g, y, x: g * (2.0 * x), latex="{x}^2")
def square(x):
    """x · x

    >>> square(-3.0)
    9.0
    """
    return x * x


@elementwise(x=lambda g, y, x: 0.5 * g / y, latex=r"\sqrt{ {x} }", domain=POSITIVE)
def sqrt(x):
    """The number whose square is x; nan if x is negative. At the edge x = 0 the slope is infinite.

    >>> sqrt(9.0)
    3.0
    """
    return math.sqrt(x) if type(x) is float else np.sqrt(x)


@elementwise(x=lambda g, y, x: g / (3.0 * y * y), latex=r"\sqrt[3]{ {x} }", domain=NONZERO)
def cbrt(x):
    """The number whose cube is x, also for negative x. At x = 0 it is continuous, but the slope is infinite.

    >>> cbrt(-8.0)
    -2.0
    """
    return float(np.cbrt(x)) if type(x) is float else np.cbrt(x)
