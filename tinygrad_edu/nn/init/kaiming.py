"""Kaiming (He): numbers keep their size through layers with ReLU, which cuts half of them off.

    standard deviation = gain / √inputs,   gain = √2 for ReLU

source   He, Zhang, Ren & Sun, Delving deep into rectifiers, ICCV 2015, arXiv:1502.01852

>>> weight = kaiming_normal_(Value(np.zeros((100, 200))), nonlinearity="relu", rng=np.random.default_rng(0))
>>> round(float(weight.data.std()), 3)
0.1
"""

from __future__ import annotations

import math

import numpy as np

from ...engine.value import Value
from ...errors import unknown_name
from .filling import normal_, parameter, uniform_
from .gain import calculate_gain, fans

MODES = ("fan_in", "fan_out")


def kaiming_uniform_(
    tensor: Value,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    rng: np.random.Generator | None = None,
) -> Value:
    """Numbers drawn evenly from ±gain · √(3 / inputs).

    tensor         a weight (outputs, inputs, ...), filled and returned
    a              the slope of leaky_relu for negative numbers
    mode           "fan_in" counts the inputs: numbers keep their size; "fan_out" the outputs: gradients do
    nonlinearity   what comes after the layer, as in `calculate_gain`
    raises         ShapeError for a weight with fewer than two axes; UnknownNameError for a mode or an activation

    >>> float(abs(kaiming_uniform_(Value(np.zeros((50, 150)))).data).max().round(1))
    0.2
    """
    bound = math.sqrt(3.0) * deviation("kaiming_uniform_", tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, rng)


def kaiming_normal_(
    tensor: Value,
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    rng: np.random.Generator | None = None,
) -> Value:
    """Normal numbers with standard deviation gain / √inputs; the arguments are those of `kaiming_uniform_`.

    >>> kaiming_normal_(Value(np.zeros((2, 3))), mode="fan_out").shape
    (2, 3)
    """
    return normal_(tensor, 0.0, deviation("kaiming_normal_", tensor, a, mode, nonlinearity), rng)


def deviation(function: str, tensor: Value, a: float, mode: str, nonlinearity: str) -> float:
    """The standard deviation for this weight."""
    if mode not in MODES:
        raise unknown_name("mode", mode, MODES)
    fan = fans(function, parameter(function, tensor).shape)[MODES.index(mode)]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)
