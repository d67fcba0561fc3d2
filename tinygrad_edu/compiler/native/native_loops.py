"""A program that machine code runs over the rows of arrays, and the memory it works on.

Both runners are given what `NativeProgram` is given, with whole arrays in the place of single samples, and return the
list of results, with a row per sample.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from ctypes import c_double, c_int64, c_void_p
from itertools import accumulate
from typing import Any

import numpy as np

from ..recording.program import Program
from . import jit, scalars
from .llvm_loops import ROW, STATE, loop_text, rows_text
from .native import unpacking

WORTH = 5000  # lines: half a second for code that is twice as fast, as it is run for many rows
NUMBER = scalars.Part(())
AT_A_TIME = 10_000_000  # lines: 10 ms, after which Python may look whether somebody pressed Ctrl-C


class Runner:
    """What both have in common: which of the given arrays is what, and where they lie in memory."""

    def __init__(self, program: Program, roles: Sequence[str]):
        self.program, self.roles = program, roles
        self.opened = scalars.opened(program)

    def memory(self, flat: Sequence[Any], role: str) -> bytes:
        """The numbers of this role, one after another, as the code reads them."""
        return b"".join(np.asarray(x, np.float64).tobytes() for x, mine in zip(flat, self.roles) if mine == role)

    def rows(self, flat: Sequence[Any]) -> list[Any]:
        """The arrays that are gone through row by row, each in one piece."""
        return [np.ascontiguousarray(x, np.float64) for x, mine in zip(flat, self.roles) if mine == ROW]

    def shaped(self, flat: Any, outputs: Sequence[scalars.Part], front: tuple[int, ...]) -> list[Any]:
        """The arrays that follow one another in memory, with axes in front of their own."""
        if front == () and all(part == NUMBER for part in outputs):
            return list(flat.tolist())
        count, found = math.prod(front), []
        for part, start in zip(outputs, accumulate((part.size for part in outputs), initial=0)):
            x = flat[start * count : (start + part.size) * count].reshape(front + part.shape)
            x = x.item() if x.shape == () else x
            found.append(x != 0.0 if part.is_mask else x)
        return found

    def given(self, flat: Sequence[Any], n: int) -> tuple[int, bytes, bytes, list[Any]]:
        """How many rows, the shared numbers, the state, and the arrays with rows."""
        return n, self.memory(flat, "shared"), self.memory(flat, STATE), self.rows(flat)


class NativeRows(Runner):
    """A program for one sample, run for all rows.

    over   None: every result gets a row per sample; "sum" or "mean": they are added up inside
    """

    def __init__(self, program: Program, roles: Sequence[str], over: str | None = None, optimize: bool = False):
        super().__init__(program, roles)
        self.over, self.width = over, jit.width()
        sums = self.width if over else 0
        self.llvm, last = rows_text(self.opened, roles, self.width, sums), rows_text(self.opened, roles, 1, sums)
        given = [c_void_p, c_void_p, c_int64, c_int64, c_int64, *[c_void_p] * roles.count(ROW)]
        level = 1 if len(self.opened.program.lines) < WORTH else None
        self.wide = jit.Machine(self.llvm, level, optimize).function("rows", None, *given)
        self.one = jit.Machine(last, optimize=optimize).function("rows", None, *given)  # for those that are left
        self.sums = [scalars.Part(part.shape) for part in self.opened.outputs]
        self.count = sum(part.size for part in self.opened.outputs)

    def __call__(self, flat: Sequence[Any], n: int) -> list[Any]:
        n, shared, state, rows = self.given(flat, n)
        return self.run(n, shared, state, [x.ctypes.data for x in rows])

    def run(self, n: int, shared: bytes, state: bytes, rows: Sequence[int | bytes]) -> list[Any]:
        """The same, from the numbers in memory and the rows or where they are."""
        out = np.zeros((self.count, self.width)) if self.over else np.empty(n * self.count)
        at, full = out.ctypes.data, n - n % self.width
        self.wide(shared, at, 0, full, n, *rows)
        self.one(shared, at, full, n, n, *rows)
        if self.over is None:
            return self.shaped(out, self.opened.outputs, (n,))
        total = np.add.reduce(out, axis=1)
        return self.shaped(total if self.over == "sum" else total / (n or np.nan), self.sums, ())


class NativeLoop(Runner):
    """A step whose state goes round and round, over the rows and over the epochs.

    states   how many of the program's results are the new state
    """

    def __init__(self, program: Program, roles: Sequence[str], states: int, optimize: bool = False):
        super().__init__(program, roles)
        self.states = states
        self.llvm = loop_text(self.opened, roles, states)
        self.machine = jit.Machine(self.llvm, optimize=optimize)
        given = [c_void_p, c_void_p, c_void_p, c_int64, c_int64, c_int64, c_int64, *[c_void_p] * roles.count(ROW)]
        self.loop = self.machine.function("loop", None, *given)

        self.after, self.outputs = self.opened.outputs[:states], self.opened.outputs[states:]
        self.count = sum(part.size for part in self.outputs)
        self.room = c_double * sum(part.size for part in self.after)
        self.unpack, self.length = unpacking(self.after), max(1, len(self.opened.program.lines))

    def __call__(self, flat: Sequence[Any], n: int, epochs: int) -> list[Any]:
        n, shared, state, rows = self.given(flat, n)
        return self.run(n, shared, state, [x.ctypes.data for x in rows], epochs)

    def run(self, n: int, shared: bytes, state: bytes, rows: Sequence[int | bytes], epochs: int) -> list[Any]:
        """The same, from the numbers in memory and the rows or where they are."""
        now, out = self.room.from_buffer_copy(state), np.empty(epochs * n * self.count)
        at, together = out.ctypes.data if self.count else 0, max(1, AT_A_TIME // (n * self.length))  # epochs
        for done in range(0, epochs, together):
            self.loop(now, shared, at, min(together, epochs - done) * n, n, done * n, epochs * n, *rows)
        found = self.unpack(now)
        return [*found, *self.shaped(out, self.outputs, (epochs, n))] if self.count else found
