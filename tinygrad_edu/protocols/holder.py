"""The data of a Value and its gradient: what may be read, what may be set, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops.broadcasting import fit, shape_of
from ..ops.numbers import constant, owned
from . import messages
from .changes import clock, read_only


class Holder:
    """Mixin of Value: `.data` and `.grad`, guarded so that no record can be falsified unnoticed."""

    __slots__ = ()

    _held: Any
    _grad: Any
    _sum: Any
    seen: Any
    op: Any
    a: Any
    b: Any
    order: int
    name: str | None
    shape: tuple[int, ...]

    @property
    def data(self) -> Any:
        """The number or array. What an operation computed is read-only: it is part of the record."""
        data = self._held
        if type(data) is not float:
            if self.op is not None:
                return read_only(data)
            if self.seen is None:  # the copy is given away: views made before stay what they were
                self.seen, self._held = data, data.copy()
        return self._held

    @data.setter
    def data(self, data: Any) -> None:
        if self.op is not None:
            raise messages.computed_data(self)
        data = data if type(data) is float or data is self._held else owned(data)
        self._grad = self._grad if shape_of(data) == self.shape else None  # of other numbers: forget it
        self._held = data
        self.seen = None if self.seen is None or type(self._held) is float else self._held.copy()
        self.order = next(clock)  # type: ignore[misc]  # newer than whatever was computed from the old data: backward() will notice

    @property
    def grad(self) -> Any:
        """The gradient `backward()` added up here, in the shape of the data; None before there is one."""
        shared = type(self._grad) is np.ndarray and self.op is not None  # by several values inside the graph
        return read_only(self._grad) if shared else self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        if grad is not None and np.shape(grad) not in ((), self.shape):
            raise messages.grad_shape(np.shape(grad), self)
        self._grad = None if grad is None else fit(constant(grad), self._held) + 0.0

    def zero_grad(self) -> None:
        """Forget the gradient: `.grad` is None again."""
        self._grad = None

    def detach(self) -> Any:
        """A new Value with the same data that remembers nothing."""
        return type(self)(self._held, self.name)  # type: ignore[call-arg]
