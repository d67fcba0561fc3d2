"""Why the first wrong gradient is wrong: one sentence for each mistake, with the numbers of the graph at hand.

Each takes the first wrong value x and the two engines after their pass, and reads what x received from whom.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.value import Value
from ..writing.wording import number
from .engine import Engine
from .graph import Graph, results
from .numbers import cell, same, size, worst


def culprit(x: Value, right: Engine, wrong: Engine) -> tuple[Value, int, Any, Any, Any]:
    """The use through which x received something else: node, place, what had arrived there, right and wrong amount."""
    told = {(node, k): c for node, k, to, _, c in right.trace if to is x}
    for node, k, to, g, c in wrong.trace:
        if to is x and (node, k) in told and not same(told[node, k], c, size(told[node, k])):
            return node, k, g, told[node, k], c
    node, k, _, g, c = next((event for event in wrong.trace if event[2] is x), (x, 0, x, None, None))
    return node, k, g, told.get((node, k)), c


def too_early(x: Value, right: Engine, wrong: Engine) -> str:
    """A node handed on before all of its gradient had arrived."""
    node, _, g, _, _ = culprit(x, right, wrong)
    full, say = right.grad[node], wrong.graph.names
    when = next(i for i, event in enumerate(wrong.trace) if event[0] is node)
    late = dict.fromkeys(say[event[0]] for event in wrong.trace[when:] if event[2] is node)
    entry = worst(full, g)
    by = f" What came from {listed(list(late))} came too late." if late else ""
    return (
        f"{wrong.graph.formula(node)} handed on when {cell(g, entry)} had arrived there; "
        f"its whole gradient is {cell(full, entry)}.{by}"
    )


def again(x: Value, right: Engine, wrong: Engine) -> str:
    """A node was reached several times and handed on each time what it had by then."""
    node, k, _, _, _ = culprit(x, right, wrong)
    parts = [g for source, place, to, g, _ in wrong.trace if source is node and place == k and to is x]
    entry = worst(right.grad[node], None)
    shown = [cell(g, entry) for g in parts[:4]] + ["…"] * (len(parts) > 4)
    times = f"{len(parts):,} times, with {listed(shown)}" if len(parts) > 1 else f"with {shown[0]}"
    return (
        f"{wrong.graph.formula(node)} handed on {times}; it should hand on once, with its whole gradient "
        f"{cell(right.grad[node], entry)}."
    )


def visits(graph: Graph) -> str:
    """How many steps recursion takes: each result is visited once for every path that leads to it."""
    paths: dict[Value, float] = {graph.result: 1.0}
    for node in graph.newest_first:
        for x in results(node):
            paths[x] = paths.get(x, 0.0) + paths[node]
    total = sum(paths.values())
    return f"{total:,.0f}" if total < 1e15 else number(total) if total < math.inf else "more than 1e308"


def overwritten(x: Value, right: Engine, wrong: Engine) -> str:
    """What arrived before was lost."""
    parts = [c for _, _, to, _, c in wrong.trace if to is x]
    entry = worst(right.grad[x], wrong.grad[x])
    lost = [cell(c, entry) for c in parts[:-1][:4]] + [f"{len(parts) - 5:,} more"] * (len(parts) > 5)
    return (
        f"{wrong.graph.names[x]} received {len(parts):,} contributions. The last one, {cell(parts[-1], entry)}, "
        f"took the place of what was there; {listed(lost)} {'is' if len(lost) == 1 else 'are'} lost."
    )


def left_over(x: Value, right: Engine, wrong: Engine) -> str:
    """What the pass before had left was added to."""
    name, entry = wrong.graph.names[x], worst(right.grad[x], wrong.grad[x])
    return (
        f"The first pass left {cell(right.grad[x], entry)} at {name}, and the second one added its own to it: "
        f"{cell(wrong.grad[x], entry)}. After n passes it would be n times too large."
    )


def kept(x: Value, right: Engine, wrong: Engine) -> str:
    """What the pass before had left inside the graph was handed on again."""
    name, entry = wrong.graph.names[x], worst(right.grad[x], wrong.grad[x])
    return (
        f"{name} still had {cell(right.grad[x], entry)} from the first pass when the second one arrived, so it has "
        f"{cell(wrong.grad[x], entry)} now. A result hands all of it on: deeper in the graph it is counted more often."
    )


def not_summed(x: Value, right: Engine, wrong: Engine) -> str:
    """The shape is that of the result, not that of the input."""
    node, _, _, _, c = culprit(x, right, wrong)
    name, copies = wrong.graph.names[x], np.size(c) // max(np.size(x._held), 1)
    shape = f"of shape {x.shape}" if x.shape else "one number"
    return (
        f"{name} is {shape} and was stretched to {np.shape(c)} in {wrong.graph.formula(node)}, so each of its "
        f"numbers was used {copies} times. Its gradient is the sum over these uses; here they stand side by side."
    )


def bad_start(x: Value, right: Engine, wrong: Engine) -> str:
    """The result itself had the wrong gradient."""
    factor = number(wrong.start())
    result = wrong.graph.names[wrong.graph.result]
    so = f"{factor} times the right one" if wrong.start() else "0: nothing is handed on"
    return f"The pass began with {factor} at {result} instead of 1, so every gradient is {so}."


def without_arrived(x: Value, right: Engine, wrong: Engine) -> str:
    """The local derivative alone."""
    node, _, _, c, mine = culprit(x, right, wrong)
    entry, arrived = worst(c, mine), right.grad[node]
    above = cell(arrived, entry if np.shape(arrived) == np.shape(c) else worst(arrived, None))
    return (
        f"At {wrong.graph.formula(node)}, {above} had arrived from above. "
        f"The local derivative gives {cell(mine, entry)} by itself; together they give {cell(c, entry)}."
    )


def local(sentence: str) -> Any:
    """A reason about one wrong local derivative; {node}, {x}, {right} and {wrong} are filled in."""

    def reason(x: Value, right: Engine, wrong: Engine) -> str:
        node, k, _, c, mine = culprit(x, right, wrong)
        entry, say = worst(c, mine), wrong.graph.names
        other = [say[v] for i, v in enumerate(node.inputs) if type(v) is Value and i != k]
        return sentence.format(
            node=wrong.graph.formula(node), x=say[x], right=cell(c, entry), wrong=cell(mine, entry),
            other=other[0] if other else "the other", n=np.size(x._held) // max(np.size(node._held), 1),
        )  # fmt: skip

    return reason


def of_your_own(x: Value, right: Engine, wrong: Engine) -> str:
    """What can be said about an engine that the lab does not know."""
    _, _, _, c, mine = culprit(x, right, wrong)
    name = wrong.graph.names[x]
    if x not in wrong.grad:
        return f"Nothing arrived at {name}."
    if mine is None or same(c, mine, size(c)):
        return f"{name} received the right contributions; what was made of them is wrong."
    return str(local("In {node}, {x} received {wrong} instead of {right}.")(x, right, wrong))


def listed(parts: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
