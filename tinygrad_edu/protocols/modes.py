"""What this thread is doing right now: recording or not, being watched, deep inside functions being differentiated."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ContextDecorator
from functools import wraps
from threading import get_ident, local
from typing import Any

modes: dict[int, list[Any]] = {}  # per thread, innermost last; empty nearly always, so asking costs 10 ns
watchers: dict[int, list[Any]] = {}  # per thread, innermost last: asked to take the engine's steps


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


class Watcher(ContextDecorator):
    """A mode that looks at what the engine does in this thread: it is asked to take every step, by calling `step`.

    computing   step(value, op, inputs): one operation; returns its result
    carrying    step(sweep, roots, starts): a backward pass over plain numbers, whose sums are still in the values
    pulling     step(roots, starts, wanted, since): a backward pass that is itself recorded; returns the gradients

    Of several, the innermost is asked; nobody is, while one of them takes a step.
    """

    def __enter__(self) -> Any:
        (Recording if recording() else no_grad)().__enter__()  # the operators ask `modes`; recording stays as it was
        watchers.setdefault(get_ident(), []).append(self)
        return self

    def __exit__(self, *_: object) -> None:
        modes[get_ident()][-1].__exit__()
        mine = watchers[get_ident()]
        mine.pop()
        if not mine:
            del watchers[get_ident()]

    def computing(self, step: Callable[..., Any], *stated: Any) -> Any:
        """Take the step; a subclass looks at what comes of it."""
        return step(*stated)

    carrying = pulling = computing


def watching() -> bool:
    """Whether anybody watches this thread."""
    return get_ident() in watchers


def watched(what: str, step: Callable[..., Any], *stated: Any) -> Any:
    """The step, as the innermost watcher of this thread takes it."""
    mine = watchers.pop(get_ident())
    try:
        return getattr(mine[-1], what)(step, *stated)
    finally:
        watchers[get_ident()] = mine


def taken_over(transform: Callable[..., Any]) -> Callable[..., Any]:
    """Let a watcher that has a method of the transform's name answer in its place: one that writes programs."""

    @wraps(transform)
    def asked(f: Callable[..., Any], *xs: Any) -> Any:
        if watchers and watching() and hasattr(watchers[get_ident()][-1], transform.__name__):
            return getattr(watchers[get_ident()][-1], transform.__name__)(f, *xs)
        return transform(f, *xs)

    return asked


def writing() -> bool:
    """Whether what this thread does is written down as a program, to be run later with other numbers."""
    return bool(watchers) and watching() and hasattr(watchers[get_ident()][-1], "vjp")


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
