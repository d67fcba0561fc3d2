"""`fit`: the training loop that everybody writes, with what everybody forgets.

    for each epoch, for each batch:   zero the gradients, predict, loss, backward, step

It shuffles, switches between training and evaluation, measures, notes, shows how far it is, stops before nan gets into
the parameters, gives back what was learned when it is interrupted, and goes on later as if it had never been.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np

from ..data.seeds import generator
from ..nn.module import Module
from ..optim.clipping import checked
from ..optim.lr_scheduler.schedule import LRScheduler
from ..optim.optimizer import Optimizer
from .callback import Callback, checked_callbacks
from .choosing import checked_epochs, checked_model, loss_of, optimizer_of, schedule_of
from .event import Event
from .feeding import feed_of
from .gradients import Recorded, Written
from .history import History
from .measuring import metrics_of
from .progress import Progress
from .randomness import give_generators
from .run import Run


def fit(
    model: Module,
    data: Any,
    loss: str | Callable[[Any, Any], Any],
    optimizer: Optimizer | str,
    epochs: int,
    *,
    lr: float | None = None,
    batch_size: int | None = 32,
    validation: Any = None,
    metrics: str | Callable[[Any, Any], Any] | Iterable[Any] | Mapping[str, Any] = (),
    schedule: LRScheduler | Callable[[Optimizer], LRScheduler] | None = None,
    schedule_every: str = "epoch",
    callbacks: Callback | Callable[[Event], Any] | Sequence[Any] = (),
    rng: int | np.random.Generator | None = 0,
    progress: bool | None = None,
    clip: float | None = None,
    compile: bool = False,
    resume: str | PathLike[str] | bool | None = None,
) -> History:
    """Train the model; returns the history, one row per epoch.

    data             (x, y), arrays or lists with one sample per row, shuffled anew in every epoch; or an iterable of
                     batches (x, y); or a function that returns one, called in every epoch, with the generator of
                     the shuffling if it takes an argument. float64 data of a float32 model is converted
    loss             a name of tg.losses, "mse", "cross_entropy", or a function (prediction, target) → one number
    optimizer        an optimizer of the model's parameters; or a name, "sgd", "adam", with the learning rate lr
    epochs           how often to go through the data, in all: a resumed run takes only those that are missing
    batch_size       samples per step, of data in arrays; None for all of them, in their order
    validation       data to measure after every epoch, without learning from it
    metrics          "accuracy", functions (prediction, target) → number, or a dict of them by name
    schedule         of the learning rate: a schedule, or a function of the optimizer that makes one
    schedule_every   "epoch" or "batch": when it takes its steps
    callbacks        functions of an `Event`, called after each epoch; EarlyStopping, Checkpoint, Film, or a `Callback`
    rng              a seed or a generator: it decides the order of the samples, and the draws of layers that have no
                     seeded generator of their own
    progress         True or False for a bar, with the last epoch's numbers, those of the validation behind a stroke;
                     None for one if stderr is a terminal
    clip             the length to which all gradients together are cut
    compile          True to let `tg.compile` write prediction, loss and gradients down once, for each shape of a batch:
                     the same numbers up to rounding, small networks of layers on arrays in about half the time. Models
                     that decide by their numbers, hooks, and layers of your own that draw or note something are refused
    resume           a checkpoint to go on from, or True for that of the Checkpoint in callbacks; while there is no
                     such file yet, the run begins at the beginning
    raises           NonFiniteError if the loss or a gradient is nan or infinite: the message is that of `tg.debug()`,
                     the model keeps its finite parameters, and error.history what came before.
                     DataError, ShapeError, UnknownNameError for what cannot be trained, before anything is changed

    Ctrl-C ends the run early, with a history of what was learned so far. Afterwards the model is in evaluation mode.

    >>> import numpy as np
    >>> from tinygrad_edu.nn import MLP
    >>> rng = np.random.default_rng(0)
    >>> x = rng.uniform(-1.0, 1.0, (200, 2))
    >>> from tinygrad_edu.optim.lr_scheduler import CosineAnnealingLR
    >>> inside = (x**2).sum(axis=1, keepdims=True) < 0.5
    >>> net = MLP(2, [8, 1], hidden="tanh", rng=rng)
    >>> history = fit(net, (x, inside), "binary_cross_entropy_with_logits", "adam", 40, lr=0.1, metrics="accuracy",
    ...     schedule=lambda optimizer: CosineAnnealingLR(optimizer, T_max=40))
    >>> history.last("accuracy") > 0.95
    True
    """
    checked_model(model)
    if clip is not None:
        checked("fit", "clip", clip, math.inf)
    chosen = loss_of(loss)
    total = checked_epochs(epochs)
    precision = precision_of(model)
    feed = feed_of("training data", data, batch_size, precision)
    checks = None if validation is None else feed_of("validation data", validation, batch_size, precision)
    measured = metrics_of(metrics, chosen)
    watching = checked_callbacks(callbacks)
    root = generator(rng)
    taking = optimizer_of(model, optimizer, lr)
    rates = schedule_of(schedule, schedule_every, taking)
    give_generators(model, root)
    event = Event(model, taking, rates, total)
    event.points = feed.points
    gradients = Written if compile else Recorded
    run = Run(event, chosen, feed, checks, measured, schedule_every, watching, root, clip, gradients)
    return trained(run, resume, progress)


def trained(run: Run, resume: Any, progress: bool | None) -> History:
    """The run, from where it begins to its end."""
    event = run.event
    remembered: list[Any] = []
    if resume:
        from . import resuming

        remembered = resuming.read(run, resume)
    for callback in run.callbacks:
        callback.on_start(event)
    if remembered:
        resuming.remind(run, remembered)
    try:
        with Progress(progress, event.epochs, run.feed.count, event.epoch) as bar:
            run.go_on(bar)
    except KeyboardInterrupt:
        event.history.stopped = f"interrupted in epoch {event.epoch} of {event.epochs}, batch {event.batch}"
        print(f"fit was {event.history.stopped}; the model keeps what it has learned so far.", file=sys.stderr)
    finally:
        event.model.eval()
    for callback in run.callbacks:
        callback.on_end(event)
    return event.history


def precision_of(model: Module) -> Any:
    """The precision that all the model's arrays have in common; None if they have none."""
    kinds = {p.dtype for p in model.parameters() if p.shape}
    return kinds.pop() if len(kinds) == 1 else None
