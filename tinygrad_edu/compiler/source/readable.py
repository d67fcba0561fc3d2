"""The program as it is shown: every step that has a name on a line of its own, the gradients with theirs.

>>> import tinygrad_edu as tg
>>> from tinygrad_edu.compiler.recording.program import record
>>> def loss(w, x):
...     h = tg.tanh(w * x)
...     return 5.0 * h
>>> print(Readable(record(tg.value_and_grad(loss), (2.0, 3.0), names=["w", "x"])).body)
h = math.tanh(w * x)
loss = 5.0 * h
d_loss_d_w = 5.0 * (1.0 - h * h) * x
return (loss, d_loss_d_w)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...engine.value import Value
from ...ops.arithmetic import add, subtract
from ...ops.op import Op
from ..recording.gradients import Gradient, gradient_name, notes_on
from ..recording.line import Line
from ..recording.naming import chosen_names
from ..recording.program import Program
from ..recording.signature import Place
from .layout import quoted
from .literals import count, literal
from .python import Source, number_text, simple
from .words import PRODUCT, SUM

APART = 12  # numbers in a list, beyond which they are p[0], p[1], ... and have no names
LITERAL = 12  # numbers of an array that is written out
WORDS = {"matmul": " @ ", "add": " + ", "subtract": " - ", "multiply": " * ", "divide": " / "}
LONGEST = 56  # columns of what a comment repeats of a step


class Readable(Source):
    """The text of a program, for people.

    parameters   of the function: the user's own, then what the program reads from outside
    unpacking    statements that take the arguments apart
    literals     the arrays that are written out, by name
    passed       the arrays that are not, by name: they are arguments, too
    """

    def __init__(
        self,
        program: Program,
        careful: bool = False,
        tree: Any = None,
        parameters: list[str] | None = None,
        outside: Mapping[int, str] | None = None,
        reserved: Iterable[str] = (),
    ):
        self.reserved = reserved
        self.tree, self.given, self.outside = tree, parameters or [], outside or {}
        self.parameters: list[str] = []
        self.keywords: list[str] = []
        self.extra: list[str] = []
        self.unpacking: list[tuple[str, Any]] = []
        self.literals: dict[str, Any] = {}
        self.passed: dict[str, Any] = {}
        self.roots = {note.by: None for line in program.lines for note in line.gradients or () if note.by is not None}
        self.wanted = chosen_names(program)
        super().__init__(program, careful)

    # ── what the program is given ────────────────────────────────────────────────────────────────────────────────────
    def name_given(self) -> None:
        """Parameters for the arguments, then for Values and for large arrays; small arrays are written out."""
        self.taken.update(self.reserved)
        program = self.program
        if self.tree is None:
            self.parameters += [self.name_input(line, line.name or f"x{k}") for k, line in enumerate(program.arguments)]
        else:
            positional, settings = self.tree
            names = [*self.given, *(f"x{k}" for k in range(len(self.given), len(positional)))]
            reserved = [self.free(name) if type(part) is not Place else "" for name, part in zip(names, positional)]
            self.keywords = [self.free(name) if type(part) is not Place else name for name, part in settings.items()]
            for name, own, part in zip(names, reserved, positional):
                self.parameters.append(self.parameter(name, own, part))
            for k, (own, part) in enumerate(zip(self.keywords, settings.values())):
                self.keywords[k] = self.parameter(own, own, part)
        for line in program.values:
            name = line.name or self.outside.get(id(line.origin)) or ("C1" if type(line.origin) is not Value else "w1")
            self.extra.append(self.name_input(line, name))
        for line in program.constants:
            self.names[line] = self.constant(line.sample, self.outside.get(id(line.origin), "C1"))

    def name_input(self, line: Line, wanted: str) -> str:
        self.names[line] = self.free(wanted)
        return self.names[line]

    def parameter(self, name: str, own: str, part: Any) -> str:
        """The name of one parameter, and the statements that take it apart."""
        if type(part) is Place:
            line = self.program.arguments[part.k]
            return self.name_input(line, line.name if line.name and line.name.isidentifier() else name)
        self.take_apart(own, part)
        return own

    def take_apart(self, text: str, part: Any) -> None:
        """Names for the numbers in a container, and the statements that give them."""
        if isinstance(part, dict):
            for k, (key, inner) in enumerate(part.items()):
                self.take_out(f"{text}[{quoted(key)}]" if simple(key) else f"list({text}.values())[{k}]", inner)
        elif isinstance(part, (tuple, list)) and part:
            if len(part) > APART:
                for k, inner in enumerate(part):
                    self.take_out(f"{text}[{k}]", inner, by_name=False)
            else:
                targets = tuple(self.target(inner, f"{text}_{k}") for k, inner in enumerate(part))
                if set(map(str, targets)) != {"_"}:
                    self.unpacking.append((f" = {text}", [target for target, _ in targets]))
                for target, inner in targets:
                    if inner is not None:
                        self.take_apart(target, inner)

    def take_out(self, way: str, part: Any, by_name: bool = True) -> None:
        """p["W1"], as a variable or as it is."""
        if type(part) is not Place:
            self.take_apart(way, part)
            return
        line = self.program.arguments[part.k]
        if self.uses.get(line) and (by_name or (line.name and line.name.isidentifier())):
            self.unpacking.append((f"{self.name_input(line, line.name or way)} = {way}", None))
        else:
            self.names[line] = way

    def target(self, part: Any, wanted: str) -> tuple[str, Any]:
        """What stands to the left of `= p` for one of its parts, and the part if that is taken apart later."""
        if type(part) is Place:
            line = self.program.arguments[part.k]
            return (self.name_input(line, line.name or wanted), None) if self.uses.get(line) else ("_", None)
        if isinstance(part, (dict, tuple, list)) and part:
            return self.free(wanted), part
        return "_", None

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def name_of(self, line: Line) -> str | None:
        """What the user calls it; what it is the gradient of; or, of what is differentiated, its function."""
        if line in self.wanted:
            return self.wanted[line]
        if line in self.roots:
            return self.whole(line)
        return next(filter(None, (self.gradient_of(note) for note in notes_on(line))), None)

    def gradient_of(self, note: Gradient) -> str | None:
        """The name of a gradient, if what it belongs to has one that the user knows."""
        known = note.of in self.wanted or (note.of.op is None and note.of in self.names)
        if not known or (note.by is None and note.of.op is not None):
            return None
        return gradient_name(note, self.names, self.whole)

    def whole(self, line: Line) -> str:
        """What a differentiated result is called: 'loss' in d_loss_d_w."""
        known = self.names.get(line) or self.wanted.get(line) or line.name
        function = getattr(line.place, "function", "<")
        return known or (function if function.isidentifier() else "y")

    def stands_alone(self, line: Line) -> bool:
        """Whether the line has a name that says something."""
        return self.name_of(line) is not None and not line.is_mask

    # ── as a formatter has it ────────────────────────────────────────────────────────────────────────────────────────
    def expression(self, line: Line) -> tuple[str, int]:
        """The text of the operation: a - b for a + -b, texts in double quotes, simple powers without spaces."""
        if line.op is add or line.op is subtract:
            a, b = self.written(line.inputs[0], SUM), self.written(line.inputs[1], PRODUCT)
            if b.startswith("-") and "%" not in b and "//" not in b:
                return f"{a} {'-' if line.op is add else '+'} {b[1:]}", SUM
        text, binds = super().expression(line)
        if "'" in text:
            text = re.sub(r"='(\w*)'", r'="\1"', text)
        return (text.replace(" ** ", "**") if re.fullmatch(r"[\w.]+ \*\* -?[\w.]+", text) else text), binds

    def open(self, line: Line, text: str) -> str:
        """A statement, without parentheses around all of it."""
        return super().open(line, text[1:-1] if text[0] == "(" and closes(text) == len(text) - 1 else text)

    # ── constants ────────────────────────────────────────────────────────────────────────────────────────────────────
    def constant(self, value: Any, wanted: str) -> str:
        """The name of an array or a setting that is part of the program."""
        name = self.free(wanted)
        if count(value) <= LITERAL and literal(value) is not None:
            self.literals[name] = value
        else:
            self.passed[name] = value
        return name

    def setting(self, value: Any) -> str:
        """A setting as Python writes it."""
        if simple(value) or isinstance(value, (np.dtype, type)):
            return super().setting(value)
        for name, known in self.settings_known:
            if known is value:
                return name
        self.settings_known.append((self.constant(value, "S1"), value))
        return self.settings_known[-1][0]

    @property
    def settings_known(self) -> list[tuple[str, Any]]:
        """Settings that have a name already."""
        return self.__dict__.setdefault("_settings_known", [])

    # ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def comment(self, line: Line) -> str:
        """The shape of an array, and what a step of the backward pass goes back through."""
        shape = str(line.shape) if line.shape else ""
        back = f"back through {self.said(line.about)}" if line.about is not None else ""
        return ", ".join(filter(None, [shape, back]))

    def said(self, line: Line) -> str:
        """A step in short: 'h1 = sigmoid(...)'."""
        name, op = self.names.get(line), line.op
        parts = [self.said_input(x) for x in line.inputs]
        text = self.formula(op, parts)
        if len(text) > LONGEST:
            text = self.formula(op, ["..." if " " in part or len(part) > 20 else part for part in parts])
        if len(text) > LONGEST:
            text = self.formula(op, ["..."])
        return f"{name} = {text}" if name is not None else text

    @staticmethod
    def formula(op: Op | None, parts: list[str]) -> str:
        """The operation with these inputs, as one says it."""
        if op is None:
            return ", ".join(parts)
        if op.name in WORDS and len(parts) == 2:
            safe = [f"({part})" if " " in part and op.name != "add" else part for part in parts]
            return WORDS[op.name].join(safe)
        return f"-{parts[0]}" if op.name == "negative" and " " not in parts[0] else f"{op.name}({', '.join(parts)})"

    def said_input(self, x: Any) -> str:
        if type(x) is float:
            return number_text(x)
        return self.names.get(x) or self.texts.get(x, ("...", 0))[0]


def closes(text: str) -> int:
    """Where the parenthesis that a text begins with is closed."""
    depth, k = 1, 0
    while depth:
        k += 1
        depth += (text[k] in "([{") - (text[k] in ")]}")
    return k
