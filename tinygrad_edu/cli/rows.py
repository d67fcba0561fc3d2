"""The table that `tinygrad-edu train` prints: the first epoch, the last, and some between them."""

from __future__ import annotations

from ..train.callback import Callback
from ..train.event import Event

ROWS = 8  # about


class Rows(Callback):
    """The table: the first epoch, the last, and some between them."""

    def __init__(self, epochs: int, classes: bool, live: bool):
        self.every, self.live, self.lines = step(epochs), live, list[str]()
        self.columns = ["loss", "validation_loss", *(["accuracy", "validation_accuracy"] if classes else [])]
        self.pending = ""  # the newest row, if it was not shown

    def head(self) -> str:
        """The line above."""
        return f"{'epoch':>7}" + "".join(f"{name(column):>18}" for column in self.columns)

    def say(self, line: str) -> None:
        """Print a line, or keep it until the bar is gone."""
        self.lines.append(line)
        if self.live:
            print(self.lines.pop(), flush=True)

    def on_epoch(self, event: Event) -> None:
        cells = [f"{event.row[name]:.1%}" if "acc" in name else f"{event.row[name]:.4g}" for name in self.columns]
        line = f"{event.epoch:>7,}" + "".join(f"{cell:>18}" for cell in cells)
        shown = event.epoch == 1 or event.epoch % self.every == 0 or event.epoch == event.epochs
        self.pending = "" if shown else line
        if shown:
            self.say(line)

    def finish(self) -> None:
        """The last row, also of a run that was interrupted."""
        if self.pending:
            self.say(self.pending)
        print("\n".join(self.lines), end="\n" * bool(self.lines), flush=True)


def name(column: str) -> str:
    """What people call a column of the history.

    >>> name("validation_loss")
    'held-out loss'
    """
    return column.replace("validation_", "held-out ")


def step(epochs: int) -> int:
    """How many epochs lie between two rows: 1, 2 or 5, times a power of ten.

    >>> [step(epochs) for epochs in (3, 40, 100, 300)]
    [1, 5, 20, 50]
    """
    power = 10 ** (len(str(epochs // ROWS)) - 1) if epochs >= ROWS else 1
    return next(k * power for k in (1, 2, 5, 10) if k * power * ROWS >= epochs)
