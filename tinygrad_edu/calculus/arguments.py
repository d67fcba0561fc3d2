"""Which arguments of a function are differentiated: all others are held fixed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import TinygradError
from .messages import no_function, numbers_in_a_list, positions


def is_number(x: Any) -> bool:
    """Whether x is a plain number."""
    return isinstance(x, (int, float)) and not isinstance(x, bool)


def of_chosen(
    f: Callable[..., Any], argnums: int | tuple[int, ...], xs: tuple[Any, ...], settings: dict[str, Any]
) -> tuple[Callable[..., Any], list[Any]]:
    """f as a function of the chosen arguments alone, and their values.

    >>> g, values = of_chosen(lambda a, b: a - b, 1, (5.0, 2.0), {})
    >>> g(*values), g(4.0)
    (3.0, 1.0)
    """
    if not callable(f):
        raise no_function(f)
    chosen = positions(argnums, len(xs))

    def function(*values: Any) -> Any:
        arguments = list(xs)
        for i, value in zip(chosen, values):
            arguments[i] = value
        try:
            return f(*arguments, **settings)
        except TinygradError:
            raise  # which says more
        except TypeError as error:
            if plain := next((x for x in xs if isinstance(x, (list, tuple)) and x and all(map(is_number, x))), None):
                raise numbers_in_a_list(plain, error) from error
            raise

    return function, [xs[i] for i in chosen]
