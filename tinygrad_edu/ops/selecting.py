"""Choosing one of two numbers: what was not chosen has no influence, so no gradient goes there."""

from __future__ import annotations

import math

import numpy as np

from .arguments import given
from .domain import NONZERO
from .kinks import gate
from .op import elementwise
from .rules import zero


@elementwise(
    condition=zero,
    a=lambda g, y, condition, a, b: gate(g, condition),
    b=lambda g, y, condition, a, b: where(condition, 0.0, g),
    latex=r"\begin{cases} {a} & \text{if } {condition} \\ {b} & \text{otherwise} \end{cases}",
)
def where(condition, a, b):
    """a where the condition holds (is not 0), b elsewhere. The condition itself has no gradient.

    condition   bool, number, or an array of them; all three are broadcast together

    >>> where(np.array([True, False]), 1.0, 2.0)
    array([1., 2.])
    """
    if type(condition) is float is type(a) is type(b):
        return a if condition else b
    return np.where(condition, a, b)


@elementwise(
    a=lambda g, y, a, b: gate(g, a > b) + gate(0.5 * g, a == b),
    b=lambda g, y, a, b: gate(g, a < b) + gate(0.5 * g, a == b),
    latex=r"\max({a}, {b})",
)
def maximum(a, b):
    """The larger of the two; nan if one of them is nan. At the kink a = b, half of the gradient goes to each.

    >>> maximum(np.array([1.0, 5.0]), 3.0)
    array([3., 5.])
    """
    if type(a) is float is type(b):
        return a if a > b or a != a else b
    return np.maximum(a, b)


@elementwise(
    a=lambda g, y, a, b: gate(g, a < b) + gate(0.5 * g, a == b),
    b=lambda g, y, a, b: gate(g, a > b) + gate(0.5 * g, a == b),
    latex=r"\min({a}, {b})",
)
def minimum(a, b):
    """The smaller of the two; nan if one of them is nan. At the kink a = b, half of the gradient goes to each.

    >>> minimum(np.array([1.0, 5.0]), 3.0)
    array([1., 3.])
    """
    if type(a) is float is type(b):
        return a if a < b or a != a else b
    return np.minimum(a, b)


def clip(x, a_min=None, a_max=None, *, min=None, max=None):
    """x, but at least a_min and at most a_max (numbers or arrays; None is no bound; min and max are the same).

    Where x is cut off, the bound decides and x gets no gradient. At the kinks x = a_min and x = a_max,
    half of the gradient goes to each, as in `maximum` and `minimum`.

    >>> clip(np.array([-5.0, 0.5, 5.0]), 0.0, 1.0)
    array([0. , 0.5, 1. ])
    """
    low, high = min if a_min is None else a_min, max if a_max is None else a_max
    if low is not None:
        x = maximum(x, low)
    return given(x) if high is None else minimum(x, high)


@elementwise(x=lambda g, y, x: g * sign(x), latex=r"\left| {x} \right|", domain=NONZERO)
def absolute(x):
    """The distance from 0. At the kink x = 0 the derivative is 0, halfway between the slopes -1 and 1.

    >>> absolute(-3.0)
    3.0
    """
    return math.fabs(x) if type(x) is float else np.absolute(x)


abs = absolute  # np.abs is the same function, too


@elementwise(x=zero, latex=r"\operatorname{sign} {x}", domain=NONZERO)
def sign(x):
    """-1, 0 or 1. It is flat except for its jump at 0, so no gradient passes.

    >>> sign(np.array([-3.0, 0.0, 3.0]))
    array([-1.,  0.,  1.])
    """
    if type(x) is float:
        return float((x > 0.0) - (x < 0.0)) if x == x else x
    return np.sign(x)
