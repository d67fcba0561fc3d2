"""Lion: of the momentum, only the sign.

    p ← p − lr · (sign(β₁ · m + (1 − β₁) · g) + λ · p)
    m ← β₂ · m + (1 − β₂) · g

Found by a search among programs. Every entry moves by lr in every step, so lr is a tenth of Adam's, and λ ten times.
It remembers one array where Adam remembers two.

>>> from tinygrad_edu.engine import Value
>>> p = Value([3.0, 3.0])
>>> optimizer = Lion([p], lr=0.5)
>>> (p * [1.0, -100.0]).sum().backward()
>>> optimizer.step()
>>> p.data
array([2.5, 3.5])
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..ops.selecting import sign
from .memory import Memory
from .optimizer import Optimizer
from .sgd import is_used


class Lion(Optimizer):
    """p ← p − lr · (sign(β₁ · m + (1 − β₁) · g) + λ · p)

    params         model.parameters(), or any list of Values that nobody computed, or parameter groups
    lr             the learning rate
    betas          β₁: how much of m decides the sign; β₂: how much of m stays in each step
    weight_decay   λ: how strongly each parameter is drawn to 0
    maximize       go uphill
    raises         DataError for a number out of its range
    source         Chen et al., Symbolic Discovery of Optimization Algorithms (2023), algorithm 2
    """

    def __init__(
        self,
        params: Iterable[Any] | None = None,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ):
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay, maximize=maximize)

    def memory(self, **options: Any) -> dict[str, float]:
        return {"m": 0.0}

    @staticmethod
    def update(
        p: Any, g: Any, state: Memory, t: Any, *, lr: Any, betas: Any = (0.9, 0.99), weight_decay: Any = 0.0
    ) -> tuple[Any, Memory]:
        beta1, beta2 = betas
        step = sign(beta1 * state["m"] + (1.0 - beta1) * g)
        if is_used(weight_decay):
            step = step + weight_decay * p
        return p - lr * step, {"m": beta2 * state["m"] + (1.0 - beta2) * g}
