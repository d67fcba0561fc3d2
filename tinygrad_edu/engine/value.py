"""A number or an array that remembers how it was computed.

>>> a, b = Value(2.0), Value(-3.0)
>>> y = a * b + 10
>>> y.backward()
>>> y.data, a.grad, b.grad
(4.0, -3.0, 2.0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..ops.numbers import kept, owned, settle, unmasked
from ..ops.op import Op
from ..protocols import messages, operators
from ..protocols.array import ArrayLike
from ..protocols.changes import clock, look_again
from ..protocols.holder import Holder
from ..protocols.modes import modes, recording, watched, watchers, watching
from ..protocols.number import NumberLike


class Value(Holder, NumberLike, ArrayLike):
    """A number or array, the primitive that made it and the inputs it was made from.

    data     a number (kept as float) or an array or nested list of numbers (copied; float32 stays float32)
    name     what pictures and messages call it
    raises   DataError if `data` is no real number or array of real numbers, `name` no text

    >>> Value([1, 2, 3], name="x")
    Value([1., 2., 3.], name='x')
    """

    __slots__ = ("_held", "_grad", "op", "a", "b", "order", "name", "_sum", "seen", "place")  # np.ma takes a _data
    # a, b     the inputs, Values or constants: b is None for one, a is a tuple for more than two, () if forgotten
    # order    the tick of the clock at which the data was computed, or last changed
    # _sum     during a backward pass: the gradient that has arrived so far
    # seen     a copy of the array as it was when `.data` handed it out, to notice v.data[...] = ...
    # place    where in the user's program it was made; set only while somebody watches

    def __init__(self, data: Any, name: str | None = None):
        self._held = data if type(data) is float else owned(data)
        self._grad = self._sum = self.seen = self.op = self.a = self.b = None
        self.name, self.order = name if name is None else messages.checked_name(name), next(clock)

    def __init_subclass__(cls) -> None:
        raise messages.no_subclass(cls.__name__)

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What it was computed from, in the order the operation took them: Values and plain constants."""
        if self.op is None or type(self.a) is tuple:
            return self.a or ()
        return (self.a,) if self.b is None else (self.a, self.b)

    def backward(self, gradient: Any = None) -> None:
        """Run the chain rule backwards and add d(self)/d(v) into `.grad` of every v it was computed from.

        gradient   what to start from: needed, in the shape of self, when self is an array
        raises     ShapeError without it; ChangedDataError if an input was changed; DataError if nothing was recorded
        """
        from .sweep import backward  # the sweep knows Value, not the other way round

        backward(self, messages.checked_start(gradient, self))

    def apply_op(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        """Compute `op` of the inputs (at least one is a Value) and remember it, unless recording is off."""
        if watchers and watching():
            return watched("computing", Value.apply_op, self, op, inputs)
        data, constants, handed_out = [], False, False
        for x in inputs:
            if type(x) is Value:
                data.append(x._held)
                if x.seen is not None:
                    look_again(x)
                    handed_out = True
            elif type(x) is float:
                data.append(x)
            elif hasattr(x, "apply_op"):
                return x.apply_op(op, inputs)  # a reader that sees more than numbers
            else:
                data.append(kept(x))
                constants = True
        data = unmasked(op, data) if constants else data
        try:
            y = op.forward(*data)
        except (ArithmeticError, ValueError):
            y = op.compute(*data)  # which knows what to do about it
        node = object.__new__(Value)
        node._held = y = y if type(y) is float else settle(y)
        node._grad = node._sum = node.seen = node.name = node.op = node.a = node.b = None
        node.order = next(clock)
        if handed_out and type(y) is np.ndarray and (y.base is not None or any(y is x for x in data)):
            node._held = y.copy()  # somebody may write into the memory that y shares
        if modes and not recording():
            node.a = ()
            return node
        node.op = op
        inputs = tuple([x if type(x) is Value else z for x, z in zip(inputs, data)]) if constants else inputs
        node.a, node.b = (inputs, None) if len(inputs) > 2 or op.variadic else (*inputs, None)[:2]
        return node

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...  # every primitive is a method


operators.attach(Value, clock)
