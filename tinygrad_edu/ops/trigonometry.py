"""Circle and hyperbola: sine, cosine, tangent, their hyperbolic sisters and all inverses; angles are in radians."""

from __future__ import annotations

import math

import numpy as np

from .domain import ABOVE_ONE, NONZERO, OPEN_UNIT, REAL, Domain
from .kinks import ratio_or_zero
from .op import elementwise
from .powers import sqrt

NO_POLE = Domain("x is no odd multiple of π/2", -1.3, 1.3)


@elementwise(x=lambda g, y, x: g * cos(x), latex=r"\sin {x}")
def sin(x):
    """The height of the point at the angle x on the unit circle.

    >>> sin(math.pi / 2)
    1.0
    """
    return math.sin(x) if type(x) is float else np.sin(x)


@elementwise(x=lambda g, y, x: -g * sin(x), latex=r"\cos {x}")
def cos(x):
    """The distance to the right of the point at the angle x on the unit circle.

    >>> cos(0.0)
    1.0
    """
    return math.cos(x) if type(x) is float else np.cos(x)


@elementwise(x=lambda g, y, x: g * (1.0 + y * y), latex=r"\tan {x}", domain=NO_POLE)
def tan(x):
    """sin(x) / cos(x), the slope of the line at the angle x.

    >>> tan(0.0)
    0.0
    """
    return math.tan(x) if type(x) is float else np.tan(x)


@elementwise(x=lambda g, y, x: g / sqrt((1.0 - x) * (1.0 + x)), latex=r"\arcsin {x}", domain=OPEN_UNIT)
def arcsin(x):
    """The angle between -π/2 and π/2 whose sine is x; nan outside [-1, 1].

    >>> arcsin(1.0) == math.pi / 2
    True
    """
    return math.asin(x) if type(x) is float else np.arcsin(x)


@elementwise(x=lambda g, y, x: -g / sqrt((1.0 - x) * (1.0 + x)), latex=r"\arccos {x}", domain=OPEN_UNIT)
def arccos(x):
    """The angle between 0 and π whose cosine is x; nan outside [-1, 1].

    >>> arccos(1.0)
    0.0
    """
    return math.acos(x) if type(x) is float else np.arccos(x)


@elementwise(x=lambda g, y, x: g / (1.0 + x * x), latex=r"\arctan {x}")
def arctan(x):
    """The angle between -π/2 and π/2 whose tangent is x.

    >>> arctan(math.inf) == math.pi / 2
    True
    """
    return math.atan(x) if type(x) is float else np.arctan(x)


@elementwise(x=lambda g, y, x: g * cosh(x), latex=r"\sinh {x}")
def sinh(x):
    """(exp(x) - exp(-x)) / 2, without losing the digits of a small x.

    >>> sinh(1e-20)
    1e-20
    """
    return math.sinh(x) if type(x) is float else np.sinh(x)


@elementwise(x=lambda g, y, x: g * sinh(x), latex=r"\cosh {x}")
def cosh(x):
    """(exp(x) + exp(-x)) / 2, the shape of a hanging chain.

    >>> cosh(0.0)
    1.0
    """
    return math.cosh(x) if type(x) is float else np.cosh(x)


@elementwise(x=lambda g, y, x: g * (1.0 - y * y), latex=r"\tanh {x}")
def tanh(x):
    """Squash any number into (-1, 1).

    >>> tanh(0.0), tanh(1000.0)
    (0.0, 1.0)
    """
    return math.tanh(x) if type(x) is float else np.tanh(x)


@elementwise(x=lambda g, y, x: g / hypot(1.0, x), latex=r"\operatorname{arsinh} {x}")
def arcsinh(x):
    """The number whose sinh is x.

    >>> arcsinh(0.0)
    0.0
    """
    return math.asinh(x) if type(x) is float else np.arcsinh(x)


@elementwise(
    x=lambda g, y, x: g / (sqrt(x - 1.0) * sqrt(x + 1.0)),  # sqrt(x² - 1) would overflow
    latex=r"\operatorname{arcosh} {x}",
    domain=ABOVE_ONE,
)
def arccosh(x):
    """The number ≥ 0 whose cosh is x; nan if x < 1.

    >>> arccosh(1.0)
    0.0
    """
    return math.acosh(x) if type(x) is float else np.arccosh(x)


@elementwise(x=lambda g, y, x: g / ((1.0 - x) * (1.0 + x)), latex=r"\operatorname{artanh} {x}", domain=OPEN_UNIT)
def arctanh(x):
    """The number whose tanh is x; infinite at -1 and 1, nan outside.

    >>> arctanh(0.0), arctanh(1.0)
    (0.0, inf)
    """
    return math.atanh(x) if type(x) is float else np.arctanh(x)


@elementwise(
    a=lambda g, y, a, b: g * (b / hypot(a, b) / hypot(a, b)),  # a² + b² would overflow
    b=lambda g, y, a, b: -g * (a / hypot(a, b) / hypot(a, b)),
    latex=r"\operatorname{atan2}({a}, {b})",
    domain={"a": NONZERO, "b": REAL},
)
def arctan2(a, b):
    """The angle between -π and π of the point b to the right and a up. It jumps by 2π at a = 0, b < 0.

    The origin has no angle: there the result is 0, as in every library, and the derivative nan.

    >>> arctan2(0.0, -1.0) == math.pi
    True
    """
    return math.atan2(a, b) if type(a) is float is type(b) else np.arctan2(a, b)


@elementwise(
    a=lambda g, y, a, b: g * ratio_or_zero(a, y),
    b=lambda g, y, a, b: g * ratio_or_zero(b, y),
    latex=r"\sqrt{ {a}^2 + {b}^2}",
    domain={"a": NONZERO, "b": REAL},
)
def hypot(a, b):
    """The length of the vector (a, b), without overflow. At the kink (0, 0) both derivatives are 0.

    >>> hypot(3.0, 4.0), hypot(1e200, 0.0)
    (5.0, 1e+200)
    """
    return math.hypot(a, b) if type(a) is float is type(b) else np.hypot(a, b)
