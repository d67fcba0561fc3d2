"""Lines of a program as instructions of LLVM, for one sample or for several side by side.

>>> from tinygrad_edu.compiler.recording.program import record
>>> program = record(lambda a, b: a * b, (2.0, 3.0))
>>> code = Code(4, lambda code, x: f"%{'ab'[x.origin]}")
>>> code.write(program.lines)
>>> code.text
['  %t0 = fmul <4 x double> %a, %b']
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any

from ...ops import arithmetic, selecting
from ...ops.op import Op
from ..recording.line import Line
from ..recording.masks import MASKS, number_of
from .machine import LIBRARY, LOGIC, definition

INSTRUCTIONS = {"sqrt", "fabs", "floor", "ceil", "trunc", "rint", "copysign"}  # of the processor: no call is needed
ARITHMETIC = {
    arithmetic.add: "fadd",
    arithmetic.subtract: "fsub",
    arithmetic.multiply: "fmul",
    arithmetic.divide: "fdiv",
}
COMPARISONS = {
    MASKS["eq"]: "oeq",
    MASKS["ne"]: "une",  # nan is unequal to everything
    MASKS["lt"]: "olt",
    MASKS["le"]: "ole",
    MASKS["gt"]: "ogt",
    MASKS["ge"]: "oge",
}


def literal(x: float) -> str:
    """A double as its bits in hexadecimal, which no rounding can touch.

    >>> literal(1.0), literal(-0.0)
    ('0x3FF0000000000000', '0x8000000000000000')
    """
    return f"0x{struct.unpack('<Q', struct.pack('<d', x))[0]:016X}"


class Code:
    """The text of one function while it is being written.

    width   how many samples each line computes at once, side by side in a vector
    names   of the lines that are in reach
    load    what writes the text that fetches an input, and returns its name
    calls   declarations that the text needs
    """

    def __init__(self, width: int, load: Callable[[Code, Line], str]):
        self.width, self.load = width, load
        self.number = "double" if width == 1 else f"<{width} x double>"
        self.mask = "i1" if width == 1 else f"<{width} x i1>"
        self.text: list[str] = []
        self.names: dict[Any, str] = {}
        self.templates: dict[Op, tuple[str, tuple[bool, ...]]] = {}
        self.calls: set[str] = set()
        self.count = 0

    def add(self, text: str) -> None:
        """One more line of text."""
        self.text.append(f"  {text}")

    def fresh(self, letter: str = "t") -> str:
        """A name that is not taken."""
        self.count += 1
        return f"%{letter}{self.count - 1}"

    def constant(self, x: float) -> str:
        """A number; the same one in every place of a vector."""
        if self.width == 1:
            return literal(x)
        return f"<{', '.join([f'double {literal(x)}'] * self.width)}>"

    def operand(self, x: Any) -> str:
        """What an instruction reads: a number, or the name of an earlier result."""
        if type(x) is float:
            return self.constant(x)
        found = self.names.get(x)
        if found is None:
            found = self.names[x] = self.load(self, x)
        return found

    def condition(self, x: Any) -> str:
        """The same as a yes or no: whether it is not 0."""
        if type(x) is Line and type(x.sample) is bool:
            return self.operand(x)
        name = self.fresh("c")
        self.add(f"{name} = fcmp une {self.number} {self.operand(x)}, {self.constant(0.0)}")
        return name

    def value(self, x: Any) -> str:
        """The same as a number: a yes is 1, a no is 0."""
        if type(x) is not Line or type(x.sample) is not bool:
            return self.operand(x)
        name = self.fresh()
        self.add(f"{name} = uitofp {self.mask} {self.operand(x)} to {self.number}")
        return name

    def write(self, lines: Iterable[Line]) -> None:
        """The instructions of these lines, in order."""
        names, templates, append = self.names, self.templates, self.text.append
        for line in lines:
            op = line.op
            assert op is not None
            form, conditions = templates.get(op) or self.template(op)
            operands = [
                self.condition(x)
                if asks
                else (names.get(x) or self.operand(x))
                if type(x) is Line
                else self.constant(x)
                for x, asks in zip(line.inputs, conditions)
            ]
            name = names[line] = f"%t{self.count}"
            self.count += 1
            append(form.format(name, *operands))

    def template(self, op: Op) -> tuple[str, tuple[bool, ...]]:
        """The instructions of an operation, with {0} for its result and {1}, {2}, … for its inputs."""
        asks = op.base in LOGIC or op.base is number_of
        conditions = tuple(asks or name == "condition" for name in op.inputs)
        self.templates[op] = "  " + "\n  ".join(self.instructions(op)), conditions
        return self.templates[op]

    def instructions(self, op: Op) -> list[str]:
        """The same as a list, for an operation that is basic, or by its definition."""
        T, B, base = self.number, self.mask, op.base
        if base in ARITHMETIC:
            return [f"{{0}} = {ARITHMETIC[base]} {T} {{1}}, {{2}}"]
        if base in COMPARISONS:
            return [f"{{0}} = fcmp {COMPARISONS[base]} {T} {{1}}, {{2}}"]
        if base in LIBRARY:
            return self.call(LIBRARY[base], len(op.inputs))
        if base is arithmetic.negative:
            return [f"{{0}} = fneg {T} {{1}}"]
        if base is selecting.where:
            return [f"{{0}} = select {B} {{1}}, {T} {{2}}, {T} {{3}}"]
        if base is number_of:
            return [f"{{0}} = uitofp {B} {{1}} to {T}"]
        if base is MASKS["and"] or base is MASKS["or"]:
            return [f"{{0}} = {base.name[8:]} {B} {{1}}, {{2}}"]
        if base is MASKS["not"]:
            return [f"{{0}} = select {B} {{1}}, {B} zeroinitializer, {B} {self.all_true}"]
        return self.defined(op)

    @property
    def all_true(self) -> str:
        return "true" if self.width == 1 else f"<{', '.join(['i1 true'] * self.width)}>"

    def defined(self, op: Op) -> list[str]:
        """An operation that is a small program itself, written out."""
        found = definition(op)
        assert found is not None, op
        inner = Code(self.width, self.load)
        inner.templates, inner.calls = self.templates, self.calls
        inner.names = {x: f"{{{k}}}" for k, x in enumerate(found.inputs, 1)}
        for k, line in enumerate(found.lines):
            inner.text.append("")
            inner.one(line, "{0}" if line is found.result else f"{{0}}.{k}")
        if not found.lines or found.result is not found.lines[-1]:  # an input, or a plain number
            inner.add(f"{{0}} = fadd {self.number} {inner.operand(found.result)}, {self.constant(-0.0)}")
        return [text.strip() for part in inner.text if part for text in part.split("\n")]

    def one(self, line: Line, name: str) -> None:
        """The instructions of one line, under a given name."""
        assert line.op is not None
        form, conditions = self.templates.get(line.op) or self.template(line.op)
        operands = []
        for k, (x, asks) in enumerate(zip(line.inputs, conditions)):
            if asks and not (type(x) is Line and type(x.sample) is bool):
                self.add(f"{name}.c{k} = fcmp une {self.number} {self.operand(x)}, {self.constant(0.0)}")
                operands.append(f"{name}.c{k}")
            else:
                operands.append(self.operand(x))
        self.text.append(form.format(name, *operands))
        self.names[line] = name

    def call(self, function: str, inputs: int) -> list[str]:
        """One instruction where the processor has it, else a call of the C library for each place of the vector."""
        T, kind = self.number, "f64" if self.width == 1 else f"v{self.width}f64"
        given = ", ".join(f"{T} {{{k}}}" for k in range(1, inputs + 1))
        if function in INSTRUCTIONS:
            self.calls.add(f"declare {T} @llvm.{function}.{kind}({', '.join([T] * inputs)})")
            return [f"{{0}} = call {T} @llvm.{function}.{kind}({given})"]
        self.calls.add(f"declare double @{function}({', '.join(['double'] * inputs)})")
        if self.width == 1:
            return [f"{{0}} = call {T} @{function}({given})"]
        text, whole = [], "poison"
        for i in range(self.width):
            text += [f"{{0}}.x{k}.{i} = extractelement {T} {{{k}}}, i32 {i}" for k in range(1, inputs + 1)]
            parts = ", ".join(f"double {{0}}.x{k}.{i}" for k in range(1, inputs + 1))
            text.append(f"{{0}}.y{i} = call double @{function}({parts})")
            name = "{0}" if i == self.width - 1 else f"{{0}}.v{i}"
            text.append(f"{name} = insertelement {T} {whole}, double {{0}}.y{i}, i32 {i}")
            whole = name
        return text

    def address(self, pointer: str, offset: int | str) -> str:
        """The name of the place `offset` doubles behind a pointer."""
        if offset == 0:
            return pointer
        name = self.fresh("p")
        self.add(f"{name} = getelementptr double, ptr {pointer}, i64 {offset}")
        return name

    def store(self, x: Any, pointer: str, offset: int | str) -> None:
        """Write a number behind a pointer."""
        value = self.value(x)
        self.add(f"store {self.number} {value}, ptr {self.address(pointer, offset)}, align 8")
