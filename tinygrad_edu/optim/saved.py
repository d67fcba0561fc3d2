"""The state of an optimizer as numbers and arrays under flat names, and back: what a file can hold.

    param_groups.0.size     how many parameters the first group has
    param_groups.0.lr       a hyperparameter; param_groups.0.betas.1 is the second of a pair
    state.3.t, state.3.m    the steps taken by parameter 3, and an array of its memory

Numbers that come back from a file as arrays of shape () are numbers again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import DataError
from ..ops.broadcasting import shape_of
from .groups import Group


def state_of(optimizer: Any) -> dict[str, Any]:
    """The numbers of all groups, and copies of all memories."""
    flat: dict[str, Any] = {}
    for i, group in enumerate(optimizer.param_groups):
        flat[f"param_groups.{i}.size"] = len(group["params"])
        for name, x in group.items():
            flat.update(numbers(f"param_groups.{i}.{name}", x))
    for k, memory in optimizer.state.items():
        flat.update({f"state.{k}.{name}": np.array(x) if shape_of(x) else x for name, x in memory.items()})
    return flat


def numbers(key: str, x: Any) -> dict[str, Any]:
    """A hyperparameter under its name; a pair under two; what is no number is a choice, not a state."""
    if isinstance(x, tuple):
        return {f"{key}.{i}": part for i, part in enumerate(x)}
    return {key: x} if isinstance(x, (bool, int, float)) else {}


def load_state(optimizer: Any, state: Mapping[str, Any]) -> None:
    """Set groups and memories, after everything has been found to fit."""
    left, problems = numbers_in(type(optimizer).__name__, state), []  # type: dict[str, Any], list[str]
    groups = [loaded_group(i, group, left, problems) for i, group in enumerate(optimizer.param_groups)]
    memories: dict[int, Any] = {}
    k = 0
    for group, new in zip(optimizer.param_groups, groups):
        names = ["t", *optimizer.memory(**{name: new.get(name, group[name]) for name in optimizer.defaults})]
        for p in group["params"]:
            memory = loaded_memory(k, p, names, left, problems)
            memories.update({k: memory} if memory else {})
            k += 1
    problems += [f"{key} is unexpected" for key in left]
    if problems:
        raise misfit(type(optimizer).__name__, problems)
    groups = [Group(group.owner, {**group, **new}) for group, new in zip(optimizer.param_groups, groups)]
    for group, new in zip(optimizer.param_groups, groups):  # all are in range
        group.update(new)
    optimizer.state = memories


def numbers_in(owner: str, state: Any) -> dict[str, Any]:
    """The state's arrays, those of shape () as numbers of Python's: files give numbers back like that.

    raises   DataError for what is no dictionary of numbers and arrays
    """
    if not isinstance(state, Mapping):
        raise DataError(
            f"{owner}: the state is {'None' if state is None else f'a {type(state).__name__}'}.",
            "It says by names where the training was: numbers and arrays.",
            "Pass what state_dict() returned.",
        )
    arrays = {key: as_array(x) for key, x in state.items()}
    if wrong := [f"{key} is no number" for key, x in arrays.items() if x is None]:
        raise misfit(owner, wrong)
    return {key: x if x.ndim else x.item() for key, x in arrays.items() if x is not None}


def as_array(x: Any) -> np.ndarray | None:
    """The numbers as an array; None if there are none."""
    try:
        array = np.asarray(x)
    except ValueError:  # lists of different lengths
        return None
    return array if array.dtype.kind in "fiub" else None


def loaded_group(i: int, group: Any, left: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    """The saved hyperparameters of group i, taken out of what is left."""
    start = f"param_groups.{i}."
    size, found = left.pop(f"{start}size", None), {}
    if shape_of(size) or size != len(group["params"]):
        problems.append(f"{start}size is {size}, this group has {len(group['params'])} parameters")
    for name in sorted(group.known - {"params", "name"}):
        if isinstance(group.get(name), tuple):
            pair = [left.pop(f"{start}{name}.{j}", None) for j in range(len(group[name]))]
            if any(x is None for x in pair):
                problems.append(f"{start}{name} is missing")
            elif any(map(shape_of, pair)):
                problems.append(f"{start}{name} is no pair of numbers")
            else:
                found[name] = tuple(pair)
        elif f"{start}{name}" in left:
            x, kind = left.pop(f"{start}{name}"), type(group.get(name, 0.0))
            if shape_of(x) or not math.isfinite(x):
                problems.append(f"{start}{name} is no number")
            else:
                found[name] = kind(x)
        elif name != "initial_lr" and numbers("", group.get(name)):
            problems.append(f"{start}{name} is missing")
    return found


def loaded_memory(k: int, p: Any, names: list[str], left: dict[str, Any], problems: list[str]) -> dict[str, Any]:
    """The saved memory of parameter k, taken out of what is left; nothing if it had not taken a step."""
    start = f"state.{k}."
    if not any(f"{start}{name}" in left for name in names):
        return {}
    memory: dict[str, Any] = {}
    for name in names:
        x = left.pop(f"{start}{name}", None)
        shape = () if name == "t" else p.shape
        if x is None:
            problems.append(f"{start}{name} is missing")
        elif name == "t" and not (shape_of(x) == () and 0 < x < math.inf):
            problems.append(f"{start}t is no number of steps")
        elif shape_of(x) != shape:
            problems.append(f"{start}{name} has shape {shape_of(x)}, the parameter has shape {shape}")
        else:
            memory[name] = int(x) if name == "t" else np.array(x, p.dtype) if shape else float(x)
    return memory


def misfit(owner: str, problems: list[str], shown: int = 6) -> DataError:
    """For a state that belongs to another optimizer or to other parameters."""
    more = f"; and {len(problems) - shown} more" if len(problems) > shown else ""
    return DataError(
        f"This state does not fit the {owner}: {'; '.join(problems[:shown])}{more}.",
        "A state continues the training of the very parameters it was saved for, with the same kind of optimizer.",
        f"Make the {owner} as it was made before saving, with the same model and groups, and load the state then.",
    )
