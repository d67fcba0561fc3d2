"""A random generator from what the user has: a seed, a generator, or nothing."""

from __future__ import annotations

import sys
from numbers import Integral, Real

import numpy as np

from ..errors import DataError


def generator(rng: int | np.random.Generator | None) -> np.random.Generator:
    """The generator itself, or a new one from a seed; None is a different one each time.

    >>> int(generator(3).integers(100)) == int(generator(3).integers(100))
    True
    """
    if isinstance(rng, np.random.Generator):
        return rng
    if rng is None or (isinstance(rng, Integral) and not isinstance(rng, bool) and int(rng) >= 0):
        return np.random.default_rng(rng)
    raise DataError(
        f"rng={rng!r} is neither a seed nor a random generator.",
        "A seed is a whole number from 0 on; the same one gives the same numbers again.",
        "Write rng=0, or rng=np.random.default_rng(0) to go on where it is.",
    )


def checked_number(called: str, name: str, x: object, least: float, most: float, write: str) -> float:
    """A setting that is a number between two others."""
    if isinstance(x, (Real, np.floating)) and not isinstance(x, bool) and least <= float(x) <= most:
        return float(x)
    raise DataError(
        f"{called}: {name}={x!r}.",
        f"It is a number from {least:g}" + (f" to {most:g}." if most < sys.float_info.max else " on."),
        f"Write for example {name}={write}.",
    )


def checked_count(called: str, n: object, least: int = 1) -> int:
    """The number of samples, if it is one."""
    if isinstance(n, Integral) and not isinstance(n, bool) and int(n) >= least:
        return int(n)
    raise DataError(
        f"{called}: n={n!r} is no number of samples.",
        f"It is counted in whole numbers from {least} on.",
        f"Write n={max(least, 200)}.",
    )
