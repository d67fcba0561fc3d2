"""Kullback–Leibler divergence: how much is lost by expecting one distribution where another one holds.

L = Σ t · (ln t − ln p)
"""

from __future__ import annotations

from typing import Any

from ..errors import DataError
from ..ops.arithmetic import divide
from ..ops.broadcasting import shape_of
from ..ops.exponentials import log
from ..ops.reductions import sum as total
from ..ops.selecting import where
from .reduction import gathered_pair, numbers, reduced


def kl(log_prediction: Any, target: Any, reduction: str = "batchmean") -> Any:
    """The divergence of the target's distribution from the predicted one; 0 where they are equal.

    log_prediction   logarithms of probabilities, for example from tg.log_softmax
    target           probabilities, in the same shape; an entry 0 counts 0
    reduction        "batchmean": the sum, divided by the number of samples (the length of the first axis);
                     "mean" over all entries, "sum", or "none" for one number per entry
    raises           ShapeError if the shapes differ; DataError for negative targets
    source           S. Kullback, R. Leibler, On information and sufficiency, 1951

    >>> import numpy as np
    >>> round(kl(np.log([[0.5, 0.5]]), [[1.0, 0.0]]), 4)  # ln 2: one bit
    0.6931
    """
    log_p, t = gathered_pair("kl", log_prediction, target)
    known = numbers(t)
    if known is not None and (known < 0).any():
        raise DataError(
            f"kl: the target {known[known < 0].flat[0]:g} is no probability.",
            "It is compared with probabilities, which are not negative.",
            "Write np.exp(target) where it holds logarithms, tg.softmax(target) where it holds logits.",
        )
    there = t != 0.0  # nan is there, too
    losses = where(there, t * (log(where(there, t, 1.0)) - log_p), 0.0)
    if reduction == "batchmean":
        return divide(total(losses), float(shape_of(losses)[0] if shape_of(losses) else 1))  # nan for no samples
    return reduced(losses, reduction)
