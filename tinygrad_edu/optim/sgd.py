"""Gradient descent: go downhill, against the gradient, by the learning rate.

    p ← p − lr · ∂L/∂p

It is called stochastic when the loss is that of a few samples at a time and not of all of them.

>>> p = Value(3.0)
>>> optimizer = SGD([p], lr=0.1)
>>> for _ in range(2):
...     optimizer.zero_grad()
...     (p * p).backward()
...     optimizer.step()
>>> round(p.data, 10)  # 3 · 0.8 · 0.8
1.92
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ..engine.value import Value
from .optimizer import Optimizer, give, nobody_else_holds_data_of


class SGD(Optimizer):
    """p ← p − lr · grad for every parameter that has a gradient.

    parameters   model.parameters(), or any list of Values that nobody computed
    lr           the learning rate, a positive number
    source       Robbins & Monro, A Stochastic Approximation Method (1951)
    """

    def __init__(self, parameters: Iterable[Value], lr: float = 0.1):
        super().__init__(parameters, lr)

    def step(self) -> None:
        lr = self.lr
        for k, p in enumerate(self.parameters):
            g = p.grad
            if type(g) is float:
                give(p, p._held - lr * g)
            elif g is not None:
                step = np.multiply(g, lr, out=self.scratch(k, g))
                give(p, np.subtract(p._held, step, out=p._held if nobody_else_holds_data_of(p) else None))
