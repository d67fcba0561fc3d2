"""What the transforms say when they are called in a way that has no answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine.value import Value
from ..errors import DataError, ShapeError, unknown_name
from ..ops.broadcasting import shape_of
from ..ops.numbers import constant
from .containers import flatten


def starts(g: Any, results: list[Any]) -> list[Any]:
    """The gradients a pull starts from, one per result, each in the shape of its result."""
    leaves = [x if type(x) is Value else constant(x) + 0.0 for x in flatten(g)[0]]  # + 0.0: a copy
    given, wanted = [shape_of(x) for x in leaves], [shape_of(y) for y in results]
    if given != wanted:
        raise ShapeError(
            f"pull(g): g has the shapes {given}, the function's result has {wanted}.",
            "Every number of the result starts with a number of its own.",
            "Write a g that looks like the result, for example np.ones_like(y).",
        )
    return leaves


def positions(argnums: int | tuple[int, ...], count: int) -> list[int]:
    """argnums as positions from 0, checked against the number of arguments."""
    chosen = list(argnums) if isinstance(argnums, tuple) else [argnums]
    for i in chosen:
        if not isinstance(i, int) or not -count <= i < count:
            raise DataError(
                f"argnums={argnums!r}, but the function was called with {count} positional arguments.",
                "argnums counts the arguments to differentiate by, from 0.",
                f"Write argnums={max(count - 1, 0)} for the last one, and pass it by position.",
            )
    return [i % count for i in chosen]


def check_one_number(y: Any) -> None:
    """Raise unless the function returned a single number."""
    if isinstance(y, (tuple, list, dict)) or y is None or shape_of(y) != ():
        what = f"shape {shape_of(y)}" if shape_of(y) else f"a {type(y).__name__}"
        raise ShapeError(
            f"grad needs a function that returns one number; this one returned {what}.",
            "A gradient is the slope of one number; several numbers have one gradient each: a Jacobian.",
            "Return y.sum() or y.mean(), or write tg.jacobian(f) for all the slopes.",
        )


def same_structure(xs: Any, directions: Any, called: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Both as tuples of arguments, checked to have the same shapes."""
    xs = xs if isinstance(xs, tuple) else (xs,)
    directions = directions if isinstance(directions, tuple) else (directions,)
    given, wanted = ([shape_of(constant_or_value(x)) for x in flatten(part)[0]] for part in (directions, xs))
    if given != wanted:
        raise ShapeError(
            f"{called}: the arguments have the shapes {wanted}, the directions {given}.",
            "Every number of an argument moves by its own number of the direction.",
            "Write one direction per argument, in the same shapes, both in tuples.",
        )
    return xs, directions


def constant_or_value(x: Any) -> Any:
    """x itself if it is a Value, else as a float or array."""
    return x if type(x) is Value else constant(x)


def check_names(formulas: Mapping[str, Any], names: list[str]) -> None:
    """Raise if a formula is given for something that is not an input."""
    for name in formulas:
        if name not in names:
            raise unknown_name("input", name, names)


def wrong_shape(name: str, shape: tuple[int, ...], wanted: tuple[int, ...]) -> ShapeError:
    """For a hand-derived gradient that cannot be one."""
    return ShapeError(
        f"The formula for {name!r} has shape {shape}, but {name!r} has shape {wanted}.",
        "A gradient has one slope per number of its input, so both have the same shape.",
        "Transpose it, or sum over the axis that does not belong to the input (the samples of a batch?).",
    )
