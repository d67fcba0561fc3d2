"""What the values of a film are called, and how a result is worked out: v₁ = a·b, and with numbers 2·(−3).

>>> from tinygrad_edu.drawing.survey import survey
>>> a, b = Value(2.0, "a"), Value(-3.0, "b")
>>> y = (a * b).tanh()
>>> names = called(y, survey(y))
>>> names(y.inputs[0]), names.formula(y.inputs[0]), worked(y.inputs[0])
('v₁', 'a·b', '2·(−3)')
"""

from __future__ import annotations

from typing import Any
from unicodedata import bidirectional

import numpy as np

from ..drawing.nodes import Survey
from ..engine.value import Value
from ..writing.names import LONGEST, TEXT, Names
from ..writing.wording import clip, entries, width

LARGEST = 24  # operations of a formula that is written in full
HEADING = 24  # columns of the heading of a box
TITLE = 80  # columns of it
ISOLATE, END = "\u2068", "\u2069"  # around a name that is read from right to left, so that a formula keeps its order


def called(y: Value, graph: Survey) -> Names:
    """Names for every value in the picture: its own, or the one the picture gives it, or v₁, v₂, … in order."""
    values = graph.values
    given = {v: graph.by_key[key].name for key, v in values.items() if graph.by_key[key].name}
    unnamed = [v for v in values.values() if v not in given]
    names = Names(y, [v for v in unnamed if v.op is None], [v for v in unnamed if v.op is not None])
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


def headings(y: Value, names: Names, graph: Survey) -> dict[str, str]:
    """What stands at the top of each box: 'v₁ = w.0·x', without the modules that the frame around it names."""
    short = Names(y, [], [])
    short.of = dict(names.of)
    for key, v in graph.values.items():
        if graph.by_key[key].module and graph.by_key[key].name:
            short.of[v] = isolated(clip(graph.by_key[key].short, LONGEST))
    return {key: _heading(short(v), short.formula(v) if v.op is not None else "") for key, v in graph.values.items()}


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


def in_full(y: Value, names: Names, graph: Survey) -> str:
    """The formula of y down to what has a name: 'y = tanh(a·b + 7)'; one step only where that would be too long.

    >>> from tinygrad_edu.drawing.survey import survey
    >>> a = Value(2.0, "a")
    >>> y = (a * a).tanh()
    >>> in_full(y, called(y, survey(y)), survey(y))
    'y = tanh(a·a)'
    """
    if y.op is None or y not in set(graph.values.values()):
        return names(y)  # an input, or inside a folded module
    short = f"{names(y)} = {names.formula(y)}"
    if _size(y) > LARGEST:
        return short
    nested = _Nested(y, [], [])
    own = {v for key, v in graph.values.items() if v.op is None or graph.by_key[key].name}
    nested.of = {v: name for v, name in names.of.items() if v in own}
    full = f"{names(y)} = {nested.formula(y)}"
    return full if width(full) <= TITLE else short


def _size(y: Value) -> int:
    """How many operations its formula has, counted again where they are used again, up to one too many."""
    waiting, size = [y], 0
    while waiting and size <= LARGEST:
        v = waiting.pop()
        size += 1
        waiting += [x for x in v.inputs if isinstance(x, Value) and x.op is not None]
    return size


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
