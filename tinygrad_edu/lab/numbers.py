"""Comparing two gradients, and telling them apart in a few characters.

>>> same(0.3, 0.1 + 0.2, scale=0.3), same(1.0, 2.0, scale=1.0)
(True, False)
>>> worst(np.array([1.0, 2.0]), np.array([1.0, 5.0]))
(1,)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..writing.wording import number

EXACT = {8: 1e-9, 4: 1e-4, 2: 1e-2}  # how far apart two right results may be, by bytes per number


def same(right: Any, wrong: Any, scale: float) -> bool:
    """Whether two gradients differ in nothing but rounding; `scale` is the size of what was added up."""
    if wrong is None or np.shape(right) != np.shape(wrong):
        return False
    close = EXACT.get(np.asarray(right).itemsize, 1e-9)
    with np.errstate(all="ignore"):
        return bool(np.allclose(right, wrong, rtol=close, atol=close * scale, equal_nan=True))


def size(*gradients: Any) -> float:
    """The largest finite entry of these numbers and arrays, without its sign; 0 if there is none."""
    sizes = [np.abs(np.asarray(g, dtype=np.float64)) for g in gradients]
    return max((float(np.max(s, where=np.isfinite(s), initial=0.0)) for s in sizes), default=0.0)


def worst(right: Any, wrong: Any) -> tuple[int, ...]:
    """The entry in which two gradients differ most; of equal ones, or of two shapes, the largest entry of the right."""
    if np.ndim(right) == 0 or np.size(right) == 0:
        return ()
    apart = np.abs(right)
    if wrong is not None and np.shape(right) == np.shape(wrong) and not same(right, wrong, size(right)):
        with np.errstate(all="ignore"):
            apart = np.abs(np.subtract(right, wrong))
    apart = np.where(np.isnan(apart), np.inf, apart)
    return tuple(int(i) for i in np.unravel_index(np.argmax(apart), apart.shape))


def cell(x: Any, entry: tuple[int, ...]) -> str:
    """A number, or that entry of an array; the shape of an array that has no such entry."""
    if x is None:
        return "none"
    if np.ndim(x) == 0 and not entry:
        return number(x)
    if np.ndim(x) != len(entry) or not all(i < n for i, n in zip(entry, np.shape(x))):
        return f"{np.shape(x)}"
    return number(x[entry])
