"""The error for a result that is not finite: the operation, the entry, its operands, why, and what to write.

An operation is to blame when it made nan, or when it made inf although its operands were finite. A nan that was
already among them is a nan of their origin: of the data, or of what computed them.
"""

from __future__ import annotations

from types import FrameType
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import NonFiniteError
from ..ops.op import Op
from ..protocols.places import place_of
from ..writing.wording import number
from .causes import cause
from .numbers import Entry, at, first_entry, placed, plain
from .origins import input_names, operands, origin, variables_at, where_made
from .rewrites import rewrite


def result_error(
    node: Value, op: Op, inputs: tuple[Any, ...], infinities: bool, frame: FrameType | None
) -> NonFiniteError | None:
    """The error for the result `node` of op(*inputs), which holds nan or inf; None if an inf was only passed on."""
    y, data = node._held, plain(inputs)
    shape = np.shape(y)
    blamed = np.isnan(y)
    if infinities and not np.any(blamed):
        if op.elementwise:
            finite = np.broadcast_to(np.logical_and.reduce([*np.broadcast_arrays(*map(np.isfinite, data))]), shape)
        else:
            finite = np.full(shape, all(np.all(np.isfinite(x)) for x in data))
        blamed = np.isinf(y) & finite
    if not np.any(blamed):
        return None
    entry = first_entry(blamed)
    found = float(np.asarray(y)[entry])
    variables = variables_at(frame)
    if np.isnan(found):
        for k, x in enumerate(inputs):
            where = already_nan(data[k], op, entry, shape)
            if where is not None:
                return came_in(node, op, input_names(op, len(inputs))[k], x, where, variables)
    numbers = [at(x, entry, shape) for x in data] if op.elementwise else data
    shown = [number(x) for x in numbers] if op.elementwise else [reach(x) for x in numbers]
    place = where_made(place_of(node))
    count = int(np.sum(blamed))
    more = f" (the first of {count})" if count > 1 else ""
    what = f"{op.name} gave {number(found)}{placed(entry)}{more}" + (f", in {place}" if place else "")
    why, write = cause(op.name, numbers, found, getattr(y, "dtype", np.float64))
    return NonFiniteError(
        "\n  ".join([what, *operands(op, inputs, shown, variables)]),
        why,
        rewrite((op.name, inputs), place_of(node)) or write,
    )


def already_nan(x: Any, op: Op, entry: Entry, shape: tuple[int, ...]) -> Entry | None:
    """The entry at which the operand itself is nan, where that explains the result; None if it is not."""
    mask = np.isnan(x)
    if op.elementwise:  # only the entry that met this one
        numbered = np.arange(np.size(x)).reshape(np.shape(x))
        mask = mask & (numbered == at(numbered, entry, shape))
    return first_entry(mask) if np.any(mask) else None


def came_in(node: Value, op: Op, name: str, x: Any, entry: Entry, variables: dict[int, str]) -> NonFiniteError:
    """For nan that an operation was given."""
    count, size = int(np.sum(np.isnan(getattr(x, "_held", x)))), int(np.size(getattr(x, "_held", x)))
    many = f", {count} of its {size} numbers" if size > 1 else ""
    place = where_made(place_of(node))
    result = type(x) is Value and x.op is not None
    return NonFiniteError(
        f"{op.name} was given nan: its operand {name} is nan{placed(entry)}{many}"
        + (f", in {place}" if place else "")
        + f"\n      {name}   {origin(x, variables)}",
        "It was computed before anybody watched."
        if result
        else "No operation made it: it came in with the data, or was written there by an update.",
        "Put everything that computes it inside `with tg.debug():`."
        if result
        else "Look at np.isnan(...).any() of what you put in, and at the last step that changed it.",
    )


def reach(x: Any) -> str:
    """What an operand that is used as a whole holds: the number, or from where to where an array reaches."""
    if np.ndim(x) == 0:
        return number(x)
    if not np.size(x):
        return "empty"
    low, high = number(np.min(x)), number(np.max(x))
    return low if low == high else f"{low} … {high}"
