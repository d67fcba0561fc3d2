"""Tables of your own: numbers in a text file, one sample per line."""

from __future__ import annotations

import csv
from os import PathLike
from pathlib import Path

import numpy as np

from ..errors import DataError
from .lines import cells_of, numbered_lines


def read_csv(
    path: str | PathLike[str], target: int | str | None = -1, *, delimiter: str = ",", dtype: type = float
) -> tuple[np.ndarray, np.ndarray] | np.ndarray:
    """The table in a file, as inputs and targets.

    target      the column of what is to be learned: its number, or its name in the first line; None: there is none
    delimiter   what stands between two columns
    returns     x (rows, columns − 1) and y (rows,); the whole table without a target
    raises      DataError naming the line of what is no number, or a column that is not there

    Empty lines and those that begin with # are left out; cells may stand in quotation marks.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "people.csv")
    ...     _ = file.write_text("height,weight,sex\\n170,65,1\\n180,80,0\\n")
    ...     x, y = read_csv(file, "sex")
    >>> x.tolist(), y.tolist()
    ([[170.0, 65.0], [180.0, 80.0]], [1.0, 0.0])
    """
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '\n\r"':
        raise DataError(
            f"read_csv: delimiter={delimiter!r}.",
            "It is the one character that stands between two columns.",
            "Write delimiter=',', ';' or '\\t'.",
        )
    names, rows = _read(path, delimiter)
    width = len(names or rows[0][1])
    table: np.ndarray = np.empty((len(rows), width), dtype)
    number = float if table.dtype.kind == "f" else int  # 1.5 is no whole number, and is not made one
    for numbers, (k, cells) in zip(table, rows):
        wrong = next((cell for cell in cells if not _is_number(cell, number)), None)
        if len(cells) != width or wrong is not None:
            kind = "number" if number is float or wrong is None or not _is_number(wrong) else "whole number"
            raise _no_row(f"{path}, line {k}", cells, wrong, kind, width, delimiter)
        numbers[:] = [number(cell) for cell in cells]
    if target is None:
        return table
    column = _column(target, names, width, path)
    return np.delete(table, column, axis=1), table[:, column].copy()


def _read(path: str | PathLike[str], delimiter: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names in the first line, [] if there are none, and the rows of cells with the numbers of their lines."""
    rows = []
    try:
        for k, line in numbered_lines(Path(path).read_text("utf-8-sig")):
            rows.append((k, cells_of(line, delimiter)))
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path} is no text in UTF-8: byte {error.start} is {error.object[error.start]:#04x}.",
            "Spreadsheets save other encodings, too, in which letters would be read as others.",
            "Save it as CSV in UTF-8.",
        ) from None
    except csv.Error as error:
        raise DataError(
            f"{path}, line {k}: {error}.", "A quotation mark opens a cell, and another one closes it.",
            "Correct that line, or leave it out.",
        ) from None  # fmt: skip
    names = rows[0][1] if rows and not any(map(_is_number, rows[0][1])) else []
    if not rows[bool(names) :]:
        raise DataError(f"{path} has no line with numbers.", "There is nothing to learn from.", "Check the path.")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise DataError(
            f"{path} has two columns {twice!r}.", "A name stands for one column.", "Rename one of them in the file."
        )
    return names, rows[bool(names) :]


def _no_row(where: str, cells: list[str], wrong: str | None, kind: str, width: int, delimiter: str) -> DataError:
    """For a line that is no row of numbers."""
    other = next((sign for sign in ";,\t|" if sign != delimiter and sign in (wrong or "")), None)
    return DataError(
        f"{where}: {f'{wrong!r} is no {kind}' if wrong is not None else f'{len(cells)} columns'}.",
        f"Every line has {width} number{'s' * (width != 1)}, with {delimiter!r} between them; only the first may hold "
        "names, and then only names.",
        f"Pass delimiter={other!r} if that stands between the columns." if other is not None and len(cells) == 1
        else "Correct that line, or leave it out.",
    )  # fmt: skip


def _is_number(cell: str, number: type = float) -> bool:
    try:
        number("" if "_" in cell else cell)  # which Python would leave out
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
