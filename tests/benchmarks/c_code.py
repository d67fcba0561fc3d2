"""C, compiled with -O2 by the compiler that is there, called through ctypes: the speed of the machine itself."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import numpy as np

COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


@cache
def compiled(name: str) -> ctypes.CDLL:
    """The functions of `name`.c of this folder."""
    assert COMPILER is not None
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    library = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run([COMPILER, "-O2", "-shared", "-fPIC", str(source), "-o", str(library), "-lm"], check=True)
    functions = ctypes.CDLL(str(library))
    shutil.rmtree(folder, ignore_errors=True)  # what is loaded stays loaded
    return functions


def address(array: np.ndarray) -> ctypes.c_void_p:
    """Where a contiguous array begins, as C wants it; the array lives as long as this does."""
    assert array.flags.c_contiguous
    return array.ctypes.data_as(ctypes.c_void_p)
