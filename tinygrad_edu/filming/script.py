"""The script of a film: what every step shows, as plain texts that a page can play.

>>> from tinygrad_edu.drawing.survey import survey
>>> from tinygrad_edu.filming.names import called
>>> x = Value(3.0, "x")
>>> y = x * x
>>> places = Places(y, survey(y))
>>> told = script(y, called(y, places), places)
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

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

import numpy as np

from ..calculus.steps import Contribution, Step, backward_steps, newest_first
from ..drawing.heat import heat, shades
from ..drawing.marks import marks
from ..drawing.nodes import Node
from ..engine.value import Value
from ..protocols.messages import checked_start
from ..writing.formula import meaning
from ..writing.kinks import kink
from ..writing.lesson import Told
from ..writing.names import FORMS, Names
from ..writing.rows import row
from ..writing.rule_words import words
from ..writing.wording import clip, entries, kind, minus, number, numbers, width
from .names import title, worked
from .places import Places

MOST = 12  # inputs of one operation whose contributions are told; the rest are only added up
LONGEST = 60  # columns of a formula
NAME = 200  # columns of a name that was too long for its box
CELLS = 64  # entries of an array that are shown as a table
BOX = 24  # columns that a number may take in its box, and at an edge
INSIDE = 6  # values inside a folded box that are told at a step
STRETCHES = 500  # steps in which folded boxes are at work, one at a time


def script(y: Value, names: Names, places: Places, start: Any = None) -> dict[str, Any]:
    """Title, nodes, edges, steps, rules, short forms of long numbers and a note; texts and whole numbers only.

    start    the gradient y starts from, needed if y is an array
    """
    writer, graph = _Writer(names, places), places.graph
    start = checked_start(start, y)
    order = newest_first(y)
    steps = [{"is": "start"}, *writer.forward(order[::-1])]
    steps.append(_without_empty({"is": "turn", "at": places(y), "g": writer.told(start), "name": names(y)}))
    steps += [*writer.backward(backward_steps(y, start), order), {"is": "end"}]
    writer.gradients[y] = start
    nodes = {node.key: writer.box(node) for node in graph.nodes}
    note = graph.note.replace("draw(y, max_nodes=…) draws", "film(y, max_nodes=…) shows")
    return {"title": title(y, names, places), "nodes": nodes, "edges": [(e.source, e.target) for e in graph.edges],
            "steps": steps, "rules": list(writer.rules), "short": writer.short, "note": note}  # fmt: skip


class _Writer:
    """Writes the steps; keeps the rules it quotes, each once, and the gradients that come out."""

    def __init__(self, names: Names, places: Places):
        self.names, self.places, edges = names, places, enumerate(places.graph.edges)
        values, known = places.graph.values, {*places.graph.values, *places.boxes}
        drawn = [(i, edge) for i, edge in edges if edge.source in known]
        self.edge_of = {(values[e.target], e.index): i for i, e in drawn if e.target in values}
        self.edge_into: dict[tuple[str | None, str | None], int] = {
            (e.source, e.target): i for i, e in drawn if e.target in places.boxes
        }
        self.rules: dict[str, int] = {}
        self.short: dict[str, str] = {}
        self.gradients: dict[Value, Any] = {}

    def told(self, x: Any) -> str:
        """A number, or a few entries; what is too wide for a box is kept in short as well."""
        text = entries(x)
        if width(text) > BOX:
            self.short[text] = minus(numbers(x))
        return text

    def place(self, order: list[Value]) -> Callable[[Value], str | None]:
        """What is told in one step: a value, or a stretch of values inside one box; all of them if these are many."""
        own, stretches = self.places.own, sum(1 for _ in groupby(order, key=self.places))
        return self.places if stretches < len(own) + STRETCHES else own.get

    def forward(self, order: list[Value]) -> list[dict[str, Any]]:
        """One step per result in the picture; those inside a folded box, and those outside of it all, in groups."""
        steps: list[dict[str, Any]] = []
        for key, nodes in groupby(order, key=self.place(order)):
            group = list(nodes)
            if key in self.places.graph.values:
                steps += [{"is": "forward", "at": key, "worked": clip(worked(v), LONGEST)} for v in group]
            else:
                steps.append({"is": "forward", **self._group(key, group, lambda v: f" = {self.told(v._held)}")})
        return steps

    def backward(self, steps: Any, order: list[Value]) -> list[dict[str, Any]]:
        """One step per result in the picture; of the others, what arrived, and what they hand to other boxes."""
        told: list[dict[str, Any]] = []
        place = self.place(order)
        for key, group in groupby(steps, key=lambda step: place(step.node)):
            if key in self.places.graph.values:
                told += map(self._handing_on, group)
            else:
                told.append(self._handing_out(key, group))
        return told

    def _handing_out(self, key: str | None, steps: Iterable[Step]) -> dict[str, Any]:
        """Several results that have no boxes of their own; a gradient of one that is shown is not lost."""
        sums: dict[str, str] = {}
        along: set[int] = set()
        nodes: list[Value] = []
        arrived: dict[Value, Any] = {}
        for step in steps:
            nodes.append(step.node)
            if len(nodes) <= INSIDE:  # the others are not told; gradients may be large
                arrived[step.node] = step.gradient
            for part in step.contributions:
                at = self.places.receiver(part.input)
                if at is not None:
                    sums[at] = self.told(part.total)
                    self.gradients[part.input] = part.total
                edge = self.edge_into.get((self.places(part.input), self.places(step.node)))
                along |= set() if edge is None else {edge}
        group = self._group(key, nodes, lambda v: f": {self.told(arrived[v])}")
        return _without_empty({"is": "backward", **group, "sums": sums, "along": sorted(along)})

    def _group(self, key: str | None, nodes: list[Value], told: Callable[[Value], str]) -> dict[str, Any]:
        """How many values work, in which boxes, and the first few of them."""
        among = dict.fromkeys(place for v in nodes if (place := self.places(v)))
        group = {"skip": len(nodes), "at": key, "among": list(among) if key is None else None}
        if key is not None:
            inside = f"{self.places.name(key)}."  # need not be said of each of its parameters
            formulas = (self.names.formula(v).replace(inside, "") for v in nodes[:INSIDE])
            group["inside"] = [clip(formula, LONGEST) + told(v) for formula, v in zip(formulas, nodes)]
        return _without_empty(group)

    def _handing_on(self, step: Step) -> dict[str, Any]:
        node = step.node
        drawn = [part for part in step.contributions if (node, part.index) in self.edge_of]
        self.gradients.update((part.input, part.total) for part in drawn)
        told = {"is": "backward", "at": self.places(node), "g": self.told(step.gradient),
                "parts": [self._part(step, part, i < MOST) for i, part in enumerate(drawn)],
                "unseen": len(step.contributions) - len(drawn) or None,
                "kink": kink(node.op, [getattr(x, "_held", x) for x in node.inputs], node._held)}  # fmt: skip
        return _without_empty(told)

    def _part(self, step: Step, part: Contribution, closely: bool) -> dict[str, Any]:
        """One contribution: along which edge, by which rule, upstream × local, and the sum that it makes."""
        told = {"edge": self.edge_of[step.node, part.index],
                "rule": self.rules.setdefault(words(step.node.op, part.index), len(self.rules)),
                "add": self.told(part.amount), "sum": self.told(part.total)}  # fmt: skip
        if self.places.receiver(part.input) is None:  # one of several results of a folded box
            told["to"] = self.names(part.input)
        if closely:
            cells = row(Told(step.number, step.node, step.gradient, (part,), ()), part, self.names)
            local = cells.local if part.local is None else self.told(_same(part.local))
            told |= {"by": clip(cells.formula, LONGEST), "local": local, "why": cells.reason}
            told["by"] = "" if told["by"] == local else told["by"]
        return _without_empty(told)

    def box(self, node: Node) -> dict[str, Any]:
        """One box of the picture: what it is called, how it was computed, its numbers and what deserves a look."""
        v, names, places = self.places.graph.values.get(node.key), self.names, self.places
        told: dict[str, Any] = {"role": node.role}
        if node.key in places.boxes:
            v = places.result(node.key)
            told |= {"name": places.name(node.key), "holds": places.holds(node.key)}
        elif v is None:
            return _without_empty(told | {"value": minus(node.value), "kind": node.kind})
        else:
            told["name"] = names(v)
            if v.op is not None:
                told["formula"] = clip(names.formula(v), LONGEST)
                told["does"] = meaning(v.op) if v.op.name not in FORMS else ""  # what a sign means need not be said
            if node.name and clip(node.name, NAME) not in told["name"]:
                told["full"] = clip(node.name, NAME)
        return _without_empty(told | (self.numbers(v) if v is not None else {}))

    def numbers(self, v: Value) -> dict[str, Any]:
        """What a box shows of its value and gradient."""
        x, gradient = v._held, self.gradients.get(v)
        told = {"kind": kind(x), "value": self.told(x), "all": _all(x, entries(x)), "marks": list(marks(v))}
        if gradient is not None:
            told["slope"] = _all(gradient, entries(gradient))
            told["flaws"] = [mark for mark in marks(v, gradient) if mark not in told["marks"]]
        if (cells := heat(x)) is not None:
            told["heat"] = ["".join("x" if np.isnan(shade) else f"{shade + 4:.0f}" for shade in line)
                            for line in shades(cells)]  # fmt: skip
        return told


def _same(x: Any) -> Any:
    """The one number that all entries of an array are; else what it is."""
    if np.ndim(x) == 0 or np.size(x) == 0:
        return x
    first = np.ravel(x)[0].item()
    return first if np.all(x == first) else x


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
