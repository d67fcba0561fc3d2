"""Three answers to one question: a formula by hand, the engine, and a measurement. Which one is the odd one out?

Formula and engine are both exact, so they must agree to rounding. A measurement knows how far to trust it: where it
sees a kink, or rounding drowns the slope, it abstains, and two votes that disagree stay undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .closeness import Array
from .differences import Measured

MEASURED = 1e-6  # how far a trusted measurement may be from the slope, relative
TRUSTED = 1e-3  # a doubt above this share of the slope is an abstention
SMALL = 1e-4  # entries below this share of the largest are judged by it: the rest of large numbers that cancel
BUDGET, FEW = 100, 30  # entries of one quantity that are measured; of one with
LARGE = 2000  # that many entries, few: each costs some thirty runs of the function


@dataclass(frozen=True)
class Vote:
    """One entry: the three numbers, and who agrees with whom; None where the measurement abstains."""

    entry: tuple[int, ...]
    formula: float
    engine: float
    measured: Measured
    formula_is_engine: bool
    engine_is_measured: bool | None
    formula_is_measured: bool | None

    @property
    def odd(self) -> str:
        """'' if all agree, else 'formula', 'engine', 'finite difference', 'all' or 'undecided'."""
        if self.engine_is_measured is None or self.formula_is_measured is None:
            return "undecided"
        if self.formula_is_engine:
            return "" if self.engine_is_measured else "finite difference"
        if self.engine_is_measured == self.formula_is_measured:
            return "all" if not self.engine_is_measured else "undecided"
        return "formula" if self.engine_is_measured else "engine"

    def numbers(self) -> dict[str, float]:
        return {"formula": self.formula, "engine": self.engine, "finite difference": self.measured.value}


NOTHING = Vote((), 0.0, 0.0, Measured(0.0, 0.0, 0.0, 0.0, False, 0.0), True, True, True)  # of an array without entries


@dataclass(frozen=True)
class Outcome:
    """All votes on one quantity: who is the odd one out, and the vote to show for it.

    error           how far formula and engine (or engine and measurement) disagree there, relative
    checked, total  how many entries were measured, of how many
    recorded        whether the record was measured instead of the function, because part of it is constant on purpose
    """

    odd: str
    vote: Vote
    error: float
    checked: int
    total: int
    recorded: bool = False


def relative(a: Array, b: Array) -> Array:
    """How far two arrays disagree, entry by entry, relative to the entry (or to a small share of the largest)."""
    with np.errstate(all="ignore"):
        sizes = np.maximum(np.abs(a), np.abs(b))
        largest = np.max(sizes, initial=0.0, where=np.isfinite(sizes))
        sizes = np.maximum(sizes, SMALL * largest)
        error = np.where(a == b, 0.0, np.abs(a - b) / np.where(sizes == 0, 1.0, sizes))
        return np.where(np.isnan(a) & np.isnan(b), 0.0, np.nan_to_num(error, nan=np.inf))


def ask(formula: Array, engine: Array, measure: Callable[[tuple[int, ...]], Measured], exact: float) -> Outcome:
    """Compare every entry of formula and engine, and both with measurements of all entries, or a sample of them.

    exact   what rounding may change, relative
    """
    formula, engine = (np.asarray(x, np.float64) for x in (formula, engine))
    errors = relative(formula, engine)
    if not errors.size:
        return Outcome("", NOTHING, 0.0, 0, 0)
    largest = float(np.max(np.abs(engine), initial=0.0, where=np.isfinite(engine)))
    entries = _chosen(errors, FEW if errors.size > LARGE else BUDGET)
    votes = []
    for entry in entries:
        f, e, measured = float(formula[entry]), float(engine[entry]), measure(entry)
        agree = bool(errors[entry] <= exact)
        votes.append(Vote(entry, f, e, measured, agree, *(_agrees(x, measured, largest, exact) for x in (e, f))))
    odd, vote = _verdict(votes)
    error = float(errors[vote.entry])
    if odd == "finite difference":
        error = float(relative(np.array(vote.engine), np.array(vote.measured.value)))
    return Outcome(odd, vote, error, len(votes), errors.size)


def _chosen(errors: Array, budget: int) -> list[tuple[int, ...]]:
    """The entry where formula and engine disagree most, and others up to the budget: all, or a seeded sample."""
    worst = int(np.argmax(errors))
    flat = np.arange(errors.size)
    if errors.size > budget:
        flat = np.sort(np.random.default_rng(0).choice(errors.size, budget - 1, replace=False))
    return [tuple(map(int, np.unravel_index(k, errors.shape))) for k in dict.fromkeys([worst, *flat.tolist()])]


def _agrees(x: float, measured: Measured, largest: float, exact: float) -> bool | None:
    """Whether the number x is the measured slope; None where the measurement cannot tell."""
    if measured.kink or not np.isfinite(measured.value):
        return None
    size = max(abs(x), abs(measured.value), SMALL * largest)
    if abs(x - measured.value) <= max(MEASURED, exact) * size + 5 * measured.doubt:
        return None if measured.doubt > TRUSTED * size and x != 0.0 else True
    return False if measured.doubt <= 0.1 * abs(x - measured.value) else None


def _verdict(votes: list[Vote]) -> tuple[str, Vote]:
    """The worst thing any entry says; the entry with the largest disagreement of formula and engine came first."""
    for odd in ("all", "formula", "engine", "finite difference"):
        for vote in votes:
            if vote.odd == odd:
                return odd, vote
    for vote in votes:
        if vote.odd == "undecided":
            return "undecided", vote
    return "", votes[0]
