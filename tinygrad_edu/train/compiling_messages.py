"""What fit says when the training step cannot be compiled, or would not do what the recorded one does."""

from __future__ import annotations

from ..errors import DataError, TinygradError

WITHOUT = "leave compile=True away, and every batch is recorded anew."


def not_written(error: TinygradError) -> TinygradError:
    """What the compiler says, and what to do about it in fit."""
    return type(error)(f"fit(..., compile=True): {error.what}", error.why, f"Change that, or {WITHOUT}")


def with_hooks(path: str) -> DataError:
    """For a model with hooks."""
    return DataError(
        f"fit(..., compile=True): {f'the part {path!r} of the model' if path else 'the model'} has a hook.",
        "A program repeats steps from numbers to numbers; the hook would be called once, while it is written.",
        f"Remove the hook with handle.remove(), or {WITHOUT}",
    )


def left_behind(path: str, name: str) -> DataError:
    """For a model that changes itself while it computes."""
    who = f"the part {path!r} of the model" if path else "the model"
    return DataError(
        f"fit(..., compile=True): {who} changes its attribute {name!r} while it computes.",
        "A program repeats steps from numbers to numbers; the attribute would be set once, while it is written.",
        f"Set it in a callback, after each batch or epoch; or {WITHOUT}",
    )


def beside_the_model(owner: str, what: str) -> DataError:
    """For a loss (or a model) that reads a parameter, or something computed from one, on its own."""
    return DataError(
        f"fit(..., compile=True): {owner} reads {what} itself, not through the prediction.",
        "The program knows the parameters as what the model computes with, and would take that one for a constant.",
        f"For a penalty on weights write weight_decay=... in the optimizer; or {WITHOUT}",
    )
