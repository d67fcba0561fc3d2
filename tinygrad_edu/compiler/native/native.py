"""A program as machine code, called with numbers and NumPy arrays.

>>> from tinygrad_edu.compiler.recording.program import record
>>> product = build(record(lambda a, b: (a * b, a + b), (2.0, 3.0)))
>>> product([4.0, 5.0])
[20.0, 9.0]

Every array is opened into the numbers it consists of (`scalars`), these are written as LLVM's text (`llvm`) and
compiled (`jit`). A call packs its numbers one after another into memory, and the code finds them there.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..recording.program import Program
from . import jit, scalars
from .c_source import c_text
from .llvm import function_text


def reason_against(program: Program) -> str | None:
    """Why this program cannot, or should not, become machine code; None if nothing speaks against it.

    >>> from tinygrad_edu.compiler.recording.program import record
    >>> reason_against(record(lambda x: x @ x, (np.ones((100, 100)),)))
    'it has 2,000,000 single numbers, and from 50,000 on NumPy is as fast'
    """
    return scalars.reason_against(program)


class NativeProgram:
    """Machine code for one program.

    called with   the numbers and arrays of program.arguments and then program.values, in one list
    returns       a list: a float, a bool or an array for each of program.results
    llvm, c       the same as LLVM's text, and as C
    """

    def __init__(self, program: Program, optimize: bool = False):
        self.program = program
        self.opened = scalars.opened(program)
        self.llvm = function_text(self.opened.program)
        self.machine = jit.Machine(self.llvm, optimize=optimize)
        self.run = self.machine.function("f", None, ctypes.c_char_p, ctypes.c_void_p)
        self.pack = packing(self.opened.inputs)
        self.unpack = unpacking(self.opened.outputs)
        self.room = ctypes.c_double * max(1, sum(part.size for part in self.opened.outputs))

    def __call__(self, flat: Sequence[Any]) -> list[Any]:
        room = self.room()  # its own for every call: several threads may be running this
        self.run(self.pack(flat), room)
        return self.unpack(room)

    @cached_property
    def c(self) -> str:
        """The same program as C99."""
        return c_text(self.program)


def build(program: Program, optimize: bool = False) -> NativeProgram:
    """Machine code for the program.

    optimize   run LLVM's passes first: twice as fast, but the time they take grows faster than the program
    raises     UnsupportedError with the reason, where `reason_against` has one
    """
    return NativeProgram(program, optimize)


def packing(parts: Sequence[scalars.Part]) -> Callable[[Sequence[Any]], bytes]:
    """A function that lays numbers and arrays one after another into memory.

    >>> packing([scalars.Part(()), scalars.Part((2,))])([1.0, np.ones(2)]) == np.ones(3).tobytes()
    True
    """
    if all(part.shape == () for part in parts):
        pack = struct.Struct(f"{len(parts)}d").pack
        return lambda flat: pack(*flat)
    number = struct.Struct("d").pack
    ways = [number if part.shape == () else _bytes for part in parts]
    return lambda flat: b"".join([way(x) for way, x in zip(ways, flat)])


def _bytes(x: Any) -> bytes:
    return np.asarray(x, np.float64).tobytes()


def unpacking(parts: Sequence[scalars.Part]) -> Callable[[Any], list[Any]]:
    """A function that takes numbers and arrays out of the memory they were written to."""
    if all(part.shape == () and not part.is_mask for part in parts):
        unpack_numbers = struct.Struct(f"{len(parts)}d").unpack_from
        return lambda room: list(unpack_numbers(room))
    ends = np.cumsum([part.size for part in parts]).tolist()
    cuts = [(part, end - part.size, end) for part, end in zip(parts, ends)]

    def unpack(room: Any) -> list[Any]:
        flat, found = np.frombuffer(room, np.float64), []  # type: Any, list[Any]
        for part, start, end in cuts:
            x = room[start] if part.shape == () else flat[start:end].reshape(part.shape)
            found.append(x if not part.is_mask else x != 0.0)
        return found

    return unpack
