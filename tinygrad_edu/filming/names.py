"""What the values of a film are called, and how a result is worked out: v₁ = a·b, and with numbers 2·(−3).

>>> from tinygrad_edu.drawing.survey import survey
>>> a, b = Value(2.0, "a"), Value(-3.0, "b")
>>> y = (a * b).tanh()
>>> names = called(y, Places(y, survey(y)))
>>> names(y.inputs[0]), names.formula(y.inputs[0]), worked(y.inputs[0])
('v₁', 'a·b', '2·(−3)')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import bidirectional

import numpy as np

from ..calculus.steps import newest_first
from ..engine.value import Value
from ..writing.names import LONGEST, TEXT, Names
from ..writing.wording import clip, count, entries, width
from .places import Places

LARGEST = 24  # operations of a formula that is written in full
HEADING = 28  # columns of the heading of a box
TITLE = 60  # columns of the formula in it
ISOLATE, END = "\u2068", "\u2069"  # around a name that is read from right to left, so that a formula keeps its order


def called(y: Value, places: Places, given: Mapping[Value, str] | None = None) -> Names:
    """Names for every value in the picture: its own, or the one the picture gives it, or v₁, v₂, … in order.

    given    names for values inside folded boxes
    """
    graph, inside = places.graph, places.graph.inside
    given = {v: name for v, name in (given or {}).items() if v in inside}
    given |= {v: graph.by_key[key].name for key, v in graph.values.items() if graph.by_key[key].name}
    for box, results in places.boxes.items():
        if places.module(box):
            given |= {v: places.name(box) + (f"[{i}]" if len(results) > 1 else "") for i, v in enumerate(results)
                      if not v.name and v is not y}  # fmt: skip
    leaves = [v for v in graph.values.values() if v.op is None and v not in given]
    results = [v for v in reversed(newest_first(y)) if v not in given and not places.module(inside.get(v))]
    names = Names(y, leaves, results)
    own = names.of.pop(y)
    names.of = {v: name for v, name in names.of.items() if v not in given}
    taken = set(names.of.values())
    for v, name in [*given.items(), *([] if y in given else [(y, own)])]:
        name = clip(name, LONGEST)
        while name in taken:  # two values called w are w and w′
            name += "′"
        taken.add(name)
        names.of[v] = isolated(name)
    return names


def headings(y: Value, names: Names, places: Places) -> dict[str, str]:
    """What stands at the top of each box: 'v₁ = w.0·x', without the modules that the frame around it names."""
    short, graph = Names(y, [], []), places.graph
    short.of = dict(names.of)
    for key, v in graph.values.items():
        if graph.by_key[key].module and graph.by_key[key].name:
            short.of[v] = isolated(clip(graph.by_key[key].short, LONGEST))
    told = {key: _heading(short(v), short.formula(v) if v.op is not None else "") for key, v in graph.values.items()}
    return told | {box: clip(places.title(box), HEADING) for box in places.boxes}


def _heading(name: str, formula: str) -> str:
    both = f"{name} = {formula}" if formula else name
    return both if width(both) <= HEADING else clip(f"{clip(name, 12)} = {formula}" if formula else name, HEADING)


def isolated(name: str) -> str:
    """The name, kept from reversing what stands around it if it is written from right to left.

    >>> isolated("w"), isolated("שלום") == ISOLATE + "שלום" + END
    ('w', True)
    """
    return f"{ISOLATE}{name}{END}" if any(bidirectional(c) in ("R", "AL") for c in name) else name


class _Nested(Names):
    """Every operand that has no name of its own as a formula."""

    def _operand(self, x: Any) -> tuple[str, int]:
        unnamed = isinstance(x, Value) and x.op is not None and x not in self.of and not x.name
        return self._formula(x) if unnamed else super()._operand(x)


def title(y: Value, names: Names, places: Places) -> str:
    """'y = tanh(a·b + 7)', if a formula of what has a name is short; else what is shown of how many nodes.

    >>> from tinygrad_edu.drawing.survey import survey
    >>> a = Value(2.0, "a")
    >>> y, z = (a * a).tanh(), (a * 2.0) * Value([1.0, 2.0])
    >>> [title(v, called(v, places), places) for v in (y, z) for places in [Places(v, survey(v))]]
    ['y = tanh(a·a)', 'y: backward pass through 4 nodes']
    """
    if y.op is None:
        return names(y)
    own = {v for key, v in places.graph.values.items() if places.graph.by_key[key].name}
    own |= {v for box, results in places.boxes.items() if places.module(box) for v in results}
    if y in places.own and _of(own, y):
        nested = _Nested(y, [], [])
        nested.of = {v: name for v, name in names.of.items() if v in own}
        full = f"{names(y)} = {nested.formula(y)}"
        if width(full) <= TITLE and "array (" not in full:
            return full
    return f"{names(y)}: backward pass through {count(places.graph.total, 'node')}"


def _of(own: set[Value], y: Value) -> bool:
    """Whether a formula with few operations leads from y down to what has a name or is a number."""
    waiting: list[Any] = [y]
    for _ in range(LARGEST):
        if not waiting:
            return True
        v = waiting.pop()
        for x in v.inputs:
            if not isinstance(x, Value):
                if np.ndim(x) > 1 or np.size(x) > 4:
                    return False
            elif x not in own:
                if x.op is None:
                    return False
                waiting.append(x)
    return False


class _Numbers(Names):
    """Every operand as its number, in parentheses where a minus sign would stand behind another sign."""

    def __call__(self, x: Any, tight: int = 0) -> str:
        x = x._held if isinstance(x, Value) else x
        if np.ndim(x) and (np.ndim(x) > 1 or np.size(x) > 4):
            return TEXT.shape(np.shape(x))
        shown = entries(x)
        return f"({shown})" if shown.startswith("−") and tight > 1 else shown


def worked(node: Value) -> str:
    """A result from the numbers it was computed from: '2·(−3)', '[32×3] @ [3×4]'."""
    return _Numbers(node, [], []).formula(node)
