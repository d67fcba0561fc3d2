"""Mean squared error: how far predictions are from targets, large errors counting much more than small ones.

    L = mean (prediction − target)²

>>> mse([1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0])
0.5
"""

from __future__ import annotations

from typing import Any

from ..ops.powers import square
from .reduction import gathered_pair, reduced


def mse(prediction: Any, target: Any, reduction: str = "mean") -> Any:
    """The squared differences of predictions and targets, averaged.

    prediction, target   arrays or Values of one shape, or lists of numbers and scalar Values
    reduction            "mean", "sum", or "none" for one loss per entry
    raises               ShapeError if the shapes differ

    >>> from tinygrad_edu.engine import Value
    >>> prediction = Value([1.0, 3.0])
    >>> mse(prediction, [0.0, 0.0]).backward()
    >>> prediction.grad  # 2 · (prediction − target) / n
    array([1., 3.])
    """
    prediction, target = gathered_pair("mse", prediction, target)
    return reduced(square(prediction - target), reduction)
