"""Checkpoints: after an epoch, everything that the rest of the run depends on is written to a file.

A machine that goes down then costs the epoch it was in, and nothing else: `fit(..., resume=path)` goes on from the
file, and ends with the very numbers of a run that was never interrupted. The file is written beside the old one and
then takes its name, so that there is a whole file at every moment.
"""

from __future__ import annotations

from os import PathLike

import numpy as np

from ..errors import DataError
from .callback import Callback
from .event import Event


class Checkpoint(Callback):
    """Write a checkpoint after every `every`-th epoch, and after the last one.

    path     the file, .npz or .safetensors; it is replaced each time
    every    how many epochs lie between two checkpoints
    raises   DataError for another kind of file, and for an `every` that is no number of epochs; FileAccessError (an
             OSError) for a folder that is not there, before the first epoch

    >>> import tempfile
    >>> from tinygrad_edu.nn import Linear
    >>> from tinygrad_edu.train import fit
    >>> data = ([[0.0], [1.0]], [[1.0], [3.0]])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/line.npz"
    ...     history = fit(Linear(1, 1), data, "mse", "sgd", 3, lr=0.5, callbacks=[Checkpoint(path)])
    ...     again = fit(Linear(1, 1), data, "mse", "sgd", 5, lr=0.5, resume=path)
    >>> again.epochs, bool((again["loss"][:3] == history["loss"]).all())
    (5, True)
    """

    last = True  # what the other callbacks remember of this epoch belongs into the file

    def __init__(self, path: str | PathLike[str], every: int = 1):
        from ..saving.save import checked_path  # for those who save

        self.path = checked_path(path)
        if isinstance(every, bool) or not isinstance(every, (int, np.integer)) or every < 1:
            raise DataError(
                f"Checkpoint: every={every!r} is no number of epochs.",
                "It says after how many epochs the file is written anew.",
                "Write every=1 for each epoch.",
            )
        self.every = int(every)

    def on_start(self, event: Event) -> None:
        from ..saving.whole_file import check_folder

        check_folder(self.path)

    def on_epoch(self, event: Event) -> None:
        if event.epoch % self.every == 0 or event.epoch == event.epochs or event.stopping:
            event.save(self.path)
