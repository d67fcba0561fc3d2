"""A call over rows, taken apart: which arguments have a row per sample, which are the same for all.

>>> from tinygrad_edu.compiler.compiled import compile
>>> one = compile(lambda w, x: w * x)
>>> call = Call(one, (2.0, [3.0, 4.0]), {}, rows=(1,), state=False)
>>> call.roles, call.flat, call.n
(['shared', 'row'], [2.0, array([3., 4.])], 2)
>>> call.first, call.sample(1)
([2.0, 3.0], [2.0, 4.0])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...ops.numbers import constant
from ..recording.signature import is_number, mapped
from . import loop_messages as messages
from .llvm_loops import ROW, STATE

SHARED = "shared"


class Call:
    """One call.

    values       one per parameter of the function, with arrays in the place of lists of rows
    first        the same for the first sample
    flat, roles  every number and array among them, in order; 'row', 'state' or 'shared' for each
    n            how many rows there are
    """

    def __init__(self, one: Any, args: tuple[Any, ...], settings: dict[str, Any], rows: Sequence[int], state: bool):
        self.f = one.f
        if max(rows) >= len(args):
            raise messages.missing_argument(self.f, max(rows), len(args))
        places = {one.parameters.place(k, self.f): ROW for k in rows}
        if state:
            places[one.parameters.place(0, self.f)] = STATE
        self.places = places
        values = one.parameters.with_static(one.parameters.values(args, settings))
        self.values = self.in_places(as_plain, values)
        self.flat: list[Any] = []
        self.roles: list[str] = []
        self.in_places(self.note, self.values)
        lengths = [len(x) for x, role in zip(self.flat, self.roles) if role == ROW]
        if len(set(lengths)) > 1:
            raise messages.unequal_rows(self.f, lengths)
        self.n = lengths[0] if lengths else 0
        self.first = self.sample(0)

    def in_places(self, change: Callable[[str, Any], Any], values: Sequence[Any]) -> list[Any]:
        """Every value with its role, changed."""
        changed: list[Any] = []
        for k, x in enumerate(values):
            parts = {part: role for (place, part), role in self.places.items() if place == k}
            if isinstance(x, tuple) and parts and None not in parts:  # some of *xs
                changed.append(tuple(change(parts.get(j, SHARED), y) for j, y in enumerate(x)))
            else:
                changed.append(change(parts.get(None, SHARED), x))
        return changed

    def note(self, role: str, x: Any) -> None:
        """Write down every number and array in x."""

        def noted(leaf: Any) -> None:
            if not is_number(leaf):
                return
            if role == ROW and np.ndim(leaf) == 0:
                raise messages.no_rows(self.f, leaf)
            self.flat.append(leaf)
            self.roles.append(role)

        mapped(noted, x)

    def sample(self, k: int) -> list[Any]:
        """The values for sample k."""
        row = one_row if self.n else empty_row
        return self.in_places(lambda role, x: mapped(lambda y: row(y, k), x) if role == ROW else x, self.values)


def as_plain(role: str, x: Any) -> Any:
    """Numbers as floats, lists of rows as arrays; arrays and settings stay as they are."""
    if role == ROW and isinstance(x, list) and not any(isinstance(part, np.ndarray) for part in x):
        x = constant(x)
    return mapped(number, x)


def number(x: Any) -> Any:
    """A number as a float; Values are refused, since no gradient can flow back through the loop."""
    if hasattr(x, "apply_op"):
        raise messages.no_values(x)
    return x if not is_number(x) or (isinstance(x, np.ndarray) and x.ndim) else constant(x)


def one_row(x: Any, k: int) -> Any:
    """The sample in row k."""
    if not is_number(x):
        return x
    return float(x[k]) if x.ndim == 1 else x[k]


def empty_row(x: Any, k: int) -> Any:
    """What a row looks like where there is none."""
    return x if not is_number(x) else np.zeros(x.shape[1:], x.dtype) if x.ndim > 1 else 0.0
