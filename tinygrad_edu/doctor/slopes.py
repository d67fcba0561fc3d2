"""Why a derivative is not finite although the function is: the places where a graph stands upright.

>>> slope("sqrt", 0, [0.0], math.inf)[0]
'√ rises vertically at 0: its derivative 1 / (2√x) is infinite there.'
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .causes import SMALLER

# operation, input, where, why, what to write
SLOPES: list[tuple[str, int, Callable[..., Any], str, str]] = [
    ("sqrt", 0, lambda x: x == 0, "√ rises vertically at 0: its derivative 1 / (2√x) is infinite there.",
     "Write tg.sqrt(x + 1e-12), or guard it: tg.where(x > 0, tg.sqrt(tg.where(x > 0, x, 1.0)), 0.0)."),
    ("cbrt", 0, lambda x: x == 0, "∛ rises vertically at 0: its derivative 1 / (3∛x²) is infinite there.",
     "Guard it: tg.where(x == 0, 0.0, tg.cbrt(tg.where(x == 0, 1.0, x)))."),
    ("power", 0, lambda a, b: a == 0, "A power below 1 rises vertically at 0: b · a^(b - 1) is infinite there.",
     "Write (a + 1e-12) ** b, or guard it: tg.where(a > 0, tg.where(a > 0, a, 1.0) ** b, 0.0)."),
    ("power", 1, lambda a, b: a < 0, "The derivative by the exponent is y · ln a, and a negative a has no logarithm.",
     "Write the exponent as a plain number (float or .data): then no derivative is asked of it."),
    ("log", 0, lambda x: True, "The derivative of log is 1 / x, which is too large for so small an x.",
     "Write tg.log(tg.maximum(x, 1e-12)), or tg.log1p where x is 1 plus something small."),
    ("arcsin", 0, lambda x: abs(x) == 1, "arcsin rises vertically at -1 and 1: 1 / √(1 - x²) is infinite there.",
     "Write tg.arcsin(tg.clip(x, -1 + 1e-7, 1 - 1e-7))."),
    ("arccos", 0, lambda x: abs(x) == 1, "arccos falls vertically at -1 and 1: -1 / √(1 - x²) is infinite there.",
     "Write tg.arccos(tg.clip(x, -1 + 1e-7, 1 - 1e-7)), or tg.arctan2(sine, cosine) for an angle."),
    ("arccosh", 0, lambda x: x == 1, "arccosh rises vertically at 1: 1 / √(x² - 1) is infinite there.",
     "Write tg.arccosh(tg.maximum(x, 1 + 1e-7))."),
    ("divide", 0, lambda a, b: True, "The derivative by the numerator is 1 / b, too large for so small a b.",
     "Add a small number to the denominator: a / (b + 1e-8)."),
    ("divide", 1, lambda a, b: True, "The derivative by the denominator is -a / b², too large for so small a b.",
     "Add a small number to the denominator: a / (b + 1e-8)."),
    ("reciprocal", 0, lambda x: True, "The derivative of 1 / x is -1 / x², which is too large for so small an x.",
     "Add a small number to it: 1 / (x + 1e-8)."),
]  # fmt: skip


def slope(op: str, k: int, numbers: list[float], local: float) -> tuple[str, str]:
    """Why the derivative of op by its input k is not finite at these numbers, and what to write instead."""
    for name, index, fits, why, write in SLOPES:
        if (op, k) == (name, index) and fits(*numbers):
            return why, write
    if math.isfinite(local):
        return "Both are finite, their product is larger than the largest number: the gradient explodes.", SMALLER
    if any(math.isinf(x) for x in numbers):
        return (
            "An infinite operand has no slope: 0 · ∞ and ∞ / ∞ are nan.",
            "Leave the infinite entry out with tg.where.",
        )
    return f"{op} has no finite derivative at these numbers.", "Look at where its operands come from."
