"""Where a function has a corner there is no derivative, only a convention: which one, told only to who is there.

>>> from tinygrad_edu.ops.activations import relu
>>> kink(relu, [0.0], 0.0)
'At 0 relu has a kink: the slope there is 0 by convention.'
>>> kink(relu, [0.5], 0.5)
''
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..ops.op import Op
from .rule_words import built_in
from .wording import number

Corner = tuple[Callable[..., Any], str]

CORNERS: dict[str, Corner] = {  # (data of the inputs, y, settings) → where the corner is; what is done there
    "relu":       (lambda x, y, s: x[0] == 0, "the slope there is 0 by convention"),
    "leaky_relu": (lambda x, y, s: x[0] == 0, "the slope there is negative_slope by convention"),
    "elu":        (lambda x, y, s: (x[0] == 0) & (s["alpha"] != 1), "the slope there is alpha by convention"),
    "absolute":   (lambda x, y, s: x[0] == 0, "the slope there is 0, halfway between −1 and 1"),
    "maximum":    (lambda x, y, s: x[0] == x[1], "equal numbers get half of the gradient each"),
    "minimum":    (lambda x, y, s: x[0] == x[1], "equal numbers get half of the gradient each"),
    "max":        (lambda x, y, s: _ties(x[0], y, s), "the entries that tie share the gradient equally"),
    "min":        (lambda x, y, s: _ties(x[0], y, s), "the entries that tie share the gradient equally"),
    "norm":       (lambda x, y, s: x[0] == 0 if s["ord"] == 1 else y == 0, "the slope there is 0 by convention"),
    "std":        (lambda x, y, s: y == 0, "the slope there is 0 by convention"),
    "hypot":      (lambda x, y, s: y == 0, "the slope there is 0 by convention"),
}  # fmt: skip
PLACES = {"maximum": "a tie", "minimum": "a tie", "max": "a tie", "min": "a tie"}


def kink(op: Op, data: list[Any], y: Any) -> str:
    """The convention that was used, in one sentence; '' when no entry is at a kink."""
    if op.name not in CORNERS or not built_in(op):
        return ""
    corner, convention = CORNERS[op.name]
    with np.errstate(all="ignore"):
        there = np.asarray(corner(data, y, op.settings))
    hits = int(there.sum())
    if not hits:
        return ""
    for name in ("negative_slope", "alpha"):
        convention = convention.replace(name, number(op.settings[name])) if name in op.settings else convention
    place = PLACES.get(op.name, "0")
    many = "" if there.ndim == 0 else f" ({hits:,} of {there.size:,} {'entry' if there.size == 1 else 'entries'})"
    return f"At {place} {op.name} has a kink{many}: {convention}."


def _ties(x: Any, y: Any, settings: dict[str, Any]) -> Any:
    """Along which vectors several entries are the extreme one."""
    axis = settings["axis"]
    if np.ndim(x) == 0:
        return False
    full = y if axis is None or settings["keepdims"] else np.expand_dims(y, axis)
    return (x == full).sum(axis=axis if axis is None or isinstance(axis, int) else tuple(axis)) > 1
