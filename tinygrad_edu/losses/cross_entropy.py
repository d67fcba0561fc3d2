"""Cross-entropy: how surprised one is by the class that turned out to be the right one.

    L = −mean ln softmax(z)[target]

Its derivative with respect to the logits z is softmax(z) − onehot(target), divided by the number of samples.
"""

from __future__ import annotations

from typing import Any

from ..errors import ShapeError
from ..ops.broadcasting import shape_of
from ..ops.reductions import sum as total
from ..ops.softmax import cross_entropy as of_classes
from ..ops.softmax import log_softmax
from .classes import are_whole, check_shares, checked_share, classes_in, weighted
from .reduction import gathered, reduced


def cross_entropy(
    logits: Any, target: Any, reduction: str = "mean", *, weight: Any = None, label_smoothing: float = 0.0
) -> Any:
    """The surprise at the right classes, from one logit per class.

    logits            (..., classes), or a list of scalar Values for one sample
    target            (...) whole numbers from 0 to classes - 1, or (..., classes) one-hot rows or probabilities
    reduction         "mean" over samples, "sum", or "none" for one loss per sample
    weight            (classes,) how much each class counts; with indices, the mean is then divided by the weights of
                      the right classes, and not by the number of samples
    label_smoothing   the share of certainty, from 0 to 1, that is spread evenly over all classes
    raises            ShapeError if the shapes do not fit; DataError for indices that name no class
    source            C. Szegedy et al., Rethinking the Inception architecture, 2016, section 7 (label smoothing)

    >>> from tinygrad_edu.engine import Value
    >>> logits = Value([[2.0, 0.0], [0.0, 0.0]])
    >>> loss = cross_entropy(logits, [0, 1], reduction="sum")
    >>> loss.backward()
    >>> round(loss.data, 4), logits.grad.round(4).tolist()
    (0.8201, [[-0.1192, 0.1192], [0.5, -0.5]])
    """
    logits = gathered(logits)
    shape = shape_of(logits)
    if not shape or shape[-1] == 1:
        found = f"have shape {shape}, one for each sample" if shape else "are a single number"
        raise ShapeError(
            f"cross_entropy: the logits {found}.",
            "It compares classes along the last axis, and needs at least two: one alone is always certain.",
            "Write binary_cross_entropy_with_logits(logit, target) for a yes or no.",
        )
    given = target if are_whole(target) else gathered(target)
    if weight is None and not label_smoothing:
        if shape_of(given) == shape:
            check_shares("cross_entropy", given)
            return reduced(-total(given * log_softmax(logits), axis=-1), reduction)
        return reduced(of_classes(logits, classes_in(given, shape)), reduction)
    return weighted("cross_entropy", log_softmax(logits), given, reduction, weight, checked_share(label_smoothing))
