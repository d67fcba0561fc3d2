"""The share of samples that were put into the right class."""

from __future__ import annotations

import math
from typing import Any

from .classes import pairs


def accuracy(prediction: Any, target: Any, threshold: float | None = None) -> float:
    """How many predictions are right, from 0 to 1; nan for none.

    prediction   (n, classes) scores, probabilities or logits; or (n,) labels; or, with a threshold, (n,) single scores
    target       (n,) whole numbers, or (n, classes) one-hot rows; ±1 is allowed beside a threshold
    threshold    above it a single score means class 1: 0.5 for probabilities, 0 for logits
    raises       ShapeError if the lengths differ, DataError for what names no class

    >>> accuracy([0.2, 0.7, 0.9], [0, 1, 0], threshold=0.5)
    0.6666666666666666
    """
    predicted, right = pairs(prediction, target, threshold)
    return float((predicted == right).mean()) if len(right) else math.nan
