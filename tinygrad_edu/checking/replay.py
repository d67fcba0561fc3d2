"""Run a record again with other numbers: what would y be if this value inside it were different?

>>> x = Value(2.0)
>>> h = x * x
>>> y = h + x
>>> replay(y, {h: 5.0}), replay(y, {x: 3.0})
(7.0, 12.0)

A finite difference of an intermediate is measured so: h moves a little, and what depends on it follows. Masks and
constants stay what they were when they were recorded: a branch that was not taken then is not taken now.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..engine.sweep import Sweep
from ..engine.value import Value

RELATIVE = 1e-6  # a measured slope has about nine good digits
GENEROUS = 64.0  # inside one step numbers may be larger than those it starts from and ends with


def replay(y: Value, changes: Mapping[Value, Any]) -> Any:
    """The data y would have if the values in `changes` (leaves or intermediates) had other data.

    returns  a number or an array; only what depends on a change is computed again
    """
    return Replay(y, changes)(changes)


class Replay:
    """The part of a record between some values and y, sorted once, to be run many times.

    >>> x = Value(2.0)
    >>> again = Replay(x * x + 1.0, [x])
    >>> again({x: 3.0}), again({x: 4.0})
    (10.0, 17.0)
    """

    def __init__(self, y: Value, moved: Mapping[Value, Any] | list[Value]):
        self.y, follows = y, set(moved)
        self.nodes: list[Value] = []
        for node in recorded(y):
            if node not in follows and any(type(x) is Value and x in follows for x in node.inputs):
                follows.add(node)
                self.nodes.append(node)

    def __call__(self, changes: Mapping[Value, Any]) -> Any:
        data: dict[Value, Any] = dict(changes)
        with np.errstate(all="ignore"):
            for node in self.nodes:
                inputs = [data.get(x, x._held) if type(x) is Value else x for x in node.inputs]
                data[node] = node.op.compute(*inputs)
        return data.get(self.y, self.y._held)


def recorded(*roots: Value) -> list[Value]:
    """The results that the roots were computed from, and they themselves, oldest first."""
    with Sweep() as sweep:
        return sweep.newest_first(roots)[::-1]


class Rounding(NamedTuple):
    """What rounding inside a record may do.

    noise      how far float32 or float16 steps move the result (0 if there are none)
    limit      how far all steps may move it at most: generously
    relative   how exact a gradient that passes through them can be
    """

    noise: float = 0.0
    limit: float = math.inf
    relative: float = RELATIVE


def rounding(nodes: list[Value]) -> Rounding:
    """What rounding may do in these steps: their precision times their largest number.

    >>> found = rounding(recorded(Value(np.ones(2, np.float32)) * 3.0))
    >>> 3e-7 < found.noise < 4e-7 < found.limit, round(found.relative, 5)
    (True, 0.00069)
    """
    noise = limit = coarsest = 0.0
    for node in nodes:
        eps = 2.3e-16 if type(node._held) is float else float(np.finfo(node._held.dtype).eps)
        sizes = [size_of(x._held if type(x) is Value else x) for x in (node, *node.inputs)]
        limit = max(limit, GENEROUS * eps * max(sizes))
        if eps > 1e-15:
            noise, coarsest = max(noise, eps * sizes[0]), max(coarsest, eps)
    return Rounding(noise, limit, max(RELATIVE, 2.0 * coarsest**0.5))


def size_of(x: Any) -> float:
    """The largest finite number of a number or an array; 0 for a mask.

    >>> size_of(-3.0), size_of(np.array([1.0, -np.inf])), size_of(np.array([True]))
    (3.0, 1.0, 0.0)
    """
    if type(x) is float:
        return abs(x) if x - x == 0.0 else 0.0
    return float(np.max(np.abs(x), where=np.isfinite(x), initial=0.0)) if x.dtype.kind == "f" else 0.0
