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
from ..protocols.changes import look_again
from ..protocols.contributions import any_nan, fitted, once_more, shared, without_effect
from ..protocols.modes import watched, watchers, watching
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
    return np.zeros_like(v._held) if g is nothing and type(v._held) is not float else g


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
        since, visited, waiting, nodes = self.since, self.visited, [*roots], []
        while waiting:
            v = waiting.pop()
            if v._sum is not None or v.order < since:
                continue
            v._sum = nothing
            visited.append(v)
            if v.op is None:
                continue
            nodes.append(v)
            a, b = v.a, v.b
            if type(a) is Value and a._sum is None:
                waiting.append(a)
            elif type(a) is tuple:
                waiting += [x for x in a if type(x) is Value and x._sum is None]
            if type(b) is Value and b._sum is None:
                waiting.append(b)
        nodes.sort(key=attrgetter("order"), reverse=True)
        return nodes

    def carry(self, roots: Sequence[Value], starts: Sequence[Any]) -> None:
        """Give each root its start and hand it on; once more, with care, if something became nan on the way."""
        if watchers and watching():
            watched("carrying", Sweep.carry, self, roots, starts)
            return
        nodes, asked, doubts = self.newest_first(roots), [], []  # type: Any, list[Any], list[str]
        if all(type(v._held) is float for v in self.visited):  # NumPy's settings would cost as much as the walk
            self.walk(nodes, roots, starts, asked)
            return
        with np.errstate(all="ignore", invalid="call", call=lambda *_: doubts.append("nan")):
            self.walk(nodes, roots, starts, asked)
            if doubts or any_nan(asked + [v._sum for v in self.visited if type(v._sum) is float]):
                for v in self.visited:
                    v._sum = nothing
                self.walk(nodes, roots, starts, asked, careful=True)

    def walk(self, nodes: list[Value], roots: Any, starts: Any, asked: list[Any], careful: bool = False) -> None:
        """Let every node hand its gradient on to its inputs: one or two numbers right here, the rest in `hand_on`."""
        for y, start in zip(roots, starts):
            if y._sum is not None:
                y._sum = start if y._sum is nothing else y._sum + start
        for node in nodes:
            g, a, b = node._sum, node.a, node.b
            if type(g) is not float:
                hand_on(node, g, asked, careful)
                continue
            if g == 0.0:  # what has no effect passes none on, even where the slope is infinite
                continue
            try:
                y, order, rules = node._held, node.order, node.op.rules
                if type(a) is not Value:  # a constant on the left, or many inputs
                    if type(a) is float is type(b._held) and b.order <= order:
                        d = rules[1](g, y, a, b._held)
                        if type(d) is float:
                            if b._sum is not None:
                                b._sum = d if b._sum is nothing else b._sum + d
                            continue
                elif type(a._held) is float and a.order <= order:
                    if type(b) is Value:
                        if type(b._held) is float and b.order <= order:
                            c, d = rules[0](g, y, a._held, b._held), rules[1](g, y, a._held, b._held)
                            if type(c) is float is type(d):
                                if a._sum is not None:
                                    a._sum = c if a._sum is nothing else a._sum + c
                                if b._sum is not None:
                                    b._sum = d if b._sum is nothing else b._sum + d
                                continue
                    elif b is None or type(b) is float:
                        c = rules[0](g, y, a._held) if b is None else rules[0](g, y, a._held, b)
                        if type(c) is float:
                            if a._sum is not None:
                                a._sum = c if a._sum is nothing else a._sum + c
                            continue
            except (ArithmeticError, ValueError):
                pass
            hand_on(node, g, asked, careful)


def hand_on(node: Value, g: Any, asked: list[Any], careful: bool) -> None:
    """Add to every input its contribution, arriving gradient times local derivative; `asked` tells if care may help."""
    op, y, order, inputs, data = node.op, node._held, node.order, node.inputs, []
    for x in inputs:
        if type(x) is Value:
            if x.seen is not None:
                look_again(x)
            if x.order > order:
                raise messages.changed(x, node)
            x = x._held
        data.append(x)
    pulled = op.pull(g, y, data, ()) if op.variadic else None
    for k, (x, mine) in enumerate(zip(inputs, data)):
        if type(x) is not Value or x._sum is None:
            continue
        try:
            c = op.rules[k](g, y, *data) if pulled is None else pulled[k]
        except (ArithmeticError, ValueError) as error:
            c = once_more(error, op.rules[k], g, y, *data)
        if type(c) is not float or type(mine) is not float:
            if careful and op.elementwise:
                c = without_effect(c, g)
            if type(c) is not np.ndarray or type(mine) is float or c.shape != mine.shape or c.dtype is not mine.dtype:
                c = fitted(c, x, op, k)
            if x.op is None:  # a leaf: its gradient is its own, people scale and clip it in place
                c = c.copy(order="K") if type(c) is np.ndarray and shared(c, op, g, y, data) else c
                asked.append(g if not op.elementwise and np.size(g) < np.size(c) else c)  # the smaller tells
        x._sum = c if x._sum is nothing else x._sum + c
