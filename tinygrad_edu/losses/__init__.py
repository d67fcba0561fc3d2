"""Losses: one number that says how wrong a prediction is, by PyTorch's names, (prediction, target) in this order.

>>> by_name("mse")([1.0], [3.0])
4.0
"""

from .binary_cross_entropy import binary_cross_entropy, binary_cross_entropy_with_logits
from .by_name import by_name
from .cross_entropy import cross_entropy
from .hinge import hinge
from .huber import huber
from .kl import kl
from .mae import mae
from .mse import mse
from .nll import nll

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "by_name", "cross_entropy", "hinge", "huber", "kl",
    "mae", "mse", "nll",
]  # fmt: skip
