"""How a message says what an operand is and where it was made.

>>> from tinygrad_edu import Value
>>> origin(Value(2.0, name="w")), origin(3.0)
("'w', a leaf", 'a constant')
"""

from __future__ import annotations

from types import FrameType
from typing import Any

from ..engine.value import Value
from ..errors import TinygradError
from ..ops.op import Op
from ..protocols.places import Place, here, place_of, users
from ..writing.wording import clip, kind, pad, width

LONGEST = 60  # columns of a line of the user's program


def input_names(op: Op, count: int) -> list[str]:
    """What each operand is called in the operation's own words; numbered where it takes any number of them."""
    return [f"{op.inputs[0]}[{i}]" for i in range(count)] if op.variadic else list(op.inputs[:count])


def where_made(place: Place | None) -> str:
    """'train.py:12: log(p)', or '' where nobody knows."""
    if place is None:
        return ""
    return f"{place}: {clip(place.code, LONGEST)}" if place.code else str(place)


def origin(x: Any, variables: dict[int, str] | None = None) -> str:
    """An operand's name, its shape, what computed it and where."""
    if type(x) is not Value:
        return f"a constant{', shape ' + kind(x) if kind(x) else ''}"
    if x.op is not None and x.op.name == "identity":  # the argument of a derivative inside another one
        return origin(x.inputs[0] if x.name is None else Value(x._held, x.name), variables)
    name = repr(x.name) if x.name is not None else (variables or {}).get(id(x), "")
    shape = f"shape {kind(x._held)}" if kind(x._held) else ""
    place = where_made(place_of(x))
    if x.op is None and not place:
        return ", ".join(filter(None, [name, "a leaf", shape]))
    made = f"made in {place}" if place else "made before"
    return ", ".join(filter(None, [name, x.op.name if x.op is not None else "", shape, made]))


def variables_at(frame: FrameType | None) -> dict[int, str]:
    """What the user's program calls its values, where it stands now: id -> name of the variable."""
    while frame is not None and not users(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return {}
    found = {**frame.f_globals, **frame.f_locals}
    return {id(x): name for name, x in found.items() if type(x) is Value and not name.startswith("_")}


def operands(op: Op, inputs: Any, shown: list[str], variables: dict[int, str]) -> list[str]:
    """One aligned line per operand: what it is called here, its number, and its origin."""
    names = input_names(op, len(inputs))
    heads = [f"{name} = {text}" if text else name for name, text in zip(names, shown)]
    columns = max(map(width, heads), default=0)
    lines = [f"    {pad(head, columns)}   {origin(x, variables)}" for head, x in zip(heads, inputs)]
    return lines if len(lines) <= 6 else [*lines[:5], f"    … and {len(lines) - 5} more"]


def with_origins(error: TinygradError, op: Op, inputs: Any, frame: FrameType | None) -> TinygradError:
    """The error about an operation, with the place of the operation and the origin of each operand."""
    place = where_made(here(frame))
    lines = [f"    in {place}"] if place else []
    error.what = "\n  ".join([error.what, *lines, *operands(op, inputs, [""] * len(inputs), variables_at(frame))])
    error.args = (error.what, error.why, error.write)
    return error
