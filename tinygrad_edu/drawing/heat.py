"""A small picture of an array: a few rows of cells, each the mean of the entries that it stands for.

>>> blocks(heat(np.array([[0.0, 1.0, 2.0], [3.0, 4.0, np.nan]])))
['▁▃▅', '▆█×']
>>> heat(2.0) is None
True
"""

from __future__ import annotations

from typing import Any

import numpy as np

ROWS, COLUMNS = 5, 14
BARS = "▁▂▃▄▅▆▇█"
NOT_FINITE = "×"
LEVELS = 4  # shades on either side of zero


def heat(x: Any) -> Any:
    """The cells as an array (rows, columns), nan where an entry is not finite; None for what is one number or empty.

    A vector is one row; of an array with more than two axes, the last one runs to the right and all others down.
    """
    if type(x) is float:
        return None
    x = np.asarray(x)
    if x.ndim == 0 or x.size == 0:
        return None
    table = x.reshape(1, -1) if x.ndim == 1 else x.reshape(-1, x.shape[-1])
    table = np.where(np.isfinite(table), table, np.nan).astype(np.float64)
    for axis, most in ((0, ROWS), (1, COLUMNS)):
        if table.shape[axis] > most:
            starts = np.linspace(0, table.shape[axis], most, endpoint=False).astype(int)
            sizes = np.diff([*starts, table.shape[axis]])
            each = np.repeat(sizes, sizes)
            with np.errstate(over="ignore"):  # divided before they are summed; only rounding can still overflow
                table = np.add.reduceat(table / (each[:, None] if axis == 0 else each), starts, axis)
            table = np.clip(table, -np.finfo(np.float64).max, np.finfo(np.float64).max)
    return table


def blocks(cells: Any) -> list[str]:
    """The cells as text, a line per row: bars from the lowest to the highest number."""
    fine = cells[np.isfinite(cells)]
    low, high = (fine.min(), fine.max()) if fine.size else (0.0, 0.0)
    span = high / 2 - low / 2  # halves: the difference of two finite numbers may be infinite
    level = np.where(span > 0, (cells / 2 - low / 2) / (span or 1.0), 0.5)
    return ["".join(NOT_FINITE if np.isnan(x) else BARS[round(x * (len(BARS) - 1))] for x in row) for row in level]


def shades(cells: Any) -> Any:
    """The cells as shades from -4 (most negative) over 0 to 4; nan stays nan.

    >>> shades(np.array([[-1.0, 0.0, 0.3, 2.0]])).tolist()
    [[-2.0, 0.0, 1.0, 4.0]]
    """
    fine = np.abs(cells[np.isfinite(cells)])
    most = fine.max() if fine.size else 0.0
    if most == 0:
        return cells
    part = cells / most * LEVELS
    return np.sign(part) * np.ceil(np.maximum(np.abs(part) - 0.5, 0.01 * (part != 0)))  # what is not 0 has a shade
