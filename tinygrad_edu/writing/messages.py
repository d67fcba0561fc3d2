"""What an explanation says when there is nothing to explain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..calculus.steps import newest_first
from ..engine.value import Value
from ..errors import DataError, ShapeError
from ..protocols.messages import called

LEAST_LINES = 16


def check_result(y: Any) -> None:
    """Raise unless y is one number that remembers how it was computed."""
    if type(y) is not Value:
        raise DataError(
            f"explain needs a Value as its first argument, not {_article(y)}.",
            "Only a Value remembers how it was computed, and that is what there is to explain.",
            "Call it first: tg.explain(f(x), x)." if callable(y) else "Write x = tg.Value(...), then compute y from x.",
        )
    if y.shape:
        raise ShapeError(
            f"explain needs one number to differentiate; this result has shape {y.shape}.",
            "A gradient is the slope of one number; several numbers have one each.",
            "Write tg.explain(y.sum(), x), or choose an entry: tg.explain(y[...], x).",
        )
    if y.op is None:
        raise DataError(
            f"There is nothing to explain: {called(y)} was not computed from anything.",
            "It was given as a number, or computed inside no_grad(), or detached: then nothing is remembered.",
            "Explain a result that was computed from it, outside no_grad().",
        )


def several(xs: Any) -> list[Value]:
    """The Values in a list, if it is one."""
    values = list(xs) if isinstance(xs, Iterable) and not isinstance(xs, (str, bytes)) else [xs]
    wrong = [v for v in values if type(v) is not Value]
    if wrong or not values:
        raise DataError(
            f"explain(y, x): x is {_article(wrong[0]) if wrong else 'empty'}.",
            "The explanation leads from y back to Values; a plain number has no place in the record.",
            "Pass the Value that y was computed from, a list of such Values, or nothing for all that have a name.",
        )
    return values


def check_reached(y: Value, xs: list[Value]) -> None:
    """Raise if y was not computed from one of xs."""
    found = {v for node in newest_first(y) for v in node.inputs if type(v) is Value} | {y}
    for x in xs:
        if x not in found:
            twin = x.name is not None and any(v.name == x.name for v in found)
            raise DataError(
                f"y was not computed from {called(x)}, so there is no path to explain.",
                f"Another value with the name {x.name!r} is in the record: this one is newer, or a copy."
                if twin
                else "What does not influence y has the derivative 0.",
                "Compute y again from this very Value, or pass one that y was computed from.",
            )


def check_limits(depth: Any, max_lines: Any) -> None:
    """Raise unless both are numbers that leave room for an answer."""
    for name, limit, least in (("depth", depth, 1), ("max_lines", max_lines, LEAST_LINES)):
        if limit is None and name == "depth":
            continue
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < least:
            raise DataError(
                f"explain: {name} is {limit!r}.",
                f"It is a whole number, at least {least}.",
                f"Write {least}, or leave it away.",
            )


def _article(x: Any) -> str:
    if x is None:
        return "None"
    name = type(x).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
