"""LLVM's text for a program that runs over the rows of arrays: all at once, or one after the other.

`rows_text` treats every row alone, so as many as the processor takes are computed side by side, in vectors.
`loop_text` goes through the rows in order, and what a step returns is what the next one is given: training.
What depends on no row and no state is computed once, before the loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from ..recording.line import Line
from .llvm_code import Code
from .scalars import Opened, Part

ROW, STATE = "row", "state"


class Layout:
    """Where every input of an opened program is found.

    roles   for each array or number that the program is given: 'row' if the loop hands it one row after another,
            'state' if the last step returned it, else 'shared'
    place   line -> (role, number of the array among the rows, numbers in a row, offset)
    """

    def __init__(self, opened: Opened, roles: Sequence[str]):
        self.place: dict[Line, tuple[str, int, int, int]] = {}
        inputs = iter([*opened.program.arguments, *opened.program.values])
        behind = {ROW: 0, STATE: 0, "shared": 0}
        self.rows = 0
        for part, role in zip(opened.inputs, roles):
            for j in range(part.size):
                offset = j if role == ROW else behind[role] + j
                self.place[next(inputs)] = role, self.rows, part.size, offset
            behind[role] += part.size
            self.rows += role == ROW
        self.changing = {x for x, place in self.place.items() if place[0] in (ROW, STATE)}
        for line in opened.program.lines:
            if any(x in self.changing for x in line.inputs if type(x) is Line):
                self.changing.add(line)

    def split(self, lines: Iterable[Line]) -> tuple[list[Line], list[Line]]:
        """The lines that are the same in every round, and the others."""
        lines = list(lines)
        return [x for x in lines if x not in self.changing], [x for x in lines if x in self.changing]

    def before(self, lines: list[Line]) -> Code:
        """The text before the loop."""
        code = Code(1, self.fetch)
        code.write(lines)
        return code

    def inside(self, before: Code, width: int) -> Code:
        """The text of the loop, to be written: it finds what was computed before."""

        def load(code: Code, x: Line) -> str:
            if x not in before.names or x in self.place:
                return self.fetch(code, x)
            return spread(code, before.names[x], "i1" if type(x.sample) is bool else "double")

        code = Code(width, load)
        code.count, code.calls = before.count, before.calls
        return code

    def fetch(self, code: Code, x: Line) -> str:
        """The text that reads an input, for every sample of the vector."""
        role, number, size, offset = self.place[x]
        if role != ROW:
            at, name = code.address("%state" if role == STATE else "%shared", offset), code.fresh("i")
            code.add(f"{name} = load double, ptr {at}")
            return as_asked(code, x, spread(code, name, "double"))
        first, at = code.fresh("k"), code.fresh("p")
        code.add(f"{first} = mul i64 %row, {size}")
        code.add(f"{at} = getelementptr double, ptr %rows{number}, i64 {first}")
        if size == 1 or code.width == 1:
            at, name = code.address(at, offset), code.fresh("i")
            code.add(f"{name} = load {code.number}, ptr {at}, align 8")
            return as_asked(code, x, name)
        whole = "poison"
        for lane in range(code.width):
            place, one, name = code.address(at, lane * size + offset), code.fresh("i"), code.fresh("v")
            code.add(f"{one} = load double, ptr {place}")
            code.add(f"{name} = insertelement {code.number} {whole}, double {one}, i32 {lane}")
            whole = name
        return as_asked(code, x, whole)


def as_asked(code: Code, x: Line, name: str) -> str:
    """An input that is a mask is kept in memory as 1.0 and 0.0."""
    if type(x.sample) is not bool:
        return name
    code.add(f"{name}.is = fcmp une {code.number} {name}, {code.constant(0.0)}")
    return f"{name}.is"


def spread(code: Code, name: str, kind: str) -> str:
    """One number in every place of the vector."""
    if code.width == 1:
        return name
    one, all_alike = code.fresh("v"), code.fresh("v")
    vector = f"<{code.width} x {kind}>"
    code.add(f"{one} = insertelement {vector} poison, {kind} {name}, i32 0")
    zeros = f"<{code.width} x i32> zeroinitializer"
    code.add(f"{all_alike} = shufflevector {vector} {one}, {vector} poison, {zeros}")
    return all_alike


def rows_text(opened: Opened, roles: Sequence[str], width: int, sums: int) -> str:
    """The function @rows: it takes rows %first to %last - 1, `width` of them at a time.

    sums   0: each result gets a row in %out; else it is added there, to the first `width` of so many sums
    """
    layout = Layout(opened, roles)
    constant, changing = layout.split(opened.program.lines)
    before = layout.before(constant)
    code = layout.inside(before, width)
    code.write(changing)
    values = [code.value(y) for y in opened.program.results]
    if sums:
        add_up(code, values, sums)
    else:
        put_down(code, opened.outputs, values, "%row", "%n")
    pointers = "".join(f", ptr noalias %rows{k}" for k in range(layout.rows))
    text = [
        f"define void @rows(ptr noalias %shared, ptr noalias %out, i64 %first, i64 %last, i64 %n{pointers}) {{",
        "entry:",
        *before.text,
        "  %any = icmp slt i64 %first, %last",
        "  br i1 %any, label %loop, label %done",
        "loop:",
        "  %row = phi i64 [ %first, %entry ], [ %next, %loop ]",
        *code.text,
        f"  %next = add i64 %row, {width}",
        "  %more = icmp slt i64 %next, %last",
        "  br i1 %more, label %loop, label %done",
        "done:",
        "  ret void",
        "}",
    ]
    return "\n".join([*sorted(code.calls), *text])


def add_up(code: Code, values: list[str], sums: int) -> None:
    """Each result, added to its sums."""
    for k, value in enumerate(values):
        at, so_far, now = code.address("%out", k * sums), code.fresh("s"), code.fresh("s")
        code.add(f"{so_far} = load {code.number}, ptr {at}, align 8")
        code.add(f"{now} = fadd {code.number} {so_far}, {value}")
        code.add(f"store {code.number} {now}, ptr {at}, align 8")


def put_down(code: Code, outputs: Sequence[Part], values: list[str], round_: str, all_: str) -> None:
    """Each result in its row: those of all rows of one array follow one another."""
    k = 0
    for part, start in zip(outputs, accumulate((part.size for part in outputs), initial=0)):
        behind, row, place, at = code.fresh("k"), code.fresh("k"), code.fresh("k"), code.fresh("p")
        code.add(f"{behind} = mul i64 {all_}, {start}")
        code.add(f"{row} = mul i64 {round_}, {part.size}")
        code.add(f"{place} = add i64 {behind}, {row}")
        code.add(f"{at} = getelementptr double, ptr %out, i64 {place}")
        for j in range(part.size):
            value = values[k]
            k += 1
            if part.size == 1 or code.width == 1:
                code.add(f"store {code.number} {value}, ptr {code.address(at, j)}, align 8")
                continue
            for lane in range(code.width):
                one = code.fresh("i")
                code.add(f"{one} = extractelement {code.number} {value}, i32 {lane}")
                code.add(f"store double {one}, ptr {code.address(at, lane * part.size + j)}")


def loop_text(opened: Opened, roles: Sequence[str], states: int) -> str:
    """The function @loop: %rounds steps through the rows 0, 1, … %n - 1, 0, 1, …

    states   how many arrays among the outputs are the next state; the others have a row per round in %out,
             the first of them row %done of %all
    """
    layout = Layout(opened, roles)
    constant, changing = layout.split(opened.program.lines)
    before = layout.before(constant)
    code = layout.inside(before, 1)
    code.write(changing)
    values = [code.value(y) for y in opened.program.results]  # all of them, before the state is overwritten
    count = sum(part.size for part in opened.outputs[:states])
    for k, value in enumerate(values[:count]):
        code.add(f"store double {value}, ptr {code.address('%state', k)}")
    if opened.outputs[states:]:
        code.add("%written = add i64 %done, %round")
        put_down(code, opened.outputs[states:], values[count:], "%written", "%all")
    pointers = "".join(f", ptr noalias %rows{k}" for k in range(layout.rows))
    given = "ptr noalias %state, ptr noalias %shared, ptr noalias %out, i64 %rounds, i64 %n, i64 %done, i64 %all"
    text = [
        f"define void @loop({given}{pointers}) {{",
        "entry:",
        *before.text,
        "  %any = icmp sgt i64 %rounds, 0",
        "  br i1 %any, label %loop, label %end",
        "loop:",
        "  %round = phi i64 [ 0, %entry ], [ %round.next, %loop ]",
        "  %row = phi i64 [ 0, %entry ], [ %row.next, %loop ]",
        *code.text,
        "  %round.next = add i64 %round, 1",
        "  %row.up = add i64 %row, 1",
        "  %last = icmp eq i64 %row.up, %n",
        "  %row.next = select i1 %last, i64 0, i64 %row.up",
        "  %more = icmp slt i64 %round.next, %rounds",
        "  br i1 %more, label %loop, label %end",
        "end:",
        "  ret void",
        "}",
    ]
    return "\n".join([*sorted(code.calls), *text])
