"""W9: how long `import tinygrad_edu` takes, in fresh interpreters, beside NumPy alone and the peers."""

from __future__ import annotations

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from .contest import OURS, Contest, Entry

TIMED = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"


class FreshInterpreter:
    """An import can be timed once per process, so every run is a new one; nothing else is loaded in it.

    Modules are compiled before, as those of an installed package are: the bytecode waits in a folder of our own.
    """

    def __init__(self, _module: str, _contest: Contest, name: str, _size: int):
        self.code = TIMED.format(name.removeprefix("import "))
        self.bytecode = TemporaryDirectory()
        self.environment = {**os.environ, "PYTHONPYCACHEPREFIX": self.bytecode.name, "PYTHONDONTWRITEBYTECODE": ""}

    def __enter__(self) -> FreshInterpreter:
        return self

    def __exit__(self, *_: object) -> None:
        self.bytecode.cleanup()

    def first(self) -> tuple[list[float], int]:
        """There are no numbers to compare; this run compiles."""
        self.block(1)
        return [0.0], 0

    def block(self, runs: int) -> float:
        """Seconds of processor time for the import, the mean of `runs` interpreters."""
        command = [sys.executable, "-c", self.code]
        done = [
            subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True)
            for _ in range(runs)
        ]
        return sum(float(run.stdout) for run in done) / runs


contest = Contest("W9", "import", size=1, tiny=1, unit="ms", min_runs=1, rounds=7, session=FreshInterpreter)
CONTESTS = [contest]

for package in ("numpy", OURS, "autograd", "mygrad", "torch", "jax"):
    contest.entries[f"import {package}"] = Entry(f"import {package}", prepare=None, needs=package)
contest.budget(f"import {OURS}", 1 + 40 / 83, "import numpy", "≤ NumPy + 40 ms, where NumPy takes 83 ms")
