"""Negative log likelihood: cross-entropy for who has the logarithms of the probabilities already.

L = −mean ln p[target]
"""

from __future__ import annotations

from typing import Any

from ..errors import ShapeError
from ..ops.broadcasting import shape_of
from .classes import weighted
from .reduction import gathered


def nll(log_probability: Any, target: Any, reduction: str = "mean", *, weight: Any = None) -> Any:
    """The surprise at the right classes, from the logarithm of each class's probability.

    log_probability   (..., classes), for example from tg.log_softmax
    target            (...) whole numbers from 0 to classes - 1, or (..., classes) one-hot rows or probabilities
    reduction         "mean" over samples, "sum", or "none" for one loss per sample
    weight            (classes,) how much each class counts, as in `cross_entropy`
    raises            ShapeError if the shapes do not fit; DataError for indices that name no class

    >>> import numpy as np
    >>> round(nll(np.log([[0.5, 0.5], [0.9, 0.1]]), [0, 0]), 4)
    0.3993
    """
    log_p = gathered(log_probability)
    if not shape_of(log_p):
        raise ShapeError(
            "nll: the log probabilities are a single number.",
            "It picks the one of the right class, along the last axis.",
            "Pass one for each class: tg.log_softmax(logits).",
        )
    return weighted("nll", log_p, gathered(target), reduction, weight, 0.0)
