"""Optimizers: one per file, all with `step()` and `zero_grad()`.

>>> from tinygrad_edu.engine import Value
>>> p = Value(3.0)
>>> optimizer = SGD([p], lr=0.25)
>>> (p * p).backward()
>>> optimizer.step()
>>> p
Value(1.5, grad=6.0)
"""

from .optimizer import Optimizer
from .sgd import SGD

__all__ = ["SGD", "Optimizer"]
