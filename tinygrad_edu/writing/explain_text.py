"""An explanation for the terminal: at most 80 columns, the numbers below each other."""

from __future__ import annotations

from .columns import COLUMNS, Columns, wrapped
from .folding import Fold, folded
from .kinks import kink
from .lesson import Lesson, Sum, Told
from .names import Names
from .product import Product
from .rows import MOST_USES, rows
from .rule_words import words
from .wording import clip, count, entries, kind, pad, width

READ = "Back from the result: the upstream gradient g × local derivative is handed on."
KINKS_LOOKED_FOR = 1_000  # steps
PAPER = "On paper, each result rounded to three digits before it is used:"


def to_text(lesson: Lesson, names: Names, product: Product | None, depth: int | None, max_lines: int) -> str:
    """The whole explanation; a long one is folded until it has no more than `max_lines` lines."""
    head, tail = _head(lesson, names, max_lines // 4), _product(product, names)
    room = max_lines - len(head) - len(tail)
    while True:
        lines = [*head, *_body(folded(lesson.steps, depth, room, _length), names), *tail]
        if len(lines) <= max_lines or room <= 0:
            return "\n".join(line.rstrip() for line in lines)
        room -= len(lines) - max_lines


def _head(lesson: Lesson, names: Names, most: int) -> list[str]:
    """The answer first: the gradients, and what they mean."""
    pairs = [(f"∂{names(lesson.y)}/∂{names(x)}", x, g) for x, g in zip(lesson.xs[:most], lesson.gradients)]
    space = max(width(label) for label, _, _ in pairs)
    lines = []
    for label, x, gradient in pairs:
        at = f"shape {kind(x._held)}" if x.shape else f"at {names(x)} = {entries(x._held)}"
        lines.append(clip(f"{pad(label, space)} = {entries(gradient)}   {at}", COLUMNS))
    if len(lesson.xs) > most:
        lines.append(f"… and {count(len(lesson.xs) - most, 'more gradient')}")
    return lines + wrapped(meaning(lesson, names), "")


def meaning(lesson: Lesson, names: Names) -> str:
    """What the gradient says, in a sentence that can be tried out."""
    y, x, slope = names(lesson.y), lesson.xs[0], lesson.gradients[0]
    value = f"{y} is {entries(lesson.y._held)}."
    if len(lesson.xs) > 1 or x.shape or not abs(slope) < float("inf"):
        return value
    if any(kink_of(told) for told in lesson.steps[-KINKS_LOOKED_FOR:]):
        return value  # on either side of the kink the slope is another one
    if slope == 0:
        return f"{value} A small change of {names(x)} does not change it."
    moves = "grows" if slope > 0 else "falls"
    return f"{value} When {names(x)} grows by 0.001, {y} {moves} by about {entries(abs(slope) * 0.001)}."


def _body(items: list[Told | Fold], names: Names) -> list[str]:
    """The steps, below a line on how to read them; a rule that comes again is not said again."""
    if not items:
        return []
    told = [item for item in items if isinstance(item, Told)]
    columns = Columns([row for step in told for row in rows(step, names)[0]], max((t.number for t in told), default=0))
    said: set[str] = set()
    lines = ["", READ, *columns.title()]
    for item in items:
        lines += _fold(item, columns) if isinstance(item, Fold) else _step(item, names, columns, said)
    return lines


def _step(told: Told, names: Names, columns: Columns, said: set[str]) -> list[str]:
    """The turn of one result: what it is, the rule, one row per use, then the sums that are complete."""
    node, margin = told.node, " " * columns.margin
    value = f"   {kind(node._held)}" if node.shape else f" = {entries(node._held)}"
    formula = clip(f"{names(node)} = {names.formula(node)}", COLUMNS - len(margin) - width(value))
    lines = [f"{told.number:>{columns.margin - 2},}  {formula}{value}"]
    for sentence in sentences(told):
        if sentence not in said:
            lines += wrapped(sentence, margin)
    said.update(words(node.op, use.index) for use in told.uses)
    shown, left_out = rows(told, names)
    for number, row in enumerate(shown, 1):
        if left_out and number == len(shown):
            lines.append(f"{margin}⋮ {count(left_out, 'more input')}")
        lines += columns.line(row)
    return lines + [line for total in told.sums for line in wrapped(sum_of(total, names), margin + "Σ ")]


def sentences(told: Told) -> list[str]:
    """The rules of a step in words, and the convention if it is at a kink."""
    said = [words(told.node.op, use.index) for use in told.uses]
    return list(dict.fromkeys([*said, *([kink_of(told)] if kink_of(told) else [])]))


def kink_of(told: Told) -> str:
    """The convention that a step used, '' if it is not at a kink."""
    return kink(told.node.op, [getattr(x, "_held", x) for x in told.node.inputs], told.node._held)


def sum_of(total: Sum, names: Names) -> str:
    """'x is used twice: 3 + 3 = 6.'"""
    amounts = total.amounts
    few = amounts if len(amounts) <= MOST_USES else [*amounts[:3], amounts[-1]]
    terms = [entries(amount) for amount in few]
    terms = [f"({term})" if "…" in term or (i and term.startswith("−")) else term for i, term in enumerate(terms)]
    if len(amounts) > MOST_USES:
        terms.insert(3, "…")
    times = "twice" if len(amounts) == 2 else f"{len(amounts):,} times"
    sums = f"{' + '.join(terms)} = {entries(total.total)}"
    return f"{names(total.value)} is used {times}, and its gradients add up: {sums}"


def _fold(fold: Fold, columns: Columns) -> list[str]:
    """What is left out, and how the gradient changes over it."""
    first, last = entries(fold.steps[0].gradient), entries(fold.steps[-1].gradient)
    dots, margin = f"{'⋮':>{columns.margin - 2}}  ", " " * columns.margin
    lines = [dots + clip(fold.words, COLUMNS - len(dots))]
    return [*lines, clip(f"{margin}upstream: {first} at first, {last} in the end", COLUMNS)]


def _product(product: Product | None, names: Names) -> list[str]:
    """The single path as one product, from the output back to the input."""
    if product is None:
        return []
    v = [names(value) for value in product.values]
    left = f"∂{v[0]}/∂{v[-1]}"
    margin = " " * (width(left) + 1)
    factors = " × ".join(f"∂{a}/∂{b}" for a, b in zip(v, v[1:]))
    lines = ["", *wrapped(f"{left} = {factors}", "")]
    lines += wrapped(f"= {' × '.join(map(entries, product.factors))} = {entries(product.result)}", margin)
    if product.on_paper:
        *some, result = map(entries, product.on_paper)
        lines += [PAPER, *wrapped(f"= {' × '.join(some)} = {result}", margin)]
    return lines


def _length(told: Told) -> int:
    """About how many lines a step takes."""
    uses = min(len(told.uses), MOST_USES)
    plain = not told.node.shape and not any(use.input.shape for use in told.uses[:MOST_USES])
    return 1 + uses * (1 if plain else 2) + len(told.sums)
