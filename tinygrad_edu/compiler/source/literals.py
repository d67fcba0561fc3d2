"""Numbers, arrays and settings as Python reads them.

>>> print("\\n".join(literal_lines("C1", np.array([[1.0, 2.0]]))))
C1 = np.array([[1.0, 2.0]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .layout import ArrayText, laid_out, quoted, tree_text
from .python import number_text, simple


def literal(value: Any) -> str | None:
    """An array, or a setting with arrays in it, as Python reads it; None if it is none of these.

    >>> literal(np.array([[1.0, np.inf]])), literal((slice(1, None), np.array([0, 2])))
    ('np.array([[1.0, math.inf]])', '(slice(1, None, None), np.array([0, 2]))')
    """
    if type(value) is tuple or type(value) is list:
        parts = [literal(part) for part in value]
        return None if any(part is None for part in parts) else tree_text(type(value)(parts))
    if type(value) is np.ndarray:
        if not value.size:
            return f"np.zeros({value.shape}, np.{value.dtype.name})"
        dtype = "" if value.dtype in (np.float64, np.int64, bool) else f"np.{value.dtype.name}"
        entries = texts_of(value.tolist())
        text = ArrayText(f"np.array({tree_text(entries)}{', dtype=' if dtype else ''}{dtype})")
        text.entries, text.dtype = entries, dtype
        return text
    if isinstance(value, np.generic):
        return literal(value.item())
    if type(value) is float:
        return number_text(value)
    return quoted(value) if simple(value) or value is ... else None


def count(value: Any) -> int:
    """How many numbers a constant has in it."""
    if type(value) is tuple or type(value) is list:
        return sum(map(count, value))
    return int(np.size(value)) if isinstance(value, np.ndarray) else 0


def literal_lines(name: str, value: Any, columns: int = 120) -> list[str]:
    """`C1 = np.array([...])`, in several lines if it is long."""
    return laid_out(f"{name} = ", tree_of_texts(value), "", columns)


def tree_of_texts(value: Any) -> Any:
    """A nested container with the text of every leaf."""
    if isinstance(value, dict):
        return {key: tree_of_texts(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(map(tree_of_texts, value))
    if isinstance(value, list):
        return list(map(tree_of_texts, value))
    return str(value) if type(value) is Written else literal(value) or "None"


class Written(str):
    """A text that stands in the program as it is, in the place of a number."""


def texts_of(entries: Any) -> Any:
    """The entries of an array as texts."""
    if isinstance(entries, list):
        return [texts_of(entry) for entry in entries]
    return number_text(entries) if type(entries) is float else repr(entries)
