"""Which part of a large graph is drawn: what is nearest to the result, as much as can be laid out in a second.

What makes a layout slow is not the number of nodes alone but edges that pass many others: a weight used at every
step of a long chain. Measured, 10,000 such passings cost about a second, whatever the graph looks like.

>>> below = {"y": ["x", "z"], "z": ["x"], "x": []}
>>> nearest("y", below, limit=2)
['y', 'x']
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeVar

PASSINGS = 6  # for each node that is allowed
CROWDED = 700  # nodes or passings, from which on a quick layout matters more than curved edges
Thing = TypeVar("Thing", bound=Hashable)


def fits(below: Mapping[Any, Sequence[Any]], limit: int) -> bool:
    """Whether all of it can be drawn: not too many nodes, and not too many passings."""
    return len(below) <= limit and passings(below) <= PASSINGS * limit


def nearest(y: Thing, below: Mapping[Thing, Sequence[Thing]], limit: int) -> list[Thing]:
    """At most `limit` of the graph, those fewest operations away from y first; a loop, however deep it is."""
    near: dict[Thing, None] = {y: None}
    waiting = deque([y])
    while waiting and len(near) < limit:
        for x in below[waiting.popleft()]:
            if x not in near and len(near) < limit:
                near[x] = None
                waiting.append(x)
    things = list(near)
    few, many = 1, len(things)
    while few < many:  # as many as possible without too many passings
        middle = (few + many + 1) // 2
        few, many = (middle, many) if passings(part(below, things[:middle])) <= PASSINGS * limit else (few, middle - 1)
    return things[:few]


def part(below: Mapping[Thing, Sequence[Thing]], chosen: Sequence[Thing]) -> dict[Thing, list[Thing]]:
    """The graph of the chosen things alone."""
    known = set(chosen)
    return {thing: [x for x in below[thing] if x in known] for thing in chosen}


def crowded(below: Mapping[Any, Sequence[Any]]) -> bool:
    """Whether a layout with every refinement would take more than a second."""
    return len(below) > CROWDED or passings(below) > CROWDED


def passings(below: Mapping[Any, Sequence[Any]]) -> int:
    """How many levels all edges pass without ending there, if everything stands just before its first use.

    >>> passings({"y": ["e2", "x"], "e2": ["e1"], "e1": ["x"], "x": []})  # from x past both exponentials
    2
    """
    users = dict.fromkeys(below, 0)
    for inputs in below.values():
        for x in inputs:
            users[x] += 1
    level = dict.fromkeys(below, 0)
    waiting = [thing for thing, count in users.items() if count == 0]
    while waiting:
        thing = waiting.pop()
        for x in below[thing]:
            level[x] = max(level[x], level[thing] + 1)
            users[x] -= 1
            if users[x] == 0:
                waiting.append(x)
    return sum(level[x] - level[thing] - 1 for thing, inputs in below.items() for x in inputs)
