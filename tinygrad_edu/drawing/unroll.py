"""An array operation opened into the numbers it consists of: a matrix product as the sums of products that it is.

>>> x, w = Value([1.0, 2.0], "x"), Value([3.0, 4.0], "w")
>>> opened = unrolled(x @ w)
>>> opened.y.data, opened.y.op.name, [v.name for v in opened.leaves]
(11.0, 'add', ['x[0]', 'x[1]', 'w[0]', 'w[1]'])
>>> print(opened.note)
Opened into single numbers: 1 result and 4 gradients agree with those of the arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add, mul
from typing import Any

import numpy as np

from ..engine.sweep import pull
from ..engine.value import Value
from ..errors import DataError, UnsupportedError
from ..ops.broadcasting import shape_of
from ..ops.joining import stack
from ..writing.wording import operation
from .names import named, trained
from .units import everything

MOST = 2000  # numbers; a picture of more would not be read by anybody
MOVERS = {"reshape", "transpose", "getitem", "broadcast_to", "squeeze", "expand_dims", "swapaxes", "moveaxis", "flip",
          "roll", "repeat", "tile", "ravel", "joined", "stacked", "diagonal"}  # fmt: skip


@dataclass
class Unrolled:
    """The same computation in single numbers.

    y            its result; where the array had several entries, they are stacked
    entries      the numbers that each array value became
    names        what the numbers are called: 'w[0, 1]'
    parameters   the numbers of the parameters, or the network itself where it has none but numbers
    note         what was compared
    """

    y: Value
    entries: dict[Value, Any]
    names: dict[str, Value]
    parameters: Any
    note: str

    @property
    def leaves(self) -> list[Value]:
        """The numbers that nobody computed."""
        return [x for v, cells in self.entries.items() if v.op is None for x in cells.flat]

    def entry(self, v: Value) -> Value:
        """The number that a value became; of an array the first one."""
        return self.entries[v].flat[0] if v in self.entries else v


def unrolled(y: Value, names: Any = None, parameters: Any = None) -> Unrolled:
    """The graph of y in single numbers, checked against y.

    raises   UnsupportedError for an operation that mixes entries in its own way (softmax, inv, …);
             DataError if there are too many numbers to be looked at
    """
    values = everything(y)
    entries: dict[Value, Any] = {}
    count = sum(max(1, int(np.size(v._held))) * _terms(v) for v in values)
    if count > MOST:
        raise DataError(
            f"draw(y, unroll=True) would open {count:,} numbers.",
            f"A picture of more than {MOST:,} is read by nobody.",
            "Unroll a small piece: fewer rows of x, or one layer.",
        )
    called = {v: name for v, name in [*trained(parameters), *named(names)] if name}
    for v in values:
        entries[v] = _leaf(v, called.get(v, v.name or "")) if v.op is None else _opened(v, entries)
        if v.op is not None and (called.get(v) or v.name):
            _name(entries[v], called.get(v) or v.name or "")
    cells = entries[y]
    result = cells.item() if cells.size == 1 else stack(list(cells.flat))
    opened = Unrolled(result, entries, {}, _parameters(parameters, entries), _compared(y, result, values, entries))
    if y.grad is not None:
        result.backward(y.grad if np.ndim(result._held) == 0 else np.ravel(y.grad))
    return opened


def _terms(v: Value) -> int:
    """How many products stand behind one entry."""
    if v.op is None or v.op.name not in PRODUCTS:
        return 1
    return 2 * int(shape_of(v.inputs[0])[-1])


def _leaf(v: Value, name: str) -> Any:
    cells = np.empty(np.shape(v._held), object)
    for place in np.ndindex(cells.shape):
        cells[place] = Value(float(np.asarray(v._held)[place]))
    _name(cells, name)
    return cells


def _name(cells: Any, name: str) -> None:
    for place in np.ndindex(cells.shape):
        if isinstance(cells[place], Value):
            cells[place].name = f"{name}[{', '.join(map(str, place))}]" if place else name


def _opened(v: Value, entries: dict[Value, Any]) -> Any:
    """The numbers of a result, from the numbers of its inputs."""
    inputs = [entries[x] if isinstance(x, Value) else _constant(x) for x in v.inputs]
    name = v.op.name
    if v.op.elementwise:
        return _entry_by_entry(v.op, inputs)
    if name in MOVERS:
        return _moved(v.op, inputs)
    if name in REDUCED:
        return _reduced(v, inputs[0], REDUCED[name])
    if name in PRODUCTS:
        return PRODUCTS[name](*inputs)
    raise UnsupportedError(
        f"{operation(v.op)} cannot be opened into single numbers.",
        "Only what treats entries one by one, moves them, adds or multiplies them up is a graph of small steps.",
        f"Draw it as it is, draw(y), or unroll what comes before {name}.",
    )


def _constant(x: Any) -> Any:
    cells = np.empty(np.shape(x), object)
    for place in np.ndindex(cells.shape):
        cells[place] = float(np.asarray(x)[place])
    return cells


def _entry_by_entry(op: Any, inputs: list[Any]) -> Any:
    spread = np.broadcast_arrays(*inputs)
    cells = np.empty(spread[0].shape, object)
    for place in np.ndindex(cells.shape):
        cells[place] = op(*(x[place] for x in spread))
    return cells


def _moved(op: Any, inputs: list[Any]) -> Any:
    """The same entries in other places: the operation is asked where it puts the numbers 0, 1, 2, …"""
    flat = [cell for x in inputs for cell in x.flat]
    starts = np.cumsum([0, *(x.size for x in inputs)])
    numbers = [np.arange(start, start + x.size, dtype=float).reshape(x.shape) for start, x in zip(starts, inputs)]
    where = np.asarray(op.compute(*numbers))
    cells = np.empty(where.shape, object)
    for place in np.ndindex(where.shape):
        cells[place] = flat[int(where[place])]
    return cells


def _reduced(v: Value, cells: Any, combine: Callable[[list[Any]], Any]) -> Any:
    """Sums and products over axes: entries that end up in the same place are combined, in order."""
    axis, kept = v.op.settings.get("axis"), np.empty(np.shape(v._held), object)
    if v.op.name == "sum_to":
        wide = (1,) * (cells.ndim - len(kept.shape)) + kept.shape
        axes = tuple(i for i, (n, m) in enumerate(zip(cells.shape, wide)) if n != m or i < cells.ndim - kept.ndim)
    else:
        axes = tuple(range(cells.ndim)) if axis is None else tuple(np.atleast_1d(axis) % cells.ndim)
    rest = [i for i in range(cells.ndim) if i not in axes]
    table = cells.transpose(*rest, *axes).reshape(kept.size, -1)
    flat = kept.reshape(-1)
    for i, row in enumerate(table):
        flat[i] = combine(list(row))
    return flat.reshape(kept.shape)


def _product(a: Any, b: Any) -> Any:
    """Rows times columns."""
    left = a.reshape(1, -1) if a.ndim == 1 else a
    right = b.reshape(-1, 1) if b.ndim == 1 else b
    if left.ndim > 2 or right.ndim > 2:
        raise UnsupportedError(
            f"The product of {a.shape} and {b.shape} cannot be opened into single numbers.",
            "A stack of matrices is a picture of many pictures.",
            "Unroll one product of two matrices: x[0] @ w.",
        )
    cells = np.empty((left.shape[0], right.shape[1]), object)
    for i, j in np.ndindex(cells.shape):
        cells[i, j] = reduce(add, map(mul, left[i], right[:, j]))
    return cells.reshape(a.shape[:-1] + b.shape[1:] if b.ndim > 1 else a.shape[:-1])


def _affine(x: Any, weight: Any, bias: Any) -> Any:
    products = _product(x, weight.T)
    return products + np.broadcast_to(bias, products.shape)


def _affine_of_row(x: Any, row: Any) -> Any:
    neurons = row.reshape(-1, x.shape[-1] + 1)
    return _affine(x, neurons[:, :-1], neurons[:, -1])


REDUCED: dict[str, Callable[[list[Any]], Any]] = {
    "sum": lambda row: reduce(add, row),
    "sum_to": lambda row: reduce(add, row),
    "prod": lambda row: reduce(mul, row),
    "mean": lambda row: reduce(add, row) * (1.0 / len(row)),
}
PRODUCTS: dict[str, Callable[..., Any]] = {"matmul": _product, "affine": _affine, "affine_of_row": _affine_of_row}


def _parameters(parameters: Any, entries: dict[Value, Any]) -> Any:
    return [x for v, _ in trained(parameters) for x in (entries[v].flat if v in entries else ())]


def _compared(y: Value, result: Value, values: list[Value], entries: dict[Value, Any]) -> str:
    """Assert that both graphs give the same numbers; what was compared, in words."""
    leaves = [v for v in values if v.op is None]
    one: Any = 1.0 if type(y._held) is float else np.ones_like(y._held)
    mine: Any = 1.0 if type(result._held) is float else np.ones_like(result._held)
    theirs = pull([y], [one], leaves, 0)
    single = [x for v in leaves for x in entries[v].flat]
    ours = pull([result], [mine], single, 0)
    pairs: list[tuple[Any, Any]] = [
        (np.ravel(y._held), np.ravel(result._held)),
        (np.concatenate([np.ravel(g) for g in theirs]), ours),
    ]
    for expected, found in pairs:
        scale = np.finfo(np.result_type(expected)).eps ** 0.6
        if not np.allclose(found, expected, rtol=scale, atol=scale, equal_nan=True):
            raise AssertionError(f"unrolled numbers differ: {np.asarray(found) - expected}")
    results, gradients = np.size(y._held), len(ours)
    return (f"Opened into single numbers: {results:,} result{'s' * (results != 1)} and {gradients:,} "
            f"gradient{'s' * (gradients != 1)} agree with those of the arrays.")  # fmt: skip
