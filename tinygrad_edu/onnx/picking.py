"""x[...]: places, slices, new axes and arrays of places, one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..compiler.recording.line import Line
from . import messages
from .graph import Graph, rule
from .shapes import FAR, sliced


@rule("getitem")
def getitem(graph: Graph, line: Line, x: str) -> str:
    assert line.op is not None
    index, other = line.op.settings["index"], graph.sizes.twin(line).op.settings["index"]
    return picked(graph, line, x, spelled(index), spelled(other), {})


@rule("gathered")
def gathered(graph: Graph, line: Line, x: str, *places: str) -> str:
    assert line.op is not None
    pattern, other = list(line.op.settings["pattern"]), list(graph.sizes.twin(line).op.settings["pattern"])
    names = {}
    for place, name, given in zip(graph.setting(line, "places"), places, line.inputs[1:]):
        whole = type(given) is Line and given.dtype.kind in "iu"
        stand_in = pattern[place] = other[place] = np.zeros(given.shape if type(given) is Line else (), int)
        names[id(stand_in)] = name if whole else graph("Cast", name, to=np.dtype(np.int64))
    return picked(graph, line, x, pattern, other, names)


def spelled(index: Any) -> list[Any]:
    """An index as a list, its lists as arrays."""
    parts = index if isinstance(index, tuple) else (index,)
    return [np.asarray(part) if isinstance(part, list) else part for part in parts]


def picked(graph: Graph, line: Line, x: str, index: list[Any], other: list[Any], names: dict[int, str]) -> str:
    """x[index], written as slices first, then arrays of places, then numbers, then new axes.

    other    the same index with another number of samples
    names    id of an array in the index -> the name of what takes its place
    """
    given = line.inputs[0]
    index, other = full(index, given.ndim), full(other, given.ndim)
    axis, arrays, drop, new, out = 0, [], [], [], 0
    for part, twin in zip(index, other):
        if part is None:
            new.append(out)
            out += 1
            continue
        if isinstance(part, slice):
            x = narrowed(graph, line, x, axis, part, twin)
            out += 1
        elif np.ndim(part) or id(part) in names:
            arrays.append((axis, names.get(id(part)) or places_of(graph, line, part, twin), np.shape(part)))
            out += np.ndim(part)
        else:
            x = one(graph, line, x, axis, part, twin)
            drop.append(axis)
        axis += 1
    if arrays and (len(arrays) > 1 or drop or new):
        return paired(graph, line, x, arrays, bool(drop or new))
    for along, places, _ in arrays:
        x = graph("Gather", x, places, axis=along)
    x = graph("Squeeze", x, graph.ints(drop)) if drop else x
    return graph("Unsqueeze", x, graph.ints(new)) if new else x


def full(index: list[Any], count: int) -> list[Any]:
    """The index with `...` written out, and a slice for every axis.

    >>> full([0, ..., None], 3)
    [0, slice(None, None, None), slice(None, None, None), None]
    """
    used = sum(part is not None and part is not Ellipsis for part in index)
    used += sum(part.ndim - 1 for part in index if isinstance(part, np.ndarray) and part.dtype == bool)
    rest = [slice(None)] * (count - used)
    at = next((k for k, part in enumerate(index) if part is Ellipsis), len(index))
    return [*index[:at], *rest, *index[at + 1 :]]


def narrowed(graph: Graph, line: Line, x: str, axis: int, part: slice, twin: slice) -> str:
    """One slice; nothing where it takes all."""
    n, m = line.inputs[0].shape[axis], graph.sizes.twin(line.inputs[0]).shape[axis]
    full = part.indices(n) == (0, n, 1) and twin.indices(m) == (0, m, 1)
    if full and n != m and not (takes_all(part, n) and takes_all(twin, m)):
        raise messages.depends_on_batch(f"{shown(part)} takes all samples of a small batch, and not of a large one")
    if full:
        return x
    if part != twin:
        raise messages.depends_on_batch(f"a slice is {part} in one program and {twin} in the other")
    step = 1 if part.step is None else part.step
    ends = (0, FAR) if step > 0 else (FAR, -FAR)
    start, stop = (end if given is None else given for given, end in zip((part.start, part.stop), ends))
    return sliced(graph, x, axis, start, stop, step)


def takes_all(part: slice, n: int) -> bool:
    """Whether a slice takes all n entries, however many there are: because it says no end, or just this one."""
    return part.start in (None, 0, -n) and part.stop in (None, n)


def shown(part: slice) -> str:
    """A slice as it is written.

    >>> shown(slice(None, 20)), shown(slice(0, None, 2))
    ('[:20]', '[0::2]')
    """
    start, stop, step = ("" if x is None else f"{x}" for x in (part.start, part.stop, part.step))
    return f"[{start}:{stop}{':' if step else ''}{step}]"


def one(graph: Graph, line: Line, x: str, axis: int, part: Any, twin: Any) -> str:
    """The entries at one place of an axis, which stays, with length 1."""
    if int(part) != int(twin):
        raise messages.depends_on_batch(f"place {part} in one program is place {twin} in the other")
    return sliced(graph, x, axis, int(part), int(part) + 1 if int(part) != -1 else FAR)


def places_of(graph: Graph, line: Line, places: Any, other: Any) -> str:
    """An array of places that is part of the program; 0, 1, 2, ... may be as long as there are samples."""
    if np.array_equal(places, other):
        if places.dtype == bool and places.ndim > 1:
            raise messages.no_counterpart(line, "a mask of several axes")
        return graph.ints((np.flatnonzero(places) if places.dtype == bool else places).tolist())
    if all(np.array_equal(x, np.arange(n)) for x, n in ((places, graph.sizes.first), (other, graph.sizes.second))):
        return graph("Range", graph.ints(0), graph("Squeeze", graph.times_batch(1)), graph.ints(1))
    raise messages.depends_on_batch(f"an array of places differs{messages.where(line)}")


def paired(graph: Graph, line: Line, x: str, arrays: list[tuple[int, str, Any]], more: bool) -> str:
    """x[rows, columns]: arrays of places that belong together, for the first axes."""
    shapes = {shape for _, _, shape in arrays}
    if more or len(shapes) > 1 or [axis for axis, _, _ in arrays] != list(range(len(arrays))):
        raise messages.no_counterpart(line, "arrays of places that are not of one shape, for the first axes")
    last = len(shapes.pop())
    pairs = graph("Concat", *(graph("Unsqueeze", places, graph.ints([last])) for _, places, _ in arrays), axis=last)
    return graph("GatherND", x, pairs)
