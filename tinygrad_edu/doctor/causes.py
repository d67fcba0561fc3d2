"""Why an operation gave nan or inf: a table of the edges of arithmetic, first row that fits.

>>> cause("log", [0.0], -math.inf, np.float64)[0]
'The logarithm of 0 is -∞: no power of e is 0.'
>>> cause("exp", [800.0], math.inf, np.float64)[0]
'exp overflows above 709.78: float64 ends at 1.8e308.'
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..ops.op import TABLE

inf, isinf = math.inf, math.isinf
LOGS = "log log2 log10"
OVERFLOW = "{op} overflows above {top}: {dtype} ends at {max}."
GUARD = "guard it: tg.where(x > 0, tg.{op}(tg.where(x > 0, x, 1.0)), 0.0)"
SMALLER = "Scale the numbers down, or compute with their logarithms; in training, try a smaller learning rate."
MASKED = "Leave at least one entry of each row finite; in a mask, a large number such as -1e9 does what -inf does."

# operations, for which operands, why, what to write
CAUSES: list[tuple[str, Callable[..., Any], str, str]] = [
    (LOGS, lambda x: x == 0, "The logarithm of 0 is -∞: no power of {base} is 0.",
     "Write tg.{op}(tg.maximum(x, 1e-12)), or " + GUARD + "."),
    (LOGS, lambda x: x < 0, "The logarithm of a negative number is no real number: powers of {base} are positive.",
     "Look at where x becomes negative, or " + GUARD + "."),
    ("log1p", lambda x: x == -1, "log1p(-1) is the logarithm of 0, which is -∞.",
     "Write tg.log1p(tg.maximum(x, -1.0 + 1e-12))."),
    ("log1p", lambda x: x < -1, "log1p(x) is the logarithm of 1 + x, and a negative number has none.",
     "Look at where x becomes less than -1."),
    ("exp expm1 exp2 sinh cosh", lambda x: x == x and not isinf(x), OVERFLOW,
     "Subtract the largest number first, or write what follows in one: tg.softmax(x) for exp(x) / sum(exp(x)), "
     "tg.logsumexp(x) for log(sum(exp(x))), tg.softplus(x) for log(1 + exp(x))."),
    ("sqrt", lambda x: x < 0, "The square of no real number is negative.",
     "Write tg.sqrt(tg.maximum(x, 0.0)) if rounding made it negative, or " + GUARD + "."),
    ("divide", lambda a, b: b == 0 == a, "0 / 0 can be anything, so it is nothing: nan.",
     "Guard the denominator, and only then divide: tg.where(b == 0, 0.0, a / tg.where(b == 0, 1.0, b))."),
    ("divide", lambda a, b: b == 0, "A number divided by 0 is infinite.",
     "Guard the denominator, and only then divide: tg.where(b == 0, 0.0, a / tg.where(b == 0, 1.0, b))."),
    ("divide", lambda a, b: isinf(a) and isinf(b), "∞ / ∞ can be anything, so it is nothing: nan.",
     "Divide before the numbers overflow, for example with logarithms: tg.exp(log_a - log_b)."),
    ("divide", lambda a, b: True, "The quotient is larger than {max}, where {dtype} ends.",
     "Add a small number to the denominator: a / (b + 1e-8)."),
    ("reciprocal", lambda x: x == 0, "1 / 0 is infinite.",
     "Write tg.where(x == 0, 0.0, 1 / tg.where(x == 0, 1.0, x))."),
    ("mod floor_divide", lambda a, b: b == 0, "Nothing can be divided by 0.", "Look at where b becomes 0."),
    ("power", lambda a, b: a == 0 and b < 0, "A negative power of 0 is 1 / 0, which is infinite.",
     "Guard the base: tg.where(a == 0, 0.0, tg.where(a == 0, 1.0, a) ** b)."),
    ("power", lambda a, b: a < 0 and b != math.floor(b), "A negative number has no real power unless that is whole.",
     "Write tg.sign(a) * tg.abs(a) ** b for an odd root, or tg.maximum(a, 0.0) ** b."),
    ("multiply", lambda a, b: 0.0 in (a, b),
     "0 · ∞ can be anything, so it is nothing: nan.",
     "Choose instead of multiplying: tg.where(mask, x, 0.0) ignores what mask * x turns into nan."),
    ("add subtract", lambda a, b: isinf(a) and isinf(b), "∞ - ∞ can be anything, so it is nothing: nan.",
     "Subtract before the numbers overflow, or mask with tg.where."),
    ("arcsin arccos", lambda x: abs(x) > 1, "{op} is defined from -1 to 1: no angle has a sine or cosine beyond.",
     "Write tg.{op}(tg.clip(x, -1.0, 1.0)) if rounding carried it over the edge."),
    ("arccosh", lambda x: x < 1, "arccosh is defined from 1 on: no cosh is smaller.",
     "Write tg.arccosh(tg.maximum(x, 1.0))."),
    ("arctanh", lambda x: abs(x) >= 1, "arctanh is defined between -1 and 1, and infinite at both.",
     "Write tg.arctanh(tg.clip(x, -1 + 1e-12, 1 - 1e-12))."),
    ("sin cos tan", lambda x: isinf(x), "{op} goes up and down for ever: it has no limit at ∞.",
     "Look at where x becomes infinite."),
    ("softmax log_softmax cross_entropy", lambda *xs: True, "Every number of a row is -∞, or one is ∞.", MASKED),
    ("mean var std", lambda x: np.size(x) == 0, "The mean of no numbers at all is 0 / 0.",
     "Look at why the array is empty."),
    ("std var", lambda x: True, "Divided by the number of entries minus ddof, which is 0.",
     "Take more numbers, or ddof=0."),
]  # fmt: skip


def cause(op: str, data: list[Any], y: float, dtype: Any) -> tuple[str, str]:
    """Why the operation gave y for these operands (numbers at one entry, or whole arrays), and what to write instead.

    >>> cause("divide", [0.0, 0.0], math.nan, np.float64)[0]
    '0 / 0 can be anything, so it is nothing: nan.'
    >>> cause("multiply", [1e200, 1e200], math.inf, np.float64)[0]
    'The result is larger than 1.8e308, where float64 ends: an overflow.'
    """
    limits = np.finfo(dtype)
    largest = float(limits.max)
    tops = {"exp2": math.log2(largest) + limits.eps, "sinh": math.log(largest) + math.log(2.0)}
    top = tops.get("sinh" if op == "cosh" else op, math.log(largest))
    mantissa, _, exponent = f"{largest:.1e}".partition("e")
    words = {
        "op": op, "dtype": limits.dtype, "max": f"{mantissa}e{int(exponent)}",
        "top": f"{math.floor(top * 100) / 100:g}", "base": {"log2": "2", "log10": "10"}.get(op, "e"),
    }  # fmt: skip
    for names, fits, why, write in CAUSES:
        if op in names.split() and fits(*data):
            return why.format(**words), write.format(**words)
    if math.isinf(y):
        return "The result is larger than {max}, where {dtype} ends: an overflow.".format(**words), SMALLER
    domain = TABLE[op].domain if op in TABLE else None
    text = getattr(domain, "text", "")
    if text and "every" not in text:
        return f"{op} is defined for {text}.", "Look at where the operands leave it."
    return f"{op} has no value for these numbers.", "Look at where the operands come from."
