"""Sums as samples: what a network can learn that everybody can check."""

from __future__ import annotations

from typing import Any

import numpy as np

from .seeds import checked_count, generator


def adding(n: int | None = None, rng: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of tenths with their sum, all of it below 1.

    n         so many pairs, drawn at random; None for every pair (a, b) with a + b ≤ 0.9, once
    returns   x (n, 2) and y (n,)

    >>> x, y = adding()
    >>> len(x), x[1].tolist(), y[1].item()
    (55, [0.0, 0.1], 0.1)
    """
    pairs = np.array([(a, b) for a in range(10) for b in range(10 - a)])
    if n is not None:
        pairs = pairs[generator(rng).integers(len(pairs), size=checked_count("adding", n))]
    return pairs / 10.0, pairs.sum(axis=1) / 10.0
