"""The lines of a table in a text, as cells.

>>> numbered_lines("# people\\nage,height\\n\\n1,1.5\\n")
[(2, 'age,height'), (4, '1,1.5')]
>>> cells_of('"Smith, J.", 1.5', ",")
['Smith, J.', '1.5']
"""

from __future__ import annotations

import csv


def numbered_lines(text: str) -> list[tuple[int, str]]:
    """The lines with their numbers; empty ones and those that begin with # are left out."""
    return [(k, line) for k, line in enumerate(text.splitlines(), 1) if line.strip() and line.lstrip()[0] != "#"]


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without spaces around them; quotation marks around one may hold a delimiter.

    raises   csv.Error for a quotation mark that is not closed
    """
    read = csv.reader([line], delimiter=delimiter, skipinitialspace=True, strict=True)
    return [cell.strip() for cell in next(read)]
