"""What an optimizer says when it cannot take a step."""

from __future__ import annotations

from ..engine.value import Value
from ..errors import DataError, ShapeError


def other_shape(owner: str, k: int, p: Value, name: str, found: tuple[int, ...]) -> ShapeError:
    """For a parameter that was given data of another shape in the middle of training."""
    return ShapeError(
        f"{owner}: parameter {k} has shape {p.shape}, what is remembered of it ({name!r}) has shape {found}.",
        "Every entry of a parameter has its own memory, and the parameter was given other data since the last step.",
        f"Make a new {owner} for parameters of new shapes.",
    )


def without_parameters(owner: str) -> DataError:
    """For step() of an optimizer that was made for functional use."""
    return DataError(
        f"{owner} holds no parameters, so step() has nothing to change.",
        "Made without them it is a rule only: update_all() takes parameters and gradients and returns new ones.",
        f"Write {owner}(model.parameters(), ...), or params, state = optimizer.update_all(params, grads, state).",
    )


def without_memory(owner: str, name: str) -> DataError:
    """For update_all() with the state of another rule."""
    return DataError(
        f"{owner}: the state has no {name!r}.",
        "Every rule remembers things of its own, and this state was made by another one or with other options.",
        "Write state = optimizer.init(params) before the first step, and pass on what update_all() returns.",
    )
