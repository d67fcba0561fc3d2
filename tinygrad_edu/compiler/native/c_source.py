"""A program as C99: readable, and the same numbers wherever there is a C compiler.

>>> from tinygrad_edu.compiler.recording.program import record
>>> from tinygrad_edu.ops.activations import sigmoid
>>> print(c_text(record(lambda w, x: sigmoid(w * x[0] + x[1]), (2.0, np.ones(2)), names=["w", "x"]), name="neuron"))
/* neuron(w, x) -> y[1]          cc -O2 -ffp-contract=off -c neuron.c; link with -lm */
#include <math.h>
<BLANKLINE>
static double sigmoid(double x)
{
    const int t1 = x > -700.0;
    const double t2 = exp(t1 ? -x : x);
    return t1 ? 1.0 / (1.0 + t2) : t2;
}
<BLANKLINE>
/* w: a number; x: 2 numbers */
void neuron(double w, const double *x, double *y)
{
    y[0] = sigmoid(w * x[0] + x[1]);
}
<BLANKLINE>

Arrays are pointers to their numbers, row by row; the results follow one another in y. `-ffp-contract=off` keeps the
compiler from computing a · b + c in one go, which rounds once less than everybody else.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...ops import arithmetic, kinks, powers, selecting
from ...ops.op import Op
from ..recording.line import Line
from ..recording.masks import MASKS, number_of
from ..recording.program import Program
from ..source.python import Source
from . import scalars
from .machine import LIBRARY, definition

CHOICE, OR, AND, EQUAL, LESS, SUM, PRODUCT, SIGN, ATOM = range(1, 10)  # how tightly things bind in C
Words = tuple[str, int, tuple[int, ...]]
WORDS: dict[Op, Words] = {
    arithmetic.add: ("{} + {}", SUM, (SUM, PRODUCT)),
    arithmetic.subtract: ("{} - {}", SUM, (SUM, PRODUCT)),
    arithmetic.multiply: ("{} * {}", PRODUCT, (PRODUCT, SIGN)),
    arithmetic.divide: ("{} / {}", PRODUCT, (PRODUCT, SIGN)),
    arithmetic.negative: ("-{}", SIGN, (ATOM,)),
    powers.reciprocal: ("1.0 / {}", PRODUCT, (SIGN,)),
    selecting.where: ("{} ? {} : {}", CHOICE, (OR, OR, OR)),
    kinks.gate: ("{1} ? {0} : 0.0", CHOICE, (OR, OR)),
    number_of: ("(double){}", SIGN, (ATOM,)),
    MASKS["eq"]: ("{} == {}", EQUAL, (LESS, LESS)),
    MASKS["ne"]: ("{} != {}", EQUAL, (LESS, LESS)),
    MASKS["lt"]: ("{} < {}", LESS, (SUM, SUM)),
    MASKS["le"]: ("{} <= {}", LESS, (SUM, SUM)),
    MASKS["gt"]: ("{} > {}", LESS, (SUM, SUM)),
    MASKS["ge"]: ("{} >= {}", LESS, (SUM, SUM)),
    MASKS["and"]: ("{} && {}", AND, (EQUAL, EQUAL)),
    MASKS["or"]: ("{} || {}", OR, (EQUAL, EQUAL)),
    MASKS["not"]: ("!{}", SIGN, (ATOM,)),
    **{op: (f"{name}({{}})", ATOM, (CHOICE,)) for op, name in LIBRARY.items() if len(op.inputs) == 1},
    **{op: (f"{name}({{}}, {{}})", ATOM, (CHOICE,) * 2) for op, name in LIBRARY.items() if len(op.inputs) == 2},
}
TAKEN = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
NAN INFINITY HUGE_VAL main y
erfc exp2 fdim fma fmax fmin frexp ilogb isfinite isgreater isinf isless isnan isnormal ldexp lgamma llrint llround logb
lrint lround modf nan nearbyint nextafter nexttoward remainder remquo round scalbn scalbln signbit tgamma y0 y1 yn
j0 j1 jn gamma drem finite significand scalb
"""
RESERVED = {*TAKEN.split(), *LIBRARY.values()}
MOST_PARAMETERS = 40  # of a function; C promises 127, readers lose count before
WIDTH = 72  # of an expression; longer ones get names for their parts


class Body:
    """The statements of one C function.

    texts     line -> (text, how tightly it binds), for what needs no statement of its own
    helpers   functions that are called, with their texts; shared by all bodies of a file
    """

    def __init__(self, helpers: dict[Op, tuple[str, str]], taken: Iterable[str] = ()):
        self.helpers, self.taken = helpers, {*RESERVED, *taken}
        self.texts: dict[Line, tuple[str, int]] = {}
        self.statements: list[str] = []

    def free(self, wanted: str) -> str:
        """The wanted name, with a number behind it if it is taken."""
        base = re.sub(r"[^A-Za-z0-9_]", "_", wanted).strip("_") or "t"
        name = base = base if base[0].isalpha() else f"t{base}"
        k = 2
        while name in self.taken or name in (known for known, _ in self.helpers.values()):
            name, k = f"{base}_{k}", k + 1
        self.taken.add(name)
        return name

    def write(self, lines: Sequence[Line], results: Sequence[Any], names: dict[Line, str]) -> None:
        """The lines: those with a name, or that are used twice, as statements, the others where they are used."""
        uses = Counter(x for line in lines for x in line.inputs if type(x) is Line)
        uses.update(y for y in results if type(y) is Line)
        for line in lines:
            text, binds = self.expression(line)
            if line in names or uses[line] > 1 or len(text) > WIDTH:
                name = self.free(names.get(line) or f"t{len(self.statements) + 1}")
                self.statements.append(f"const {'int' if is_mask(line) else 'double'} {name} = {text};")
                text, binds = name, ATOM
            self.texts[line] = text, binds

    def expression(self, line: Line) -> tuple[str, int]:
        """The text of one operation."""
        op = line.op
        assert op is not None
        form, binds, needed = WORDS[op.base] if op.base in WORDS else self.called(op)
        texts = [
            self.condition(x, need) if asks_whether(op, k) else self.operand(x, need)
            for k, (x, need) in enumerate(zip(line.inputs, needed))
        ]
        return form.format(*texts), binds

    def operand(self, x: Any, needed: int) -> str:
        """An input, in parentheses if it binds less tightly than its place needs."""
        text, binds = self.texts[x] if type(x) is Line else (number_text(x), SIGN if x < 0.0 else ATOM)
        return text if binds >= needed else f"({text})"

    def condition(self, x: Any, needed: int) -> str:
        """An input that is asked whether it is true."""
        if type(x) is Line and is_mask(x):
            return self.operand(x, needed)
        text = f"{self.operand(x, LESS)} != 0.0"
        return text if needed <= EQUAL else f"({text})"

    def called(self, op: Op) -> Words:
        """An operation that is a function of its own, which is written if nobody has called it yet."""
        if op not in self.helpers:
            found = definition(op)
            assert found is not None, op
            inner = Body(self.helpers)
            name = Body(self.helpers).free(op.name)
            given = [inner.free(line.name or "x") for line in found.inputs]
            inner.texts.update(zip(found.inputs, ((text, ATOM) for text in given)))
            inner.write(found.lines, [found.result], {})
            inner.statements.append(f"return {inner.operand(found.result, CHOICE)};")
            kinds = ["int" if is_mask(line) else "double" for line in found.inputs]
            kind = "int" if type(found.result) is Line and is_mask(found.result) else "double"
            head = f"static {kind} {name}({', '.join(map(' '.join, zip(kinds, given)))})"
            self.helpers[op] = name, block(head, inner.statements)
        count = len(op.inputs)
        return f"{self.helpers[op][0]}({', '.join(['{}'] * count)})", ATOM, (CHOICE,) * count


def asks_whether(op: Op, k: int) -> bool:
    """Whether an input is a condition."""
    return op.inputs[k] == "condition" or op.base in (MASKS["and"], MASKS["or"], MASKS["not"])


def is_mask(line: Line) -> bool:
    return type(line.sample) is bool


def block(head: str, statements: Iterable[str]) -> str:
    """A function."""
    return "\n".join([head, "{", *(f"    {text}" for text in statements), "}", ""])


def number_text(x: float) -> str:
    """A number as C reads it, to the last bit.

    >>> number_text(0.1), number_text(-math.inf)
    ('0.1', '-INFINITY')
    """
    return repr(x) if math.isfinite(x) else "NAN" if x != x else "INFINITY" if x > 0 else "-INFINITY"


def c_text(program: Program, name: str | None = None) -> str:
    """The file: the functions that are needed, then the program itself.

    name      of the function; by default that of the program
    raises    UnsupportedError if the program cannot be opened into single numbers
    """
    opened = scalars.opened(program)
    given = [*program.arguments, *program.values]
    helpers: dict[Op, tuple[str, str]] = {}
    for op in dict.fromkeys(line.op for line in opened.program.lines if line.op is not None):
        if op.base not in WORDS:
            Body(helpers).called(op)
    body = Body(helpers)
    function = body.free(name or program.name)
    parameters: list[str] = []
    told: list[str] = []
    cells = iter([*opened.program.arguments, *opened.program.values])
    together = len(given) > MOST_PARAMETERS
    for k, line in enumerate(given):
        size, called = max(1, int(np.prod(line.shape))), "" if together else body.free(line.name or f"x{k}")
        for j in range(size):
            x = next(cells)
            place = len(told) if together else j
            text = f"x[{place}]" if together else called if line.shape == () else f"{called}[{j}]"
            body.texts[x] = (f"{text} != 0.0", EQUAL) if is_mask(x) else (text, ATOM)
            told += ["x"] if together else []
        if not together:
            parameters.append(f"double {called}" if line.shape == () else f"const double *{called}")
            told.append(f"{called}: {'a number' if line.shape == () else f'{size} numbers'}")
    if together:
        parameters, told = ["const double *x"], [f"x: the {len(told)} numbers that {function} is given"]
    names = {line: text for line, text in Source(opened.program).names.items() if line.op is not None}
    body.write(opened.program.lines, opened.program.results, names)
    body.statements += [f"y[{k}] = {body.operand(y, CHOICE)};" for k, y in enumerate(opened.program.results)]
    about = ", ".join(parameter.split()[-1].lstrip("*") for parameter in parameters)
    head = f"/* {function}({about}) -> y[{len(opened.program.results)}]          "
    return "\n".join([
        f"{head}cc -O2 -ffp-contract=off -c {function}.c; link with -lm */",
        "#include <math.h>",
        "",
        *(text for _, text in helpers.values()),
        f"/* {'; '.join(told)} */",
        block(f"void {function}({', '.join([*parameters, 'double *y'])})", body.statements),
    ])  # fmt: skip
