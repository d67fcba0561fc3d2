"""Measuring a model: metrics by name, and means over all samples of an epoch.

>>> means = Means()
>>> means.add("loss", 1.0, samples=30)
>>> means.add("loss", 4.0, samples=10)  # a shorter last batch counts less
>>> means.row()
{'loss': 1.75}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import unknown_name
from ..losses.binary_cross_entropy import binary_cross_entropy, binary_cross_entropy_with_logits
from ..losses.hinge import hinge
from ..metrics.accuracy import accuracy
from ..protocols.modes import no_grad
from .feeding import Feed, samples_in
from .messages import metric_twice, no_loss, no_metric, taken_metric

Metric = Callable[[Any, Any], Any]
NAMES = ("accuracy",)
THRESHOLDS = [(binary_cross_entropy, 0.5), (binary_cross_entropy_with_logits, 0.0), (hinge, 0.0)]
COLUMNS = ("loss", "rate", "seconds")  # of the history


class Means:
    """Means of several numbers over the samples of several batches."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.counts: dict[str, int] = {}

    def add(self, name: str, x: float, samples: int) -> None:
        """One batch: its own mean, and how many samples it has."""
        self.sums[name] = self.sums.get(name, 0.0) + x * samples
        self.counts[name] = self.counts.get(name, 0) + samples

    def row(self) -> dict[str, float]:
        """The means, by name."""
        return {name: total / self.counts[name] for name, total in self.sums.items()}


def metrics_of(given: Any, loss: Any) -> dict[str, Metric]:
    """Name → function (prediction, target), from a name, a function, several of them, or a dict.

    loss     decides where 'accuracy' draws the line between no and yes: logits at 0, probabilities at 0.5
    raises   UnknownNameError for a name that does not exist, DataError for a name that is taken

    >>> list(metrics_of("accuracy", None))
    ['accuracy']
    """
    if not isinstance(given, Mapping):
        listed = list(given) if isinstance(given, (list, tuple, set)) else [given]
        names = [name_of(thing, k) for k, thing in enumerate(listed)]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise metric_twice(twice)
        given = dict(zip(names, listed))
    found: dict[str, Metric] = {}
    for name, thing in given.items():
        if isinstance(thing, str) and thing == "accuracy":
            threshold = next((line for of, line in THRESHOLDS if of is loss), None)
            thing = lambda prediction, target, at=threshold: accuracy(prediction, target, at)  # noqa: E731
        if isinstance(thing, str) or not callable(thing):
            raise unknown_name("metric", thing, NAMES)
        if name in COLUMNS or str(name).startswith("validation_"):
            raise taken_metric(name)
        found[str(name)] = thing
    return found


def name_of(thing: Any, k: int) -> str:
    """What a metric's column is called."""
    name = thing if isinstance(thing, str) else getattr(thing, "__name__", "<lambda>")
    return f"metric_{k + 1}" if name == "<lambda>" else name


def measure(metrics: Mapping[str, Metric], prediction: Any, y: Any, means: Means) -> None:
    """Add what each metric says to a batch; it gets plain numbers."""
    if not metrics:
        return
    plain, samples = numbers_of(prediction), samples_in(y)
    for name, metric in metrics.items():
        found = metric(plain, y)
        x = np.asarray(getattr(found, "_held", found))
        if x.ndim or x.dtype.kind not in "fiub":
            raise no_metric(name, f"an array of shape {x.shape}" if x.ndim else repr(found))
        means.add(name, float(x), samples)


def numbers_of(prediction: Any) -> Any:
    """A prediction without its record; of several values, each."""
    if isinstance(prediction, (list, tuple)):
        return type(prediction)(map(numbers_of, prediction))
    return prediction.data if type(prediction) is Value else prediction


def height_of(loss: Any, owner: str) -> float:
    """The number of a loss, if it is one that a gradient can start from.

    raises   ShapeError for an array, DataError for what is no Value
    """
    if type(loss) is Value and type(loss._held) is float:
        return loss._held
    held = loss._held if type(loss) is Value else loss
    raise no_loss(owner, loss, np.shape(held) if held is not None else ())


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Inside, the model is in evaluation mode and nothing is recorded; afterwards each part is as it was."""
    before = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        with no_grad(), np.errstate(all="ignore"):  # an infinite loss is written down, and no reason to stop
            yield
    finally:
        for part, training in before:
            part.training = training


def evaluated(model: Any, feed: Feed, loss: Any, metrics: Mapping[str, Metric], epoch: int) -> dict[str, float]:
    """The mean loss and metrics over a data set, as columns validation_loss, validation_accuracy, …"""
    means = Means()
    with evaluating(model):
        for x, y in feed.epoch(None, epoch):
            prediction = model(x)
            found = loss(prediction, y)
            height = found if type(found) is float else height_of(found, "the loss of the validation data")
            means.add("loss", height, samples_in(y))
            measure(metrics, prediction, y, means)
    return {f"validation_{name}": x for name, x in means.row().items()}
