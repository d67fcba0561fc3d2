"""Points in the plane with a class each: the data sets of every first lesson, and of the TensorFlow Playground.

n         how many points in all
noise     the standard deviation of what is added to both coordinates
rng       a seed, a generator, or None for other points each time
returns   x (n, 2) and y (n,), whole numbers from 0 on: the class of each point; sorted by class
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from ..errors import DataError
from .seeds import checked_count, checked_number, generator

Points = tuple[np.ndarray, np.ndarray]


def xor(n: int = 4, noise: float = 0.0, rng: Any = None) -> Points:
    """Exclusive or: the four corners of a square, of which the opposite ones are alike; no line separates them.

    source   M. Minsky, S. Papert, Perceptrons, 1969

    >>> x, y = xor()
    >>> x.tolist(), y.tolist()
    ([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]], [0, 0, 1, 1])
    """
    per_corner = parts(checked_count("xor", n), 4)
    corners = np.repeat([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0]], per_corner, axis=0)
    return blurred(corners, noise, rng), np.repeat([0, 0, 1, 1], per_corner)


def moons(n: int = 200, noise: float = 0.1, rng: Any = None) -> Points:
    """Two half circles that reach into each other.

    source   the points of `make_moons` of scikit-learn

    >>> x, y = moons(3, noise=0.0)
    >>> x.round(6).tolist(), y.tolist()
    ([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.5]], [0, 0, 1])
    """
    above, below = parts(checked_count("moons", n), 2)
    upper, lower = np.linspace(0.0, math.pi, above), np.linspace(0.0, math.pi, below)
    x = np.vstack([
        np.column_stack([np.cos(upper), np.sin(upper)]),
        np.column_stack([1.0 - np.cos(lower), 0.5 - np.sin(lower)]),
    ])  # fmt: skip
    return blurred(x, noise, rng), np.repeat([0, 1], [above, below])


def circles(n: int = 200, noise: float = 0.1, factor: float = 0.5, rng: Any = None) -> Points:
    """A circle of radius 1 (class 0) around one of radius `factor` (class 1), which is between 0 and 1.

    >>> x, y = circles(8, noise=0.0)
    >>> np.hypot(x[:, 0], x[:, 1]).round(6).tolist()
    [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5]
    """
    if not isinstance(factor, (int, float, np.floating)) or not 0.0 < factor < 1.0:
        raise DataError(
            f"circles: factor={factor!r} puts no circle inside the other.",
            "It is the radius of the inner circle, where the outer one has radius 1.",
            "Write a number between 0 and 1, for example factor=0.5.",
        )
    counts = parts(checked_count("circles", n), 2)
    angles = np.concatenate([np.linspace(0.0, 2.0 * math.pi, count, endpoint=False) for count in counts])
    radius = np.repeat([1.0, factor], counts)
    return blurred(np.column_stack([np.cos(angles), np.sin(angles)]) * radius[:, None], noise, rng), np.repeat(
        [0, 1], counts
    )


def spirals(n: int = 200, noise: float = 0.05, arms: int = 2, turns: float = 1.25, rng: Any = None) -> Points:
    """Arms that wind around the origin, one class each, from the middle out to radius 1.

    source   K. Lang, M. Witbrock, Learning to tell two spirals apart, 1988

    >>> x, y = spirals(6, noise=0.0, arms=3)
    >>> np.bincount(y).tolist(), float(np.hypot(x[:, 0], x[:, 1]).max())
    ([2, 2, 2], 1.0)
    """
    counts = parts(checked_count("spirals", n), checked_count("spirals (arms)", arms))
    along = np.concatenate([np.linspace(1.0 / max(count, 1), 1.0, count) for count in counts])
    y = np.repeat(np.arange(arms), counts)
    angle = 2.0 * math.pi * (turns * along + y / arms)
    return blurred(np.column_stack([np.cos(angle), np.sin(angle)]) * along[:, None], noise, rng), y


def blobs(n: int = 200, centers: Any = 3, spread: float = 1.0, rng: Any = None) -> Points:
    """Clouds of normally distributed points.

    centers   how many clouds (their middles are drawn between −10 and 10), or an array (classes, features) of middles
    spread    the standard deviation of a cloud

    >>> x, y = blobs(4, centers=[[-5.0, 0.0], [5.0, 0.0]], spread=0.1, rng=0)
    >>> (x[:, 0] > 0).tolist(), y.tolist()
    ([False, False, True, True], [0, 0, 1, 1])
    """
    rng = generator(rng)
    if isinstance(centers, (list, tuple, np.ndarray)):
        middles = np.asarray(centers, float)
    else:
        middles = rng.uniform(-10.0, 10.0, (checked_count("blobs (centers)", centers), 2))
    if middles.ndim != 2 or not len(middles):
        raise DataError(
            f"blobs: centers has the shape {middles.shape}.",
            "There is one row for each cloud, with the coordinates of its middle.",
            "Write centers=3, or centers=[[-1.0, 0.0], [1.0, 0.0]].",
        )
    y = np.repeat(np.arange(len(middles)), parts(checked_count("blobs", n), len(middles)))
    checked_number("blobs", "spread", spread, 0.0, sys.float_info.max, "1.0")
    return middles[y] + rng.normal(0.0, spread, (len(y), middles.shape[1])), y


def parts(n: int, count: int) -> list[int]:
    """n samples shared out among the classes as evenly as it goes, the first ones getting more.

    >>> parts(7, 3)
    [3, 2, 2]
    """
    return [n // count + (k < n % count) for k in range(count)]


def blurred(x: np.ndarray, noise: float, rng: Any) -> np.ndarray:
    """The points with normally distributed noise added."""
    if not isinstance(noise, (int, float, np.floating)) or not 0.0 <= noise < math.inf:
        raise DataError(
            f"noise={noise!r} is no standard deviation.",
            "It says how far points are moved on average: 0 leaves them where they are.",
            "Write noise=0.1.",
        )
    return x + generator(rng).normal(0.0, noise, x.shape) if noise else x
