"""A program written anew, line by line, with some lines in other words. The lines of the one given stay as they are.

>>> from tinygrad_edu.compiler.recording.program import record
>>> from tinygrad_edu.ops.arithmetic import add
>>> program = record(lambda x: x * 2.0, (3.0,))
>>> def as_sum(writing, line):
...     return writing.line(line, add, line.inputs[1], line.inputs[1], named=True)
>>> [line.op.name for line in Rewriting(program).rewritten(as_sum).lines]
['add']
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np

from ...ops.op import Op
from ..recording.book import CONSTANT
from ..recording.line import Line
from ..recording.program import Program


class Rewriting:
    """The new lines, in order.

    new      what stands for each line of the program given        known   (operation, inputs) -> the new line for it
    """

    def __init__(self, program: Program):
        self.program = program
        self.new: dict[Line, Any] = {}
        self.known: dict[Any, Line] = {}
        self.lines: list[Line] = []
        self.constants: list[Line] = []

    def now(self, x: Any) -> Any:
        """What stands for an input."""
        return self.new.get(x, x) if type(x) is Line else x

    def line(self, about: Line, op: Op, *inputs: Any, named: bool = False) -> Line:
        """A new line, unless it is there already.

        about   the line that it is for or a part of        named   whether it is that line's result, with its name
        """
        inputs = tuple(map(self.now, inputs))
        key = (op, *[id(x) if type(x) is Line else x for x in inputs])
        if key in self.known and not named:
            return self.known[key]
        with np.errstate(all="ignore"):
            sample = about.sample if named else op.compute(*[x.sample if type(x) is Line else x for x in inputs])
        made = Line(about.book, op, inputs, sample, about.order)
        made.name, made.place, made.about = about.name if named else None, about.place, about.about
        self.lines.append(made)
        return self.known.setdefault(key, made) if not named else made

    def constant(self, sample: Any) -> Line:
        """An array that is part of the program."""
        made = Line(self.program.lines[0].book, None, (), sample, 0, CONSTANT)
        self.constants.append(made)
        return made

    def rewritten(self, rule: Callable[[Rewriting, Line], Line | None]) -> Program:
        """The program, each line as the rule says it; None is as it was."""
        for line in self.program.lines:
            found = rule(self, line)
            if found is None:
                assert line.op is not None
                same = all(self.now(x) is x for x in line.inputs)
                found = line if same else self.line(line, line.op, *line.inputs, named=True)
                self.lines += [line] if same else []
            self.new[line] = found
        changed = copy(self.program)
        changed.results = [self.now(y) for y in self.program.results]
        changed.lines = needed(self.lines, changed.results)
        changed.constants = [*self.program.constants, *self.constants]
        return changed


def needed(lines: list[Line], results: list[Any]) -> list[Line]:
    """The lines that the results depend on."""
    wanted, found = {id(y) for y in results}, []
    for line in reversed(lines):
        if id(line) in wanted:
            found.append(line)
            wanted.update(map(id, line.inputs))
    return found[::-1]
