"""What this thread is doing right now: recording or not, and how deep inside functions being differentiated."""

from __future__ import annotations

from contextlib import ContextDecorator
from threading import get_ident, local
from typing import Any

modes: dict[int, list[Any]] = {}  # per thread, innermost last; empty nearly always, so asking costs 10 ns


class no_grad(ContextDecorator):
    """Inside it (or in a function below `@no_grad()`), results remember nothing and cost less.

    >>> from tinygrad_edu import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.inputs
    ()
    """

    recording = False

    def __enter__(self) -> None:
        modes.setdefault(get_ident(), []).append(self)

    def __exit__(self, *_: object) -> None:
        mine = modes[get_ident()]
        mine.pop()
        if not mine:
            del modes[get_ident()]


def recording() -> bool:
    """Whether this thread's results remember how they were computed."""
    mine = modes.get(get_ident())
    return mine is None or mine[-1].recording


class Recording(no_grad):
    """Undoes an outer `no_grad` where a derivative is taken: a derivative needs the record."""

    recording = True


class Differentiating(local):
    """How many functions this thread is differentiating right now, one inside the other."""

    depth = 0

    def __enter__(self) -> None:
        self.depth += 1
        if get_ident() in modes:
            Recording().__enter__()

    def __exit__(self, *_: object) -> None:
        self.depth -= 1
        if get_ident() in modes:
            modes[get_ident()][-1].__exit__()


differentiating = Differentiating()
