"""Wrong engines that keep the wrong thing: too little, too much, or in the wrong shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from .engine import Engine


class Overwriting(Engine):
    """`=` instead of `+=`: what arrives last is all that stays."""

    name = "overwrite"

    def add(self, x: Value, c: Any) -> None:
        self.grad[x] = c


class NeverZeroed(Engine):
    """The gradients of the parameters are never set to zero, so the second step adds to those of the first."""

    name = "never zeroed"
    passes = 2
    carries = True

    def zero(self) -> None:
        self.grad = {v: g for v, g in self.grad.items() if v.op is None}


class KeptInside(Engine):
    """Backward twice on one graph, where gradients inside it are kept as well: they are handed on again."""

    name = "kept inside"
    passes = 2

    def zero(self) -> None:
        pass


class NoBroadcastSum(Engine):
    """No sum over the axes along which an input was stretched: the gradient has more entries than its value."""

    name = "no broadcast sum"

    def fit(self, c: Any, x: Value, op: Any, k: int) -> Any:
        if np.size(c) > x.size:
            return c
        return super().fit(c, x, op, k)


class StartAtZero(Engine):
    """The gradient of the result is left at 0, where every other one begins."""

    name = "start at 0"

    def start(self) -> Any:
        return 0.0


class StartAtResult(Engine):
    """The pass is started with the result itself instead of 1."""

    name = "start at y"

    def start(self) -> Any:
        return self.graph.result._held
