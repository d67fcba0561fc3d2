"""Adam: the average of the gradient, divided by the root of the average of its square.

    m ← β₁ · m + (1 − β₁) · g               where to
    v ← β₂ · v + (1 − β₂) · g²              how large the gradient is
    m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)   both start at 0, and this takes the start out of them
    p ← p − lr · m̂ / (√v̂ + ε)

Whatever the scale of the loss, no step is much longer than lr. AMSGrad divides by the largest v so far, so that the
steps cannot grow again.

>>> from tinygrad_edu.engine import Value
>>> p = Value([3.0, 3.0])
>>> optimizer = Adam([p], lr=0.5)
>>> (p * [1.0, 100.0]).sum().backward()
>>> optimizer.step()
>>> p.data.round(6)
array([2.5, 2.5])
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..ops.powers import sqrt
from ..ops.selecting import maximum
from .memory import Memory
from .optimizer import Optimizer
from .sgd import is_used


class Adam(Optimizer):
    """p ← p − lr · m̂ / (√v̂ + ε)

    params         model.parameters(), or any list of Values that nobody computed, or parameter groups
    lr             the learning rate
    betas          β₁, β₂: how much of the two averages stays in each step
    eps            ε, so that nothing is divided by 0
    weight_decay   λ: g ← g + λ · p (AdamW applies it to p instead)
    amsgrad        divide by the root of the largest v so far
    maximize       go uphill
    raises         DataError for a number out of its range
    source         Kingma & Ba, Adam: A Method for Stochastic Optimization (2015), algorithm 1; Reddi, Kale & Kumar,
                   On the Convergence of Adam and Beyond (2018), algorithm 2, for AMSGrad
    """

    def __init__(
        self,
        params: Iterable[Any] | None = None,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ):
        more = {"weight_decay": weight_decay, "amsgrad": amsgrad, "maximize": maximize}
        super().__init__(params, lr=lr, betas=betas, eps=eps, **more)

    def memory(self, *, amsgrad: bool = False, **options: Any) -> dict[str, float]:
        return {"m": 0.0, "v": 0.0, "largest_v": 0.0} if amsgrad else {"m": 0.0, "v": 0.0}

    @staticmethod
    def update(
        p: Any,
        g: Any,
        state: Memory,
        t: Any,
        *,
        lr: Any,
        betas: Any = (0.9, 0.999),
        eps: Any = 1e-8,
        weight_decay: Any = 0.0,
        amsgrad: bool = False,
    ) -> tuple[Any, Memory]:
        beta1, beta2 = betas
        if is_used(weight_decay):
            g = g + weight_decay * p
        m = beta1 * state["m"] + (1.0 - beta1) * g
        v = beta2 * state["v"] + (1.0 - beta2) * (g * g)
        new, size = {"m": m, "v": v}, v
        if amsgrad:
            size = new["largest_v"] = maximum(state["largest_v"], v)
        rate, scale = lr / (1.0 - beta1**t), 1.0 / sqrt(1.0 - beta2**t)  # m̂ and v̂ without two more arrays
        return p - rate * (m / (sqrt(size) * scale + eps)), new
