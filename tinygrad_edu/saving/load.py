"""tg.load: what is in a file, into what is given; a file that is damaged or does not fit changes nothing.

>>> import tempfile
>>> from tinygrad_edu.nn import Linear
>>> from tinygrad_edu.saving.save import save
>>> first, second = Linear(2, 1), Linear(2, 1)
>>> with tempfile.TemporaryDirectory() as folder:
...     save(f"{folder}/line.npz", first)
...     load(f"{folder}/line.npz", second)
Saved(model={'weight': (1, 2), 'bias': (1,)})
>>> bool((first.weight.data == second.weight.data).all())
True
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import replace
from typing import Any, BinaryIO

from ..errors import TinygradError
from ..nn.state import Keys
from .messages import FileContentError, damaged, no_access, no_file, not_in_it
from .npz_file import read_npz
from .safetensors_file import package, read_safetensors
from .save import checked_path, state_dict_of
from .saved import Saved, from_file
from .targets import check_writable, give, state_of


def load(
    path: str | os.PathLike[str],
    model: Any = None,
    *,
    optimizer: Any = None,
    schedule: Any = None,
    strict: bool = True,
) -> Saved:
    """Read a file that `tg.save`, NumPy or PyTorch (with safetensors) wrote, into the things that are given.

    path        ends in .npz or .safetensors
    model       a Module, a Value, or a dict or list of Values and arrays, to take over the numbers; dtypes stay its own
    optimizer, schedule   which continue where the saved ones were
    strict      False to load only names that both the model and the file have
    returns     what is in the file: .model (arrays by name), .optimizer, .schedule, .extra; and what strict=False left
                out: .missing_keys, .unexpected_keys
    raises      FileContentError for a file that is damaged, dangerous, or lacks what is asked for; FileAccessError (an
                OSError) where the system refuses; nn.StateError and DataError for what does not fit the file.
                Then nothing was changed: not the model either, when the optimizer does not fit.

    A file is read as data: nothing in it is run, no name in it is used as a path, and no more memory is taken than its
    size allows (compressed .npz files: 100 times as much, and 16 MiB).

    >>> import numpy as np, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/by_numpy.npz", w=np.arange(3.0))
    ...     load(f"{folder}/by_numpy.npz").model
    {'w': array([0., 1., 2.])}
    """
    path = checked_path(path)
    saved = read(path)
    there = [name for name in ("model", "optimizer", "schedule", "extra") if is_there(getattr(saved, name))]
    for kind, owner in (("optimizer", optimizer), ("schedule", schedule)):
        if owner is not None and getattr(saved, kind) is None:
            raise not_in_it(path, kind, there)
    if model is not None and not saved.model and strict and check_writable(model):
        raise not_in_it(path, "model", there)
    undo: list[Callable[[], Any]] = []
    keys = Keys([], [])
    try:
        if model is not None:
            before = {name: x.copy() for name, x in state_of_any(model).items()}
            undo.append(lambda: give(model, before, strict=True))
            keys = give(model, saved.model, strict)
        for kind, owner in (("optimizer", optimizer), ("schedule", schedule)):
            if owner is not None:
                state = state_dict_of(kind, owner)
                undo.append(lambda owner=owner, state=state: owner.load_state_dict(state))  # type: ignore[misc]
                owner.load_state_dict(getattr(saved, kind))
    except BaseException:
        for step in reversed(undo):
            step()
        raise
    return replace(saved, missing_keys=tuple(keys.missing_keys), unexpected_keys=tuple(keys.unexpected_keys))


def is_there(x: Any) -> bool:
    """Whether a file holds this: it is not None, and no empty dict."""
    return x is not None and not (isinstance(x, dict) and not x)


def state_of_any(model: Any) -> dict[str, Any]:
    """The arrays of a model, to go back to."""
    check_writable(model)
    return state_of(model)


def read(path: str) -> Saved:
    """What is in a file."""
    if path.endswith(".safetensors"):
        package()
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise no_file(path)
        with open(path, "rb") as file:
            return content(path, file)
    except TinygradError:
        raise
    except OSError as error:
        raise no_access(path, error, writing=False) from None


def content(path: str, file: BinaryIO) -> Saved:
    """The same for an open file. Whatever the readers raise says one thing: it is not what a file should be."""
    try:
        wanted = read_safetensors if path.endswith(".safetensors") else read_npz
        return from_file(path, *wanted(path, file, os.fstat(file.fileno()).st_size))
    except FileContentError:
        raise
    except Exception as error:
        raise damaged(path, said(error)) from None


def said(error: Exception) -> str:
    """The first words of an error of NumPy's, zipfile's or json's."""
    text = str(error).strip().splitlines()
    words = text[0].rstrip(".") if text else type(error).__name__
    return words[:1].lower() + words[1:120]
