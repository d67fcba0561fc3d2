"""What all losses share: how inputs come in, which shapes fit, and how many numbers become one.

>>> reduced(np.array([1.0, 3.0]), "mean"), reduced(np.array([1.0, 3.0]), "sum")
(2.0, 4.0)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import ShapeError, unknown_name
from ..ops.broadcasting import shape_of
from ..ops.joining import array
from ..ops.reductions import mean
from ..ops.reductions import sum as total

ROUNDING = 1e-6  # that sums and differences of probabilities may be off by
REDUCTIONS = {"mean": mean, "sum": total, "none": lambda losses: losses}


def reduced(losses: Any, reduction: str) -> Any:
    """The mean of the losses, their sum, or ("none") the losses themselves.

    raises   UnknownNameError for another word
    """
    if reduction not in REDUCTIONS:
        raise unknown_name("reduction", reduction, REDUCTIONS)
    return REDUCTIONS[reduction](losses)


def gathered(x: Any) -> Any:
    """x as a number, array or Value; (nested) lists of numbers and scalar Values become one array."""
    return array(x)


def gathered_pair(loss: str, prediction: Any, target: Any) -> tuple[Any, Any]:
    """Both as arrays of one shape.

    raises   ShapeError if the shapes differ: (n, 1) against (n,) would silently become all n × n differences
    """
    prediction, target = gathered(prediction), gathered(target)
    ours, theirs = shape_of(prediction), shape_of(target)
    if ours != theirs:
        if ours == (*theirs, 1):
            write = "Write prediction[..., 0], or target[..., None]."
        elif theirs == (*ours, 1):
            write = "Write target[..., 0], or prediction[..., None]."
        else:
            write = "Reshape one of them so that each prediction meets its own target."
        raise ShapeError(
            f"{loss}: the predictions have shape {ours} and the targets {theirs}.",
            "Every prediction is compared with one target; stretching one of them would compare the wrong pairs.",
            write,
        )
    return as_numbers(prediction, target), as_numbers(target, prediction)


def as_numbers(x: Any, other: Any) -> Any:
    """A mask as numbers, in the precision of what it is compared with; everything else as it is."""
    if type(x) is not np.ndarray or x.dtype.kind != "b":
        return x
    dtype = getattr(other, "dtype", None)
    return x.astype(dtype if dtype is not None and dtype.kind == "f" else np.float64)


def numbers(x: Any) -> np.ndarray | None:
    """The plain numbers inside x, to check them; None when x only stands for numbers, as when code is recorded."""
    if isinstance(x, Value):
        return np.asarray(x._held)
    return None if hasattr(x, "apply_op") else np.asarray(x)


def no_share(x: np.ndarray) -> np.ndarray:
    """Where x is no probability; what is one but for rounding counts as one.

    >>> no_share(np.array([-1.0, -1e-17, 0.5, 1.0 + 1e-9, 2.0])).tolist()
    [True, False, False, False, True]
    """
    return (x < -ROUNDING) | (x > 1.0 + ROUNDING)
