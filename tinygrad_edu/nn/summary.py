"""A network as a table: what each layer returns for an example, and how many parameters it has.

>>> from tinygrad_edu.nn import MLP
>>> print(MLP(2, [4, 1]).summary((100, 2)))
layer                    output shape  parameters
MLP(2, [4, 1])           (100, 1)               -
  layers.0: Layer(2, 4)  (100, 4)              12
  layers.1: Layer(4, 1)  (100, 1)               5
total                                          17
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ..errors import DataError
from ..ops.broadcasting import shape_of
from ..protocols.modes import no_grad

WIDTH = 80


class Row(NamedTuple):
    """One layer: its path, what it is, how deep inside, the shape of its output ("" if never called), its parameters.

    parameters   those that no row above has counted, so that all of them add up to the total
    """

    path: str
    layer: str
    depth: int
    shape: str
    parameters: int
    calls: int


class Summary:
    """The table; `print(summary)` shows it in at most 80 columns. `rows` one per layer, `total` the parameters."""

    def __init__(self, rows: list[Row], total: int):
        self.rows, self.total = rows, total

    def __str__(self) -> str:
        lines = [("layer", "output shape", "parameters")]
        for row in self.rows:
            shape = "not called" if row.calls == 0 else row.shape + (f" × {row.calls}" if row.calls > 1 else "")
            lines.append((label(row), shape, f"{row.parameters:,}" if row.parameters else "-"))
        lines.append(("total", "", f"{self.total:,}"))
        numbers = max(len(line[2]) for line in lines)
        shapes = min(max(len(line[1]) for line in lines), 30)
        names = min(max(len(line[0]) for line in lines), WIDTH - shapes - numbers - 4)
        return "\n".join(f"{cut(a, names):<{names}}  {cut(b, shapes):<{shapes}}  {c:>{numbers}}" for a, b, c in lines)

    __repr__ = __str__


def label(row: Row) -> str:
    """The first column: indented, with the last part of the path."""
    return "  " * row.depth + (f"{row.path}: " if row.path else "") + row.layer


def cut(text: str, width: int) -> str:
    """The text in so many characters.

    >>> cut("Linear(784, 256)", 10)
    'Linear(78…'
    """
    return text if len(text) <= width else text[: width - 1] + "…"


def summarised(module: Any, example: tuple[Any, ...]) -> Summary:
    """Call the module once, in evaluation and without recording, and note what every part of it returns.

    example   one shape, or the inputs
    raises    DataError without an example
    """
    pairs = module.named_modules()
    outputs = called(pairs, inputs_for(module, example))
    parts: dict[str, list[tuple[str, Any]]] = {path: [] for path, _ in pairs}
    for path, part in pairs[1:]:
        parts[owner_of(path, parts)].append((path, part))
    rows: list[Row] = []
    counted: set[int] = set()

    def tell(path: str, name: str, part: Any, depth: int) -> None:
        inside = parts[path]
        if id(part) in outputs and all(id(inner) not in outputs for _, inner in inside):
            inside = []  # it computes without calling its parts, like a Layer without its neurons
        theirs = {id(p) for _, inner in inside for p in inner.parameters()}
        own = [p for p in part.parameters() if id(p) not in theirs and id(p) not in counted]
        counted.update(map(id, own))
        found = outputs.get(id(part), [])
        size = sum(p.size for p in own)
        rows.append(Row(name, title(part, inside), depth, found[0] if found else "", size, len(found)))
        for way, inner in inside:
            tell(way, way[len(path) + 1 if path else 0 :], inner, depth + 1)

    tell("", "", module, 0)
    return Summary(rows, sum(p.size for p in module.parameters()))


def inputs_for(module: Any, example: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the module is called with: zeros of the shape that was given, or what was given."""
    if not example:
        raise DataError(
            "summary() was called without an example.",
            "Which shapes the layers return depends on the shape of what comes in.",
            "Write net.summary((64, 784)) with the shape of a batch, or net.summary(x) with a batch.",
        )
    if (
        len(example) == 1
        and isinstance(example[0], tuple)
        and all(isinstance(n, (int, np.integer)) for n in example[0])
    ):
        dtypes = [p.dtype for p in module.parameters() if p.shape]
        return (np.zeros(example[0], dtypes[0] if dtypes else float),)
    return example


def called(pairs: list[tuple[str, Any]], inputs: tuple[Any, ...]) -> dict[int, list[str]]:
    """Call the first of the modules, which contains the others.

    returns   the shapes of what every module returned, in the order of the calls, by the module's id
    """
    outputs: dict[int, list[str]] = {}
    training = [(part, part.training) for _, part in pairs]
    handles = [part.register_forward_hook(lambda m, x, y: outputs.setdefault(id(m), []).append(shapes(y)))
               for _, part in pairs]  # fmt: skip
    try:
        pairs[0][1].eval()
        with no_grad():
            pairs[0][1](*inputs)
    finally:
        for handle in handles:
            handle.remove()
        for part, mode in training:
            part.training = mode
    return outputs


def shapes(y: Any) -> str:
    """The shape of a result, or of several.

    >>> shapes(np.zeros((2, 3))), shapes((np.zeros(2), [1.0, 2.0]))
    ('(2, 3)', '(2,), [(), ()]')
    """
    if isinstance(y, dict):
        y = list(y.values())
    if isinstance(y, (list, tuple)):
        inside = ", ".join(map(shapes, y))
        return f"[{inside}]" if isinstance(y, list) else inside
    return str(shape_of(y))


def owner_of(path: str, paths: Any) -> str:
    """The path of the innermost module around the one at `path`.

    >>> owner_of("body.layers.0", {"", "body"})
    'body'
    """
    while path:
        path = path.rpartition(".")[0]
        if path in paths:
            return path
    return ""


def title(module: Any, inside: list[Any]) -> str:
    """What a module is: its repr, or its class if it has parts with rows of their own."""
    text = getattr(module, "title", None) or ("" if inside else repr(module))
    return text if text and "\n" not in text and len(text) <= 60 else type(module).__name__
