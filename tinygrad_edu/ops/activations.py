"""What a neuron does with its sum: names and defaults as in PyTorch, safe for any input."""

from __future__ import annotations

import math

import numpy as np

from ..errors import unknown_name
from .domain import NONZERO
from .exponentials import exp
from .kinks import gate, gated
from .op import elementwise
from .selecting import clip
from .special import erf
from .trigonometry import tanh

SQRT_HALF = math.sqrt(0.5)
SQRT_2_OVER_PI = math.sqrt(2.0 / math.pi)


@elementwise(
    x=lambda g, y, x: (g if y > 0.0 else 0.0) if type(y) is float else gated(g, y > 0.0),
    latex=r"\max(0, {x})",
    domain=NONZERO,
)
def relu(x):
    """x if it is positive, else 0. At the kink x = 0 the derivative is 0.

    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    if type(x) is float:
        return 0.0 if x <= 0.0 else x  # nan stays nan
    return np.maximum(x, 0.0)


@elementwise(
    x=lambda g, y, x, negative_slope: gate(g, x > 0.0) + negative_slope * gate(g, x <= 0.0),
    latex=r"\max(0, {x}) + {negative_slope} \min(0, {x})",
    domain=NONZERO,
)
def leaky_relu(x, *, negative_slope=0.01):
    """x if it is positive, else negative_slope · x. At the kink x = 0 the derivative is negative_slope.

    >>> leaky_relu(np.array([-1.0, 2.0]))
    array([-0.01,  2.  ])
    """
    if type(x) is float:
        return x if x > 0.0 else negative_slope * x
    y = np.minimum(x, 0.0)
    y *= negative_slope
    y += np.maximum(x, 0.0)
    return y


@elementwise(
    x=lambda g, y, x, alpha: gate(g, x > 0.0) + gate(g * (y + alpha), x <= 0.0),
    latex=r"\max(0, {x}) + {alpha} (e^{\min(0, {x})} - 1)",
    domain=NONZERO,
)
def elu(x, *, alpha=1.0):
    """x if it is positive, else alpha · (exp(x) - 1). At x = 0 the derivative is alpha (a kink unless alpha = 1).

    source   Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by ELUs, ICLR 2016

    >>> elu(2.0), elu(-1000.0)
    (2.0, -1.0)
    """
    if type(x) is float:
        return x if x > 0.0 else alpha * math.expm1(x)
    y = np.expm1(np.minimum(x, 0.0))
    y *= alpha
    y += np.maximum(x, 0.0)
    return y


@elementwise(x=lambda g, y, x: g * y * (1.0 - y), latex=r"\sigma({x})")
def sigmoid(x):
    """1 / (1 + exp(-x)): squash any number into (0, 1), a probability.

    >>> sigmoid(0.0), sigmoid(-1000.0), sigmoid(1000.0)
    (0.5, 0.0, 1.0)
    """
    if type(x) is float:
        return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else math.exp(x)  # exp(-x) would overflow
    y = np.negative(x)
    with np.errstate(over="ignore"):  # 1 / (1 + inf) is 0, as it should be
        np.exp(y, out=y)
    y += 1.0
    return np.divide(1.0, y, out=y)


@elementwise(x=lambda g, y, x: g * sigmoid(x), latex=r"\ln(1 + e^{ {x} })")
def softplus(x):
    """log(1 + exp(x)), a smooth relu; its slope is the sigmoid.

    >>> softplus(0.0) == math.log(2.0), softplus(1000.0)
    (True, 1000.0)
    """
    if type(x) is float:
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
    y = np.abs(x)
    np.exp(np.negative(y, out=y), out=y)
    np.log1p(y, out=y)
    y += np.maximum(x, 0.0)
    return y


@elementwise(x=lambda g, y, x: g * _silu_slope(y, sigmoid(x)), latex=r"{x} \, \sigma({x})")
def silu(x):
    """x · sigmoid(x), also called swish.

    source   Elfwing, Uchibe & Doya, Sigmoid-weighted linear units, Neural Networks 107 (2018), pp. 3-11

    >>> silu(0.0), silu(1000.0), silu(-1000.0)
    (0.0, 1000.0, -0.0)
    """
    return x * sigmoid.forward(x)


def _silu_slope(y, s):
    return s + y * (1.0 - s)


@elementwise(x=lambda g, y, x, approximate: g * _gelu_slope(x, approximate), latex=r"{x} \, \Phi({x})")
def gelu(x, *, approximate="none"):
    """x times the probability that a standard normal number is below x.

    approximate   "none" for the exact probability, "tanh" for the faster formula of the paper (error below 0.0005)
    source        Hendrycks & Gimpel, Gaussian error linear units, arXiv:1606.08415

    >>> gelu(0.0), gelu(1000.0), gelu(-1000.0)
    (0.0, 1000.0, -0.0)
    """
    if approximate == "none" and type(x) is float:
        return x * (0.5 + 0.5 * math.erf(SQRT_HALF * x))
    if approximate not in ("none", "tanh"):
        raise unknown_name("approximation", approximate, ("none", "tanh"))
    return x * _probability(x, approximate)


def _probability(x, approximate):
    """Φ(x), which is 0 or 1 to the last digit outside [-40, 40]; cutting there keeps x³ finite in any precision."""
    if approximate == "tanh":
        x = clip(x, -40.0, 40.0)
        return 0.5 + 0.5 * tanh(SQRT_2_OVER_PI * (x + 0.044715 * (x * x * x)))
    return 0.5 + 0.5 * erf(SQRT_HALF * x)


def _gelu_slope(x, approximate):
    """Φ(x) + x · φ(x), where φ is the derivative of Φ."""
    p = _probability(x, approximate)
    x = clip(x, -40.0, 40.0)
    if approximate == "tanh":
        return p + x * p * (1.0 - p) * (2.0 * SQRT_2_OVER_PI) * (1.0 + 3.0 * 0.044715 * (x * x))
    return p + x * exp(-0.5 * (x * x)) * (0.5 * SQRT_2_OVER_PI)
