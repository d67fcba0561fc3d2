"""A formula derived by hand: which of the known quantities does it ask for, and what does it say?

It asks by the names of its parameters, for inputs and for what f named on the way:

>>> by_hand(lambda w, h: 2 * w * h, "w", {"w": 3.0, "x": 2.0}, {"h": 6.0})
36.0
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from . import messages
from .quantities import canonical


def by_hand(formula: Any, of: str, inputs: Mapping[str, Any], named: Mapping[str, Any]) -> Any:
    """What the formula for the gradient of `of` says, as a tree of floats and arrays.

    formula   a number, an array, a container of them, or a function that returns one
    inputs    what it may ask for, by the names of its parameters; `**rest` receives all of these
    named     the intermediates, for which it may ask as well
    raises    UnknownNameError for a parameter that is no such name; DataError if it raises, or returns no numbers
    """
    said = _ask(formula, of, inputs, named) if callable(formula) and type(formula) is not Value else formula
    if said is None:
        raise messages.nothing_returned(of)
    try:
        return canonical(said)
    except DataError as error:
        raise messages.no_numbers(of, said, error) from None


def _ask(formula: Callable[..., Any], of: str, inputs: Mapping[str, Any], named: Mapping[str, Any]) -> Any:
    arguments, keywords = arguments_for(formula, of, inputs, named)
    try:
        with np.errstate(all="ignore"):
            return formula(*arguments, **keywords)
    except Exception as error:
        raise messages.formula_raised(of, error) from error


def arguments_for(
    formula: Callable[..., Any], of: str, inputs: Mapping[str, Any], named: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """The known values that the function's parameters ask for, by position and by keyword."""
    known = {**named, **inputs}
    try:
        parameters = inspect.signature(formula).parameters.values()
    except (TypeError, ValueError):  # a function written in C keeps its parameters to itself
        return list(inputs.values()), {}
    arguments: list[Any] = []
    keywords: dict[str, Any] = {}
    for p in parameters:
        if p.kind is p.VAR_POSITIONAL:
            arguments += [value for name, value in inputs.items() if name not in keywords]
        elif p.kind is p.VAR_KEYWORD:
            keywords |= {name: value for name, value in inputs.items() if name not in keywords}
        elif p.name in known and p.kind is p.POSITIONAL_ONLY:
            arguments.append(known[p.name])
        elif p.name in known:
            keywords[p.name] = known[p.name]
        elif p.default is p.empty:
            raise messages.unknown_parameter(of, p.name, known)
    return arguments, keywords
