"""Run one contest: everybody's numbers must agree, then the timed rounds go round and round.

Rounds are interleaved (first round of everybody, second round of everybody, …), so a slow minute of the machine
slows all of them; a ratio is the median of the ratios within each round.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from statistics import median
from typing import Any

import numpy as np

from .c_code import COMPILER
from .contest import C_COMPILER, Budget, Contest
from .worker import Worker

BLOCK_SECONDS = 0.15  # one timed block lasts about this long, and has at least `min_runs` runs


@dataclass
class Row:
    """What was measured of one contestant: seconds per thing in each round, bytes per thing, or why it is missing."""

    name: str
    seconds: list[float] = field(default_factory=list)
    bytes: float = math.nan
    missing: str = ""


@dataclass(frozen=True)
class Verdict:
    """One budget, judged: how many times the reference ours costs, and whether that is allowed."""

    budget: Budget
    ratio: float
    met: bool | None  # None: the reference is not installed


def run(contest: Contest, module: str, say: Callable[[str], None], rounds: int | None = None) -> list[Row]:
    """Measure every contestant of `contest`; a missing package is said, different numbers are an error."""
    rows = [Row(name) for name in contest.entries]
    with ExitStack() as stack:
        workers: dict[str, Any] = {}
        truth: list[Any] | None = None
        for row in rows:
            row.missing = missing(contest.entries[row.name].needs)
            if row.missing:
                continue
            say(f"{contest.label}: {row.name}")
            worker = (contest.session or Worker)(module, contest, row.name, contest.size)
            workers[row.name] = stack.enter_context(worker)
            try:
                numbers, grown = worker.first()
            except RuntimeError as error:
                if contest.entries[row.name].needs is None:
                    raise  # ours, or what we wrote by hand
                row.missing = f"failed: {str(error).strip().splitlines()[-1]}"
                del workers[row.name]
                continue
            truth = truth or numbers
            agree(contest, row.name, numbers, truth)
            row.bytes = grown / contest.per(contest.size)
        runs = {name: runs_per_block(worker, contest) for name, worker in workers.items()}
        for number in range(rounds or contest.rounds):
            say(f"{contest.label}: round {number + 1}")
            for row in rows:
                if row.name in workers:
                    row.seconds.append(workers[row.name].block(runs[row.name]) / contest.per(contest.size))
    return rows


def missing(needs: str | None) -> str:
    """Why a contestant cannot take part; '' when it can."""
    there = not needs or (COMPILER if needs == C_COMPILER else find_spec(needs))
    return "" if there else f"skipped: {needs} is not installed"


def runs_per_block(worker: Any, contest: Contest) -> int:
    """Enough runs for a block to be long beside the clock's noise; the runs made here warm the contestant up."""
    if contest.min_runs <= 2:  # the runs are long, or cannot be repeated
        return contest.min_runs
    seconds = worker.block(contest.min_runs)
    return max(contest.min_runs, min(10_000, round(BLOCK_SECONDS / max(seconds, 1e-9))))


def agree(contest: Contest, name: str, numbers: list[Any], truth: list[Any]) -> None:
    """Raise unless value and gradients are the first contestant's, within the contest's tolerance."""
    if len(numbers) != len(truth):
        raise AssertionError(f"{contest.label}: {name} returned {len(numbers)} results, expected {len(truth)}")
    for index, (ours, theirs) in enumerate(zip(numbers, truth)):
        ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
        if ours.shape != theirs.shape:
            raise AssertionError(f"{contest.label}: {name}, result {index}: shape {ours.shape}, not {theirs.shape}")
        error = abs(ours - theirs).max() / max(abs(theirs).max(), 1e-30)
        if not error <= contest.tolerance:
            raise AssertionError(f"{contest.label}: {name}, result {index} is off by {error:.1e} (relative)")


def ratio(rows: list[Row], name: str, reference: str) -> float:
    """How many times `reference` the contestant `name` costs: the median over rounds; nan if either is missing."""
    of = {row.name: row.seconds for row in rows}
    pairs = [a / b for a, b in zip(of.get(name, []), of.get(reference, []))]
    return median(pairs) if pairs else math.nan


def judge(contest: Contest, rows: list[Row]) -> list[Verdict]:
    """Every budget of the contest with what was measured."""
    verdicts = []
    for budget in contest.budgets:
        if budget.reference is None:
            measured = next((row.bytes for row in rows if row.name == budget.ours), math.nan)
        else:
            measured = ratio(rows, budget.ours, budget.reference)
        met = None if math.isnan(measured) else measured <= budget.at_most
        verdicts.append(Verdict(budget, measured, met))
    return verdicts
