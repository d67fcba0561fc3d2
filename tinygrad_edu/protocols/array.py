"""How a Value behaves where NumPy expects an array: indexing, and NumPy's own functions.

`np.exp(v)`, `np.sum(v, axis=0)`, `ndarray @ v` and `np.float64(2) * v` all record, because NumPy asks the Value
first (`__array_ufunc__`, NEP 13, and `__array_function__`, NEP 18) and it answers with the primitive of that name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

import numpy as np

from ..ops import indexing
from ..ops.broadcasting import shape_of
from ..ops.catalogue import FUNCTIONS
from . import messages

# NumPy functions whose answer is no derivative's business: they see the plain data
PLAIN = {
    *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "isnan", "isinf", "isfinite"),
    *("signbit", "logical_and", "logical_or", "logical_not", "logical_xor", "isclose", "allclose", "array_equal"),
    *("argmax", "argmin", "argsort", "any", "all", "count_nonzero", "nonzero", "shape", "ndim", "size"),
    *("zeros_like", "ones_like", "full_like", "empty_like", "result_type", "searchsorted", "digitize", "histogram"),
    *("array_repr", "array_str", "array2string", "iscomplexobj", "isrealobj", "may_share_memory", "shares_memory"),
}
REDUCTIONS = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logaddexp": "logsumexp"}
METHODS = {("add", "accumulate"): "cumsum", ("multiply", "accumulate"): "cumprod", ("multiply", "outer"): "tensordot"}
METHODS |= {(name, "reduce"): reduction for name, reduction in REDUCTIONS.items()}
OTHER_NAMES = {"around": "round", "amax": "max", "amin": "min"}
LAST_AXES = {"trace", "diagonal"}  # np.linalg means the last two axes of a stack, np the first two
SEQUENCE_FIRST = {"concatenate", "stack", "vstack", "hstack", "array", "where", "einsum"}  # functions, not methods


class ArrayLike:
    """Mixin of Value: NumPy's protocols, and every primitive as a method (`v.sum(axis=0)`)."""

    __slots__ = ()

    _held: Any

    shape = property(lambda self: shape_of(self._held), doc="() for a number, else the array's shape.")
    ndim = property(lambda self: np.ndim(self._held), doc="How many axes.")
    size = property(lambda self: np.size(self._held), doc="How many numbers.")
    dtype = property(lambda self: np.asarray(self._held).dtype, doc="The precision; a number counts as float64.")
    T = property(lambda self: self.transpose(), doc="The axes in reverse order.")

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self._held)))

    def __contains__(self, x: Any) -> bool:
        return bool(np.any(self._held == plain(x)))

    def __getitem__(self, index: Any) -> Any:
        return indexing.getitem(self, index=plain(index))

    def __setitem__(self, index: Any, new: Any) -> None:
        raise messages.no_assignment(index)

    def reshape(self, *shape: Any, **settings: Any) -> Any:
        """The same numbers in another shape: v.reshape(2, 3) or v.reshape((2, 3))."""
        return FUNCTIONS["reshape"](self, *(shape if len(shape) == 1 or settings else [shape]), **settings)

    def transpose(self, *axes: Any, **settings: Any) -> Any:
        """The axes in another order: v.transpose(), v.transpose(1, 0) or v.transpose((1, 0))."""
        return FUNCTIONS["transpose"](self, *(axes if len(axes) < 2 else [axes]), **settings)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **settings: Any) -> Any:
        if method == "__call__" and not settings:
            op = FUNCTIONS.get(ufunc.__name__)
            if op is not None:
                return op(*inputs)
        name = ufunc.__name__ if method == "__call__" else METHODS.get((ufunc.__name__, method), "")
        if method == "outer" and name:
            settings["axes"] = 0
        elif method != "__call__":
            settings.setdefault("axis", 0)  # as NumPy's ufunc methods have it, unlike np.sum
        called = f"np.{ufunc.__name__}{'' if method == '__call__' else '.' + method}"
        return dispatch(name, called, inputs, settings)

    def __array_function__(self, function: Any, types: Any, inputs: Any, settings: Any) -> Any:
        name, module = function.__name__, function.__module__.replace("numpy", "np", 1)
        if module == "np.linalg" and name in LAST_AXES:
            settings = {"axis1": -2, "axis2": -1, **settings}
        return dispatch(name, f"{module}.{name}", inputs, settings)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise messages.lost_in_array()


def plain(x: Any) -> Any:
    """x with every Value in it (also inside tuples and lists) replaced by its numbers."""
    if isinstance(x, ArrayLike):
        return x._held
    return type(x)(map(plain, x)) if type(x) in (tuple, list) else x


def dispatch(name: str, called: str, inputs: Any, settings: dict[str, Any]) -> Any:
    """The primitive of NumPy's name for these inputs, or a message that says what to use instead."""
    settings = {key: value for key, value in settings.items() if value is not np._NoValue}  # type: ignore[attr-defined]
    if settings.get("out") is not None:
        raise messages.no_output(called)
    if name in PLAIN:
        function = getattr(np, name)
        return function(*plain(inputs), **{key: plain(value) for key, value in settings.items()})
    name = OTHER_NAMES.get(name, name)
    if name in FUNCTIONS:
        settings.pop("out", None)
        return FUNCTIONS[name](*inputs, **settings)
    near = get_close_matches(name or called.split(".")[1], FUNCTIONS, n=1, cutoff=0.5)
    raise messages.no_primitive(called, near)


def as_method(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose first input is the array, as a method."""

    def method(self: Any, *inputs: Any, **settings: Any) -> Any:
        return function(self, *inputs, **settings)

    name = getattr(function, "name", getattr(function, "__name__", ""))
    first = (function.__doc__ or "").split("\n\n")[0]
    method.__name__, method.__doc__ = name, f"{first}\n\nThe same as tg.{name}(v, ...), which says more."
    return method


for _name, _function in FUNCTIONS.items():
    if _name not in SEQUENCE_FIRST and _name not in vars(ArrayLike):
        setattr(ArrayLike, _name, as_method(_function))
