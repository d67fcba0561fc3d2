"""An explanation as Markdown: the answer, one table of all steps, the product. Notebooks show it by themselves.

>>> escaped("a|b and w_1")
'a\\\\|b and w\\\\_1'
"""

from __future__ import annotations

import re

from .explain_text import PAPER, READ, meaning, sentences, sum_of
from .folding import Fold, folded
from .lesson import Lesson, Told
from .names import Names
from .product import Product
from .rows import Row, rows
from .wording import count, entries, kind

HEAD = ["| step | receives | local derivative | upstream × local = result |", "|---:|:---|:---|:---|"]


def to_markdown(lesson: Lesson, names: Names, product: Product | None, depth: int | None, max_lines: int) -> str:
    """The whole explanation; a long one is folded until its table has no more than `max_lines` lines."""
    most = max_lines // 4
    lines = []
    for x, gradient in zip(lesson.xs[:most], lesson.gradients):
        at = f"shape {kind(x._held)}" if x.shape else f"at {names(x)} = {entries(x._held)}"
        lines.append(f"**{escaped(f'∂{names(lesson.y)}/∂{names(x)} = {entries(gradient)}')}** {escaped(at)}  ")
    if len(lesson.xs) > most:
        lines.append(f"… and {count(len(lesson.xs) - most, 'more gradient')}")
    lines += ["", escaped(meaning(lesson, names))]
    if lesson.steps:
        lines += ["", READ, "", *HEAD]
        for item in folded(lesson.steps, depth, max_lines, _length):
            lines += _fold(item) if isinstance(item, Fold) else _step(item, names)
    return "\n".join([*lines, *_product(product, names)]) + "\n"


def escaped(text: str) -> str:
    """The text with every character that Markdown or HTML would read as a command made harmless."""
    return re.sub(r"([\\`*_{}\[\]<>|#$~&])", r"\\\1", text)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _step(told: Told, names: Names) -> list[str]:
    """The result and its rule, then one line per use, then the sums."""
    node = told.node
    value = kind(node._held) if node.shape else f"= {entries(node._held)}"
    formula = f"**{escaped(f'{names(node)} = {names.formula(node)}')}** {escaped(value)}"
    lines = [_line(f"{told.number:,}", formula, "", f"*{escaped(' '.join(sentences(told)))}*")]
    shown, left_out = rows(told, names)
    for number, row in enumerate(shown, 1):
        if left_out and number == len(shown):
            lines.append(_line("", f"⋮ {count(left_out, 'more input')}", "", ""))
        lines.append(
            _line("", escaped(f"→ {row.to} {row.shape}".rstrip()), escaped(row.formula or row.local), _sums(row))
        )
    return lines + [_line("Σ", escaped(sum_of(total, names)), "", "") for total in told.sums]


def _sums(row: Row) -> str:
    numbers = f"{row.product} = {row.amount}" if row.local else f"{row.upstream} ↦ {row.amount}"
    return escaped(f"{numbers}. {row.reason}" if row.reason else numbers)


def _fold(fold: Fold) -> list[str]:
    first, last = entries(fold.steps[0].gradient), entries(fold.steps[-1].gradient)
    return [_line("⋮", escaped(fold.words), "", f"upstream: {escaped(first)} at first, {escaped(last)} in the end")]


def _product(product: Product | None, names: Names) -> list[str]:
    if product is None:
        return []
    v = [names(value) for value in product.values]
    factors = " × ".join(f"∂{a}/∂{b}" for a, b in zip(v, v[1:]))
    numbers = f"{' × '.join(map(entries, product.factors))} = {entries(product.result)}"
    lines = ["", f"**{escaped(f'∂{v[0]}/∂{v[-1]}')}** = {escaped(factors)} = {numbers}"]
    if product.on_paper:
        *some, result = map(entries, product.on_paper)
        lines += ["", f"{PAPER} {' × '.join(some)} = {result}"]
    return lines


def _length(told: Told) -> int:
    return 1 + len(told.uses) + len(told.sums)
