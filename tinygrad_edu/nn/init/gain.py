"""How wide a layer must start so that what passes it keeps its size, whatever bends it.

>>> calculate_gain("relu") == 2**0.5, calculate_gain("tanh"), fans("f", (8, 4, 3, 3))
(True, 1.6666666666666667, (36, 72))
"""

from __future__ import annotations

import math

from ...errors import ShapeError, unknown_name

GAINS = {
    "linear": 1.0, "conv1d": 1.0, "conv2d": 1.0, "sigmoid": 1.0, "tanh": 5.0 / 3.0, "relu": math.sqrt(2.0),
    "leaky_relu": math.sqrt(2.0), "selu": 0.75,
}  # fmt: skip


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much weights must be larger before this activation: it makes what passes it smaller.

    param    of leaky_relu: its slope for negative numbers, 0.01 unless given
    raises   UnknownNameError for an activation without a recommended gain
    source   PyTorch documentation, torch.nn.init.calculate_gain; He et al. (2015) for relu and leaky_relu

    >>> calculate_gain("leaky_relu", 1.0)
    1.0
    """
    if nonlinearity not in GAINS:
        raise unknown_name("gain", nonlinearity, GAINS)
    if nonlinearity == "leaky_relu":
        return math.sqrt(2.0 / (1.0 + (0.01 if param is None else param) ** 2))
    return GAINS[nonlinearity]


def fans(function: str, shape: tuple[int, ...]) -> tuple[int, int]:
    """How many numbers enter each neuron of a weight (out, in, *kernel), and how many neurons each number enters.

    raises   ShapeError for fewer than two axes
    """
    if len(shape) < 2:
        raise ShapeError(
            f"{function}() was called with shape {shape}.",
            "It counts the inputs and outputs of a layer, and a weight has an axis for each: (outputs, inputs).",
            "Use it for the weight; for a bias write init.zeros_(layer.bias).",
        )
    places = math.prod(shape[2:])
    return shape[1] * places, shape[0] * places
