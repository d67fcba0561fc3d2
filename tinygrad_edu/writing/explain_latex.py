"""An explanation as LaTeX: one align* environment, for a document that uses amsmath."""

from __future__ import annotations

import re

from .explain_text import PAPER, sentences
from .folding import Fold, folded
from .latex_names import figure, sentence
from .lesson import Lesson, Sum, Told
from .names import Names
from .product import Product
from .rows import MOST_USES, Row, rows
from .wording import count, kind


def to_latex(lesson: Lesson, names: Names, product: Product | None, depth: int | None, max_lines: int) -> str:
    """The whole explanation; a long one is folded until it has about `max_lines` lines.

    names   in the style LATEX
    """
    most = max_lines // 4
    lines = []
    for x, gradient in zip(lesson.xs[:most], lesson.gradients):
        at = rf"\text{{shape {kind(x._held)}}}" if x.shape else f"{names(x)} = {figure(x._held)}"
        lines.append(rf"{_slope(lesson.y, x, names)} &= {figure(gradient)} && {at}")
    if len(lesson.xs) > most:
        lines.append(rf"& \dots \text{{ and {count(len(lesson.xs) - most, 'more gradient')}}}")
    for item in folded(lesson.steps, depth, max_lines, _length):
        lines += _fold(item) if isinstance(item, Fold) else _step(item, lesson, names)
    lines += _product(product, names)
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}\n"


def _slope(y: object, x: object, names: Names) -> str:
    return rf"\frac{{\partial {names(y)}}}{{\partial {names(x)}}}"


def _step(told: Told, lesson: Lesson, names: Names) -> list[str]:
    """The rule between the lines, the result, one line per use, then the sums."""
    node = told.node
    value = rf" \quad\text{{{kind(node._held)}}}" if node.shape else f" = {figure(node._held)}"
    said = sentence(f"{told.number:,}. {' '.join(sentences(told))}")
    lines = [rf"\intertext{{{said}}}" + f"\n{names(node)} &= {names.formula(node)}{value}"]
    shown, left_out = rows(told, names)
    several = {total.value for total in told.sums}
    for number, (row, use) in enumerate(zip(shown, _ends(told)), 1):
        if left_out and number == len(shown):
            lines.append(rf"& \vdots \text{{ {count(left_out, 'more input')}}}")
        once = use.input not in several and names(use.input) == row.to and use.total is use.amount
        left = _slope(lesson.y, use.input, names) if once else rf"\text{{to }} {row.to}"
        lines.append(f"{left} &{'=' if once else ':'} {_sums(row)}")
    return lines + [_sum(total, lesson, names) for total in told.sums]


def _ends(told: Told) -> list:
    return [*told.uses] if len(told.uses) <= MOST_USES else [*told.uses[: MOST_USES - 1], told.uses[-1]]


def _sums(row: Row) -> str:
    reason = rf" \quad\text{{{sentence(row.reason)}}}" if row.reason else ""
    if not row.local:
        return f"{row.formula} = {row.amount}{reason}"
    atom = re.fullmatch(r"\\?\w+(_\{\w+\})?", row.formula)
    formula = row.formula if atom else rf"\left({row.formula}\right)"
    formula = rf"{_factor(row.upstream)} \cdot {formula} = " if row.formula else ""
    return rf"{formula}{_factor(row.upstream)} \cdot {_factor(row.local)} = {row.amount}{reason}"


def _factor(number: str) -> str:
    return rf"\left({number}\right)" if number.startswith("-") or r"\dots" in number else number


def _sum(total: Sum, lesson: Lesson, names: Names) -> str:
    amounts = total.amounts
    few = amounts if len(amounts) <= MOST_USES else [*amounts[:3], amounts[-1]]
    terms = [_factor(figure(amount)) for amount in few]
    if len(amounts) > MOST_USES:
        terms.insert(3, r"\dots")
    return f"{_slope(lesson.y, total.value, names)} &= {' + '.join(terms)} = {figure(total.total)}"


def _fold(fold: Fold) -> list[str]:
    return [rf"& \vdots \text{{ {sentence(fold.words)}}}"]


def _product(product: Product | None, names: Names) -> list[str]:
    if product is None:
        return []
    v = product.values
    factors = r" \cdot ".join(_slope(a, b, names) for a, b in zip(v, v[1:]))
    numbers = r" \cdot ".join(_factor(figure(factor)) for factor in product.factors)
    lines = [r"\intertext{All together:}" + f"\n{_slope(v[0], v[-1], names)} &= {factors}"]
    lines.append(f"&= {numbers} = {figure(product.result)}")
    if product.on_paper:
        *some, result = product.on_paper
        numbers = r" \cdot ".join(_factor(figure(factor)) for factor in some)
        lines.append(rf"\intertext{{{sentence(PAPER)}}}" + f"\n&= {numbers} = {figure(result)}")
    return lines


def _length(told: Told) -> int:
    return 2 + len(told.uses) + len(told.sums)
