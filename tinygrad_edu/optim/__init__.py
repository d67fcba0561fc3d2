"""Optimizers: one per file, all with `step()` and `zero_grad()`; gradient clipping; schedules in `lr_scheduler`.

>>> from tinygrad_edu.engine import Value
>>> p = Value(3.0)
>>> optimizer = SGD([p], lr=0.25)
>>> (p * p).backward()
>>> optimizer.step()
>>> p
Value(1.5, grad=6.0)
"""

import typing

from ..doors import later as _later
from .optimizer import Optimizer
from .sgd import SGD

if typing.TYPE_CHECKING:
    from . import lr_scheduler as lr_scheduler
    from .adagrad import Adagrad
    from .adam import Adam
    from .adamw import AdamW
    from .clipping import clip_grad_norm_, clip_grad_value_
    from .lbfgs import LBFGS
    from .lion import Lion
    from .rmsprop import RMSprop

_LATER = {  # name -> where it is: loaded when it is asked for
    "Adagrad": "adagrad",
    "RMSprop": "rmsprop",
    "Adam": "adam",
    "AdamW": "adamw",
    "Lion": "lion",
    "LBFGS": "lbfgs",
    "clip_grad_norm_": "clipping",
    "clip_grad_value_": "clipping",
    "lr_scheduler": "lr_scheduler",
}

__getattr__, __dir__ = _later(__name__, _LATER)


__all__ = [
    "Optimizer",
    "SGD",
    "Adagrad",
    "RMSprop",
    "Adam",
    "AdamW",
    "Lion",
    "LBFGS",
    "clip_grad_norm_",
    "clip_grad_value_",
    "lr_scheduler",
]
