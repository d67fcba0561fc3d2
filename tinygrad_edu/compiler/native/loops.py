"""One sample's code for all rows of an array, and one step's code for a whole training.

>>> import tinygrad_edu as tg
>>> from tinygrad_edu.compiler.compiled import compile
>>> square = compile(lambda x, w: w * x * x, batch=0)
>>> square([1.0, 2.0, 3.0], 10.0)
array([10., 40., 90.])
>>> def step(w, x, y):
...     return w - 0.1 * tg.grad(lambda w: (w * x - y) ** 2)(w)
>>> train = compile(step, loop=(1, 2))
>>> train(0.0, [1.0, 2.0], [3.0, 6.0], epochs=50)
3.0

With llvmlite the loop runs in machine code. Without it, or where the program cannot become machine code, Python goes
through the rows and calls the compiled function of a single sample.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...calculus.containers import flatten
from ...ops.broadcasting import shape_of
from ..recording.program import Program
from ..recording.signature import key_of
from . import loop_messages as messages
from . import scalars
from .c_source import c_text
from .jit import MISSING, available
from .llvm_loops import STATE
from .native_loops import NativeLoop, NativeRows
from .quick_calls import Quick
from .rows import SHARED, Call

MOST = 128  # runners that are kept


class OverRows:
    """What `Mapped` and `Looped` share: a runner for each program of the function for a single sample.

    one       that function, compiled; it serves where there is no machine code
    rows      positions of the arguments that have rows
    native    True or False to insist, None to take machine code where it can be had
    """

    def __init__(
        self,
        f: Callable[..., Any],
        rows: int | Sequence[int],
        one: Any,
        native: bool | None = None,
        optimize: bool = False,
    ):
        self.f, self.one, self.optimize = f, one, optimize
        self.rows = (rows,) if isinstance(rows, int) else tuple(rows)
        self.native, self.insists = available() and native is not False, native is True
        if self.insists and not self.native:
            warnings.warn(MISSING, stacklevel=4)
        self.runners: dict[int, tuple[Program, Any]] = {}  # with the program, so that nothing else gets its id
        self.llvm = ""
        self.quick: Quick | None = None
        self.__name__, self.__doc__ = getattr(f, "__name__", "f"), getattr(f, "__doc__", None)

    def runner(self, program: Program, call: Call) -> Any:
        """The machine code for a program; None where there is a reason against it."""
        if id(program) not in self.runners:
            if len(self.runners) >= MOST:
                self.runners.clear()
            refused = not self.insists and scalars.reason_against(program)
            self.runners[id(program)] = program, None if refused else self.build(program, call)
        return self.runners[id(program)][1]

    def build(self, program: Program, call: Call) -> Any:
        """The runner."""
        raise NotImplementedError

    def results(self, call: Call, args: Sequence[Any], *counts: int) -> tuple[Program, list[Any]] | None:
        """The program, and what it found; None where Python has to do it."""
        if not self.native:
            return None
        built = self.one.built_for(call.first)
        program, around = built.program, built.around
        for careful in (False, True):
            with np.errstate(all="ignore"):
                runner = self.runner(program, call)
                if runner is None:
                    return None
                self.llvm = runner.llvm
                found = runner([*call.flat, *around.data()], call.n, *counts)
            if not any(np.isnan(x).any() for x in found):
                self.quick = None if careful else Quick(call, args, built, program, runner)
                break
            if not careful:  # a nan: once more, with 0 · inf = 0 where nothing depends
                program, around = built.with_care
        return program, found

    def quickly(self, args: Sequence[Any], settings: Any, *counts: int) -> tuple[Program, list[Any]] | None:
        """The same for a call that looks like the last one, if it does."""
        if self.quick is None or settings:
            return None
        found = self.quick.results(args, *counts)
        return (self.quick.program, found) if found is not None else None

    @property
    def program(self) -> Program:
        """The program for a single sample that was recorded last."""
        return self.one.program

    @property
    def source(self) -> str:
        """The same as Python."""
        return str(self.one.source)

    @property
    def c(self) -> str:
        """The same as C99."""
        return c_text(self.program)


class Mapped(OverRows):
    """f for one sample, called with all of them: the arguments in `rows` get an axis in front, and so do the results.

    over   None, or "sum" or "mean" of each result over the rows; they are added up as they come, none is kept
    """

    def __init__(
        self,
        f: Callable[..., Any],
        rows: int | Sequence[int],
        one: Any,
        native: bool | None = None,
        over: str | None = None,
        optimize: bool = False,
    ):
        super().__init__(f, rows, one, native, optimize)
        if over not in (None, "sum", "mean"):
            raise messages.unknown_over(over)
        self.over = over

    def build(self, program: Program, call: Call) -> Any:
        return NativeRows(program, [*call.roles, *[SHARED] * len(program.values)], self.over, self.optimize)

    def __call__(self, *args: Any, **settings: Any) -> Any:
        found = self.quickly(args, settings)
        if found is None:
            call = Call(self.one, args, settings, self.rows, state=False)
            found = self.results(call, args)
            if found is None:
                return self.by_python(call)
        return found[0].rebuild(found[1])

    def by_python(self, call: Call) -> Any:
        """The same, sample by sample."""
        if not call.n:
            raise messages.nothing_to_map(self.f)
        rebuild: Any = None
        rows = []
        for k in range(call.n):
            leaves, rebuild = flatten(self.one.parameters.called(self.one, call.sample(k)))
            rows.append(leaves)
        columns = [np.array(column) for column in zip(*rows)]
        if self.over:
            put: Any = np.sum if self.over == "sum" else np.mean
            return rebuild([put(column, axis=0) if column.ndim > 1 else float(put(column)) for column in columns])
        return rebuild(columns)


class Looped(OverRows):
    """step(state, *rest) -> state, or (state, output): through the rows of the arguments in `rows`, epoch after epoch.

    returns   the last state; with outputs: (state, outputs), outputs of shape (epochs, n, …)
    """

    def build(self, program: Program, call: Call) -> Any:
        samples = [np.zeros(y.shape, y.dtype) if shape_of(y) else 0.0 for y in program.results]
        has_output(self.f, call.first[0], program.rebuild(samples))
        states = call.roles.count(STATE)
        return NativeLoop(program, [*call.roles, *[SHARED] * len(program.values)], states, self.optimize)

    def __call__(self, *args: Any, epochs: int = 1, **settings: Any) -> Any:
        found = self.quickly(args, settings, epochs) if epochs else None
        if found is None:
            call = Call(self.one, args, settings, self.rows, state=True)
            found = self.results(call, args, epochs) if call.n and epochs else None
            if found is None:
                return self.by_python(call, epochs)
        return found[0].rebuild(found[1])

    def by_python(self, call: Call, epochs: int) -> Any:
        """The same, step by step."""
        state, outputs, rebuild = call.values[0], [], None  # type: Any, list[Any], Any
        samples = [call.sample(k) for k in range(call.n)]
        for _ in range(epochs):
            for sample in samples:
                result = self.one.parameters.called(self.one, [state, *sample[1:]])
                if has_output(self.f, state, result):
                    state, output = result
                    leaves, rebuild = flatten(output)
                    outputs.append(leaves)
                else:
                    state = result
        if rebuild is None:
            return state
        return state, rebuild([np.array(x).reshape(epochs, call.n, *np.shape(x[0])) for x in zip(*outputs)])


def has_output(f: Any, state: Any, result: Any) -> bool:
    """Whether a step returned (state, output), and not the state alone."""
    if key_of(result) == key_of(state):
        return False
    if isinstance(result, tuple) and len(result) == 2 and key_of(result[0]) == key_of(state):
        return True
    raise messages.other_state(f, state, result)
