"""What an expression may call, and how large a result it may ask for.

An expression comes from outside, so nothing is computed whose result would not fit: the number of its entries is
bounded from the shapes and settings first. (A power cannot blow up: all numbers are floats.)

>>> entries("tile", [(3,)], {"reps": 10**9})
3000000000
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any, NamedTuple

import numpy as np

from ..ops.broadcasting import shape_of
from ..ops.catalogue import FUNCTIONS
from ..ops.numbers import constant
from ..ops.op import Op

MOST_ENTRIES = 10_000  # of every array that is computed on the way
Shape = tuple[int, ...]

TAKEN_OUT = {
    "einsum": "Its first input is a text, and an expression knows numbers only.",
    "array": "An array is written with square brackets alone.",
}
DIFFERENTIATED = {"x", "a", "b", "condition", "arrays", "a_min", "a_max"}  # every other argument is a setting
WORDS = {"mode", "approximate", "order", "UPLO", "optimize"}  # settings that are words


class Operation(NamedTuple):
    """A function that may be called: what it works on, and the choices that go with it."""

    function: Callable[..., Any]
    inputs: tuple[str, ...]
    settings: tuple[str, ...]
    needed: int  # how many inputs have no default

    def usage(self, name: str) -> str:
        """How it is written: 'sum(x, axis=…)'."""
        return f"{name}({', '.join([*self.inputs, *(f'{setting}=…' for setting in self.settings)])})"


def described(function: Any) -> Operation:
    """The inputs and settings of a function of the catalogue."""
    parameters = signature(function.forward if isinstance(function, Op) else function).parameters.values()
    inputs = tuple(p.name for p in parameters if p.name in DIFFERENTIATED)
    settings = tuple(p.name for p in parameters if p.name not in DIFFERENTIATED | WORDS)
    return Operation(function, inputs, settings, sum(p.default is p.empty for p in parameters if p.name in inputs))


OPERATIONS = {name: described(function) for name, function in FUNCTIONS.items() if name not in TAKEN_OUT}

ARITHMETIC = {
    "Add": "add", "Sub": "subtract", "Mult": "multiply", "Div": "divide", "FloorDiv": "floor_divide", "Mod": "mod",
    "Pow": "power", "MatMult": "matmul", "USub": "negative",
}  # fmt: skip
COMPARISONS = {
    "Lt": operator.lt, "LtE": operator.le, "Gt": operator.gt, "GtE": operator.ge, "Eq": operator.eq,
    "NotEq": operator.ne,
}  # fmt: skip


def shapes_of(operands: Sequence[Any]) -> list[Shape]:
    """The shapes of all operands, those in a list of arrays included."""
    found: list[Shape] = []
    for x in operands:
        found += shapes_of(x) if isinstance(x, (list, tuple)) else [tuple(shape_of(x))]
    return found


def settled(y: Any) -> Any:
    """A result in the form that operations take: masks and whole numbers as floats, several results as a tuple."""
    if isinstance(y, (list, tuple)):
        return tuple(map(settled, y))
    return y if hasattr(y, "apply_op") or (isinstance(y, np.ndarray) and y.dtype.kind == "b") else constant(y)


def entries(name: str, shapes: list[Shape], settings: dict[str, Any]) -> int:
    """An upper bound of the number of entries of the result, and of what is computed on the way to it."""
    sizes = [math.prod(shape) for shape in shapes] or [1]
    if name in GROWING:
        return max([*sizes, GROWING[name](shapes, sizes, settings)])
    return math.prod(joint(shapes))


def joint(shapes: Sequence[Shape]) -> Shape:
    """The shape in which all of them fit: the larger size of each axis, counted from the right."""
    count = max(map(len, shapes), default=0)
    padded = [(1,) * (count - len(shape)) + tuple(shape) for shape in shapes]
    return tuple(max(sizes) for sizes in zip(*padded))


def largest(setting: Any) -> int:
    """The largest whole number in a setting, which may hold several: at least 0."""
    if isinstance(setting, (list, tuple)):
        return max(map(largest, setting), default=0)
    return abs(int(setting)) if isinstance(setting, (int, float)) and math.isfinite(setting) else 0


def product(setting: Any) -> int:
    """The product of the whole numbers in a setting."""
    return math.prod(map(largest, setting)) if isinstance(setting, (list, tuple)) else largest(setting)


def count(setting: Any) -> int:
    """How many numbers a setting holds."""
    return sum(map(count, setting)) if isinstance(setting, (list, tuple)) else 1


def paired(shared: Callable[[list[Shape], dict[str, Any]], int]) -> Callable[..., int]:
    """The bound for a product of two arrays that sums over `shared` entries of each."""
    return lambda shapes, sizes, settings: sizes[0] * sizes[1] // max(1, shared(shapes, settings)) ** 2


def last(shapes: list[Shape], settings: dict[str, Any]) -> int:
    """The size of the last axis of the left operand; 1 if one operand is a number."""
    return shapes[0][-1] if all(shapes) else 1


def over_axes(shapes: list[Shape], settings: dict[str, Any]) -> int:
    """The size of what tensordot sums over: the axes of the left operand that are named."""
    axes = settings.get("axes", 2)
    if isinstance(axes, int):
        return math.prod(shapes[0][len(shapes[0]) - axes :]) if 0 < axes <= len(shapes[0]) else 1
    left = axes[0] if isinstance(axes, (list, tuple)) and axes else ()
    named = set(left if isinstance(left, (list, tuple)) else [left])
    return math.prod(shapes[0][k] for k in named if isinstance(k, int) and -len(shapes[0]) <= k < len(shapes[0]))


def rows_and_columns(shapes: list[Shape], sizes: list[int], settings: dict[str, Any]) -> int:
    """For a batch of matrix products: matrices × rows × columns."""
    a, b = shapes
    return math.prod(joint([a[:-2], b[:-2]])) * (a[-2] if len(a) > 1 else 1) * (b[-1] if len(b) > 1 else 1)


def squares(shapes: list[Shape], sizes: list[int], settings: dict[str, Any]) -> int:
    """For a decomposition that makes square matrices of both sides of an oblong one."""
    return math.prod(shapes[0][:-2]) * max([size**2 for size in shapes[0][-2:]], default=1)


GROWING: dict[str, Callable[[list[Shape], list[int], dict[str, Any]], int]] = {
    "broadcast_to": lambda shapes, sizes, settings: product(settings.get("shape", ())),
    "reshape": lambda shapes, sizes, settings: product(settings.get("shape", ())),
    "tile": lambda shapes, sizes, settings: sizes[0] * product(settings.get("reps", ())),
    "repeat": lambda shapes, sizes, settings: sizes[0] * largest(settings.get("repeats", 1)),
    "pad": lambda shapes, sizes, settings: math.prod(
        size + 2 * largest(settings.get("pad_width", 0)) for size in shapes[0]
    ),
    "diag": lambda shapes, sizes, settings: (
        (sizes[0] + largest(settings.get("k", 0))) ** 2 if len(shapes[0]) == 1 else sizes[0]
    ),
    "take": lambda shapes, sizes, settings: sizes[0] * count(settings.get("indices", 0)),
    "take_along_axis": lambda shapes, sizes, settings: sizes[0] * count(settings.get("indices", 0)),
    **dict.fromkeys(("concatenate", "stack", "vstack", "hstack", "array"), lambda shapes, sizes, settings: sum(sizes)),
    **dict.fromkeys(("outer", "kron"), lambda shapes, sizes, settings: sizes[0] * sizes[1]),
    **dict.fromkeys(("dot", "inner"), paired(last)),
    "tensordot": paired(over_axes),
    **dict.fromkeys(("matmul", "solve"), rows_and_columns),
    "svd": squares,
}
