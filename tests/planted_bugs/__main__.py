"""The command line: plant, check, count, and print or write the tables."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from . import __doc__ as usage
from . import peers, right, tables, trials
from .programs import OPS

SHOWN = 5  # reports of right derivatives that were failed


def main(arguments: list[str] | None = None) -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.planted_bugs", description=usage, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = [op.name for op in OPS]
    parser.add_argument("primitive", nargs="*", help="all of them without it")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the figures between the markers of FILE")
    parser.add_argument(
        "--jobs", type=int, default=min(os.cpu_count() or 1, 4), help="processes (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    for name in options.primitive:
        if name not in known:
            parser.error(f"there is no primitive {name}")
    names = options.primitive or known
    start, used = time.perf_counter(), processor_time()
    wrong = run(trials.trials, names, options.jobs)
    failed = run(right.checks, names, options.jobs)
    seconds, used = time.perf_counter() - start, processor_time() - used
    if options.primitive:
        print("\n".join(line(trial) for trial in wrong) + "\n")
    measured = f"Measured in {seconds:.0f} seconds ({used:.0f} seconds of processor time), {machine()}."
    figures = figures_of(wrong, failed, measured)
    print(figures)
    for check in [check for check in failed if check.outcome in ("failed", "crashed")][:SHOWN]:
        print(f"\n{check.text}", file=sys.stderr)
    if options.write:
        page = options.write.read_text("utf-8")
        options.write.write_text(tables.written_into(page, figures), "utf-8")
        print(f"wrote {options.write}")


def run(work: Callable[[str], list[Any]], names: Iterable[str], jobs: int) -> list[Any]:
    """The results of all primitives, in their order, from several processes at once."""
    if jobs < 2:
        return [result for name in names for result in work(name)]
    with ProcessPoolExecutor(jobs) as pool:
        return [result for results in pool.map(work, names) for result in results]


def figures_of(wrong: list[trials.Trial], failed: list[right.Check], measured: str) -> str:
    """Both tables with what they count."""
    ambiguous = sum(set(t.kinds) > set(next(b.kinds for b in tables.BUGS if b.name == t.bug)) for t in wrong)
    missed = tables.misses(wrong)
    return "\n\n".join([
        f"**Wrong derivatives**: {tables.primitives(wrong)}. In {ambiguous} trials two mistakes give the same numbers; "
        "then either name is counted as right.",
        tables.bug_table(wrong),
        *(["What was not named as it was planted:", missed] if missed else ["Everything was named as it was planted."]),
        "**Right derivatives**: every case of the tests of the primitives, and one case of each primitive in other "
        "shapes and on other scales.",
        tables.right_table(failed),
        *filter(None, [tables.undecided(failed)]),
        "**Cases on which other checks err** (each with its own tolerances; a wrong verdict is bold):",
        tables.markdown(peers.verdicts()),
        measured,
    ])  # fmt: skip


def line(trial: trials.Trial) -> str:
    """One trial, for a terminal."""
    said = f"{trial.culprit or '?'}: {trial.kind or '?'}" if trial.outcome == "failed" else ""
    mark = " " if trial.understood or trial.outcome == "no effect" else "!"
    return f"{mark} {trial.op:<16} input {trial.k}  {trial.bug:<36} {trial.outcome:<10} {said:<32} {trial.case}"


def processor_time() -> float:
    """Seconds that this process and its finished children have computed."""
    return sum(os.times()[:4])


def machine() -> str:
    """What it was measured with."""
    return f"Python {platform.python_version()}, NumPy {np.__version__}"


if __name__ == "__main__":
    main()
