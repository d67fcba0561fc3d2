"""A recorded graph as the lab's engines see it: who was computed from whom, and what each value is called.

>>> a, b = Value(2.0, "a"), Value(-3.0, "b")
>>> graph = Graph(a * b + a)
>>> [graph.formula(v) for v in graph.values]
['y = v1 + a', 'v1 = a × b', 'b', 'a']
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np

from ..engine.sweep import Sweep
from ..engine.value import Value
from ..protocols.changes import check_unchanged
from ..writing.wording import clean, clip, number
from . import messages

SIGNS = {
    "add": "{} + {}", "subtract": "{} − {}", "multiply": "{} × {}", "divide": "{} ÷ {}", "power": "{} ^ {}",
    "matmul": "{} @ {}", "negative": "−{}", "square": "{}²", "sigmoid": "σ({})", "sum": "Σ {}", "sqrt": "√{}",
}  # fmt: skip
LONGEST = 14  # columns of a name


class Graph:
    """What y was computed from.

    y              one number; anything else raises as `y.backward()` would, and so does data that was changed since
    newest_first   the results, in the order in which gradients must be handed on
    values         results and inputs, newest first
    """

    def __init__(self, y: Value):
        self.result = messages.checked_result(y)
        with Sweep() as sweep:
            self.newest_first = sweep.newest_first([y])
            self.values = sorted(sweep.visited, key=attrgetter("order"), reverse=True)
        for node in self.newest_first:
            check_unchanged(node, node.inputs)

    @cached_property
    def users(self) -> dict[Value, list[Value]]:
        """For each value, the results it was used for: newest first, twice if it was used twice there."""
        users: dict[Value, list[Value]] = {v: [] for v in self.values}
        for node in self.newest_first:
            for x in variables(node):
                users[x].append(node)
        return users

    @cached_property
    def names(self) -> dict[Value, str]:
        """What each value is called: its own name, or y, v1, v2, … for results and x1, x2, … for inputs."""
        names, fresh = {}, {letter: count(1) for letter in "vx"}
        taken = {clip(clean(v.name), LONGEST) for v in self.values if v.name is not None}
        again: Counter[str] = Counter()
        for v in reversed(self.values):
            if v.name is not None:
                name = clip(clean(v.name), LONGEST)
                again[name] += 1
                name += f" #{again[name]}" if again[name] > 1 else ""
            elif v is self.result and "y" not in taken:
                name = "y"
            else:
                name = next(name for n in fresh["x" if v.op is None else "v"]
                            if (name := f"{'x' if v.op is None else 'v'}{n}") not in taken)  # fmt: skip
            names[v] = name
        return names

    def formula(self, v: Value) -> str:
        """How the value was computed: 'v1 = a × b'; for an input only its name."""
        if v.op is None:
            return self.names[v]
        shown = v.inputs[:4]
        inputs = [self.names[x] if type(x) is Value else number(x) if type(x) is float else "array" for x in shown]
        sign, more = SIGNS.get(v.op.name), ", …" * (len(v.inputs) > len(shown))
        made = sign.format(*inputs) if sign else f"{v.op.name}({', '.join(inputs)}{more})"
        return f"{self.names[v]} = {made}"

    def made_by(self, *names: str) -> list[Value]:
        """The results that these operations computed."""
        return [v for v in self.newest_first if v.op.name in names]

    @property
    def curves(self) -> list[Value]:
        """The results of functions of one number, applied entry by entry: activations, exp, sin, …"""
        return [v for v in self.newest_first if is_curve(v)]


def variables(node: Value) -> list[Value]:
    """The inputs of a node that are Values, twice if used twice; constants receive no gradient."""
    return [x for x in node.inputs if type(x) is Value]


def results(node: Value) -> list[Value]:
    """The inputs of a node that were computed themselves, so that they have somebody to hand on to."""
    return [x for x in variables(node) if x.op is not None]


def is_curve(node: Value) -> bool:
    """Whether a node is a function of one number, applied entry by entry."""
    return bool(node.op.elementwise) and len(node.inputs) == 1


def plain(node: Value) -> list[Any]:
    """The numbers and arrays a node was computed from."""
    return [data(x) for x in node.inputs]


def data(x: Any) -> Any:
    """The number or array that an input is."""
    return x._held if type(x) is Value else x


def ones(node: Value) -> Any:
    """1, in the shape of the node."""
    return 1.0 if type(node._held) is float else np.ones_like(node._held)
