"""Mean absolute error: how far predictions are from targets, a large error counting as much as several small ones.

    L = mean |prediction − target|

>>> mae([1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0])
0.5
"""

from __future__ import annotations

from typing import Any

from ..ops.selecting import absolute
from .reduction import gathered_pair, reduced


def mae(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """The absolute differences of predictions and targets, averaged. Where they agree, the derivative is 0.

    prediction, target   arrays or Values of one shape, or lists of numbers and scalar Values
    reduction            "mean", "sum", or "none" for one loss per entry
    raises               ShapeError if the shapes differ

    >>> from tinygrad_edu.engine import Value
    >>> prediction = Value([1.0, -3.0])
    >>> mae(prediction, [0.0, 0.0]).backward()
    >>> prediction.grad
    array([ 0.5, -0.5])
    """
    prediction, target = gathered_pair("mae", prediction, target)
    return reduced(absolute(prediction - target), reduction)
