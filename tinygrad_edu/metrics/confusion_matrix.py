"""Who was taken for whom."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ShapeError
from .classes import pairs


def confusion_matrix(
    prediction: Any, target: Any, classes: int | None = None, threshold: float | None = None
) -> np.ndarray:
    """How many samples of class i (row) were predicted to be of class j (column); the right ones on the diagonal.

    prediction, target, threshold   as in `accuracy`
    classes                         how many there are; None for as many as occur
    returns                         (classes, classes) whole numbers

    >>> confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2])
    array([[1, 0, 0],
           [0, 1, 0],
           [0, 1, 1]])
    """
    predicted, right = pairs(prediction, target, threshold)
    count = max(int(np.max(x, initial=-1)) + 1 for x in (predicted, right))
    if classes is not None and not (isinstance(classes, (int, np.integer)) and classes >= count):
        raise ShapeError(
            f"confusion_matrix: class {count - 1} occurs, and classes={classes}.",
            "Every class needs a row and a column; they are numbered from 0.",
            f"Write classes={count}.",
        )
    matrix = np.zeros((classes or count,) * 2, np.intp)
    np.add.at(matrix, (right, predicted), 1)
    return matrix
