"""Picking entries: the gradient goes back to the places they came from, and every other place receives 0.

>>> getitem([1.0, 2.0, 3.0], index=slice(1, None)), scatter([5.0, 6.0], shape=(3,), index=slice(1, None))
(array([2., 3.]), array([0., 5., 6.]))
"""

from __future__ import annotations

import numpy as np

from ..errors import ShapeError, TinygradError, unknown_name
from .arguments import check_axes
from .broadcasting import shape_of
from .op import op
from .shapes import ravel


class PlaceError(TinygradError, IndexError):
    """An index that points outside the array, or is no index."""


REASONS = (  # how NumPy says it; why that cannot be; what to write
    (
        ("out of bounds",),
        "An axis of length n has the places 0 to n - 1, which are also -n to -1, counted from the end.",
        "Write x[-1] for the last entry, or x.shape to see the lengths.",
    ),
    (
        ("too many indices", "scalar variable"),
        "Each axis can be indexed once, and there are not so many.",
        "Leave indices away, or write x[None] to give x a new axis.",
    ),
    (
        ("boolean index did not match",),
        "A mask says for each place of the array whether it is wanted, so it has the array's lengths.",
        "Write a mask of the same shape, for example x[x > 0].",
    ),
    (
        ("broadcast",),
        "Arrays of indices are paired entry by entry, so their shapes must fit together.",
        "Write x[np.ix_(rows, columns)] for every combination of them.",
    ),
    (
        ("single ellipsis",),
        "`...` stands for all axes that are not named; with two of them it would not be clear which.",
        "Write `:` for each axis of one of them.",
    ),
    (
        ("step",),
        "A slice goes on by its step: by 1, 2, ... places, or backwards by -1, -2, ...",
        "Write x[::-1] for the reverse order.",
    ),
    (
        ("",),
        "An index is a whole number, a slice, `...`, None, a mask, or an array of whole numbers.",
        "Write x[int(i)] where i is a float, or x[i.astype(int)] where it is an array of floats.",
    ),
)


@op(x=lambda g, y, x, index: scatter(g, shape=shape_of(x), index=index), latex="{x}_i")
def getitem(x, *, index=...):
    """x[index], for every index that NumPy has. A slice is a view, an index array makes a copy.

    index    ints, slices, `...`, None, masks, arrays of ints, or a tuple of them;
             an entry picked several times receives the sum of the gradients
    raises   PlaceError (an IndexError) if there is no such place

    >>> getitem([[1.0, 2.0], [3.0, 4.0]], index=(slice(None), [1, 1, 0]))
    array([[2., 2., 1.],
           [4., 4., 3.]])
    """
    try:
        return (np.float64(x) if type(x) is float else x)[index]
    except (IndexError, ValueError) as error:
        said = f"{error}".rstrip(".")
        why, write = next((why, write) for told, why, write in REASONS if any(part in said for part in told))
        raise PlaceError(f"x[{_shown(index)}] of an array of shape {np.shape(x)}: {said}.", why, write) from None


@op(x=lambda g, y, x, shape, index: getitem(g, index=index), latex=r"\operatorname{scatter} {x}")
def scatter(x, *, shape=(), index=...):
    """Zeros of `shape`, with x added at [index]: what undoes `getitem` in its derivative, as that does in this one's.

    x        number or array that fits zeros(shape)[index]

    >>> scatter([5.0, 6.0, 7.0], shape=(3,), index=[0, 2, 0])
    array([12.,  0.,  6.])
    """
    y = np.zeros(shape, getattr(x, "dtype", float))
    if _repeats(index):
        return _add_at(y, index, x)
    y[index] = x
    return y


def take(x, indices, axis=None, mode="raise"):
    """The entries of x at the `indices` along an axis (without one, of x as a single row).

    mode     what an index outside does: "raise", "wrap" around, or "clip" to the nearest end

    >>> take([1.0, 2.0, 3.0], [2, 0]), take([[1.0, 2.0], [3.0, 4.0]], 1, axis=1)
    (array([3., 1.]), array([2., 4.]))
    """
    if axis is None:
        x, axis = ravel(x), 0
    shape = shape_of(x) or np.shape(x)
    (axis,) = check_axes("take", axis, len(shape), shape)
    if mode not in ("raise", "wrap", "clip"):
        raise unknown_name("mode of take", mode, ("raise", "wrap", "clip"))
    if mode != "raise":
        indices = np.asarray(indices)
        indices = indices % shape[axis] if mode == "wrap" else indices.clip(0, shape[axis] - 1)
    return getitem(x, index=(slice(None),) * axis + (indices,))


def take_along_axis(x, indices, axis=-1):
    """Along the axis, each row of x by its own row of indices: what `argsort` and `argmax` return fits here.

    indices  array of ints with as many axes as x, of fitting lengths outside `axis`

    >>> take_along_axis([[3.0, 1.0], [2.0, 4.0]], [[1, 0], [0, 1]])
    array([[1., 3.],
           [2., 4.]])
    """
    if axis is None:
        x, axis = ravel(x), 0
    indices, shape = np.asarray(indices), shape_of(x) or np.shape(x)
    (axis,) = check_axes("take_along_axis", axis, len(shape), shape)
    if indices.ndim != len(shape):
        raise ShapeError(
            f"take_along_axis: the indices of shape {indices.shape} do not fit x of shape {shape}.",
            "Every row of x has its own row of indices, so both need equally many axes.",
            "Write take(x, indices, axis) to use the same indices for every row.",
        )
    grid = [np.arange(n).reshape([-1 if i == j else 1 for j in range(len(shape))]) for i, n in enumerate(shape)]
    grid[axis] = indices
    return getitem(x, index=tuple(grid))


def _repeats(index):
    """Whether the index may pick an entry twice: only arrays of whole numbers can."""
    parts = index if type(index) is tuple else (index,)
    for part in parts:
        if isinstance(part, (list, np.ndarray)):
            part = np.asarray(part)
            if part.dtype != bool and part.size > 1:
                return True
    return False


def _add_at(y, index, x):
    """y with x added at places that may repeat.

    np.add.at is fast for a flat array and slow for any other (64 rows of 64: 48 µs), so the places are counted
    in the flattened array (15 µs), unless numbering all of y would cost more than that saves.
    """
    rows = index[0] if type(index) is tuple and len(index) == 1 else index
    if y.ndim == 1:
        np.add.at(y, rows, x)
        return y
    if type(rows) is not tuple:  # whole rows, as of an embedding
        length = y[0].size
        places = np.reshape(rows, (-1, 1)) * length + np.arange(length)  # negative ones count from the end here too
    elif y.size <= 8 * np.size(x):
        places = np.arange(y.size).reshape(y.shape)[index]
    else:
        np.add.at(y, index, x)
        return y
    np.add.at(y.reshape(-1), places.ravel(), np.ravel(x))
    return y


def _shown(index):
    """The index as it was written, arrays in short."""
    parts = []
    for part in index if type(index) is tuple else (index,):
        if isinstance(part, slice):
            ends = ["" if n is None else f"{n}" for n in (part.start, part.stop, part.step)]
            parts.append(":".join(ends if ends[2] else ends[:2]))
        elif isinstance(part, np.ndarray):
            parts.append(f"<array of shape {part.shape}>")
        else:
            parts.append("..." if part is ... else repr(part))
    return ", ".join(parts)
