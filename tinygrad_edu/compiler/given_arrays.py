"""A function for which the arrays around it are others: lines, while it is recorded.

So it makes no difference to a program whether an array is an argument or has a name further out.
"""

from __future__ import annotations

from functools import partial
from types import CellType, FunctionType, MethodType
from typing import Any

from .ways import MISSING, Way, around, cells


def with_arrays(f: Any, new: dict[int, Any], known: dict[int, Any] | None = None) -> Any:
    """The same function, for which the arrays around it are others: new[id(array)].

    >>> import numpy as np
    >>> data = np.ones(3)
    >>> def total():
    ...     return data.sum()
    >>> float(with_arrays(total, {id(data): np.zeros(3)})()), float(total())
    (0.0, 3.0)
    """
    known = {} if known is None else known
    if id(f) in known:
        return known[id(f)]
    if isinstance(f, MethodType):
        return MethodType(with_arrays(f.__func__, new, known), f.__self__)
    if isinstance(f, partial):
        return partial(with_arrays(f.func, new, known), *f.args, **f.keywords)
    if hasattr(f, "__wrapped__") and not isinstance(f, FunctionType):
        return with_arrays(f.__wrapped__, new, known)
    if not isinstance(f, FunctionType) or not touches(f, new, set()):
        return f
    space, closure = dict(f.__globals__), [CellType() for _ in f.__closure__ or ()]
    made = known[id(f)] = FunctionType(f.__code__, space, f.__name__, f.__defaults__, tuple(closure))
    made.__kwdefaults__ = f.__kwdefaults__

    def other(x: Any) -> Any:
        return new[id(x)] if id(x) in new else with_arrays(x, new, known)

    for way, cell in zip(cells(f), closure):
        if way.now() is not MISSING:
            cell.cell_contents = other(way.now())
    for way in around(f):
        if way.root is f.__globals__:
            space[way.name] = other(way.now())
    return made


def touches(f: Any, new: dict[int, Any], seen: set[int]) -> bool:
    """Whether a function, or one that it names, names one of these arrays."""
    f = getattr(f, "__func__", getattr(f, "func", f) if isinstance(f, partial) else f)
    f = f.__wrapped__ if hasattr(f, "__wrapped__") and not isinstance(f, FunctionType) else f
    if id(f) in seen or not isinstance(f, FunctionType):
        return False
    seen.add(id(f))
    return any(id(x) in new or touches(x, new, seen) for x in map(Way.now, around(f)))
