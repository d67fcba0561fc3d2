"""Points of the plane: read from arrays, lists and Values, and framed.

>>> frame(np.array([[0.0, 0.0], [1.0, 1.0]]))
(-0.06, 1.06, -0.06, 1.06)
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..errors import DataError, ShapeError

Extent = tuple[float, float, float, float]


def numbers(x: Any) -> np.ndarray:
    """The numbers of an array, a Value, or a list of numbers and Values.

    raises   DataError for anything else

    >>> numbers([1, 2])
    array([1., 2.])
    """
    try:
        if isinstance(x, (list, tuple)):
            return np.array([numbers(part) for part in x], dtype=float)
        return np.asarray(getattr(x, "_held", x), dtype=float)  # .data would have the array watched for changes
    except (TypeError, ValueError):
        raise DataError(
            f"A plot was given {type(x).__name__} where it needs numbers.",
            "Positions and heights in a picture are numbers, in rows of equal length.",
            "Pass an array, a Value, or a list of numbers.",
        ) from None


def points(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    """The points (n, 2) and their classes (n,).

    raises   ShapeError for points that are not in the plane, and unless each has one class; DataError for none
    """
    x, y = numbers(x), numbers(y)
    if x.ndim != 2 or x.shape[1] != 2 or y.size != len(x):
        raise ShapeError(
            f"The points have shape {x.shape} and their classes {y.shape}.",
            "A plane has two coordinates, and each point has one class.",
            "Give x as (n, 2) and y as (n,).",
        )
    if not (len(x) and np.isfinite(x).all()):
        raise DataError(
            "There is no point to draw." if not len(x) else "Some points have coordinates that are nan or infinite.",
            "The picture is framed around the points, which must be somewhere.",
            "Pass at least one point, with finite coordinates."
            if not len(x)
            else "Keep x[np.isfinite(x).all(axis=1)], and the same rows of y.",
        )
    return x, y.ravel()


def frame(x: np.ndarray) -> Extent:
    """The points' range with a little margin (and some width where they are all equal)."""
    low, high = x.min(axis=0), x.max(axis=0)
    margin = np.where(high > low, 0.06 * (high - low), 0.5)
    (left, bottom), (right, top) = low - margin, high + margin
    return float(left), float(right), float(bottom), float(top)


def grid(extent: Extent, columns: int, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions across and up, and all points of the grid they make, row by row from the bottom.

    >>> grid((0, 1, 0, 1), 2, 2)[2].tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    """
    across, up = np.linspace(*extent[:2], columns), np.linspace(*extent[2:], rows)
    return across, up, np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)


def aspect(extent: Extent) -> Literal["equal", "auto"]:
    """A circle is to look like one, unless one direction would shrink to a strip."""
    ratio = (extent[1] - extent[0]) / (extent[3] - extent[2])
    return "equal" if 1 / 3 <= ratio <= 3 else "auto"


def middle_and_reach(y: np.ndarray) -> tuple[float, float]:
    """Halfway between the lowest and the highest class, and how far they are from there; (½, ½) for a single class.

    >>> middle_and_reach(np.array([0, 1])), middle_and_reach(np.array([-1, 1]))
    ((0.5, 0.5), (0.0, 1.0))
    """
    y = y[np.isfinite(y)]
    if not len(y) or y.min() == y.max():
        return 0.5, 0.5
    return float(y.min() + y.max()) / 2, float(y.max() - y.min()) / 2
