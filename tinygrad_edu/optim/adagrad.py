"""Adagrad: parameters that have moved little so far take larger steps.

    s ← s + g²
    p ← p − lr / (1 + (t − 1) · lr_decay) · g / (√s + ε)

Made for data in which most features are rare: the weight of a rare word keeps a large rate until the word comes.
The steps only ever become smaller.

>>> from tinygrad_edu.engine import Value
>>> p = Value([3.0, 3.0])
>>> optimizer = Adagrad([p], lr=0.5)
>>> (p * [1.0, 100.0]).sum().backward()
>>> optimizer.step()
>>> p.data  # the first step is lr wherever the slope is steep or flat
array([2.5, 2.5])
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..ops.powers import sqrt
from .memory import Memory
from .optimizer import Optimizer
from .sgd import is_used


class Adagrad(Optimizer):
    """p ← p − lr · g / (√s + ε), s the sum of all squared gradients so far.

    params                      model.parameters(), or any list of Values that nobody computed, or parameter groups
    lr, lr_decay                the learning rate, divided by 1 + (t − 1) · lr_decay in step t
    weight_decay                λ: g ← g + λ · p
    initial_accumulator_value   what s starts with
    eps                         ε, so that nothing is divided by 0
    maximize                    go uphill
    raises                      DataError for a number out of its range
    source                      Duchi, Hazan & Singer, Adaptive Subgradient Methods for Online Learning and Stochastic
                                Optimization (2011)
    """

    def __init__(
        self,
        params: Iterable[Any] | None = None,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ):
        start = {"initial_accumulator_value": initial_accumulator_value, "eps": eps, "maximize": maximize}
        super().__init__(params, lr=lr, lr_decay=lr_decay, weight_decay=weight_decay, **start)

    def memory(self, *, initial_accumulator_value: float = 0.0, **options: Any) -> dict[str, float]:
        return {"s": initial_accumulator_value}

    @staticmethod
    def update(
        p: Any,
        g: Any,
        state: Memory,
        t: Any,
        *,
        lr: Any,
        lr_decay: Any = 0.0,
        weight_decay: Any = 0.0,
        initial_accumulator_value: Any = 0.0,
        eps: Any = 1e-10,
    ) -> tuple[Any, Memory]:
        if is_used(weight_decay):
            g = g + weight_decay * p
        s = state["s"] + g * g
        return p - lr / (1.0 + (t - 1) * lr_decay) * (g / (sqrt(s) + eps)), {"s": s}
