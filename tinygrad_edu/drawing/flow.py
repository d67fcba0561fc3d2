"""The chain rule on every edge: what a result hands on to each of its inputs, in words and as a look.

The engine's sweep gives every gradient. What an edge says is worked out when it is drawn: the picture of a large graph
shows few of them.

>>> x = Value(3.0)
>>> y = x * x
>>> flow = Flow(y)
>>> flow.label("chain rule", y, 0), flow.label("gradients", y, 1), flow.gradient(x)
('3 · 1 = 3', '3', 6.0)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..calculus.steps import Contribution, contributions
from ..engine.sweep import pull
from ..engine.value import Value
from ..writing.latex import local_text
from ..writing.wording import entries, minus, numbers
from .units import everything

SHOWS = ("values", "gradients", "chain rule", "shapes", "formulas")


class Flow:
    """One backward pass from y, kept: every gradient, and the contributions that are asked for; no `.grad` is touched.

    start    the gradient that y starts from; None: 1, for an array 1 in each entry
    """

    def __init__(self, y: Value, start: Any = None):
        if start is None:
            start = 1.0 if type(y._held) is float else np.ones_like(y._held)
        values = everything(y)
        self.gradients = dict(zip(values, pull([y], [start], values, 0)))
        self.parts: dict[Value, dict[int, Contribution]] = {}

    def gradient(self, v: Value) -> Any:
        """The gradient of v; None if it took no part."""
        return self.gradients.get(v)

    def part(self, node: Value, index: int) -> Contribution | None:
        """The contribution of `node` to its input at `index`; None for a constant."""
        if node not in self.parts:
            self.parts[node] = {part.index: part for part in contributions(node, self.gradients[node])}
        return self.parts[node].get(index)

    def amount(self, node: Value, index: int) -> Any:
        """What `node` hands to its input at `index`; None for a constant."""
        part = self.part(node, index)
        return None if part is None else part.amount

    def together(self, uses: Sequence[tuple[Value, int]]) -> Any:
        """What several uses hand to one value; None if they are uses of several."""
        if len({node.inputs[index] for node, index in uses}) != 1:
            return None
        first, *others = (self.amount(node, index) for node, index in uses)
        return sum(others, first)

    def handed_on(self, show: str, amount: Any) -> str:
        """What is written at an edge into several operations at once: they have no single local derivative."""
        return "" if amount is None else told(amount) if show == "gradients" else f"hands on {told(amount)}"

    def label(self, show: str, node: Value, index: int) -> str:
        """What is written at the edge."""
        part = self.part(node, index)
        if part is None:
            return ""
        if show == "gradients":
            return told(part.amount)
        local, g, size = part.local, self.gradients[node], np.size(part.amount)
        if local is None:
            return f"{local_text(node.op, index)}\nhands on {told(part.amount)}"
        if size == 1 and np.size(g) == 1:
            arrived = entries(g) if entries(g)[0] != "−" else f"({entries(g)})"
            return f"{entries(local)} · {arrived} = {entries(part.amount)}"
        return f"local {told(local)}\nhands on {told(part.amount)}"


def told(x: Any) -> str:
    """A number, or an array by its range, with a true minus sign: what pictures say of a value.

    >>> told(-0.5), told(np.array([1.0, -2.0]))
    ('−0.5', '−2 … 1')
    """
    return entries(x) if np.ndim(x) == 0 else minus(numbers(x))


def sign(amount: Any) -> str:
    """'positive', 'negative', 'mixed' or 'zero'; '' where no number is known.

    >>> sign(-2.0), sign(np.array([1.0, -1.0])), sign(np.zeros(3)), sign(None)
    ('negative', 'mixed', 'zero', '')
    """
    if amount is None:
        return ""
    amount = np.asarray(amount)
    plus, minus = bool(np.any(amount > 0)), bool(np.any(amount < 0))
    if plus and minus:
        return "mixed"
    return "positive" if plus else "negative" if minus else "" if np.isnan(amount).any() else "zero"


def size(amount: Any) -> float:
    """The largest finite entry, regardless of its sign: what the width of an edge is made from."""
    if amount is None:
        return 0.0
    fine = np.abs(np.where(np.isfinite(amount), amount, 0.0))
    return float(np.max(fine, initial=0.0))
