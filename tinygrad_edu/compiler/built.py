"""One program of a compiled function: as it was recorded, as it runs, as it is read.

A program is written for the numbers of one call, and serves all calls of the same structure and shapes.
"""

from __future__ import annotations

import itertools
import linecache
import warnings
from collections.abc import Callable
from functools import cached_property
from typing import Any

from ..engine.value import Value
from . import carefully
from .arrays.buffers import Buffered
from .captures import Outside
from .entry import Entry
from .given_arrays import with_arrays
from .native import jit, native
from .native.machine_source import Machine, pays
from .parameters import without_static
from .plain_numbers import derived, hides_nan
from .recording import messages
from .recording.line import Line
from .recording.naming import argument_names
from .recording.program import Program, no_collector, record
from .recording.signature import filled_in, leaves, split
from .surroundings import Surroundings

numbered = itertools.count(1)
python_compile = compile


class Built:
    """A program and the function made of it.

    program     its lines          text, function   what runs
    values      the arguments it was written for, one per parameter
    """

    def __init__(self, owner: Any, values: list[Any]):
        self.owner, self.values, self.key = owner, values, None  # type: Any, list[Any], Any
        with no_collector():
            self.build(values)

    def build(self, values: list[Any]) -> None:
        """Write the program, and the text that runs it."""
        owner = self.owner
        self.program, self.around = self.write(values)
        self.shown = self.program  # as one would write it by hand
        with_care = hides_nan(self.program)
        if with_care:
            self.program, self.around = self.write(values, careful=True)
        by_machine = wanted(owner.backend) or (owner.backend == "auto" and pays(self.program))
        source: Any = Machine(self.program, self.machine) if by_machine else Buffered(self.program, with_care)
        self.tree: list[Any] = split(values, [])
        outside = self.around.statements(source.names)
        entry = Entry(source, owner.parameters, without_static(self.tree), outside, self.around.needs)
        self.text, self.namespace = entry.text, entry.namespace
        self.namespace[entry.otherwise] = self.otherwise
        self.function = self.made(entry.name)
        self.conditions = [condition for condition, _ in outside if condition]

    def write(self, values: list[Any], careful: bool = False) -> tuple[Program, Surroundings]:
        """The program, and what it needs of what is around the function."""
        f, parameters = self.owner.f, self.owner.parameters
        settings = [
            getattr(x, "setting", x) for x in leaves(values) if not hasattr(x, "dtype") and type(x) is not float
        ]
        outside = Outside(f, *settings)
        outside.arrays = list({id(x): (way, x, name) for way, x, name in outside.arrays}.values())
        names = argument_names(f, *parameters.arguments(values))
        try:
            return self.recorded_with(outside, values, names, careful)
        except Exception:
            if not outside.arrays:
                raise
        # f asks more of an array around it than a line can tell (float(a), a[mask], ...): it is part of the program
        outside.fixed += [(way, x) for way, x, _ in outside.arrays]
        outside.arrays = []
        return self.recorded_with(outside, values, names, careful)

    def recorded_with(
        self, outside: Outside, values: list[Any], names: list[str], careful: bool
    ) -> tuple[Program, Surroundings]:
        f, parameters = self.owner.f, self.owner.parameters
        arrays = [x for _, x, _ in outside.arrays]

        def whole(values: list[Any], lines: list[Any]) -> Any:
            known = {id(x): line for x, line in zip(arrays, lines)}
            return parameters.called(with_arrays(f, known) if known else f, values)

        every = [*names, *(name for _, _, name in outside.arrays)]
        drawn, orders = outside.drawn(), outside.orders()
        program = record(whole, (values, arrays), names=every, careful=careful)
        if outside.orders() != orders:
            raise messages.changed_value(next(x for x, k in zip(outside.values, orders) if x.order != k))
        if outside.drawn() != drawn:
            raise messages.random_numbers(parameters.title(f))
        program.name = parameters.title(f)
        count = len(program.arguments) - len(arrays)
        used = {x for line in program.lines for x in line.inputs if type(x) is Line}
        used.update(y for y in program.results if type(y) is Line)
        read = []
        for line, x in zip(program.arguments[count:], arrays):
            line.origin = x
            read += [line] if line in used else []
        program.arguments, program.values = program.arguments[:count], [*read, *program.values]
        return program, Surroundings(outside, program.values)

    @cached_property
    def machine(self) -> native.NativeProgram:
        """The program as machine code."""
        return native.build(self.program, self.owner.optimize)

    def made(self, name: str) -> Callable[..., Any]:
        """The function of the text. Python finds the text by the name of its file, for tracebacks and debuggers."""
        self.file = file = f"<compiled {self.program.name} {next(numbered)}>"
        linecache.cache[file] = (len(self.text), None, self.text.splitlines(keepends=True), file)
        exec(python_compile(self.text, file, "exec"), self.namespace)
        function: Callable[..., Any] = self.namespace[name]
        return function

    def forget(self) -> None:
        """Let go of the text."""
        linecache.cache.pop(self.file, None)

    def otherwise(self, *values: Any) -> Any:
        """What the text calls with what it was not written for."""
        return self.owner.run(list(values), self)

    # ── whether it is the right program ──────────────────────────────────────────────────────────────────────────────
    def fits(self) -> bool:
        """Whether what the function takes from around it is as it was: at a glance (0.2 µs), or looking closely (5)."""
        try:
            at_a_glance = not self.around.reads and self.same_around()
        except Exception:  # something is gone
            at_a_glance = False
        return at_a_glance or self.around.hold()

    @cached_property
    def same_around(self) -> Callable[[], bool]:
        """What the text asks of the things around it, as a function: loops ask it at every call, others rarely."""
        asked: Callable[[], bool] = eval(f"lambda: not ({' or '.join(self.conditions) or 'False'})", self.namespace)
        return asked

    def refreshed(self) -> bool:
        """Whether there were other things around it than the text expects, which are equal; now it accepts them."""
        return self.around.refresh(self.namespace)

    def with_own_settings(self, values: list[Any]) -> list[Any]:
        """The values with the settings the program was written for: equal ones, which the text knows."""
        numbers: list[Any] = []
        split(values, numbers)
        found: list[Any] = filled_in(self.tree, numbers)
        return found

    # ── with care ────────────────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def with_care(self) -> tuple[Program, Surroundings]:
        """The program in which a gradient of 0 stays 0 where a slope is infinite."""
        return self.write(self.values, careful=True) if derived(self.program) else (self.program, self.around)

    def carefully(self, values: list[Any]) -> Any:
        """The results, one operation after the other."""
        program, around = self.with_care
        numbers: list[Any] = []
        split(values, numbers)
        return program.rebuild(carefully.results(program, [*numbers, *around.data()]))

    def recorded(self) -> Any:
        """The results as Values, computed from the numbers the program was written with, by their names."""
        numbers: list[Any] = []
        split(self.values, numbers)
        given = [named_value(x, line) for x, line in zip(numbers, self.program.arguments)]
        around = [
            line.origin if hasattr(line.origin, "_held") else x
            for line, x in zip(self.program.values, self.around.data())
        ]
        return self.program.rebuild(carefully.recorded(self.program, [*given, *around]))

    # ── to be read ───────────────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def source(self) -> str:
        """The program as Python of its own."""
        from .source.standalone import standalone  # rarely asked for

        return standalone(self.shown, self.owner.parameters.arguments(without_static(self.tree)), self.owner.f)


def wanted(backend: str) -> bool:
    """Whether machine code was asked for, and can be made; a warning where it cannot: Python serves as well."""
    if backend == "native" and not jit.available():
        warnings.warn(jit.MISSING, stacklevel=2)
        return False
    return backend == "native"


def named_value(x: Any, line: Line) -> Any:
    """The number or array as a Value; arrays of whole numbers stay what they are."""
    if type(x) is Value or (line.shape and line.dtype.kind != "f"):
        return x
    return Value(x, line.name)
