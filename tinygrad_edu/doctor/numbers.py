"""Which numbers are not finite, and at which entry the first of them stands.

>>> first_entry(np.isnan([[0.0, 1.0], [np.nan, 2.0]]))
(1, 0)
>>> at(np.array([5.0, 6.0]), (2, 1), (3, 2))
6.0
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

Entry = tuple[int, ...]


def bad(x: Any) -> bool:
    """Whether a number, or any entry of an array, is nan or infinite.

    >>> bad(np.array([1.0, -np.inf])), bad(np.array([1e300, 1e300])), bad(2.0)
    (True, False, False)
    """
    if type(x) is not np.ndarray:
        return not math.isfinite(x)
    flat = x.ravel()
    with np.errstate(all="ignore"):
        total = flat.dot(flat)  # the fastest way to ask all entries at once; it overflows long before they do
    return not math.isfinite(total) and not np.isfinite(x).all()


def first_entry(mask: Any) -> Entry:
    """The index of the first entry for which the mask holds; () for a single number."""
    mask = np.asarray(mask)
    return tuple(int(i) for i in np.unravel_index(int(mask.argmax()), mask.shape)) if mask.ndim else ()


def at(x: Any, entry: Entry, shape: tuple[int, ...]) -> float:
    """The number of x that meets this entry of a result of that shape, after broadcasting."""
    return float(np.broadcast_to(x, shape)[entry])


def plain(xs: Sequence[Any]) -> list[Any]:
    """Values as their numbers and arrays; everything else as it is."""
    return [getattr(x, "_held", x) for x in xs]


def placed(entry: Entry) -> str:
    """How a message says where: ' at entry [1, 0]', and nothing for a single number."""
    return f" at entry {list(entry)}" if entry else ""
