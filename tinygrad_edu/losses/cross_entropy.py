"""Cross-entropy: how surprised one is by the class that turned out to be the right one.

    L = −mean ln softmax(z)[target]

Its derivative with respect to the logits z is softmax(z) − onehot(target), divided by the number of samples.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DataError, ShapeError
from ..ops.broadcasting import shape_of
from ..ops.reductions import sum as total
from ..ops.softmax import cross_entropy as of_classes
from ..ops.softmax import log_softmax
from .reduction import gathered, reduced


def cross_entropy(logits: Any, target: Any, reduction: str = "mean") -> Any:
    """The surprise at the right classes, from one logit per class.

    logits      (..., classes), or a list of scalar Values for one sample
    target      (...) whole numbers from 0 to classes - 1, or (..., classes) one-hot rows or probabilities
    reduction   "mean" over samples, "sum", or "none" for one loss per sample
    raises      ShapeError if the shapes do not fit; DataError for indices that name no class

    >>> from tinygrad_edu.engine import Value
    >>> logits = Value([[2.0, 0.0], [0.0, 0.0]])
    >>> loss = cross_entropy(logits, [0, 1], reduction="sum")
    >>> loss.backward()
    >>> round(loss.data, 4), logits.grad.round(4).tolist()
    (0.8201, [[-0.1192, 0.1192], [0.5, -0.5]])
    """
    logits = gathered(logits)
    shape = shape_of(logits)
    if not shape:
        raise ShapeError(
            "cross_entropy: the logits are a single number.",
            "It compares classes, so it needs one logit per class along the last axis.",
            "Write binary_cross_entropy_with_logits(logit, target) for a yes or no.",
        )
    given = gathered(target)
    if shape_of(given) == shape:
        return reduced(-total(given * log_softmax(logits), axis=-1), reduction)
    return reduced(of_classes(logits, classes_in(given, shape)), reduction)


def classes_in(target: Any, shape: tuple[int, ...]) -> np.ndarray:
    """The targets as indices into the last axis of logits of this shape; a negative one would count from the end."""
    found, count = shape_of(target), shape[-1]
    if found != shape[:-1] or hasattr(target, "apply_op"):
        raise ShapeError(
            f"cross_entropy: the logits have shape {shape} and the targets {found}.",
            f"Each sample has {count} logits and one target: indices of shape {shape[:-1]}, or rows of shape {shape}.",
            "Write target[..., 0]." if found == (*shape[:-1], 1) else "Check which axis of the logits is the classes.",
        )
    target = np.asarray(target)
    wrong = (target != np.floor(target)) | (target < 0) | (target >= count)
    if wrong.any():
        raise DataError(
            f"cross_entropy: the target {target[wrong][0]:g} names no class.",
            f"With {count} logits per sample the classes are the whole numbers from 0 to {count - 1}.",
            "Number the classes from 0, or pass one row of probabilities per sample.",
        )
    return target.astype(np.intp)
