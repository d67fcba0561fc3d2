"""Tables of your own: numbers in a text file, one sample per line."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

import numpy as np

from ..errors import DataError


def read_csv(
    path: str | PathLike[str], target: int | str | None = -1, *, delimiter: str = ",", dtype: type = float
) -> tuple[np.ndarray, np.ndarray] | np.ndarray:
    """The table in a file, as inputs and targets.

    target      the column of what is to be learned: its number, or its name in the first line; None: there is none
    delimiter   what stands between two columns
    returns     x (rows, columns − 1) and y (rows,); the whole table without a target
    raises      DataError naming the line of what is no number, or a column that is not there

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "people.csv")
    ...     _ = file.write_text("height,weight,sex\\n170,65,1\\n180,80,0\\n")
    ...     x, y = read_csv(file, "sex")
    >>> x.tolist(), y.tolist()
    ([[170.0, 65.0], [180.0, 80.0]], [1.0, 0.0])
    """
    lines = Path(path).read_text("utf-8-sig").splitlines()
    numbered = [(k, line) for k, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")]
    if not numbered:
        raise DataError(f"{path} has no line with numbers.", "There is nothing to learn from.", "Check the path.")
    first = [cell.strip() for cell in numbered[0][1].split(delimiter)]
    names = [] if all(map(_is_number, first)) else first
    rows = numbered[1:] if names else numbered
    table: np.ndarray = np.empty((len(rows), len(first)), dtype)
    for row, (k, line) in zip(table, rows):
        cells = [cell.strip() for cell in line.split(delimiter)]
        if len(cells) != len(first) or not all(map(_is_number, cells)):
            wrong = next((cell for cell in cells if not _is_number(cell)), None)
            raise DataError(
                f"{path}, line {k}: {f'{wrong!r} is no number' if wrong is not None else f'{len(cells)} columns'}.",
                f"Every line has {len(first)} numbers, with {delimiter!r} between them; only the first may hold names.",
                "Correct that line, or leave it out.",
            )
        row[:] = cells
    if target is None:
        return table
    column = _column(target, names, len(first), path)
    return np.delete(table, column, axis=1), table[:, column].copy()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _column(target: int | str, names: list[str], count: int, path: object) -> int:
    """The column of this number or name."""
    if isinstance(target, str) and target in names:
        return names.index(target)
    if isinstance(target, int) and -count <= target < count:
        return target % count
    there = ", ".join(names) if names else f"columns 0 to {count - 1}, without names"
    raise DataError(f"{path} has no column {target!r}.", f"There are: {there}.", "Write target= one of them, or None.")
