"""Arithmetic: + - × ÷ and powers, each with its derivatives above it."""

from __future__ import annotations

import math

from .domain import NONZERO, POSITIVE, REAL
from .exponentials import log
from .op import elementwise
from .rules import same
from .selecting import where


@elementwise(a=same, b=same, latex="{a} + {b}")
def add(a, b):
    """a + b: both receive the gradient as it is.

    >>> add(2.0, 3.0)
    5.0
    """
    return a + b


@elementwise(a=same, b=lambda g, y, a, b: -g, latex="{a} - {b}")
def subtract(a, b):
    """a - b.

    >>> subtract(2.0, 3.0)
    -1.0
    """
    return a - b


@elementwise(x=lambda g, y, x: -g, latex="-{x}")
def negative(x):
    """-x.

    >>> negative(2.0)
    -2.0
    """
    return -x


@elementwise(a=lambda g, y, a, b: g * b, b=lambda g, y, a, b: g * a, latex=r"{a} \cdot {b}")
def multiply(a, b):
    """a · b: each factor's derivative is the other factor.

    >>> multiply(2.0, 3.0)
    6.0
    """
    return a * b


@elementwise(
    a=lambda g, y, a, b: g / b,
    b=lambda g, y, a, b: -g * y / b,
    latex=r"\frac{ {a} }{ {b} }",
    domain={"a": REAL, "b": NONZERO},
)
def divide(a, b):
    """a / b; by zero it is inf or nan, as IEEE 754 has it.

    >>> divide(1.0, 0.0)
    inf
    """
    return a / b


@elementwise(
    a=lambda g, y, a, b: g * (b * a ** (b - (b != 0))),  # x⁰ is flat, also at 0 where 0 · x⁻¹ would be nan
    b=lambda g, y, a, b: g * (y * log(where(y == 0, 1.0, a))),  # 0ᵇ is flat, although log 0 is not finite
    latex="{a}^{ {b} }",
    domain={"a": POSITIVE, "b": REAL},
)
def power(a, b):
    """a to the power b. A negative number has no real power unless b is whole: nan.

    >>> power(2.0, 3.0), power(-8.0, 0.5)
    (8.0, nan)
    """
    y = a**b
    return y if type(y) is not complex else math.nan
