"""The progress bar: which batch it is, how long it will take, loss and rate; quiet where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from time import perf_counter
from typing import Any

PAUSE = 0.1  # seconds between two changes of the numbers: nobody reads faster
LAYOUT = "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
BESIDE = 34  # characters of everything but the numbers, with a bar as short as it can be


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
                total=epochs * per_epoch, initial=done * per_epoch, desc=f"epoch {done}/{epochs}", bar_format=LAYOUT,
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
            self.bar.set_postfix_str(self.row or f"loss {loss:.3g}", refresh=False)
        if self.batches:
            self.bar.update()

    def epoch(self, epoch: int, row: Mapping[str, float]) -> None:
        """One more epoch is done; from now on its numbers are shown."""
        if self.bar is None:
            return
        self.row = written(row, self.bar.format_dict["ncols"])
        self.bar.set_description_str(f"epoch {epoch}/{self.epochs}", refresh=False)
        self.bar.set_postfix_str(self.row, refresh=epoch == self.epochs)
        if not self.batches:
            self.bar.update()


def written(row: Mapping[str, float], columns: int | None) -> str:
    """The numbers of an epoch, those of the validation behind a stroke; as many as a line of so many columns holds.

    >>> row = {"loss": 0.25, "validation_loss": 0.3, "accuracy": 0.9, "validation_accuracy": 0.8, "rate": 0.01}
    >>> written(row, None)
    'loss 0.25/0.3, accuracy 0.9/0.8, rate 0.01'
    >>> written(row, 68)
    'loss 0.25/0.3, accuracy 0.9/0.8'
    """
    text = ""
    for name, x in row.items():
        if name != "seconds" and not name.startswith("validation_"):
            other = row.get(f"validation_{name}")
            text += f"{', ' * bool(text)}{name} {x:.3g}" + (f"/{other:.3g}" if other is not None else "")
            if columns is not None and len(text) > columns - BESIDE:
                return text.rpartition(", ")[0] or text
    return text


def watched() -> bool:
    """Whether stderr is a terminal."""
    return bool(getattr(sys.stderr, "isatty", bool)())
