"""Walks through a module: what its attributes hold, and what those hold, however nested.

A holder is a module, a list, a tuple or a dict; names are the way there, "layers.0.weight". The class Module is an
argument of every walk, because it is defined on top of them.

>>> from tinygrad_edu.nn import MLP, Module
>>> net = MLP(2, [1])
>>> [(path, name) for path, name, _ in leaves_of(net, Module)]
[('layers.0.neurons.0.w.', 0), ('layers.0.neurons.0.w.', 1), ('layers.0.neurons.0.', 'b')]
>>> [path for path, _ in modules_of(net, Module)]
['', 'layers.0', 'layers.0.neurons.0']
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError

CONTAINERS = (list, tuple, dict)


def parts_of(holder: Any) -> Any:
    """What a Module, dict, list or tuple holds, as pairs of name and thing."""
    if isinstance(holder, CONTAINERS):
        return holder.items() if isinstance(holder, dict) else enumerate(holder)
    return holder.fields().items()


def leaves_of(module: Any, kind: Any) -> list[tuple[str, Any, Value]]:
    """The parameters inside a module, each once: the path to what holds it ("layers.0."), its name there, itself.

    The path is built once per container and not once per parameter: 337 scalars are found in a third of the time.
    """
    holders = (kind, *CONTAINERS)
    found: dict[int, tuple[str, Any, Value]] = {}
    seen = {id(module)}

    def search(holder: Any, path: str) -> None:
        buffers = holder._buffers if isinstance(holder, kind) else ()
        for name, part in parts_of(holder):
            if type(part) is Value:
                if part.op is None and name not in buffers:
                    found.setdefault(id(part), (path, name, part))
            elif isinstance(part, holders) and id(part) not in seen:
                seen.add(id(part))  # a part that points back to its owner is no endless walk
                search(part, f"{path}{name}.")

    search(module, "")
    return list(found.values())


def modules_of(module: Any, kind: Any) -> list[tuple[str, Any]]:
    """The module and every one inside it, each once, with its path; owners before their parts."""
    found, seen = [("", module)], {id(module)}

    def search(parts: Any, path: str) -> None:
        for name, part in parts:
            if isinstance(part, (kind, *CONTAINERS)) and id(part) not in seen:
                seen.add(id(part))
                if isinstance(part, kind):
                    found.append((f"{path}{name}", part))
                search(parts_of(part), f"{path}{name}.")

    search(parts_of(module), "")
    return found


def saved_of(module: Any, kind: Any) -> list[tuple[str, Value | np.ndarray]]:
    """Parameters and buffers that a state consists of; one that is used in two places has two names, as in PyTorch."""

    def search(holder: Any, path: str, above: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
        buffers, unsaved = (holder._buffers, holder._unsaved) if isinstance(holder, kind) else ((), ())
        for name, part in parts_of(holder):
            if type(part) is Value or (name in buffers and part is not None):
                if name not in unsaved and (name in buffers or part.op is None):
                    yield f"{path}{name}", part
            elif isinstance(part, (kind, *CONTAINERS)) and all(part is not x for x in above):
                yield from search(part, f"{path}{name}.", (*above, part))

    found = list(search(module, "", (module,)))
    if len(dict(found)) < len(found):
        names = [name for name, _ in found]
        raise DataError(
            f"{type(module).__name__}: two parameters are called {next(x for x in names if names.count(x) > 1)!r}.",
            "A state has one entry for each name, so one of the two would be lost.",
            "Give the keys of a dict other texts: 1 and '1' are the same in a name.",
        )
    return found


def with_parameters(module: Any, kind: Any, new: dict[int, Any]) -> Any:
    """The module with other things in the places of its parameters (id → thing): a copy that shares all the rest."""
    copies: dict[int, Any] = {}

    def copy(part: Any) -> Any:
        if type(part) is Value:
            return new.get(id(part), part)
        if not isinstance(part, (kind, *CONTAINERS)):
            return part
        if id(part) in copies:
            return copies[id(part)]
        if isinstance(part, kind):
            made: Any = object.__new__(type(part))
            copies[id(part)] = made
            vars(made).update((name, copy(x)) for name, x in vars(part).items())
        elif isinstance(part, tuple):
            parts = [copy(x) for x in part]
            made = copies[id(part)] = type(part)(*parts) if hasattr(part, "_fields") else tuple(parts)
        elif isinstance(part, dict):
            made = copies[id(part)] = type(part)()
            made.update((key, copy(x)) for key, x in part.items())
        else:
            made = copies[id(part)] = type(part)()
            made.extend(map(copy, part))
        return made

    return copy(module)
