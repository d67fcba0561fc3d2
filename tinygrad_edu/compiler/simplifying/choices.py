"""Gates and choices whose answer is known, or was given before."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops import kinks, selecting
from ...ops.broadcasting import shape_of
from ...ops.op import Op
from ..recording.masks import MASKS, number_of
from .rules import ITSELF, NUMBER, is_number, made_by, precision, rule, takes


@rule(kinks.gate, of=NUMBER)
def known_gate(book: Any, op: Op, x: Any, condition: Any) -> Any:
    """An open gate → x, a closed one → 0, and 0 behind any gate → 0"""
    if type(condition) is float:
        return x if condition else (0.0 if not x.shape else None)
    return 0.0 if is_number(x, 0.0) and not condition.shape else None


@rule(kinks.gate, of=kinks.gate)
def gate_after_gate(book: Any, op: Op, x: Any, condition: Any) -> Any:
    """Two gates with one condition → one"""
    return x if made_by(x, kinks.gate) and x.inputs[1] is condition else None


@rule(kinks.gate, of=number_of)
def gate_of_mask(book: Any, op: Op, x: Any, condition: Any) -> Any:
    """A gate that asks whether a mask, as a number, is not 0 → one that asks the mask"""
    if not made_by(condition, number_of) or not condition.inputs[0].is_mask:
        return None
    return book.write(op, (x, condition.inputs[0]))


@rule(selecting.where, of=NUMBER)
def known_choice(book: Any, op: Op, condition: Any, a: Any, b: Any) -> Any:
    """a if True else b → a"""
    if type(condition) is not float:
        return None
    chosen, other = (a, b) if condition else (b, a)
    if shape_of(chosen) != np.broadcast_shapes(shape_of(chosen), shape_of(other)):
        return None
    return chosen if precision(other) is None or takes(other, precision(chosen)) else None


@rule(selecting.where)
def same_either_way(book: Any, op: Op, condition: Any, a: Any, b: Any) -> Any:
    """a if … else a → a"""
    if a is not b or type(a) is float:
        return None
    return a if np.broadcast_shapes(shape_of(condition), a.shape) == a.shape else None


@rule(MASKS["not"], of=MASKS["not"])
def not_not(book: Any, op: Op, x: Any) -> Any:
    """not not c → c"""
    return x.inputs[0] if x.inputs[0].is_mask else None


@rule(MASKS["and"], MASKS["or"], of=ITSELF)
def condition_with_itself(book: Any, op: Op, a: Any, b: Any) -> Any:
    """c and c → c, c or c → c"""
    return a if a.is_mask else None
