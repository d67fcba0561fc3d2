"""Losses by the names one types: on the command line, and in `fit`.

>>> by_name("mse")([1.0], [3.0])
4.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import unknown_name
from .binary_cross_entropy import binary_cross_entropy, binary_cross_entropy_with_logits
from .cross_entropy import cross_entropy
from .hinge import hinge
from .huber import huber
from .kl import kl
from .mae import mae
from .mse import mse
from .nll import nll

TABLE: dict[str, Callable[..., Any]] = {
    "binary_cross_entropy": binary_cross_entropy,
    "binary_cross_entropy_with_logits": binary_cross_entropy_with_logits,
    "cross_entropy": cross_entropy,
    "hinge": hinge,
    "huber": huber,
    "kl": kl,
    "mae": mae,
    "mse": mse,
    "nll": nll,
}


def by_name(choice: str | Callable[..., Any]) -> Callable[..., Any]:
    """The loss called `choice`, or `choice` itself when it is a function (prediction, target) → loss.

    raises   UnknownNameError for a name that does not exist

    >>> by_name("hinge") is hinge
    True
    """
    if isinstance(choice, str) and choice in TABLE:
        return TABLE[choice]
    if isinstance(choice, str) or not callable(choice):
        raise unknown_name("loss", choice, TABLE)
    return choice
