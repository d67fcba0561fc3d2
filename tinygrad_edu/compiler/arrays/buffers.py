"""A program as it runs fastest: no array is made that is not needed, and what nobody reads any more is written over.

The text that people read says `t = np.tanh(x) * w`. The one that runs says

    t1 = tanh(x)
    multiply(t1, w, t1)

Numbers beside arrays are arrays without axes, made once; sums of up to some thousand numbers are products with ones,
which takes half the time; large memory comes from a pool, for each call that runs at the same time another one.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

import numpy as np

from ..recording.line import Line, lines_in
from ..recording.program import Program
from ..source.python import Source
from ..source.words import CHOICE
from .loops_of_tiles import Loop
from .memory import Memory, memories, pooled
from .pool import Pool
from .quicker import Quicker
from .recipes import Step, recipe_of
from .simplify import opened, rearranged
from .sums import Sums, absorbed_by
from .tiles import Tiles, scheduled


class Buffered(Sums, Quicker, Source):
    """The statements that run. It has the same face as `Source`.

    groups     the lines that are computed piece by piece, each with its group
    absorbed   products that are part of the sum over them
    kept       lines whose arrays exist as a whole        memory   where they are stored
    functions  names of what is made once: functions of NumPy, numbers, ones
    """

    def __init__(self, program: Program, careful: bool = False):
        self.functions: dict[Any, str] = {}
        if not any(line.shape for line in (*program.lines, *program.arguments, *program.values)):
            self.leave_to_source()
            super().__init__(program, careful)
            return
        program = program if careful else rearranged(opened(program))
        order, self.groups = scheduled(program, careful)
        self.absorbed = absorbed_by(program)
        time = times(order, self.groups)
        readers = {x for line in order for x in self.reads(line) if self.groups.get(line) is not self.groups.get(x)}
        self.kept = readers.union(lines_in(program.results), (line for line in order if line not in self.groups))
        own = [line for line in order if line.shape and line in self.kept and line not in self.absorbed]
        self.memory = memories(own, program.results, self.reads, time, careful)
        self.blocks = pooled(self.memory)
        program = copy(program)
        program.lines = order
        super().__init__(program, careful)
        stated = {line for _, line in self.statements}
        stated -= {*self.groups, *program.lines[-1:]}  # behind the last line, the pool gets its memory back
        self.visible |= {x for x in stated.intersection(own) if x.dtype.kind == "f"}
        self.take_from_pool()

    def leave_to_source(self) -> None:
        """A program of numbers: nothing is stored anywhere."""
        self.groups, self.absorbed, self.kept, self.memory, self.blocks = {}, set(), set(), {}, []

    def reads(self, line: Line) -> list[Line]:
        """What is read when the line is computed."""
        if line in self.absorbed:
            return []
        found = []
        for x in lines_in(line.inputs):
            found += lines_in(x.inputs) if x in self.absorbed else [x]
        return found

    def state(self, line: Line) -> None:
        """Write the statements for a line; numbers as `Source` does."""
        if line in self.absorbed:
            return
        if line in self.groups:
            group = self.groups[line]
            if line is group.lines[-1]:
                Loop(self, group, self.kept).write()
            return
        if not line.shape and not any(x.shape for x in lines_in(line.inputs)):
            super().state(line)
            return
        steps = recipe_of(line, self.careful)
        if steps is not None:
            self.compute(line, steps)
        elif not self.quickly(line):
            text = self.expression(line)[0]
            self.say(f"{self.name(line)} = {text}", line)

    def quickly(self, line: Line) -> bool:
        """Write the line in a better way than its words, if one is known."""
        way = getattr(self, f"state_{line.op.name}", None) if line.op is not None else None
        return way is not None and bool(way(line))

    def say(self, text: str, line: Line) -> None:
        """One statement."""
        self.statements.append((text, line))

    # ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def name(self, line: Line) -> str:
        """The name of a result: of the memory that it is stored in."""
        memory = self.memory.get(line)
        name = memory.name if memory is not None else ""
        name = name or (self.free(line.name) if line.name else self.numbered())
        if memory is not None:
            memory.name = name
        self.names[line] = name
        return name

    def function(self, name: str) -> str:
        """The name by which the program calls a function of NumPy: shorter than np.name by a look-up of 80 ns."""
        return self.constant(name, getattr(np, name), name)

    def constant(self, key: Any, value: Any, wanted: str) -> str:
        """The name of something that is made once."""
        if key not in self.functions:
            self.functions[key] = self.free(wanted)
            self.constants[self.functions[key]] = value
        return self.functions[key]

    def number(self, value: float, dtype: Any) -> str:
        """A number beside an array: NumPy takes 250 ns to make an array of a Python float, every time."""
        dtype = np.dtype(dtype if dtype.kind == "f" else float)
        with np.errstate(over="ignore"):  # 1e9 in half precision is inf
            return self.constant((repr(value), dtype.str), np.array(value, dtype), f"n{value:g}")

    def empty(self, shape: tuple[int, ...], dtype: Any, function: str = "empty") -> str:
        """A call that makes an array, whatever is in it."""
        kind = "" if dtype == np.float64 else f", {self.function(dtype.name if dtype.kind != 'b' else 'bool_')}"
        return f"{self.function(function)}({shape}{kind})"

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def space(self, line: Line) -> tuple[str, str]:
        """The name of the memory for a line, and the statement that makes it, if it is not there yet."""
        there = self.there(line)
        name = self.name(line)
        return name, "" if there else f"{name} = {self.empty(line.shape, line.dtype)}"

    def there(self, line: Line) -> bool:
        """Whether the memory that the line is stored in exists before it is computed."""
        memory = self.memory[line]
        return memory.pooled or memory.lines[0] is not line

    def compute(self, line: Line, steps: Iterable[Step]) -> None:
        """The steps of a recipe, each result in the memory of the one before."""
        assert line.op is not None
        texts: dict[str, Any] = dict(zip(line.op.inputs, line.inputs))
        texts = {name: self.names[x] if type(x) is Line and x.shape else x for name, x in texts.items()}
        texts.update(y=self.name(line), t="")
        there = {"y": self.there(line), "t": False}
        for step in steps:
            if step.target == "t" and not texts["t"]:
                texts["t"] = self.free("r1")
            self.say(self.step(line, step, texts, there[step.target]), line)
            there[step.target] = True

    def step(self, line: Line, step: Step, texts: dict[str, Any], there: bool) -> str:
        """One step as a call.

        texts   the names of arrays; numbers and lines that are numbers, as they are
        there   whether the memory for the result exists
        """
        assert line.op is not None
        values = {**line.op.settings, **texts}
        inputs = [values[name] if name in values else float(name) for name in step.inputs]
        dtype = beside(line, step)
        words = []
        for x in inputs:
            if type(x) is not str:
                x = self.written(x, CHOICE) if type(x) is Line else self.number(float(x), dtype)
            words.append(x)
        target = texts[step.target]
        if not there:
            return f"{target} = {self.function(step.function)}({', '.join(words)})"
        named = "out=" * (step.function in ("maximum", "minimum"))  # NumPy's wish
        return f"{self.function(step.function)}({', '.join(words)}, {named}{target})"

    def take_from_pool(self) -> None:
        """Memory from the pool at the beginning, and back into it at the end, when all results are there."""
        if not self.blocks:
            return
        shared = list({id(m): m for m in self.memory.values() if m.pooled}.values())
        pool = self.constant("pool", Pool(self.blocks, [layout(memory) for memory in shared]), "pool")
        held, names = self.free("held"), ", ".join(memory.name for memory in shared)
        first, last = self.program.lines[0], self.program.lines[-1]
        self.statements.insert(0, (f"{names}{',' * (len(shared) == 1)} = {held} = {pool}.taken()", first))
        for k, text in enumerate(self.answers):
            if not text.isidentifier() and type(self.program.results[k]) is Line:
                self.answers[k] = self.numbered()
                self.say(f"{self.answers[k]} = {text}", last)
        self.say(f"{pool}.free.append({held})", last)


def beside(line: Line, step: Step) -> Any:
    """The precision of the array that a number stands beside in this step."""
    assert line.op is not None
    if "y" in step.inputs or "t" in step.inputs:
        return line.dtype
    arrays = [x for name, x in zip(line.op.inputs, line.inputs) if name in step.inputs and type(x) is Line and x.shape]
    return arrays[0].dtype if arrays else line.dtype


def layout(memory: Memory) -> tuple[int, tuple[int, ...], Any]:
    """Which block, which shape, which precision."""
    return memory.block, memory.lines[0].shape, memory.lines[0].dtype


def times(order: list[Line], groups: dict[Line, Tiles]) -> dict[Line, int]:
    """When each line is computed: a group at once, where its last line stands."""
    places = {line: k for k, line in enumerate(order)}
    return {line: places[groups[line].lines[-1]] if line in groups else k for line, k in places.items()}
