"""What a training run has written down: one row per epoch, one column per number.

>>> history = History()
>>> history.add({"loss": 0.5, "accuracy": 0.75})
>>> history.add({"loss": 0.25, "accuracy": 1.0})
>>> history
epoch  loss  accuracy
    1   0.5      0.75
    2  0.25         1
>>> history["loss"]
array([0.5 , 0.25])
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UnknownNameError, unknown_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FIRST, LAST = 3, 6  # rows that the table shows of a long run


class NoColumnError(UnknownNameError, KeyError):
    """A column that the history does not have."""


class History(Mapping[str, np.ndarray]):
    """A mapping from the name of a number to an array with one entry per epoch; shows itself as a table.

    loss, validation_loss     means over the samples; validation_loss only where there is validation data
    accuracy, …               each metric, and validation_accuracy beside it
    rate                      the learning rate of the epoch's last step
    seconds                   how long the epoch took
    epochs                    how many there are; `len(history)` counts the columns, as for any mapping
    stopped                   why the run ended before its last epoch, "" if it did not
    raises                    NoColumnError for a column that is not there
    """

    def __init__(self) -> None:
        self.epochs, self.stopped = 0, ""
        self._columns: dict[str, array[float]] = {}  # 8 bytes per number: a long run stays small

    def add(self, row: Mapping[str, float]) -> None:
        """Write down one more epoch; what an epoch does not say is nan there."""
        for name in row:
            self._columns.setdefault(name, array("d", [math.nan] * self.epochs))
        for name, column in self._columns.items():
            column.append(row.get(name, math.nan))
        self.epochs += 1

    def __getitem__(self, name: str) -> np.ndarray:
        if not self.epochs:
            raise NoColumnError(
                f"There is no column {name!r} yet.",
                "The history has one number for each epoch that ended, and none has.",
                "Train for at least one epoch first.",
            )
        if name not in self._columns:
            raise NoColumnError(*unknown_name("column of the history", name, self._columns or ["loss"]).args)
        return np.array(self._columns[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __eq__(self, other: object) -> bool:
        """Whether another history holds the same numbers, nan being equal to nan."""
        if not isinstance(other, History):
            return NotImplemented
        same = list(self) == list(other) and self.stopped == other.stopped
        return same and all(np.array_equal(self[name], other[name], equal_nan=True) for name in self)

    __hash__ = None  # type: ignore[assignment]

    def last(self, name: str) -> float:
        """The newest number of a column.

        >>> history = History()
        >>> history.add({"loss": 0.5})
        >>> history.last("loss")
        0.5
        """
        return float(self[name][-1])

    def plot(self, *names: str, ax: Axes | None = None, title: str = "", log: bool = False) -> Figure:
        """The columns as curves over the epochs; the losses, if no names are given. See `tg.plot.history`.

        >>> history = History()
        >>> history.add({"loss": 0.5, "rate": 0.1})
        >>> history.plot().axes[0].get_xlabel()
        'epoch'
        """
        from ..plot.history import history

        chosen = names or tuple(name for name in self if "loss" in name)
        return history({name: self[name].tolist() for name in chosen}, ax=ax, title=title, xlabel="epoch", log=log)

    def __repr__(self) -> str:
        ended = [f"stopped: {self.stopped}"] if self.stopped else []
        if not self.epochs:
            return "\n".join(["History of no epochs", *ended])
        shown = [k for k in range(self.epochs) if k < FIRST or k >= self.epochs - LAST]
        rows = [["epoch", *self]] + [[f"{k + 1}", *(written(x[k]) for x in self._columns.values())] for k in shown]
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ["  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths)) for row in rows]
        if len(shown) < self.epochs:
            lines.insert(FIRST + 1, f"{'…':>{widths[0]}}")
        return "\n".join([*lines, *ended])


def written(x: float) -> str:
    """A number with four digits; nothing where there is none."""
    return "" if math.isnan(x) else f"{x:.4g}"
