"""Names, numbers and sentences in LaTeX, whatever characters are in them.

>>> symbol("w1"), symbol("50% of a&b"), symbol("σ2")
('w_{1}', '\\\\text{50\\\\% of a\\\\&b}', '\\\\sigma_{2}')
>>> sentence("y·(1 − y²) & more")
'y$\\\\cdot$(1 $-$ y$^{2}$) \\\\& more'
"""

from __future__ import annotations

import re
from typing import Any

from ..ops.op import Op
from .alphabet import GREEK
from .names import FORMS, Style, listed
from .wording import clean, clip, entries, minus, number

SPECIAL = {**{c: "\\" + c for c in "&%$#_{}"}, "\\": r"\textbackslash{}", "~": r"\textasciitilde{}",
           "^": r"\textasciicircum{}", "<": "$<$", ">": "$>$", "|": "$|$", '"': "''"}  # fmt: skip
SIGNS = {"−": "-", "·": r"\cdot", "×": r"\times", "…": r"\dots", "→": r"\to", "↦": r"\mapsto", "√": r"\surd",
         "∞": r"\infty", "≠": r"\neq", "Π": r"\Pi", "ᵀ": "^{T}", "ˣ": "^{x}", "¼": r"\tfrac{1}{4}",
         "½": r"\tfrac{1}{2}", "⅓": r"\tfrac{1}{3}", "⋮": r"\vdots", "⁻": "^{-}", "′": "'",
         **{c: f"^{{{n}}}" for n, c in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
         **{c: f"_{{{n}}}" for n, c in enumerate("₀₁₂₃₄₅₆₇₈₉")}, **GREEK}  # fmt: skip


def symbol(name: str) -> str:
    """A name in math mode: a letter with an index as such, everything else as the text it is."""
    name = clip(clean(name), 40)
    letter = re.fullmatch(r"([A-Za-zα-ωΑ-Ω])_?(\d*)", name)
    if letter and (letter[1].isascii() or letter[1] in GREEK):
        head = GREEK.get(letter[1], letter[1])
        return f"{head}_{{{letter[2]}}}" if letter[2] else head
    return rf"\text{{{sentence(name)}}}"


def _character(c: str) -> str:
    """A character outside math mode; one that plain LaTeX has no letter for is written by its number."""
    if c in SPECIAL:
        return SPECIAL[c]
    return c if c.isascii() or "À" <= c <= "ÿ" else f"[U+{ord(c):04X}]"


def sentence(text: str) -> str:
    """A text outside math mode."""
    return "".join(f"${SIGNS[c]}$" if c in SIGNS else _character(c) for c in text)


def figure(x: Any) -> str:
    """A number, a few entries, or a range, in math mode: 2.147e−5 is 2.147 · 10⁻⁵."""
    text = entries(x).replace("…", r"\dots").replace("−", "-").replace("inf", r"\infty")
    text = re.sub(r"e(-?\d+)", r" \\cdot 10^{\1}", text)
    return (
        re.sub(r"[a-z]{2,}(?: [a-z]+)*", lambda word: rf"\text{{ {word[0]} }}", text)
        if "all" in text or ("finite" in text or "nan" in text or "empty" in text)
        else text
    )


def latex_form(op: Op, inputs: tuple[Any, ...], count: int) -> tuple[str, int, tuple[int, ...]]:
    """How an operation is written, from the formula that every primitive brings along."""
    plain = rf"\operatorname{{{''.join(map(_character, op.name))}}}({listed(op, count, chr(92) + 'dots')})"
    form = op.latex or plain
    for name, setting in op.settings.items():
        form = form.replace("{" + name + "}", number(setting) if isinstance(setting, (int, float)) else r"\cdot")
    if op.variadic:
        form = form.replace("{" + op.inputs[0] + "}", f"({listed(op, count, chr(92) + 'dots')})")
    if op.name == "matmul":
        form = "{a} \\, {b}"
    binds, tight = FORMS[op.name][1:] if op.name in FORMS else (3, (5,) * count)
    return form, binds, tight


LATEX = Style(
    name=symbol,
    indexed=lambda letter, n: f"{letter}_{{{n}}}",
    number=figure,
    shape=lambda shape: f"C_{{{minus('×'.join(map(str, shape))).replace('×', chr(92) + 'times ')}}}",
    parentheses=r"\left({}\right)",
    form=latex_form,
    longest=60,
)
