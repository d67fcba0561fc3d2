"""What the transforms say when they are called in a way that has no answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError, ShapeError
from ..ops.broadcasting import fit, shape_of
from ..ops.numbers import constant
from .containers import flatten, flatten_like


def starts(g: Any, y: Any) -> list[Any]:
    """The gradients a pull starts from: g, built like the result y, each leaf in the shape of its result."""
    if type(g) is np.ndarray and type(y) is np.ndarray and g.shape == y.shape and g.dtype == y.dtype:
        return [g + 0.0]
    if type(g) is float and type(y) is float:
        return [g]
    return _alike(g, y, "pull(g): g", "the function's result", "Write a g that looks like the result y.")


def directions(xs: Any, dxs: Any, called: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Both as tuples of arguments, checked to be built alike; the leaves of dxs become floats and arrays."""
    xs = xs if isinstance(xs, tuple) else (xs,)
    dxs = dxs if isinstance(dxs, tuple) else (dxs,)
    write = "Write one direction per argument."
    leaves = _alike(dxs, xs, f"{called}: the direction", "the arguments", write)
    return xs, flatten(xs)[1](leaves)


def _alike(tree: Any, model: Any, what: str, other: str, write: str) -> list[Any]:
    """The leaves of the tree, in the order, shapes and precision of the model's; a ShapeError if it cannot be."""
    wanted = flatten(model)[0]
    try:
        leaves = [x if hasattr(x, "apply_op") else constant(x) for x in flatten_like(tree, model)]
    except TypeError as error:
        if isinstance(error, DataError):
            raise
        raise ShapeError(
            f"{what} is built differently from {other}.",
            "Every number starts with a number of its own, so both need the same nesting, lengths and keys.",
            write,
        ) from None
    shapes, needed = [shape_of(x) for x in leaves], [shape_of(x) for x in wanted]
    if shapes != needed:
        raise ShapeError(
            f"{what} has the shapes {shapes}, {other} {needed}.",
            "Every number starts with a number of its own, so both need the same shapes.",
            write,
        )
    return [x if hasattr(x, "apply_op") else fit(x, numbers_of(like)) + 0.0 for x, like in zip(leaves, wanted)]


def numbers_of(x: Any) -> Any:
    """The plain number or array, also of a Value; zeros in the shape of what has no number yet."""
    if type(x) is Value:
        return x._held
    return np.zeros(x.shape, x.dtype) if hasattr(x, "apply_op") else constant(x)


def no_function(f: Any) -> DataError:
    """For grad(y) of a result."""
    return DataError(
        f"A derivative was asked for of {f!r:.60}, which is no function.",
        "It is computed from what happens when the function is called; a result does not say what it is a function of.",
        "Write grad(lambda x: x**2)(3.0); for a result that was recorded, y.backward() and x.grad.",
    )


def numbers_in_a_list(x: Any, error: TypeError) -> DataError:
    """For f([1.0, 2.0]) where f computes with an array."""
    return DataError(
        f"The function was given a {type(x).__name__} of {len(x)} numbers and could not compute with it: {error}.",
        "Lists and tuples are containers here, as in Python: x * x of a list means nothing, x[0] is its first number.",
        f"Pass an array: np.array({list(x)[:4]!r})." if len(x) <= 4 else "Pass an array: np.array(x).",
    )


def positions(argnums: int | tuple[int, ...], count: int) -> list[int]:
    """argnums as positions from 0, checked against the number of arguments."""
    chosen = list(argnums) if isinstance(argnums, tuple) else [argnums]
    if not all(isinstance(i, (int, np.integer)) for i in chosen):
        raise DataError(
            f"argnums={argnums!r} is neither a whole number nor a tuple of them.",
            "It counts the arguments to differentiate by, from 0; a tuple gives a tuple of gradients.",
            "Write argnums=0, or argnums=(0, 1).",
        )
    if not all(-count <= i < count for i in chosen):
        raise DataError(
            f"argnums={argnums!r}, but the function was called with {count} positional arguments.",
            "argnums counts the arguments to differentiate by, from 0.",
            f"Write argnums={max(count - 1, 0)} for the last one, and pass it by position.",
        )
    places = [int(i) % count for i in chosen]
    if len(set(places)) < len(places):
        raise DataError(
            f"argnums={argnums!r} names an argument twice.",
            "One of the two gradients would have to be empty.",
            "Name each argument once.",
        )
    return places


def check_one_number(y: Any) -> None:
    """Raise unless the function returned a single number."""
    if isinstance(y, (tuple, list, dict)) or y is None or shape_of(y) != ():
        what = f"shape {shape_of(y)}" if shape_of(y) else f"a {type(y).__name__}"
        raise ShapeError(
            f"grad needs a function that returns one number; this one returned {what}.",
            "A gradient is the slope of one number; several numbers have one gradient each: a Jacobian.",
            "Return y.sum() or y.mean(), or write tg.jacobian(f) for all the slopes.",
        )
