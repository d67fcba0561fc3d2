"""Names for what a function computes on its way, so that checks, pictures and explanations can speak of it.

>>> x = Value(3.0)
>>> h = name(x * 2.0, "h")
>>> h.name, (h * h).inputs[0].name
('h', 'h')

A name is a note on the value and changes nothing else. So a function keeps its names when it is called with plain
numbers or arrays, which cannot carry any: `name` hands them back as they are.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import local
from typing import TYPE_CHECKING, TypeVar

from ..engine.value import Value
from ..errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

Anything = TypeVar("Anything")


class Listening(local):
    """Where this thread writes down the names that are given while somebody listens."""

    given: list[tuple[str, Value]] | None = None


listening = Listening()


def name(value: Anything, called: str) -> Anything:
    """Give a Value its name, and return it; anything else is returned as it is.

    value    what was just computed: `h = tg.name(tg.tanh(z), "h")` stands where `h = tg.tanh(z)` stood
    called   its name: a text that is not empty; `value.name = called` does the same
    raises   DataError if the name is no such text

    >>> name(Value(2.0), "half"), name(2.0, "half")
    (Value(2.0, name='half'), 2.0)
    """
    if not isinstance(called, str) or not called:
        swapped = isinstance(value, str)
        raise DataError(
            f"tg.name({value!r}, {called!r}): the second argument is not a text with something in it.",
            "A name is what reports and pictures print, so it must be readable.",
            f"Write tg.name(..., {value!r}): the value first, then its name." if swapped else 'Write tg.name(h, "h").',
        )
    if hasattr(value, "book"):  # a line of a program that is being written
        value.name = called  # type: ignore[attr-defined]
    if isinstance(value, Value):
        value.name = called
        if listening.given is not None:
            listening.given.append((called, value))
    return value


@contextmanager
def names_given() -> Iterator[list[tuple[str, Value]]]:
    """Every (name, value) given by `name` inside it: also of values that the result does not depend on.

    >>> with names_given() as given:
    ...     h = name(Value(1.0), "h")
    >>> given
    [('h', Value(1.0, name='h'))]
    """
    before, listening.given = listening.given, []
    try:
        yield listening.given
    finally:
        listening.given = before
