"""The error for a gradient that is not finite: the first operation, newest first, that got a finite one and made it so.

The pass is over when it is looked at: every value still holds the gradient that arrived (`_sum`), so each operation
can be asked once more what it handed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import NonFiniteError
from ..ops.op import Op
from ..protocols.contributions import fitted, once_more, without_effect
from ..protocols.places import place_of
from ..writing.wording import number
from .causes import SMALLER
from .numbers import Entry, at, first_entry, placed, plain
from .origins import input_names, operands, origin, where_made
from .rewrites import rewrite
from .slopes import slope


def first_gradient(
    visited: Sequence[Value], roots: Sequence[Value], starts: Sequence[Any], infinities: bool
) -> NonFiniteError | None:
    """The error for the first gradient that is not finite (or, without `infinities`, nan); None if there is none."""
    found = _not_finite if infinities else np.isnan
    for y, start in zip(roots, starts):
        if np.any(found(start)):
            return bad_start(y, first_entry(found(start)), start)
    for v in sorted(visited, key=attrgetter("order"), reverse=True):
        if v._sum is None:
            continue
        if np.any(found(v._sum)):
            return too_much(v, first_entry(found(v._sum)))
        if v.op is None or (type(v._sum) is float and v._sum == 0.0):  # which the sweep does not hand on either
            continue
        for k, c in enumerate(contributions(v)):
            if c is not None and np.any(found(c)):
                return lost(v, k, c, found(c))
    return None


def contributions(node: Value) -> list[Any]:
    """What the node handed on to each of its inputs; None for constants."""
    op, inputs, y, g = node.op, node.inputs, node._held, node._sum
    data = plain(inputs)
    with np.errstate(all="ignore"):
        pulled = op.pull(g, y, data, ()) if op.variadic else None
        handed_on: list[Any] = []
        for k, x in enumerate(inputs):
            if type(x) is not Value or x._sum is None:
                handed_on.append(None)
                continue
            c = handed(op, k, g, y, data) if pulled is None else pulled[k]
            handed_on.append(fitted(without_effect(c, g) if op.elementwise else c, x, op, k))
    return handed_on


def handed(op: Op, k: int, g: Any, y: Any, data: list[Any]) -> Any:
    """What the rule for input k returns."""
    try:
        return op.rules[k](g, y, *data)
    except (ArithmeticError, ValueError) as error:
        return once_more(error, op.rules[k], g, y, *data)


def lost(node: Value, k: int, c: Any, mask: Any) -> NonFiniteError:
    """For an operation that got a finite gradient and handed on one that is not."""
    op, inputs, y, g = node.op, node.inputs, node._held, node._sum
    names, data = input_names(op, len(inputs)), plain(inputs)
    entry = first_entry(mask)
    gradient = float(np.asarray(c)[entry])
    place = where_made(place_of(node))
    what = f"backward through {op.name}: the gradient of {names[k]} became {number(gradient)}{placed(entry)}"
    what += f", in {place}" if place else ""
    met = _met(op, k, g, y, data, entry)
    if met is None:
        lines = operands(op, inputs, [""] * len(inputs), {})
        why, write = "The products in its rule are more than a number can hold, or have no value.", SMALLER
    else:
        numbers, result, arriving, local = met
        lines = operands(op, inputs, [number(x) for x in numbers], {})
        lines += [
            f"    y = {number(result)}",
            f"    arriving gradient {number(arriving)} · local derivative {number(local)}",
        ]
        why, write = slope(op.name, k, numbers, local)
    better = rewrite((op.name, inputs), place_of(node))
    return NonFiniteError("\n  ".join([what, *lines]), why, better or write)


def _met(
    op: Op, k: int, g: Any, y: Any, data: list[Any], entry: Entry
) -> tuple[list[float], float, float, float] | None:
    """The operands, the result, what arrives and the local derivative at the place where the gradient was lost."""
    if not op.elementwise:
        return None
    shape = np.shape(y)
    arriving = np.broadcast_to(g, shape)
    with np.errstate(all="ignore"):
        slopes = np.broadcast_to(handed(op, k, np.ones(shape) if shape else 1.0, y, data), shape)
        products = np.broadcast_to(handed(op, k, g, y, data), shape)
    mask = _not_finite(products) & (arriving != 0)
    if np.shape(data[k]) == shape:
        place = entry
    elif mask.any():
        place = first_entry(mask)  # one of those that are summed for this entry
    else:
        return None
    return (
        [at(x, place, shape) for x in data],
        float(np.asarray(y)[place]),
        float(arriving[place]),
        float(slopes[place]),
    )


def too_much(v: Value, entry: Entry) -> NonFiniteError:
    """For finite contributions that add up to more than a number can hold."""
    found = float(np.asarray(v._sum)[entry])
    return NonFiniteError(
        f"backward: the gradients that reach one value add up to {number(found)}{placed(entry)}\n      {origin(v)}",
        "Each of them is finite, their sum is larger than the largest number.",
        SMALLER,
    )


def bad_start(y: Value, entry: Entry, start: Any) -> NonFiniteError:
    """For a backward pass that starts from nan or inf."""
    found = float(np.asarray(start)[entry])
    return NonFiniteError(
        f"backward: the gradient it starts from is {number(found)}{placed(entry)}\n      {origin(y)}",
        "Every gradient is a multiple of what the pass starts from.",
        "Look at what was given to backward(gradient) or pull(gradient).",
    )


def _not_finite(x: Any) -> Any:
    return ~np.isfinite(x)
