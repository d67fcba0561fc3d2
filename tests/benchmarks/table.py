"""What was measured, as a table: for the terminal, and as Markdown for the documentation."""

from __future__ import annotations

import math
from statistics import median

from .causes import CAUSES
from .contest import OURS, UNITS, Contest
from .measure import Row, Verdict, judge, ratio

Cells = list[list[str]]


def cells(contest: Contest, rows: list[Row]) -> Cells:
    """A header row and one row per contestant."""
    ours = first_of_ours(contest)
    verdicts = judge(contest, rows)
    memory = ["bytes"] if contest.memory else ["kB"] if contest.weigh else []
    table = [["contestant", f"time ({contest.unit})", *memory, "× ours", "budget", "measured", "met"]]
    for row in rows:
        mine = [verdict for verdict in verdicts if verdict.budget.ours == row.name]
        beside = ratio(rows, row.name, ours)
        table.append([
            row.name,
            "–" if row.missing else number(median(row.seconds) * UNITS[contest.unit]),
            *([number(row.bytes / (1000 if contest.weigh else 1))] if memory else []),
            number(beside) if row.name != ours else "1",
            "; ".join(verdict.budget.text for verdict in mine) or row.missing,
            "; ".join(measured(verdict) for verdict in mine),
            "; ".join(met(verdict) for verdict in mine),
        ])  # fmt: skip
    return table


def first_of_ours(contest: Contest) -> str:
    """The entry of ours that the others are put beside."""
    return next(name for name in contest.entries if OURS in name)


def measured(verdict: Verdict) -> str:
    """'3.1 × NumPy by hand', or the bytes."""
    if verdict.met is None:
        return "–"
    reference = verdict.budget.reference
    return f"{number(verdict.ratio)} × {reference}" if reference else f"{number(verdict.ratio)} bytes"


def met(verdict: Verdict) -> str:
    """yes, no, or that it could not be judged."""
    return "not measured" if verdict.met is None else "yes" if verdict.met else "**no**"


def number(x: float) -> str:
    """Three significant digits, without an exponent.

    >>> number(0.01234), number(12.345), number(12345.6)
    ('0.0123', '12.3', '12,346')
    """
    if math.isnan(x):
        return "–"
    digits = max(0, 2 - math.floor(math.log10(abs(x)))) if x else 0
    return f"{x:,.{digits}f}"


def markdown(table: Cells) -> str:
    """A Markdown table, its columns aligned so that it also reads as text."""
    widths = [max(map(len, column)) for column in zip(*table)]
    head, *body = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths)) + " |" for row in table]
    return "\n".join([head, "|" + "|".join("-" * (w + 2) for w in widths) + "|", *body])


def remarks(contest: Contest, rows: list[Row]) -> list[str]:
    """The contest's notes, the cause of each missed budget, and causes that are no longer true."""
    lines = [contest.notes] if contest.notes else []
    verdicts = judge(contest, rows)
    for ours in dict.fromkeys(verdict.budget.ours for verdict in verdicts):
        missed = [v for v in verdicts if v.budget.ours == ours and v.met is False]
        cause = CAUSES.get((contest.label, ours))
        if missed:
            lines.append(f"Missed by {ours}: {cause or 'no cause stated yet in causes.py.'}")
        elif cause:
            lines.append(f"{ours} meets its budget now: its cause in causes.py can go.")
    return lines
