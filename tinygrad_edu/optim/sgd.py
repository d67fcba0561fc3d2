"""Gradient descent: go downhill, against the gradient, by the learning rate.

    p ← p − lr · g                      g = ∂L/∂p

It is called stochastic when the loss is that of a few samples at a time and not of all of them. With momentum μ a
running sum of the gradients takes the place of the gradient; it rolls on where the gradient changes its mind:

    b ← μ · b + (1 − dampening) · g     in the first step b ← g
    p ← p − lr · b                      Nesterov: p ← p − lr · (g + μ · b)

Weight decay λ adds λ · p to the gradient, the slope of a penalty λ/2 · p².

>>> from tinygrad_edu.engine import Value
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

from ..errors import DataError
from .groups import Group
from .memory import SMALL, Memory, give, nobody_else_holds_data_of
from .optimizer import Optimizer


class SGD(Optimizer):
    """p ← p − lr · b for every parameter that has a gradient, with b = g or its running sum.

    params         model.parameters(), or any list of Values that nobody computed, or parameter groups
    lr             the learning rate, a positive number
    momentum       μ: how much of b stays from step to step
    dampening      how much of each gradient is kept out of b
    weight_decay   λ: how strongly each parameter is drawn to 0
    nesterov       look ahead: use the gradient and the momentum as it will be in the next step
    maximize       go uphill
    raises         DataError for a number out of its range; for nesterov without momentum or with dampening
    source         Robbins & Monro, A Stochastic Approximation Method (1951); Polyak, Some methods of speeding up the
                   convergence of iteration methods (1964); Sutskever et al., On the importance of initialization and
                   momentum in deep learning (2013), for Nesterov's form
    """

    def __init__(
        self,
        params: Iterable[Any] | None = None,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ):
        options = {"momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov}
        super().__init__(params, lr=lr, **options, maximize=maximize)
        for group in (self.defaults, *self.param_groups):
            if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
                raise DataError(
                    f"SGD: nesterov=True with momentum={group['momentum']} and dampening={group['dampening']}.",
                    "Nesterov's step looks ahead along the momentum, so it needs one, and all of each gradient in it.",
                    "Write SGD(params, lr, momentum=0.9, nesterov=True).",
                )
        self._spare: dict[Any, np.ndarray] = {}

    def memory(self, *, momentum: Any, **options: Any) -> dict[str, float]:
        return {"b": 0.0} if is_used(momentum) else {}

    @staticmethod
    def update(
        p: Any,
        g: Any,
        state: Memory,
        t: Any,
        *,
        lr: Any,
        momentum: Any = 0.0,
        dampening: Any = 0.0,
        weight_decay: Any = 0.0,
        nesterov: bool = False,
    ) -> tuple[Any, Memory]:
        if is_used(weight_decay):
            g = g + weight_decay * p
        if not is_used(momentum):
            return p - lr * g, {}
        b = momentum * state["b"] + (1.0 - dampening * (t > 1)) * g  # (t > 1) is 0 in the first step, then 1
        return p - lr * (g + momentum * b if nesterov else b), {"b": b}

    def step_group(self, group: Group, k: int) -> None:
        """The plain step, which is most people's, remembers nothing and needs only one array for lr · g.

        Fresh memory for 784 · 256 weights would cost 0.15 ms a step: the system clears each page of it first.
        """
        if group["momentum"] or group["weight_decay"] or group["maximize"]:
            super().step_group(group, k)
            return
        lr, arrays = group["lr"], []
        for p in group["params"]:
            g = p._grad
            if type(g) is float:
                give(p, p._held - lr * g)
            elif g is not None:
                arrays.append(p)
        if arrays:
            with np.errstate(all="ignore"):
                for p in arrays:
                    if p._grad.size <= SMALL:
                        give(p, p._held - lr * p._grad)
                        continue
                    own = nobody_else_holds_data_of(p)  # asked first: a reference of ours would count as somebody's
                    step = np.multiply(p._grad, lr, out=self.spare(p._grad))
                    data = p._held
                    give(p, np.subtract(data, step, out=data if own else None))

    def spare(self, like: np.ndarray) -> np.ndarray:
        """Memory for numbers on their way from a gradient to its parameter, used again in every step."""
        found = self._spare.get((like.shape, like.dtype))
        if found is None:
            found = self._spare[like.shape, like.dtype] = np.empty_like(like)
        return found


def is_used(x: Any) -> bool:
    """Whether a hyperparameter is anything but the number 0; what has no number yet is."""
    return not isinstance(x, (int, float)) or x != 0
