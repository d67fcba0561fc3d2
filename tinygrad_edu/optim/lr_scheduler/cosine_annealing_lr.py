"""CosineAnnealingLR: the rate goes down along half a cosine wave: slowly, then fast, then slowly.

    lr(t) = eta_min + (base − eta_min) · (1 + cos(π · t / T_max)) / 2

After T_max it comes up again, as the wave does.
"""

from __future__ import annotations

import math

from ..optimizer import Optimizer
from .schedule import LRScheduler, checked_count, checked_number


class CosineAnnealingLR(LRScheduler):
    """From the base rate to eta_min in T_max steps, along a cosine.

    optimizer    whose rates are set
    T_max        how many steps it takes
    eta_min      the smallest rate
    raises       DataError for a T_max that counts nothing or a negative eta_min
    source       Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017), equation 5

    >>> from tinygrad_edu.engine import Value
    >>> from tinygrad_edu.optim import SGD
    >>> schedule = CosineAnnealingLR(SGD([Value(1.0)], lr=1.0), T_max=100)
    >>> [round(schedule.rate(t, 1.0), 3) for t in (0, 25, 50, 75, 100)]
    [1.0, 0.854, 0.5, 0.146, 0.0]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1):
        self.T_max = checked_count("CosineAnnealingLR", "T_max", T_max)
        self.eta_min = checked_number("CosineAnnealingLR", "eta_min", eta_min, 0.0, 0.0)
        super().__init__(optimizer, last_epoch)

    def rate(self, t: int, base: float) -> float:
        return self.eta_min + (base - self.eta_min) * (1.0 + math.cos(math.pi * t / self.T_max)) / 2.0
