"""Activations as layers, for a Sequential and for a repr that reads like PyTorch's.

Each is a function of this package in the clothes of a module: `ReLU()` computes tg.relu.

>>> from tinygrad_edu.nn import Linear, Sequential
>>> Sequential(Linear(2, 8), ReLU(), Linear(8, 3), Softmax())
Sequential(Linear(2, 8), ReLU(), Linear(8, 3), Softmax(dim=-1))
>>> ReLU()([-1.0, 2.0]), LeakyReLU(0.1)(-1.0)
(array([0., 2.]), -0.1)
"""

from __future__ import annotations

from typing import Any

from ..errors import DataError, unknown_name
from ..ops import activations, softmax, trigonometry
from .inputs import number, ready, whole
from .module import Module


class ReLU(Module):
    """x where it is positive, else 0; see tg.relu."""

    def forward(self, x: Any) -> Any:
        return activations.relu(x)


class LeakyReLU(Module):
    """x where it is positive, else negative_slope · x; see tg.leaky_relu."""

    def __init__(self, negative_slope: float = 0.01):
        self.negative_slope = number("LeakyReLU", "negative_slope", negative_slope)

    def forward(self, x: Any) -> Any:
        return activations.leaky_relu(x, negative_slope=self.negative_slope)

    def __repr__(self) -> str:
        return f"LeakyReLU({self.negative_slope:g})"


class ELU(Module):
    """x where it is positive, else alpha · (exp(x) − 1); see tg.elu."""

    def __init__(self, alpha: float = 1.0):
        self.alpha = number("ELU", "alpha", alpha)

    def forward(self, x: Any) -> Any:
        return activations.elu(x, alpha=self.alpha)

    def __repr__(self) -> str:
        return f"ELU({self.alpha:g})"


class Sigmoid(Module):
    """1 / (1 + exp(−x)); see tg.sigmoid."""

    def forward(self, x: Any) -> Any:
        return activations.sigmoid(x)


class Tanh(Module):
    """The hyperbolic tangent; see tg.tanh."""

    def forward(self, x: Any) -> Any:
        return trigonometry.tanh(x)


class Softplus(Module):
    """log(1 + exp(beta · x)) / beta; see tg.softplus.

    PyTorch goes over to x where beta · x > threshold; here it is exact for every x, so there is no threshold.

    raises   DataError for a beta that is not positive
    """

    def __init__(self, beta: float = 1.0):
        if not number("Softplus", "beta", beta) > 0:
            raise DataError(
                f"Softplus: beta={beta!r}.",
                "The larger beta, the closer to relu; 0 would divide by 0.",
                "Write a positive number, Softplus(beta=1.0).",
            )
        self.beta = float(beta)

    def forward(self, x: Any) -> Any:
        return activations.softplus(x) if self.beta == 1.0 else activations.softplus(self.beta * ready(x)) / self.beta

    def __repr__(self) -> str:
        return "Softplus()" if self.beta == 1.0 else f"Softplus({self.beta:g})"


class SiLU(Module):
    """x · sigmoid(x), also called swish; see tg.silu."""

    def forward(self, x: Any) -> Any:
        return activations.silu(x)


class GELU(Module):
    """x · Φ(x), Φ the normal distribution; see tg.gelu.

    approximate   "none", or "tanh" for the faster formula
    raises        UnknownNameError for another word
    """

    def __init__(self, approximate: str = "none"):
        if approximate not in ("none", "tanh"):
            raise unknown_name("approximation", approximate, ("none", "tanh"))
        self.approximate = approximate

    def forward(self, x: Any) -> Any:
        return activations.gelu(x, approximate=self.approximate)

    def __repr__(self) -> str:
        return "GELU()" if self.approximate == "none" else f"GELU({self.approximate!r})"


class Softmax(Module):
    """exp(x) / Σ exp(x) along an axis: probabilities; see tg.softmax.

    dim   the axis, by PyTorch's name. Where PyTorch guesses it if it is not given, here it is the last one
    """

    def __init__(self, dim: int = -1):
        self.dim = whole(type(self).__name__, "dim", dim)

    def forward(self, x: Any) -> Any:
        return softmax.softmax(x, axis=self.dim)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(dim={self.dim})"


class LogSoftmax(Softmax):
    """log(softmax(x)) along an axis, also for large numbers; see tg.log_softmax. `dim` as in Softmax."""

    def forward(self, x: Any) -> Any:
        return softmax.log_softmax(x, axis=self.dim)
