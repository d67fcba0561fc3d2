"""Comparisons as operations: no primitives, since a Value answers `v > 0` at once, with the numbers it has.

A formula and a program are for all numbers, so there a comparison is remembered as well. No gradient passes through.

>>> COMPARISONS["gt"].forward(2.0, 1.0)
True
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .domain import REAL
from .op import Op
from .rules import zero


def answer_op(name: str, latex: str, compute: Callable[..., Any], inputs: str = "a b") -> Op:
    """An operation that answers a question about one or two inputs; the table of primitives does not have it."""

    def of_two(a, b):
        return compute(a, b)

    def of_one(x):
        return compute(x)

    forward = of_two if inputs == "a b" else of_one
    forward.__name__ = name
    made = Op(forward, latex, REAL, True)
    made.set_rules(dict.fromkeys(made.inputs, zero), {})
    return made


COMPARISONS = {
    name: answer_op(name, f"{{a}} {sign} {{b}}", getattr(operator, name))
    for name, sign in {"eq": "=", "ne": r"\neq", "lt": "<", "le": r"\leq", "gt": ">", "ge": r"\geq"}.items()
}
