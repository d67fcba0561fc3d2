"""Which stretches of a graph are an activation: from the weighted sum z to the output h, and how steep is it there?

>>> z = Value(np.array([0.0, 1.0]), name="z")
>>> h = 1 / (1 + np.exp(-z))
>>> [found] = [s for s in stretches([h, z]) if s.symbol]
>>> found.text, found.slope.round(3)
('σ′(z)', array([0.25 , 0.197]))

A sigmoid may be one primitive or written out in five; it is recognised by its numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.value import Value
from .closeness import same
from .trail import sent

LONGEST = 12  # primitives in a row that are tried as one activation


@dataclass(frozen=True)
class Stretch:
    """Elementwise operations from z to h, each with a single Value as input.

    slope    dh/dz, in the shape of z
    symbol   'σ', 'tanh', 'relu' if it is one of them, '' if not
    """

    z: Value
    h: Value
    slope: Any
    symbol: str

    @property
    def text(self) -> str:
        """What a report calls the slope: σ′(h) if h has a name, else after z, or after the operation."""
        place = self.h.name or self.z.name
        return f"{self.symbol or self.h.op.name}′" + (f"({place})" if place else "")


def stretches(nodes: Iterable[Value]) -> Iterator[Stretch]:
    """The activations that end in these nodes, and every other step that multiplies by a slope of its own."""
    for h in nodes:
        z, slope = h, np.ones(h.shape)
        for length in range(1, LONGEST + 1):
            below = _single_input(z)
            if below is None:
                break
            k, x = below
            slope = slope * np.asarray(sent(z, k, np.ones(z.shape) if z.shape else 1.0), np.float64)
            z = x
            symbol = _symbol(z._held, h._held, slope)
            if symbol or length == 1:
                yield Stretch(z, h, slope, symbol)
            if z.name is not None and symbol == "" and h.name is not None:
                yield Stretch(z, h, slope, "")
                break


def _single_input(node: Value) -> tuple[int, Value] | None:
    """The position and the Value a node was computed from, if it was one, and entry by entry."""
    if node.op is None or not node.op.elementwise:
        return None
    values = [(k, x) for k, x in enumerate(node.inputs) if type(x) is Value]
    return values[0] if len(values) == 1 and values[0][1].shape == node.shape else None


def _symbol(z: Any, h: Any, slope: Any) -> str:
    """Which well-known activation takes z to h, if any."""
    z, h = np.asarray(z, np.float64), np.asarray(h, np.float64)
    with np.errstate(all="ignore"):
        known = {
            "σ": (1 / (1 + np.exp(-z)), h * (1 - h)),
            "tanh": (np.tanh(z), 1 - h * h),
            "relu": (np.maximum(z, 0), (z > 0).astype(float)),
            "softplus": (np.logaddexp(0, z), 1 / (1 + np.exp(-z))),
        }
        for symbol, (values, derivative) in known.items():
            if same(h, values, 1e-6) and same(slope, derivative, 1e-5):
                return symbol
    return ""
