"""What the checks say when they are asked in a way that has no answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ShapeError, unknown_name


def check_names(formulas: Mapping[str, Any], names: list[str]) -> None:
    """Raise if a formula is given for something that is not an input."""
    for name in formulas:
        if name not in names:
            raise unknown_name("input", name, names)


def wrong_shape(name: str, shape: tuple[int, ...], wanted: tuple[int, ...]) -> ShapeError:
    """For a hand-derived gradient that cannot be one."""
    return ShapeError(
        f"The formula for {name!r} has shape {shape}, but {name!r} has shape {wanted}.",
        "A gradient has one slope per number of its input, so both have the same shape.",
        "Transpose it, or sum over the axis that does not belong to the input (the samples of a batch?).",
    )
