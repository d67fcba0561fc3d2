"""MultiStepLR: the rate falls by a factor at given steps.

lr(t) = base · γ^(number of milestones that are ≤ t)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from ..optimizer import Optimizer
from .schedule import LRScheduler, checked_milestones, checked_number


class MultiStepLR(LRScheduler):
    """The rate is multiplied by gamma at every milestone.

    optimizer    whose rates are set
    milestones   steps in increasing order; the same one twice counts twice
    gamma        γ, the factor
    raises       DataError for milestones out of order or a negative gamma

    >>> from tinygrad_edu.engine import Value
    >>> from tinygrad_edu.optim import SGD
    >>> schedule = MultiStepLR(SGD([Value(1.0)], lr=1.0), milestones=[30, 80], gamma=0.5)
    >>> [schedule.rate(t, 1.0) for t in (29, 30, 80)]
    [1.0, 0.5, 0.25]
    """

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1, last_epoch: int = -1):
        self.milestones = checked_milestones("MultiStepLR", milestones)
        self.gamma = checked_number("MultiStepLR", "gamma", gamma, 0.0, 0.1)
        super().__init__(optimizer, last_epoch)

    def rate(self, t: int, base: float) -> float:
        return base * self.gamma ** bisect_right(self.milestones, t)
