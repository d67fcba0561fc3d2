"""The loop: batches, epochs, and what happens after each.

for each epoch:     for each batch:   ∂loss/∂parameters, clipped if asked for  →  a step of the optimizer
                    validation  →  a row of the history  →  the next rate  →  callbacks
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..optim.clipping import clip_grad_norm_
from ..optim.lr_scheduler.schedule import LRScheduler
from .callback import Callback
from .event import Event
from .feeding import Feed, samples_in
from .gradients import Recorded
from .measuring import Means, Metric, evaluated, measure
from .messages import last_of_one, no_gradients
from .nonfinite import Before, after_the_last_step, all_finite, diagnosed, not_finite
from .progress import Progress


class Run:
    """Everything a run works with. Where it is stands in `event`."""

    def __init__(
        self, event: Event, loss: Callable[..., Any], feed: Feed, validation: Feed | None,
        metrics: Mapping[str, Metric], every: str, callbacks: Sequence[Callback], rng: np.random.Generator,
        clip: float | None, gradients: type[Recorded],
    ):  # fmt: skip
        self.event, self.loss, self.feed, self.validation, self.metrics = event, loss, feed, validation, metrics
        self.every, self.rng, self.clip = every, rng, clip
        self.named = list(callbacks)  # in the user's order, by which checkpoints know them
        self.callbacks = sorted(callbacks, key=lambda callback: callback.last)
        self.owner = f"the loss {getattr(loss, '__name__', type(loss).__name__)}"
        self.gradients = gradients(event.model, loss, self.owner)
        starts = ("",) if validation is None else ("", "validation_")
        self.columns = [f"{start}{name}" for name in ("loss", *metrics) for start in starts]
        event.columns = [*self.columns, "rate", "seconds"]
        self.begun = 0  # epochs in this program
        self.infinite = not_finite(event.model)  # as their owner made them
        self.ended = False  # the schedule

    def go_on(self, progress: Progress) -> None:
        """Epoch after epoch, until the last one or until somebody has stopped the run."""
        event = self.event
        while event.epoch < event.epochs and not event.stopping:
            event.epoch += 1
            self.epoch(progress)
        event.history.stopped = event.stopping

    def epoch(self, progress: Progress) -> None:
        """One epoch, from its first batch to the callbacks."""
        event, start = self.event, perf_counter()
        found, rate = self.batches(progress)
        if lost := [name for name in not_finite(event.model) if name not in self.infinite]:
            raise after_the_last_step(event, lost)  # no batch comes after it that would show this
        event.loss = found["loss"]
        if self.validation is not None:
            found |= evaluated(event.model, self.validation, self.loss, self.metrics, self.begun)
        event.row = {name: found[name] for name in self.columns if name in found}
        event.row |= {"rate": rate, "seconds": perf_counter() - start}
        event.history.add(event.row)
        if self.every == "epoch":
            self.next_rate()
        progress.epoch(event.epoch, event.row)
        with self.saving():
            for callback in self.callbacks:
                callback.on_epoch(event)

    def batches(self, progress: Progress) -> tuple[dict[str, float], float]:
        """A step for each batch of the epoch; the means over its samples, and the rate of its last step."""
        event, means, rate = self.event, Means(), math.nan
        event.model.train()
        self.begun += 1
        self.gradients.epoch(event.model)
        self.before = Before(event.model)
        for event.batch, (x, y) in enumerate(self.feed.epoch(self.rng, self.begun), start=1):
            event.step += 1
            try:
                self.batch(x, y, means)
            except ShapeError as error:
                if event.batch > 1 and event.batch == self.feed.count and self.feed.points and samples_in(y) == 1:
                    raise last_of_one(error, len(self.feed.points[0])) from error
                raise
            rate = event.optimizer.lr
            if self.every == "batch":
                self.next_rate()
            progress.batch(event.epoch, event.loss)
        return means.row(), rate

    def batch(self, x: Any, y: Any, means: Means) -> None:
        """One step of the optimizer. Most ask for the loss once; L-BFGS asks several times."""
        event, first = self.event, True
        self.before.note()

        def closure() -> Any:
            nonlocal first
            with np.errstate(all="ignore"):  # what NumPy would warn of is an error below, which says more
                prediction, height = self.gradients(x, y)
                fine = not first or (height - height == 0.0 and all_finite(self.gradients.parameters))
            if first:
                first = False
                if not fine:
                    self.give_up(x, y, height)
                if event.step == 1 and all(p._grad is None for p in self.gradients.parameters):
                    raise no_gradients(self.owner)
                event.loss = height
                means.add("loss", height, samples_in(y))
                measure(self.metrics, prediction, y, means)
                self.clipped()
                for callback in self.callbacks:
                    callback.on_batch(event)
            else:
                self.clipped()
            return height

        event.optimizer.step(closure)

    def clipped(self) -> None:
        """Shorten the gradients that are too long."""
        if self.clip is not None:
            clip_grad_norm_(self.gradients.parameters, self.clip)

    def give_up(self, x: Any, y: Any, found: float) -> None:
        """Raise what the doctor says; the history so far goes with it."""
        event = self.event
        where = f"epoch {event.epoch}, batch {event.batch}"
        error = diagnosed(event.model, self.loss, x, y, self.before, where, found)
        error.history = event.history  # type: ignore[attr-defined]
        raise error

    def next_rate(self) -> None:
        """Let the schedule set the next rate; one that ends with the run has none after the last step."""
        schedule: LRScheduler | None = self.event.schedule
        if schedule is None:
            return
        if not self.ended and schedule.last_epoch + 1 >= getattr(schedule, "total_steps", math.inf):
            self.ended = True  # another step would be one too many, and the schedule will say so
        else:
            schedule.step()

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Inside, the run stands between two epochs, so that it can be written to a file."""
        from .resuming import write

        self.event._save = lambda path: write(self, path)
        try:
            yield
        finally:
            self.event._save = None
