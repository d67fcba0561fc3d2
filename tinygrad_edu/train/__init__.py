"""Training: one call instead of a loop, and everything it writes down, watches and can be continued from.

>>> from tinygrad_edu.nn import Linear
>>> history = fit(Linear(1, 1), ([[0.0], [1.0]], [[1.0], [3.0]]), "mse", "sgd", epochs=200, lr=0.5)
>>> bool(history["loss"][-1] < 1e-6)
True
"""

from .callback import Callback
from .checkpoint import Checkpoint
from .early_stopping import EarlyStopping
from .event import Event
from .film import Film
from .fit import fit
from .history import History

__all__ = ["Callback", "Checkpoint", "EarlyStopping", "Event", "Film", "History", "fit"]
