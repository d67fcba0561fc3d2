"""RMSprop: divide each gradient by how large it has been lately.

    v ← α · v + (1 − α) · g²                a running average, which forgets, where Adagrad's sum does not
    p ← p − lr · g / (√v + ε)

Centered: v is replaced by v − m², the variance, with m ← α · m + (1 − α) · g.
With momentum μ: b ← μ · b + g / (√v + ε) and p ← p − lr · b.

>>> from tinygrad_edu.engine import Value
>>> p = Value([3.0, 3.0])
>>> optimizer = RMSprop([p], lr=0.1, alpha=0.75)
>>> (p * [1.0, 100.0]).sum().backward()
>>> optimizer.step()
>>> p.data.round(6)  # both by lr / √(1 − α)
array([2.8, 2.8])
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..ops.powers import sqrt
from ..ops.selecting import maximum
from .memory import Memory
from .optimizer import Optimizer
from .sgd import is_used


class RMSprop(Optimizer):
    """p ← p − lr · g / (√v + ε), v the running average of the squared gradients.

    params         model.parameters(), or any list of Values that nobody computed, or parameter groups
    lr             the learning rate
    alpha          α: how much of the averages stays in each step
    eps            ε, so that nothing is divided by 0
    weight_decay   λ: g ← g + λ · p
    momentum       μ: how much of the last step stays in the next
    centered       divide by the standard deviation of the gradient. A variance that rounding made negative counts as
                   0; PyTorch takes its root, which is nan
    maximize       go uphill
    raises         DataError for a number out of its range
    source         Tieleman & Hinton, Neural Networks for Machine Learning, lecture 6.5 (2012); Graves, Generating
                   Sequences With Recurrent Neural Networks (2013), equations 38–45, for the centered form
    """

    def __init__(
        self,
        params: Iterable[Any] | None = None,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ):
        more = {"weight_decay": weight_decay, "momentum": momentum, "centered": centered, "maximize": maximize}
        super().__init__(params, lr=lr, alpha=alpha, eps=eps, **more)

    def memory(self, *, momentum: Any = 0.0, centered: bool = False, **options: Any) -> dict[str, float]:
        return {"v": 0.0} | ({"m": 0.0} if centered else {}) | ({"b": 0.0} if is_used(momentum) else {})

    @staticmethod
    def update(
        p: Any,
        g: Any,
        state: Memory,
        t: Any,
        *,
        lr: Any,
        alpha: Any = 0.99,
        eps: Any = 1e-8,
        weight_decay: Any = 0.0,
        momentum: Any = 0.0,
        centered: bool = False,
    ) -> tuple[Any, Memory]:
        if is_used(weight_decay):
            g = g + weight_decay * p
        v = spread = alpha * state["v"] + (1.0 - alpha) * (g * g)
        new = {"v": v}
        if centered:
            m = new["m"] = alpha * state["m"] + (1.0 - alpha) * g
            spread = maximum(v - m * m, 0.0)
        step = g / (sqrt(spread) + eps)
        if is_used(momentum):
            step = new["b"] = momentum * state["b"] + step
        return p - lr * step, new
