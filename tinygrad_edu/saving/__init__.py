"""Files that hold models, optimizers, schedules and notes: written whole or not at all, read with suspicion."""

from .load import load
from .messages import FileAccessError, FileContentError, SavingError
from .save import save
from .saved import Saved

__all__ = ["save", "load", "Saved", "SavingError", "FileAccessError", "FileContentError"]
