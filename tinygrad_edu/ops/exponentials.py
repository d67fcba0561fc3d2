"""Exponentials and logarithms: exp's derivative is exp itself, which is why every other one leads back to it."""

from __future__ import annotations

import math

import numpy as np

from .domain import ABOVE_MINUS_ONE, POSITIVE
from .op import elementwise

LN2, LN10 = math.log(2.0), math.log(10.0)


@elementwise(x=lambda g, y, x: g * y, latex="e^{ {x} }")
def exp(x):
    """e to the power x. The only function that is its own derivative.

    >>> exp(0.0), exp(1000.0)
    (1.0, inf)
    """
    return math.exp(x) if type(x) is float else np.exp(x)


@elementwise(x=lambda g, y, x: g * (y * LN2), latex="2^{ {x} }")
def exp2(x):
    """2 to the power x.

    >>> exp2(10.0)
    1024.0
    """
    return 2.0**x if type(x) is float else np.exp2(x)


@elementwise(x=lambda g, y, x: g * exp(x), latex="e^{ {x} } - 1")  # y + 1 would be 0 for x < -37
def expm1(x):
    """exp(x) - 1 without losing the digits of a small x.

    >>> expm1(1e-20)
    1e-20
    """
    return math.expm1(x) if type(x) is float else np.expm1(x)


@elementwise(x=lambda g, y, x: g / x, latex=r"\ln {x}", domain=POSITIVE)
def log(x):
    """The natural logarithm: the power to which e must be raised to give x.

    >>> log(1.0), log(0.0), log(-1.0)
    (0.0, -inf, nan)
    """
    return math.log(x) if type(x) is float else np.log(x)


@elementwise(x=lambda g, y, x: g / (1.0 + x), latex=r"\ln(1 + {x})", domain=ABOVE_MINUS_ONE)
def log1p(x):
    """log(1 + x) without losing the digits of a small x.

    >>> log1p(1e-20)
    1e-20
    """
    return math.log1p(x) if type(x) is float else np.log1p(x)


@elementwise(x=lambda g, y, x: g / (x * LN2), latex=r"\log_2 {x}", domain=POSITIVE)
def log2(x):
    """The logarithm to base 2.

    >>> log2(8.0)
    3.0
    """
    return math.log2(x) if type(x) is float else np.log2(x)


@elementwise(x=lambda g, y, x: g / (x * LN10), latex=r"\log_{10} {x}", domain=POSITIVE)
def log10(x):
    """The logarithm to base 10.

    >>> log10(1000.0)
    3.0
    """
    return math.log10(x) if type(x) is float else np.log10(x)


@elementwise(
    a=lambda g, y, a, b: g * exp(-logaddexp(0.0, b - a)),  # = exp(a - y), but a - y loses the digits of a large a
    b=lambda g, y, a, b: g * exp(-logaddexp(0.0, a - b)),
    latex=r"\ln(e^{ {a} } + e^{ {b} })",
)
def logaddexp(a, b):
    """log(exp(a) + exp(b)) without overflow. Its two derivatives are shares: they add up to 1.

    >>> logaddexp(0.0, 0.0) == log(2.0), logaddexp(1000.0, 0.0)
    (True, 1000.0)
    """
    if type(a) is float is type(b):
        return max(a, b) + (math.log1p(math.exp(-abs(a - b))) if a != b else LN2)
    return np.logaddexp(a, b)
