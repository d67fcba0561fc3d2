"""What there is to explain, before it is written: every use of a value on a path from x to y, newest first.

>>> x = Value(3.0, "x")
>>> lesson = Lesson.of(x * x, [x])
>>> [(told.node.op.name, len(told.uses)) for told in lesson.steps], lesson.gradients
([('multiply', 2)], [6.0])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..calculus.steps import Contribution, backward_steps, newest_first
from ..engine.value import Value
from .parts import part_of_each


@dataclass(frozen=True, eq=False)
class Sum:
    """A value that was used several times: what it received, in order, and the sum."""

    value: Value
    amounts: Sequence[Any]
    total: Any


@dataclass(frozen=True, eq=False)
class Told:
    """The turn of one result: which of its inputs lie on a path to x, whose sums are complete after it; its layer."""

    number: int
    node: Value
    gradient: Any
    uses: tuple[Contribution, ...]
    sums: tuple[Sum, ...]
    part: str = ""

    @property
    def pattern(self) -> Any:
        """Steps that look alike have the same pattern."""
        return self.node.op, self.node.shape, tuple((use.index, use.input.shape) for use in self.uses), len(self.sums)


@dataclass(frozen=True, eq=False)
class Lesson:
    """The derivative of y by each of xs: the gradients, the steps that lead to them, and the path if there is one.

    path   the values from y back to x, when a single x is reached in a single way through numbers; else ()
    given  names for values that have none
    """

    y: Value
    xs: list[Value]
    gradients: list[Any]
    steps: list[Told]
    path: tuple[Value, ...]
    given: dict[Value, str]

    @staticmethod
    def of(y: Value, xs: list[Value], given: dict[Value, str] | None = None) -> Lesson:
        """Run the backward pass from y and keep what concerns xs."""
        on_path = reaching(y, xs)
        amounts: dict[Value, list[Any]] = {}
        totals: dict[Value, Any] = {y: 1.0}
        turns: list[tuple[Value, Any, tuple[Contribution, ...]]] = []
        last: dict[Value, int] = {}
        for step in backward_steps(y):
            if step.node in on_path and (uses := tuple(c for c in step.contributions if c.input in on_path)):
                turns.append((step.node, step.gradient, uses))
                for use in uses:
                    amounts.setdefault(use.input, []).append(use.amount)
                    totals[use.input], last[use.input] = use.total, len(turns)
        parts = part_of_each((node for node, _, _ in reversed(turns)), given) if given else {}
        steps = []
        for number, (node, gradient, uses) in enumerate(turns, 1):
            done = [x for x in dict.fromkeys(use.input for use in uses) if last[x] == number and len(amounts[x]) > 1]
            sums = tuple(Sum(x, amounts[x], totals[x]) for x in done)
            steps.append(Told(number, node, gradient, uses, sums, parts.get(node, "")))
        return Lesson(y, xs, [totals[x] for x in xs], steps, _single_path(y, xs, steps), given or {})


def reaching(y: Value, xs: list[Value]) -> set[Value]:
    """xs, and every value on a path from them to y."""
    found = set(xs)
    for node in reversed(newest_first(y)):
        if any(type(x) is Value and x in found for x in node.inputs):
            found.add(node)
    return found


def leaves(y: Value) -> list[Value]:
    """What y was computed from that nothing computed, oldest first."""
    inputs = dict.fromkeys(x for node in newest_first(y) for x in node.inputs if type(x) is Value and x.op is None)
    return sorted(inputs, key=lambda x: x.order)


def _single_path(y: Value, xs: list[Value], steps: list[Told]) -> tuple[Value, ...]:
    """y, …, x when each step has one use and leads to the next one, and all are numbers."""
    path = [y]
    for told in steps:
        if len(told.uses) > 1 or told.node is not path[-1] or told.uses[0].input.shape:
            return ()
        path.append(told.uses[0].input)
    return tuple(path) if len(xs) == 1 and path[-1] is xs[0] and len(path) > 1 else ()
