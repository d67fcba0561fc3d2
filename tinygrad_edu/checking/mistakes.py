"""How a wrong gradient differs from the right one, in words.

>>> likely_mistake(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
'It is 2 times the gradient: a factor 2 too much.'
"""

from __future__ import annotations

import numpy as np


def likely_mistake(hand: np.ndarray, right: np.ndarray) -> str:
    """One sentence about how the hand-derived gradient differs from the right one, if it can be seen."""
    if hand.ndim == 2 and hand.shape[0] == hand.shape[1] and np.allclose(hand.T, right):
        return "It is the transposed gradient."
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = (hand / right)[right != 0]
    if not ratios.size or np.ptp(ratios) > 1e-6 * abs(ratios).max():
        return ""
    ratio = float(ratios.flat[0])
    if ratio == 0.0:
        return "It is zero everywhere."
    if np.isclose(ratio, -1.0):
        return "It is the gradient with the wrong sign."
    if abs(ratio) < 1:
        return f"It is {ratio:.6g} times the gradient: a factor {1 / ratio:.6g} is missing."
    return f"It is {ratio:.6g} times the gradient: a factor {ratio:.6g} too much."
