"""What a layer on arrays is called with: a number, an array, a Value, or a line of a program that is being written.

>>> from tinygrad_edu.engine.value import Value
>>> ready([[1, 2]]), numbers_of(Value(3.0)), symbolic(Value(3.0))
(array([[1., 2.]]), 3.0, False)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from ..ops.numbers import constant


def ready(x: Any) -> Any:
    """x in a form primitives compute with: what records as it is, everything else as a float or an array."""
    return x if hasattr(x, "apply_op") else constant(x)


def symbolic(x: Any) -> bool:
    """Whether x has no numbers yet: it is a line of a program that is being written."""
    return type(x) is not Value and hasattr(x, "apply_op")


def numbers_of(x: Any) -> Any:
    """The plain number or array of a result; it is only to be read."""
    return x._held if type(x) is Value else x


def fraction(owner: str, name: str, x: Any) -> float:
    """A setting from 0 to 1.

    raises   DataError for anything else
    """
    if isinstance(x, (int, float, np.integer, np.floating)) and 0.0 <= x <= 1.0:
        return float(x)
    raise DataError(
        f"{owner}: {name}={x!r}.",
        "It is a share, and a share lies between 0 (nothing) and 1 (all).",
        f"Write a number such as {name}=0.1.",
    )


def number(owner: str, name: str, x: Any, least: float = -math.inf) -> float:
    """A setting that is any finite number from `least` on.

    raises   DataError for anything else
    """
    if isinstance(x, (int, float, np.integer, np.floating)) and not isinstance(x, bool) and least <= x < math.inf:
        return float(x)
    raise DataError(
        f"{owner}: {name}={x!r}.",
        "It is a number" + (f" of at least {least:g}." if least > -math.inf else "."),
        f"Write a number such as {name}=0.1.",
    )


def whole(owner: str, name: str, x: Any) -> int:
    """A setting that counts axes or rows: a whole number, of either sign.

    raises   DataError for anything else
    """
    if isinstance(x, (int, np.integer)) and not isinstance(x, bool):
        return int(x)
    raise DataError(
        f"{owner}: {name}={x!r}.",
        "It is counted: a whole number, negative from the end.",
        f"Write for example {name}=0 or {name}=-1.",
    )


def noted_on_the_side(layer: Any, what: str, write: str) -> DataError:
    """For a layer that would do something only once, while the program is written."""
    return DataError(
        f"{layer!r} is in training mode while the function is being compiled.",
        f"{what} A program repeats steps from arguments to results; this would happen only once, now.",
        write,
    )
