"""The ONNX graph while it is being written: nodes, constants and names.

Every line of a program becomes one node or a few. A rule gets the line and the ONNX names of its inputs, writes nodes,
and returns the name of the result:

    @rule("silu")
    def silu(graph, line, x):
        return graph("Mul", x, graph("Sigmoid", x))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..compiler.recording.line import Line
from . import messages
from .batch import Sizes

OPSET = 18  # of December 2022: reductions take their axes as an input
RULES: dict[str, Callable[..., str]] = {}  # the name of a primitive -> how it is written
INTS = np.int64


def rule(*names: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Register how operations of these names are written."""

    def known(write: Callable[..., str]) -> Callable[..., str]:
        RULES.update(dict.fromkeys(names, write))
        return write

    return known


class Graph:
    """What has been written so far.

    dtype          of all numbers: float32 or float64
    sizes          which lengths grow with the batch
    nodes          (operation, inputs, output, attributes) in order
    initializers   name -> array: parameters and constants
    names          lines and Values -> their names
    """

    def __init__(self, dtype: Any, sizes: Sizes):
        self.dtype, self.sizes = np.dtype(dtype), sizes
        self.nodes: list[tuple[str, list[str], str, dict[str, Any]]] = []
        self.initializers: dict[str, np.ndarray] = {}
        self.names: dict[Line, str] = {}
        self.taken: set[str] = set()
        self.constants: dict[Any, str] = {}
        self.batch_name = ""  # the number of samples, once somebody has asked for it
        self.first_input = ""

    def __call__(self, op: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Write a node; returns the name of its result."""
        output = self.unused(name or op.lower())
        self.nodes.append((op, list(inputs), output, attributes))
        return output

    def unused(self, name: str) -> str:
        """The name, or with a number behind it if it is taken."""
        name = re.sub(r"[^\w.]+", "_", name) or "x"
        found, k = name, 2
        while found in self.taken:
            found, k = f"{name}_{k}", k + 1
        self.taken.add(found)
        return found

    # ── constants ────────────────────────────────────────────────────────────────────────────────────────────────────
    def initializer(self, array: Any, name: str = "constant") -> str:
        """An array of the model: a parameter under its name, or a constant."""
        name = self.unused(name)
        self.initializers[name] = self.converted(np.asarray(array))
        return name

    def converted(self, array: np.ndarray) -> np.ndarray:
        """Numbers in the precision of the graph; what is too large for it becomes the largest, not infinite."""
        if array.dtype.kind == "f":
            most = np.finfo(self.dtype).max
            array = np.where(np.isfinite(array), np.clip(array, -most, most), array)
        return array.astype(self.dtype if array.dtype.kind == "f" else INTS if array.dtype.kind in "iu" else bool)

    def number(self, x: float) -> str:
        """A plain number."""
        key = ("number", repr(float(x)))
        if key not in self.constants:
            self.constants[key] = self.initializer(np.array(float(x)), "number")
        return self.constants[key]

    def ints(self, numbers: Sequence[int] | int) -> str:
        """Whole numbers: axes, lengths, places."""
        key = ("ints", str(numbers))
        if key not in self.constants:
            self.constants[key] = self.initializer(np.array(numbers, INTS), "ints")
        return self.constants[key]

    # ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────────
    def write(self, line: Line) -> None:
        """Write the nodes of one operation."""
        assert line.op is not None
        if line.op.base.name not in RULES:
            raise messages.no_counterpart(line)
        self.names[line] = RULES[line.op.base.name](self, line, *[self.name_of(x) for x in line.inputs])

    def name_of(self, x: Any) -> str:
        """The name of an input of an operation."""
        return self.names[x] if type(x) is Line else self.number(x)

    def setting(self, line: Line, name: str) -> Any:
        """A setting of the operation, which must not depend on the batch."""
        assert line.op is not None
        found = line.op.settings[name]
        if not same(found, self.sizes.twin(line).op.settings[name]):
            raise messages.depends_on_batch(f"{name} of {line.op.name} differs{messages.where(line)}")
        return found

    # ── lengths that grow with the batch ─────────────────────────────────────────────────────────────────────────────
    def shape(self, dims: Sequence[Any]) -> str:
        """A shape as an input of Reshape or Expand; see `Sizes.dims`."""
        if all(type(n) is int for n in dims):
            return self.ints(list(dims))
        parts = [self.ints([n]) if type(n) is int else self.times_batch(n.times) for n in dims]
        return parts[0] if len(parts) == 1 else self("Concat", *parts, axis=0)

    def times_batch(self, times: int) -> str:
        """So many times the number of samples, as an array with one entry."""
        if not self.batch_name:
            self.batch_name = self("Shape", self.first_input, start=0, end=1, name="batch_size")
        return self.batch_name if times == 1 else self("Mul", self.batch_name, self.ints([times]))

    def reshaped(self, x: str, dims: Sequence[Any]) -> str:
        """x in another shape; one length that grows with the batch needs no computation: -1."""
        open_ones = [k for k, n in enumerate(dims) if type(n) is not int]
        if len(open_ones) == 1 and 0 not in dims:
            dims = [-1 if k in open_ones else n for k, n in enumerate(dims)]
        return self("Reshape", x, self.shape(dims))

    def dims(self, line: Line) -> list[Any]:
        """The shape of a line: ints, and `Open` for what grows with the batch."""
        return self.sizes.dims(line)


def same(a: Any, b: Any) -> bool:
    """Whether two settings are equal, arrays included."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return np.array_equal(a, b)
    if isinstance(a, (tuple, list)) and isinstance(b, (tuple, list)):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)
