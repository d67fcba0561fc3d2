"""Schedules: how the learning rate changes from step to step, one per file, with PyTorch's names.

>>> from tinygrad_edu.engine import Value
>>> from tinygrad_edu.optim import SGD
>>> optimizer = SGD([Value(1.0)], lr=0.8)
>>> schedule = StepLR(optimizer, step_size=2, gamma=0.5)
>>> rates = []
>>> for epoch in range(5):
...     rates += schedule.get_last_lr()
...     optimizer.step()
...     schedule.step()
>>> rates
[0.8, 0.8, 0.4, 0.4, 0.2]
"""

from .cosine_annealing_lr import CosineAnnealingLR
from .lambda_lr import LambdaLR
from .linear_lr import LinearLR
from .multi_step_lr import MultiStepLR
from .one_cycle_lr import OneCycleLR
from .schedule import LRScheduler
from .sequential_lr import SequentialLR
from .step_lr import StepLR

__all__ = [
    "LRScheduler",
    "StepLR",
    "MultiStepLR",
    "CosineAnnealingLR",
    "LinearLR",
    "OneCycleLR",
    "LambdaLR",
    "SequentialLR",
]
