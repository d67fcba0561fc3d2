"""The record of one result, opened for questions: who used a value, and what did each use send back to it?

>>> x = Value(3.0, name="x")
>>> trail = Trail(x * x + 2.0 * x)
>>> trail.gradient(x), [float(use.amount) for use in trail.uses(x)]
(8.0, [2.0, 3.0, 3.0])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.sweep import Sweep, pull
from ..engine.value import Value
from ..ops.op import Op
from ..protocols.contributions import fitted


@dataclass(frozen=True)
class Use:
    """One use of a value: as the `index`-th input of `node`, which sends `amount` back; `raw` is not fitted yet."""

    node: Value
    index: int
    amount: Any
    raw: Any


class Trail:
    """A recorded result y with the gradient that arrives at each value it was computed from.

    nodes   every value that takes part, results and leaves, newest first
    """

    def __init__(self, y: Value):
        self.y = y
        with Sweep() as sweep:
            results = sweep.newest_first([y])
            leaves = [v for v in sweep.visited if v.op is None]
        self.nodes: list[Value] = [*results, *leaves]
        with np.errstate(all="ignore"):
            self._gradients = dict(zip(map(id, self.nodes), pull([y], [1.0], self.nodes, 0)))
        self._users: dict[int, list[tuple[Value, int]]] = {}
        for node in results:
            for k, x in enumerate(node.inputs):
                if type(x) is Value:
                    self._users.setdefault(id(x), []).append((node, k))

    def __contains__(self, v: Value) -> bool:
        return id(v) in self._gradients

    def gradient(self, v: Value) -> Any:
        """dy/dv: zero for a value that y was not computed from."""
        return self._gradients[id(v)] if v in self else np.zeros(v.shape) if v.shape else 0.0

    def uses(self, v: Value) -> list[Use]:
        """Everywhere v went, newest first, and what came back from there; their sum is the gradient."""
        return [self.use(node, k) for node, k in self._users.get(id(v), [])]

    def use(self, node: Value, k: int, **instead: Any) -> Use:
        """What `node` sends to its k-th input; `instead`: with another arriving gradient g, or other `data`."""
        raw = sent(node, k, instead.get("g", self.gradient(node)), instead.get("data"))
        return Use(node, k, fitted(raw, node.inputs[k], node.op, k), raw)

    def before(self, start: Any, v: Value, wanted: Sequence[Value]) -> list[Any]:
        """How the gradients of values before v change when the gradient at v changes by `start`."""
        with np.errstate(all="ignore"):
            return pull([v], [start], wanted, 0)

    def on_the_way(self, v: Value) -> list[Value]:
        """The values that depend on v, nearest to v first."""
        found, waiting = {}, [v]
        while waiting:
            for node, _ in self._users.get(id(waiting.pop()), []):
                if id(node) not in found:
                    found[id(node)] = node
                    waiting.append(node)
        return sorted(found.values(), key=lambda node: node.order)


def sent(node: Value, k: int, g: Any, data: Sequence[Any] | None = None) -> Any:
    """What the rule of `node` returns for its k-th input when g arrives, before it is fitted to the input."""
    op: Op = node.op
    inputs = [x._held if type(x) is Value else x for x in node.inputs] if data is None else data
    with np.errstate(all="ignore"):
        return op.pull(g, node._held, inputs, [True] * len(inputs))[k]


def called(node: Value) -> str:
    """What a sentence calls a result: its name, or the operation that made it."""
    return node.name or f"the operation {node.op.name}"
