"""Binary cross-entropy: how surprised one is by a yes or no that was given the probability p.

    L = −mean [ t · ln p + (1 − t) · ln(1 − p) ]

From the logit z, with p = sigmoid(z), it is softplus(z) − t·z, and its derivative is sigmoid(z) − t: the
output error that backpropagation by hand starts from.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DataError
from ..ops.activations import softplus
from ..ops.exponentials import log
from .reduction import gathered_pair, no_share, numbers, reduced


def binary_cross_entropy(probability: Any, target: Any, reduction: str = "mean") -> Any:
    """The surprise at targets in [0, 1] that were predicted with these probabilities.

    probability, target   arrays or Values of one shape, or lists of numbers and scalar Values
    reduction             "mean", "sum", or "none" for one loss per entry
    raises                ShapeError if the shapes differ; DataError for what lies outside [0, 1]

    At a probability of exactly 0 or 1 the smallest normal number is added inside the logarithms: the loss stays
    finite (about 708 in float64), and a saturated sigmoid before it gets the gradient 0 and not nan.

    >>> round(binary_cross_entropy([0.5, 0.5], [0, 1]), 4), round(binary_cross_entropy([1.0], [0]))
    (0.6931, 708)
    """
    p, t = gathered_pair("binary_cross_entropy", probability, target)
    known = numbers(p)
    if known is not None and ((known < 0) | (known > 1)).any():
        wrong = known[(known < 0) | (known > 1)][0]
        raise DataError(
            f"binary_cross_entropy: {wrong:g} is no probability.",
            "A probability lies between 0 and 1; numbers before the sigmoid are called logits.",
            "Write binary_cross_entropy_with_logits(logit, target), or pass sigmoid(logit).",
        )
    check_yes_or_no("binary_cross_entropy", t)
    tiny = float(np.finfo(known.dtype if known is not None else float).tiny)  # too small to change any other p
    return reduced(-(t * log(p + tiny) + (1.0 - t) * log(1.0 - p + tiny)), reduction)


def binary_cross_entropy_with_logits(logit: Any, target: Any, reduction: str = "mean") -> Any:
    """binary_cross_entropy(sigmoid(logit), target), exact for every logit.

    logit, target   arrays or Values of one shape, or lists of numbers and scalar Values; targets in [0, 1]
    reduction       "mean", "sum", or "none" for one loss per entry
    raises          ShapeError if the shapes differ; DataError for targets outside [0, 1]

    >>> binary_cross_entropy_with_logits([1000.0, -1000.0], [1, 1], reduction="none")
    array([   0., 1000.])
    """
    z, t = gathered_pair("binary_cross_entropy_with_logits", logit, target)
    check_yes_or_no("binary_cross_entropy_with_logits", t)
    return reduced(t * softplus(-z) + (1.0 - t) * softplus(z), reduction)


def check_yes_or_no(loss: str, target: Any) -> None:
    """Raise for a target that is no share of a yes."""
    known = numbers(target)
    if known is not None and (wrong := no_share(known)).any():
        raise DataError(
            f"{loss}: the target {known[wrong].flat[0]:g} is neither no (0) nor yes (1), nor between them.",
            "It is the probability of a yes; anything else would ask for what no probability is.",
            "Write (target + 1) / 2 to turn the labels -1 and +1 into 0 and 1."
            if set(known.flat) <= {-1.0, 1.0}
            else "Write cross_entropy(logits, target) for more than two classes.",
        )
