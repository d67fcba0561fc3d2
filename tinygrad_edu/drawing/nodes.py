"""What a picture shows, before it is a picture: boxes in words, and which one feeds which.

A `Survey` is all that dot.py, svg.py, tree.py, mermaid.py and page.py read; survey.py makes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ..engine.value import Value


@dataclass(frozen=True)
class Node:
    """One box of the picture, in words.

    key         'n0', 'n1', …: oldest first
    role        input, parameter, step, result, constant, module (a folded one), or more (what was left out)
    name        what it is called, '' if nothing; untrusted text, but on one line
    operation   the sign of what made it, '' for an input or a constant
    kind        shape and precision of an array, '' for a number
    value       the number, or the range of an array
    gradient    the same for its gradient; 'not computed'; '' where there is none to compute
    formula     how the operation is written with the letters of its inputs, 'y = a · b'
    marks       what deserves a look: 'dead: passes no gradient'
    heat        the cells of an array's heat map, None for a number
    inputs      keys of what it was made from, twice if it was used twice
    places      names of the inputs where their order matters ('a', 'b'), else ()
    module      the modules around it, outermost first
    faded       whether it is off the path that was asked for
    """

    key: str
    role: str
    name: str = ""
    operation: str = ""
    kind: str = ""
    value: str = ""
    gradient: str = ""
    formula: str = ""
    marks: tuple[str, ...] = ()
    heat: Any = field(default=None, compare=False)
    inputs: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    module: tuple[str, ...] = ()
    faded: bool = False

    @property
    def title(self) -> str:
        """Name and operation: 'y = a − b'; of a folded module its name alone."""
        return self.name if self.role == "module" else " = ".join(part for part in (self.name, self.operation) if part)

    @property
    def short(self) -> str:
        """The name as it is read inside the box of its module: 'w.0' for 'layers.0.neurons.1.w.0'."""
        return self.name.removeprefix(".".join(self.module) + ".") if self.module else self.name


@dataclass(frozen=True)
class Edge:
    """One use of a value: an arrow from what is used to the result that uses it.

    source, target   keys of the nodes
    index            which input of the target it is
    label            what is written at it; several lines, '' for nothing
    sign             'positive', 'negative', 'mixed' or 'zero', by what it hands on; '' where that is not known
    width            0 … 1: how much it hands on, beside the edge that hands on most
    faded            whether it is off the path that was asked for
    """

    source: str
    target: str
    index: int
    label: str = ""
    sign: str = ""
    width: float = 0.0
    faded: bool = False


@dataclass(frozen=True)
class Survey:
    """Everything a picture shows.

    nodes     oldest first, the result last
    edges     in the order of their targets, and of the inputs there
    values    the Value of a node, by key; folded modules, constants and what was left out have none
    inside    the key of the box that a value is folded into
    modules   what the boxes around nodes are called, by path
    total     how many values there are
    note      a remark on what is not there, '' if everything is
    show      what is written at nodes and edges
    crowded   whether the layout has to be a quick one
    """

    nodes: list[Node]
    total: int
    note: str = ""
    crowded: bool = False
    edges: tuple[Edge, ...] = ()
    values: dict[str, Value] = field(default_factory=dict)
    modules: dict[tuple[str, ...], str] = field(default_factory=dict)
    show: str = "values"
    inside: dict[Value, str] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> dict[str, Node]:
        """The nodes, to be found by what `inputs` calls them."""
        return {node.key: node for node in self.nodes}

    @property
    def result(self) -> Node:
        """What was drawn."""
        return self.nodes[-1]

    def noted(self, note: str) -> Survey:
        """The same with a remark before the others."""
        return replace(self, note=" ".join(filter(None, (note, self.note)))) if note else self
