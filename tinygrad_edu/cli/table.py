"""A table in a text file, as people have them: names in the first line or none, commas, semicolons or tabs.

>>> table = parsed("height,sex\\n170,f\\n180,m\\n", "people.csv")
>>> table.names, table.numbers(0), table.texts(1)
(['height', 'sex'], array([170., 180.]), ['f', 'm'])

Nothing is guessed about a cell: what is to be a number and is none is an error that names its line.
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.lines import cells_of, numbered_lines
from .assignments import InputError
from .caret import quoted

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)  # no nan, no 1_000, no digits of other scripts
DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Table:
    """Rows of cells, equally many in each.

    names   of the columns; [] if the first line is numbers already
    lines   where in the file each row stands
    """

    path: str
    names: list[str]
    rows: list[list[str]]
    lines: list[int]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.rows[0])

    def called(self, column: int) -> str:
        """The name of a column, or its number, counted from 1."""
        return quoted(self.names[column]) if self.names else f"{column + 1}"

    def texts(self, column: int) -> list[str]:
        """The cells of a column as they are written.

        raises   InputError for one that is empty
        """
        cells = [row[column] for row in self.rows]
        if "" in cells:
            raise InputError(
                f"{self.path}, line {self.lines[cells.index('')]}: column {self.called(column)} is empty.",
                "What a missing number would be is not for this program to guess.",
                "Fill it in, or leave that line out.",
            )
        return cells

    def numbers(self, column: int) -> np.ndarray:
        """The column as numbers.

        raises   InputError for a cell that is none
        """
        cells = self.texts(column)
        wrong = next((k for k, cell in enumerate(cells) if not is_number(cell)), None)
        if wrong is None:
            return np.array([float(cell) for cell in cells])
        if any(map(is_number, cells)) or any(map(with_comma, cells)):
            raise InputError(
                f"{self.path}, line {self.lines[wrong]}: {quoted(cells[wrong])} in column {self.called(column)} "
                f"is no number.",
                "A network computes with finite numbers, written with a decimal point and without groups of digits.",
                with_comma(cells[wrong]) or "Correct it, or leave out the line or the column.",
            )
        if len(set(cells)) > len(cells) / 2:
            raise InputError(
                f"{self.path}: column {self.called(column)} holds text, such as {quoted(cells[0])}.",
                "A network computes with numbers, and here nearly every row has a text of its own.",
                "Leave the column out of the file, or write what matters about it as numbers.",
            )
        raise InputError(
            f"{self.path}: column {self.called(column)} holds names, such as {quoted(cells[0])}.",
            "A network computes with numbers, and numbering names would give them an order that they do not have.",
            f"Write a column of 0 and 1 instead, 1 where it is {quoted(cells[0])}, or leave the column out.",
        )

    def column(self, wanted: str) -> int:
        """The place of the column with this name, or with this number, counted from 1.

        raises   InputError if there is none
        """
        if wanted in self.names:
            return self.names.index(wanted)
        if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= self.width:
            return int(wanted) - 1
        there = ", ".join(self.names) if self.names else f"1 to {self.width}, without names"
        raise InputError(
            f"{self.path} has no column {quoted(wanted)}.", f"Its columns are: {there}.",
            f"Write --target {self.names[-1] if self.names else self.width}, or another one of them.",
        )  # fmt: skip


def with_comma(cell: str) -> str:
    """What to write for a number with commas in it; "" for what is none.

    >>> with_comma("180,5"), with_comma("1,086"), with_comma("x,y")
    ('Write 180.5, with a decimal point.', 'Write 1086 or 1.086, whichever was meant.', '')
    """
    whole, decimal = cell.replace(",", ""), cell.replace(",", ".")
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", cell):
        either = is_number(decimal)  # one comma and no point
        return f"Write {whole} or {decimal}, whichever was meant." if either else f"Write {whole}, without commas."
    return f"Write {decimal}, with a decimal point." if re.fullmatch(r"[-+]?\d+,\d+", cell) else ""


def is_number(cell: str) -> bool:
    """Whether a cell is a finite number, written as numbers are.

    >>> [is_number(cell) for cell in ("-1.5e3", "nan", "1e999", "1_000", "")]
    [True, False, False, False, False]
    """
    return NUMBER.fullmatch(cell) is not None and math.isfinite(float(cell))


def read_table(path: str) -> Table:
    """The table in a file.

    raises   InputError for a file that cannot be read, is no text, or is no table
    """
    try:
        text = Path(path).expanduser().read_text("utf-8-sig")
    except OSError as error:
        words = "there is no such file" if isinstance(error, FileNotFoundError) else (error.strerror or "").lower()
        raise InputError(
            f"{path} cannot be read: {words}.", "The data come from a file of numbers, one sample per line.",
            "Check the path and the current folder.",
        ) from None  # fmt: skip
    except UnicodeDecodeError as error:
        if not is_text(error.object):
            raise no_table(path, "it is no text") from None
        raise InputError(
            f"{path} is no text in UTF-8.",
            "Spreadsheets save other encodings, too, in which letters would be read as others.",
            "Save it as CSV in UTF-8.",
        ) from None
    except ValueError:  # a name that no file can have
        raise no_table(path, "it is no text") from None
    return parsed(text, path)


def is_text(content: bytes) -> bool:
    """Whether bytes that are no UTF-8 are text in the encodings that spreadsheets write.

    >>> is_text("größe;1".encode("latin-1")), is_text("1,2".encode("utf-16")), is_text(bytes(range(256)))
    (True, True, False)
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    return all(c.isprintable() or c in "\t\r\n" for c in content.decode("cp1252", "replace").replace("\ufffd", "\0"))


def parsed(text: str, path: str) -> Table:
    """The table in a text; empty lines and those that begin with # are left out.

    raises   InputError
    """
    kept = numbered_lines(text)
    if "\0" in text or not kept:
        raise no_table(path, "it is no text" if "\0" in text else "it is empty")
    delimiter = delimiter_of([line for _, line in kept])
    rows = [checked_cells(line, delimiter, path, k) for k, line in kept]
    wrong = next((k for k, row in enumerate(rows) if len(row) != len(rows[0])), None)
    if wrong is not None:
        raise no_table(path, f"line {kept[wrong][0]} has {counted(rows[wrong])}, line {kept[0][0]} has "
                             f"{counted(rows[0])}")  # fmt: skip
    named = not any(is_number(cell) or with_comma(cell) for cell in rows[0])
    names = rows[0] if named else []
    if "" in names:
        raise InputError(
            f"{path}: column {names.index('') + 1} has no name.",
            "The first line names the columns, and this one could not be asked for.",
            "Give it a name there, or leave the column out (some programs write the number of the row in front).",
        )
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise no_table(path, f"two columns are called {quoted(twice)}")
    lines = [k for k, _ in kept]
    if not rows[named:]:
        raise no_table(path, "it has names, and no line of numbers")
    return Table(path, names, rows[named:], lines[named:])


def delimiter_of(lines: list[str]) -> str:
    """What stands between the cells: a tab or a semicolon if every line has equally many, for commas may be decimal.

    >>> delimiter_of(["1,5;2,5", "2,5;3,5"]), delimiter_of(["a,b", "1,2"])
    (';', ',')
    """
    for sign in "\t;":
        counts = {line.count(sign) for line in lines}
        if len(counts) == 1 and counts != {0}:
            return sign
    return max(DELIMITERS, key=lines[0].count)


def checked_cells(line: str, delimiter: str, path: str, number: int) -> list[str]:
    """The cells of one line, which may be printed."""
    try:
        cells = cells_of(line, delimiter)
    except csv.Error as error:
        raise no_table(path, f"line {number}: {error}") from None
    if not all(map(str.isprintable, cells)):
        raise no_table(path, f"line {number} holds characters that control a terminal")
    return cells


def counted(row: list[str]) -> str:
    """'1 cell', '3 cells'."""
    return f"{len(row)} cell{'s' * (len(row) != 1)}"


def no_table(path: str, why: str) -> InputError:
    """For what is no table."""
    return InputError(
        f"{path} is no table: {why}.",
        "Every line is one sample, with equally many cells; only the first line may hold names.",
        "Write lines such as 170,65,1: commas, semicolons or tabs between the cells.",
    )
