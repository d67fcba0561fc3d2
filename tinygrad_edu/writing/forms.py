"""What a formula is made of, when it is in order: sums of products of powers of letters and calls.

>>> single(Letter("x"), 2.0) == Sum((Product(1.0, ((Letter("x"), 2.0),)),)), only(single(Letter("x")))
(True, Letter(name='x', latex=''))
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..ops.exponentials import LN2, LN10
from ..ops.op import Op
from ..ops.powers import sqrt
from ..ops.special import TWO_OVER_SQRT_PI


@dataclass(frozen=True)
class Letter:
    """A letter of the user's, or a constant with a name of its own, which then has its LaTeX."""

    name: str
    latex: str = ""


@dataclass(frozen=True)
class Call:
    """A function that is written by its name."""

    op: Op
    inputs: tuple[Sum, ...]


@dataclass(frozen=True)
class Cases:
    """The first value whose condition holds, or else the other one."""

    branches: tuple[tuple[Sum, Sum], ...]
    otherwise: Sum


@dataclass(frozen=True)
class Product:
    """coefficient · base ^ exponent · base ^ exponent · ..."""

    coefficient: float
    factors: tuple[tuple[Any, float], ...] = ()


@dataclass(frozen=True)
class Sum:
    """Products added up; none of them is 0."""

    terms: tuple[Product, ...] = ()


def single(base: Any, exponent: float = 1.0) -> Sum:
    """A sum of one term with one factor."""
    return Sum((Product(1.0, ((base, exponent),)),))


def only(x: Sum) -> Any:
    """What x is if it is a single factor: a letter, a call or cases; else None."""
    [term] = x.terms if len(x.terms) == 1 else [Product(0.0)]
    return term.factors[0][0] if term.coefficient == 1.0 and [e for _, e in term.factors] == [1.0] else None


def gradient_first(factors: tuple[tuple[Any, float], ...]) -> list[tuple[Any, float]]:
    """The gradient that arrived stands in front: what arrived, times the local derivative."""
    return sorted(factors, key=lambda factor: factor != (Letter("g"), 1.0))


ZERO, ONE = Sum(), Sum((Product(1.0),))
PI = single(Letter("π", r"\pi"))
NAMED = {
    math.pi: PI,
    LN2: single(Letter("ln 2", r"\ln 2")),
    LN10: single(Letter("ln 10", r"\ln 10")),
    TWO_OVER_SQRT_PI: Sum((Product(2.0, ((Call(sqrt, (PI,)), -1.0),)),)),
}
