"""Huber loss: squared for small errors, absolute for large ones, so that single wild samples do not pull so hard.

    L = mean of  d² / 2            where |d| ≤ δ, with d = prediction − target
                 δ (|d| − δ / 2)   elsewhere

>>> huber([0.5, 3.0], [0.0, 0.0], reduction="none")
array([0.125, 2.5  ])
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import DataError
from ..ops.selecting import absolute, minimum
from .reduction import gathered_pair, reduced


def huber(prediction: Any, target: Any, reduction: str = "mean", *, delta: float = 1.0) -> Any:
    """Half the squared differences up to `delta`, from there on a straight line.

    prediction, target   arrays or Values of one shape, or lists of numbers and scalar Values
    reduction            "mean", "sum", or "none" for one loss per entry
    delta                where the line begins, larger than 0; the slope is never steeper than it
    raises               ShapeError if the shapes differ; DataError for another delta
    source               P. Huber, Robust estimation of a location parameter, 1964

    >>> from tinygrad_edu.engine import Value
    >>> prediction = Value([0.5, 1000.0])
    >>> huber(prediction, [0.0, 0.0], "sum").backward()
    >>> prediction.grad
    array([0.5, 1. ])
    """
    if not isinstance(delta, (int, float, np.integer, np.floating)) or not 0.0 < delta < math.inf:
        raise DataError(
            f"huber: delta={delta!r} is no distance.",
            "Up to this error the loss is a parabola, beyond it a line.",
            "Write delta=1.0, or mae(...) for the line alone.",
        )
    prediction, target = gathered_pair("huber", prediction, target)
    distance = absolute(prediction - target)
    near = minimum(distance, float(delta))  # at the joint both pieces have the same slope
    return reduced(near * near * 0.5 + delta * (distance - near), reduction)
