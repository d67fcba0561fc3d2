"""Runs of equal structure along a chain, so that a hundred equal steps are drawn as two and a number.

A waist is a result through which everything older reaches y: the chain hangs together there by one thread. What lies
between two waists is a link. Links with the same operations, wired alike, are equal, whatever their numbers are.

>>> x = y = Value(1.0)
>>> for _ in range(100):
...     y = y.sin() + 1.0
>>> (run,) = repeats(y)
>>> run.times, run.links, len(run.members)
(98, 2, 196)
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np

from ..engine.value import Value
from ..ops.broadcasting import shape_of

LONGEST = 32  # links in one period
FEWEST = 4  # repetitions that are worth leaving out
MOST = 50  # runs


@dataclass(eq=False)
class Run:
    """The middle of a run: all but its first and its last repetition.

    times     how many repetitions are left out
    links     of how many links each consists
    members   their values, and the inputs that only they use
    """

    times: int
    links: int
    members: list[Value]


def repeats(y: Value) -> list[Run]:
    """The runs to leave out, those that save most first; [] if there are none."""
    ops, users = _results(y)
    chain = _links(ops)
    marks = _signatures(ops, chain)
    free = np.ones(len(marks), bool)
    runs: list[Run] = []
    while len(runs) < MOST:
        start, period, times = _longest(marks, free, [b - a for a, b in chain])
        if times < FEWEST:
            break
        free[start : start + period * times] = False
        first, last = chain[start + period][0], chain[start + period * (times - 1)][0]
        members = ops[first:last]
        members = members + [x for x, count in _leaves(members).items() if count == users[x]]
        runs.append(Run(times - 2, period, members))
    return runs


def _results(y: Value) -> tuple[list[Value], Counter]:
    """All results, newest first, and how many of them use each input."""
    seen, waiting, ops = {y}, [y], []
    while waiting:
        v = waiting.pop()
        if v.op is not None:
            ops.append(v)
            for x in v.inputs:
                if isinstance(x, Value) and x not in seen:
                    seen.add(x)
                    waiting.append(x)
    return sorted(ops, key=attrgetter("order"), reverse=True), _leaves(ops)


def _leaves(ops: list[Value]) -> Counter:
    """How many of the results use each input of the computation."""
    return Counter(x for v in ops for x in set(filter(_is_value, v.inputs)) if x.op is None)


def _is_value(x: Any) -> bool:
    return isinstance(x, Value)


def _links(ops: list[Value]) -> list[tuple[int, int]]:
    """From waist to waist: (first, end) of each link, newest first."""
    waists, seen, pending = [], set(ops[:1]), 1
    for i, v in enumerate(ops):
        if pending == 1:
            waists.append(i)
        pending -= 1
        for x in v.inputs:
            if isinstance(x, Value) and x.op is not None and x not in seen:
                seen.add(x)
                pending += 1
    return list(zip(waists, [*waists[1:], len(ops)]))


def _signatures(ops: list[Value], chain: list[tuple[int, int]]) -> Any:
    """A number for each link, the same one for links that look alike."""
    number = {v: i for i, v in enumerate(ops)}
    start = [x for v in ops[chain[-1][0] :] for x in v.inputs if _is_value(x) and x.op is None] if chain else []
    if len(set(start)) == 1:
        number[start[0]] = len(ops)  # where the chain begins stands where every other link has the link before it
    known: dict[Any, int] = {}
    marks = []
    for first, end in chain:
        look = tuple((v.op.name, *(_look(x, number, first) for x in v.inputs)) for v in ops[first:end])
        marks.append(known.setdefault(look, len(known)))
    return np.array(marks)


def _look(x: Any, number: dict[Value, int], first: int) -> Any:
    """An input as every repetition has it: a result by its place in the link, anything else by its shape."""
    if not isinstance(x, Value):
        return "constant", shape_of(x)
    return number[x] - first if x in number else ("input", shape_of(x))


def _longest(marks: Any, free: Any, sizes: list[int]) -> tuple[int, int, int]:
    """(start, period, repetitions) of the run that saves most boxes, among the links that are still free."""
    best, saved = (0, 1, 0), 0
    total = np.concatenate([[0], np.cumsum(sizes)])
    for period in range(1, min(LONGEST, len(marks) // FEWEST) + 1):
        same = (marks[period:] == marks[:-period]) & free[period:] & free[:-period]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8)))
        for start, end in zip(edges[::2], edges[1::2]):
            times = int(end - start) // period + 1
            if times >= FEWEST:
                saves = total[start + period * (times - 1)] - total[start + period]
                if saves > saved:
                    best, saved = (int(start), period, times), saves
    return best
