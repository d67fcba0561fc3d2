"""Is this gradient right? The engine, finite differences and a formula derived by hand, entry by entry.

>>> report = check_formula(lambda w, x: (w * x) ** 2, {"w": 3.0, "x": 2.0}, {"w": lambda w, x: w * x * x})
>>> print(report)
check_formula: 0 of 1 gradients agree
  gradient of         worst entry  formula  engine  finite difference  error
  w            WRONG  -             12       24      24                5.0e-01
      The formula is the odd one out: engine and finite differences agree.
      It is 0.5 times the gradient: a factor 2 is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..calculus.grad import grad
from ..ops.broadcasting import shape_of
from ..ops.numbers import constant
from . import messages
from .gradcheck import compare, finite_difference
from .report import Report


def check_formula(f: Callable[..., Any], inputs: Mapping[str, Any], formulas: Mapping[str, Any]) -> Report:
    """Compare gradients derived by hand with the engine and with finite differences: which one is the odd one out?

    f         a function of keyword arguments that returns one number
    inputs    name -> number or array: where to check
    formulas  name -> your gradient there: a number, an array, or a function of the same keyword arguments
    returns   a Report with one row per formula

    >>> bool(check_formula(lambda x: x**2, {"x": 3.0}, {"x": lambda x: 2 * x}))
    True
    """
    names = list(inputs)
    messages.check_names(formulas, names)
    values = [constant(inputs[name]) for name in names]
    gradients = grad(lambda *xs: f(**dict(zip(names, xs))), argnums=tuple(range(len(names))))(*values)
    rows = []
    for name, formula in formulas.items():
        k = names.index(name)
        hand = constant(formula(**dict(zip(names, values))) if callable(formula) else formula)
        if shape_of(hand) != shape_of(values[k]):
            raise messages.wrong_shape(name, shape_of(hand), shape_of(values[k]))
        measured = finite_difference(lambda *xs: f(**dict(zip(names, xs))), values, k)
        rows.append(compare(name, {"formula": hand, "engine": gradients[k], "finite difference": measured}))
    return Report("check_formula", sorted(rows, key=lambda row: (row.passed, -row.error)))
