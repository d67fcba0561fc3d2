"""LambdaLR: the rate as any function of the step.

lr(t) = base · λ(t)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...errors import DataError
from ..optimizer import Optimizer
from .schedule import LRScheduler, per_group


class LambdaLR(LRScheduler):
    """The base rate times a function of the step.

    optimizer    whose rates are set
    lr_lambda    a function from the step 0, 1, 2, … to a factor; or a list of them, one per parameter group
    raises       DataError for what is no function, and for a list of another length

    >>> from tinygrad_edu.engine import Value
    >>> from tinygrad_edu.optim import SGD
    >>> schedule = LambdaLR(SGD([Value(1.0)], lr=1.0), lambda t: 1 / (1 + t))
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float] | list[Any], last_epoch: int = -1):
        for f in lr_lambda if isinstance(lr_lambda, (list, tuple)) else [lr_lambda]:
            if not callable(f):
                raise DataError(
                    f"LambdaLR: lr_lambda={f!r} is no function.",
                    "It is called with the number of the step and returns a factor for the learning rate.",
                    "Write LambdaLR(optimizer, lambda t: 0.95**t).",
                )
        self.lr_lambda = lr_lambda
        super().__init__(optimizer, last_epoch)

    def rates(self, t: int) -> list[float]:
        functions = per_group("LambdaLR", "lr_lambda", self.lr_lambda, self.optimizer)
        return [base * f(t) for base, f in zip(self.base_lrs, functions)]
