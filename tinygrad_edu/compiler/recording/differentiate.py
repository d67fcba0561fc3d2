"""The chain rule, written down: the derivative rules of the primitives are given lines and write lines.

There is no calculus here. `grad`, `vjp`, `jacobian` and the rest ask whoever watches to differentiate, and this is
what the recorder of programs answers: the same walk as `engine/sweep.py`, newest line first, with sums of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...calculus.containers import flatten, flatten_like
from ...calculus.recorded import identity
from ...errors import ShapeError
from ...ops import arithmetic
from ...ops.broadcasting import broadcast_to, cast, one_way, shape_of, sum_to
from ...ops.kinks import gate
from ...ops.op import Op
from ...protocols.messages import impossible
from .book import Book
from .gradients import note_gradient
from .line import Line
from .masks import MASKS


def vjp(book: Book, f: Callable[..., Any], xs: tuple[Any, ...], careful: bool) -> tuple[Any, Callable[..., Any]]:
    """What `tg.vjp(f, *xs)` answers while a program is written: lines, and a pull that writes lines."""
    leaves, rebuild = flatten(xs)
    inputs = [book.write(identity, (book.line(x),)) for x in leaves]
    for line, x in zip(inputs, leaves):
        line.name = getattr(x, "name", None)
    results, rebuild_y = flatten(f(*rebuild(inputs)))
    results = [book.read(y) for y in results]
    path = path_between(book, inputs, results)

    def pull(g: Any) -> tuple[Any, ...]:
        starts = [book.read(start) for start in flatten_like(g, rebuild_y(results))]
        if [shape_of(start) for start in starts] != [shape_of(y) for y in results]:
            raise ShapeError(
                f"pull(g) has the shapes {[shape_of(s) for s in starts]}, the result {[shape_of(y) for y in results]}.",
                "Every number starts with a number of its own, so both need the same shapes.",
                "Write a g that looks like the result y.",
            )
        return rebuild(carried(book, results, starts, inputs, path, careful))

    return rebuild_y(results), pull


def path_between(book: Book, inputs: Sequence[Line], results: Sequence[Any]) -> list[Line]:
    """The lines that depend on the inputs, newest first: through them a gradient passes on its way back."""
    first = inputs[0].order if inputs else len(book.lines)
    last = max([y.order for y in results if type(y) is Line], default=first)
    depending, path = set(inputs), []
    for line in book.lines[first : last + 1]:
        for x in line.inputs:
            if type(x) is Line and x in depending:
                depending.add(line)
                path.append(line)
                break
    return path[::-1]


def carried(
    book: Book, roots: Sequence[Any], starts: Sequence[Any], wanted: Sequence[Line], path: list[Line], careful: bool
) -> list[Any]:
    """The gradients of Σ start · root with respect to the wanted lines."""
    sums: dict[Line, Any] = {}
    for y, start in zip(roots, starts):
        if type(y) is Line:
            start = fitted(book, start, y)
            sums[y] = book.write(arithmetic.add, (sums[y], start)) if y in sums else start
    before, active = book.about, {*wanted, *path}
    try:
        for node in path:
            if node in sums:
                book.about = node
                hand_on(book, node, active, sums, careful)
                note_gradient(book, sums[node], node, roots, starts)
    finally:
        book.about = before
    found = [sums[x] if x in sums else nothing(book, x) for x in wanted]
    for x, g in zip(wanted, found):
        note_gradient(book, g, x, roots, starts)
    return found


def hand_on(book: Book, node: Line, active: set[Line], sums: dict[Line, Any], careful: bool) -> None:
    """Add to the sum of every input what the rule of the operation says."""
    op, g, inputs = node.op, sums[node], node.inputs
    assert op is not None
    wanted = [type(x) is Line and x in active for x in inputs]
    for k, (x, c) in enumerate(zip(inputs, op.pull(g, node, inputs, wanted))):
        if not wanted[k] or no_contribution(c):
            continue
        if careful and (op.elementwise or not node.shape):
            c = without_effect(book, c, g)
        if type(c) is not Line or type(c.sample) is not float or type(x.sample) is not float:
            c = fitted(book, possible(c, x, op, k), x)
        sums[x] = book.write(arithmetic.add, (sums[x], c)) if x in sums else c


def without_effect(book: Book, c: Any, g: Any) -> Any:
    """c, but 0 in place of nan where the gradient g that arrived is 0: what has no effect passes none on."""
    if c is g or (type(c) is Line and c.op is gate and c.inputs[0] is g):  # behind a gate, 0 is 0
        return c
    arrived = book.write(MASKS["ne"], (g, 0.0))
    return book.write(gate, (c, book.write(MASKS["or"], (arrived, book.write(MASKS["eq"], (c, c))))))


def possible(c: Any, x: Line, op: Op, k: int) -> Any:
    """What a rule returned for x, the k-th input of op, if its shape can be fitted to that of x."""
    shape = shape_of(c)
    if shape not in ((), x.shape) and one_way(shape, x.shape) is None:
        raise impossible(op, k, shape, x.shape)
    return c


def no_contribution(c: Any) -> bool:
    """Whether this is 0, or 0 times something: what is flat passes nothing on."""
    if type(c) is float:
        return c == 0.0
    return type(c) is Line and c.op is arithmetic.multiply and type(c.inputs[0]) is float and c.inputs[0] == 0.0


def nothing(book: Book, x: Line) -> Any:
    """The gradient of what no path leads to."""
    return fitted(book, 0.0, x)


def fitted(book: Book, c: Any, x: Line) -> Any:
    """The contribution in the shape and precision of its input: what `fit` does with numbers, written down."""
    c = book.read(c)
    if shape_of(c) != x.shape:
        c = book.write(broadcast_to.bind(shape=np.broadcast_shapes(shape_of(c), x.shape)), (c,))
        c = c if c.shape == x.shape else book.write(sum_to.bind(shape=x.shape), (c,))
    return book.write(cast.bind(dtype=x.dtype), (c,)) if x.shape and c.dtype != x.dtype else c
