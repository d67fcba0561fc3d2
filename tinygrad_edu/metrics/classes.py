"""Which class was meant: by scores, by a probability, by a label."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DataError, ShapeError


def numbers_of(x: Any) -> np.ndarray:
    """The plain numbers, also of a Value or of a list of Values."""
    try:
        array = np.asarray([*map(numbers_of, x)] if isinstance(x, (list, tuple)) else getattr(x, "_held", x))
    except ValueError:
        raise ShapeError(
            "The predictions or targets are lists of different lengths.",
            "A sample has one label, or one score for each class.",
            "Give every sample the same number of scores.",
        ) from None
    if array.dtype.kind not in "fiub":
        raise DataError(
            f"Predictions or targets are {'text' if array.dtype.kind == 'U' else array.dtype.name}, no numbers.",
            "Classes are compared as whole numbers from 0 on.",
            "Number them: names, labels = np.unique(labels, return_inverse=True).",
        )
    return array


def classes_of(x: Any, threshold: float | None) -> np.ndarray:
    """The class of each sample, a whole number from 0 on.

    x           (n, classes) scores or one-hot rows: the largest; (n,) or (n, 1) whole numbers: the labels themselves,
                or with a threshold: 1 where x is above it, else 0
    """
    x = numbers_of(x)
    if np.isnan(x).any():
        raise DataError(
            f"Sample {int(np.argwhere(np.isnan(x))[0][0]) if x.ndim else 0} has the score nan.",
            "It is neither large nor small, so it names no class; and what computed it has gone wrong.",
            "Run the model once inside `with tg.debug():`, which names the first operation that was not finite.",
        )
    if x.ndim == 2 and x.shape[1] > 1:
        return x.argmax(axis=1)
    if x.ndim == 0 or x.size != len(x):
        raise ShapeError(
            f"Predictions or targets of shape {x.shape} name no class for each sample.",
            "A sample has one label, or one score for each class.",
            "Pass an array of shape (samples,) or (samples, classes).",
        )
    x = x.reshape(len(x))
    if threshold is not None:
        return (x > threshold).astype(np.intp)
    if (bad := (x != np.floor(x)) | (x < 0) | np.isinf(x)).any():
        wrong = x[bad][0]
        raise DataError(
            f"{wrong:g} is no class.",
            "Classes are whole numbers from 0 on; a single score per sample says yes or no by a threshold.",
            "Write threshold=0.5 for probabilities, threshold=0 for logits and for scores around ±1.",
        )
    return x.astype(np.intp)


def pairs(prediction: Any, target: Any, threshold: float | None) -> tuple[np.ndarray, np.ndarray]:
    """The classes predicted and the right ones; targets of −1 and +1 count as 0 and 1 where there is a threshold."""
    right = numbers_of(target)
    if threshold is not None and right.size and set(np.unique(right)) <= {-1.0, 1.0}:
        right = (right > 0).astype(np.intp)
    predicted, right = classes_of(prediction, threshold), classes_of(right, None)
    if len(predicted) != len(right):
        raise ShapeError(
            f"{len(predicted)} predictions and {len(right)} targets.",
            "Each prediction is compared with one target.",
            "Cut the longer one: target[: len(prediction)].",
        )
    return predicted, right
