"""Reductions, softmax and products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..compiler.recording.line import Line
from . import messages
from .graph import RULES, Graph, rule
from .shapes import axes_of, sliced

REDUCE = {
    "sum": "ReduceSum", "mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin", "prod": "ReduceProd",
    "logsumexp": "ReduceLogSumExp",
}  # fmt: skip


def reduced(graph: Graph, line: Line, op: str, x: str, keep: bool | None = None) -> str:
    """A reduction over the axes of the line's settings."""
    keep = bool(graph.setting(line, "keepdims")) if keep is None else keep
    axes = axes_of(graph.setting(line, "axis"), line.inputs[0].ndim)
    if not axes:  # over no axis, or of a single number
        return x if op != "ReduceL1" and op != "ReduceL2" else graph("Abs", x)
    return graph(op, x, graph.ints(axes), keepdims=int(keep), name=line.name or "")


def reduction(op: str) -> Any:
    """The rule of an operation that ONNX has."""
    return lambda graph, line, x: reduced(graph, line, op, x)


RULES.update({ours: reduction(theirs) for ours, theirs in REDUCE.items()})


@rule("var", "std")
def var(graph: Graph, line: Line, x: str) -> str:
    assert line.op is not None
    apart = graph("Sub", x, reduced(graph, line, "ReduceMean", x, keep=True))
    y = reduced(graph, line, "ReduceMean", graph("Mul", apart, apart))
    if ddof := graph.setting(line, "ddof"):
        dims = graph.dims(line.inputs[0])
        along = [dims[axis] for axis in axes_of(graph.setting(line, "axis"), len(dims))]
        if any(type(n) is not int for n in along):
            raise messages.depends_on_batch(f"{line.op.name} divides by the number of samples − {ddof}")
        count = math.prod(along)
        y = graph("Mul", y, graph.number(count / (count - ddof)))
    return graph("Sqrt", y) if line.op.name == "std" else y


@rule("norm")
def norm(graph: Graph, line: Line, x: str) -> str:
    order = graph.setting(line, "ord")
    if order == np.inf:
        return reduced(graph, line, "ReduceMax", graph("Abs", x))
    return reduced(graph, line, "ReduceL1" if order == 1 else "ReduceL2", x)


@rule("softmax", "log_softmax")
def softmax(graph: Graph, line: Line, x: str) -> str:
    assert line.op is not None
    op, axis = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}[line.op.name], graph.setting(line, "axis")
    axes = axes_of(axis, line.ndim)
    if len(axes) == 1:
        return graph(op, x, axis=axes[0], name=line.name or "")
    total = graph("ReduceLogSumExp", x, graph.ints(axes), keepdims=1)
    y = graph("Sub", x, total)
    return graph("Exp", y) if op == "Softmax" else y


# ── products ─────────────────────────────────────────────────────────────────────────────────────────────────────────
RULES["matmul"] = lambda graph, line, a, b: graph("MatMul", a, b, name=line.name or "")
RULES["det"] = lambda graph, line, x: graph("Det", x)


def added(graph: Graph, y: str, given: Any, bias: str) -> str:
    """y + bias, or y where there is none."""
    return y if type(given) is float and given == 0.0 else graph("Add", y, bias)


@rule("affine")
def affine(graph: Graph, line: Line, x: str, weight: str, bias: str) -> str:
    given = line.inputs[2]
    if line.inputs[0].ndim == 2 and type(given) is Line and given.ndim == 1:
        return graph("Gemm", x, weight, bias, transB=1, name=line.name or "")
    return added(graph, graph("MatMul", x, graph("Transpose", weight, perm=[1, 0])), given, bias)


@rule("affine_of_row")
def affine_of_row(graph: Graph, line: Line, x: str, row: str) -> str:
    width = line.inputs[0].shape[-1]
    matrix = graph.reshaped(row, [line.shape[-1], width + 1])
    weight = graph("Transpose", sliced(graph, matrix, 1, 0, width), perm=[1, 0])
    bias = graph.reshaped(sliced(graph, matrix, 1, width, width + 1), [line.shape[-1]])
    return graph("Add", graph("MatMul", x, weight), bias)


@rule("contraction")
def contraction(graph: Graph, line: Line, *xs: str) -> str:
    return graph("Einsum", *xs, equation=graph.setting(line, "subscripts"))


# ── images ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def windows(graph: Graph, line: Line, size: tuple[int, ...], dilated: bool = True) -> dict[str, Any]:
    """The attributes that say where windows stand."""
    axes = len(size)
    padding = graph.setting(line, "padding") or ((0, 0),) * axes
    found = {
        "kernel_shape": list(size),
        "strides": list(graph.setting(line, "stride") or (1,) * axes),
        "pads": [*(a for a, _ in padding), *(b for _, b in padding)],
    }
    return {**found, "dilations": list(graph.setting(line, "dilation") or (1,) * axes)} if dilated else found


@rule("convolution")
def convolution(graph: Graph, line: Line, x: str, weight: str, bias: str) -> str:
    given, settings = line.inputs[2], windows(graph, line, line.inputs[1].shape[2:])
    own = type(given) is Line and given.ndim == 1
    inputs = [x, weight, *([bias] if own else [])]
    y = graph("Conv", *inputs, **settings, group=graph.setting(line, "groups"), name=line.name or "")
    return y if own else added(graph, y, given, bias)


@rule("max_pool")
def max_pool(graph: Graph, line: Line, x: str) -> str:
    return graph("MaxPool", x, **windows(graph, line, graph.setting(line, "size")), name=line.name or "")


@rule("sum_pool")
def sum_pool(graph: Graph, line: Line, x: str) -> str:
    size = graph.setting(line, "size")
    y = graph("AveragePool", x, **windows(graph, line, size, dilated=False), count_include_pad=1)
    return graph("Mul", y, graph.number(float(math.prod(size))))
