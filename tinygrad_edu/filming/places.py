"""Where a film shows a value: in a box of its own, or inside a folded one, which stands for all of its values.

>>> from tinygrad_edu.drawing.survey import survey
>>> y = Value(1.0, "x")
>>> for _ in range(100):
...     y = y.sin() + 1.0
>>> graph = survey(y, max_nodes=10)
>>> places = Places(y, graph)
>>> [places.title(key) for key in places.boxes], {places(v) for v in graph.inside}
(['… × 98'], {'n4'})
"""

from __future__ import annotations

from ..drawing.nodes import Survey
from ..engine.value import Value


class Places:
    """The box of every value, by key; what leaves each folded box, oldest first."""

    def __init__(self, y: Value, graph: Survey):
        self.graph = graph
        self.own = {v: key for key, v in graph.values.items()}
        self.boxes: dict[str, list[Value]] = {key: [] for key in dict.fromkeys(graph.inside.values())}
        used = {
            x: None
            for v in (*self.own, *graph.inside)
            for x in v.inputs
            if isinstance(x, Value) and x.op is not None and x in graph.inside and self(v) != graph.inside[x]
        }
        for v in sorted(used | ({y: None} if y in graph.inside else {}), key=lambda v: v.order):
            self.boxes[graph.inside[v]].append(v)  # fmt: skip

    def __call__(self, v: Value) -> str | None:
        """The key of the box that v is in; None for what the picture leaves out."""
        return self.own.get(v) or self.graph.inside.get(v)

    def result(self, box: str) -> Value | None:
        """What a folded box computes, where that is one value."""
        results = self.boxes[box]
        return results[0] if len(results) == 1 else None

    def receiver(self, x: Value) -> str | None:
        """The box that shows the gradient of x."""
        box = self.graph.inside.get(x)
        return self.own.get(x) if box is None else box if self.result(box) is x else None

    def title(self, box: str) -> str:
        """What stands at the top of a folded box: 'layers.0 · Layer', '… × 98'."""
        node = self.graph.by_key[box]
        return node.name or node.value.partition(", ")[0]

    def holds(self, box: str) -> str:
        """What is in it: '5 operations, 3 parameters', '2 operations each'."""
        node = self.graph.by_key[box]
        return node.operation if node.name else node.value.partition(", ")[2]

    def name(self, box: str) -> str:
        """What its result is called: 'layers.0.neurons.1', '… × 98'."""
        node = self.graph.by_key[box]
        return ".".join([*node.module, node.name.partition(" · ")[0]]) if node.name else self.title(box)

    def module(self, box: str | None) -> bool:
        """Whether it is a folded module, and no run of repetitions."""
        return box in self.boxes and self.graph.by_key[box].role == "module"
