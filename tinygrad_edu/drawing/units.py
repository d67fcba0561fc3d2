"""What becomes a box: a value, or a group of values that are drawn as one (a folded module, a run of repetitions)."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any, Union

from ..engine.value import Value


@dataclass(eq=False)
class Group:
    """Values that are drawn as one box.

    role      'module' or 'more'
    title     what it is called
    path      the modules around it
    members   its values
    """

    role: str
    title: str
    path: tuple[str, ...]
    members: list[Value] = field(repr=False)


Unit = Union[Value, Group]  # noqa: UP007 - Python 3.10 evaluates it
ATTEMPTS = 20  # at opening groups that would have to come before themselves


def everything(y: Value) -> list[Value]:
    """All values that y was computed from, and y, the last: inputs before what was made from them.

    >>> x = Value(1.0)
    >>> y = x * 2.0
    >>> x.data = 3.0  # newer than y now, and still its input
    >>> everything(y) == [x, y]
    True
    """
    seen, waiting, found = {y}, [y], [y]
    first: dict[Value, float] = {}
    while waiting:
        v = waiting.pop()
        for x in v.inputs:
            if isinstance(x, Value):
                if x.op is None:
                    first[x] = min(first.get(x, v.order), v.order)
                if x not in seen:
                    seen.add(x)
                    waiting.append(x)
                    found.append(x)
    return sorted(found, key=lambda v: v.order if v.op else min(v.order, first.get(v, v.order) - 0.5))


def below(values: Iterable[Value], box: dict[Value, Group]) -> dict[Unit, list[Unit]]:
    """The units of a graph, each with the units it was made from: a value's in order and as often as it uses them."""
    found: dict[Unit, list[Unit]] = {}
    for v in values:
        unit: Unit = box.get(v, v)
        inputs = found.setdefault(unit, [])
        for x in v.inputs:
            if isinstance(x, Value):
                source: Unit = box.get(x, x)
                if unit is v or (source is not unit and source not in inputs):
                    inputs.append(source)
    return found


def boxes(groups: Iterable[Group], values: list[Value]) -> dict[Value, Group]:
    """The group of every value that has one; a group that would have to come before itself is left open."""
    box = {v: group for group in groups for v in group.members}
    for _ in range(ATTEMPTS):
        try:
            TopologicalSorter(below(values, box)).prepare()
            return box
        except CycleError as error:  # noqa: PERF203 - at most a few times
            cycle = {unit for unit in error.args[1] if isinstance(unit, Group)}
            box = {v: group for v, group in box.items() if group not in cycle}
    return {}


def in_order(chosen: Iterable[Unit], inputs: dict[Unit, list[Unit]], place: dict[Value, int]) -> list[Unit]:
    """The chosen units, inputs first and otherwise by age."""
    age = {unit: place[unit] if isinstance(unit, Value) else max(map(place.__getitem__, unit.members))
           for unit in chosen}  # fmt: skip
    left = {unit: sum(1 for x in set(inputs[unit]) if x in age) for unit in age}
    users: dict[Any, list[Unit]] = {}
    for unit in age:
        for x in set(inputs[unit]):
            users.setdefault(x, []).append(unit)
    ready = [(age[unit], id(unit), unit) for unit in age if left[unit] == 0]
    heapq.heapify(ready)
    ordered = []
    while ready:
        unit = heapq.heappop(ready)[2]
        ordered.append(unit)
        for user in users.get(unit, ()):
            left[user] -= 1
            if left[user] == 0:
                heapq.heappush(ready, (age[user], id(user), user))
    return ordered
