"""Where a formula is checked: at the given inputs, and at further places nearby or chosen.

>>> [point["x"] for point in places({"x": 2.0, "y": 1.0}, [{"x": 3.0}])]
[2.0, 3.0]
>>> len(places({"x": 2.0}, 0))
4
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import messages
from .quantities import canonical, labelled, mapped

RANDOM = 3  # further places when `at` is a seed


def places(inputs: Mapping[str, Any], at: Any) -> list[dict[str, Any]]:
    """The given inputs, then one dictionary per further place.

    at   None; a dictionary with other values for some inputs, or a list of them; a seed or a NumPy Generator for
         three random places: every number times something between ½ and 1½, zeros become something between ±½
    """
    start = {name: canonical(tree) for name, tree in inputs.items()}
    if at is None:
        return [start]
    if isinstance(at, np.random.Generator) or (isinstance(at, (int, np.integer)) and not isinstance(at, bool)):
        rng = np.random.default_rng(at)
        return [
            start,
            *({name: mapped(lambda x: _moved(rng, x), tree) for name, tree in start.items()} for _ in range(RANDOM)),
        ]
    further = [at] if isinstance(at, Mapping) else at
    if not isinstance(further, (list, tuple)):
        raise messages.wrong_point(at, "neither a dictionary, nor a list of them, nor a whole number")
    return [start, *(_replaced(start, point) for point in further)]


def _moved(rng: np.random.Generator, x: Any) -> Any:
    shape = np.shape(x)
    u = rng.uniform(-0.5, 0.5, shape)
    moved = np.where(np.asarray(x) == 0, u, x * (1 + u))
    return float(moved) if not shape else moved.astype(x.dtype)


def _replaced(start: dict[str, Any], point: Any) -> dict[str, Any]:
    if not isinstance(point, Mapping):
        raise messages.wrong_point(point, "not a dictionary")
    for name in point:
        if name not in start:
            raise messages.wrong_point(point, f"there is no input {name!r}, only {', '.join(start)}")
    new = {name: canonical(tree) for name, tree in point.items()}
    for name, tree in new.items():
        if _form(tree, name) != _form(start[name], name):
            raise messages.wrong_point(point, f"{name!r} has another shape than before")
    return {**start, **new}


def _form(tree: Any, name: str) -> dict[str, tuple[int, ...]]:
    return {label: np.shape(x) for label, x in labelled(tree, name).items()}
