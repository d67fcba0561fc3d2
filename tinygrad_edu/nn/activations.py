"""Activations: the bend after the weighted sum, chosen by name or given as a function.

Without a bend between them, two layers would be one: a sum of sums is a sum.

>>> activation("relu")(-3.0), activation("linear")(-3.0)
(0.0, -3.0)
>>> activation(abs) is abs
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import DataError, unknown_name
from ..ops import activations, trigonometry
from ..ops.op import Op

Activation = Callable[[Any], Any]


def linear(x: Any) -> Any:
    """x itself: no bend, for outputs that may be any number."""
    return x


#   name            how a repr writes it     function
TABLE: dict[str, tuple[str, Activation]] = {
    "linear": ("Linear", linear),
    "relu": ("ReLU", activations.relu),
    "leaky_relu": ("LeakyReLU", activations.leaky_relu),
    "elu": ("ELU", activations.elu),
    "tanh": ("Tanh", trigonometry.tanh),
    "sigmoid": ("Sigmoid", activations.sigmoid),
    "softplus": ("Softplus", activations.softplus),
    "gelu": ("GELU", activations.gelu),
    "silu": ("SiLU", activations.silu),
}
LABELS = {function: label for label, function in TABLE.values()}
NAMES = {function: name for name, (_, function) in TABLE.items()}


def activation(choice: str | Activation) -> Activation:
    """The activation called `choice`, or `choice` itself when it is a function of one number.

    raises   UnknownNameError for a name that does not exist;
             DataError for softmax and its like, which need all outputs of a layer at once

    >>> activation("tanh")(0.0)
    0.0
    """
    if choice in ("softmax", "log_softmax") or (isinstance(choice, Op) and not choice.elementwise):
        name = choice if isinstance(choice, str) else choice.name
        raise DataError(
            f"{name} cannot be the activation of a neuron.",
            "It weighs all outputs of a layer against each other, and a neuron has only its own.",
            f"Write output='linear', then tg.{name}(net(x)), or train on losses.cross_entropy(net(x), target).",
        )
    if isinstance(choice, str) and choice in TABLE:
        return TABLE[choice][1]
    if isinstance(choice, str) or not callable(choice):
        raise unknown_name("activation", choice, TABLE)
    return choice


def label(function: Activation) -> str:
    """How a repr writes an activation: "ReLU", "Tanh", or the name of one's own function.

    >>> label(activation("relu")), label(abs)
    ('ReLU', 'abs')
    """
    return LABELS.get(function) or getattr(function, "__name__", None) or type(function).__name__
