"""LinearLR: the rate grows (or falls) along a straight line, then stays. The usual warm-up.

    lr(t) = base · (start + (end − start) · min(t, total_iters) / total_iters)

At the beginning Adam's averages know little and the gradients are large: small steps until that has passed.
"""

from __future__ import annotations

from ..optimizer import Optimizer
from .schedule import LRScheduler, checked_count, checked_number


class LinearLR(LRScheduler):
    """From start_factor · base to end_factor · base in total_iters steps.

    optimizer                  whose rates are set
    start_factor, end_factor   of the base rate; a start of 0 would waste the first step and is refused
    total_iters                how many steps it takes
    raises                     DataError for a factor out of range, or total_iters that count nothing
    source                     Goyal et al., Accurate, Large Minibatch SGD (2017), section 2.2

    >>> from tinygrad_edu.engine import Value
    >>> from tinygrad_edu.optim import SGD
    >>> schedule = LinearLR(SGD([Value(1.0)], lr=1.0), start_factor=0.5, total_iters=4)
    >>> [schedule.rate(t, 1.0) for t in range(6)]
    [0.5, 0.625, 0.75, 0.875, 1.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ):
        self.start_factor = checked_number("LinearLR", "start_factor", start_factor, 5e-324, 0.1)
        self.end_factor = checked_number("LinearLR", "end_factor", end_factor, 0.0, 1.0)
        self.total_iters = checked_count("LinearLR", "total_iters", total_iters)
        super().__init__(optimizer, last_epoch)

    def rate(self, t: int, base: float) -> float:
        done = min(t, self.total_iters) / self.total_iters
        return base * (self.start_factor + (self.end_factor - self.start_factor) * done)
