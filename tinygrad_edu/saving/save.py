"""tg.save: numbers, arrays and text into a file that is there whole or not at all, and holds nothing that runs.

>>> import tempfile
>>> import numpy as np
>>> from tinygrad_edu.nn import Linear
>>> with tempfile.TemporaryDirectory() as folder:
...     save(f"{folder}/line.npz", Linear(2, 1, rng=np.random.default_rng(0)), extra={"epoch": 3})
...     sorted(np.load(f"{folder}/line.npz"))
['__metadata__', 'bias', 'weight']
"""

from __future__ import annotations

import os
from typing import Any

from ..errors import DataError
from .messages import SUFFIXES, no_path, other_suffix
from .npz_file import write_npz
from .safetensors_file import package, write_safetensors
from .saved import Saved, to_file
from .targets import state_of
from .whole_file import write_whole


def save(
    path: str | os.PathLike[str],
    model: Any = None,
    *,
    optimizer: Any = None,
    schedule: Any = None,
    extra: Any = None,
) -> None:
    """Write a model and what its training needs to a file. A crash leaves the old file as it was.

    path        ends in .npz (NumPy's; np.load reads it) or .safetensors (PyTorch's world; needs the package)
    model       a Module, by the names of its state_dict, which are PyTorch's; or a Value; or a dict or list of Values
                and arrays
    optimizer, schedule   what has a state_dict(); their numbers and arrays are saved
    extra       numbers, text, None, arrays, and lists, tuples and dicts of them: the epoch, a history, a generator's
                rng.bit_generator.state
    raises      DataError for what a file cannot hold; FileAccessError (an OSError) where the system refuses;
                SavingError without the package safetensors
    format      arrays keep their dtype, shape and every bit (in files: least byte first); everything else is JSON in
                the array "__metadata__" of a .npz, or in the metadata of a .safetensors. Nothing is pickled.

    >>> import tempfile, os
    >>> from tinygrad_edu.engine.value import Value
    >>> from tinygrad_edu.saving.load import load
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "numbers.npz")
    ...     save(path, {"w": Value([1.0, 2.0])}, extra={"epoch": 3, "name": "first"})
    ...     load(path)
    Saved(model={'w': (2,)}, extra={'epoch': 3, 'name': 'first'})
    """
    path = checked_path(path)
    if path.endswith(".safetensors"):
        package()
    saved = Saved(
        {} if model is None else state_of(model),
        state_dict_of("optimizer", optimizer),
        state_dict_of("schedule", schedule),
        extra,
    )
    arrays, notes = to_file(saved)
    write = write_safetensors if path.endswith(".safetensors") else write_npz
    write_whole(path, lambda file: write(file, arrays, notes))


def checked_path(path: Any) -> str:
    """The path as text, if its end says a kind of file."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise no_path(path)
    path = os.fspath(path)
    if not path.endswith(SUFFIXES) or "\0" in path:
        raise other_suffix(path)
    return path


def state_dict_of(kind: str, owner: Any) -> Any:
    """What an optimizer or a schedule says about itself."""
    if owner is None:
        return None
    if not hasattr(owner, "state_dict") or not hasattr(owner, "load_state_dict"):
        raise DataError(
            f"{kind}= was given a {type(owner).__name__}.",
            f"The numbers of {kind} are what its state_dict() returns, and it has none.",
            f"Write {kind}={kind}, the object itself; put other things into extra={{...}}.",
        )
    return owner.state_dict()
