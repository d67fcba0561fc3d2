"""What a network is trained on: a data set by its name, or a table in a file; and which of it is held out.

>>> samples = named("moons", count=100, noise=0.1, rng=np.random.default_rng(0))
>>> samples.x.shape, samples.inputs, samples.classes
((100, 2), ['x1', 'x2'], ['0', '1'])
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..data.adding import adding
from ..data.digits import digits
from ..data.planes import blobs, circles, moons, spirals, xor
from ..errors import unknown_name
from .assignments import InputError
from .caret import quoted
from .table import Table, is_number, read_table

CENTERS = [[-4.0, -2.0], [0.0, 4.0], [4.0, -2.0]]
OF_CLASSES = ("cross_entropy", "binary_cross_entropy_with_logits")
OF_NUMBERS = ("mse", "mae", "huber")
LEAST = 10  # samples: two of them are held out
GUESSED = 10  # whole numbers, of at most so many kinds, are taken for classes
MOST_CLASSES = 100
LARGEST = 1e150  # of a number in a table: its square is finite, too
SMALLEST = 1e-150  # of a difference: its square is not 0


@dataclass(frozen=True)
class Known:
    """A data set with a name, and what solves it: sizes of the hidden layers, epochs, noise and samples."""

    make: Callable[..., tuple[np.ndarray, np.ndarray]]
    layers: list[int]
    epochs: int
    noise: float | None = None  # None: it has none to choose
    count: int | None = 400  # None: it is as large as it is


SETS = {
    "moons": Known(lambda n, noise, rng: moons(n, noise, rng), [8], 100, 0.1),
    "circles": Known(lambda n, noise, rng: circles(n, noise, rng=rng), [8], 100, 0.1),
    "spirals": Known(lambda n, noise, rng: spirals(n, noise, rng=rng), [16, 16], 150, 0.02),
    "xor": Known(lambda n, noise, rng: xor(n, noise, rng), [8], 100, 0.15),
    "blobs": Known(lambda n, noise, rng: blobs(n, CENTERS, noise, rng), [8], 40, 1.0),
    "adding": Known(lambda n, noise, rng: adding(n, rng), [8], 200),
    "digits": Known(lambda n, noise, rng: digits(0.0, rng, float)[0], [32], 30, count=None),
}
OWN = Known(lambda n, noise, rng: (np.empty(0), np.empty(0)), [16], 100, count=None)  # a table


@dataclass(frozen=True)
class Samples:
    """Inputs x (n, width) and targets y (n,): the class of each, counted from 0, or a number.

    inputs, target   what the columns are called
    classes          what the classes are called; None if y is a quantity
    scaled           whether the inputs have units of their own, and have to be brought to a common size
    guessed          whether numbers were taken for classes without having been told so
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    inputs: list[str]
    target: str
    classes: list[str] | None
    scaled: bool
    guessed: bool = False

    def split(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """The rows to learn from, and a fifth that is held out; of each class a fifth, so that none is missing."""
        groups = [np.arange(len(self.y))] if self.classes is None else [np.flatnonzero(self.y == k)
                                                                     for k in range(len(self.classes))]  # fmt: skip
        mixed = [rng.permutation(group) for group in groups]
        held = [round(len(group) / 5) for group in mixed]
        held[int(np.argmax([len(group) for group in mixed]))] += not any(held)
        parts = [(group[count:], group[:count]) for group, count in zip(mixed, held)]
        first, second = (np.concatenate(part) for part in zip(*parts))
        return first, second


def known(data: str) -> Known:
    """What is known about a data set; a path to a file is one's own.

    raises   InputError for a name that is neither
    """
    if data in SETS:
        return SETS[data]
    if Path(data).suffix or "/" in data or "\\" in data or Path(data).exists():
        return OWN
    error = unknown_name("data set", data, SETS)
    raise InputError(error.what, error.why, f"{error.write} Or write the path of a table: people.csv.")


def named(name: str, count: int | None, noise: float | None, rng: np.random.Generator) -> Samples:
    """A data set of this package."""
    x, y = SETS[name].make(count, noise, rng)
    classes = None if y.dtype.kind == "f" else [f"{k}" for k in range(int(y.max()) + 1)]
    kind = "number" if classes is None else "class"
    return Samples(name, x, y, [f"x{k}" for k in range(1, x.shape[1] + 1)], kind, classes, name == "blobs")


def from_table(path: str, target: str | None, loss: str | None) -> Samples:
    """The samples in a file: one column is the target, the others are inputs.

    target   the name or the number of the column; the last one if None
    loss     its name, which says whether the target is a class or a number; None: names, and a few different whole
             numbers, are classes
    raises   InputError for what is no table of numbers, or does not fit the loss
    """
    table = read_table(path)
    if table.width < 2:
        raise InputError(
            f"{path} has one column.", "One is to be learned, and at least one other to learn it from.",
            "Write one sample per line, with commas, semicolons or tabs between the cells.",
        )  # fmt: skip
    if len(table.rows) < LEAST:
        raise InputError(
            f"{path} has {len(table.rows)} row{'s' * (len(table.rows) != 1)} of data.",
            f"A fifth of them is held out to see what was learned; there have to be {LEAST} at least.",
            "Collect more of them.",
        )  # fmt: skip
    at = table.width - 1 if target is None else table.column(target)
    others = [k for k in range(table.width) if k != at]
    x = np.column_stack([table.numbers(k) for k in others])
    y, classes, guessed = targets(table, at, loss)
    for column in (*x.T, y):
        if np.abs(column).max() > LARGEST or 0.0 < np.ptp(column) < SMALLEST:
            above = np.abs(column).max() > LARGEST
            raise InputError(
                f"{path} holds numbers {f'above {LARGEST:g}' if above else f'that differ by less than {SMALLEST:g}'}.",
                f"Their standard deviation would be {'infinite' if above else '0'} to a computer.",
                "Choose another unit for that column.",
            )
    names = [table.names[k] if table.names else f"x{place}" for place, k in enumerate(others, 1)]
    called = table.names[at] if table.names else f"column {at + 1}"
    return Samples(Path(path).stem, x, y, names, called, classes, True, guessed)


def targets(table: Table, at: int, loss: str | None) -> tuple[np.ndarray, list[str] | None, bool]:
    """The targets, the names of their classes (None for a quantity), and whether they were guessed to be classes."""
    cells = table.texts(at)
    numeric = sum(map(is_number, cells))
    if loss in OF_NUMBERS and not numeric:
        raise InputError(
            f"--loss {loss}: column {table.called(at)} of {table.path} holds names, such as {quoted(cells[0])}.",
            "Numbers have distances, which that loss measures; names are classes.",
            "Leave --loss out.",
        )
    if loss in OF_NUMBERS or numeric > len(cells) / 2:
        y = table.numbers(at)  # raises for the first that is none
        kinds = np.unique(y)
        guess = len(kinds) <= min(GUESSED, len(y) // 3) and bool((kinds == np.rint(kinds)).all())
        if loss in OF_NUMBERS or (loss is None and not guess):
            checked_quantity(table, at, len(kinds))
            return y, None, False
        checked_classes(table, at, len(kinds))
        return np.searchsorted(kinds, y), [f"{k:.17g}" for k in kinds], loss is None
    if numeric:
        k = next(k for k, cell in enumerate(cells) if is_number(cell))
        raise InputError(
            f"{table.path}, line {table.lines[k]}: {quoted(cells[k])} in column {table.called(at)} is a number, and "
            "most others are names.",
            "Names are learned as classes, numbers as numbers; a mixture is most likely a mistake in the file.",
            "Correct that line, or leave it out.",
        )  # fmt: skip
    labels = sorted(set(cells))
    checked_classes(table, at, len(labels))
    return np.array([labels.index(cell) for cell in cells]), labels, False


def checked_quantity(table: Table, at: int, count: int) -> None:
    """Raise if a column holds the same number in every row."""
    if count == 1:
        raise InputError(
            f"{table.path}: column {table.called(at)} has the same number in all {len(table.rows)} rows.",
            "There is nothing to be learned.",
            "Choose another column with --target.",
        )


def checked_classes(table: Table, at: int, count: int) -> None:
    """Raise if a column does not sort its rows into classes."""
    if 2 <= count <= min(MOST_CLASSES, len(table.rows) // 2):
        return
    one: Any = count < 2
    raise InputError(
        f"{table.path}: column {table.called(at)} has {count} different value{'s' * (not one)} in "
        f"{len(table.rows)} rows.",
        "There is nothing to be told apart." if one
        else f"A class is something that several samples share, and there may be {MOST_CLASSES}.",
        "Choose another column with --target"
        + ("." if one or not is_number(table.rows[0][at]) else ", or learn it as a number with --loss mse."),
    )  # fmt: skip
