"""Where a value was made: the file and line of the user's program, noted as the value is computed.

>>> from tinygrad_edu import Value
>>> x = Value(2.0)
>>> with recording_places():
...     y = x * x
>>> place_of(y).text
'y = x * x'
>>> place_of(x) is None  # it was made before
True
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Callable
from itertools import islice
from types import CodeType, FrameType
from typing import Any

import numpy as np

from .modes import Watcher, watchers

OURS = (os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep, os.path.dirname(np.__file__) + os.sep)
PYTHON = ("<frozen ", "<__array_function__")  # the interpreter's own machinery, which nobody looks for mistakes in

foreign: dict[str, bool] = {}  # file name -> whether it is the user's: asked for every frame, so it is kept
known: dict[tuple[int, int], Place] = {}  # one Place per point of the program, however often it is passed


class Place:
    """A point of the user's program.

    file, line   as Python knows them; a notebook's file is its cell
    function     the function it is in, '<module>' outside of any
    text         the line as it is written, '' where it cannot be read
    code         the part of it that made the value: 'log(p)' in 'loss = -log(p).sum()' (3.11 and later, else all of it)
    """

    __slots__ = ("file", "function", "line", "program", "step")

    def __init__(self, file: str, line: int, function: str, program: CodeType, step: int):
        self.file, self.line, self.function = file, line, function
        self.program, self.step = program, step  # also kept so that its id stays its own

    @property
    def text(self) -> str:
        """The line as it is written."""
        return linecache.getline(self.file, self.line).strip()

    @property
    def code(self) -> str:
        """The expression that made the value, as it is written; the whole line where Python does not say more."""
        line = linecache.getline(self.file, self.line)
        if hasattr(self.program, "co_positions"):
            first, last, start, end = next(islice(self.program.co_positions(), self.step // 2, None))
            if first == last == self.line and start is not None and end is not None:
                return line.encode()[start:end].decode(errors="replace").strip()  # Python counts bytes
        return line.strip()

    def __str__(self) -> str:
        cell = os.path.basename(os.path.dirname(self.file)).startswith("ipykernel_") or "ipython-input" in self.file
        return f"notebook cell, line {self.line}" if cell else f"{shortest(self.file)}:{self.line}"

    def __repr__(self) -> str:
        return f"Place({str(self)!r}, {self.code!r})"


class recording_places(Watcher):
    """Inside it, every result notes where in the user's program it was made; `place_of` tells.

    >>> from tinygrad_edu import Value
    >>> with recording_places():
    ...     y = Value(2.0).exp() + 1
    >>> place_of(y).code, place_of(y.inputs[0]).code
    ('Value(2.0).exp() + 1', 'Value(2.0).exp()')
    """

    def computing(self, step: Callable[..., Any], *stated: Any) -> Any:
        """The operation's result, with its place."""
        node = step(*stated)
        if type(node) is type(stated[0]):  # and no other reader's
            node.place = here(sys._getframe(1))
        return node

    def pulling(self, step: Callable[..., Any], *stated: Any) -> Any:
        """A recorded backward pass computes values too; they belong to the line that asked for the derivative."""
        with recording_places():
            return step(*stated)

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        if not watchers:
            known.clear()  # values keep their places themselves


def place_of(value: Any) -> Place | None:
    """Where the value was made, if that was inside `recording_places()` or `tg.debug()` and it is a result.

    >>> place_of(3.0) is None
    True
    """
    return getattr(value, "place", None)


def here(frame: FrameType | None) -> Place | None:
    """The nearest place outside this package and NumPy, seen from a frame."""
    while frame is not None and not users(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None:
        return None
    key = id(frame.f_code), frame.f_lasti
    place = known.get(key)
    if place is None:
        code = frame.f_code
        place = known[key] = Place(code.co_filename, frame.f_lineno, code.co_name, code, frame.f_lasti)
    return place


def users(file: str) -> bool:
    """Whether this is a file of the user's, and not of this package, NumPy or the interpreter."""
    yes = foreign.get(file)
    if yes is None:
        yes = foreign[file] = not file.startswith(PYTHON) and not os.path.abspath(file).startswith(OURS)
    return yes


def shortest(file: str) -> str:
    """The file relative to the working directory, if it is below it; its name alone if not.

    >>> shortest(os.path.abspath("train.py")), shortest("<stdin>")
    ('train.py', '<stdin>')
    """
    if file.startswith("<"):
        return file
    below = os.path.abspath(file).startswith(os.getcwd() + os.sep)
    return os.path.relpath(file) if below else os.path.basename(file)
