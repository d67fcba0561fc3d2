"""A film of the training: `tg.film_training`, recorded while `fit` runs."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from .callback import Callback
from .event import Event

if TYPE_CHECKING:
    from ..training_film.recording import TrainingFilm


class Film(Callback):
    """Record a frame of the film after every epoch, or at every few steps.

    path       where the page is saved when the run ends; None to call `.film.save("training.html")` oneself
    steps      None for a frame after each epoch, with the numbers of its row of the history as curves and the
               gradients of its last batch; or a number n: a frame at each n-th step, with weights, gradients and
               loss of the same moment
    x, y       the points (n, 2) and classes for the decision boundary; the training data's if it has two columns
    settings   title, names, boundary, extent, frames, classes, answer, as for `tg.film_training`
    film       the film, once the run has begun; a resumed run begins a new one
    raises     DataError for impossible steps, and what `tg.film_training` raises

    >>> from tinygrad_edu.nn import MLP
    >>> from tinygrad_edu.train import fit
    >>> xor = ([[0, 0], [0, 1], [1, 0], [1, 1]], [[0.0], [1.0], [1.0], [0.0]])
    >>> film = Film(title="XOR")
    >>> net = MLP(2, [4, 1], hidden="tanh", output="sigmoid")
    >>> history = fit(net, xor, "binary_cross_entropy", "adam", 20, lr=0.05, callbacks=[film])
    >>> film.film
    <film of 20 epochs, 20 of them kept; .save('training.html')>
    """

    film: TrainingFilm

    def __init__(
        self, path: str | PathLike[str] | None = None, steps: int | None = None, x: Any = None, y: Any = None,
        **settings: Any,
    ):  # fmt: skip
        if steps is not None and (isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 1):
            raise DataError(
                f"Film: steps={steps!r} is no number of steps.",
                "It says how many steps lie between two frames.",
                "Write steps=1 for a frame of every step, or leave it out for one of every epoch.",
            )
        self.path = None if path is None else Path(path)
        self.steps, self.points, self.settings = steps, (x, y), settings

    def on_start(self, event: Event) -> None:
        from ..saving.whole_file import check_folder
        from ..training_film.recording import film_training

        if self.path is not None:
            check_folder(str(self.path))
        x, y = self.points
        if x is None and event.points is not None and np.shape(event.points[0])[1:] == (2,):
            x, y = event.points
            y = np.reshape(y, len(y)) if np.size(y) == len(y) else None
        unit = "epoch" if self.steps is None else "step"
        self.film = film_training(event.model, x, y, unit=unit, **self.settings)

    def on_batch(self, event: Event) -> None:
        if self.steps is not None and (event.step - 1) % self.steps == 0:
            self.film.frame(event.step, loss=event.loss)

    def on_epoch(self, event: Event) -> None:
        if self.steps is None:
            curves = {name: x for name, x in event.row.items() if name not in ("rate", "seconds")}
            self.film.frame(event.epoch, **curves)

    def on_end(self, event: Event) -> None:
        if self.path is not None and self.film.reel.count:
            self.film.save(self.path)
