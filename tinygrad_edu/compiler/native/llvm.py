"""A program of single numbers as LLVM's text: one instruction per line, each result assigned once.

>>> from tinygrad_edu.compiler.recording.program import record
>>> print(function_text(record(lambda a, b: a * b + 1.0, (2.0, 3.0))))
define void @f(ptr noalias %in, ptr noalias %out) {
entry:
  %i0 = load double, ptr %in
  %p1 = getelementptr double, ptr %in, i64 1
  %i2 = load double, ptr %p1
  %t3 = fmul double %i0, %i2
  %t4 = fadd double %t3, 0x3FF0000000000000
  store double %t4, ptr %out, align 8
  ret void
}

The text is written as text: building it from LLVM's objects takes ten times longer, and a program of 30,000 lines is
to be running half a second after it was asked for. `Code` (in `llvm_code`) also writes lines for several
samples at once, with vectors in the place of numbers; the loops around them are in `llvm_loops`.
"""

from __future__ import annotations

from ..recording.line import Line
from ..recording.program import Program
from .llvm_code import Code

BLOCK = 200  # lines; LLVM's quick way keeps all numbers of a block in mind: 30,000 in one take twice as long


def function_text(program: Program) -> str:
    """The function that reads its numbers from %in, one after another, and writes its results to %out."""
    places = {x: k for k, x in enumerate([*program.arguments, *program.values])}
    fetched: list[Line] = []

    def load(code: Code, x: Line) -> str:
        fetched.append(x)
        at, name = code.address("%in", places[x]), code.fresh("i")
        code.add(f"{name} = load double, ptr {at}")
        return name

    code = Code(1, load)
    for start in range(0, len(program.lines), BLOCK):
        if start:
            code.add(f"br label %block{start}")
            code.text.append(f"block{start}:")
            for x in fetched:  # fetched anew in every block: to keep it would mean to put it into memory, too
                del code.names[x]
            fetched.clear()
        code.write(program.lines[start : start + BLOCK])
    for k, y in enumerate(program.results):
        code.store(y, "%out", k)
    text = ["define void @f(ptr noalias %in, ptr noalias %out) {", "entry:", *code.text, "  ret void", "}"]
    return "\n".join([*sorted(code.calls), *text])
