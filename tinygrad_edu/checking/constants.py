"""A gradient is a constant times the right one: where do such factors come from?

>>> explain_factor(0.5, evidence=3)
('factor', 'It is 0.5 times the gradient: a factor 2 is missing.')
>>> explain_factor(0.1, evidence=3, counts={"N": 10.0})
('mean for sum', 'It is 0.1 times the gradient: a mean instead of a sum over N = 10.')
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

SIMPLE = {"2": 2.0, "3": 3.0, "4": 4.0}  # from powers: who forgets to bring the exponent down, or does it twice
KNOWN = {  # from functions with such a constant in their slope
    "ln 2": math.log(2.0),
    "ln 10": math.log(10.0),
    "π": math.pi,
    "2π": 2 * math.pi,
    "√2": math.sqrt(2.0),
    "√(2π)": math.sqrt(2 * math.pi),
    "√π": math.sqrt(math.pi),
}


def explain_factor(
    ratio: float, evidence: int, counts: Mapping[str, float] | None = None, others: Sequence[str] = ()
) -> tuple[str, str] | None:
    """Kind and words of the mistake that makes a gradient `ratio` times the right one; None if it may be an accident.

    evidence   how many different numbers have this ratio: for a single one only simple factors are named
    counts     what -> how many samples or entries: dividing by it makes a mean, multiplying by it a sum
    others     what else would give this ratio, mentioned when there is a single number
    """
    if ratio == 0.0 or near(ratio, 1.0):
        return None
    hedge = f" With a single number this could also be: {', or '.join(others)}." if others and evidence < 2 else ""
    if near(ratio, -1.0):
        return "sign", f"It is the gradient with the wrong sign.{hedge}"
    size, sign = abs(ratio), "the wrong sign, and " if ratio < 0 else ""
    start = f"It is {ratio:.6g} times the gradient: {sign}"
    also = ""
    for text, count in (counts or {}).items():
        if count > 2 and (found := _of_count(size, text, count)):
            kind, words = found
            if not text.isdigit() or count not in SIMPLE.values():
                return ("factor" if sign else kind), f"{start}{words}.{hedge}"
            also = f" (or {words})"  # an axis may have the length 3 by accident
    known = {**SIMPLE, **KNOWN}
    times = next((name for name, factor in known.items() if near(size, factor)), "")
    missing = next((name for name, factor in known.items() if near(size, 1 / factor)), "")
    if not times and not missing and evidence < 2 and not is_short(size):
        return None
    if missing or (size < 1 and not times):
        return "factor", f"{start}a factor {_with_number(missing, 1 / size)} is missing{also}.{hedge}"
    return "factor", f"{start}a factor {_with_number(times, size)} too much{also}.{hedge}"


def _of_count(size: float, text: str, count: float) -> tuple[str, str] | None:
    """What a factor has to do with a number of samples: N, 1/N, N − 1, N/(N − 1) and their inverses."""
    of = text if f"{count:g}" in text else f"{text} = {count:g}"
    if near(size, count):
        return "sum for mean", f"a sum instead of a mean over {of}"
    if near(size, 1 / count):
        return "mean for sum", f"a mean instead of a sum over {of}"
    if any(map(str.isdigit, text)):  # the length of some axis: that is not enough for more
        return None
    if near(size, count - 1) or near(size, 1 / (count - 1)):
        return "factor", f"{text} − 1 = {count - 1:g} {'is missing' if size < 1 else 'too much'}"
    if near(size, count / (count - 1)) or near(size, (count - 1) / count):
        used, right = ("N − 1", "N") if size > 1 else ("N", "N − 1")
        return "factor", f"divided by {used} instead of {right}, with N = {count:g}"
    return None


def is_short(ratio: float) -> bool:
    """Whether the factor or its inverse is a whole number or a half: 5, 0.2, 1.5."""
    size = abs(ratio)
    return any(x <= 1000 and near(2 * x, round(2 * x)) for x in (size, 1 / size))


def _with_number(what: str, size: float) -> str:
    return f"{what} = {size:.6g}" if what and not what.isdigit() else f"{size:.6g}"


def near(a: float, b: float) -> bool:
    """Whether two factors are the same, up to what measuring a slope may lose."""
    return math.isclose(a, b, rel_tol=2e-6)
