"""What the figures were measured on: facts that matter for speed, nothing that names the machine."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from .c_code import COMPILER

PEERS = ("numpy", "micrograd", "torch", "jax", "autograd", "mygrad")


def use_one_thread() -> None:
    """Tell the libraries of the workers, which are processes started later: one thread for everybody."""
    for name in ("OMP", "OPENBLAS", "MKL", "BLIS", "VECLIB_MAXIMUM", "NUMEXPR"):
        os.environ[f"{name}_NUM_THREADS"] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    os.environ["JAX_PLATFORMS"] = "cpu"


def facts() -> list[str]:
    """Lines for the head of the table."""
    return [
        f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}; one thread for everybody.",
        f"Python {platform.python_version()}, {', '.join(filter(None, map(installed, PEERS)))}"
        f"{'' if COMPILER else '; no C compiler'}.",
    ]


def processor() -> str:
    """The processor's model name."""
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def installed(package: str) -> str:
    """'numpy 2.4.6', or '' when it is not installed."""
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return ""
