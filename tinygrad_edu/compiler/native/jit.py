"""LLVM's text to machine code in this process, by llvmlite; it is imported when the first program is compiled.

>>> machine = Machine("define double @half(double %x) {\\n  %y = fmul double %x, 0.5\\n  ret double %y\\n}")
>>> machine.function("half", ctypes.c_double, ctypes.c_double)(3.0)
1.5
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import re
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

from .machine import LIBRARY

MISSING = 'Machine code needs llvmlite (pip install "tinygrad-edu[native]"); the Python backend serves meanwhile.'
FAST_LINES = 1000  # up to here the careful code generator takes 50 ms at most; its time grows faster than the text


@cache
def available() -> bool:
    """Whether llvmlite is installed.

    >>> available()
    True
    """
    return find_spec("llvmlite") is not None


@cache
def _prepared() -> Any:
    """llvmlite, ready for this processor, with the functions of the C library under their names."""
    if not available():
        raise ImportError(MISSING)
    import llvmlite.binding as llvm  # type: ignore[import-untyped]

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    library = ctypes.CDLL(None if os.name == "posix" else "ucrtbase")
    for name in set(LIBRARY.values()):
        try:
            function = getattr(library, name)
        except AttributeError:
            function = getattr(ctypes.CDLL(ctypes.util.find_library("m")), name)
        llvm.add_symbol(name, ctypes.cast(function, ctypes.c_void_p).value)
    return llvm


@cache
def width() -> int:
    """How many doubles this processor computes with at once."""
    features = _prepared().get_host_cpu_features()
    return 8 if features.get("avx512f") else 4 if features.get("avx") else 2


class Machine:
    """A module of functions, compiled; it lives as long as this object.

    level      of the code generator: 0 takes each instruction as it comes, 2 plans ahead
    optimize   run LLVM's passes over the text first: minutes for 30,000 lines, half the running time
    """

    def __init__(self, text: str, level: int | None = None, optimize: bool = False):
        llvm = _prepared()
        self.text = text
        level = (2 if optimize or text.count("\n") < FAST_LINES else 0) if level is None else level
        self.target = llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=level, jit=True
        )
        module = llvm.parse_assembly(text)
        if optimize:
            options = llvm.create_pipeline_tuning_options(speed_level=2)
            llvm.create_pass_builder(self.target, options).getModulePassManager().run(
                module, llvm.create_pass_builder(self.target, options)
            )
        self.engine = llvm.create_mcjit_compiler(module, self.target)
        self.engine.finalize_object()

    def function(self, name: str, result: Any, *arguments: Any) -> Callable[..., Any]:
        """One of its functions, to be called from Python."""
        made = ctypes.CFUNCTYPE(result, *arguments)(self.engine.get_function_address(name))
        made.machine = self  # type: ignore[attr-defined]  # the code must not vanish while somebody can call it
        return made

    @property
    def assembly(self) -> str:
        """The machine code, as the assembler writes it."""
        return str(self.target.emit_assembly(_prepared().parse_assembly(self.text)))


def instructions(text: str) -> int:
    """How many lines of LLVM's text are instructions.

    >>> instructions("define void @f() {\\nentry:\\n  ret void\\n}")
    1
    """
    return len(re.findall(r"^  \S", text, re.MULTILINE))
