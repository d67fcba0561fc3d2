"""Mistakes that only the author of a rule can make, as hypotheses about what the rule hands on.

>>> g, right = np.array([1.0, -2.0, 0.5]), np.array([3.0, -8.0, 1.0])
>>> passed_on(g, g).kind, shifted(np.roll(right, 1), right).words
('forgotten', 'It is the gradient moved by 1 place along axis 0.')
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .closeness import distinct, same
from .mistakes import Mistake

TOLERANCE = 1e-6


def passed_on(found: Any, g: Any) -> Mistake | None:
    """Is it g as it arrived?"""
    if fits(g, found.shape) and same(found, np.broadcast_to(g, found.shape), TOLERANCE):
        return Mistake("forgotten", "It is g, as it arrived: the local derivative was forgotten.")
    return None


def summed(found: Any, right: Any) -> Mistake | None:
    """Was it added up along an axis that the input has?"""
    for axis in range(right.ndim):
        total = np.broadcast_to(right.sum(axis=axis, keepdims=True), right.shape)
        if right.shape[axis] > 1 and same(found, total, TOLERANCE):
            return Mistake("summed", f"It is the gradient summed over axis {axis}, which the input has itself.")
    return None


def shifted(found: Any, right: Any) -> Mistake | None:
    """Are the right numbers one place too far?"""
    for axis in range(right.ndim) if distinct(right, TOLERANCE) > 1 else ():
        for places in (1, -1):
            if right.shape[axis] > 1 and same(found, np.roll(right, places, axis), TOLERANCE):
                return Mistake("shifted", f"It is the gradient moved by {places} place along axis {axis}.")
    return None


def one_entry(found: Any, right: Any) -> Mistake | None:
    """Is a single entry wrong, and all others right?"""
    with np.errstate(all="ignore"):
        scale = np.maximum(np.abs(right), 1e-3 * np.max(np.abs(right), initial=0.0))
        wrong = np.argwhere(~(np.abs(found - right) <= TOLERANCE * scale))
    if right.size < 3 or len(wrong) != 1:
        return None
    place = tuple(map(int, wrong[0]))
    words = f"Only the entry {list(place)} is wrong, {found[place]:.6g} instead of {right[place]:.6g}."
    return Mistake("one entry", words, (place,))


def fits(c: Any, shape: tuple[int, ...]) -> bool:
    """Whether c can be spread out over the shape."""
    try:
        return np.broadcast_shapes(np.shape(c), shape) == shape
    except ValueError:
        return False
