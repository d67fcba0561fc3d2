"""Formulas that lose their numbers although the mathematics is fine, and the stable way to write each.

A row of the table is a formula in letters. It is compared with what was recorded (the operation that failed and what
its operands were computed from), and with the line of the user's program, which knows what is to follow.

>>> from tinygrad_edu import Value, log, softmax
>>> rewrite(("log", (softmax(Value([0.0, 1.0])),)))
'Write tg.log_softmax(x) instead of log(softmax(x)): it never forms the probability that became 0.'
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import TinygradError
from ..ops.op import TABLE
from ..protocols.places import Place
from .numbers import bad, plain

# written so                     better                               because
REWRITES = [
    ("log(softmax(x))",          "tg.log_softmax(x)",                 "it never forms the probability that became 0"),
    ("log(sigmoid(x))",          "-tg.softplus(-x)",                  "it never forms the probability that became 0"),
    ("log(1 - sigmoid(x))",      "-tg.softplus(x)",                   "it never forms the probability that became 0"),
    ("log(exp(x) / sum(exp(x)))", "tg.log_softmax(x)",                "it subtracts the largest x before any exp"),
    ("exp(x) / sum(exp(x))",     "tg.softmax(x)",                     "it subtracts the largest x before any exp"),
    ("log(sum(exp(x)))",         "tg.logsumexp(x)",                   "it subtracts the largest x before any exp"),
    ("log(1 + exp(x))",          "tg.softplus(x)",                    "for a large x it is x, without any exp"),
    ("log1p(exp(x))",            "tg.softplus(x)",                    "for a large x it is x, without any exp"),
    ("exp(x) / (1 + exp(x))",    "tg.sigmoid(x)",                     "it only ever takes exp of a negative number"),
    ("1 / (1 + exp(-x))",        "tg.sigmoid(x)",                     "it only ever takes exp of a negative number"),
    ("(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "tg.tanh(x)",         "it takes no exp that could overflow"),
    ("log(exp(a) + exp(b))",     "tg.logaddexp(a, b)",                "it subtracts the larger one before any exp"),
    ("a / log(1 + x)",           "a / tg.log1p(x)",                   "1 + x loses a small x"),
    ("a / (exp(x) - 1)",         "a / tg.expm1(x)",                   "the difference loses a small x"),
    ("log(exp(x) - 1)",          "tg.log(tg.expm1(x))",               "the difference loses a small x"),
    ("log(prod(x))",             "tg.log(x).sum()",                   "a product of many can over- and underflow"),
    ("log(a / b)",               "tg.log(a) - tg.log(b)",             "the quotient can over- and underflow"),
    ("sqrt(a ** 2 + b ** 2)",    "tg.hypot(a, b)",                    "no square overflows; at 0 its gradient is 0"),
    ("sqrt(sum(x ** 2))",        "tg.norm(x)",                        "its gradient at 0 is 0"),
    ("x / norm(x)",              "x / tg.maximum(tg.norm(x), 1e-12)", "a vector of length 0 has no direction"),
    ("x / sqrt(sum(x ** 2))",    "x / tg.maximum(tg.norm(x), 1e-12)", "a vector of length 0 has no direction"),
    ("x / sum(x)",               "x / tg.maximum(x.sum(), 1e-12)",    "numbers that add up to 0 have no shares"),
    ("a / std(x)",               "a / (tg.std(x) + 1e-8)",            "equal numbers have no spread to divide by"),
    ("x * log(x)",               "tg.where(x > 0, x * tg.log(tg.where(x > 0, x, 1.0)), 0.0)", "0 · log 0 counts as 0"),
]  # fmt: skip

OPERATORS = {"Add": "add", "Sub": "subtract", "Mult": "multiply", "Div": "divide", "Pow": "power", "USub": "negative"}
COMMUTATIVE = {"add", "multiply"}
MODULES = {"tg", "np", "tinygrad_edu", "numpy"}
ONE_INPUT = {"sum", "prod", "norm", "softmax", "std"}  # what follows is an axis


def rewrite(failed: tuple[str, tuple[Any, ...]], place: Place | None = None) -> str:
    """What to write instead of the formula that the failed operation belongs to; '' if none of the table fits.

    A formula found in the record is tried with its numbers first: what would not be finite either is not recommended.
    """
    refused = set()
    for written, better, because in REWRITES:
        bound: dict[str, Any] = {}
        if match(tree(written), failed, bound):
            if finite(tree(better), bound):
                return f"Write {better} instead of {written}: {because}."
            refused.add(written)
    parts = [part for part in parts_of(place) if mentions(part, failed[0])] if place is not None else []
    for written, better, because in REWRITES:
        if written not in refused and any(match(tree(written), part, {}) for part in parts):
            return f"Write {better} instead of {written}: {because}."
    return ""


def tree(formula: str) -> ast.expr:
    """A formula of the table as Python's own syntax tree."""
    return ast.parse(formula, mode="eval").body


def apart(x: Any) -> tuple[str, tuple[Any, ...]] | None:
    """An operation and its operands, of a Value or of a piece of program text; None if it is none.

    >>> apart(tree("a ** 2"))[0], apart(tree("x")) is None
    ('power', True)
    """
    if type(x) is tuple:
        name, operands = x
    elif type(x) is Value and x.op is not None:
        name, operands = x.op.name, x.inputs
    elif isinstance(x, ast.BinOp):
        name, operands = OPERATORS.get(type(x.op).__name__, ""), (x.left, x.right)
    elif isinstance(x, ast.UnaryOp) and type(x.op).__name__ in OPERATORS:
        name, operands = OPERATORS[type(x.op).__name__], (x.operand,)
    elif isinstance(x, ast.Call) and isinstance(x.func, ast.Name):
        name, operands = x.func.id, tuple(x.args)
    elif isinstance(x, ast.Call) and isinstance(x.func, ast.Attribute):
        module = isinstance(x.func.value, ast.Name) and x.func.value.id in MODULES
        name, operands = x.func.attr, tuple(x.args) if module else (x.func.value,)
    else:
        return None
    if name == "square" or (name == "multiply" and same(*operands)):
        return "power", (operands[0], 2.0)
    if name == "reciprocal":
        return "divide", (1.0, operands[0])
    return (name, operands[:1]) if name in ONE_INPUT else (name, operands)


def match(pattern: Any, x: Any, bound: dict[str, Any]) -> bool:
    """Whether x is of the pattern's form; its letters are then in `bound`, each for one and the same thing."""
    if isinstance(pattern, ast.Name):
        return same(bound.setdefault(pattern.id, x), x)
    if isinstance(pattern, ast.Constant):
        return constant(x) == pattern.value
    wanted, found = apart(pattern), apart(x)
    if wanted is None or found is None or wanted[0] != found[0] or len(wanted[1]) != len(found[1]):
        return False
    orders = [found[1], found[1][::-1]] if wanted[0] in COMMUTATIVE else [found[1]]
    for operands in orders:
        trial = dict(bound)
        if all(match(p, z, trial) for p, z in zip(wanted[1], operands)):
            bound.update(trial)
            return True
    return False


def constant(x: Any) -> float | None:
    """A plain number as such, None for everything else."""
    x = x.value if isinstance(x, ast.Constant) else x
    return float(x) if isinstance(x, (int, float)) else None


def same(a: Any, b: Any) -> bool:
    """Whether two things are the same value, the same number, the same text, or made of such by the same operation."""
    if a is b or (constant(a) is not None and constant(a) == constant(b)):
        return True
    if isinstance(a, ast.expr) and isinstance(b, ast.expr):
        return ast.dump(a) == ast.dump(b)
    if type(a) is Value is type(b) and a.op is not None and a.op is b.op and len(a.inputs) == len(b.inputs):
        return all(x is z for x, z in zip(a.inputs, b.inputs))
    return False


def parts_of(place: Place) -> Iterator[ast.expr]:
    """Every expression in the line of the program, where it can be read as Python; the largest first."""
    text = place.text.rstrip(":")
    for candidate in (text, text.partition(" ")[2], place.code):  # 'return log(p)' is a statement of functions only
        try:
            program = ast.parse(candidate)
        except SyntaxError:
            continue
        yield from (node for node in ast.walk(program) if isinstance(node, ast.expr))


def mentions(part: ast.expr, name: str) -> bool:
    """Whether the operation that failed is one of those written in this part."""
    found = [apart(node) for node in ast.walk(part) if isinstance(node, ast.expr)]
    return any(pair is not None and pair[0] == name for pair in found)


def finite(formula: ast.expr, bound: dict[str, Any]) -> bool:
    """Whether the formula is finite for these values of its letters."""
    with np.errstate(all="ignore"):
        try:
            return not bad(computed(formula, bound))
        except TinygradError:
            return False


def computed(x: ast.expr, bound: dict[str, Any]) -> Any:
    """The number or array of a formula of the table.

    >>> computed(tree("tg.log1p(x) + 1"), {"x": 0.0})
    1.0
    """
    if isinstance(x, ast.Name):
        [number] = plain([bound[x.id]])
        return number
    if isinstance(x, ast.Constant):
        return float(x.value)  # type: ignore[arg-type]
    if isinstance(x, ast.Compare):
        return np.greater(computed(x.left, bound), computed(x.comparators[0], bound))
    name, operands = apart(x)  # type: ignore[misc]
    return TABLE[name](*(computed(operand, bound) for operand in operands))
