"""What a callback is called with: where the training run is, and everything it works on."""

from __future__ import annotations

import math
from collections.abc import Callable
from os import PathLike
from typing import TYPE_CHECKING, Any

from .history import History

if TYPE_CHECKING:
    from ..nn.module import Module
    from ..optim.optimizer import Optimizer


class Event:
    """The run as it is now. There is one such object in a run, and it goes along with it.

    model, optimizer, schedule, history   what is being trained, and by what; they may be changed
    epoch, epochs                         which one this is, from 1, and how many there will be
    batch, step                           which batch of the epoch, from 1; how many there were in the whole run
    loss                                  of this batch; after an epoch, the mean of the epoch
    row                                   after an epoch, its row of the history: {"loss": 0.1, "rate": 0.5, ...}
    columns                               what the history will hold for each epoch
    points                                the training data (x, y), if it is in two arrays
    resumed                               whether the run continues an earlier one
    """

    def __init__(self, model: Module, optimizer: Optimizer, schedule: Any, epochs: int):
        self.model, self.optimizer, self.schedule, self.epochs = model, optimizer, schedule, epochs
        self.history = History()
        self.epoch = self.batch = self.step = 0
        self.loss = math.nan
        self.row: dict[str, float] = {}
        self.points: tuple[Any, Any] | None = None
        self.columns: list[str] = []
        self.resumed = False
        self.stopping = ""  # why, once somebody has asked for it
        self._save: Callable[[str | PathLike[str]], None] | None = None

    def stop(self, why: str = "a callback asked for it") -> None:
        """End the run after this epoch; `why` is noted in `history.stopped`."""
        self.stopping = why

    def save(self, path: str | PathLike[str]) -> None:
        """Write everything that the rest of the run depends on to a file, from which `fit(..., resume=path)` goes on.

        raises   DataError in the middle of an epoch
        """
        if self._save is None:
            from .resuming_messages import middle_of_epoch

            raise middle_of_epoch(self.epoch, self.batch)
        self._save(path)
