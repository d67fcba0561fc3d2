"""A program as Python: one line per step, in the words of `math` and NumPy, with the user's names.

>>> import tinygrad_edu as tg
>>> from tinygrad_edu.compiler.recording.program import record
>>> print(Source(record(tg.value_and_grad(lambda x: tg.tanh(x) * 3.0), (2.0,), names=["x"])).body)
t1 = math.tanh(x)
return (3.0 * t1, 3.0 * (1.0 - t1 * t1))
"""

from __future__ import annotations

import builtins
import keyword
import math
from typing import Any

import numpy as np

from ...ops import arithmetic
from ...ops.op import Op
from ..recording.line import Line
from ..recording.naming import identifier
from ..recording.program import Program
from .layout import quoted, tree_text
from .words import ATOM, CHOICE, PRODUCT, SIGN, SUM, words

WIDTH = 96  # of a line with its indentation; longer expressions are written in steps
HARMLESS = {
    "input",
    "id",
    "hash",
    "next",
    "filter",
    "vars",
    "dir",
    "format",
    "bin",
    "hex",
    "ord",
    "chr",
    "help",
    "open",
}
OURS = {"np", "math", "ndarray", *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}.difference(HARMLESS)
PLAIN = {  # nine of ten steps of a scalar program: sign, how tightly it binds, how tightly its inputs have to
    arithmetic.add: (" + ", SUM, SUM, PRODUCT),
    arithmetic.subtract: (" - ", SUM, SUM, PRODUCT),
    arithmetic.multiply: (" * ", PRODUCT, PRODUCT, SIGN),
    arithmetic.divide: (" / ", PRODUCT, PRODUCT, SIGN),
}


class Source:
    """The text of one program.

    statements   what is computed, in order: a text, and the line that it computes
    names        of every line that has a statement or is given
    answers      the texts of the results
    helpers      operations that are called by their names, with those names
    constants    arrays that are part of the program, by name
    visible      lines whose arrays have a name right after they were computed, and can be looked at there
    """

    def __init__(self, program: Program, careful: bool = False):
        self.program, self.careful = program, careful
        self.visible: set[Line] = set()
        self.helpers: dict[str, Op] = {}
        self.helper_names: dict[Op, str] = {}
        self.constants: dict[str, Any] = {}
        self.names: dict[Line, str] = {}
        self.taken: set[str] = set(OURS)
        self.counts: dict[str, int] = {}
        self.texts: dict[Line, tuple[str, int]] = {}
        self.statements: list[tuple[str, Line]] = []
        self.uses = uses_in(program)
        self.name_given()
        for line in program.lines:
            self.state(line)
        self.answers = [self.written(y, CHOICE) for y in program.results]

    def name_given(self) -> None:
        """Names for what the program is given, and for the arrays that are part of it."""
        for k, line in enumerate([*self.program.arguments, *self.program.values]):
            self.names[line] = self.free(line.name or f"x{k}")
        for k, line in enumerate(self.program.constants):
            self.names[line] = self.free(f"C{k}")
            self.constants[self.names[line]] = line.sample

    @property
    def body(self) -> str:
        """The statements and the `return`."""
        shape = self.program.rebuild(self.answers)
        return "\n".join([*(text for text, _ in self.statements), f"return {tree_text(shape)}"])

    def free(self, wanted: str) -> str:
        """The wanted name as Python allows it, with a number behind it if it is taken."""
        base = wanted if wanted.isascii() and wanted.isidentifier() and len(wanted) < 40 else identifier(wanted)
        base = base.strip("_") or "x"  # names that begin with an underscore are the surrounding function's
        base = base if base[0].isalpha() else f"x{base}"
        name = base
        while name in self.taken:
            k = self.counts[base] = self.counts.get(base, 1) + 1
            name = f"{base}_{k}"
        self.taken.add(name)
        return name

    def name_of(self, line: Line) -> str | None:
        """What a step should be called; None if it needs no name."""
        return line.name

    def stands_alone(self, line: Line) -> bool:
        """Whether a step that is used once gets a line of its own all the same."""
        return False

    def state(self, line: Line) -> None:
        """Write the line as a statement, or keep its text for the one place where it is used."""
        text, binds = self.expression(line)
        if (self.uses[line] == 1 and len(text) < WIDTH // 2 and not self.stands_alone(line)) or text.isidentifier():
            self.texts[line] = text, binds
        else:
            self.open(line, text)

    def open(self, line: Line, text: str) -> str:
        """A statement for the line."""
        wanted = self.name_of(line)
        name = self.names[line] = self.free(wanted) if wanted else self.numbered()
        self.statements.append((f"{name} = {text}", line))
        return name

    def numbered(self) -> str:
        """t1, t2, t3, ...: for what has no name."""
        k = self.counts["t"] = self.counts.get("t", 0) + 1
        while f"t{k}" in self.taken:
            k = self.counts["t"] = k + 1
        self.taken.add(f"t{k}")
        return f"t{k}"

    def expression(self, line: Line) -> tuple[str, int]:
        """The text of the operation, and how tightly it binds."""
        op, inputs = line.op, line.inputs
        plain = PLAIN.get(op)  # type: ignore[arg-type]
        if plain is not None:
            sign, binds, left, right = plain
            return f"{self.written(inputs[0], left)}{sign}{self.written(inputs[1], right)}", binds
        found = words(line, self.careful)
        if found is None:
            return self.call(line), ATOM
        form, binds, needed = found
        letters = op.inputs  # type: ignore[union-attr]
        texts = {
            name: self.named(x) if type(x) is Line and form.count("{" + name + "}") > 1 else self.written(x, need)
            for name, x, need in zip(letters, inputs, needed)
        }
        return form.format(**texts), binds

    def named(self, x: Line) -> str:
        """The name of a line that is needed twice in one expression; it gets a statement if it has none."""
        if x not in self.names:
            text, _ = self.texts.pop(x)
            return text if text.isidentifier() else self.open(x, text)
        return self.names[x]

    def written(self, x: Any, needed: int) -> str:
        """An input, with parentheses if it binds less tightly than its place needs."""
        if type(x) is float:
            negative = math.copysign(1.0, x) < 0.0 and x == x
            return f"({number_text(x)})" if negative and needed >= SIGN else number_text(x)
        name = self.names.get(x)
        if name is not None:
            return name
        text, binds = self.texts[x]
        return text if binds >= needed else f"({text})"

    def call(self, line: Line) -> str:
        """An operation by its name."""
        op = line.op
        assert op is not None
        name = self.helper_names.get(op.base)
        if name is None:
            name = self.helper_names[op.base] = self.free(op.name)
            self.helpers[name] = op.base
        inputs = [self.written(x, CHOICE) for x in line.inputs]
        settings = [f"{key}={self.setting(value)}" for key, value in op.settings.items()]
        text = f"{name}({', '.join([*inputs, *settings])})"
        return f"float({text})" if line.shape == () and not line.is_mask else text

    def setting(self, value: Any) -> str:
        """A setting as Python writes it; arrays and the like as a constant of the program."""
        if simple(value):
            return quoted(value)
        if isinstance(value, (np.dtype, type)):
            return f"np.{np.dtype(value).name}"
        name = self.free("S1")
        self.constants[name] = value
        return name


def uses_in(program: Program) -> dict[Line, int]:
    """In how many places each line is used; twice in one operation is one."""
    uses: dict[Line, int] = dict.fromkeys(program.lines, 0)
    for line in program.lines:
        for x in line.inputs:
            if type(x) is Line:
                uses[x] = uses.get(x, 0) + 1
    for y in program.results:
        if type(y) is Line:
            uses[y] = uses.get(y, 0) + 1
    return uses


def simple(value: Any) -> bool:
    """Whether repr(value) is Python that gives the value again."""
    if type(value) in (tuple, list):
        return all(map(simple, value))
    if type(value) is slice:
        return all(map(simple, (value.start, value.stop, value.step)))
    plain = value is None or type(value) in (int, bool, str)
    return plain or (type(value) is float and math.isfinite(value))


def number_text(x: float) -> str:
    """A number as Python reads it.

    >>> number_text(0.5), number_text(-math.inf), number_text(math.nan)
    ('0.5', '-math.inf', 'math.nan')
    """
    if math.isfinite(x):
        return repr(x)
    return "math.nan" if x != x else "math.inf" if x > 0 else "-math.inf"
