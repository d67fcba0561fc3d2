"""How a Value behaves where Python expects a number: comparing, converting, rounding, printing."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import DataError
from ..ops import rounding, selecting
from ..ops.numbers import constant
from . import messages
from .modes import differentiating


def _compared(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A comparison: plain True or False, or an array of them; nothing is recorded."""

    def method(self: Any, other: Any) -> Any:
        try:
            return compare(self._held, other._held if type(other) is type(self) else constant(other))
        except DataError:
            return NotImplemented  # no number: Python then says False to ==, and raises for <

    return method


class NumberLike:
    """Mixin of Value: what float has, with float's meaning (`bool(Value(0.0))` is False)."""

    __slots__ = ()

    _held: Any
    _grad: Any
    name: str | None
    op: Any

    __eq__ = _compared(operator.eq)  # type: ignore[assignment]
    __ne__ = _compared(operator.ne)  # type: ignore[assignment]
    __lt__ = _compared(operator.lt)
    __le__ = _compared(operator.le)
    __gt__ = _compared(operator.gt)
    __ge__ = _compared(operator.ge)
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return bool(self._held)

    def __float__(self) -> float:
        if differentiating.depth:
            raise messages.lost_inside_transform()
        return self.item()

    def __int__(self) -> int:
        return int(float(self))

    def item(self) -> float:
        """The single number it holds, as a float."""
        if np.size(self._held) != 1:
            raise messages.several_numbers(self)
        return float(np.asarray(self._held).item())

    def __reduce__(self) -> Any:
        if self.op is not None:
            raise messages.not_copied(self)
        return type(self), (self._held, self.name)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return selecting.absolute(self)

    def __round__(self, digits: int = 0) -> Any:
        return rounding.round(self, decimals=digits)

    def __trunc__(self) -> Any:
        return rounding.trunc(self)

    def __floor__(self) -> Any:
        return rounding.floor(self)

    def __ceil__(self) -> Any:
        return rounding.ceil(self)

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other  # type: ignore[operator]

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __format__(self, spec: str) -> str:
        return format(self._held, spec) if spec else str(self)

    def __repr__(self) -> str:
        parts = [_shown(self._held)]
        parts += [f"grad={_shown(self._grad)}"] if self._grad is not None else []
        parts += [f"name={self.name!r}"] if self.name is not None else []
        return f"Value({', '.join(parts)})"


def _shown(data: Any) -> str:
    return repr(data) if type(data) is float else np.array2string(data, separator=", ")
