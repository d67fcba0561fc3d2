"""Long things in lines of at most 120 columns, one part per line, as a formatter lays them out.

>>> print("\\n".join(laid_out("return ", ["a" * 60, ["b" * 30, "c" * 30]])))
return [
    aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,
    [bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, cccccccccccccccccccccccccccccc],
]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

COLUMNS = 116  # of a line inside a function, which is indented by four


class ArrayText(str):
    """`np.array([...])`, which knows its parts; `dtype` is '' for NumPy's usual ones."""

    entries: Any
    dtype: str


def tree_text(tree: Any) -> str:
    """A nested container whose leaves are texts, as Python writes it.

    >>> tree_text({"a": ("x",), "b": ["y", "z"]})
    '{"a": (x,), "b": [y, z]}'
    """
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{quoted(key)}: {tree_text(part)}" for key, part in tree.items()) + "}"
    if isinstance(tree, tuple):
        inside = ", ".join(map(tree_text, tree))
        return f"({inside},)" if len(tree) == 1 else f"({inside})"
    if isinstance(tree, list):
        return "[" + ", ".join(map(tree_text, tree)) + "]"
    return str(tree)


def quoted(key: Any) -> str:
    """A key of a dictionary or a setting as Python reads it, texts in double quotes.

    >>> print(quoted("W1"), quoted('"'), quoted("it's"), quoted(3))
    "W1" '"' "it's" 3
    """
    text = repr(key)
    if type(key) is str and '"' not in key:
        return '"' + text[1:-1].replace("\\'", "'") + '"'
    return text


def laid_out(start: str, tree: Any, end: str = "", columns: int = COLUMNS) -> list[str]:
    """`start` tree `end`, on one line if it fits, else with one part per line."""
    line = f"{start}{tree_text(tree)}{end}"
    if len(line) > columns and isinstance(tree, ArrayText):
        inside = laid_out("", tree.entries, "," if tree.dtype else "", columns - 4)
        inside += [f"dtype={tree.dtype},"] if tree.dtype else []
        return [f"{start}np.array(", *indented(inside), f"){end}"]
    if len(line) <= columns or not isinstance(tree, (dict, tuple, list)) or not tree:
        return [line]
    opening, closing = "{}" if isinstance(tree, dict) else "()" if isinstance(tree, tuple) else "[]"
    pairs = [(f"{quoted(key)}: ", x) for key, x in tree.items()] if isinstance(tree, dict) else [("", x) for x in tree]
    inside = [line for key, x in pairs for line in laid_out(key, x, ",", columns - 4)]
    return [f"{start}{opening}", *(f"    {line}" for line in inside), f"{closing}{end}"]


def arguments(start: str, names: Sequence[str], end: str, columns: int = 120) -> list[str]:
    """A call or a definition with all its arguments, one per line if there are too many."""
    line = f"{start}({', '.join(names)}){end}"
    if len(line) <= columns:
        return [line]
    return [f"{start}(", *(f"    {name}," for name in names), f"){end}"]


def indented(lines: Sequence[str], by: int = 4) -> list[str]:
    """The lines further to the right; empty ones stay empty."""
    return [" " * by + line if line else "" for line in lines]
