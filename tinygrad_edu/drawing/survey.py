"""From a graph of Values to the boxes and arrows of its picture.

>>> x = Value(3.0, name="x")
>>> for node in survey(x * x + 1.0).nodes:
...     print(node.role, node.title, node.value, node.inputs)
input x 3 ()
step × 9 ('n0', 'n0')
constant  1 ()
result + 10 ('n1', 'n2')
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from ..writing.latex import local_text, op_text
from ..writing.wording import NOT_COMPUTED, clean, kind, operation, places
from .flow import Flow, sign, size, told
from .heat import heat
from .marks import marks
from .names import named, trained
from .nearest import crowded, part
from .nodes import Edge, Node, Survey
from .summary import Summary, summary
from .units import Group, Unit, in_order

MOST = 12  # constants that are drawn, and inputs that are told apart, at one operation


def survey(
    y: Value,
    names: Any = None,
    parameters: Any = None,
    max_nodes: int = 1000,
    *,
    show: str = "values",
    depth: int | None = None,
    path: Value | None = None,
) -> Survey:
    """The picture of y in words; the choices are those of `draw`."""
    plan = summary(y, parameters, max_nodes, depth)
    flow = Flow(y, y.grad if show == "gradients" else None) if _flows(show, y) else None
    graph = part(plan.graph, plan.chosen)
    on = _on_path(plan, path) if path is not None else None
    drawn = _Drawn(plan, flow, show, names, parameters, fades=on is not None)
    for unit in in_order(plan.chosen, graph, plan.place):
        drawn.add(unit, y, faded=on is not None and unit not in on)
    notes = [plan.note, *drawn.notes(y)]
    edges = _weighed(drawn.edges, drawn.sizes)
    return Survey(drawn.nodes, len(plan.place), " ".join(filter(None, notes)), crowded(graph), edges, drawn.values,
                  plan.modules, show, drawn.inside)  # fmt: skip


def _flows(show: str, y: Value) -> bool:
    return show == "chain rule" or (show == "gradients" and y.grad is not None)


class _Drawn:
    """Nodes and edges, growing one box at a time."""

    def __init__(self, plan: Summary, flow: Flow | None, show: str, names: Any, parameters: Any, fades: bool):
        self.plan, self.flow, self.show, self.fades = plan, flow, show, fades
        self.given = {v: name for v, name in [*trained(parameters), *named(names)] if name}
        self.trained = {v for v, _ in trained(parameters)}
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.sizes: list[float] = []
        self.values: dict[str, Value] = {}
        self.inside: dict[Value, str] = {}
        self.key_of: dict[Unit, str] = {}

    def new(self, **words: Any) -> str:
        self.nodes.append(Node(key=f"n{len(self.nodes)}", **words))
        return self.nodes[-1].key

    def add(self, unit: Unit, y: Value, faded: bool) -> None:
        """One more box, its constants before it and its arrows behind it."""
        if isinstance(unit, Group):
            self.add_group(unit, faded)
            return
        module = self.plan.home.get(unit, ())
        inputs, uses = self.inputs_of(unit, module)
        gradient = self.flow.gradient(unit) if self.flow and self.show == "chain rule" else unit.grad
        role = "step" if unit.op else "parameter" if unit in self.trained else "input"
        whole = [index for _, index in uses] == list(range(len(unit.inputs))) and len(uses) <= MOST
        letters = tuple(unit.op.inputs) if unit.op and self.show == "formulas" and len(unit.op.inputs) > 1 else ()
        self.key_of[unit] = key = self.new(
            role="result" if unit is y else role,
            name=clean(self.given.get(unit, unit.name if unit.name is not None else "")),
            operation=operation(unit.op) if unit.op else "",
            kind=kind(unit._held),  # unit.data would hand the array out, and have it watched for changes from then on
            value=told(unit._held),
            gradient=NOT_COMPUTED if gradient is None else told(gradient),
            formula=f"y = {op_text(unit.op)}" if unit.op and self.show == "formulas" else "",
            marks=marks(unit, gradient),
            heat=heat(unit._held),
            inputs=tuple(inputs),
            places=(letters or places(unit.op, len(inputs))) if unit.op and whole else (),
            module=module,
            faded=faded,
        )
        self.values[key] = unit
        for source, index in uses:
            x = unit.inputs[index] if index < len(unit.inputs) else None
            amount = self.flow.amount(unit, index) if self.flow and isinstance(x, Value) else None
            self.connect(source, key, index, self.label(unit, index), amount, faded)

    def inputs_of(self, v: Value, module: tuple[str, ...]) -> tuple[list[str], list[tuple[str, int]]]:
        """Keys of the inputs, and (key, index) of each; constants beyond the first dozen are counted."""
        look: dict[str, Any] = {"module": module, "faded": self.fades}
        uses: list[tuple[str, int]] = []
        constants, cut = 0, False
        for index, x in enumerate(v.inputs):
            if isinstance(x, Value):
                unit = self.plan.box.get(x, x)
                cut = cut or unit not in self.key_of
                uses += [(self.key_of[unit], index)] if unit in self.key_of else []
            else:
                constants += 1
                if constants <= MOST:
                    uses.append((self.new(role="constant", value=told(x), kind=kind(x), **look), index))
        if constants > MOST:
            uses.append((self.new(role="more", value=f"… {constants - MOST:,} constants", **look), len(v.inputs)))
        if cut:
            uses.append((self.new(role="more", value="…", **look), len(v.inputs)))
        return [key for key, _ in uses], uses

    def add_group(self, group: Group, faded: bool) -> None:
        """A folded module or a counted repetition as one box; the value is told where there is one result."""
        members = set(group.members)
        sources = [unit for unit in self.plan.graph[group] if unit in self.key_of]
        inputs = [self.key_of[unit] for unit in sources]
        words = {"value": group.title}
        if group.role == "module":
            words = {"name": group.title, "operation": _contents(group), **self.output(group, members)}
        key = self.new(role=group.role, inputs=tuple(inputs), module=group.path, faded=faded, **words)
        self.key_of[group] = key
        self.inside.update(dict.fromkeys(group.members, key))
        uses = self.uses_of(group) if self.flow else {}
        for index, unit in enumerate(sources):
            amount = self.flow.together(uses[unit]) if self.flow else None
            label = self.flow.handed_on(self.show, amount) if self.flow else ""
            self.connect(inputs[index], key, index, label, amount, faded)

    def output(self, group: Group, members: set[Value]) -> dict[str, Any]:
        """What the result of a module is, where it has one."""
        inner = {x for v in members for x in v.inputs if isinstance(x, Value)}
        ends = [v for v in members if v.op is not None and v not in inner]
        if len(ends) != 1:
            return {}
        (end,) = ends
        gradient = self.flow.gradient(end) if self.flow and self.show == "chain rule" else end.grad
        return {"kind": kind(end._held), "value": told(end._held), "marks": marks(end, gradient),
                "gradient": NOT_COMPUTED if gradient is None else told(gradient)}  # fmt: skip

    def uses_of(self, group: Group) -> dict[Unit, list[tuple[Value, int]]]:
        """Where a group uses what comes from each unit outside: (member, index of its input)."""
        uses: dict[Unit, list[tuple[Value, int]]] = {}
        for v in group.members:
            for i, x in enumerate(v.inputs):
                if isinstance(x, Value):
                    uses.setdefault(self.plan.box.get(x, x), []).append((v, i))
        return uses

    def connect(self, source: str, target: str, index: int, label: str, amount: Any, faded: bool) -> None:
        faded = faded or self.nodes[int(source[1:])].faded
        self.edges.append(Edge(source, target, index, label, sign(amount), 0.0, faded))
        self.sizes.append(size(amount))

    def label(self, v: Value, index: int) -> str:
        """What is written at the arrow into v."""
        x = v.inputs[index] if index < len(v.inputs) else None
        if self.flow:
            return self.flow.label(self.show, v, index)
        if self.show == "formulas" and isinstance(x, Value):
            return local_text(v.op, index)
        if self.show == "shapes" and np.ndim(getattr(x, "_held", 0.0)):
            stretched = v.op.elementwise and np.shape(x._held) != np.shape(v._held)  # type: ignore[union-attr]
            return kind(x._held) + ("\ngradient summed back" if stretched else "")  # type: ignore[union-attr]
        return ""

    def notes(self, y: Value) -> list[str]:
        """What has to be said about the gradients."""
        if self.show == "gradients" and self.flow is None:
            return ["No gradient has been computed yet: call backward() first, or write show='chain rule'."]
        if self.show != "chain rule" or self.flow is None:
            return []
        flow = self.flow
        other = [v for v in self.values.values() if v.grad is not None and not np.allclose(v.grad, flow.gradient(v))]
        notes = ["The gradients are those of the sum of the result."] if np.ndim(y._held) else []
        if other:
            notes.append(f"Gradients of one pass from the result; .grad of {len(other):,} values holds other numbers: "
                         "passes add up.")  # fmt: skip
        return notes


def _contents(group: Group) -> str:
    parameters = sum(v.op is None for v in group.members)
    steps = len(group.members) - parameters
    return f"{steps:,} operation{'s' * (steps != 1)}, {parameters:,} parameter{'s' * (parameters != 1)}"


def _weighed(edges: list[Edge], sizes: list[float]) -> tuple[Edge, ...]:
    """The edges with their widths: the root of what they hand on, so that a tenth is still a third as wide."""
    most = max(sizes, default=0.0)
    if most == 0.0:
        on_path = any(edge.faded for edge in edges)
        return tuple(replace(edge, width=0.35 if on_path and not edge.faded else 0.0) for edge in edges)
    return tuple(replace(edge, width=(n / most) ** 0.5) for edge, n in zip(edges, sizes))


def _on_path(plan: Summary, x: Value) -> set[Unit]:
    """The boxes on the paths from x to y: everything that was computed from x."""
    if x not in plan.place:
        called = repr(x.name) if isinstance(x, Value) and x.name else type(x).__name__
        raise DataError(
            f"draw(y, path={called}) finds no path.",
            "A path leads from a Value along everything that was computed from it, and y was not.",
            "Give a value that y was computed from; draw(y) shows them all.",
        )
    depends = {x}
    for v in plan.place:
        if v not in depends and any(isinstance(u, Value) and u in depends for u in v.inputs):
            depends.add(v)
    return {plan.box.get(v, v) for v in depends}
