"""The figures as tables, and into the page: between its markers, where a person reads and a program writes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from .bugs import BUGS
from .right import PRECISIONS, Check
from .trials import Trial

BEGIN, END = "<!-- measured figures begin -->", "<!-- measured figures end -->"


def markdown(rows: Sequence[Sequence[object]]) -> str:
    """A table: the first row is its head, numbers stand on the right.

    >>> print(markdown([["bug", "n"], ["sign", 3]]))
    | bug  | n |
    |:-----|--:|
    | sign | 3 |
    """
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*cells)]
    lines = [
        "| " + " | ".join(c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths))) + " |"
        for row in cells
    ]
    rule = "|".join(":" + "-" * (w + 1) if not i else "-" * (w + 1) + ":" for i, w in enumerate(widths))
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def share(part: int, whole: int) -> str:
    """'12 of 13 (92.3 %)'.

    >>> share(12, 13), share(13, 13), share(0, 0)
    ('12 (92.3 %)', '13 (100 %)', '–')
    """
    if not whole:
        return "–"
    percent = 100 * part / whole
    return f"{part} ({percent:.0f} %)" if part == whole else f"{part} ({min(percent, 99.9):.1f} %)"


# ── wrong derivatives ────────────────────────────────────────────────────────────────────────────────────────────────
def bug_table(trials: Sequence[Trial]) -> str:
    """One row per class of mistakes: how many were planted, and what the check said."""
    rows: list[list[object]] = [["planted", "trials", "no effect", "failed", "rule named", "class named"]]
    for title, mine in [*by_bug(trials), ("all", list(trials))]:
        effective = [trial for trial in mine if trial.outcome != "no effect"]
        n = len(effective)
        caught, found = sum(t.outcome == "failed" for t in mine), sum(t.found for t in mine)
        rows.append([title, len(mine), len(mine) - n, share(caught, n), share(found, n),
                     share(sum(t.understood for t in mine), n)])  # fmt: skip
    return markdown(rows)


def by_bug(trials: Iterable[Trial]) -> list[tuple[str, list[Trial]]]:
    """The trials sorted into classes, in the order of telling."""
    trials = list(trials)
    return [(bug.name, [trial for trial in trials if trial.bug == bug.name]) for bug in BUGS]


def misses(trials: Iterable[Trial]) -> str:
    """What was not named as it was planted: the class of mistakes, what was said instead, and of which primitives."""
    lines = []
    for title, mine in by_bug(trials):
        said = Counter((answer(t), f"`{t.op}`") for t in mine if t.outcome != "no effect" and not t.understood)
        if said:
            by_answer: dict[str, list[str]] = {}
            for (text, op), n in said.items():
                by_answer.setdefault(text, []).append(op + (f" ×{n}" if n > 1 else ""))
            lines.append(
                f"- {title}: " + "; ".join(f"{text} ({', '.join(ops)})" for text, ops in by_answer.items()) + "."
            )
    return "\n".join(lines)


def answer(trial: Trial) -> str:
    """What the check said about a mistake that it did not name as it was planted."""
    if trial.found:
        return f"called “{trial.kind}”" if trial.kind else "no class named"
    return f"blamed on {trial.culprit}" if trial.culprit else trial.outcome


def primitives(trials: Iterable[Trial]) -> str:
    """How many primitives there are, and in how many some mistake had an effect."""
    all_ops = {trial.op for trial in trials}
    told = {trial.op for trial in trials if trial.outcome != "no effect"}
    inputs = {(trial.op, trial.k) for trial in trials}
    silent = f" (none in {', '.join(sorted(all_ops - told))})" if all_ops - told else ""
    return f"{len(all_ops)} primitives, {len(inputs)} derivatives; a mistake had an effect in {len(told)}{silent}"


# ── right derivatives ────────────────────────────────────────────────────────────────────────────────────────────────
def right_table(checks: Sequence[Check]) -> str:
    """One row per thing that was varied and precision."""
    rows: list[list[object]] = [["varied", "precision", "checks", "passed", "inconclusive", "wrongly failed"]]
    groups = list(dict.fromkeys(check.group for check in checks))
    for group, precision in [*((g, p) for g in groups for p in PRECISIONS), ("all", "all")]:
        mine = [check for check in checks if group in ("all", check.group) and precision in ("all", check.precision)]
        if mine:
            n = Counter(check.outcome for check in mine)
            rows.append([group, precision, len(mine), n["passed"], n["undecided"], n["failed"] + n["crashed"]])
    return markdown(rows)


def undecided(checks: Iterable[Check]) -> str:
    """Of which primitives a right derivative was not decided upon, and how often."""
    said = Counter(check.name for check in checks if check.outcome == "undecided")
    return "Inconclusive: " + ", ".join(f"`{name}` ×{n}" for name, n in said.most_common()) + "." if said else ""


def written_into(page: str, figures: str) -> str:
    """The page with the figures between its markers.

    >>> written_into(f"above {BEGIN} old {END} below", "new").splitlines()
    ['above <!-- measured figures begin -->', '', 'new', '', '<!-- measured figures end --> below']
    """
    head, rest = page.split(BEGIN)
    _, tail = rest.split(END)
    return f"{head}{BEGIN}\n\n{figures}\n\n{END}{tail}"
