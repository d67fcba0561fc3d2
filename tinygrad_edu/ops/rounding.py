"""Whole numbers: steps are flat and then jump, so no gradient passes; the remainder keeps its slope."""

from __future__ import annotations

import math

import numpy as np

from .domain import NONZERO, NOT_HALF, NOT_WHOLE, REAL
from .op import elementwise
from .rules import same, zero


@elementwise(x=zero, latex=r"\lfloor {x} \rfloor", domain=NOT_WHOLE)
def floor(x):
    """The largest whole number that is not above x. No gradient passes: it is flat between its jumps.

    >>> floor(-1.5)
    -2.0
    """
    return float(math.floor(x)) if type(x) is float else np.floor(x)


@elementwise(x=zero, latex=r"\lceil {x} \rceil", domain=NOT_WHOLE)
def ceil(x):
    """The smallest whole number that is not below x. No gradient passes: it is flat between its jumps.

    >>> ceil(1.5)
    2.0
    """
    return float(math.ceil(x)) if type(x) is float else np.ceil(x)


@elementwise(x=zero, latex=r"\operatorname{trunc} {x}", domain=NOT_WHOLE)
def trunc(x):
    """x without what stands behind the decimal point. No gradient passes: it is flat between its jumps.

    >>> trunc(-1.5)
    -1.0
    """
    return float(math.trunc(x)) if type(x) is float else np.trunc(x)


@elementwise(x=zero, latex=r"\operatorname{round} {x}", domain=NOT_HALF)
def round(x, *, decimals=0):
    """The nearest number with so many decimals; halfway, the even one. No gradient passes: flat between its jumps.

    >>> round(2.5), round(1.2345, 2)
    (2.0, 1.23)
    """
    return float(np.round(x, decimals)) if type(x) is float else np.round(x, decimals)


@elementwise(
    a=zero,
    b=zero,
    latex=r"\left\lfloor \frac{ {a} }{ {b} } \right\rfloor",
    domain={"a": REAL, "b": NONZERO},
)
def floor_divide(a, b):
    """How often b goes into a, rounded down: a // b. No gradient passes: it is flat between its jumps.

    >>> floor_divide(7.0, 2.0), floor_divide(-7.0, 2.0)
    (3.0, -4.0)
    """
    return a // b


@elementwise(
    a=same,
    b=lambda g, y, a, b: -g * (a // b),
    latex=r"{a} \bmod {b}",
    domain={"a": REAL, "b": NONZERO},
)
def mod(a, b):
    """What is left of a after taking b away a // b times; it has the sign of b. It jumps where b goes evenly.

    >>> mod(7.0, 3.0), mod(-7.0, 3.0)
    (1.0, 2.0)
    """
    return a % b


remainder = mod  # the name that np.mod calls itself
