"""Indices and settings: the only places of an expression where whole numbers, None, True and tuples have a meaning.

>>> import ast
>>> setting("(2, -1)", ast.parse("((2, -1))", mode="eval").body, lambda *_: (0, 7))
(2, -1)
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from .caret import ExpressionError

Places = Callable[[str, ast.AST], tuple[int, int]]
LARGEST = 10**6  # of a whole number that is a setting: no axis, shift or shape needs more
MOST = 100  # numbers in one setting


def setting(text: str, node: ast.AST, place: Places) -> Any:
    """The number, True, False, None, or tuple of them that is written there; nothing is computed."""
    sign = 1
    inner = node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        sign, inner = (-1 if isinstance(node.op, ast.USub) else 1), node.operand
    if isinstance(inner, ast.Constant) and isinstance(inner.value, (int, float)) and type(inner.value) is not bool:
        if abs(inner.value) > LARGEST:
            raise ExpressionError(
                text, *place(text, node), "This setting is too large.",
                f"Settings are small numbers, of at most {LARGEST:,}: an axis, a shape, how often, how far.",
                "Write a smaller one.",
            )  # fmt: skip
        return sign * inner.value
    if isinstance(node, ast.Constant) and (node.value is None or type(node.value) is bool):
        return node.value
    if isinstance(node, (ast.Tuple, ast.List)) and len(node.elts) <= MOST:
        return tuple(setting(text, element, place) for element in node.elts)
    raise ExpressionError(
        text, *place(text, node), "A setting is written as a plain number here.",
        "Settings choose axes, shapes and the like: they are not computed, and have no derivative.",
        "Write a whole number, True, False, None, or a tuple such as (2, 3). Two inputs? Then maximum(a, b).",
    )  # fmt: skip


def index(text: str, node: ast.AST, place: Places) -> Any:
    """The index in square brackets: whole numbers, slices, `...`, None, or a tuple of them."""
    if isinstance(node, ast.Tuple):
        return tuple(index(text, element, place) for element in node.elts)
    if isinstance(node, ast.Slice):
        return slice(*(None if x is None else index(text, x, place) for x in (node.lower, node.upper, node.step)))
    if isinstance(node, ast.Constant) and (node.value is None or node.value is ...):
        return node.value
    if isinstance(node, (ast.Constant, ast.UnaryOp)):
        found = setting(text, node, place)
        if type(found) is int:
            return found
    raise ExpressionError(
        text, *place(text, node), "An index is a whole number or a slice here.",
        "Entries are picked by their place, which is not computed.", "Write x[0], x[-1], x[1:3] or x[:, 0].",
    )  # fmt: skip
