"""Symbols: letters that go through functions and derivative rules in the place of numbers, and remember what happened.

A primitive hands itself to any argument that is no number (`apply_op`). A Value computes and records; a Symbol only
records. So the line that computes a gradient also *writes down* its formula:

>>> from tinygrad_edu.ops.trigonometry import tanh
>>> g, y, x = letters("g y x")
>>> tanh.rules[0](g, y, x)
g · (1 − y²)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import TinygradError
from ..ops import arithmetic, selecting
from ..ops.comparisons import COMPARISONS
from ..ops.numbers import constant, owned
from ..ops.op import Op
from ..protocols.array import ArrayLike
from ..protocols.operators import OPERATORS
from .notation import TEXT

LONGEST = 2000  # operations in one formula; nobody reads a longer one
DEEPEST = 100  # operations inside each other; so recursion over a formula is safe


class FormulaError(TinygradError, ValueError):
    """Something that cannot be written as a formula."""


class Symbol(ArrayLike):
    """A letter, or an operation on symbols and numbers.

    name     of a letter, None for a result          op, inputs   of a result, as in a Value
    sample   an example of the number or array it stands for: rules may ask for its shape

    >>> x = Symbol("x")
    >>> x * x + 1
    x² + 1
    >>> (x * x + 1).evaluate({"x": 3.0})
    10.0
    """

    __slots__ = ("name", "op", "inputs", "_held", "size_of_formula", "depth", "order")
    made = 0

    def __init__(self, name: str | None = None, sample: Any = 0.5, op: Op | None = None, inputs: tuple[Any, ...] = ()):
        self.name, self.op, self.inputs, self._held = name, op, inputs, owned(sample)
        below = [x for x in inputs if type(x) is Symbol]
        self.size_of_formula: int = 1 + sum(x.size_of_formula for x in below)
        self.depth: int = 1 + max((x.depth for x in below), default=0)
        Symbol.made += 1
        self.order = Symbol.made
        if self.size_of_formula > LONGEST or self.depth > DEEPEST:
            raise too_long(op)

    def apply_op(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        """What every primitive calls when an input is a symbol: nothing is computed but an example."""
        inputs = tuple(map(as_input, inputs))
        short = shortened(op, inputs)
        if short is not None:
            return short
        with np.errstate(all="ignore"):
            sample = op.compute(*[x._held if type(x) is Symbol else x for x in inputs])
        return Symbol(None, sample, op, inputs)

    def evaluate(self, numbers: dict[str, Any]) -> Any:
        """The number or array the formula gives when each letter stands for the one of its name."""
        if self.op is None:
            return constant(numbers[self.name or ""])
        return self.op.compute(*[x.evaluate(numbers) if type(x) is Symbol else x for x in self.inputs])

    def __repr__(self) -> str:
        return TEXT.write(self)

    def __bool__(self) -> bool:
        raise FormulaError(
            f"Whether {self} is true was asked while its formula was being written.",
            "A symbol stands for every number at once, so `if` and `while` cannot choose one way for all of them.",
            "Write tg.where(condition, a, b), which keeps both ways.",
        )

    def __float__(self) -> float:
        raise FormulaError(
            f"{self} was asked for its number while its formula was being written.",
            "Functions from the module math, and float(), see numbers only; a symbol has none.",
            "Write the function of the same name from tinygrad_edu, for example tg.exp(x).",
        )

    __int__ = __index__ = __float__  # type: ignore[assignment]
    __hash__ = object.__hash__

    def __neg__(self) -> Any:
        return arithmetic.negative(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return selecting.absolute(self)


def as_input(x: Any) -> Any:
    """A symbol as it is; a Value with a name as a letter; anything else as a number or array."""
    if type(x) is Symbol:
        return x
    name = getattr(x, "name", None)
    return Symbol(name, x._held) if isinstance(name, str) else constant(getattr(x, "_held", x))


def letters(names: str, sample: Any = 0.5) -> list[Symbol]:
    """One symbol for each of the names.

    >>> letters("a b")
    [a, b]
    """
    return [Symbol(name, sample) for name in names.split()]


def too_long(op: Op | None) -> FormulaError:
    """For a formula that would fill pages."""
    return FormulaError(
        f"The formula has more than {LONGEST} operations, or more than {DEEPEST} inside each other"
        f"{f' (here: {op.name})' if op else ''}.",
        "Every use of a result writes its whole formula again, so formulas grow much faster than programs.",
        "Write tg.explain(y, x) for the chain rule step by step, or ask for the formula of one part.",
    )


def shortened(op: Op, inputs: tuple[Any, ...]) -> Any:
    """What the operation with a 0 or a 1 amounts to, if it is less than an operation; None if it is not.

    >>> Symbol("x") * 1.0, Symbol("x") * 0.0, 0.0 + Symbol("x"), 0.0 / Symbol("x")
    (x, 0.0, x, 0.0)
    """
    name, (a, b) = op.name, (*inputs, None, None)[:2]
    zeros, ones = [type(x) is float and x == 0.0 for x in (a, b)], [type(x) is float and x == 1.0 for x in (a, b)]
    if (zeros[0] and name in ("multiply", "divide", "gate")) or (zeros[1] and name == "multiply"):
        return 0.0
    if (zeros[0] and name == "add") or (ones[0] and name == "multiply"):
        return b
    if (zeros[1] and name in ("add", "subtract")) or (ones[1] and name in ("multiply", "divide", "power")):
        return a
    if name == "negative" and type(a) is Symbol and a.op is not None and a.op.name == "negative":
        return a.inputs[0]
    return None


# ── comparisons are remembered too: a rule may multiply with one, or choose by it ────────────────────────────────────
def _method(op: Op, turned: bool = False) -> Callable[[Any, Any], Any]:
    return (lambda self, other: op(other, self)) if turned else (lambda self, other: op(self, other))


for _name, _op in {**OPERATORS, **COMPARISONS}.items():
    setattr(Symbol, f"__{_name}__", _method(_op))
for _name, _op in OPERATORS.items():
    setattr(Symbol, f"__r{_name}__", _method(_op, turned=True))
