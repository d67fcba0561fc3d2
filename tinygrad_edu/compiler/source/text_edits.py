"""Changes of a text at the places that its syntax tree tells: everything else stays as its author wrote it.

>>> tree = ast.parse("def f(x: int): return x").body[0]
>>> edited("def f(x: int): return x", [unannotated(tree.args.args[0], ""), at_name(tree, "def f(x", "g")], 1)
'def g(x): return x'
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from typing import Any

Edit = tuple[int, int, int, int, str]  # from (line, column) to (line, column): this text


def is_explanation(node: ast.AST) -> bool:
    """Whether an error is raised that is not one of Python's own."""
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    name = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return not (isinstance(name, ast.Name) and hasattr(builtins, name.id))


def span(node: Any) -> tuple[int, int, int, int]:
    """From where to where a part of the text goes."""
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def shortened(tree: ast.FunctionDef | ast.ClassDef) -> Edit:
    """The first line of a docstring in place of all of it."""
    first = (ast.get_docstring(tree) or "").split("\n")[0].replace("\\", "\\\\").replace('"', "'")
    return *span(tree.body[0]), f'"""{textwrap.shorten(first, 108, placeholder=" ...")}"""'


def annotation(node: Any) -> Any:
    """What follows a colon or an arrow."""
    return node.annotation if isinstance(node, ast.arg) else node.returns


def unannotated(node: Any, source: str) -> Edit:
    """A parameter, or a function, without its annotation."""
    part = annotation(node)
    if isinstance(node, ast.arg):
        return node.lineno, node.col_offset + len(node.arg.encode()), *span(part)[2:], ""
    before = source.split("\n")[part.lineno - 1].encode()[: part.col_offset]
    return part.lineno, len(before.rstrip().removesuffix(b"->").rstrip()), *span(part)[2:], ""


def unused(loop: ast.For) -> list[Edit]:
    """The counters of a loop that only its explanations need, with an underscore in front."""
    explained = {part for node in ast.walk(loop) if is_explanation(node) for part in ast.walk(node)}
    rest = [node for part in loop.body for node in ast.walk(part) if node not in explained]
    needed = {node.id for node in rest if isinstance(node, ast.Name)}
    targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else []
    return [(*span(x)[:2], *span(x)[:2], "_") for x in targets if isinstance(x, ast.Name) and x.id not in needed]


def untried(node: ast.Try) -> list[Edit]:
    """What stands below `try:`, further to the left and without the explanations of what may go wrong."""
    first, last = node.body[0], node.body[-1]
    edits = [(line, 0, line, 4, "") for line in range(first.lineno + 1, (last.end_lineno or 0) + 1)]
    return [
        (*span(node)[:2], *span(first)[:2], ""),
        *edits,
        (*span(last)[2:], *span(node)[2:], ""),
    ]


def at_name(tree: ast.FunctionDef | ast.ClassDef, source: str, name: str) -> Edit:
    """The name of the function itself."""
    start = source.split("\n")[tree.lineno - 1].index(tree.name, tree.col_offset + 3)
    return tree.lineno, start, tree.lineno, start + len(tree.name.encode()), name


def edited(source: str, edits: list[Edit], first: int) -> str:
    """The text with all changes made, from its line `first` on."""
    lines = [line.encode() for line in source.rstrip().split("\n")]
    for line, column, end, end_column, text in sorted(edits, reverse=True):
        last = lines[end - 1][end_column:]
        lines[line - 1 : end] = [lines[line - 1][:column] + text.encode() + last]
    text = "\n".join(line.decode().rstrip() for line in lines[first - 1 :])
    return re.sub(r"  # (type: ignore|noqa)\S*( \S*)?$", "", text, flags=re.MULTILINE)
