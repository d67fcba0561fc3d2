"""A schedule sets the learning rates of an optimizer before each step or epoch.

What the rate is follows from the number of the step alone, by a formula. (PyTorch multiplies the last rate instead: the
same up to rounding, but one cannot ask for the rate of step 1000, and a rate changed by hand stays changed.)

>>> from tinygrad_edu.engine import Value
>>> from tinygrad_edu.optim import SGD
>>> class Halving(LRScheduler):
...     def rate(self, t, base):
...         return base * 0.5**t
>>> schedule = Halving(SGD([Value(1.0)], lr=0.8))
>>> schedule.step()
>>> schedule.get_last_lr(), schedule.rate(3, 0.8)
([0.4], 0.1)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from numbers import Real
from typing import Any

import numpy as np

from ...errors import DataError, TinygradError
from ...ops.broadcasting import shape_of
from ..optimizer import Optimizer
from ..saved import numbers_in


class LRScheduler:
    """Base of all schedules. A subclass says in `rate` what the learning rate is at step t.

    optimizer    whose rates are set: at once those of step 0, then with each `step()` the next
    last_epoch   −1, or the step to continue after
    base_lrs     the rate of each group as it was before any schedule
    raises       DataError for what is no optimizer with parameters
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1):
        if not isinstance(optimizer, Optimizer) or not optimizer.param_groups:
            raise no_optimizer(type(self).__name__, optimizer)
        self.optimizer = optimizer
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        if isinstance(last_epoch, bool) or not isinstance(last_epoch, (int, np.integer)) or last_epoch < -1:
            raise DataError(
                f"{type(self).__name__}: last_epoch={last_epoch!r}.",
                "It is the number of the last step that was taken, and -1 before the first.",
                "Leave it out, or load the state of the schedule that is to go on.",
            )
        self.last_epoch = int(last_epoch) + 1
        self.apply(self.last_epoch)

    def rate(self, t: int, base: float) -> float:
        """The learning rate at step t of a group whose rate was `base`."""
        raise NotImplementedError(f"{type(self).__name__} does not say what the rate is")

    def rates(self, t: int) -> list[float]:
        """The learning rate of every group at step t."""
        return [self.rate(t, base) for base in self.base_lrs]

    def apply(self, t: int) -> None:
        """Set what belongs to step t."""
        for group, rate in zip(self.optimizer.param_groups, self.rates(t)):
            group["lr"] = rate

    def step(self) -> None:
        """Go to the next rate: after optimizer.step(), once per epoch, or per batch if the schedule counts batches."""
        self.apply(self.last_epoch + 1)  # which may refuse
        self.last_epoch += 1

    def get_last_lr(self) -> list[float]:
        """The rate of each group now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Where it is, as numbers under flat names. Formulas and their settings are code, not state.

        >>> from tinygrad_edu.engine import Value
        >>> from tinygrad_edu.optim import SGD
        >>> from tinygrad_edu.optim.lr_scheduler import StepLR
        >>> StepLR(SGD([Value(1.0)], lr=0.8), step_size=2).state_dict()
        {'last_epoch': 0, 'base_lrs.0': 0.8}
        """
        return {"last_epoch": self.last_epoch, **{f"base_lrs.{i}": x for i, x in enumerate(self.base_lrs)}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Continue where a schedule of the same kind was, and set the rates of that step.

        raises   DataError if what is in the state is not what this schedule would save; then nothing was changed
        """
        mine, state = self.state_dict(), numbers_in(type(self).__name__, state)
        wrong = [key for key in mine if key in state and not fits(key, state[key])]
        if state.keys() != mine.keys() or wrong:
            raise misfit(type(self).__name__, mine, state, wrong)
        self.take(state)
        try:
            self.apply(self.last_epoch)
        except TinygradError:
            self.take(mine)
            self.apply(self.last_epoch)
            raise

    def take(self, state: Mapping[str, Any]) -> None:
        """Take over the numbers of a state that fits."""
        self.last_epoch = int(state["last_epoch"])
        self.base_lrs = [float(state[f"base_lrs.{i}"]) for i in range(len(self.base_lrs))]

    def __repr__(self) -> str:
        hidden = {"optimizer", "base_lrs", "last_epoch"}
        options = [f"{name}={x!r}" for name, x in vars(self).items() if name not in hidden and not name.startswith("_")]
        return f"{type(self).__name__}({', '.join(options)})"


def per_group(owner: str, name: str, given: Any, optimizer: Optimizer) -> list[Any]:
    """One setting for every group: a list with one for each, or the same for all."""
    count = len(optimizer.param_groups)
    if not isinstance(given, (list, tuple)):
        return [given] * count
    if len(given) != count:
        raise DataError(
            f"{owner}: {name} has {len(given)} entries, the optimizer has {count} parameter groups.",
            "Each group has a rate of its own, so a list needs one entry for each.",
            f"Write one {name} for all, or a list of {count}.",
        )
    return list(given)


def checked_number(owner: str, name: str, given: Any, least: float, write: float) -> float:
    """A setting as a float, if it is a number and not below `least`."""
    if isinstance(given, bool) or not isinstance(given, Real) or not least <= float(given) < float("inf"):
        raise DataError(
            f"{owner}: {name}={given!r} is no number of at least {least:g}.",
            "Learning rates are multiplied by such numbers, and none may be negative.",
            f"Write for example {name}={write:g}.",
        )
    return float(given)


def checked_count(owner: str, name: str, given: Any) -> int:
    """A setting that counts steps."""
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)) or given < 1:
        raise DataError(
            f"{owner}: {name}={given!r} is no positive whole number.",
            "It counts calls of step(): epochs or batches, as you choose.",
            f"Write for example {name}=30.",
        )
    return int(given)


def checked_milestones(owner: str, given: Sequence[int]) -> list[int]:
    """Steps in increasing order."""
    milestones = list(given) if isinstance(given, (Sequence, np.ndarray)) else [None]
    whole = all(isinstance(m, (int, np.integer)) and not isinstance(m, bool) and m >= 0 for m in milestones)
    if not whole or milestones != sorted(milestones):
        raise DataError(
            f"{owner}: milestones={given!r} are no whole numbers in increasing order.",
            "They are the steps at which the rate changes, counted from 0.",
            "Write for example milestones=[30, 80].",
        )
    return [int(m) for m in milestones]


def no_optimizer(owner: str, found: Any) -> DataError:
    """For a schedule of something that has no rates to set."""
    what = "an optimizer without parameters" if isinstance(found, Optimizer) else type(found).__name__
    return DataError(
        f"{owner} was given {what}.",
        "A schedule sets the learning rate of each parameter group of an optimizer.",
        f"Write {owner}(tg.optim.SGD(model.parameters(), lr=0.1), ...).",
    )


def fits(key: str, x: Any) -> bool:
    """Whether this may stand under its name: a number of steps, or a rate."""
    return not shape_of(x) and 0.0 <= x < inf and (x % 1 == 0 or not key.endswith("last_epoch"))


def misfit(owner: str, mine: Mapping[str, Any], state: Mapping[str, Any], wrong: Sequence[str] = ()) -> DataError:
    """For the state of another schedule."""
    missing = [f"{key} is missing" for key in mine if key not in state]
    extra = [f"{key} is unexpected" for key in state if key not in mine]
    impossible = [f"{key} is {state[key]}" for key in wrong]
    return DataError(
        f"This state does not fit the {owner}: {'; '.join((missing + extra + impossible)[:6])}.",
        "A state says where a schedule was; it continues a schedule of the same kind, for as many parameter groups.",
        f"Make the {owner} as it was made before saving, and load the state then.",
    )
