"""Machine code in the place of statements: with the same face as `Source`, so that the same function runs around it."""

from __future__ import annotations

from typing import Any

from ..recording.line import Line
from ..recording.program import Program
from ..source.python import OURS, number_text
from . import jit

PAYS = 400  # operations on numbers: from here on Python takes longer than handing them over (3 µs)
CALL, NUMBER, NUMPY = 3.0, 0.005, 0.7  # µs: a call of machine code, a number in it, an operation of NumPy's
MOST = 20_000  # numbers in arrays: more would take seconds to compile, unasked


def pays(program: Program) -> bool:
    """Whether machine code is the faster choice: for many operations on single numbers, or on small arrays."""
    if not jit.available():
        return False
    inputs = (*program.arguments, *program.values, *program.constants)
    if any(x.shape for x in inputs) or any(x.shape for x in program.lines):
        from .scalars import numbers_of

        count = sum(map(numbers_of, program.lines))
        by_numpy = NUMPY * len(program.lines)
        if count > MOST or 2.0 * (CALL + NUMBER * count) > by_numpy:
            return False
    elif len(program.lines) < PAYS:
        return False
    from .native import reason_against

    return reason_against(program) is None


class Machine:
    """One statement: the numbers go in, the results come out."""

    def __init__(self, program: Program, native: Any):
        self.program = program
        self.helpers: dict[str, Any] = {}
        self.taken: set[str] = {*OURS, "machine"}
        self.constants: dict[str, Any] = {"machine": native}
        self.names: dict[Line, str] = {}
        self.visible: set[Line] = set()
        for k, line in enumerate([*program.arguments, *program.values]):
            self.names[line] = self.free(f"x{k}")
        given = ", ".join(self.names[x] for x in (*program.arguments, *program.values))
        names = [self.free(f"y{k}") for k in range(len(program.results))]
        self.statements: list[tuple[str, Any]] = []
        if names:
            self.statements = [(f"{', '.join(names)}{',' if len(names) == 1 else ''} = machine([{given}])", None)]
        self.answers = [name if type(y) is Line else number_text(y) for name, y in zip(names, program.results)]

    def free(self, wanted: str) -> str:
        """A name that nobody else uses."""
        self.taken.add(wanted)
        return wanted
