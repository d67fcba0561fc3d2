"""Hinge loss: a score should be on the right side of 0, by a margin of at least 1.

    L = mean relu(1 − target · score)        target = ±1

>>> hinge([2.0, 0.5, -1.0], [1, 1, 1], reduction="none")
array([0. , 0.5, 2. ])
"""

from __future__ import annotations

from typing import Any

from ..errors import DataError
from ..ops.activations import relu
from .reduction import gathered_pair, numbers, reduced


def hinge(score: Any, target: Any, reduction: str = "mean") -> Any:
    """How far the scores are from lying beyond +1 or -1, on their target's side.

    score, target   arrays or Values of one shape, or lists of numbers and scalar Values; targets are +1 and -1
    reduction       "mean", "sum", or "none" for one loss per entry
    raises          ShapeError if the shapes differ; DataError for targets that are not ±1
    source          Cortes & Vapnik, Support-Vector Networks (1995)

    >>> from tinygrad_edu.engine import Value
    >>> score = Value([0.5, 3.0])
    >>> hinge(score, [1, 1], reduction="sum").backward()
    >>> score.grad
    array([-1., -0.])
    """
    score, target = gathered_pair("hinge", score, target)
    known = numbers(target)
    if known is not None and (abs(known) != 1).any():
        raise DataError(
            f"hinge: the target {known[abs(known) != 1].flat[0]:g} is neither +1 nor -1.",
            "The side on which a score should lie is its target's sign; a 0 would ask for nothing.",
            "Write 2 * target - 1 to turn the labels 0 and 1 into -1 and +1.",
        )
    return reduced(relu(1.0 - target * score), reduction)
