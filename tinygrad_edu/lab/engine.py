"""The reverse sweep in six small answers, so that each can be given wrongly on its own.

zero            what holds a gradient already, before the pass?     nothing
start           with what does the result begin?                    1, because dy/dy = 1
order           who hands on next?                                  the newest that has not yet
contributions   what does each input receive?                       arrived gradient · local derivative
fit             in which shape?                                     the shape of the input
add             and if something has arrived there before?          add

>>> a, b = Value(2.0), Value(-3.0)
>>> engine = Engine(Graph(a * b + a))
>>> engine.run()
>>> engine.grad[a], engine.grad[b]
(-2.0, 2.0)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..engine.value import Value
from ..protocols.contributions import fitted as summed_to_shape
from ..protocols.contributions import without_effect
from .graph import Graph, plain

PATIENCE = 10_000  # steps more than the graph has results: then an engine that goes round and round is stopped


class Engine:
    """The right engine. A wrong one is a subclass with one method of its own; write one, and give it to `compare`.

    graph   what it walks over        grad    the gradient of every value that something arrived at
    trace   (node, k, x, g, c): node, at which g had arrived, gave c to x, its k-th input
    steps   how often a node handed on        stopped   True if that became too often

    It never touches the `.grad` of a Value.

    >>> class Halving(Engine):
    ...     def start(self):
    ...         return 0.5
    >>> a = Value(3.0)
    >>> engine = Halving(Graph(a * a))
    >>> engine.run()
    >>> engine.grad[a]
    3.0
    """

    name = ""
    passes = 1  # backward passes over the graph; what is left of the first one is seen after the second
    carries = False  # whether the gradients of the parameters survive until the next step of a training

    def __init__(self, graph: Graph):
        self.graph = graph
        self.grad: dict[Value, Any] = {}
        self.trace: list[tuple[Value, int, Value, Any, Any]] = []
        self.steps, self.stopped = 0, False
        self.at: Value | None = None  # the node that hands on right now

    def run(self) -> None:
        """One backward pass (or two, for a mistake that only the second one shows)."""
        with np.errstate(all="ignore"):
            for _ in range(self.passes):
                self.zero()
                self.trace.clear()
                self.steps = 0
                self.grad[self.graph.result] = self.start()
                for node in self.order():
                    if self.steps >= len(self.graph.newest_first) + PATIENCE:
                        self.stopped = True
                        return
                    self.steps += 1
                    self.hand_on(node)

    def hand_on(self, node: Value) -> None:
        """Give each input of the node its contribution."""
        if node.op is None or node not in self.grad:
            return  # an input has nobody to hand on to; where nothing has arrived, there is nothing to hand on
        self.at, g = node, self.grad[node]
        for k, (x, c) in enumerate(zip(node.inputs, self.contributions(node, g))):
            if type(x) is Value:
                c = self.fit(c, x, node.op, k)
                self.trace.append((node, k, x, g, c))
                self.add(x, c)

    # ── the six answers ──────────────────────────────────────────────────────────────────────────────────────────────
    def zero(self) -> None:
        """Before a pass, no value has a gradient."""
        self.grad = {}

    def start(self) -> Any:
        """The result changes by 1 when the result changes by 1."""
        return 1.0

    def order(self) -> Iterable[Value]:
        """Newest first: whatever used a value is newer than the value, and has handed on before it."""
        return self.graph.newest_first

    def contributions(self, node: Value, g: Any) -> list[Any]:
        """For each input: the gradient that arrived at the node, times the local derivative."""
        return g_times_slopes(node, g, node._held, plain(node))

    def fit(self, c: Any, x: Value, op: Any, k: int) -> Any:
        """An input that broadcasting stretched was used once per copy, so it receives the sum over the copies."""
        return summed_to_shape(c, x, op, k)

    def add(self, x: Value, c: Any) -> None:
        """A value that is used several times has an influence through every use: the contributions add up."""
        self.grad[x] = self.grad.get(x, 0.0) + c


def g_times_slopes(node: Value, g: Any, y: Any, inputs: list[Any]) -> list[Any]:
    """The rules of the node's operation, applied to g: one contribution per input, 0 for a constant.

    A gradient of 0 has no effect even where the slope is infinite.
    """
    if type(g) is float and g == 0.0:
        return [0.0] * len(inputs)
    wanted = [type(x) is Value for x in node.inputs]
    try:
        pulled = node.op.pull(g, y, inputs, wanted)
    except (ArithmeticError, ValueError):
        if not all(type(x) is float for x in (g, y, *inputs)):
            raise
        numbers = [np.float64(x) for x in inputs]  # once more, with inf and nan where Python raises
        pulled = node.op.pull(np.float64(g), np.float64(y), numbers, wanted)
    if node.op.elementwise and type(g) is not float:
        pulled = [without_effect(c, g) for c in pulled]
    return [c if use else 0.0 for c, use in zip(pulled, wanted)]
