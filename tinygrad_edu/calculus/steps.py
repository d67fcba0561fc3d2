"""The backward pass in slow motion: one result at a time, with everything it hands on.

`backward()` runs the same steps and keeps only their sums. Here nothing is written into `.grad`; each step can be
looked at: what arrived, what was handed to which input, and which values still wait for a contribution.

>>> x = Value(3.0, "x")
>>> p = x * x
>>> for step in backward_steps(p + x):
...     for part in step.contributions:
...         print(step.number, step.node.op.name, step.gradient, "×", part.local, "=", part.amount, "→", part.total)
1 add 1.0 × 1.0 = 1.0 → 1.0
1 add 1.0 × 1.0 = 1.0 → 1.0
2 multiply 1.0 × 3.0 = 3.0 → 4.0
2 multiply 1.0 × 3.0 = 3.0 → 7.0
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from ..protocols.changes import check_unchanged
from ..protocols.contributions import fitted, once_more, without_effect
from ..protocols.messages import checked_start


@dataclass(frozen=True, eq=False)
class Contribution:
    """What one result hands to one of its inputs: the gradient that arrived times the local derivative.

    node, index   the result, and which of its inputs this is (x * x has two contributions to the same x)
    input         the Value that receives it
    amount        what is added to its gradient, in its shape
    before_fit    what the derivative rule returned; where its shape is another one, copies were summed or made
    total         the gradient of the input after adding
    """

    node: Value
    index: int
    input: Value
    amount: Any
    before_fit: Any
    total: Any

    @property
    def local(self) -> Any:
        """∂node/∂input: a number, or an array of one slope per entry; None where entries mix (a matrix product).

        It is the derivative rule with an arriving gradient of 1. For an elementwise operation it has the shape of
        the result; for a result that is one number, the shape of the input.

        raises   ChangedDataError if an input was given other data since

        >>> [part.local for step in backward_steps(Value(2.0) * 5.0) for part in step.contributions]
        [5.0]
        """
        node = self.node
        one: Any = 1.0 if type(node._held) is float else np.ones_like(node._held)
        if not node.op.elementwise and type(one) is not float:
            return None
        rule = node.op.rules[0 if node.op.variadic else self.index]
        check_unchanged(node, node.inputs)
        with _hushed(node):
            slope: Any = _asked(rule, one, node._held, _data(node))
        slope = slope[self.index] if node.op.variadic else slope
        return slope if type(one) is not float else fitted(slope, self.input, node.op, self.index)


@dataclass(frozen=True, eq=False)
class Waiting:
    """A value that cannot take its turn yet.

    received         its gradient so far
    still_to_come    the results that use it and have not handed anything on: the reason why it waits
    """

    value: Value
    received: Any
    still_to_come: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Step:
    """The turn of one result: its gradient is complete, and it hands on.

    number          1 for the value that the pass started from
    node            the result
    gradient        what arrived, in the shape of the node
    contributions   one per input that is a Value, in the order of the inputs
    """

    number: int
    node: Value
    gradient: Any
    contributions: tuple[Contribution, ...]
    _plan: _Plan = field(repr=False)

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The values that have received something after this step, and for whose sake they wait (newest first).

        >>> x = Value(3.0, "x")
        >>> p = x * x
        >>> first, second = backward_steps(p + x)
        >>> [(w.value.name, w.received, w.still_to_come == (p,)) for w in first.waiting], second.waiting
        ([('x', 1.0, True)], ())
        """
        return self._plan.waiting(self.number)


class _Plan:
    """Which steps hand something to a value, known before the first one; and what it had received after each."""

    def __init__(self, nodes: list[Value]):
        self.nodes = nodes
        turns: dict[Value, list[int]] = {}
        for number, node in enumerate(nodes, 1):
            for x in dict.fromkeys(x for x in node.inputs if type(x) is Value):
                turns.setdefault(x, []).append(number)
        self.turns = {x: numbers for x, numbers in turns.items() if len(numbers) > 1}  # the others never wait
        self.totals: dict[Value, list[Any]] = {x: [] for x in self.turns}

    def note(self, contributions: tuple[Contribution, ...]) -> None:
        """Remember what the values with several users have received after one more step."""
        for x, total in {part.input: part.total for part in contributions}.items():
            if x in self.totals:
                self.totals[x].append(total)

    def waiting(self, number: int) -> tuple[Waiting, ...]:
        found = []
        for x, turns in self.turns.items():
            if turns[0] <= number < turns[-1]:
                had = bisect_right(turns, number)
                found.append(Waiting(x, self.totals[x][had - 1], tuple(self.nodes[turn - 1] for turn in turns[had:])))
        return tuple(sorted(found, key=lambda w: w.value.order, reverse=True))


def backward_steps(y: Value, start: Any = None) -> Iterator[Step]:
    """The backward pass from y, one result at a time, newest first; `.grad` of every value stays as it is.

    start    the gradient that y starts from: needed, in the shape of y, when y is an array
    returns  an iterator of `Step`; each is computed when it is asked for
    raises   DataError if y is no Value; ShapeError without a start for an array; ChangedDataError if an input was
             changed in the meantime

    >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
    >>> for step in backward_steps((a * b).tanh()):
    ...     print(step.number, step.node.op.name, f"{step.gradient:.2g}", [p.input.name for p in step.contributions])
    1 tanh 1 [None]
    2 multiply 2.5e-05 ['a', 'b']
    """
    if type(y) is not Value:
        raise DataError(
            f"backward_steps needs a Value to start from, not {type(y).__name__}.",
            "Only a Value remembers how it was computed, and the steps walk back along that memory.",
            "Write x = tg.Value(...), compute y from x, then tg.backward_steps(y).",
        )
    return _steps(y, checked_start(start, y))


def _steps(y: Value, start: Any) -> Iterator[Step]:
    nodes = newest_first(y)
    plan, sums = _Plan(nodes), {y: start}
    for number, node in enumerate(nodes, 1):
        gradient = sums.pop(node, None)  # nobody will add to it any more
        handed = contributions(node, 0.0 if gradient is None else gradient, sums)
        plan.note(handed)
        yield Step(number, node, _zeros(node) if gradient is None else gradient, handed, plan)


def newest_first(y: Value) -> list[Value]:
    """The results that y depends on, y among them, newest first: every user of a value stands before it.

    >>> x = Value(1.0)
    >>> [v.op.name for v in newest_first((x * x).exp() + x)]
    ['add', 'exp', 'multiply']
    """
    seen, waiting, nodes = {y}, [y], []
    while waiting:
        v = waiting.pop()
        if v.op is None:
            continue
        nodes.append(v)
        for x in v.inputs:
            if type(x) is Value and x not in seen:
                seen.add(x)
                waiting.append(x)
    return sorted(nodes, key=attrgetter("order"), reverse=True)


def contributions(node: Value, gradient: Any, sums: dict[Value, Any] | None = None) -> tuple[Contribution, ...]:
    """What one result hands to each of its inputs when `gradient` has arrived at it, added to what is in `sums`.

    >>> [part.amount for part in contributions(Value(2.0) * Value(5.0), 10.0)]
    [50.0, 20.0]
    """
    check_unchanged(node, node.inputs)
    with _hushed(node):
        return tuple(_handed_on(node, gradient, {} if sums is None else sums))


def _handed_on(node: Value, g: Any, sums: dict[Value, Any]) -> list[Contribution]:
    """What every input of the node receives, added up in `sums`: number for number what the engine's sweep does."""
    op, data, contributions = node.op, _data(node), []
    idle = type(g) is float and g == 0.0  # what has no effect passes none on, even where the slope is infinite
    pulled = op.pull(g, node._held, data, ()) if op.variadic and not idle else None
    for k, x in enumerate(node.inputs):
        if type(x) is not Value:
            continue
        if idle:
            amount = before = _zeros(x)
        else:
            before = _asked(op.rules[k], g, node._held, data) if pulled is None else pulled[k]
            amount = before
            if type(before) is not float or type(x._held) is not float:
                before = without_effect(before, g) if op.elementwise else before
                amount = fitted(before, x, op, k)
            sums[x] = amount if x not in sums else sums[x] + amount
        contributions.append(Contribution(node, k, x, amount, before, sums.get(x, amount)))
    return contributions


def _asked(rule: Any, g: Any, y: Any, data: list[Any]) -> Any:
    """What a derivative rule returns, with inf and nan where Python's arithmetic would raise."""
    try:
        return rule(g, y, *data)
    except (ArithmeticError, ValueError) as error:
        return once_more(error, rule, g, y, *data)


def _hushed(node: Value) -> Any:
    """NumPy's warnings off, where there are arrays that could cause any: it costs as much as a step of numbers."""
    arrays = type(node._held) is not float or any(type(x) is not float for x in _data(node))
    return np.errstate(all="ignore") if arrays else nullcontext()


def _data(node: Value) -> list[Any]:
    return [x._held if type(x) is Value else x for x in node.inputs]


def _zeros(v: Value) -> Any:
    return 0.0 if type(v._held) is float else np.zeros_like(v._held)
