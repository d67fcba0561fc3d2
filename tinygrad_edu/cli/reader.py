"""From Python's tree of an expression to parts that can be computed: a method for every kind of node that is allowed.

What has no method here is refused: there is no list of forbidden things that could have a hole.

>>> part = Reader("2*x", ["x"]).part(ast.parse("(2*x)", mode="eval").body)
>>> part.operation, [operand.place for operand in part.parts]
('multiply', [(0, 1), (2, 3)])
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from math import e, pi
from typing import Any

import numpy as np

from ..ops.catalogue import FUNCTIONS
from ..ops.indexing import getitem
from . import hints
from .caret import ExpressionError, quoted
from .operations import ARITHMETIC, COMPARISONS, OPERATIONS, Operation
from .parts import Part, computed, listed, several
from .settings import index, setting

CONSTANTS = {"pi": pi, "e": e}  # unless an input has that name


def place(text: str, node: ast.AST) -> tuple[int, int]:
    """From which character to which a node goes: the tree counts bytes of UTF-8, and one bracket put in front."""
    data = text.encode("utf-8", "surrogatepass")
    start, end = node.col_offset - 1, node.end_col_offset - 1  # type: ignore[attr-defined]
    first, last = (len(data[:k].decode("utf-8", "replace")) for k in (start, end))
    return first, last


class Reader:
    """Walks the tree of an expression with the given text and names of inputs; `missing` are names given no number."""

    def __init__(self, text: str, names: Sequence[str], missing: Sequence[str] = ()):
        self.text, self.names, self.missing = text, names, missing

    def part(self, node: ast.AST) -> Part:
        """The part that a node describes; what depends on no input is computed at once."""
        read: Callable[[Any], Part] = getattr(self, f"read_{type(node).__name__.lower()}", self.refused)
        part = read(node)
        if part.function is None or not all(x.fixed for x in part.parts):
            return part
        with np.errstate(all="ignore"):
            number = computed(self.text, part, [x.number for x in part.parts])
        if isinstance(number, (float, np.ndarray)) and not np.isfinite(number).all():
            raise ExpressionError(
                self.text, *part.place, "This is no finite number.",
                "It depends on no input, so it always is: too large for a 64-bit float, or not defined at all.",
                "Write numbers whose result is below 1.8e308.",
            )  # fmt: skip
        return Part(part.place, number)

    def operation(self, node: ast.AST, name: str, function: Any, operands: Sequence[ast.AST], **settings: Any) -> Part:
        """The part that does something with other parts."""
        parts = tuple(map(self.part, operands))
        return Part(place(self.text, node), None, "", name, function, parts, settings)

    def refused(self, node: ast.AST) -> Part:
        """For every kind of node that has no method."""
        raise ExpressionError(
            self.text, *place(self.text, node), "This is not allowed in an expression.",
            "It has numbers, inputs, arithmetic, comparisons and operations, and nothing else.",
            "Write a formula, such as tanh(a*b + c).",
        )  # fmt: skip

    def read_constant(self, node: ast.Constant) -> Part:
        if not isinstance(node.value, (int, float)) or isinstance(node.value, bool):
            raise ExpressionError(
                self.text, *place(self.text, node), "This is no number.",
                "True, False and None stand only where a setting is chosen, such as keepdims=True.", "Write 1 or 0.",
            )  # fmt: skip
        return Part(place(self.text, node), float(node.value))

    def read_name(self, node: ast.Name) -> Part:
        where = place(self.text, node)
        if node.id in self.names:
            return Part(where, None, node.id)
        if node.id in CONSTANTS:
            return Part(where, CONSTANTS[node.id])
        raise hints.unknown_name(self.text, *where, node.id, self.names, self.missing)

    def read_binop(self, node: ast.BinOp) -> Part:
        name = ARITHMETIC.get(type(node.op).__name__)
        return self.operation(node, name, FUNCTIONS[name], [node.left, node.right]) if name else self.refused(node)

    def read_unaryop(self, node: ast.UnaryOp) -> Part:
        if isinstance(node.op, ast.UAdd):
            return self.part(node.operand)
        if isinstance(node.op, ast.USub):
            return self.operation(node, "negative", FUNCTIONS["negative"], [node.operand])
        return self.refused(node)

    def read_list(self, node: ast.List) -> Part:
        return self.operation(node, "array", listed, node.elts)

    def read_tuple(self, node: ast.Tuple) -> Part:
        raise ExpressionError(
            self.text, *place(self.text, node), "A list in round brackets is no array.",
            "Round brackets with commas stand only where a setting is chosen, such as shape=(2, 3).",
            "Write square brackets: [a, b].",
        )  # fmt: skip

    def read_compare(self, node: ast.Compare) -> Part:
        if len(node.ops) > 1:
            raise ExpressionError(
                self.text, *place(self.text, node), "Two comparisons are chained.",
                "A comparison compares two things and gives 1 or 0.",
                "Write the product of two comparisons: (0 < x) * (x < 1).",
            )  # fmt: skip
        compared = COMPARISONS.get(type(node.ops[0]).__name__)
        operands = [node.left, *node.comparators]
        return self.operation(node, "comparison", compared, operands) if compared else self.refused(node)

    def read_subscript(self, node: ast.Subscript) -> Part:
        return self.operation(node, "index", getitem, [node.value], index=index(self.text, node.slice, place))

    def read_call(self, node: ast.Call) -> Part:
        where = place(self.text, node.func)
        if not isinstance(node.func, ast.Name):
            raise ExpressionError(
                self.text, *where, "Only an operation can be called.",
                "A bracket after a bracket calls the result of the first; a product is written with a star.",
                "Did you mean (…)*(…)?",
            )  # fmt: skip
        name = node.func.id
        if name not in OPERATIONS or name in self.names:
            raise hints.unknown_operation(self.text, *where, name, self.names)
        return self.call(node, name, OPERATIONS[name])

    def call(self, node: ast.Call, name: str, known: Operation) -> Part:
        """A call of an operation: inputs first, then settings, by position or by name."""
        operands, extra = node.args[: len(known.inputs)], node.args[len(known.inputs) :]
        settings: dict[str, Any] = {}
        for word, argument in [*zip(known.settings, extra), *((k.arg, k.value) for k in node.keywords)]:
            if word is None or word not in known.settings:
                self.wrong_call(argument, name, known, f"{quoted(word or '**')} is no setting of {name}.")
            if word in settings:
                self.wrong_call(argument, name, known, f"{word} is given twice.")
            settings[str(word)] = setting(self.text, argument, place)
        if starred := [x for x in node.args if isinstance(x, ast.Starred)]:
            self.refused(starred[0])
        if len(extra) > len(known.settings):
            self.wrong_call(extra[len(known.settings)], name, known, f"{name} takes fewer inputs.")
        if len(operands) < known.needed:
            self.wrong_call(node, name, known, f"{name} takes more inputs.")
        function = FUNCTIONS[name]
        if known.inputs[:1] != ("arrays",):
            return self.operation(node, name, function, operands, **settings)
        if not isinstance(operands[0], (ast.List, ast.Tuple)):
            self.wrong_call(operands[0], name, known, f"{name} joins a list of arrays.")
        joined = self.operation(operands[0], "arrays", several, operands[0].elts)  # type: ignore[attr-defined]
        return Part(place(self.text, node), None, "", name, function, (joined,), settings)

    def wrong_call(self, node: ast.AST, name: str, known: Operation, what: str) -> None:
        """Raise for inputs or settings that an operation does not have."""
        words = ", ".join([*known.inputs, *(f"{word}=…" for word in known.settings)])
        raise ExpressionError(
            self.text, *place(self.text, node), what,
            "An operation takes its inputs in order, then the settings that it has.",
            f"Write {name}({'[…], …' if known.inputs[:1] == ('arrays',) else words}).",
        )  # fmt: skip
