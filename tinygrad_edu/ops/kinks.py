"""What a gradient meets on its way back through a kink: a gate, open on one side, and a length that may be 0."""

from __future__ import annotations

import math

import numpy as np

from .op import elementwise
from .rules import zero


@elementwise(
    x=lambda g, y, x, condition: gate(g, condition),
    condition=zero,
    latex=r"\begin{cases} {x} & \text{if } {condition} \\ 0 & \text{otherwise} \end{cases}",
)
def gate(x, condition):
    """x where the condition holds (is not 0), else 0.

    >>> gate(np.array([5.0, 7.0]), np.array([True, False]))
    array([5., 0.])
    """
    if type(x) is float is type(condition):
        return x if condition else 0.0
    if type(condition) is float or condition.dtype != bool:
        condition = condition != 0.0
    y = x * condition  # 0.5 ns per entry; np.where takes 4.5, as the processor guesses the condition and is wrong
    return np.where(condition, x, 0.0) if math.isnan(np.vdot(y, y)) else y  # 0 · inf is nan


def gated(g, condition):
    """gate(g, condition), in half the time for arrays: nothing has to be recorded or converted."""
    return gate.forward(g, condition) if type(g) is np.ndarray is type(condition) else gate(g, condition)


def ratio_or_zero(a, b):
    """a / b, but 0 (and flat) where b is 0: the derivative of a length b by its side a.

    >>> ratio_or_zero(np.array([3.0, 0.0]), np.array([5.0, 0.0]))
    array([0.6, 0. ])
    """
    return gate(a, b != 0.0) / (b + (b == 0.0))
