"""Which part of a network a step belongs to, from the names of the parameters it uses.

>>> w, b = Value(2.0), Value(1.0)
>>> h = Value(3.0) * w + b
>>> y = h.tanh()
>>> part_of_each([h, y], {w: "layers.0.w", b: "layers.0.b"})[y]
'layers.0'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..engine.value import Value
from ..errors import DataError


def given_names(things: Any) -> dict[Value, str]:
    """Names for Values: from a network, a dictionary of Values (`locals()` too), or nothing.

    >>> list(given_names({"w": [Value(1.0), Value(2.0)], "n": 3}).values())
    ['w[0]', 'w[1]']
    """
    if things is None:
        return {}
    if hasattr(things, "named_parameters"):
        return {v: str(name) for name, v in things.named_parameters()}
    if not isinstance(things, Mapping):
        raise DataError(
            f"explain: names is a {type(things).__name__}.",
            "Names come from a network, which knows the paths to its parameters, or from a dictionary.",
            'Write names=net, names=locals(), or names={"w": w}.',
        )
    return names_in(things)


def names_in(things: Mapping[Any, Any]) -> dict[Value, str]:
    """The Values of a dictionary, and those in its lists, each with the first name that leads to it.

    >>> list(names_in({"x": [Value(1.0), Value(2.0)], "b": Value(0.0), "n": 3}).values())
    ['x[0]', 'x[1]', 'b']
    """
    found: dict[Value, str] = {}
    for name, thing in things.items():
        if isinstance(thing, Value):
            found.setdefault(thing, str(name))
        elif isinstance(thing, (list, tuple)):
            for i, each in enumerate(thing):
                if isinstance(each, Value):
                    found.setdefault(each, f"{name}[{i}]")
    return found


def part_of_each(nodes: Iterable[Value], given: Mapping[Value, str]) -> dict[Value, str]:
    """The layer of each result (they come oldest first): that of its parameter, or of its newest input; '' if none."""
    found: dict[Value, str] = {}
    for node in nodes:
        inputs = [x for x in node.inputs if type(x) is Value]
        named = [layer(given[x]) for x in inputs if x in given]
        newest = max((x for x in inputs if found.get(x)), key=lambda x: x.order, default=None)
        found[node] = named[0] if named else found[newest] if newest is not None else ""
    return found


def layer(path: str) -> str:
    """The part of a network that a parameter's path starts with: 'layers.0' of 'layers.0.neurons.3.w.1'."""
    first, *rest = path.split(".")
    return f"{first}.{rest[0]}" if len(rest) > 1 and rest[0].isdigit() else first if rest else ""
