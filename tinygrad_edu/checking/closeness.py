"""When are two arrays the same numbers, up to rounding?

>>> same(np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-12]), 1e-9), same(np.ones(2), np.ones(3), 1e-9)
(True, False)

Relative, entry by entry, so that gradients of 1e-12 and of 1e12 are judged alike; but an entry that is tiny among
large ones is what is left over when large numbers cancel, and is allowed the rounding of a hundredth of the largest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any  # an array of any floating-point type
LEFT_OVER = 0.01  # below this share of the largest entry, an entry is judged by the largest


def tolerance_of(*arrays: Any) -> float:
    """What rounding in the coarsest of these types, or measuring a slope in float64, can change.

    >>> tolerance_of(np.ones(2)), round(tolerance_of(np.ones(2, np.float32)), 6)
    (1e-06, 0.000345)
    """
    types = [np.asarray(x).dtype for x in arrays]
    return max(1e-6, *(float(np.finfo(t).eps) ** 0.5 for t in types if t.kind == "f"), 0.0)


def alike(a: Array, b: Array, tolerance: float) -> Array:
    """Where two arrays of one shape agree, as a mask; nan agrees with nan, an infinity with itself."""
    with np.errstate(all="ignore"):
        size = np.maximum(np.abs(a), np.abs(b))
        largest = np.max(np.abs(b), initial=0.0, where=np.isfinite(b))
        near = np.abs(a - b) <= tolerance * np.maximum(size, LEFT_OVER * largest)
        finite = np.isfinite(a) & np.isfinite(b)
        return np.where(finite, near, (a == b) | (np.isnan(a) & np.isnan(b)))


def same(a: Array, b: Array, tolerance: float) -> bool:
    """Whether two arrays have one shape and agree everywhere."""
    return np.shape(a) == np.shape(b) and bool(alike(a, b, tolerance).all())


def constant_ratio(a: Array, b: Array, tolerance: float) -> float | None:
    """The number c with a = c · b everywhere, if there is one; None where b is zero everywhere.

    >>> constant_ratio(np.array([2.0, 0.0]), np.array([1.0, 0.0]), 1e-9)
    2.0
    """
    if a.shape != b.shape or not np.isfinite(a).all() or not np.isfinite(b).all() or not b.any():
        return None
    largest = np.unravel_index(np.argmax(np.abs(b)), b.shape)  # its ratio has lost the fewest digits
    c = float(a[largest] / b[largest])
    return c if np.isfinite(c) and same(a, c * b, tolerance) else None


def distinct(a: Array, tolerance: float) -> int:
    """How many different numbers other than zero an array has, at most 3: the evidence that a match is no accident.

    >>> distinct(np.array([2.0, 2.0, 0.0]), 1e-9), distinct(np.arange(9.0), 1e-9)
    (1, 3)
    """
    numbers = np.unique(a[np.isfinite(a) & (a != 0)])
    if numbers.size < 2:
        return int(numbers.size)
    steps = np.diff(numbers) > tolerance * np.maximum(np.abs(numbers[1:]), np.abs(numbers[:-1]))
    return int(min(3, 1 + np.count_nonzero(steps)))
