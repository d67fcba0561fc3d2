"""A program as a Python file of its own: imports, the definitions it needs, one function with forward and backward.

>>> import tinygrad_edu as tg
>>> from tinygrad_edu.compiler.recording.program import record
>>> def loss(w, x, y):
...     h = tg.tanh(w * x)
...     return (y - h) ** 2
>>> f = tg.value_and_grad(loss)
>>> print(standalone(record(f, (0.5, 2.0, 1.0), names=["w", "x", "y"]), f=f))
import math
<BLANKLINE>
<BLANKLINE>
def value_and_grad_of_loss(w, x, y):
    \"""What value_and_grad of loss computes, one step per line.\"""
    # forward
    h = math.tanh(w * x)
    t1 = y - h
    loss = t1 * t1
<BLANKLINE>
    # backward: from loss to w
    d_loss_d_h = -2.0 * t1  # back through t1 = y - h
    d_loss_d_w = d_loss_d_h * (1.0 - h * h) * x  # back through w * x
    return loss, d_loss_d_w
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..recording.line import Line, lines_in
from ..recording.naming import argument_names, outside_names, parameters, title
from ..recording.program import Program, record
from ..recording.signature import split
from .layout import COLUMNS, arguments, indented, laid_out, tree_text
from .lifting import Lifter
from .literals import literal_lines
from .readable import Readable


def source_of(f: Callable[..., Any], args: tuple[Any, ...], settings: dict[str, Any] | None = None) -> str:
    """Record f on example arguments, and return its standalone source.

    >>> print(source_of(lambda x: 2.0 * x, (1.0,)))
    def f(x):
        \"""What f computes, one step per line.\"""
        return 2.0 * x
    <BLANKLINE>
    """
    return written(f, args, settings or {}).text


def written(
    f: Callable[..., Any], args: tuple[Any, ...], settings: dict[str, Any], reserved: Iterable[str] = ()
) -> Standalone:
    """Record f on example arguments, and return the parts of its source; nothing in it has a reserved name."""
    program = record(f, args, settings, names=argument_names(f, args, settings))
    return Standalone(program, split((args, settings), []), f, reserved=reserved)


def standalone(program: Program, tree: Any = None, f: Callable[..., Any] | None = None, careful: bool = False) -> str:
    """The text of a file that needs nothing but Python and NumPy.

    tree     the arguments f was recorded with, a `Place` for every number: (positional, by keyword)
    f        the function: its parameters, and the names around it, are used
    returns  a function with the parameters of f, in order; behind them those for Values and large arrays from around f
    """
    return Standalone(program, tree, f, careful).text


class Standalone:
    """The parts of the file: `imports`, `definitions`, `signature`, `docstring`, `steps`, `answer`."""

    def __init__(self, program: Program, tree: Any, f: Any, careful: bool = False, reserved: Iterable[str] = ()):
        given = parameters(f, tree[0]) if f is not None and tree is not None else []
        self.source = Readable(program, careful, tree, given, outside_names(f) if f is not None else {}, reserved)
        self.program, self.f = program, f
        self.lifter = Lifter(self.source.helpers)
        self.name = title(f) if f is not None else program.name if program.name.isidentifier() else "f"
        while self.name in self.lifter.taken:
            self.name += "_"
        self.sections = sections(program, self.source)

    @property
    def extras(self) -> list[Any]:
        """What belongs behind the user's own arguments: the numbers and arrays from around f, as they are now."""
        values = [getattr(line.origin, "_held", line.origin) for line in self.program.values]
        return [*values, *self.source.passed.values()]

    @property
    def text(self) -> str:
        """All of it."""
        function = [*self.signature(self.name), *indented([self.docstring(), *self.unpacking(), *self.body()])]
        return self.assembled(["\n".join(function)])

    def assembled(self, functions: list[str], more: Sequence[str] = ()) -> str:
        """Imports, definitions, constants and functions, with two empty lines between."""
        literals = [line for name, value in self.source.literals.items() for line in literal_lines(name, value)]
        imports, constants = [*self.lifter.imports, *more], self.lifter.constants
        parts = [*self.lifter.functions, *functions]
        everything = "\n".join([*constants, *literals, *parts])
        plain = [f"import {name}" for name in ("math",) if re.search(rf"\b{name}\.", everything)]
        plain += sorted(line for line in imports if line.startswith("import ") and "numpy" not in line)
        plain += sorted(line for line in imports if line.startswith("from ") and "numpy" not in line)
        numpy = ["import numpy as np"] if re.search(r"\bnp\.", everything) else []
        numpy += sorted(line for line in imports if "numpy" in line)
        blocks = ["\n".join(plain), "\n".join(numpy), "\n".join([*constants, *literals])]
        return "\n\n\n".join(["\n\n".join(filter(None, blocks)), *parts]).lstrip("\n") + "\n"

    # ── the function ─────────────────────────────────────────────────────────────────────────────────────────────────
    def signature(self, name: str, *more: str) -> list[str]:
        """`def f(p, x, y, w1):`"""
        source = self.source
        keywords = ["*", *source.keywords] if source.keywords else []
        return arguments(f"def {name}", [*source.parameters, *source.extra, *source.passed, *more, *keywords], ":")

    def docstring(self) -> str:
        """What it is, and what is asked for besides the user's own arguments."""
        own = self.name.replace("_of_", " of ")
        extra = [*self.source.extra, *self.source.passed]
        text = f"What {own} computes, one step per line."
        if extra:
            text = f"{text[:-1]}; {', '.join(extra[:2])}{', ...' if len(extra) > 2 else ''} came from around it."
        return f'"""{text}"""'

    def unpacking(self) -> list[str]:
        """The statements that take the arguments apart."""
        lines: list[str] = []
        for end, targets in self.source.unpacking:
            lines += [end] if targets is None else unpacked(targets, end)
        return lines

    def body(self) -> list[str]:
        """Forward, backward, and the result."""
        lines: list[str] = []
        statements, answers = self.finished()
        before = None
        many = len({where for _, _, where in statements}) > 1
        for text, line, where in statements:
            if where != before and many:
                lines += [*([""] if lines else []), self.heading(where)]
            before = where
            lines += commented(text, self.source.comment(line))
        return [*lines, *self.answer(answers)]

    def finished(self) -> tuple[list[tuple[str, Line, str]], list[str]]:
        """The statements with their sections, and the results; what is computed last is returned at once."""
        statements = [(text, line, self.sections.get(line, "forward")) for text, line in self.source.statements]
        answers = list(self.source.answers)
        if statements and len(answers) == 1 and type(self.program.rebuild(answers)) is str:
            name, _, text = statements[-1][0].partition(" = ")
            if answers[0] == name and len(text) < COLUMNS - 10:
                statements.pop()
                answers = [text]
        return statements, answers

    def heading(self, section: str) -> str:
        """`# backward: from loss to w1, w2, ...`"""
        if section != "backward":
            return f"# {section}"
        notes = [note for line in self.program.lines for note in line.gradients or ()]
        roots = list(dict.fromkeys(self.source.whole(note.by) for note in notes if note.by is not None))
        inputs = sorted({note.of for note in notes if note.of.op is None}, key=lambda x: x.order)
        ends = [self.source.names.get(x, "") for x in inputs]
        shown = ", ".join(ends[:4]) + (", ..." if len(ends) > 4 else "")
        return f"# backward: from {roots[0]} to {shown}" if len(roots) == 1 and shown else "# backward"

    def answer(self, answers: list[str]) -> list[str]:
        """The `return`."""
        result = self.program.rebuild(answers)
        line = f"return {tree_text(result)}"
        if type(result) is tuple and len(result) > 1 and len(line) <= COLUMNS:
            return [f"return {line[8:-1]}"]
        return laid_out("return ", named_apart(result))


def named_apart(tree: Any) -> Any:
    """A named tuple as a plain one: the file does not know its class."""
    if isinstance(tree, dict):
        return {key: named_apart(part) for key, part in tree.items()}
    if isinstance(tree, tuple):
        return tuple(map(named_apart, tree))
    return [named_apart(part) for part in tree] if isinstance(tree, list) else tree


def unpacked(targets: list[str], end: str) -> list[str]:
    """`a, b = p`, in several lines if there are many."""
    line = f"{', '.join(targets)}{',' if len(targets) == 1 else ''}{end}"
    if len(targets) == 1:
        line = f"({targets[0]},){end}"
    return [line] if len(line) <= COLUMNS else ["(", *(f"    {name}," for name in targets), f"){end}"]


def commented(text: str, comment: str) -> list[str]:
    """The statement with its comment behind it, or above it where there is no room."""
    if not comment:
        return [text]
    return [f"{text}  # {comment}"] if len(text) + len(comment) + 4 <= COLUMNS else [f"# {comment}"[:COLUMNS], text]


def sections(program: Program, source: Readable) -> dict[Line, str]:
    """Where each line belongs: forward, backward, or, after that, what is made of the gradients."""
    found: dict[Line, str] = {}
    for line in program.lines:
        if line.about is not None:
            found[line] = "backward"
        else:
            later = any(found.get(x) in ("backward", "with the gradients") for x in lines_in(line.inputs))
            found[line] = "with the gradients" if later else "forward"
    return found
