"""Python's operators on Values, and the methods of primitives with one input: the hot path of a scalar graph.

A generic recorder costs three times as much per operation. So these templates, filled in with the class and a
primitive, write the record down themselves when nothing special is asked: no mode is on, a constant is a float, no
array has been handed out. Everything else goes through `apply_op`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ops import arithmetic, products, rounding
from ..ops.numbers import settle
from ..ops.op import TABLE, Op
from .modes import modes

OPERATORS = {
    "add": arithmetic.add,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
    "truediv": arithmetic.divide,
    "pow": arithmetic.power,
    "matmul": products.matmul,
    "mod": rounding.mod,
    "floordiv": rounding.floor_divide,
}


def attach(Value: Any, clock: Any) -> None:
    """Give the class its operators and, under their names, the primitives with one input."""
    for name, op in OPERATORS.items():
        method, reflected = binary(op, Value, clock)
        setattr(Value, f"__{name}__", method)
        setattr(Value, f"__r{name}__", reflected)
    Value.__neg__ = unary(arithmetic.negative, Value, clock)
    for op in TABLE.values():
        if op.elementwise and len(op.inputs) == 1 and not op.settings:
            setattr(Value, op.name, unary(op, Value, clock))


def unary(op: Op, Value: Any, clock: Any) -> Callable[[Any], Any]:
    """The method of a primitive with one input."""
    forward, new = op.forward, object.__new__

    def method(self: Any) -> Any:
        x = self._held
        if modes or self.seen is not None:
            return self.apply_op(op, (self,))
        try:
            y = forward(x)
        except (ArithmeticError, ValueError):
            y = op.compute(x)
        node = new(Value)
        node._held = y if type(y) is float else settle(y)
        node.op = op
        node.a = self
        node.order = next(clock)
        node.b = node._grad = node._sum = node.seen = node.name = None
        return node

    method.__doc__ = op.__doc__
    return method


def binary(op: Op, Value: Any, clock: Any) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    """The operator of a primitive with two inputs, and its reflection (2 * v)."""
    forward, new = op.forward, object.__new__

    def method(self: Any, other: Any) -> Any:
        x = self._held
        if type(other) is Value:
            z = other._held
        else:
            if type(other) is int:
                other = float(other)
            z = other
        if modes or self.seen is not None or (other.seen is not None if z is not other else type(z) is not float):
            return self.apply_op(op, (self, other))
        try:
            y = forward(x, z)
        except (ArithmeticError, ValueError):
            y = op.compute(x, z)
        node = new(Value)
        node._held = y if type(y) is float else settle(y)
        node.op = op
        node.a = self
        node.b = other
        node.order = next(clock)
        node._grad = node._sum = node.seen = node.name = None
        return node

    def reflected(self: Any, other: Any) -> Any:
        x = self._held
        if modes or self.seen is not None or type(other) is not float:
            return self.apply_op(op, (other, self))
        try:
            y = forward(other, x)
        except (ArithmeticError, ValueError):
            y = op.compute(other, x)
        node = new(Value)
        node._held = y if type(y) is float else settle(y)
        node.op = op
        node.a = other
        node.b = self
        node.order = next(clock)
        node._grad = node._sum = node.seen = node.name = None
        return node

    return method, reflected
