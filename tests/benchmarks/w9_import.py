"""W9: how long `import tinygrad_edu` takes, in fresh interpreters, beside NumPy alone and the peers."""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType

from .contest import OURS, Contest, Entry

TIMED = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"


class FreshInterpreter:
    """An import can be timed once per process, so every run is a new one; nothing else is loaded in it."""

    def __init__(self, _module: str, _contest: Contest, name: str, _size: int):
        self.code = TIMED.format(name.removeprefix("import "))

    def __enter__(self) -> FreshInterpreter:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        pass

    def first(self) -> tuple[list[float], int]:
        """There are no numbers to compare; this run fills the file cache."""
        self.block(1)
        return [0.0], 0

    def block(self, runs: int) -> float:
        """Seconds of processor time for the import, the mean of `runs` interpreters."""
        done = [subprocess.run([sys.executable, "-c", self.code], capture_output=True, text=True, check=True)
                for _ in range(runs)]  # fmt: skip
        return sum(float(run.stdout) for run in done) / runs


contest = Contest("W9", "import", size=1, tiny=1, unit="ms", min_runs=1, rounds=7, session=FreshInterpreter)
CONTESTS = [contest]

for package in ("numpy", OURS, "autograd", "mygrad", "torch", "jax"):
    contest.entries[f"import {package}"] = Entry(f"import {package}", prepare=None, needs=package)
contest.budget(f"import {OURS}", 1 + 40 / 83, "import numpy", "≤ NumPy + 40 ms, where NumPy takes 83 ms")
