"""Optimizers: one per file, all with `step()` and `zero_grad()`."""

from .optimizer import Optimizer
from .sgd import SGD

__all__ = ["SGD", "Optimizer"]
