"""What a check found: true when everything agrees, and a lesson when it is printed."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..errors import TinygradError


class CheckFailed(TinygradError, AssertionError):
    """Raised by `report.raise_()` when a gradient is wrong."""


@dataclass(frozen=True)
class Row:
    """One checked quantity: its worst entry, the numbers compared there, and what follows from them.

    name       of the input
    passed     whether every entry agrees
    entry      the place of the worst entry, () for a number
    numbers    'formula', 'engine', 'finite difference' at that entry (the formula only if there is one)
    error      the largest disagreement, relative to the size of the gradient
    lesson     which of them is the odd one out, and the likely mistake; empty when they agree
    """

    name: str
    passed: bool
    entry: tuple[int, ...]
    numbers: dict[str, float]
    error: float
    lesson: str = ""


@dataclass(frozen=True)
class Report:
    """The rows of a check, worst first. `assert report` passes when all agree; `str(report)` explains."""

    title: str
    rows: list[Row] = field(default_factory=list)

    def __bool__(self) -> bool:
        return all(row.passed for row in self.rows)

    @property
    def culprit(self) -> Row | None:
        """The worst row that failed, or None."""
        return next((row for row in self.rows if not row.passed), None)

    def raise_(self) -> Report:
        """Raise CheckFailed with the lesson unless everything agrees; returns the report."""
        if not self:
            raise CheckFailed(str(self))
        return self

    def __str__(self) -> str:
        agreed = sum(row.passed for row in self.rows)
        lines = [f"{self.title}: {agreed} of {len(self.rows)} gradients agree"]
        columns = list(self.rows[0].numbers) if self.rows else []
        table = [["gradient of", "", "worst entry", *columns, "error"]]
        for row in self.rows:
            place = str(list(row.entry)) if row.entry else "-"
            numbers = [f"{row.numbers[column]: .6g}" for column in columns]
            table.append([row.name, "ok" if row.passed else "WRONG", place, *numbers, f"{row.error:.1e}"])
        widths = [max(map(len, column)) for column in zip(*table)]
        for cells, lesson in zip(table, ["", *(row.lesson for row in self.rows)]):
            lines.append("  " + "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip())
            lines += [f"      {part}" for part in lesson.splitlines()]
        return "\n".join(lines)

    __repr__ = __str__
