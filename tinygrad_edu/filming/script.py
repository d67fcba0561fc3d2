"""The script of a film: what every step shows, as plain texts that a page can play.

>>> from tinygrad_edu.drawing.survey import survey
>>> from tinygrad_edu.filming.names import called
>>> x = Value(3.0, "x")
>>> y = x * x
>>> told = script(y, called(y, survey(y)), survey(y))
>>> for step in told["steps"]:
...     print(step)
{'is': 'start'}
{'is': 'forward', 'at': 'n1', 'worked': '3·3'}
{'is': 'turn', 'at': 'n1', 'g': '1', 'name': 'y'}
{'is': 'backward', 'at': 'n1', 'g': '1', 'parts': [{'edge': 0, 'rule': 0, 'add': '3', 'sum': '3', 'by': 'x', 'local': \
'3'}, {'edge': 1, 'rule': 0, 'add': '3', 'sum': '6', 'by': 'x', 'local': '3'}]}
{'is': 'end'}

Who waits, and what a value has received so far, follows from these steps; the page works it out.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np

from ..calculus.steps import Contribution, Step, backward_steps, newest_first
from ..drawing.nodes import Node, Survey
from ..engine.value import Value
from ..protocols.messages import checked_start
from ..writing.formula import meaning
from ..writing.kinks import kink
from ..writing.lesson import Told
from ..writing.names import FORMS, Names
from ..writing.rows import row
from ..writing.rule_words import words
from ..writing.wording import clip, entries, minus, number
from .names import in_full, worked

MOST = 12  # inputs of one operation whose contributions are told; the rest are only added up
LONGEST = 60  # columns of a formula
NAME = 200  # columns of a name that was too long for its box
CELLS = 64  # entries of an array that are shown as a table


def script(y: Value, names: Names, graph: Survey, start: Any = None) -> dict[str, Any]:
    """Title, nodes, edges, steps, rules and a note, ready for JSON: texts and whole numbers only.

    start    the gradient y starts from, needed if y is an array
    """
    writer = _Writer(names, graph)
    start = checked_start(start, y)
    order = newest_first(y)
    turn = _without_empty({"is": "turn", "at": writer.key_of.get(y), "g": entries(start), "name": names(y)})
    steps = [{"is": "start"}, *writer.forward(order[::-1]), turn]
    steps += [*writer.backward(backward_steps(y, start)), {"is": "end"}]
    writer.gradients[y] = start
    nodes = {node.key: _told(node, graph.values.get(node.key), names, writer.gradients) for node in graph.nodes}
    note = graph.note.replace("draw(y, max_nodes=…) draws", "film(y, max_nodes=…) shows")
    return {"title": in_full(y, names, graph), "nodes": nodes, "edges": [(e.source, e.target) for e in graph.edges],
            "steps": steps, "rules": list(writer.rules), "note": note}  # fmt: skip


class _Writer:
    """Writes the steps; keeps the rules it quotes, each once, and the gradients that come out."""

    def __init__(self, names: Names, graph: Survey):
        self.names, values = names, graph.values
        self.key_of = {v: key for key, v in values.items()}
        self.edge_of = {(values[edge.target], edge.index): i for i, edge in enumerate(graph.edges)
                        if edge.source in values and edge.target in values}  # fmt: skip
        self.rules: dict[str, int] = {}
        self.gradients: dict[Value, Any] = {}

    def forward(self, order: list[Value]) -> list[dict[str, Any]]:
        """One step per result in the picture; those outside of it in groups."""
        steps: list[dict[str, Any]] = []
        for shown, nodes in groupby(order, key=lambda v: v in self.key_of):
            if shown:
                steps += [{"is": "forward", "at": self.key_of[v], "worked": clip(worked(v), LONGEST)} for v in nodes]
            else:
                steps.append({"is": "forward", "skip": sum(1 for _ in nodes)})
        return steps

    def backward(self, steps: Any) -> list[dict[str, Any]]:
        """One step per result in the picture; of the others, only what they hand to values in the picture."""
        told: list[dict[str, Any]] = []
        for shown, group in groupby(steps, key=lambda step: step.node in self.key_of):
            if shown:
                told += [self._handing_on(step) for step in group]
                continue
            skip, sums = 0, {}
            for step in group:
                skip += 1
                for part in step.contributions:
                    if part.input in self.key_of:
                        sums[self.key_of[part.input]] = entries(part.total)
                        self.gradients[part.input] = part.total
            told.append({"is": "backward", "skip": skip, "sums": sums})
        return told

    def _handing_on(self, step: Step) -> dict[str, Any]:
        node = step.node
        drawn = [part for part in step.contributions if (node, part.index) in self.edge_of]
        self.gradients.update((part.input, part.total) for part in drawn)
        told = {"is": "backward", "at": self.key_of[node], "g": entries(step.gradient),
                "parts": [self._part(step, part, i < MOST) for i, part in enumerate(drawn)],
                "unseen": len(step.contributions) - len(drawn) or None,
                "kink": kink(node.op, [getattr(x, "_held", x) for x in node.inputs], node._held)}  # fmt: skip
        return _without_empty(told)

    def _part(self, step: Step, part: Contribution, closely: bool) -> dict[str, Any]:
        """One contribution: along which edge, by which rule, upstream × local, and the sum that it makes."""
        told = {"edge": self.edge_of[step.node, part.index],
                "rule": self.rules.setdefault(words(step.node.op, part.index), len(self.rules)),
                "add": entries(part.amount), "sum": entries(part.total)}  # fmt: skip
        if closely:
            cells = row(Told(step.number, step.node, step.gradient, (part,), ()), part, self.names)
            told |= {"by": clip(cells.formula, LONGEST), "local": cells.local, "why": cells.reason}
        return _without_empty(told)


def _told(node: Node, v: Value | None, names: Names, gradients: dict[Value, Any]) -> dict[str, Any]:
    """One box of the picture: what it is called, how it was computed, its numbers."""
    if node.role == "module":
        return {"role": node.role, "value": f"{clip(node.name, LONGEST)}: {node.operation}"}
    if v is None:
        return _without_empty({"role": node.role, "value": minus(node.value), "kind": node.kind})
    told = {"role": node.role, "name": names(v), "kind": node.kind, "value": entries(v._held)}
    told["all"] = _all(v._held, told["value"])
    if v in gradients:
        told["slope"] = _all(gradients[v], entries(gradients[v]))
    if v.op is not None:
        told["formula"] = clip(names.formula(v), LONGEST)
        told["does"] = meaning(v.op) if v.op.name not in FORMS else ""  # what a sign means need not be said
    if node.name and clip(node.name, NAME) not in told["name"]:
        told["full"] = clip(node.name, NAME)
    return _without_empty(told)


def _all(x: Any, shown: str) -> Any:
    """Every digit of a number, if fewer are `shown`; the entries of a small array, row by row; else nothing."""
    if np.ndim(x) == 0:
        exact = minus(repr(float(x)).removesuffix(".0"))
        return exact if exact != shown else None
    if np.ndim(x) > 2 or not 0 < np.size(x) <= CELLS:
        return None
    return [[minus(number(entry)) for entry in line] for line in np.atleast_2d(x)]


def _without_empty(told: dict[str, Any]) -> dict[str, Any]:
    """What says nothing takes no room in the file."""
    return {name: thing for name, thing in told.items() if thing is not None and thing not in ("", [])}
