"""The table of rules, and the questions they ask.

A rule is asked about an operation and its inputs before a line is written. Most can only apply where an input was made
in a certain way, and are asked only then: tens of thousands of lines are written, and nearly all stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.op import Op

Rule = Callable[..., Any]
NUMBER, ITSELF, ANYTHING = "a plain number", "the other input", "anything"
RULES: dict[Op, dict[Any, list[Rule]]] = {}  # operation -> how an input was made -> rules


def rule(*ops: Op, of: Any = ANYTHING) -> Callable[[Rule], Rule]:
    """Ask the function below about these operations.

    of      only where an input is a NUMBER, or both are the same, or one was made by this operation (or one of these)
    """

    def registered(function: Rule) -> Rule:
        for op in ops:
            for maker in of if isinstance(of, tuple) else (of,):
                RULES.setdefault(op, {}).setdefault(maker, []).append(function)
        return function

    return registered


def made_by(x: Any, *ops: Op) -> bool:
    """Whether x is the result of one of these primitives."""
    return type(x) is not float and x.op is not None and x.op.base in ops


def is_number(x: Any, number: float) -> bool:
    """Whether x is this plain number."""
    return type(x) is float and x == number


def precision(x: Any) -> Any:
    """What the dtype of a result depends on: none for numbers, which take the precision of the others.

    >>> precision(2.0) is None
    True
    """
    return None if type(x) is float or not x.shape else x.dtype


def exact(x: Any) -> bool:
    """Whether x is computed in double precision, as plain numbers are: then one may stand for the other."""
    return takes(x, np.dtype(np.float64))


def takes(x: Any, dtype: Any) -> bool:
    """Whether x has this precision, or takes it beside others, as numbers do. (To NumPy, float64 == None.)"""
    return precision(x) is None or (dtype is not None and bool(precision(x) == dtype))
