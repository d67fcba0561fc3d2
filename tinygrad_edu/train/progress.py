"""The progress bar: which batch it is, how long it will take, loss and rate; quiet where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from time import perf_counter
from typing import Any

PAUSE = 0.1  # seconds between two changes of the numbers: nobody reads faster


class Progress:
    """A bar over all batches of the run, or over its epochs where nobody knows how many batches they have.

    wanted    True or False; None for a bar if stderr is a terminal
    epochs    how many there are, of which `done` lie behind
    batches   in an epoch; None if unknown

    >>> with Progress(False, epochs=10, batches=4, done=0) as progress:
    ...     progress.batch(1, 0.5)
    """

    def __init__(self, wanted: bool | None, epochs: int, batches: int | None, done: int):
        self.epochs, self.batches, self.shown, self.row = epochs, batches, 0.0, ""
        self.bar: Any = None
        if watched() if wanted is None else wanted:
            from tqdm import tqdm  # for those who look

            per_epoch = batches or 1
            self.bar = tqdm(
                total=epochs * per_epoch, initial=done * per_epoch, unit="batch" if batches else "epoch",
                dynamic_ncols=True, file=sys.stderr,
            )  # fmt: skip

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.close()

    def batch(self, epoch: int, loss: float) -> None:
        """One more batch is done."""
        if self.bar is None:
            return
        now = perf_counter()
        if now - self.shown > PAUSE:
            self.shown = now
            self.bar.set_description_str(f"epoch {epoch}/{self.epochs}", refresh=False)
            self.bar.set_postfix_str(self.row or f"loss {loss:.4g}", refresh=False)
        if self.batches:
            self.bar.update()

    def epoch(self, epoch: int, row: Mapping[str, float]) -> None:
        """One more epoch is done; from now on its numbers are shown."""
        if self.bar is None:
            return
        shown = {name: x for name, x in row.items() if name != "seconds"}
        self.row = ", ".join(f"{name.replace('_', ' ')} {x:.4g}" for name, x in shown.items())
        self.bar.set_description_str(f"epoch {epoch}/{self.epochs}", refresh=False)
        self.bar.set_postfix_str(self.row, refresh=epoch == self.epochs)
        if not self.batches:
            self.bar.update()


def watched() -> bool:
    """Whether stderr is a terminal."""
    return bool(getattr(sys.stderr, "isatty", bool)())
