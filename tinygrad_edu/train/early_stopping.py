"""Stopping early: when the validation loss has not become smaller for some epochs, more training only memorises.

source   Prechelt, Early stopping - but when?, in Neural Networks: Tricks of the Trade, 1998
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import DataError, unknown_name
from .callback import Callback
from .event import Event
from .history import NoColumnError


class EarlyStopping(Callback):
    """End the run when a number of the history has not improved for `patience` epochs.

    patience       how many epochs in a row may pass without an improvement
    restore_best   give the model back the parameters of its best epoch when the run ends, early or not
    monitor        a column of the history; None for validation_loss, or loss where there is no validation data
    min_delta      what is smaller than this is no improvement
    larger         whether more is better; None: of a loss less is better, of anything else more
    best, best_epoch   what was reached, and when
    raises         DataError for impossible settings; NoColumnError for a column that is not there

    >>> from tinygrad_edu.nn import Linear
    >>> from tinygrad_edu.train import fit
    >>> stopping = EarlyStopping(patience=3)
    >>> data = ([[0.0], [1.0]], [[1.0], [3.0]])
    >>> history = fit(Linear(1, 1), data, "mse", "sgd", 10000, lr=0.5, callbacks=[stopping])
    >>> history.stopped.startswith("loss has not improved for 3 epochs; the best was")
    True
    """

    def __init__(
        self,
        patience: int = 10,
        restore_best: bool = True,
        monitor: str | None = None,
        min_delta: float = 0.0,
        larger: bool | None = None,
    ):
        if isinstance(patience, bool) or not isinstance(patience, (int, np.integer)) or patience < 1:
            raise DataError(
                f"EarlyStopping: patience={patience!r} is no number of epochs.",
                "A loss that goes down on the whole goes up now and then; one epoch is the least one has to wait.",
                "Write patience=10.",
            )
        if not isinstance(min_delta, (int, float)) or not 0.0 <= min_delta < math.inf:
            raise DataError(
                f"EarlyStopping: min_delta={min_delta!r} is no size of an improvement.",
                "It is how much better a number has to be to count, in whichever direction is better.",
                "Write min_delta=0.0 to count every improvement.",
            )
        self.patience, self.restore_best, self.monitor = int(patience), restore_best, monitor
        self.min_delta, self.larger = float(min_delta), larger
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.best, self.best_epoch, self.waited = math.nan, 0, 0
        self._state: dict[str, np.ndarray] = {}

    def on_start(self, event: Event) -> None:
        if self.monitor is not None and self.monitor not in event.columns:
            raise NoColumnError(*unknown_name("column of the history", self.monitor, event.columns).args)
        self.forget()

    def on_epoch(self, event: Event) -> None:
        history = event.history
        column = self.monitor or ("validation_loss" if "validation_loss" in history else "loss")
        now = history.last(column)
        if self.better(column, now):
            self.best, self.best_epoch, self.waited = now, event.epoch, 0
            self._state = event.model.state_dict() if self.restore_best else {}
        else:
            self.waited += 1
        if self.waited >= self.patience:
            best = (
                f"the best was {self.best:.4g} in epoch {self.best_epoch}" if self.best_epoch else "it was always nan"
            )
            event.stop(f"{column} has not improved for {self.waited} epochs; {best}")

    def better(self, column: str, now: float) -> bool:
        """Whether `now` is an improvement; nan never is, and the first number always."""
        larger = "loss" not in column if self.larger is None else self.larger
        gain = now - self.best if larger else self.best - now
        return now == now and (self.best_epoch == 0 or gain > self.min_delta)

    def on_end(self, event: Event) -> None:
        if self._state:
            event.model.load_state_dict(self._state)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "best_epoch": self.best_epoch, "waited": self.waited, "model": self._state}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        self.best, self.best_epoch, self.waited = state["best"], state["best_epoch"], state["waited"]
        self._state = dict(state["model"])
