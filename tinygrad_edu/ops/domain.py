"""Where a primitive is defined and differentiable: checks draw their numbers from here, messages quote it.

>>> POSITIVE.text
'x > 0'
>>> bool((POSITIVE.sample(np.random.default_rng(0), (1000,)) > 0).all())
True
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Domain:
    """The set of inputs for which a primitive has a derivative.

    text    how a message says it: 'x > 0'
    low     samples are drawn uniformly from [low, high], a safe part of the set,
    high      at least 0.1 away from every point named in `avoid` (kinks, jumps, poles)
    make    for matrices: (rng, shape) -> array, drawn in its own way
    """

    text: str
    low: float = -2.0
    high: float = 2.0
    avoid: tuple[float, ...] = ()
    make: Callable[[np.random.Generator, Shape], np.ndarray] | None = None

    def sample(self, rng: np.random.Generator, shape: Shape = ()) -> np.ndarray:
        """An array of `shape` inside the domain, away from its edges and kinks."""
        if self.make is not None:
            return self.make(rng, shape)
        x = rng.uniform(self.low, self.high, shape)
        for point in self.avoid:
            x = np.where(abs(x - point) < 0.1, point + np.where(x < point, -0.1, 0.1) - (point - x), x)
        return x


REAL = Domain("every real number")
NONZERO = Domain("x ≠ 0", avoid=(0.0,))
POSITIVE = Domain("x > 0", 0.2, 3.0)
NOT_WHOLE = Domain("x not a whole number", avoid=(-2.0, -1.0, 0.0, 1.0, 2.0))
NOT_HALF = Domain("x not halfway between whole numbers", avoid=(-1.5, -0.5, 0.5, 1.5))
OPEN_UNIT = Domain("-1 < x < 1", -0.9, 0.9)
ABOVE_ONE = Domain("x > 1", 1.2, 4.0)
ABOVE_MINUS_ONE = Domain("x > -1", -0.8, 3.0)
