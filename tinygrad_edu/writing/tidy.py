"""Formulas in order: sums of products of powers, so that g · 1 + 0, −(−g) and 0.5 · g / y are written as people do.

A rule is written for a computer. Recorded with symbols it is a tree of operations; here the tree becomes a `Sum` of
`Product`s, in which numbers are multiplied out, equal terms and equal factors collected, and choices gathered.

>>> from tinygrad_edu.writing.symbols import letters
>>> a, b, g = letters("a b g")
>>> 0.5 * g / b, -(-a), a + a * 1.0, a * b * a, (1.0 - a) * (1.0 + a)
(g / (2b), a, 2a, a² · b, 1 − a²)
"""

from __future__ import annotations

import math
from functools import reduce
from typing import Any

import numpy as np

from ..ops.exponentials import exp, log
from ..ops.op import Op
from ..ops.powers import sqrt
from .forms import NAMED, ONE, ZERO, Call, Cases, Letter, Product, Sum, only, single
from .templates import built_in

TRANSPARENT = {"expand_dims", "squeeze", "broadcast_to", "cast", "identity"}  # the same numbers in another shape
LINEAR = {"sum", "mean", "sum_to", "transpose", "swapaxes", "matmul"}  # a number in them may stand in front
NOT = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}
EXCLUSIVE = [{"gt", "eq"}, {"lt", "eq"}, {"gt", "lt"}, *({a, b} for a, b in NOT.items())]  # never both true


def tidy(x: Any) -> Sum:
    """The formula of a symbol, a number or an array, in order."""
    done: dict[int, Sum] = {}  # a result that is used twice is tidied once

    def walk(x: Any) -> Sum:
        if type(x) is float or isinstance(x, np.ndarray):
            return of_number(x)
        if id(x) not in done:
            inputs = [walk(z) for z in x.inputs]
            done[id(x)] = of_operation(x.op, inputs) if x.op is not None else single(Letter(x.name))
        return done[id(x)]

    return walk(x)


def of_number(x: Any) -> Sum:
    """A number, as a constant with a name if it has one; an array in brackets, shortened."""
    if type(x) is float:
        return NAMED.get(x) or (Sum((Product(x),)) if x else ZERO)
    shown = np.array2string(x, precision=4, separator=", ", threshold=8).replace("\n", "")
    return single(Letter(shown, shown.replace("...", r"\dots").replace(" True", " 1").replace("False", "0")))


def of_operation(op: Op, inputs: list[Sum]) -> Sum:
    """The sum for an operation whose inputs are in order already."""
    name, a, b = op.name if built_in(op) else "", inputs[0], inputs[-1]
    if name in ("add", "subtract"):
        return added(a, b if name == "add" else scaled(b, -1.0))
    if name == "negative":
        return scaled(a, -1.0)
    if name in ("multiply", "divide"):
        return multiplied(a, b if name == "multiply" else raised(b, -1.0))
    if name in ("square", "reciprocal"):
        return raised(a, 2.0 if name == "square" else -1.0)
    if name == "power" and not any(term.factors for term in b.terms):
        return raised(a, b.terms[0].coefficient if b.terms else 0.0)
    if name == "hypot":
        return single(Call(sqrt, (added(raised(a, 2.0), raised(b, 2.0)),)))
    if name in ("log1p", "expm1"):
        return (
            single(Call(log, (added(ONE, a),))) if name == "log1p" else added(single(Call(exp, (a,))), scaled(ONE, -1))
        )
    if name == "gate":
        return cases(((a, b),), ZERO)
    if name == "where":
        return cases(((inputs[1], a),), b)
    if name == "broadcast_to" and not any(term.factors for term in a.terms):
        return multiplied(a, single(Letter("ones", r"\mathbf{1}")))
    if name in TRANSPARENT:
        return a
    if name not in LINEAR:
        return single(Call(op, tuple(inputs)))
    apart = [x.terms[0].coefficient if len(x.terms) == 1 and x.terms[0].factors else 1.0 for x in inputs]
    return scaled(single(Call(op, tuple(scaled(x, 1.0 / c) for x, c in zip(inputs, apart)))), math.prod(apart))


def scaled(x: Sum, number: float) -> Sum:
    return Sum(tuple(Product(term.coefficient * number, term.factors) for term in x.terms)) if number else ZERO


def added(*sums: Sum) -> Sum:
    """The sum of sums: equal terms are collected, choices that exclude each other become one choice."""
    found: dict[Any, Product] = {}
    for term in [term for x in sums for term in x.terms]:
        key = frozenset(term.factors)
        already = found.get(key, Product(0.0, term.factors))
        found[key] = Product(already.coefficient + term.coefficient, already.factors)
    terms = Sum(tuple(term for term in found.values() if term.coefficient))
    choices = [only(Sum((term,))) for term in terms.terms]
    if len(choices) < 2 or not all(type(c) is Cases and c.otherwise == ZERO for c in choices):
        return terms
    branches = tuple(branch for choice in choices for branch in choice.branches)
    conditions = [only(condition) for _, condition in branches]
    if all(exclude(a, b) for i, a in enumerate(conditions) for b in conditions[:i]):
        *front, last = branches
        rest = len(front) == 1 and NOT[conditions[0].op.name] == conditions[1].op.name
        return cases(tuple(front), last[0]) if rest else cases(branches, ZERO)
    return terms


def exclude(a: Any, b: Any) -> bool:
    """Whether two comparisons of the same things can never be true together."""
    return type(a) is Call is type(b) and a.inputs == b.inputs and {a.op.name, b.op.name} in EXCLUSIVE


def raised(x: Sum, n: float) -> Sum:
    """x to the power n."""
    if n == 0.0 or x == ONE:
        return ONE
    if len(x.terms) != 1:
        return single(x, n) if x.terms else Sum((Product(math.inf),)) if n < 0.0 else ZERO
    [term] = x.terms
    if n % 1.0 and only(x) is None and term.factors:
        return single(x, n)  # the root of x² is not x
    coefficient = float(np.float64(term.coefficient) ** n)
    return reduce(multiplied, [raised_factor(f, e, n) for f, e in term.factors], Sum((Product(coefficient),)))


def raised_factor(base: Any, exponent: float, n: float) -> Sum:
    """(base ^ exponent) ^ n; an even power of a root is a power of what stands under it."""
    if type(base) is Call and base.op is sqrt and exponent * n % 2 == 0:
        return raised(base.inputs[0], exponent * n / 2)
    return single(base, exponent * n)


def multiplied(a: Sum, b: Sum) -> Sum:
    """The product: numbers are multiplied out, equal factors collected, (p − q)(p + q) is p² − q²."""
    if ZERO in (a, b):
        return ZERO
    left, right = (x.terms[0] if len(x.terms) == 1 else Product(1.0, ((x, 1.0),)) for x in (a, b))
    found: dict[Any, float] = {}
    for base, exponent in (*left.factors, *right.factors):
        found[base] = found.get(base, 0.0) + exponent
    again = [base for base, e in found.items() if type(base) is Call and base.op is sqrt and e and e % 2 == 0]
    outside = [raised(base.inputs[0], found.pop(base) / 2) for base in again]
    for p in [base for base in found if type(base) is Sum and len(base.terms) == 2]:
        for q in [base for base in found if type(base) is Sum and len(base.terms) == 2 and base != p]:
            plus, minus = added(p, q), added(p, scaled(q, -1.0))
            if len(plus.terms) == len(minus.terms) == 1 and found.get(p) == found.get(q) is not None:
                outside.append(
                    raised(scaled(added(raised(plus, 2.0), scaled(raised(minus, 2.0), -1.0)), 0.25), found[p])
                )
                del found[p], found[q]
    factors = tuple((base, exponent) for base, exponent in found.items() if exponent)
    y = pushed(Product(left.coefficient * right.coefficient, factors))
    return reduce(multiplied, outside, y)


def pushed(product: Product) -> Sum:
    """The product, with all factors inside a choice that is 0 in all cases but one."""
    for i, (base, exponent) in enumerate(product.factors):
        if type(base) is Cases and exponent == 1.0:
            values = [*(value for value, _ in base.branches), base.otherwise]
            front, rest = (Sum((Product(c, f),)) for c, f in (
                (product.coefficient, product.factors[:i]), (1.0, product.factors[i + 1 :])
            ))  # fmt: skip
            if (front, rest) != (ONE, ONE) and sum(value != ZERO for value in values) == 1:
                inside = [reduce(multiplied, [assuming(c, front), v, assuming(c, rest)]) for v, c in base.branches]
                told = tuple((v, c) for v, (_, c) in zip(inside, base.branches))
                return cases(told, reduce(multiplied, [front, base.otherwise, rest]))
    return Sum((product,)) if product.coefficient else ZERO


def cases(branches: tuple[tuple[Sum, Sum], ...], otherwise: Sum) -> Sum:
    """A choice; one that hangs on the other side of a choice continues it."""
    rest = only(otherwise)
    if type(rest) is Cases:
        branches, otherwise = branches + rest.branches, rest.otherwise
    same = all(value == otherwise for value, _ in branches)
    return otherwise if same else single(Cases(branches, otherwise))


def assuming(condition: Sum, x: Sum) -> Sum:
    """x where the condition holds: it counts as 1, and its opposite as 0."""
    true = only(condition)
    if type(true) is not Call or true.op.name not in NOT:
        return x

    def known(base: Any) -> Any:
        if type(base) is Call and base.inputs == true.inputs and base.op.name in (true.op.name, NOT[true.op.name]):
            return ONE if base.op.name == true.op.name else ZERO
        return assuming(condition, base) if type(base) is Sum else single(base)

    products = [
        reduce(multiplied, [raised(known(base), e) for base, e in term.factors], Sum((Product(term.coefficient),)))
        for term in x.terms
    ]
    return added(*products)
