"""A callback: called by `fit` at certain moments, to look at the run, to note things, or to end it.

>>> import numpy as np
>>> from tinygrad_edu.nn import Linear
>>> from tinygrad_edu.train import fit
>>> class Printing(Callback):
...     def on_epoch(self, event):
...         print(f"epoch {event.epoch}: loss {event.loss:.3f}")
>>> line = Linear(1, 1, rng=np.random.default_rng(0))
>>> history = fit(line, ([[0.0], [1.0]], [[1.0], [3.0]]), "mse", "sgd", 2, lr=0.5, callbacks=[Printing()])
epoch 1: loss 6.143
epoch 2: loss 0.639
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import DataError
from .event import Event


class Callback:
    """Base of all callbacks; a subclass overrides the moments it is interested in.

    A plain function of an event is a callback, too: it is called after every epoch.
    """

    last = False  # whether it wants to be called after all others

    def on_start(self, event: Event) -> None:
        """Before the first epoch, and before the first one of a resumed run."""

    def on_batch(self, event: Event) -> None:
        """After each backward pass and before the step: parameters, gradients and `event.loss` belong together."""

    def on_epoch(self, event: Event) -> None:
        """After each epoch, when its row stands in the history and the schedule has set the next rate."""

    def on_end(self, event: Event) -> None:
        """After the last epoch, also of a run that was stopped or interrupted; not after an error."""

    def state_dict(self) -> dict[str, Any]:
        """What it has to remember in a resumed run: numbers, texts, arrays, and lists and dicts of them."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on with what `state_dict` gave; called after `on_start`."""


class AfterEpochs(Callback):
    """A plain function as a callback."""

    def __init__(self, function: Callable[[Event], Any]):
        self.function = function

    def on_epoch(self, event: Event) -> None:
        self.function(event)


def checked_callbacks(given: Any) -> list[Callback]:
    """All callbacks, functions wrapped, in the order given.

    raises   DataError for what cannot be called
    """
    listed = given if isinstance(given, Sequence) else [given]
    for thing in listed:
        if isinstance(thing, type) or not (isinstance(thing, Callback) or callable(thing)):
            name = thing.__name__ if isinstance(thing, type) else repr(thing)
            raise DataError(
                f"fit: {name} is {'a class' if isinstance(thing, type) else 'no callback'}.",
                "A callback is a function of one event, or an object of a class such as EarlyStopping.",
                f"Write callbacks=[{name}(...)]." if isinstance(thing, type)
                else "Write callbacks=[lambda event: print(event.epoch, event.loss)].",
            )  # fmt: skip
    return [thing if isinstance(thing, Callback) else AfterEpochs(thing) for thing in listed]
