"""Giving a module the numbers of a state: everything is looked at first, so that a misfit changes nothing.

>>> from tinygrad_edu.nn import Linear
>>> Linear(2, 1).load_state_dict({"weight": [[1.0, 2.0, 3.0]], "bais": [0.0]})
Traceback (most recent call last):
tinygrad_edu.nn.state.StateError: Linear(2, 1): the state does not fit, so nothing was loaded.
    missing      bias (1,)
    unexpected   bais (1,), did you mean bias?
    wrong shape  weight is (1, 2) here and (1, 3) in the state
  A state holds one array for each parameter and buffer, under its name and in its shape.
  Build the network as it was when the state was saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

import numpy as np

from ..engine.value import Value
from ..errors import DataError, TinygradError

MOST = 12  # of each kind are listed


class StateError(TinygradError, ValueError):
    """A state that does not belong to this module."""


class Keys(NamedTuple):
    """What `load_state_dict` left out, as in PyTorch."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def load(module: Any, saved: list[tuple[str, Any]], state: Any, strict: bool) -> Keys:
    """Write the arrays of a state into the module's parameters and buffers.

    saved    its parameters and buffers with their names
    """
    if not isinstance(state, Mapping):
        raise DataError(
            f"{shown(module)}: the state is a {type(state).__name__}.",
            "A state says for each parameter, by its name, which array it is.",
            "Pass what state_dict() returned, or a dict such as {'weight': array}.",
        )
    targets = dict(saved)
    missing = [name for name in targets if name not in state]
    unexpected = [name for name in state if name not in targets]
    arrays = {name: numbers(state[name]) for name in targets if name in state}
    unreadable = [
        f"{name} is no array of real numbers ({kind_of(state[name])})" for name in arrays if arrays[name] is None
    ]
    misfits = []
    for name, array in arrays.items():
        if array is not None and array.shape != np.shape(held(targets[name])):
            misfits.append(f"{name} is {np.shape(held(targets[name]))} here and {array.shape} in the state")
    if misfits or unreadable or (strict and (missing or unexpected)):
        raise misfit(module, targets, state, missing, unexpected, misfits, unreadable, strict)
    with np.errstate(over="ignore"):  # what is too large for the module's precision is inf there
        for name, array in arrays.items():
            if array is not None:
                write(targets[name], array)
    return Keys(missing, unexpected)


def held(target: Any) -> Any:
    """The numbers of a parameter or buffer."""
    return target._held if type(target) is Value else target


def numbers(x: Any) -> np.ndarray | None:
    """What a state holds under a name, as an array; None if it is no array of real numbers."""
    if type(x) is not Value and hasattr(x, "detach"):
        x = x.detach()  # a parameter of PyTorch's, which NumPy may read only like this
    try:
        array = np.asarray(held(x))
    except (TypeError, ValueError, RuntimeError):  # a ragged list, a tensor that NumPy cannot read
        return None
    return array if array.dtype.kind in "fiub" else None


def write(target: Any, array: np.ndarray) -> None:
    """Into a parameter as new data, into a buffer in place, in the target's own precision."""
    if type(target) is Value:
        target.data = float(array) if array.ndim == 0 else array.astype(target.dtype)
    else:
        target[...] = array


def misfit(
    module: Any, targets: dict[str, Any], state: Any, missing: list[str], unexpected: list[str], misfits: list[str],
    unreadable: list[str], strict: bool,
) -> StateError:  # fmt: skip
    """The message with everything that does not fit."""
    near = {name: get_close_matches(str(name), missing, n=1, cutoff=0.75) for name in unexpected}
    rows = {
        "missing": [f"{name} {np.shape(held(targets[name]))}" for name in missing] if strict else [],
        "unexpected": [said(name, state[name], near[name]) for name in unexpected] if strict else [],
        "wrong shape": misfits,
        "unreadable": unreadable,
    }
    lines = [
        f"    {kind if k == 0 else '':<13}{text}"
        for kind, texts in rows.items()
        for k, text in enumerate(texts[:MOST] + ([f"and {len(texts) - MOST} more"] if len(texts) > MOST else []))
    ]
    prefix = common_prefix(missing, unexpected)
    if prefix and not unreadable:
        write = f"All names begin with {prefix!r}: write {{k.removeprefix({prefix!r}): x for k, x in state.items()}}."
    elif unreadable and not (misfits or missing or unexpected):
        write = "Write x.float() for a tensor of PyTorch's in half precision, np.array(x, float) for a list."
    elif misfits or not strict:
        write = "Build the network as it was when the state was saved."
    else:
        write = "Build the network as it was then, or write strict=False to load only what both sides have."
    return StateError(
        "\n".join([f"{shown(module)}: the state does not fit, so nothing was loaded.", *lines]),
        "A state holds one array for each parameter and buffer, under its name and in its shape.",
        write,
    )


def kind_of(x: Any) -> str:
    """What it is instead of an array of numbers: a type and, of an array or a tensor, its dtype."""
    return " of ".join(map(str, [type(x).__name__, *([x.dtype] if hasattr(x, "dtype") else [])]))


def said(name: Any, x: Any, near: list[str]) -> str:
    """An unexpected name, its shape, and the name that was perhaps meant."""
    array = numbers(x)
    return f"{name}{'' if array is None else f' {array.shape}'}{f', did you mean {near[0]}?' if near else ''}"


def common_prefix(missing: list[str], unexpected: list[Any]) -> str:
    """'module.' if that is all in which the unexpected names differ from the missing ones."""
    if not missing or not unexpected or not str(unexpected[0]).endswith(missing[0]):
        return ""
    prefix = str(unexpected[0]).removesuffix(missing[0])
    return prefix if prefix and {prefix + name for name in missing} == set(unexpected) else ""


def shown(module: Any) -> str:
    """How messages call a module: by its repr if that is short."""
    text = getattr(module, "title", None) or repr(module)
    return text if len(text) <= 60 and "\n" not in text else type(module).__name__
