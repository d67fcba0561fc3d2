"""Targets that are classes: whole numbers or one-hot rows, classes that count more, certainty that is spread.

>>> weighted("nll", np.log([[0.5, 0.5], [0.9, 0.1]]), np.array([0, 1]), "none", [1.0, 2.0], 0.0).round(4)
array([0.6931, 4.6052])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError, ShapeError
from ..ops.arithmetic import divide
from ..ops.broadcasting import shape_of
from ..ops.domain import REAL
from ..ops.numbers import constant
from ..ops.op import Op
from ..ops.reductions import sum as total
from ..ops.rules import zero
from ..ops.selecting import where
from ..ops.softmax import one_hot
from .reduction import no_share, numbers, reduced


def weighted(loss: str, log_p: Any, target: Any, reduction: str, weight: Any, smoothing: float) -> Any:
    """−Σ wₖ tₖ ln pₖ over the classes, from the logarithms of their probabilities, and its mean or sum."""
    shape = shape_of(log_p)
    weights = checked_weights(loss, weight, shape[-1], log_p.dtype)
    log_p = weights * log_p if weight is not None else log_p
    if shape_of(target) == shape:
        check_shares(loss, target)
        losses = -(1.0 - smoothing) * total(where(target == 0.0, 0.0, target * log_p), axis=-1)
        scale = None
    else:
        right = one_hot(classes_in(target, shape, loss), shape[-1])
        losses = -(1.0 - smoothing) * total(where(right, log_p, 0.0), axis=-1)
        scale = total(where(right, weights, 0.0)) if weight is not None else None
    if smoothing:
        losses = losses - (smoothing / shape[-1]) * total(log_p, axis=-1)
    if scale is None or reduction != "mean":
        return reduced(losses, reduction)
    return divide(total(losses), scale)  # nan for no samples


def checked_weights(loss: str, weight: Any, count: int, dtype: Any) -> np.ndarray:
    """One number per class, in the precision of the predictions; ones where there are none."""
    if weight is None:
        return np.ones(count, dtype)
    weights = np.asarray(constant(weight), dtype)
    if weights.shape != (count,) or not (weights >= 0.0).all():
        raise ShapeError(
            f"{loss}: the weights have shape {weights.shape} for {count} classes.",
            "Each class has one weight, which is not negative.",
            f"Write weight=[...] with {count} numbers.",
        )
    return weights


def check_shares(loss: str, target: Any) -> None:
    """Raise for rows of targets that are no probabilities: class numbers that happen to have the logits' shape."""
    known = numbers(target)
    if known is not None and (wrong := no_share(known)).any():
        raise DataError(
            f"{loss}: the target {known[wrong].flat[0]:g} is no probability.",
            f"Targets of the logits' shape, {known.shape}, hold one probability for each class.",
            "Pass class numbers with one axis less than the logits: logits (samples, classes), target (samples,).",
        )


def checked_share(smoothing: float) -> float:
    """The share of certainty that is spread, if it is one."""
    if not isinstance(smoothing, (int, float, np.integer, np.floating)) or not 0.0 <= smoothing <= 1.0:
        raise DataError(
            f"cross_entropy: label_smoothing={smoothing!r} is no share.",
            "It is what is taken from the right class and spread evenly: 0 nothing, 1 everything.",
            "Write label_smoothing=0.1.",
        )
    return float(smoothing)


def are_whole(target: Any) -> bool:
    """Whether these are classes as most people keep them: an array of whole numbers."""
    return type(target) is np.ndarray and target.dtype.kind in "iu"


def classes_in(target: Any, shape: tuple[int, ...], loss: str = "cross_entropy") -> Any:
    """The targets as indices into the last axis of logits of this shape."""
    found, count = shape_of(target), shape[-1]
    if found != shape[:-1] or type(target) is Value:
        raise ShapeError(
            f"{loss}: the logits have shape {shape} and the targets {found}.",
            f"Each sample has {count} logits and one target: indices of shape {shape[:-1]}, or rows of shape {shape}.",
            "Write target[..., 0]." if found == (*shape[:-1], 1) else "Check which axis of the logits is the classes.",
        )
    if hasattr(target, "apply_op"):
        return checked_classes(target, count=count, loss=loss)  # when the numbers are known
    return _checked_classes(target, count=count, loss=loss)


def _checked_classes(target, *, count=2, loss=""):  # type: ignore[no-untyped-def]
    """The targets, if all of them are whole numbers from 0 to count - 1: a negative one would count from the end."""
    target = np.asarray(target)
    if are_whole(target) and np.maximum.reduce(target.astype(np.uint64), axis=None, initial=0) < count:
        return target  # seen from here a negative number is a huge one
    wrong = (target != np.floor(target)) | (target < 0) | (target >= count)
    if wrong.any():
        raise DataError(
            f"{loss}: the target {target[wrong][0]:g} names no class.",
            f"With {count} logits per sample the classes are the whole numbers from 0 to {count - 1}.",
            "Number the classes from 0, or pass one row of probabilities per sample.",
        )
    return target


_checked_classes.__name__ = "checked_classes"
checked_classes = Op(_checked_classes, "{target}", REAL, elementwise=True)  # so that a compiled program checks, too
checked_classes.set_rules({"target": zero}, checked_classes.settings)
