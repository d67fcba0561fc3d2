"""The table inside an explanation: → v₁   1 − y²   0.5 × 0.7864 = 0.3932, all signs below each other."""

from __future__ import annotations

from textwrap import wrap

from .rows import Row
from .wording import clip, pad, width

COLUMNS = 80
LONGEST = 22  # of the name and shape of what receives something


class Columns:
    """How wide each column is for these rows; the first column holds the numbers of the steps, up to `last`.

    >>> row = Row("x", "", "cos(x)", "0.5", "2", "1", True, "")
    >>> print(*Columns([row], 9).title(), *Columns([row], 9).line(row), sep="\\n")
              derivative  upstream × local = result
         → x  cos(x)                       2 × 0.5 = 1
    """

    def __init__(self, rows: list[Row], last: int):
        self.margin = max(len(f"{last:,}"), 2) + 3
        plain = [row for row in rows if row.numbers]
        self.to = min(max((width(_target(row)) for row in rows), default=0), LONGEST)
        self.upstream = max((width(row.upstream) for row in plain), default=0)
        self.local = max((width(row.local) for row in plain), default=0)
        self.amount = max((width(row.amount) for row in plain), default=0)
        self.sums = max(self.upstream + self.local + self.amount + 6, len(TITLE)) if plain else 0
        self.left = self.margin + self.to + 2
        space = COLUMNS - self.left - self.sums - 2
        self.formula = min(max([len("derivative"), *(width(row.formula or row.local) for row in plain)]), space)

    def title(self) -> list[str]:
        """What stands in the columns; nothing when no row is all numbers."""
        return [f"{' ' * self.left}{pad('derivative', self.formula)}  {TITLE:>{self.sums}}"] if self.sums else []

    def line(self, row: Row) -> list[str]:
        """One use of a value: in one line if it is all numbers, else with the numbers on lines of their own."""
        head = " " * self.margin + pad(clip(_target(row), self.to), self.to) + "  "
        if row.numbers:
            formula = pad(clip(row.formula or row.local, self.formula), self.formula)
            sums = f"{row.upstream} × {row.local:>{self.local}} = {row.amount:>{self.amount}}"
            return [f"{head}{formula}  {sums:>{self.sums}}"]
        numbers = f"{row.product} = {row.amount}" if row.local else f"{row.upstream}  ↦  {row.amount}"
        cells = [cell for cell in (row.formula, numbers, row.reason) if cell]
        lines = [line for cell in cells for line in wrapped(cell, " " * self.left)]
        return [head + lines[0].lstrip(), *lines[1:]]


TITLE = "upstream × local = result"


def wrapped(text: str, indent: str) -> list[str]:
    """The text in lines of at most 80 columns, all of them indented."""
    return wrap(text, COLUMNS, initial_indent=indent, subsequent_indent=" " * len(indent), break_on_hyphens=False)


def _target(row: Row) -> str:
    return f"→ {row.to} {row.shape}".rstrip()
