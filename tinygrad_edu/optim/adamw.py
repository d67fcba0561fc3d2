"""AdamW: Adam, with the weight decay taken out of the gradient.

    p ← p − lr · λ · p
    p ← p − lr · m̂ / (√v̂ + ε)               m̂, v̂ as in Adam, from the gradient alone

In Adam, λ · p is divided by √v̂ like the rest of the gradient, so parameters with large gradients hardly decay. Here all
decay alike.

>>> from tinygrad_edu.engine import Value
>>> p = Value(10.0)
>>> optimizer = AdamW([p], lr=0.1, weight_decay=0.5)
>>> (p * 0.0).backward()
>>> optimizer.step()
>>> p.data
9.5
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .adam import Adam
from .memory import Memory


class AdamW(Adam):
    """p ← (1 − lr · λ) · p − lr · m̂ / (√v̂ + ε)

    params         model.parameters(), or any list of Values that nobody computed, or parameter groups
    lr             the learning rate
    betas          β₁, β₂: how much of the two averages stays in each step
    eps            ε, so that nothing is divided by 0
    weight_decay   λ: how strongly each parameter is drawn to 0
    amsgrad        divide by the root of the largest v so far
    maximize       go uphill
    raises         DataError for a number out of its range
    source         Loshchilov & Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2
    """

    def __init__(
        self,
        params: Iterable[Any] | None = None,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ):
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize)

    @staticmethod
    def update(
        p: Any, g: Any, state: Memory, t: Any, *, lr: Any, weight_decay: Any = 1e-2, **options: Any
    ) -> tuple[Any, Memory]:
        return Adam.update(p - lr * weight_decay * p, g, state, t, lr=lr, **options)
