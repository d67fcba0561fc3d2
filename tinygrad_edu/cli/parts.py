"""The pieces of an expression, and how one of them is computed from others: sizes first, then numbers.

>>> x, y = Part((0, 1), name="x"), Part((2, 3), name="y")
>>> product = Part((0, 3), operation="multiply", function=FUNCTIONS["multiply"], parts=(x, y))
>>> computed("x*y", product, [2.0, 3.0])
6.0
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import ShapeError, TinygradError
from ..ops.broadcasting import shape_of
from ..ops.catalogue import FUNCTIONS
from ..ops.indexing import getitem
from ..ops.numbers import constant
from ..writing.wording import clip
from .caret import ExpressionError
from .operations import MOST_ENTRIES, entries, settled, shapes_of

LONGEST_HEADLINE = 240


@dataclass(frozen=True)
class Part:
    """A piece of an expression: a number, an input or an operation on other parts, and where it stands.

    place      its first character, and the one after its last
    number     what it is, if it depends on no input
    name       of the input that it is
    operation  the name of what is done with its parts, by `function` with the chosen `settings`
    """

    place: tuple[int, int]
    number: Any = None
    name: str = ""
    operation: str = ""
    function: Callable[..., Any] | None = None
    parts: tuple[Part, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def fixed(self) -> bool:
        """Whether it depends on no input."""
        return not self.name and self.function is None


def computed(text: str, part: Part, operands: list[Any]) -> Any:
    """The result of an operation; ExpressionError at its place if there is none, or one that is too large."""
    if part.function is None:
        return part.number
    if part.function is getitem and isinstance(operands[0], tuple):
        return picked(text, part, operands[0])
    operands = [x if isinstance(x, list) else single(text, source, x) for x, source in zip(operands, part.parts)]
    size = entries(part.operation, shapes_of(operands), part.settings)
    if size > MOST_ENTRIES:
        raise ExpressionError(
            text, *part.place, f"An array of {counted(size)} entries would be needed here.",
            f"An expression computes with at most {MOST_ENTRIES:,} at a time, so that it answers at once.",
            "Choose smaller arrays, or write it as a Python function.",
        )  # fmt: skip
    try:
        y = part.function(*operands, **part.settings)
        return y if part.operation == "arrays" else settled(y)
    except TinygradError as error:
        raise ExpressionError(text, *part.place, clip(error.what, LONGEST_HEADLINE), error.why, error.write) from None
    except Exception as error:  # whatever NumPy says about settings that mean nothing
        said = f"{error}".split("\n")[0].rstrip(".") or type(error).__name__
        raise ExpressionError(
            text, *part.place, f"{part.operation} cannot be computed: {said}.",
            "The operation is not defined for these inputs and settings.",
            "Change one of them; help in Python: import tinygrad_edu as tg; help(tg.sum).",
        ) from None  # fmt: skip


def counted(size: int) -> str:
    """A number of entries in a few characters.

    >>> counted(12000), counted(10**30)
    ('12,000', 'about 1e30')
    """
    return f"{size:,}" if size < 10**12 else f"about 1e{len(str(size)) - 1}" if size < 10**300 else "more than 1e300"


def several(*parts: Any) -> list[Any]:
    """The arrays in a list, for an operation that joins them."""
    return [*parts]


def listed(*entries: Any) -> Any:
    """The array in square brackets, of numbers or of rows."""
    shapes = list(dict.fromkeys(map(shape_of, entries)))
    if len(shapes) > 1:
        raise ShapeError(
            f"The entries of this array have the shapes {', '.join(map(str, shapes[:4]))}.",
            "An array is rectangular: all its rows are equally long.", "Give every row the same number of entries.",
        )  # fmt: skip
    return FUNCTIONS["array"]([*entries])


def picked(text: str, part: Part, results: tuple[Any, ...]) -> Any:
    """One of several results, chosen by its number."""
    chosen = part.settings["index"]
    if type(chosen) is not int or not -len(results) <= chosen < len(results):
        raise ExpressionError(
            text, *part.place, f"This index picks none of the {len(results)} results.",
            "An operation with several results gives them in order, counted from 0.",
            f"Write a whole number from 0 to {len(results) - 1} in the square brackets.",
        )  # fmt: skip
    return results[chosen]


def single(text: str, part: Part, y: Any) -> Any:
    """The result, if it is a single number or array; masks only on their way to an operation."""
    if isinstance(y, (tuple, list)):
        raise ExpressionError(
            text, *part.place, f"This gives {len(y)} results, and one is needed here.",
            "Arithmetic works on one number or array.", "Pick one by its number, counted from 0: […](…)[0].",
        )  # fmt: skip
    return y


def in_full(y: Any) -> Any:
    """The result of a whole expression: a mask as zeros and ones.

    >>> in_full(np.array([True, False]))
    array([1., 0.])
    """
    return constant(y.astype(float)) if isinstance(y, np.ndarray) else y


def too_slow(text: str, part: Part) -> ExpressionError:
    """For an expression whose time is up."""
    return ExpressionError(
        text, *part.place, "Time is up: the computation was stopped here.",
        "Checking an expression means computing it many times, and this one takes long.",
        "Choose smaller arrays or fewer operations, or write it as a Python function.",
    )  # fmt: skip
