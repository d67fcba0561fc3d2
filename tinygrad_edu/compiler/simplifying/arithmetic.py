"""Sums, products, quotients and powers that amount to less.

All of them are exact: a sign may move, two powers of two may meet, nothing is rounded that was not rounded before.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...ops import arithmetic, powers, selecting
from ...ops.broadcasting import shape_of
from ...ops.op import Op
from .rules import ITSELF, NUMBER, exact, is_number, made_by, precision, rule

ADD, SUBTRACT, MULTIPLY, DIVIDE = arithmetic.add, arithmetic.subtract, arithmetic.multiply, arithmetic.divide
NEGATIVE, POWER = arithmetic.negative, arithmetic.power


# ── sums ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@rule(ADD, of=NUMBER)
def plus_nothing(book: Any, op: Op, a: Any, b: Any) -> Any:
    """0 + b → b, a + 0 → a"""
    return b if is_number(a, 0.0) else a if is_number(b, 0.0) else None


@rule(ADD, of=NEGATIVE)
def plus_negative(book: Any, op: Op, a: Any, b: Any) -> Any:
    """a + (−b) → a − b, (−a) + b → b − a"""
    if made_by(b, NEGATIVE):
        return book.write(SUBTRACT, (a, b.inputs[0]))
    return book.write(SUBTRACT, (b, a.inputs[0]))


@rule(ADD, of=ITSELF)
def plus_itself(book: Any, op: Op, a: Any, b: Any) -> Any:
    """a + a → 2 · a"""
    return book.write(MULTIPLY, (2.0, a))


@rule(SUBTRACT, of=NUMBER)
def minus_nothing(book: Any, op: Op, a: Any, b: Any) -> Any:
    """a − 0 → a, 0 − b → −b"""
    return a if is_number(b, 0.0) else book.write(NEGATIVE, (b,)) if is_number(a, 0.0) else None


@rule(SUBTRACT, of=NEGATIVE)
def minus_negative(book: Any, op: Op, a: Any, b: Any) -> Any:
    """a − (−b) → a + b"""
    return book.write(ADD, (a, b.inputs[0])) if made_by(b, NEGATIVE) else None


@rule(ADD, SUBTRACT, of=MULTIPLY)
def negative_multiple(book: Any, op: Op, a: Any, b: Any) -> Any:
    """a + (−2) · x → a − 2 · x, a − (−2) · x → a + 2 · x"""
    if not made_by(b, MULTIPLY) or type(b.inputs[0]) is not float or not b.inputs[0] < 0.0:
        return None
    return book.write(SUBTRACT if op is ADD else ADD, (a, book.write(MULTIPLY, (-b.inputs[0], b.inputs[1]))))


@rule(NEGATIVE, of=NEGATIVE)
def twice_negative(book: Any, op: Op, x: Any) -> Any:
    """−(−x) → x"""
    return x.inputs[0]


@rule(NEGATIVE, of=SUBTRACT)
def negative_difference(book: Any, op: Op, x: Any) -> Any:
    """−(a − b) → b − a"""
    return book.write(SUBTRACT, x.inputs[::-1])


# ── products ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@rule(MULTIPLY, of=NUMBER)
def times_one(book: Any, op: Op, a: Any, b: Any) -> Any:
    """1 · b → b, a · 1 → a"""
    return b if is_number(a, 1.0) else a if is_number(b, 1.0) else None


@rule(MULTIPLY, of=NUMBER)
def times_minus_one(book: Any, op: Op, a: Any, b: Any) -> Any:
    """(−1) · b → −b, a · (−1) → −a"""
    if is_number(a, -1.0) or is_number(b, -1.0):
        return book.write(NEGATIVE, (b if type(a) is float else a,))
    return None


@rule(MULTIPLY, of=NUMBER)
def number_first(book: Any, op: Op, a: Any, b: Any) -> Any:
    """a · 2 → 2 · a, so that both are one line"""
    return book.write(MULTIPLY, (b, a)) if type(b) is float else None


@rule(MULTIPLY, of=NUMBER)
def number_times_number(book: Any, op: Op, a: Any, b: Any) -> Any:
    """2 · (3 · x) → 6 · x, where that rounds nothing else: one of them is a power of two

    Where only the inner product is too large to be a number, beyond 1e305, the product comes out in place of inf; half
    precision, which ends at 65,504, is left alone where that can happen.
    """
    if type(a) is not float or not made_by(b, MULTIPLY) or type(b.inputs[0]) is not float:
        return None
    inner, x = b.inputs
    if 0.5 not in (abs(math.frexp(a)[0]), abs(math.frexp(inner)[0])):
        return None
    if abs(inner) > 1.0 > abs(a) and (abs(inner) > 1000.0 or precision(x) == np.float16):
        return None
    largest = 1e300 if exact(x) else 1e4  # which every precision holds
    return book.write(MULTIPLY, (a * inner, x)) if 1.0 / largest < abs(a * inner) < largest else None


@rule(MULTIPLY, DIVIDE, of=NEGATIVE)
def negative_factor(book: Any, op: Op, a: Any, b: Any) -> Any:
    """(−a) · b → −(a · b), a / (−b) → −(a / b): the sign moves out, where it meets others"""
    if made_by(a, NEGATIVE):
        return book.write(NEGATIVE, (book.write(op, (a.inputs[0], b)),))
    return book.write(NEGATIVE, (book.write(op, (a, b.inputs[0])),))


@rule(NEGATIVE, of=MULTIPLY)
def negative_of_multiple(book: Any, op: Op, x: Any) -> Any:
    """−(2 · x) → (−2) · x"""
    number, rest = x.inputs
    return book.write(MULTIPLY, (-number, rest)) if type(number) is float else None


@rule(MULTIPLY, of=ITSELF)
def times_itself(book: Any, op: Op, a: Any, b: Any) -> Any:
    """a · a → a²"""
    return book.write(powers.square, (a,))


@rule(DIVIDE, of=NUMBER)
def over_one(book: Any, op: Op, a: Any, b: Any) -> Any:
    """a / 1 → a, a / (−1) → −a"""
    return a if is_number(b, 1.0) else book.write(NEGATIVE, (a,)) if is_number(b, -1.0) else None


# ── powers ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@rule(powers.square, selecting.absolute, of=(NEGATIVE, selecting.absolute))
def sign_forgotten(book: Any, op: Op, x: Any) -> Any:
    """(−x)² → x², |−x| → |x|, |x|² → x²"""
    return book.write(op, x.inputs)


@rule(POWER, of=NUMBER)
def known_power(book: Any, op: Op, a: Any, b: Any) -> Any:
    """a¹ → a, a² → a · a, a³ → a · a · a, a⁻¹ → 1 / a, a⁰ → 1"""
    if type(b) is not float or type(a) is float:
        return None
    if b == 1.0:
        return a
    if b == 2.0:
        return book.write(powers.square, (a,))
    if b == 3.0 and exact(a):
        return book.write(MULTIPLY, (book.write(powers.square, (a,)), a))
    return book.write(DIVIDE, (1.0, a)) if b == -1.0 else 1.0 if b == 0.0 and not shape_of(a) else None
