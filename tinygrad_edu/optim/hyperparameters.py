"""What every hyperparameter may be, and what to say when it is something else.

>>> checked("SGD", "momentum", 0.9)
0.9
>>> checked("SGD", "momentum", -0.9)
Traceback (most recent call last):
tinygrad_edu.errors.DataError: SGD: momentum=-0.9 is no share of the past from 0 to 1.
  The last step lives on by this factor in the next: more than 1 grows without end, less than 0 turns back.
  Write for example momentum=0.9.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, NamedTuple

from ..errors import DataError, TinygradError, unknown_name


class Range(NamedTuple):
    """The numbers from 0 that a hyperparameter may be, and why."""

    what: str
    below: float  # every number must be smaller than this one
    why: str
    write: str


MORE_THAN_ONE = math.nextafter(1.0, 2.0)  # `below` this, 1 itself is allowed
FORGETTING = "It is how much of a running average stays in each step: with 1 nothing new comes in, beyond it grows."

RANGES = {
    "lr": Range(
        "learning rate",
        math.inf,
        "Each step goes against the gradient by this factor: 0 goes nowhere, less than 0 goes uphill.",
        "Write a positive number, for example lr=0.1.",
    ),
    "momentum": Range(
        "share of the past from 0 to 1",
        MORE_THAN_ONE,
        "The last step lives on by this factor in the next: more than 1 grows without end, less than 0 turns back.",
        "Write for example momentum=0.9.",
    ),
    "dampening": Range(
        "share from 0 to 1",
        MORE_THAN_ONE,
        "It is the part of each gradient that is kept out of the momentum: all of it at most.",
        "Write for example dampening=0.1, or leave it out.",
    ),
    "weight_decay": Range(
        "weight decay",
        math.inf,
        "Each step draws the parameters towards 0 by this factor; less than 0 would drive them away from it.",
        "Write 0 or a small positive number, for example weight_decay=1e-4.",
    ),
    "eps": Range(
        "small number",
        math.inf,
        "It is added to what is divided by, so that nothing is divided by 0; less than 0 could do the opposite.",
        "Write a small positive number, for example eps=1e-8.",
    ),
    "alpha": Range("share from 0 to below 1", 1.0, FORGETTING, "Write for example alpha=0.99."),
    "betas": Range("share from 0 to below 1", 1.0, FORGETTING, "Write two numbers, for example betas=(0.9, 0.999)."),
    "lr_decay": Range(
        "decay of the learning rate",
        math.inf,
        "The rate is divided by 1 + t · lr_decay; less than 0 would bring that to 0 one day.",
        "Write 0 or a small positive number, for example lr_decay=0.01.",
    ),
    "tolerance_grad": Range(
        "tolerance",
        math.inf,
        "A step ends where no entry of the gradient is larger, and none is less than 0.",
        "Write a small positive number, for example tolerance_grad=1e-7.",
    ),
    "tolerance_change": Range(
        "tolerance",
        math.inf,
        "A step ends where nothing changes by more, and no change is less than 0.",
        "Write a small positive number, for example tolerance_change=1e-9.",
    ),
    "initial_accumulator_value": Range(
        "start for a sum of squares",
        math.inf,
        "The squares of the gradients are added to it, and a root is taken: it cannot be less than 0.",
        "Write 0 or a positive number, for example initial_accumulator_value=0.1.",
    ),
}


def checked(owner: str, name: str, given: Any) -> Any:
    """The hyperparameter as a float (betas: as a pair of floats; what is True or False stays so).

    raises   DataError outside its range
    """
    if name == "betas":
        if not isinstance(given, (tuple, list)) or len(given) != 2:
            raise refused(owner, name, given, "pair of numbers")
        return tuple(in_range(owner, name, beta, given) for beta in given)
    if name in RANGES:
        return in_range(owner, name, given, given)
    return given


def in_range(owner: str, name: str, x: Any, given: Any) -> float:
    """x as a float, if it is one of the numbers that `name` may be."""
    if isinstance(x, bool) or not isinstance(x, Real) or not 0.0 <= float(x) < RANGES[name].below:
        raise refused(owner, name, given, RANGES[name].what)
    return float(x)


def refused(owner: str, name: str, given: Any, what: str) -> DataError:
    """The error for a hyperparameter that is not `what` it should be."""
    return DataError(f"{owner}: {name}={given!r} is no {what}.", RANGES[name].why, RANGES[name].write)


def unknown_option(owner: str, name: str, known: Any) -> TinygradError:
    """The error for a misspelt hyperparameter."""
    return unknown_name(f"option of {owner}", name, known)
