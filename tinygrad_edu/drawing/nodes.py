"""What a picture shows, before it is a picture: nodes in words, and which node feeds which.

>>> from tinygrad_edu.engine.value import Value
>>> x = Value(3.0, name="x")
>>> for node in survey(x * x + 1.0).nodes:
...     print(node.role, node.title, node.value, node.inputs)
input x 3 ()
step × 9 ('n0', 'n0')
constant  1 ()
result + 10 ('n1', 'n2')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..engine.value import Value
from ..writing.wording import NOT_COMPUTED, clean, kind, numbers, operation, places
from .nearest import crowded, nearest

MOST = 12  # constants that are drawn, and inputs that are told apart, at one operation


@dataclass(frozen=True)
class Node:
    """One value of the computation, in words.

    key         'n0', 'n1', …: oldest first
    role        input, parameter, step, result, constant, or more (what was left out)
    name        what it is called, '' if nothing; untrusted text, but on one line
    operation   the sign of what made it, '' for an input or a constant
    kind        shape and precision of an array, '' for a number
    value       the number, or the range of an array
    gradient    the same for its gradient; 'not computed'; '' where there is none to compute
    inputs      keys of what it was made from, twice if it was used twice
    places      names of the inputs where their order matters ('a', 'b'), else ()
    """

    key: str
    role: str
    name: str = ""
    operation: str = ""
    kind: str = ""
    value: str = ""
    gradient: str = ""
    inputs: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name and operation: 'y = a − b'."""
        return " = ".join(part for part in (self.name, self.operation) if part)


@dataclass(frozen=True)
class Survey:
    """The nodes that are drawn, oldest first, the result last; how many values there are; a note on the rest."""

    nodes: list[Node]
    total: int
    note: str = ""
    crowded: bool = False

    @cached_property
    def by_key(self) -> dict[str, Node]:
        """The nodes, to be found by what `inputs` calls them."""
        return {node.key: node for node in self.nodes}

    @property
    def result(self) -> Node:
        """What was drawn."""
        return self.nodes[-1]


def survey(y: Value, names: Any = None, parameters: Any = None, max_nodes: int = 1000) -> Survey:
    """The nodes nearest to y, at most `max_nodes` of them, oldest first; a loop, however deep the graph is."""
    given = {v: name for v, name in [*named(parameters), *named(names)] if name}
    trained = {v for v, _ in named(parameters)}
    chosen, total = nearest(y, max_nodes)
    key_of: dict[Value, str] = {}
    nodes: list[Node] = []

    def add(**words: Any) -> str:
        nodes.append(Node(key=f"n{len(nodes)}", **words))
        return nodes[-1].key

    for v in chosen:
        inputs, constants, cut = [], 0, False
        for x in v.inputs:
            if isinstance(x, Value):
                cut = cut or x not in key_of
                inputs += [key_of[x]] if x in key_of else []
            else:
                constants += 1
                inputs += [add(role="constant", value=numbers(x), kind=kind(x))] if constants <= MOST else []
        if constants > MOST:
            inputs.append(add(role="more", value=f"… {constants - MOST:,} constants"))
        if cut:
            inputs.append(add(role="more", value="…"))
        name = given.get(v, v.name if v.name is not None else "")
        role = "step" if v.op else "parameter" if v in trained else "input"
        key_of[v] = add(
            role="result" if v is y else role,
            name=clean(name),
            operation=operation(v.op) if v.op else "",
            kind=kind(v._data),  # v.data would hand the array out, and have it watched for changes from then on
            value=numbers(v._data),
            gradient=NOT_COMPUTED if v.grad is None else numbers(v.grad),
            inputs=tuple(inputs),
            places=places(v.op, len(inputs)) if v.op and len(inputs) == len(v.inputs) <= MOST else (),
        )
    return Survey(nodes, total, _note(len(chosen), total), crowded(chosen))


def named(things: Any) -> Iterable[tuple[Value, str]]:
    """Values with what they are called: from a network, a dictionary (`locals()` too), or a list of Values.

    >>> [name for _, name in named({"x": [Value(1.0), Value(2.0)], "b": Value(0.0), "n": 3})]
    ['x[0]', 'x[1]', 'b']
    """
    if things is None:
        return []
    if hasattr(things, "named_parameters"):
        found = things.named_parameters()
        return [(v, name) for name, v in (found.items() if isinstance(found, Mapping) else found)]
    if isinstance(things, Value):
        return [(things, "")]
    if not isinstance(things, Mapping):
        return [(v, "") for v in things if isinstance(v, Value)]
    pairs: dict[Value, str] = {}
    for name, thing in things.items():
        if isinstance(thing, Value):
            pairs.setdefault(thing, str(name))
        elif isinstance(thing, (list, tuple)):
            for i, part in enumerate(thing):
                if isinstance(part, Value):
                    pairs.setdefault(part, f"{name}[{i}]")
    return list(pairs.items())


def _note(drawn: int, total: int) -> str:
    if drawn == total:
        return ""
    return f"Drawn: the {drawn:,} of {total:,} values that are nearest to the result; draw(y, max_nodes=…) draws more."
