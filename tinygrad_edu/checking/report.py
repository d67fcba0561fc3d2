"""What a check found: true when everything agrees, and a lesson when it is printed.

>>> report = Report("gradcheck", [Row("w", "FAIL", (1, 0), {"engine": 18.0, "finite difference": 9.0}, 0.5)])
>>> bool(report)
False
>>> print(report)
gradcheck: 0 of 1 gradients agree
  gradient of  verdict  worst entry  engine  finite difference    error
  w            FAIL     [1, 0]           18                  9  5.0e-01
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import TinygradError
from . import report_text

if TYPE_CHECKING:
    from .mistakes import Mistake
    from .v_curve import Curve

VERDICTS = ("FAIL", "INCONCLUSIVE", "PASS")  # the worst comes first


class CheckFailed(TinygradError, AssertionError):
    """Raised by `report.raise_()` when a check did not pass."""


@dataclass(frozen=True)
class Row:
    """One checked quantity: its worst entry, the numbers compared there, and what follows from them.

    name       of the input or the intermediate
    verdict    "PASS", "FAIL", or "INCONCLUSIVE": there is no slope to compare with, or it cannot be measured
    entry      the place of the worst entry, () for a number
    numbers    'formula', 'engine', 'forward mode', 'finite difference' at that entry (those that there are)
    error      the largest disagreement, relative to the size of the gradient
    lesson     what to learn from it; empty when everything agrees
    mistake    the likely mistake, if one explains the numbers
    checked    how many entries were compared,
    total      of how many
    """

    name: str
    verdict: str
    entry: tuple[int, ...]
    numbers: dict[str, float]
    error: float
    lesson: str = ""
    mistake: Mistake | None = None
    checked: int = 0
    total: int = 0

    @property
    def passed(self) -> bool:
        """Whether the verdict is PASS."""
        return self.verdict == "PASS"


@dataclass(frozen=True, repr=False)
class Report:
    """The rows of a check, worst first. `assert report` passes when all agree; `print(report)` explains.

    title     what was checked
    rows      sorted: what failed, what stayed open, what passed; by size of the error
    hints     what to do now
    culprit   what made the gradient wrong, if it was found
    notes     what was measured and how, where that is not plain from the rows
    """

    title: str
    rows: Sequence[Row] = ()
    hints: Sequence[str] = ()
    culprit: Any = None
    notes: Sequence[str] = ()
    curve: Callable[[], Curve] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        known = {verdict: place for place, verdict in enumerate(VERDICTS)}
        rounded = report_text.ROUNDING  # smaller errors come out in another order on another machine
        worst = sorted(self.rows, key=lambda row: (known[row.verdict], -row.error if row.error >= rounded else 0.0))
        object.__setattr__(self, "rows", worst)

    def __bool__(self) -> bool:
        return all(row.passed for row in self.rows)

    @property
    def verdict(self) -> str:
        """The worst of the rows' verdicts."""
        return self.rows[0].verdict if self.rows else "PASS"

    def raise_(self) -> Report:
        """Raise CheckFailed with the lesson unless everything agrees; returns the report.

        >>> Report("gradcheck", [Row("w", "PASS", (), {"engine": 2.0}, 0.0)]).raise_().verdict
        'PASS'
        """
        if not self:
            raise CheckFailed(str(self))
        return self

    def __str__(self) -> str:
        return report_text.text(self)

    def __repr__(self) -> str:
        """One line, so that pytest shows it whole where `assert gradcheck(...)` fails."""
        return report_text.one_line(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text("Report(...)" if cycle else str(self))  # what IPython's terminal shows

    def to_markdown(self) -> str:
        """The report as a Markdown table with its lessons below it.

        >>> print(Report("gradcheck", [Row("w", "PASS", (), {"engine": 2.0}, 0.0)]).to_markdown())
        **gradcheck: 1 of 1 gradients agree**
        <BLANKLINE>
        | gradient of | verdict | worst entry | engine | error |
        |:---|:---|:---|---:|---:|
        | w | PASS | - | 2 | \\<1e-9 |
        """
        return report_text.markdown(self)

    def _repr_html_(self) -> str:
        """The report as a table, for Jupyter; every text is escaped."""
        return report_text.html(self)

    def plot(self, ax: Any = None) -> Any:
        """Draw the error of the worst entry's finite difference against the step: the V curve.

        ax       matplotlib axes to draw into; by default a new figure
        returns  the figure
        raises   CheckFailed if nothing was measured

        A long step errs because the function is curved, a short one because of rounding; the best lies between.

        >>> from tinygrad_edu.checking.gradcheck import gradcheck
        >>> figure = gradcheck(lambda x: x**3, 2.0).plot()
        """
        if self.curve is None:
            raise CheckFailed(
                "This report has no curve to plot: no finite difference was measured.",
                "The V curve shows how the error of a finite difference depends on its step.",
                "Plot the report of a check with at least one entry: tg.gradcheck(f, x).plot().",
            )
        from .v_curve import draw  # matplotlib is loaded by those who plot

        return draw(self.curve(), ax)
