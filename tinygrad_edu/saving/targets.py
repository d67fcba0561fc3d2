"""What a model is to a file: arrays under names, taken from it and given to it.

>>> w, b = Value([1.0, 2.0]), Value(3.0)
>>> [name for name, _ in targets({"w": w, "heads": [b]})]
['w', 'heads.0']

A module is what its `state_dict` says. A single Value is called "value".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from ..nn.module import Module
from ..nn.registry import saved_of
from ..nn.state import Keys
from ..nn.state import load as load_state
from .arrays import checked_array, wrong_name
from .messages import not_saved

ONE = "value"


def targets(model: Any) -> list[tuple[str, Any]]:
    """The Values and arrays of a model with their names.

    raises   DataError for what is no Module, no Value and no array, and no dict or list of them
    """
    if isinstance(model, Module):
        return saved_of(model, Module)
    found = [(ONE, model)] if isinstance(model, Value) else list(inside(model, "", ()))
    names = [name for name, _ in found]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise DataError(
            f"Two arrays of the model would be called {twice!r}.",
            "A name is the way to an array, with dots between its parts.",
            "Write names without dots.",
        )
    return found


def inside(holder: Any, path: str, above: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    """The Values and arrays in nested dicts, lists and tuples."""
    parts = (
        holder.items() if isinstance(holder, dict) else enumerate(holder) if isinstance(holder, (list, tuple)) else None
    )
    if parts is None or id(holder) in above:
        raise no_model(holder, path)
    for key, part in parts:
        if isinstance(part, Module):
            yield from ((f"{path}{key}.{name}", x) for name, x in saved_of(part, Module))
        elif isinstance(part, (Value, np.ndarray, np.generic, float, int)):
            yield f"{path}{key}", part
        else:
            yield from inside(part, f"{path}{key}.", (*above, id(holder)))


def no_model(x: Any, path: str) -> DataError:
    """For a function, a text, an optimizer."""
    where = f"model {path[:-1]!r}" if path else "model"
    return DataError(
        f"The {where} is a {type(x).__name__}.",
        "A model is a tg.nn.Module, a Value, or a dict or list of Values and arrays.",
        "Write tg.save(path, model, optimizer=optimizer, extra={...}): everything else has a name of its own.",
    )


def state_of(model: Any) -> dict[str, np.ndarray]:
    """The arrays of a model, as they go into a file.

    raises   DataError for what cannot be saved
    """
    state = {}
    for name, x in targets(model):
        if why := wrong_name(name):
            raise not_saved(
                f"An array called {name!r}",
                f"not possible in a file: its name {why}",
                "Other programs unpack files, and take names for paths.",
                "Write names of letters and digits, with dots between.",
            )
        state[name] = checked_array(name, x._held if type(x) is Value else x)
    return state


def check_writable(model: Any) -> list[tuple[str, Any]]:
    """The targets of a model, if all of them can be given other numbers.

    raises   DataError for plain numbers, read-only arrays and results
    """
    found = targets(model)
    for name, x in found:
        number = not isinstance(x, (Value, np.ndarray))
        if number or (type(x) is Value and x.op is not None) or (type(x) is np.ndarray and not x.flags.writeable):
            kind = f"a {type(x).__name__}" if number else "a result" if type(x) is Value else "a read-only array"
            raise DataError(
                f"{name!r} of the model is {kind}, so nothing was loaded.",
                "Loading writes into what is there: Values that nobody computed, and arrays.",
                f"Write tg.Value(...) there, or take the number from tg.load(path).model[{name!r}].",
            )
    return found


def give(model: Any, state: dict[str, np.ndarray], strict: bool) -> Keys:
    """Write the arrays of a state into a model: all, or none if something does not fit."""
    with np.errstate(over="ignore"):  # float64 to float16 may become infinite
        return load_state(model, check_writable(model), state, strict)
