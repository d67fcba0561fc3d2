"""What the values of a graph are called: by a network, by a dictionary such as locals(), or by a list.

>>> [name for _, name in named({"x": [Value(1.0), Value(2.0)], "b": Value(0.0), "n": 3})]
['x[0]', 'x[1]', 'b']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..engine.value import Value
from ..writing.parts import names_in


def named(things: Any) -> Iterable[tuple[Value, str]]:
    """Values with what they are called: from a network, a dictionary (`locals()` too), or a list of Values."""
    if things is None:
        return []
    if hasattr(things, "named_parameters"):
        found = things.named_parameters()
        return [(v, name) for name, v in (found.items() if isinstance(found, Mapping) else found)]
    if isinstance(things, Value):
        return [(things, "")]
    if not isinstance(things, Mapping):
        return [(v, "") for v in things if isinstance(v, Value)]
    return list(names_in(things).items())


def trained(parameters: Any) -> list[tuple[Value, str]]:
    """The same for what training changes, where a dictionary or a list may also hold networks: 'hidden.weight'."""
    found = list(named(parameters))
    if not isinstance(parameters, (Mapping, list, tuple)) or hasattr(parameters, "named_parameters"):
        return found
    for name, part in parameters.items() if isinstance(parameters, Mapping) else enumerate(parameters):
        if hasattr(part, "named_parameters") and not isinstance(part, type):
            found += [(v, f"{name}.{path}") for v, path in named(part)]
    return found


def module_path(name: str) -> tuple[str, ...]:
    """The modules that lead to a parameter, outermost first; a number belongs to the list before it.

    >>> module_path("layers.0.neurons.2.w.1"), module_path("0.weight"), module_path("b")
    (('layers.0', 'neurons.2'), ('0',), ())
    """
    steps: list[str] = []
    for part in name.split("."):
        if part.isdigit() and steps:
            steps[-1] += f".{part}"
        else:
            steps.append(part)
    return tuple(steps[:-1])


def module_kind(model: Any, path: tuple[str, ...]) -> str:
    """The class of the module that a path leads to, '' where attributes do not lead there; 'network' of several.

    >>> from types import SimpleNamespace
    >>> module_kind(SimpleNamespace(layers=[Value(1.0)]), ("layers.0",))
    'Value'
    """
    for step in ".".join(path).split(".") if path else ():
        try:
            item = int(step) if step.isdigit() else step
            model = model[item] if step.isdigit() or isinstance(model, Mapping) else getattr(model, step)
        except Exception:  # noqa: PERF203 - whatever an attribute of a stranger's class does when it is asked
            return ""
    return "network" if isinstance(model, (Mapping, list, tuple)) and not path else type(model).__name__
