"""A network as stages in a row: what each layer answers is what the next one is asked.

A stage is a part with parameters and the functions after it: a weighted sum together with its bend.

>>> import numpy as np
>>> from tinygrad_edu.nn import MLP, Linear, Sequential
>>> from tinygrad_edu.ops.trigonometry import tanh
>>> [stage.title for stage in stages(Sequential(Linear(2, 8), tanh, Linear(8, 1)))]
['Linear(2, 8) → tanh', 'Linear(8, 1)']
>>> [stage.title for stage in stages(MLP(2, [8, 1], hidden="tanh"))]
['Layer(2, 8) → tanh', 'Layer(8, 1)']
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..engine.value import Value
from ..errors import DataError
from ..nn.activations import NAMES
from ..nn.layer import Layer
from ..nn.mlp import MLP
from ..nn.module import Module
from ..nn.neuron import Neuron
from ..nn.sequential import Sequential

ROWS = (MLP, Sequential)  # what is nothing but a row of parts, as long as nobody gave it another forward


@dataclass(frozen=True)
class Stage:
    """One layer: what it is called, its parts in order, and what training changes in it."""

    title: str
    parts: tuple[Callable[[Any], Any], ...]
    parameters: tuple[Value, ...]

    def __call__(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x


def stages(model: Any) -> list[Stage]:
    """The stages of an MLP, a Sequential, a single layer, or a list of parts.

    raises   DataError for a module of another kind: how its parts are connected is written in its forward alone
    """
    groups: list[list[Any]] = []
    for part in parts_of(model):
        if not groups or (isinstance(part, Module) and part.parameters()):
            groups.append([])
        groups[-1].append(part)
    return [Stage(title_of(group), tuple(group), parameters_of(group)) for group in groups]


def parts_of(model: Any) -> list[Any]:
    """Layers and functions in the order in which they are applied."""
    if isinstance(model, (list, tuple)) and model and all(map(callable, model)):
        return [inner for part in model for inner in (parts_of(part) if is_row(part) else [part])]
    if is_row(model):
        return parts_of(model.layers if isinstance(model, MLP) else model.parts)
    if isinstance(model, (MLP, Sequential)) or not callable(model) or has_parts(model):
        name = type(model).__name__
        raise DataError(
            f"{name} is no row of layers.",
            "Only an MLP, a Sequential and a list say which layer feeds which; in other modules forward alone knows.",
            "Pass the parts in the order in which they are applied, for example [net.first, tg.tanh, net.second].",
        )
    return [model]


def is_row(model: Any) -> bool:
    """Whether it is nothing but a row of parts."""
    return any(isinstance(model, row) and type(model).forward is row.forward for row in ROWS)


def has_parts(model: Any) -> bool:
    """Whether it is a module with modules inside, other than a layer of neurons."""
    inside = isinstance(model, Module) and not isinstance(model, (Layer, Neuron))
    return inside and len(list(model.named_modules())) > 1


def parameters_of(parts: list[Any]) -> tuple[Value, ...]:
    """What training changes in these parts."""
    return tuple(p for part in parts if isinstance(part, Module) for p in part.parameters())


def title_of(parts: list[Any]) -> str:
    """'Linear(2, 8) → tanh'; a layer's own activation is named too, and 'linear' is not worth a word."""
    words = []
    for part in parts:
        words.append(getattr(part, "title", None) or (repr(part) if isinstance(part, Module) else name_of(part)))
        neurons = part.neurons if isinstance(part, Layer) else [part] if isinstance(part, Neuron) else []
        bends = dict.fromkeys(name_of(neuron.activation) for neuron in neurons)
        words += [word for word in [", ".join(bends)] if word not in ("", "linear")]
    return " → ".join(words)


def name_of(function: Any) -> str:
    """What a function is called."""
    known = NAMES.get(function) if callable(function) and getattr(function, "__hash__", None) else None
    return known or getattr(function, "name", None) or getattr(function, "__name__", None) or type(function).__name__
