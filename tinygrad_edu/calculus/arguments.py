"""Which arguments of a function are differentiated: all others are held fixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .messages import positions


def of_chosen(
    f: Callable[..., Any], argnums: int | tuple[int, ...], xs: tuple[Any, ...], settings: dict[str, Any]
) -> tuple[Callable[..., Any], list[Any]]:
    """f as a function of the chosen arguments alone, and their values.

    >>> g, values = of_chosen(lambda a, b: a - b, 1, (5.0, 2.0), {})
    >>> g(*values), g(4.0)
    (3.0, 1.0)
    """
    chosen = positions(argnums, len(xs))

    def function(*values: Any) -> Any:
        arguments = list(xs)
        for i, value in zip(chosen, values):
            arguments[i] = value
        return f(*arguments, **settings)

    return function, [xs[i] for i in chosen]
