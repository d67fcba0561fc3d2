"""Noticing that data was changed after a result had been computed from it.

The clock ticks once per result, so what was computed from x is newer than x. Setting `x.data` makes x newer than
its results: that is how a sweep sees it. An array can also be written to behind our back (`x.data[0] = 5`);
therefore `x.data` keeps a copy of what it handed out (`seen`), and whoever uses x next compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

import numpy as np

from . import messages

clock = count(1)
BITS = {2: np.int16, 4: np.int32, 8: np.int64}


def look_again(x: Any) -> None:
    """Count an array that was written to since `.data` handed it out as changed just now."""
    bits = BITS.get(x._held.itemsize, x._held.dtype)  # compared as whole numbers: nan equals itself, and it is faster
    if not np.array_equal(x._held.view(bits), x.seen.view(bits)):
        x.seen = x._held.copy()
        x.order = next(clock)


def check_unchanged(node: Any, inputs: Sequence[Any]) -> None:
    """Raise ChangedDataError if an input has been given other data since the node was computed from it."""
    for x in inputs:
        if type(x) is type(node):
            if x.seen is not None:
                look_again(x)
            if x.order > node.order:
                raise messages.changed(x, node)


def read_only(array: Any) -> Any:
    """A view of the array that refuses to be written to."""
    view = array.view()
    view.flags.writeable = False
    return view
