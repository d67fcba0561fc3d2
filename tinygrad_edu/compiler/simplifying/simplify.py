"""What an operation amounts to, if that is less than an operation.

One small function per rule, in files by subject; each says in its first line what it replaces. A rule keeps every
value: it may change the sign of a zero and round once less, but nothing becomes inf or nan, or ceases to be; shapes
and precisions stay.

>>> import tinygrad_edu as tg
>>> from tinygrad_edu.compiler.recording.program import record
>>> [line.op.name for line in record(lambda x: -(-x) * 1.0 + 0.0 * 2.0 + tg.exp(x), (2.0,)).lines]
['exp', 'add']
"""

from __future__ import annotations

from typing import Any

from ...ops.broadcasting import broadcast_to
from ...ops.op import Op
from ..recording.masks import MASKS
from ..recording.picking import filled
from . import arithmetic as simplify_arithmetic
from . import choices as simplify_choices
from . import filled as simplify_filled
from . import picks as simplify_picks
from . import shapes as simplify_shapes
from .rules import ANYTHING, ITSELF, NUMBER, RULES

SUBJECTS = (simplify_arithmetic, simplify_choices, simplify_shapes, simplify_filled, simplify_picks)
COMPARING = set(MASKS.values())
STRETCHED = {filled, broadcast_to}
NONE: dict[Any, Any] = {}


def simpler(book: Any, op: Op, given: list[Any]) -> Any:
    """The line or number that the operation amounts to; None if it has to be written."""
    rules = RULES.get(op.base, NONE)
    makers = [NUMBER if type(x) is float else x.op and x.op.base for x in given]
    if NUMBER in makers and makers.count(NUMBER) == len(makers) and op.base not in STRETCHED:
        known = of_numbers(op, given)
        if known is not None:
            return known
    if rules:
        makers += [ITSELF, ANYTHING] if len(given) == 2 and given[0] is given[1] else [ANYTHING]
        for maker in makers:
            if maker in rules:
                for rule in rules[maker]:
                    less = rule(book, op, *given)
                    if less is not None:
                        return less
    if op.elementwise and not STRETCHED.isdisjoint(makers):
        return simplify_filled.unstretched(book, op, given)
    return None


def of_numbers(op: Op, given: list[float]) -> Any:
    """2 · 3 → 6: what needs no line at all is computed now"""
    if op in COMPARING:
        return 1.0 if op.forward(*given) else 0.0
    y = op.compute(*given)
    return y if type(y) is float else None
