"""SequentialLR: one schedule after the other, such as a warm-up and then a cosine.

lr(t) = the first schedule's at t, from milestone m on the next one's at t − m, …
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import DataError
from ..optimizer import Optimizer
from .schedule import LRScheduler, checked_milestones


class SequentialLR(LRScheduler):
    """Several schedules of one optimizer, each from its milestone on. Only the sequence is stepped.

    optimizer    whose rates are set, the same as in all schedules
    schedulers   the schedules in order
    milestones   the steps at which the second, third, … begins
    raises       DataError for another number of milestones, or schedules of another optimizer

    >>> from tinygrad_edu.engine import Value
    >>> from tinygrad_edu.optim import SGD
    >>> from tinygrad_edu.optim.lr_scheduler import LinearLR, StepLR
    >>> optimizer = SGD([Value(1.0)], lr=1.0)
    >>> warm_up, then = LinearLR(optimizer, 0.5, total_iters=2), StepLR(optimizer, step_size=2, gamma=0.5)
    >>> schedule = SequentialLR(optimizer, [warm_up, then], milestones=[2])
    >>> [schedule.rates(t)[0] for t in range(6)]
    [0.5, 0.75, 1.0, 1.0, 0.5, 0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[LRScheduler],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ):
        self.schedulers = list(schedulers)
        self.milestones = checked_milestones("SequentialLR", milestones)
        if len(self.milestones) != len(self.schedulers) - 1:
            raise DataError(
                f"SequentialLR was given {len(self.schedulers)} schedules and {len(self.milestones)} milestones.",
                "A milestone stands between each schedule and the next.",
                "Write SequentialLR(optimizer, [warm_up, cosine], milestones=[100]).",
            )
        if any(schedule.optimizer is not optimizer for schedule in self.schedulers):
            raise DataError(
                "SequentialLR: its schedules belong to another optimizer.",
                "They would set rates that nobody steps with.",
                "Make all of them with the same optimizer.",
            )
        super().__init__(optimizer, last_epoch)

    def now(self, t: int) -> tuple[LRScheduler, int]:
        """The schedule that speaks at step t, and its own step."""
        k = bisect_right(self.milestones, t)
        return self.schedulers[k], t - self.milestones[k - 1] if k else t

    def rates(self, t: int) -> list[float]:
        schedule, step = self.now(t)
        return schedule.rates(step)

    def apply(self, t: int) -> None:
        schedule, step = self.now(t)
        schedule.last_epoch = step
        schedule.apply(step)

    def state_dict(self) -> dict[str, Any]:
        inner = {f"schedulers.{i}.{key}": x for i, s in enumerate(self.schedulers) for key, x in s.state_dict().items()}
        return {**super().state_dict(), **inner}

    def take(self, state: Mapping[str, Any]) -> None:
        super().take(state)
        for i, schedule in enumerate(self.schedulers):
            start = f"schedulers.{i}."
            schedule.take({key.removeprefix(start): x for key, x in state.items() if key.startswith(start)})
