"""Changing large arrays in place: the same rule, a cache-sized piece at a time.

A rule such as p − lr · m / (√v + ε) makes an array for every sign in it. Made whole, these cost more than the
arithmetic: the system clears each page of fresh memory first (Adam on 200,000 float32: 2.7 ms). Made for 65,536 entries
at a time they stay in the cache, and their memory is used again by the next piece (0.6 ms).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from ..engine.value import Value
from ..protocols.changes import clock

COUNTS_REFERENCES = sys.implementation.name == "cpython"
TILE = 65536  # entries; 256 KiB of float32, a fraction of a second-level cache
SMALL = 8192  # entries; below, fresh memory is as cheap as used memory
Memory = dict[str, Any]


def give(parameter: Value, data: Any) -> None:
    """Let the parameter hold `data`, a float or an array that nobody else has: `.data = data` without its copies.

    What was computed from the old data will say in `backward()` that it is stale.
    """
    parameter._held, parameter.seen, parameter.order = data, None, next(clock)


def nobody_else_holds_data_of(parameter: Value) -> bool:
    """Whether its array may be overwritten: no view, no variable and no `.data` handed out refers to it any more.

    >>> p = Value([1.0, 2.0])
    >>> nobody_else_holds_data_of(p)
    True
    >>> row = p.data
    >>> nobody_else_holds_data_of(p)
    False
    """
    return COUNTS_REFERENCES and sys.getrefcount(parameter._held) == 2  # the parameter's, and this question's own


def own_array(parameter: Value) -> Any:
    """The parameter's array to be written to: its own if nobody else holds it, otherwise a copy."""
    return parameter._held if nobody_else_holds_data_of(parameter) else parameter._held.copy()


def in_tiles(rule: Callable[..., tuple[Any, Memory]], p: Any, g: Any, memory: Memory, t: int) -> None:
    """p, memory = rule(p, g, memory, t), written into the arrays that are there, piece by piece.

    >>> import numpy as np
    >>> p, g, memory = np.ones(3), np.ones(3), {"m": np.zeros(3)}
    >>> in_tiles(lambda p, g, memory, t: (p - g, {"m": memory["m"] + g}), p, g, memory, 1)
    >>> p, memory
    (array([0., 0., 0.]), {'m': array([1., 1., 1.])})
    """
    names = list(memory)
    for p_part, g_part, *parts in tiles([p, g, *memory.values()]):
        p_part[...], new = rule(p_part, g_part, dict(zip(names, parts)), t)
        for name, part in zip(names, parts):
            part[...] = new[name]


def tiles(arrays: list[Any]) -> Iterator[list[Any]]:
    """Pieces of arrays of one shape, at the same places: of their entries in a row, or of their rows.

    >>> import numpy as np
    >>> [part.shape for [part] in tiles([np.zeros((300, 300))])]
    [(65536,), (24464,)]
    """
    if all(x.flags.c_contiguous for x in arrays):
        arrays = [x.reshape(-1) for x in arrays]
    size, rows = arrays[0].size, len(arrays[0])
    step = max(1, TILE * rows // size)
    for start in range(0, rows, step):
        yield [x[start : start + step] for x in arrays]
