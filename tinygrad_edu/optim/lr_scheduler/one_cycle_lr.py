"""OneCycleLR: up to a rate that would not work for long, and down again, far below where it began.

    from max_lr / div_factor up to max_lr, in the first pct_start of all steps,
    down to max_lr / div_factor / final_div_factor, in the rest

The momentum goes the other way: down while the rate goes up. Count batches, not epochs.
"""

from __future__ import annotations

import math

from ...errors import DataError, unknown_name
from ..optimizer import Optimizer
from .schedule import LRScheduler, checked_count, checked_number, per_group

CYCLED = {"momentum", "betas"}
ANNEAL = {
    "cos": lambda start, end, part: end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * part)),
    "linear": lambda start, end, part: start + (end - start) * part,
}


class OneCycleLR(LRScheduler):
    """One cycle of the learning rate over the whole training.

    optimizer                      whose rates are set; with cycle_momentum also momentum, or the first of betas
    max_lr                         the highest rate; a list gives one per parameter group
    total_steps                    how many steps there are in all: or epochs and steps_per_epoch
    pct_start                      the part of them in which the rate goes up
    anneal_strategy                "cos" or "linear"
    base_momentum, max_momentum    the lowest and the highest momentum
    div_factor, final_div_factor   the rate begins at max_lr / div_factor and ends at that / final_div_factor
    three_phase                    down to the beginning in as many steps as up, and the rest to the end
    raises                         DataError for a setting out of range, without a number of steps, for one step too
                                   many, for momentum where the optimizer has none; UnknownNameError for a strategy
    source                         Smith & Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large
                                   Learning Rates (2018)

    >>> from tinygrad_edu.engine import Value
    >>> from tinygrad_edu.optim import SGD
    >>> schedule = OneCycleLR(SGD([Value(1.0)], momentum=0.9), max_lr=1.0, total_steps=11, anneal_strategy="linear")
    >>> [round(schedule.phase(t, 0.04, 1.0, 4e-6), 3) for t in range(11)]
    [0.04, 0.457, 0.875, 0.909, 0.779, 0.649, 0.519, 0.39, 0.26, 0.13, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float = 0.85,
        max_momentum: float = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ):
        name = "OneCycleLR"
        if total_steps is None:
            if epochs is None or steps_per_epoch is None:
                raise no_steps()
            epochs = checked_count(name, "epochs", epochs)
            total_steps = epochs * checked_count(name, "steps_per_epoch", steps_per_epoch)
        self.total_steps = checked_count(name, "total_steps", total_steps)
        if anneal_strategy not in ANNEAL:
            raise unknown_name("anneal_strategy", anneal_strategy, ANNEAL)
        if not isinstance(pct_start, (int, float)) or not 0.0 <= pct_start <= 1.0:
            raise no_part(pct_start)
        for top in max_lr if isinstance(max_lr, (list, tuple)) else [max_lr]:
            checked_number(name, "max_lr", top, 0.0, 0.1)
        self.max_lr, self.pct_start, self.anneal_strategy = max_lr, float(pct_start), anneal_strategy
        self.div_factor = checked_number(name, "div_factor", div_factor, 5e-324, 25.0)
        self.final_div_factor = checked_number(name, "final_div_factor", final_div_factor, 5e-324, 1e4)
        self.base_momentum, self.max_momentum = base_momentum, max_momentum
        self.cycle_momentum, self.three_phase = cycle_momentum, three_phase
        if cycle_momentum and isinstance(optimizer, Optimizer) and not CYCLED & optimizer.defaults.keys():
            raise no_momentum(type(optimizer).__name__)
        super().__init__(optimizer, last_epoch)

    def rates(self, t: int) -> list[float]:
        tops = per_group("OneCycleLR", "max_lr", self.max_lr, self.optimizer)
        starts = [top / self.div_factor for top in tops]
        return [self.phase(t, start, top, start / self.final_div_factor) for start, top in zip(starts, tops)]

    def apply(self, t: int) -> None:
        if t >= self.total_steps:
            raise too_many(t, self.total_steps)
        super().apply(t)
        if self.cycle_momentum:
            momentum = self.phase(t, self.max_momentum, self.base_momentum, self.max_momentum)
            for group in self.optimizer.param_groups:
                if "betas" in group:
                    group["betas"] = (momentum, group["betas"][1])
                else:
                    group["momentum"] = momentum

    def phase(self, t: int, start: float, top: float, end: float) -> float:
        """What goes from `start` to `top` and then to `end` (with three phases by way of `start`), at step t."""
        first = self.pct_start * self.total_steps - 1.0
        stations = [(first, top), (self.total_steps - 1.0, end)]
        if self.three_phase:
            stations.insert(1, (2.0 * first, start))
        since, value = 0.0, start
        for k, (until, target) in enumerate(stations):
            if t <= until or k == len(stations) - 1:
                part = (t - since) / (until - since) if until != since else 1.0
                return ANNEAL[self.anneal_strategy](value, target, part)
            since, value = until, target
        return value


def no_steps() -> DataError:
    """For a cycle without an end."""
    return DataError(
        "OneCycleLR was not told how many steps there are.",
        "The cycle ends with the training, so the end must be known.",
        "Write total_steps=1000, or epochs=10, steps_per_epoch=len(x) // 32.",
    )


def no_part(found: object) -> DataError:
    """For a part of the steps that is no part."""
    return DataError(
        f"OneCycleLR: pct_start={found!r} is no part from 0 to 1.",
        "It is the part of all steps in which the rate goes up.",
        "Write for example pct_start=0.3.",
    )


def no_momentum(owner: str) -> DataError:
    """For an optimizer whose momentum cannot go up and down."""
    return DataError(
        f"OneCycleLR: {owner} has no momentum that could go down while the rate goes up.",
        "With cycle_momentum=True the cycle sets momentum, or the first of betas.",
        "Write cycle_momentum=False.",
    )


def too_many(t: int, total: int) -> DataError:
    """For step() after the end of the cycle."""
    return DataError(
        f"OneCycleLR: step {t} of {total} was asked for; the last one is {total - 1}.",
        "The rate has come down to its end, and a cycle has no more to say.",
        "Set total_steps to the number of all batches, and call step() once after each.",
    )
