"""Parameters for functional training: nested lists, tuples and dicts of numbers and arrays.

>>> params = {"w": [1.0, 2.0], "b": 3.0}
>>> leaves(params)
[("['w'][0]", 1.0), ("['w'][1]", 2.0), ("['b']", 3.0)]
>>> rebuilt(params, [10, 20, 30])
{'w': [10, 20], 'b': 30}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import ShapeError
from ..ops.broadcasting import shape_of
from ..ops.numbers import constant


def leaves(tree: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every number or array of a container, with the index that leads to it."""
    if isinstance(tree, dict):
        return [leaf for key in tree for leaf in leaves(tree[key], f"{path}[{key!r}]")]
    if isinstance(tree, (tuple, list)):
        return [leaf for i, part in enumerate(tree) for leaf in leaves(part, f"{path}[{i}]")]
    return [] if tree is None else [(path, tree if hasattr(tree, "apply_op") else constant(tree))]


def rebuilt(tree: Any, new: Iterable[Any]) -> Any:
    """A container built like the tree, with new leaves."""
    new = iter(new)
    if isinstance(tree, dict):
        return {key: rebuilt(part, new) for key, part in tree.items()}
    if isinstance(tree, (tuple, list)):
        parts = [rebuilt(part, new) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return None if tree is None else next(new)


def leaves_like(tree: Any, model: list[tuple[str, Any]], what: str) -> list[Any]:
    """The leaves of a container that must be built like the parameters, in their order.

    raises   ShapeError naming the first leaf that is missing, too much, or of another shape
    """
    found = dict(leaves(tree))
    for path, p in model:
        if path not in found:
            raise ShapeError(
                f"The parameters have a leaf params{path}, the {what} have none there.",
                "Each parameter is changed by its own gradient, so both containers must be built alike.",
                f"Pass the {what} as tg.grad or tg.value_and_grad gave them for these parameters.",
            )
        if shape_of(found[path]) != shape_of(p):
            raise ShapeError(
                f"params{path} has shape {shape_of(p)}, its {what} have shape {shape_of(found[path])}.",
                "A gradient has one entry for each entry of its parameter, and so has what is remembered of it.",
                f"Pass the {what} as tg.grad or tg.value_and_grad gave them for these parameters.",
            )
    if len(found) > len(model):
        extra = next(path for path in found if path not in dict(model))
        raise ShapeError(
            f"The {what} have a leaf {what}{extra}, the parameters have none there.",
            "Each parameter is changed by its own gradient, so both containers must be built alike.",
            f"Pass the {what} as tg.grad or tg.value_and_grad gave them for these parameters.",
        )
    return [found[path] for path, _ in model]
