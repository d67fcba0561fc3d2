"""Numbers to probabilities: subtracting the largest first changes nothing and keeps every exponential finite."""

from __future__ import annotations

import numpy as np

from .exponentials import exp
from .op import op
from .reducing import chosen, expanded
from .reductions import sum
from .rules import zero


@op(
    x=lambda g, y, x, axis: y * (g - sum(g * y, axis=axis, keepdims=True)),
    latex=r"\operatorname{softmax} {x}",
)
def softmax(x, *, axis=-1):
    """exp(x) / Σ exp(x) along the axis: positive numbers that add up to 1. An entry -inf gets probability 0.

    >>> softmax([0.0, 0.0]), softmax([-1000.0, 1000.0])
    (array([0.5, 0.5]), array([0., 1.]))
    """
    if type(x) is float:
        return x - x + 1.0
    axis = chosen(axis)
    y = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    np.exp(y, out=y)
    y /= np.add.reduce(y, axis=axis, keepdims=True)
    return y


@op(
    x=lambda g, y, x, axis: g - exp(y) * sum(g, axis=axis, keepdims=True),
    latex=r"\ln \operatorname{softmax} {x}",
)
def log_softmax(x, *, axis=-1):
    """log(softmax(x)) without the logarithm of a tiny number.

    >>> log_softmax([0.0, 1000.0])
    array([-1000.,     0.])
    """
    if type(x) is float:
        return x - x
    axis = chosen(axis)
    y = x - np.maximum.reduce(x, axis=axis, keepdims=True)
    y -= np.log(np.add.reduce(np.exp(y), axis=axis, keepdims=True))
    return y


def one_hot(target, count):
    """A mask that is true at the class of each sample."""
    target = target if hasattr(target, "apply_op") else np.asarray(target)
    return np.arange(count) == target[..., None]


def _distance(g, logits, target):
    """softmax − onehot, times g: for a matrix of plain numbers without making the onehot (15 µs instead of 60)."""
    if type(g) is not np.ndarray or type(logits) is not np.ndarray or logits.ndim != 2:
        return expanded(g, -1, False) * (softmax(logits) - one_hot(target, logits.shape[-1]))
    d = logits - np.maximum.reduce(logits, axis=1, keepdims=True)
    np.exp(d, out=d)
    d *= g[:, None] / np.add.reduce(d, axis=1, keepdims=True)
    d[np.arange(len(d)), np.asarray(target).astype(np.intp)] -= g
    return d


@op(
    logits=lambda g, y, logits, target: _distance(g, logits, target),
    target=zero,
    latex=r"-\ln \operatorname{softmax} {logits}_{{target}}",
)
def cross_entropy(logits, target):
    """−log softmax(logits) at the class (a whole number) of each sample: one primitive, because it is every step's.

    >>> cross_entropy([[0.0, 0.0], [0.0, 1000.0]], [0, 1])
    array([0.69314718, 0.        ])
    """
    classes = np.asarray(target).astype(np.intp)[..., None]
    if logits.ndim == 2:
        z = logits - np.maximum.reduce(logits, axis=1, keepdims=True)
        right = z[np.arange(len(z)), classes[:, 0]]
        return np.log(np.add.reduce(np.exp(z, out=z), axis=1)) - right
    return 0.0 - np.take_along_axis(log_softmax.forward(logits), classes, axis=-1)[..., 0]  # 0.0, not -0.0


@op(
    x=lambda g, y, x, axis, keepdims: expanded(g, axis, keepdims) * exp(x - expanded(y, axis, keepdims)),
    latex=r"\ln \sum e^{ {x} }",
)
def logsumexp(x, *, axis=None, keepdims=False):
    """log(Σ exp(x)) along the axis (None for all), a smooth maximum; its derivative is the softmax.

    >>> logsumexp([1000.0, -1000.0]), logsumexp([[0.0, -np.inf]], axis=1)
    (1000.0, array([0.]))
    """
    if type(x) is float:
        return x
    axis = chosen(axis)
    largest = np.maximum.reduce(x, axis=axis, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, 0.0)  # -inf - -inf would be nan
    with np.errstate(divide="ignore", over="ignore"):
        y = shift + np.log(np.add.reduce(np.exp(x - shift), axis=axis, keepdims=True))
    return y if keepdims else np.squeeze(y, axis)
