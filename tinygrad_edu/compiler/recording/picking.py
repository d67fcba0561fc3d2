"""Operations only programs need: entries picked by numbers that are not known yet, arrays filled with one number."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.broadcasting import shape_of
from ...ops.domain import REAL
from ...ops.indexing import getitem, scatter
from ...ops.op import Op


def _with(pattern: Any, places: tuple[int, ...], indices: tuple[Any, ...]) -> Any:
    """The index with the arrays of whole numbers in their places."""
    index = list(pattern)
    for place, numbers in zip(places, indices):
        index[place] = np.asarray(numbers).astype(np.intp) if np.ndim(numbers) else int(numbers)
    return tuple(index)


def _gathered(*xs, pattern=(), places=()):  # type: ignore[no-untyped-def]
    """xs[0][index], the index put together from the pattern and the arrays xs[1:]."""
    return getitem.forward(xs[0], index=_with(pattern, places, xs[1:]))


def _scattered(*xs, shape=(), pattern=(), places=()):  # type: ignore[no-untyped-def]
    """Zeros of `shape` with xs[0] added where `gathered` picks."""
    return scatter.forward(xs[0], shape=shape, index=_with(pattern, places, xs[1:]))


def _filled(x, *, shape=(), dtype=np.float64):  # type: ignore[no-untyped-def]
    """An array that holds one number everywhere."""
    return np.full(shape, x, dtype)


def _stopped(x):  # type: ignore[no-untyped-def]
    """x, through which no gradient passes."""
    return x


def _op(forward: Any, name: str, rules: dict[str, Any], elementwise: bool = False) -> Op:
    forward.__name__ = name
    made = Op(forward, "{" + next(iter(rules)) + "}", REAL, elementwise)
    made.set_rules(rules, made.settings)
    return made


def _nothing(count: int) -> list[float]:
    return [0.0] * count


scattered: Op
gathered = _op(
    _gathered,
    "gathered",
    {
        "xs": lambda g, y, *xs, pattern, places: [
            scattered(g, *xs[1:], shape=shape_of(xs[0]), pattern=pattern, places=places),
            *_nothing(len(xs) - 1),
        ]
    },
)
scattered = _op(
    _scattered,
    "scattered",
    {
        "xs": lambda g, y, *xs, shape, pattern, places: [
            gathered(g, *xs[1:], pattern=pattern, places=places),
            *_nothing(len(xs) - 1),
        ]
    },
)
filled = _op(_filled, "filled", {"x": lambda g, y, x, shape, dtype: g.sum()})
stopped = _op(_stopped, "stopped", {"x": lambda g, y, x: 0.0})
