"""StepLR: the rate falls by a factor every so many steps.

lr(t) = base · γ^⌊t / step_size⌋
"""

from __future__ import annotations

from ..optimizer import Optimizer
from .schedule import LRScheduler, checked_count, checked_number


class StepLR(LRScheduler):
    """The rate is multiplied by gamma after every step_size steps.

    optimizer    whose rates are set
    step_size    how many steps a rate is kept
    gamma        γ, the factor
    raises       DataError for a step_size that counts nothing or a negative gamma

    >>> from tinygrad_edu.engine import Value
    >>> from tinygrad_edu.optim import SGD
    >>> StepLR(SGD([Value(1.0)], lr=1.0), step_size=30, gamma=0.5).rate(60, 1.0)
    0.25
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1):
        self.step_size = checked_count("StepLR", "step_size", step_size)
        self.gamma = checked_number("StepLR", "gamma", gamma, 0.0, 0.1)
        super().__init__(optimizer, last_epoch)

    def rate(self, t: int, base: float) -> float:
        return base * self.gamma ** (t // self.step_size)
