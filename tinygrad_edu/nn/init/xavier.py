"""Xavier (Glorot): numbers and gradients keep their size from layer to layer, in a network that hardly bends.

    standard deviation = gain · √(2 / (inputs + outputs))

source   Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010

>>> weight = xavier_normal_(Value(np.zeros((100, 300))), rng=np.random.default_rng(0))
>>> round(float(weight.data.std()), 3)
0.071
"""

from __future__ import annotations

import math

import numpy as np

from ...engine.value import Value
from .filling import normal_, parameter, uniform_
from .gain import fans


def xavier_uniform_(tensor: Value, gain: float = 1.0, rng: np.random.Generator | None = None) -> Value:
    """Numbers drawn evenly from ±gain · √(6 / (inputs + outputs)).

    tensor   a weight (outputs, inputs, ...), filled and returned
    raises   ShapeError for a weight with fewer than two axes

    >>> float(abs(xavier_uniform_(Value(np.zeros((100, 50)))).data).max().round(2))
    0.2
    """
    bound = gain * math.sqrt(6.0 / sum(fans("xavier_uniform_", parameter("xavier_uniform_", tensor).shape)))
    return uniform_(tensor, -bound, bound, rng)


def xavier_normal_(tensor: Value, gain: float = 1.0, rng: np.random.Generator | None = None) -> Value:
    """Normal numbers with standard deviation gain · √(2 / (inputs + outputs)).

    tensor   a weight (outputs, inputs, ...), filled and returned
    raises   ShapeError for a weight with fewer than two axes

    >>> xavier_normal_(Value(np.zeros((2, 3)))).shape
    (2, 3)
    """
    std = gain * math.sqrt(2.0 / sum(fans("xavier_normal_", parameter("xavier_normal_", tensor).shape)))
    return normal_(tensor, 0.0, std, rng)
