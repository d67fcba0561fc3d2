"""One line of a program: an input of it, or what an operation makes of earlier lines.

A primitive hands itself to any argument that is no number (`apply_op`): a Value computes and remembers, a Line only
writes down. It has no number to give away, whoever asks: what a program does may not depend on the example it was
written from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from ...ops import arithmetic, rounding, selecting
from ...ops.broadcasting import shape_of
from ...ops.op import Op
from ...protocols.array import ArrayLike
from ...protocols.operators import OPERATORS
from . import messages
from .masks import MASKS, UFUNCS, is_mask


class Line(ArrayLike):
    """A result, remembered: which operation made it of which earlier lines and numbers.

    op, inputs   None and () for what the program is given
    sample       the number or array it was when the program was written: it tells shape and precision, no more
    origin       of an input: the position of an argument, a Value, an array; of a result: None
    order        lines are numbered as they are written
    name         what the user calls it         place   where he wrote it
    about        the line whose derivative this one is a part of; None on the way forward
    gradients    whose gradient it is: a list of `gradients.Gradient`, None if of none
    """

    __slots__ = ("book", "op", "inputs", "sample", "shape", "origin", "order", "name", "place", "about", "gradients")
    shape: tuple[int, ...]  # asked for ten times per line, so it is kept
    name: str | None
    gradients: list[Any] | None

    def __init__(self, book: Any, op: Op | None, inputs: tuple[Any, ...], sample: Any, order: int, origin: Any = None):
        self.book, self.op, self.inputs, self.sample, self.order = book, op, inputs, sample, order
        self.origin, self.name, self.place, self.about, self.gradients = origin, None, None, None, None
        self.shape = () if type(sample) is float else shape_of(sample)

    def apply_op(self, op: Op, inputs: tuple[Any, ...]) -> Any:
        """What every primitive calls when an input is a line."""
        return self.book.write(op, inputs)

    ndim = property(lambda self: np.ndim(self.sample))
    size = property(lambda self: np.size(self.sample))
    dtype = property(lambda self: np.asarray(self.sample).dtype)
    is_mask = property(lambda self: is_mask(self.sample))
    __hash__ = object.__hash__

    @property
    def _held(self) -> Any:
        raise messages.no_number_yet(self, "its number")

    data = item = grad = _held

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name) if name.startswith("_") else messages.no_attribute(self, name)

    def __format__(self, spec: str) -> str:
        if spec:
            raise messages.no_number_yet(self, "its number, as text")
        return repr(self)

    def __len__(self) -> int:
        if not self.shape:
            raise messages.no_number_yet(self, "its length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return self.book.pick(self, index)

    def __contains__(self, x: Any) -> bool:
        raise messages.no_number_yet(self, "whether it contains a number")

    def __bool__(self) -> bool:
        raise messages.no_branch(self)

    def __float__(self) -> float:
        raise messages.no_number_yet(self, "its number")

    __int__ = __index__ = __complex__ = __float__  # type: ignore[assignment]

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise messages.no_number_yet(self, "its numbers, as a plain array")

    def backward(self, *_: Any) -> None:
        """Refused: gradients are results of a program, not notes on its values."""
        raise messages.no_backward(self)

    def detach(self) -> Any:
        """The same numbers, through which no gradient passes."""
        return self.book.constant_of(self)

    def __repr__(self) -> str:
        what = self.op.name if self.op else "input"
        return f"<line {self.order}{f' {self.name}' if self.name else ''}: {what} {self.shape}>"

    def __neg__(self) -> Any:
        return arithmetic.negative(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return selecting.absolute(self)

    def __round__(self, digits: int = 0) -> Any:
        return rounding.round(self, decimals=digits)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other  # type: ignore[operator]

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __trunc__(self) -> Any:
        return rounding.trunc(self)

    def __floor__(self) -> Any:
        return rounding.floor(self)

    def __ceil__(self) -> Any:
        return rounding.ceil(self)

    def __invert__(self) -> Any:
        return self.book.write(MASKS["not"], (self,))

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        if method == "__call__" and not settings and ufunc.__name__ in UFUNCS:
            return self.book.write(MASKS[UFUNCS[ufunc.__name__]], inputs)
        return super().__array_ufunc__(ufunc, method, *inputs, **settings)

    def __array_function__(self, function: Any, types: Any, inputs: Any, settings: Any) -> Any:
        if function.__name__ in ("shape", "ndim", "size", "result_type", "zeros_like", "ones_like"):
            samples = [x.sample if type(x) is Line else x for x in inputs]
            return function(*samples, **settings)
        if function.__name__ == "full_like":
            return function(inputs[0].sample, *inputs[1:], **settings)
        return super().__array_function__(function, types, inputs, settings)


def lines_in(inputs: Iterable[Any]) -> list[Line]:
    """The lines among the inputs."""
    return [x for x in inputs if type(x) is Line]


def _method(op: Op, turned: bool = False) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        return self.book.write(op, (other, self) if turned else (self, other))

    return method


for _name, _op in {**OPERATORS, **{name: MASKS[name] for name in ("eq", "ne", "lt", "le", "gt", "ge")}}.items():
    setattr(Line, f"__{_name}__", _method(_op))
for _name in ("and", "or"):
    setattr(Line, f"__{_name}__", _method(MASKS[_name]))
    setattr(Line, f"__r{_name}__", _method(MASKS[_name], turned=True))
for _name, _op in OPERATORS.items():
    setattr(Line, f"__r{_name}__", _method(_op, turned=True))
Line.__hash__ = object.__hash__  # type: ignore[method-assign, assignment]
