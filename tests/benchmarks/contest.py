"""A contest: several ways to compute the same numbers, and what ours may cost beside them.

    contest = Contest("W3", "a training step", size=64, tiny=4, unit="ms")

    @contest.entry("NumPy by hand")
    def numpy_by_hand(size):
        ...                       # prepare: data, parameters, imports of this contestant alone
        return step, read         # step() does the work that is timed, read(step()) the numbers that must agree

A contestant runs in a process of its own, so what it imports and what garbage it leaves is charged to it alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

OURS = "tinygrad_edu"  # as it stands in the names of our entries
C_COMPILER = "a C compiler"
Prepare = Callable[[int], tuple[Callable[[], Any], Callable[[Any], list[Any]]]]
UNITS = {"s": 1.0, "ms": 1e3, "µs": 1e6}


@dataclass(frozen=True)
class Budget:
    """What one of our entries may cost: at most so many times the reference, measured in the same run.

    ours         the entry that is judged
    at_most      times `reference`, or bytes when there is none
    reference    the entry it is measured beside; None judges the bytes per operation
    text         how the design states it
    """

    ours: str
    at_most: float
    reference: str | None
    text: str


@dataclass(frozen=True)
class Entry:
    """One contestant: how to prepare it, and the package it needs (None: only NumPy)."""

    name: str
    prepare: Prepare
    needs: str | None


@dataclass
class Contest:
    """What is computed, by whom, and which budgets it decides.

    key, title       "W4", "n = 100"
    size, tiny       what `prepare` receives: for timing, and for the test that everything agrees
    unit, per        how times are printed: in this unit, divided by this many things (samples, operations)
    tolerance        largest difference of any number from the first entry's, relative to its array's largest
    min_runs         fewest consecutive runs in one timed block
    rounds           how often every contestant has its turn
    memory           True when bytes per thing are measured and printed as well
    weigh            how many bytes a result is in a file, printed in kB; None: it is not weighed
    notes            what the table says below itself
    session          how a contestant is run; None: a worker process
    """

    key: str
    title: str
    size: int
    tiny: int
    unit: str
    per: Callable[[int], int] = lambda size: 1
    tolerance: float = 1e-9
    min_runs: int = 3
    rounds: int = 9
    memory: bool = False
    weigh: Callable[[Any], int] | None = None
    notes: str = ""
    session: Callable[..., Any] | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    budgets: list[Budget] = field(default_factory=list)

    def entry(self, name: str, needs: str | None = None) -> Callable[[Prepare], Prepare]:
        """Register the function below as a contestant."""

        def register(prepare: Prepare) -> Prepare:
            self.entries[name] = Entry(name, prepare, needs)
            return prepare

        return register

    def budget(self, ours: str, at_most: float, reference: str | None, text: str) -> None:
        """State what our entry `ours` may cost."""
        self.budgets.append(Budget(ours, at_most, reference, text))

    @property
    def label(self) -> str:
        """The name that tables and the list of causes use: 'W4 · n = 100'."""
        return f"{self.key} · {self.title}"
