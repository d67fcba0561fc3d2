"""Parameters as they are grouped in filters, and a way to try other numbers in them for a moment.

A filter is all that feeds one neuron: a row of a weight matrix, or the list of weights of a neuron of scalars.

>>> p = Value(1.0)
>>> with holding([p], [5.0]):
...     p.data
5.0
>>> p.data
1.0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from ..nn.module import Module, leaves
from ..protocols.changes import clock


@contextmanager
def holding(parameters: Sequence[Value], data: Sequence[Any]) -> Iterator[None]:
    """Inside it the parameters hold this data; afterwards they are what they were, as if nothing had happened.

    What was computed before may still run backwards: the clock of the parameters is set back too.
    """
    before = [(p._held, p.seen, p.order) for p in parameters]
    try:
        for p, x in zip(parameters, data):
            p._held, p.seen, p.order = x, None, next(clock)
        yield
    finally:
        for p, (x, seen, order) in zip(parameters, before):
            p._held, p.seen, p.order = x, seen, order


def parameters_of(model: Any) -> list[Value]:
    """The parameters of a model, or the Values of a list.

    raises   DataError for anything else
    """
    found = model.parameters() if isinstance(model, Module) else list(model) if isinstance(model, (list, tuple)) else []
    if not found or not all(type(p) is Value and p.op is None for p in found):
        raise DataError(
            f"{type(model).__name__} has no parameters to move.",
            "A loss surface shows what the loss would be with other parameters.",
            "Pass the network, or a list of Values that nobody computed.",
        )
    return found


def filters(model: Any) -> list[list[tuple[int, Any]]]:
    """For each filter the places of its numbers: (index of the parameter, row or ...). Biases belong to none.

    >>> from tinygrad_edu.nn import Linear, MLP
    >>> filters(Linear(3, 2))
    [[(0, 0)], [(0, 1)]]
    >>> filters(MLP(2, [1, 1]))
    [[(0, Ellipsis), (1, Ellipsis)], [(3, Ellipsis)]]
    """
    groups: dict[Any, list[tuple[int, Any]]] = {}
    named = leaves(model) if isinstance(model, Module) else [("", str(k), p) for k, p in enumerate(model)]
    for k, (path, name, p) in enumerate(named):
        if p.ndim >= 2:
            groups |= {(k, row): [(k, row)] for row in range(len(p._held))}
        elif p.ndim == 0 and str(name).isdigit():  # one of a list of scalars
            groups.setdefault(path, []).append((k, ...))
    return list(groups.values())


def array_of(p: Value) -> np.ndarray:
    """Its numbers as an array, also of a single one."""
    return np.asarray(p._held, dtype=float)
