"""Which values of a large graph are drawn: those nearest to the result, as many as can be laid out in a second.

What makes a layout slow is not the number of nodes alone but edges that pass many others: a weight used at every
step of a long chain. Measured, 10,000 such passings cost about a second, whatever the graph looks like.

>>> from tinygrad_edu.engine.value import Value
>>> x = Value(1.0)
>>> chosen, total = nearest((x + 1.0) * x, limit=2)
>>> len(chosen), total
(2, 3)
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from operator import attrgetter

from ..engine.value import Value

PASSINGS = 6  # for each node that is allowed
CROWDED = 700  # nodes or passings, from which on a quick layout matters more than curved edges


def nearest(y: Value, limit: int) -> tuple[list[Value], int]:
    """At most `limit` values, oldest first and y last, and how many there are; a loop, however deep the graph is."""
    near, total = _by_distance(y, limit)
    few, many = 1, len(near)
    while few < many:  # as many as possible without too many passings
        middle = (few + many + 1) // 2
        few, many = (middle, many) if passings(near[:middle]) <= PASSINGS * limit else (few, middle - 1)
    return [*sorted(near[1:few], key=attrgetter("order")), y], total  # an input with new data may be newer than y


def crowded(chosen: Sequence[Value]) -> bool:
    """Whether a layout with every refinement would take more than a second."""
    return len(chosen) > CROWDED or passings(chosen) > CROWDED


def passings(chosen: Sequence[Value]) -> int:
    """How many levels all edges pass without ending there, if every value stands just before its first use.

    >>> x = Value(1.0)
    >>> y = x.exp().exp() * x
    >>> passings([y, x, *y.inputs, *y.inputs[0].inputs])  # from x past both exponentials
    2
    """
    level = dict.fromkeys(chosen, 0)
    passed = 0
    for v in sorted(level, key=lambda v: v.order if v.op else 0, reverse=True):
        for x in v.inputs:
            if isinstance(x, Value) and x in level:
                level[x] = max(level[x], level[v] + 1)
    for v in level:
        passed += sum(level[x] - level[v] - 1 for x in v.inputs if isinstance(x, Value) and x in level)
    return passed


def _by_distance(y: Value, limit: int) -> tuple[list[Value], int]:
    """The values fewest operations away from y, y first, and how many there are altogether."""
    near, seen, waiting = [y], {y}, deque([y])
    while waiting:
        for x in waiting.popleft().inputs:
            if isinstance(x, Value) and x not in seen:
                seen.add(x)
                waiting.append(x)
                if len(near) < limit:
                    near.append(x)
    return near, len(seen)
