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
from typing import Any

import numpy as np

from ..engine.value import Value
from .optimizer import Optimizer


class SGD(Optimizer):
    """p ← p − lr · grad for every parameter that has a gradient.

    parameters   model.parameters(), or any list of Values that nobody computed
    lr           the learning rate, a positive number
    source       Robbins & Monro, A Stochastic Approximation Method (1951)
    """

    def __init__(self, parameters: Iterable[Value], lr: float = 0.1):
        super().__init__(parameters, lr)

    def changed(self, data: Any, gradient: Any) -> Any:
        if type(data) is float:
            return data - self._lr * gradient
        step = np.multiply(gradient, self._lr)
        return np.subtract(data, step, out=step)  # the step's memory becomes the parameter: one new array, not two
