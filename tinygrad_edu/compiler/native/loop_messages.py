"""What can be wrong with rows and states, said with the shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import DataError, ShapeError, TinygradError, unknown_name


def _name(f: Any) -> str:
    return str(getattr(f, "__name__", "f"))


def missing_argument(f: Any, place: int, given: int) -> TinygradError:
    """For loop=(1, 2) and two arguments."""
    return DataError(
        f"{_name(f)} was called with {given} argument{'s' * (given != 1)}, but argument {place} is to have rows.",
        "Arguments are counted from 0, and those with rows are given by position.",
        f"Give all {place + 1} of them, the arrays without a keyword.",
    )


def no_rows(f: Any, x: Any) -> TinygradError:
    """For a number where an array of rows is expected."""
    return ShapeError(
        f"{_name(f)}: {x!r} is to be taken row by row, but is a single number.",
        "Each sample is one entry along the first axis.",
        "Give an array of samples, or leave this argument out of those with rows.",
    )


def no_values(x: Any) -> TinygradError:
    """For a Value among the arguments of a loop."""
    return DataError(
        f"{x!r} was given to a loop over rows.",
        "The loop computes with plain numbers, and no gradient could flow back through it.",
        "Give v.data, and take the derivative inside: tg.value_and_grad in the function that is compiled.",
    )


def unequal_rows(f: Any, lengths: list[int]) -> TinygradError:
    """For arrays that do not have one row per sample."""
    return ShapeError(
        f"{_name(f)}: the arrays have {', '.join(map(str, lengths[:-1]))} and {lengths[-1]} rows.",
        "Row k of every one of them belongs to sample k, so all need equally many.",
        "Cut the longer one, x[:n], or look why samples are missing.",
    )


def nothing_to_map(f: Any) -> TinygradError:
    """For arrays without rows, where only a call would tell what the results look like."""
    return ShapeError(
        f"{_name(f)}: there are no rows.",
        "What a result looks like is seen from the first sample, and there is none.",
        "Give at least one row.",
    )


def other_state(f: Any, state: Any, result: Any) -> TinygradError:
    """For a step whose result is no state."""
    return ShapeError(
        f"{_name(f)} was given the state {_shown(state)} and returned {_shown(result)}.",
        "The next step is given what this one returns, so it must be built alike, with the same shapes.",
        "Return the new state, or a pair: (state, output).",
    )


def _shown(tree: Any) -> str:
    """A nested container with shapes in the place of arrays."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key!r}: {_shown(part)}" for key, part in tree.items()) + "}"
    if isinstance(tree, (tuple, list)):
        inside = ", ".join(map(_shown, tree[:6])) + (", …" if len(tree) > 6 else "")
        return f"[{inside}]" if isinstance(tree, list) else f"({inside})"
    return f"array {np.shape(tree)}" if np.ndim(tree) else "a number"


def unknown_over(over: Any) -> TinygradError:
    """For over="max"."""
    return unknown_name("way to put rows together", over, ("sum", "mean"))
