"""Operations step by step, each step a ufunc of NumPy that can write its result into memory that is already there.

`y = negative(x); y = exp(y); y = add(y, 1.0); y = divide(1.0, y)` is the sigmoid in one array instead of four. The
letters are the inputs and settings of the operation; y is its result, t an array for a part of it.

>>> [step.function for step in parsed("y = negative(x); y = exp(y)")]
['negative', 'exp']
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..source.words import built_in


class Step(NamedTuple):
    """target = function(*inputs), the target being y or t."""

    target: str
    function: str
    inputs: tuple[str, ...]


def parsed(text: str) -> tuple[Step, ...]:
    """The steps of a recipe.

    >>> parsed("y = add(a, 1.0)")
    (Step(target='y', function='add', inputs=('a', '1.0')),)
    """
    steps = []
    for part in text.split("; "):
        target, function, inputs = re.fullmatch(r"(\w+) = (\w+)\((.*)\)", part).groups()  # type: ignore[union-attr]
        steps.append(Step(target, function, tuple(inputs.split(", "))))
    return tuple(steps)


ONE = """
    negative exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh
    arccosh arctanh square absolute sign floor ceil trunc isnan isinf isfinite logical_not"""
TWO = "add subtract multiply divide floor_divide power arctan2 hypot maximum minimum logaddexp logical_and logical_or"

RECIPES = {name: parsed(text) for name, text in {
    **{name: f"y = {name}(x)" for name in ONE.split()},
    **{name: f"y = {name}(a, b)" for name in TWO.split()},
    "mod":        "y = remainder(a, b)",
    "eq":         "y = equal(a, b)",
    "ne":         "y = not_equal(a, b)",
    "lt":         "y = less(a, b)",
    "le":         "y = less_equal(a, b)",
    "gt":         "y = greater(a, b)",
    "ge":         "y = greater_equal(a, b)",
    "reciprocal": "y = divide(1.0, x)",
    "gate":       "y = multiply(x, condition)",
    "relu":       "y = maximum(x, 0.0)",
    "leaky_relu": "y = minimum(x, 0.0); y = multiply(y, negative_slope); t = maximum(x, 0.0); y = add(y, t)",
    "elu":        "y = minimum(x, 0.0); y = expm1(y); y = multiply(y, alpha); t = maximum(x, 0.0); y = add(y, t)",
    "sigmoid":    "y = negative(x); y = exp(y); y = add(y, 1.0); y = divide(1.0, y)",
    "silu":       "y = negative(x); y = exp(y); y = add(y, 1.0); y = divide(x, y)",
    "softplus":   "y = absolute(x); y = negative(y); y = exp(y); y = log1p(y); t = maximum(x, 0.0); y = add(y, t)",
}.items()}  # fmt: skip

POWERS = {0.5: parsed("y = sqrt(a)"), 2.0: parsed("y = square(a)"), -1.0: parsed("y = divide(1.0, a)")}  # as ** does


def recipe_of(line: Any, careful: bool = False) -> tuple[Step, ...] | None:
    """The steps for this line; None where it has no recipe, or where the steps would end in another precision.

    careful   with infinities among the numbers, where a product with a mask is no choice: 0 · inf is nan
    """
    op = line.op
    if not line.shape or not built_in(op) or op.name not in RECIPES:
        return None
    if op.name == "power" and type(line.inputs[1]) is float and line.inputs[1] in POWERS:
        return POWERS[line.inputs[1]]
    arrays = [x for x in line.inputs if type(x) is not float and x.shape]
    if op.name == "gate":
        mask = getattr(line.inputs[1], "is_mask", False) and line.inputs[1].shape
        return RECIPES["gate"] if mask and not careful else None
    kinds = {x.dtype.kind for x in arrays}
    if "f" not in kinds:
        return RECIPES[op.name] if kinds == {"b"} and line.is_mask else None
    return RECIPES[op.name] if kinds == {"f"} else None


def reusable(steps: tuple[Step, ...]) -> tuple[str, ...]:
    """The inputs whose memory may become the result's: nobody reads them after the first step.

    >>> reusable(RECIPES["add"]), reusable(RECIPES["silu"])
    (('a', 'b'), ())
    """
    later = {name for step in steps[1:] for name in step.inputs}
    return tuple(name for name in steps[0].inputs if name not in later and name != "y")
