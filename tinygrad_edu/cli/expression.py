"""An expression as people write it, read into a function of its inputs; nothing but our operations can be called.

>>> f = read("tanh(a*b + c)", ["a", "b", "c"])
>>> f(a=2.0, b=-3.0, c=7.0) == math.tanh(1.0)
True
>>> from tinygrad_edu.engine.value import Value
>>> a = Value(2.0)
>>> f(a, -3.0, 7.0).backward()
>>> round(a.grad, 4)
-1.2599

Python's parser makes a tree of the text, and the tree is walked: whatever is not on the list of what is allowed is
refused with its place. No text of the user's is ever run.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from inspect import Parameter, Signature
from time import monotonic
from typing import Any
from unicodedata import normalize

import numpy as np

from ..ops.numbers import constant
from .caret import ExpressionError
from .operations import OPERATIONS
from .parts import Part, computed, in_full, single, too_slow
from .reader import CONSTANTS, Reader, place
from .words import LONGEST, Word, words

DEEPEST = 100  # operations inside one another


class Expression:
    """A function that was read from a text: call it with its inputs, by position or by name.

    text     as it was written           names    of the inputs, in order
    until    the time (of `monotonic`) after which it refuses to compute on, so that no check runs forever
    raises   ExpressionError, with the place, if an operation does not fit its inputs or its result is too large

    >>> f = read("x*x  +1")
    >>> str(f), f.names, f(3)
    ('x * x + 1', ('x',), 10.0)
    """

    def __init__(self, text: str, names: Sequence[str], tree: ast.expr, top: Part):
        self.text, self.names, self.tree, self.top = text, tuple(names), tree, top
        self.until = math.inf
        self.__name__ = str(self)
        self.__signature__ = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in names])

    def __call__(self, *inputs: Any, **named: Any) -> Any:
        given = self.__signature__.bind(*inputs, **named).arguments
        given = {name: x if hasattr(x, "apply_op") else constant(x) for name, x in given.items()}
        with np.errstate(all="ignore"):  # inf and nan are results
            return in_full(single(self.text, self.top, self.value(self.top, given)))

    def value(self, part: Part, inputs: Mapping[str, Any]) -> Any:
        """What a part of the expression computes."""
        if part.fixed:
            return part.number
        if part.name:
            return inputs[part.name]
        if monotonic() > self.until:
            raise too_slow(self.text, part)
        return computed(self.text, part, [self.value(x, inputs) for x in part.parts])

    def uses(self, name: str) -> bool:
        """Whether the input is anywhere in the expression."""
        return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(self.tree))

    def __str__(self) -> str:
        return ast.unparse(self.tree)

    def __repr__(self) -> str:
        return f"<expression {self}>"


def read(text: str, names: Sequence[str] | None = None, longest: int = LONGEST) -> Expression:
    """The function that an expression describes.

    names    of its inputs; every other name is refused. None: whatever names there are, in order of appearance
    longest  how many characters it may have
    raises   ExpressionError with the place, the reason and what to write instead

    >>> read("x^2")
    Traceback (most recent call last):
    tinygrad_edu.cli.caret.ExpressionError: The character '^' has no meaning here.
        x^2
         ^
      A power is written with two stars; ^ is something else in Python.
      Did you mean **? For example x**2.
    """
    text = "".join(" " if c.isspace() else c for c in text.strip()) if len(text) <= longest else text
    found = words(text, longest)
    tree = parsed(text)
    there = appearing(found)
    names = there if names is None else names
    missing = [name for name in there if name not in names]
    return Expression(text, names, tree, Reader(text, names, missing).part(tree))


def appearing(found: Sequence[Word]) -> list[str]:
    """The names in an expression that are neither called nor known, each once."""
    known = {*OPERATIONS, *CONSTANTS, "None", "True", "False"}
    after = [word.text for word in found[1:]] + [""]
    names = [
        normalize("NFKC", word.text)
        for word, sign in zip(found, after)
        if word.kind == "name" and sign not in ("(", "=")
    ]
    return list(dict.fromkeys(name for name in names if name not in known))


def parsed(text: str) -> ast.expr:
    """The tree of a text whose words are in order; ExpressionError if they make no sense together, or are too deep."""
    try:
        tree = ast.parse(f"({text})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        at = min(max(0, (getattr(error, "offset", None) or 1) - 2), max(0, len(text) - 1))
        raise ExpressionError(
            text, at, at + 1, "This cannot be read as a formula.",
            "Each of its words has a meaning, but together they have none.", "Write one such as tanh(a*b + c).",
        ) from None  # fmt: skip
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node) if hasattr(child, "col_offset")]
    if level:
        raise ExpressionError(
            text, place(text, level[0])[0], 0, "The expression is nested too deeply.",
            f"Here {DEEPEST} operations are inside one another (in a + b + c, one sum is inside the other).",
            "Simplify it: sum([a, b, c]) adds any number of terms on one level.",
        )  # fmt: skip
    return tree
