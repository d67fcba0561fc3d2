"""What fit trains with: the model, the optimizer and the schedule, by name or as they are, checked before any step.

>>> from tinygrad_edu.nn import Linear
>>> optimizer_of(Linear(2, 1), "adam", 0.01).lr
0.01
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import unknown_name
from ..losses.by_name import by_name
from ..nn.module import Module
from ..optim.lr_scheduler.schedule import LRScheduler
from ..optim.optimizer import Optimizer
from .messages import (
    no_epochs,
    no_model,
    no_parameters,
    no_schedule,
    optimizer_class,
    other_parameters,
    rate_twice,
    targets_apart,
)  # fmt: skip

OPTIMIZERS = {  # name -> its class; each is in the file of its name
    "sgd": "SGD", "adagrad": "Adagrad", "rmsprop": "RMSprop", "adam": "Adam", "adamw": "AdamW", "lion": "Lion",
    "lbfgs": "LBFGS",
}  # fmt: skip


def checked_model(model: Any) -> Module:
    """The model, if there is something to be trained.

    raises   DataError for what is no Module, and for one without parameters
    """
    if not isinstance(model, Module):
        raise no_model(model)
    if not model.parameters():
        raise no_parameters(model)
    return model


def checked_epochs(epochs: Any) -> int:
    """The number of epochs.

    raises   DataError for what is no whole number from 1
    """
    if isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 1:
        raise no_epochs(epochs)
    return int(epochs)


def loss_of(given: Any) -> Callable[[Any, Any], Any]:
    """The loss, by its name in `tg.losses`, or the function itself.

    raises   UnknownNameError for a name that does not exist; DataError for targets in its place
    """
    if isinstance(given, (list, tuple, np.ndarray, Value)):
        raise targets_apart(given)
    found: Callable[[Any, Any], Any] = by_name(given)
    return found


def optimizer_of(model: Module, given: Any, lr: float | None) -> Optimizer:
    """The optimizer, made if it was named.

    lr       the learning rate of one that is named; None for its usual one
    raises   UnknownNameError for another name; DataError for an optimizer of other parameters, and for a second rate
    """
    if not isinstance(given, Optimizer):
        if isinstance(given, type) and issubclass(given, Optimizer):
            raise optimizer_class(given.__name__)
        if not isinstance(given, str) or given.lower() not in OPTIMIZERS:
            raise unknown_name("optimizer", given, OPTIMIZERS)
        file = import_module(f"..optim.{given.lower()}", __package__)
        options = {} if lr is None else {"lr": lr}
        made: Optimizer = getattr(file, OPTIMIZERS[given.lower()])(model.parameters(), **options)
        return made
    if lr is not None:
        raise rate_twice(lr)
    mine = set(map(id, model.parameters()))
    strange = sum(id(p) not in mine for p in given.parameters)
    if strange or not given.parameters:
        raise other_parameters(type(given).__name__, strange, len(given.parameters))
    return given


def schedule_of(given: Any, every: str, optimizer: Optimizer) -> LRScheduler | None:
    """The schedule, made if a function of the optimizer was given.

    every    "epoch" or "batch"
    raises   UnknownNameError for another `every`; DataError for what is no schedule of this optimizer
    """
    if every not in ("epoch", "batch"):
        raise unknown_name("schedule_every", every, ("epoch", "batch"))
    if given is None:
        return None
    made = given(optimizer) if callable(given) and not isinstance(given, LRScheduler) else given
    if not isinstance(made, LRScheduler) or made.optimizer is not optimizer:
        raise no_schedule(made, other=isinstance(made, LRScheduler))
    return made
