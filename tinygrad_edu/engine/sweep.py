"""The reverse sweep: the chain rule, walked from the newest value to the oldest.

A value is always newer than what it was computed from. So when the newest unfinished value is taken first, every
contribution to its gradient has already arrived, and it can be handed on: a loop, however deep the graph is.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from threading import RLock
from typing import Any

import numpy as np

from ..protocols import messages
from ..protocols.changes import check_unchanged
from ..protocols.contributions import any_nan, fitted, shared, without_effect
from .value import Value

nothing = float("0")  # what a visited value holds before anything has arrived; recognised by identity
lock = RLock()  # a sweep writes into the values it visits: one at a time, so that threads may share parameters
running: list[Sweep] = []  # more than one when a derivative differentiates something itself


def backward(y: Value, start: Any) -> None:
    """Add start · d(y)/d(v) into the `.grad` of every value v that y was computed from."""
    with Sweep() as sweep:
        sweep.carry([y], [start])
        for v in sweep.visited:
            g = v._sum if v._sum is not nothing else arrived(v)
            v._grad = g if v._grad is None else v._grad + g


def pull(roots: Sequence[Value], starts: Sequence[Any], wanted: Sequence[Value], since: int) -> list[Any]:
    """The gradients of Σ start · root with respect to the wanted values, as numbers and arrays."""
    with Sweep(since) as sweep:
        sweep.carry(roots, starts)
        return [arrived(x) for x in wanted]


def arrived(v: Value) -> Any:
    """The gradient that has arrived at v: zeros where nothing did, because no path leads to it."""
    g = nothing if v._sum is None else v._sum
    return np.zeros_like(v._data) if g is nothing and type(v._data) is not float else g


class Sweep:
    """One walk over a graph; while it lasts, `_sum` of a visited value is the gradient that has arrived so far.

    since      values older than this tick of the clock are constants
    visited    the values that took part
    """

    def __init__(self, since: int = 0):
        self.since = since
        self.visited: list[Value] = []

    def __enter__(self) -> Sweep:
        lock.acquire()
        self.aside = [(v, v._sum) for outer in running for v in outer.visited]
        for v, _ in self.aside:
            v._sum = None
        running.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        for v in self.visited:
            v._sum = None
        for v, g in self.aside:
            v._sum = g
        running.remove(self)
        lock.release()

    def newest_first(self, roots: Sequence[Value]) -> list[Value]:
        """The results among what the roots depend on, sorted (the search already comes out nearly so)."""
        since, visited, waiting, nodes = self.since, self.visited, list(roots), []
        while waiting:
            v = waiting.pop()
            if v._sum is None and v.order >= since:
                v._sum = nothing
                visited.append(v)
                if v.op is not None:
                    nodes.append(v)
                    a, b = v.a, v.b
                    if type(a) is Value:
                        waiting.append(a)
                    elif type(a) is tuple:
                        for x in a:
                            if type(x) is Value and x._sum is None:
                                if x.op is not None:
                                    waiting.append(x)
                                elif x.order >= since:
                                    x._sum = nothing
                                    visited.append(x)
                    if type(b) is Value:
                        waiting.append(b)
        nodes.sort(key=attrgetter("order"), reverse=True)
        return nodes

    def carry(self, roots: Sequence[Value], starts: Sequence[Any]) -> None:
        """Give each root its start and hand it on; once more, with care, if something became nan on the way."""
        nodes, doubts = self.newest_first(roots), []
        with np.errstate(all="ignore", invalid="call", call=lambda *_: doubts.append("nan")):
            self.walk(nodes, roots, starts)
            if doubts or any_nan([v._sum for v in self.visited if v.op is None]):
                for v in self.visited:
                    v._sum = nothing
                self.walk(nodes, roots, starts, careful=True)

    def walk(self, nodes: list[Value], roots: Sequence[Value], starts: Sequence[Any], careful: bool = False) -> None:
        """Let every node hand its gradient on to its inputs: numbers right here, arrays in `hand_on`."""
        for y, start in zip(roots, starts):
            if y._sum is not None:
                y._sum = start if y._sum is nothing else y._sum + start
        for node in nodes:
            g = node._sum
            if type(g) is float and g == 0.0:
                continue  # what has no effect passes none on, even where the slope is infinite
            a, b = node.a, node.b
            left, right = type(a) is Value, type(b) is Value
            x, z = a._data if left else a, b._data if right else b
            if type(g) is not float or type(x) is not float or (type(z) is not float and b is not None):
                hand_on(node, g, careful)
                continue
            if left and a.order > node.order:
                raise messages.changed(a, node)
            if right and b.order > node.order:
                raise messages.changed(b, node)
            y, rules, c, d = node._data, node.op.rules, 0.0, 0.0
            try:
                if b is None:
                    c = rules[0](g, y, x)
                else:
                    if left:
                        c = rules[0](g, y, x, z)
                    if right:
                        d = rules[1](g, y, x, z)
            except (ArithmeticError, ValueError):
                hand_on(node, g, careful)
                continue
            if type(c) is not float or type(d) is not float:
                hand_on(node, g, careful)
                continue
            if left and a._sum is not None:
                a._sum = c if a._sum is nothing else a._sum + c
            if right and b._sum is not None:
                b._sum = d if b._sum is nothing else b._sum + d


def hand_on(node: Value, g: Any, careful: bool) -> None:
    """Add to every input of the node its contribution: the arriving gradient times the local derivative."""
    op, y, inputs = node.op, node._data, node.inputs
    check_unchanged(node, inputs)
    data = [x._data if type(x) is Value else x for x in inputs]
    all_at_once = op.pull(g, y, data, ()) if op.variadic else None
    for k, x in enumerate(inputs):
        if type(x) is Value and x._sum is not None:
            mine = data[k]
            try:
                c = op.rules[k](g, y, *data) if all_at_once is None else all_at_once[k]
            except (ArithmeticError, ValueError):
                if not all(type(z) is float for z in (g, y, *data)):
                    raise
                c = op.rules[k](np.float64(g), np.float64(y), *map(np.float64, data))
            if type(c) is not float or type(mine) is not float:
                if careful and op.elementwise:
                    c = without_effect(c, g)
                fits = type(c) is np.ndarray is type(mine) and c.shape == mine.shape and c.dtype is mine.dtype
                if not fits:
                    c = fitted(c, x, op, k)
                if x.op is None and type(c) is np.ndarray and shared(c, op, (g, y, *data)):
                    c = c.copy(order="K")  # a leaf's gradient is its own: people scale and clip it in place
            x._sum = c if x._sum is nothing else x._sum + c
