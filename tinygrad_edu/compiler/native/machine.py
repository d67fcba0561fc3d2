"""What a processor and its C library compute with single numbers, and how everything else is made of that.

A few dozen operations are one instruction or one call of `libm`. Every other operation of numbers is defined here by
these, once; the writers of machine code and of C both take it from here.

>>> from tinygrad_edu.ops.activations import softplus
>>> [line.op.name for line in definition(softplus).lines]
['lt', 'where', 'absolute', 'negative', 'exp', 'log1p', 'add']
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ...errors import TinygradError
from ...ops import activations, arithmetic, exponentials, kinks, powers, rounding, selecting, special, trigonometry
from ...ops.domain import REAL
from ...ops.exponentials import LN2, exp, expm1, log1p
from ...ops.op import Op
from ...ops.rules import zero
from ...ops.selecting import absolute, where
from ...ops.trigonometry import sin, tanh
from ..recording.line import Line
from ..recording.masks import MASKS, number_of
from .numbers import Numbers


def _basic(forward: Callable[..., Any], inputs: str) -> Op:
    """An operation of the C library that only definitions use."""
    two = eval(f"lambda {inputs}: forward({inputs})", {"forward": forward})  # its inputs need names
    two.__name__ = str(forward.__name__)
    made = Op(two, "", REAL, True)
    made.set_rules(dict.fromkeys(made.inputs, zero), {})
    return made


fmod, copysign, rint = _basic(np.fmod, "a, b"), _basic(np.copysign, "a, b"), _basic(np.rint, "x")

EXPONENTIALS, TRIGONOMETRY = "exp expm1 log log1p log2 log10", "sin cos tan sinh cosh tanh"
# an operation → the function of the C library that computes it
LIBRARY: dict[Op, str] = {
    **{getattr(exponentials, name): name for name in EXPONENTIALS.split()},
    **{getattr(trigonometry, name): name for name in TRIGONOMETRY.split()},
    **{getattr(trigonometry, f"arc{name}"): f"a{name}" for name in TRIGONOMETRY.split()},
    trigonometry.arctan2: "atan2",
    trigonometry.hypot: "hypot",
    arithmetic.power: "pow",
    powers.sqrt: "sqrt",
    powers.cbrt: "cbrt",
    special.erf: "erf",
    selecting.absolute: "fabs",
    fmod: "fmod",
    copysign: "copysign",
    rint: "rint",
    rounding.trunc: "trunc",
    rounding.floor: "floor",
    rounding.ceil: "ceil",
}
ARITHMETIC = {arithmetic.add, arithmetic.subtract, arithmetic.multiply, arithmetic.divide, arithmetic.negative}
COMPARISONS = {MASKS[name] for name in ("eq", "ne", "lt", "le", "gt", "ge")}
LOGIC = {MASKS[name] for name in ("and", "or", "not")}
BASIC = {*LIBRARY, *ARITHMETIC, *COMPARISONS, *LOGIC, selecting.where, number_of}


# ── definitions: the same numbers as the primitive's own, written with basic operations ──────────────────────────────
def _sigmoid(x: Any) -> Any:
    small = x > -700.0
    e = exp(where(small, -x, x))  # one exponential, whichever way is taken
    return where(small, 1.0 / (1.0 + e), e)


def _floor_divide(a: Any, b: Any) -> Any:
    rest = fmod(a, b)
    wrong_side = _is(rest) & ((b < 0.0) != (rest < 0.0))
    times = (a - rest) / b
    times = where(wrong_side, times - 1.0, times)
    below = rounding.floor(times)
    whole = where(_is(times), below + where(times - below > 0.5, 1.0, 0.0), copysign(0.0, a / b))
    return where(b == 0.0, a / b, whole)


def _mod(a: Any, b: Any) -> Any:
    rest = fmod(a, b)
    fitting = where((b < 0.0) != (rest < 0.0), rest + b, rest)
    return where(_is(rest), fitting, copysign(where(b == 0.0, math.nan, 0.0), b))


def _is(x: Any) -> Any:
    return x != 0.0


def _round(x: Any, decimals: int) -> Any:
    if decimals == 0:
        return rint(x)
    if decimals > 0:
        return rint(x * 10.0**decimals) / 10.0**decimals
    return rint(x / 10.0**-decimals) * 10.0**-decimals


def _gelu(x: Any, approximate: str) -> Any:
    if approximate == "none":
        return x * (0.5 + 0.5 * special.erf(activations.SQRT_HALF * x))
    cut = where(x < -40.0, -40.0, where(x > 40.0, 40.0, x))
    return x * (0.5 + 0.5 * tanh(activations.SQRT_2_OVER_PI * (cut + 0.044715 * (cut * cut * cut))))


def _logaddexp(a: Any, b: Any) -> Any:
    return where(b > a, b, a) + where(a == b, LN2, log1p(exp(-absolute(a - b))))


def _sinc(x: Any) -> Any:
    return where(_is(x), sin(math.pi * x) / (math.pi * x), 1.0)


def _sinc_derivative(x: Any, order: int) -> Any:
    u = math.pi * x
    near = absolute(u) < 1.0 + order
    y = where(near, special._sinc_near(where(near, u, 0.0), order), special._sinc_far(where(near, 1.0, u), order))
    return y * math.pi**order


DEFINITIONS: dict[Op, Callable[..., Any]] = {
    powers.reciprocal: lambda x: 1.0 / x,
    powers.square: lambda x: x * x,
    exponentials.exp2: lambda x: arithmetic.power(2.0, x),
    exponentials.logaddexp: _logaddexp,
    kinks.gate: lambda x, condition: where(condition, x, 0.0),
    selecting.maximum: lambda a, b: where((a > b) | (a != a), a, b),
    selecting.minimum: lambda a, b: where((a < b) | (a != a), a, b),
    selecting.sign: lambda x: where(x == x, where(x > 0.0, 1.0, where(x < 0.0, -1.0, 0.0)), x),
    rounding.round: _round,
    rounding.floor_divide: _floor_divide,
    rounding.mod: _mod,
    activations.relu: lambda x: where(x <= 0.0, 0.0, x),
    activations.leaky_relu: lambda x, negative_slope: where(x > 0.0, x, negative_slope * x),
    activations.elu: lambda x, alpha: where(x > 0.0, x, alpha * expm1(x)),
    activations.sigmoid: _sigmoid,
    activations.softplus: lambda x: where(x < 0.0, 0.0, x) + log1p(exp(-absolute(x))),
    activations.silu: lambda x: x * activations.sigmoid(x),
    activations.gelu: _gelu,
    special.sinc: _sinc,
    special.sinc_derivative: _sinc_derivative,
    MASKS["isnan"]: lambda x: x != x,
    MASKS["isinf"]: lambda x: absolute(x) == math.inf,
    MASKS["isfinite"]: lambda x: absolute(x) < math.inf,
}


@dataclass
class Definition:
    """An operation as a small program: its inputs, its lines in order, its result."""

    inputs: list[Line]
    lines: list[Line]
    result: Any


@cache
def definition(op: Op) -> Definition | None:
    """How the operation is made of basic ones; None if it is basic itself, or not known how.

    A primitive of the user's is asked to compute with lines: what consists of operators and operations of this
    package writes itself down. Such a definition is believed only if it gives the numbers that the primitive gives.
    """
    if op.base in BASIC:
        return None
    if op.base in DEFINITIONS:
        return _written(op, DEFINITIONS[op.base])
    if not op.elementwise or op.variadic:
        return None
    try:
        found = _written(op, op.base.forward)
        return found if all(line.op and known(line.op) for line in found.lines) and _agrees(op, found) else None
    except (TinygradError, ArithmeticError, TypeError, ValueError, AttributeError):
        return None


def _written(op: Op, formula: Callable[..., Any]) -> Definition:
    book = Numbers(as_written=True)
    inputs = [book.input(True if name == "condition" else 0.5, k, name) for k, name in enumerate(op.inputs)]
    result = book.read(formula(*inputs, **op.settings))
    return Definition(inputs, [line for line in book.needed_for([result]) if line.op is not None], result)


def _agrees(op: Op, found: Definition) -> bool:
    rng = np.random.default_rng(0)
    domains = op.domain if isinstance(op.domain, dict) else dict.fromkeys(op.inputs, op.domain)
    for _ in range(8):
        given = [float(domains[name].sample(rng)) for name in op.inputs]
        if not np.isclose(evaluated(found, given), op.compute(*given), rtol=1e-12, atol=1e-300, equal_nan=True):
            return False
    return True


def evaluated(found: Definition, given: list[float]) -> float:
    """The definition, computed with Python's numbers.

    >>> evaluated(definition(selecting.sign), [-3.0])
    -1.0
    """
    numbers: dict[Any, Any] = dict(zip(found.inputs, given))
    for line in found.lines:
        inputs = [numbers[x] if type(x) is Line else x for x in line.inputs]
        assert line.op is not None
        plain = line.op.base in LOGIC or line.op.base in COMPARISONS or line.op.base is number_of
        numbers[line] = line.op.forward(*inputs) if plain else line.op.compute(*map(float, inputs))
    return float(numbers[found.result] if type(found.result) is Line else found.result)


def known(op: Op) -> bool:
    """Whether machine code can be written for this operation of single numbers.

    >>> known(exp), known(activations.gelu)
    (True, True)
    """
    return op.base in BASIC or definition(op) is not None
