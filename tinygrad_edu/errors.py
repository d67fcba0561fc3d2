"""Errors that teach: what happened (with the values), why, and what to write instead.

>>> raise ShapeError("(3,) + (2,): the shapes do not fit.", "Sizes must be equal or 1.", "Reshape one of them.")
Traceback (most recent call last):
tinygrad_edu.errors.ShapeError: (3,) + (2,): the shapes do not fit.
  Sizes must be equal or 1.
  Reshape one of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class TinygradError(Exception):
    """Base of every error this library raises on purpose; `what`, `why` and `write` are its three parts."""

    def __init__(self, what: str, why: str = "", write: str = ""):
        super().__init__(what, why, write)
        self.what, self.why, self.write = what, why, write

    def __str__(self) -> str:
        return "\n  ".join(part for part in (self.what, self.why, self.write) if part)


class ShapeError(TinygradError, ValueError):
    """Two shapes do not fit, or a shape is not the one that is needed."""


class AxisError(ShapeError, IndexError):
    """An axis that the array does not have."""


class DataError(TinygradError, TypeError):
    """Something that is no real number or array of real numbers."""


class ChangedDataError(TinygradError, RuntimeError):
    """A value was changed after a result was computed from it, so its gradient would be wrong."""


class DerivativeError(TinygradError, ValueError):
    """A primitive's derivatives do not match its inputs, or one of them returned something impossible."""


class NonFiniteError(TinygradError, FloatingPointError):
    """The first number that is nan or infinite, found by `tg.debug()`."""


class UnsupportedError(TinygradError, TypeError):
    """A NumPy function, or a way of calling one, that has no derivative here."""


class UnknownNameError(TinygradError, ValueError):
    """A name (activation, loss, example, option) that does not exist."""


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """The error for a misspelt name: what was meant, and everything there is to choose from."""
    known = sorted(known)
    spelt = {each.lower(): each for each in reversed(known)}
    near = get_close_matches(str(name), known, 1) or [spelt[x] for x in get_close_matches(f"{name}".lower(), spelt, 1)]
    return UnknownNameError(
        f"There is no {kind} named {name!r}.",
        f"The names are: {', '.join(known)}.",
        f"Did you mean {near[0]!r}?" if near else f"Write one of them, for example {known[0]!r}.",
    )
