"""Operations whose text depends on their settings or on the shapes: reductions, indices, everything with an axis.

>>> index_text((slice(1, None), None, ...)), index_text(np.array([0, 2]))
('1:, None, ...', None)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.op import Op
from .phrases import ATOM, CHOICE, PRODUCT, SIGN, Words


def method(text: str) -> Words:
    """What is asked of the array itself: x.sum(), x.T, x[0]."""
    return text, ATOM, (ATOM,)


def axes_text(op: Op) -> str:
    """The settings of a reduction, as they are written in a call; NumPy takes no lists there."""
    axis = op.settings["axis"]
    parts = [] if axis is None else [f"axis={tuple(axis) if type(axis) is list else axis!r}"]
    return ", ".join([*parts, *([f"ddof={op.settings['ddof']}"] if op.settings.get("ddof") else []),
                      *(["keepdims=True"] if op.settings["keepdims"] else [])])  # fmt: skip


def reduction(op: Op, line: Any) -> Words | None:
    """x.sum(axis=0)"""
    return method(f"{{x}}.{op.name}({axes_text(op)})")


def norm(op: Op, line: Any) -> Words | None:
    """np.linalg.norm(x, axis=0)"""
    order = op.settings["ord"]
    middle = "" if order is None else f"ord={order!r}" if order != np.inf else "ord=np.inf"
    return f"np.linalg.norm({', '.join(filter(None, ['{x}', middle, axes_text(op)]))})", ATOM, (CHOICE,)


def transposed(op: Op, line: Any) -> Words | None:
    """x.T"""
    return method("{x}.T" if op.settings["axes"] is None else f"{{x}}.transpose({op.settings['axes']})")


def reshaped(op: Op, line: Any) -> Words | None:
    """x.reshape((2, 3)); a single number has no such method."""
    order = "" if op.settings.get("order", "C") == "C" else f", order={op.settings['order']!r}"
    if not line.inputs[0].shape:
        return f"np.full({line.shape}, {{x}})", ATOM, (CHOICE,)
    return method(f"{{x}}.reshape({line.shape}{order})")


def summed_to(op: Op, line: Any) -> Words | None:
    """The sum over the axes along which an array of the wanted shape was repeated."""
    shape, x = op.settings["shape"], line.inputs[0].shape
    extra = len(x) - len(shape)
    stretched = tuple(extra + i for i, n in enumerate(shape) if n == 1 and x[extra + i] != 1)
    axes = (*range(extra), *stretched)
    axis = axes[0] if len(axes) == 1 else axes
    if not axes:
        return method(f"{{x}}.reshape({shape})")
    if not stretched or not extra:
        return method(f"{{x}}.sum(axis={axis!r}{', keepdims=True' if stretched else ''})")
    return method(f"{{x}}.sum(axis={axis!r}).reshape({shape})")


def indexed(op: Op, line: Any) -> Words | None:
    """x[0, 1:]"""
    text = index_text(op.settings["index"])
    if text is None:
        return None
    return method(f"{{x}}[{text}]") if line.inputs[0].shape else (f"np.array({{x}})[{text}]", ATOM, (CHOICE,))


def index_text(index: Any) -> str | None:
    """An index as it is written; None if there is an array in it."""
    parts = []
    for part in index if type(index) is tuple else (index,):
        if type(part) is slice:
            ends = ["" if n is None else f"{n}" for n in (part.start, part.stop, part.step)]
            parts.append(":".join(ends if ends[2] else ends[:2]))
        elif part is ...:
            parts.append("...")
        elif part is None or isinstance(part, (bool, np.bool_)):
            parts.append(repr(part if part is None else bool(part)))
        elif isinstance(part, (int, np.integer)):
            parts.append(repr(int(part)))
        else:
            return None
    return ", ".join(parts) + ("," if len(parts) == 1 and type(index) is tuple else "") if parts else "()"


def gated(op: Op, line: Any) -> Words | None:
    """x where the mask holds, else 0: a product, which is nine times faster than np.where."""
    x, condition = line.inputs
    if not getattr(condition, "is_mask", False):
        return None
    if type(condition) is not float and not condition.shape:
        return f"({{x}} if {{condition}} else np.zeros({x.shape}, np.{x.dtype.name}))", ATOM, (CHOICE, CHOICE)
    return "{x} * {condition}", PRODUCT, (PRODUCT, SIGN)


def carefully_gated(op: Op, line: Any) -> Words | None:
    """The same where x may be infinite: 0 · inf is nan."""
    plain = gated(op, line)
    if plain is None or plain[1] == ATOM:
        return plain
    return "np.where({condition}, {x}, 0.0)", ATOM, (CHOICE, CHOICE)


def filled(op: Op, line: Any) -> Words | None:
    """np.full((2, 3), x)"""
    return f"np.full({line.shape}, {{x}}{dtype_text(line)})", ATOM, (CHOICE,)


def dtype_text(line: Any) -> str:
    """The precision, where it is not NumPy's usual one."""
    return "" if line.dtype == np.float64 else f", np.{line.dtype.name}"


def cast(op: Op, line: Any) -> Words | None:
    """x.astype(np.float32)"""
    return method(f"{{x}}.astype(np.{line.dtype.name})")


def broadcast(op: Op, line: Any) -> Words | None:
    """np.broadcast_to(x, (2, 3))"""
    return f"np.broadcast_to({{x}}, {line.shape})", ATOM, (CHOICE,)


def scattered(op: Op, line: Any) -> Words | None:
    """Zeros with x in one part of them: a border of zeros around x, if that part is a slice."""
    index, shape = op.settings["index"], op.settings["shape"]
    parts = index if type(index) is tuple else (index,)
    if len(parts) > len(shape) or not all(type(part) is slice and part.step in (None, 1) for part in parts):
        return None
    ends = [part.indices(n)[:2] for part, n in zip(parts, shape)]
    widths = [(a, n - b) for (a, b), n in zip(ends, shape)] + [(0, 0)] * (len(shape) - len(parts))
    if line.inputs[0].shape != tuple(n - a - b for (a, b), n in zip(widths, shape)):
        return None
    return f"np.pad({{x}}, {widths[0] if len(widths) == 1 else widths})", ATOM, (CHOICE,)


SPECIAL: dict[str, Callable[[Op, Any], Words | None]] = {
    **dict.fromkeys(("sum", "mean", "max", "min", "prod", "var", "std"), reduction),
    "norm": norm,
    "transpose": transposed,
    **dict.fromkeys(("reshape", "expand_dims", "squeeze", "ravel"), reshaped),
    "sum_to": summed_to,
    "getitem": indexed,
    "scatter": scattered,
    "gate": gated,
    "filled": filled,
    "cast": cast,
    "number_of": cast,
    "broadcast_to": broadcast,
}
