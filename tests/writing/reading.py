"""A reader of formulas in plain text, independent of the writer: the text becomes Python and is computed."""

from __future__ import annotations

import math
import re

import numpy as np

SIGNS = {"·": "*", "−": "-", "⌊": "floor(", "⌋": ")", "∛": "cbrt_", "σ": "sigmoid", "²": "**2", "³": "**3"}
SIGNS |= {"ln 2": "LN2", "ln 10": "LN10", "π": "PI", "^": "**", " mod ": " % ", "≠": "!=", "≤": "<=", "≥": ">="}
SIGNS |= {"Φ": "normal_cdf", "φ": "normal_pdf", "sinc′": "sinc_slope", " = ": " == "}
erf = np.vectorize(math.erf, otypes=[float])


NAMES = {
    **{
        name: getattr(np, name)
        for name in ["exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "cbrt", "floor", "sign"]
    },
    "ln": np.log,
    "PI": math.pi,
    "LN2": math.log(2),
    "LN10": math.log(10),
    "max": np.maximum,
    "min": np.minimum,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "erf": erf,
    "normal_cdf": lambda x: (1 + erf(x / math.sqrt(2))) / 2,
    "normal_pdf": lambda x: np.exp(-x * x / 2) / math.sqrt(2 * math.pi),
    "abs": abs,
    "inf": math.inf,
    "nan": math.nan,
    "sinc_slope": lambda x: np.cos(np.pi * x) / x - np.sin(np.pi * x) / (np.pi * x * x),
}


def evaluated(text: str, numbers: dict):
    """What the formula gives for these numbers."""
    return eval(python(text), {**NAMES, **numbers})


def python(text: str) -> str:
    """The formula as a Python expression.

    >>> python("g · 2x if x > 0, else 1 / (3y²)")
    '(g * 2*x if x > 0 else 1 / (3*y**2))'
    """
    text = re.sub(r"·?10(⁻?[⁰¹²³⁴-⁹]+)", lambda m: ("*" if m[0][0] == "·" else "") + "10.0**" + digits(m[1]), text)
    text = re.sub(r"([)\w])([⁰¹²³⁴-⁹]{2,}|[⁻⁴-⁹]+[⁰¹²³⁴-⁹]*)", lambda m: f"{m[1]}**{digits(m[2])}", text)
    text = re.sub(r"√(\w)", r"sqrt(\1)", text).replace("√(", "sqrt(")
    text = re.sub(r"∛(\w)", r"cbrt(\1)", text).replace("∛(", "cbrt(")
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    for sign, told in SIGNS.items():
        text = text.replace(sign, told)
    text = re.sub(r"(?<![\w.*])(\d+)([a-z])(?![\w(])", r"\1*\2", text)
    return choices(text.replace("∞", "inf"))


def digits(raised: str) -> str:
    return "(" + raised.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")) + ")"


def choices(text: str) -> str:
    """`p if c, q if d, else r` as Python's conditional expressions, innermost parentheses first."""
    start, depth, told = 0, 0, ""
    for i, sign in enumerate(text):
        if sign == "(":
            depth += 1
            if depth == 1:
                told, start = told + text[start:i] + "(", i + 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                told, start = told + choices(text[start:i]) + ")", i + 1
    return one_choice(told + text[start:])


def one_choice(text: str) -> str:
    pieces = split_outside(text, ", else ")
    if len(pieces) == 1:
        return text
    front, otherwise = pieces
    branches = [branch.split(" if ", 1) for branch in split_outside(front, ", ")]
    return "(" + "".join(f"{value} if {condition} else " for value, condition in branches) + otherwise + ")"


def split_outside(text: str, sign: str) -> list[str]:
    """The text cut at a sign that stands outside all parentheses."""
    depth, parts, last = 0, [], 0
    for i, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and text.startswith(sign, i):
            parts.append(text[last:i])
            last = i + len(sign)
    return [*parts, text[last:]]
