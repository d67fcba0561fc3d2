"""tg.export_onnx: what a model does in one call, as an ONNX model that other programs run.

The call is recorded as a program, line by line, as `tg.compile` does; every line becomes one or a few of ONNX's
operations. Parameters become initialisers under the names of the state_dict.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from ..compiler.recording.line import Line
from ..compiler.recording.program import Program, record
from ..engine.value import Value
from ..nn.module import Module
from ..saving.whole_file import write_whole
from . import elementwise, messages, picking, shapes, sums
from .batch import FIRST, SECOND, Sizes, resized
from .graph import Graph
from .proto import as_model, package

KINDS = (np.float32, np.float64, *map(np.dtype, ("f4", "f8")), "float32", "float64")

assert all((elementwise, picking, shapes, sums))  # which say how each operation is written


def export_onnx(
    model: Any,
    example: Any,
    path: str | os.PathLike[str] | None = None,
    *,
    batch: bool = False,
    dtype: Any = np.float32,
) -> Any:
    """Write a model, as it computes in evaluation mode, in the ONNX format (opset 18).

    model     a Module, or a function of arrays
    example   an array, or a tuple of arrays, that the model is called with; arrays of whole numbers become int64
    path      where to write it; the file is written whole or not at all
    batch     True to leave the length of the first axis of every input open: any number of samples
    dtype     of all numbers in the file: np.float32, as nearly all programs want it, or np.float64
    returns   the onnx.ModelProto. Inputs are called as the arguments of forward, outputs "output", "output_1", ...
    raises    OnnxError for an operation without counterpart, and with batch=True for what depends on the number of
              samples in another way than by lengths of axes; ImportError without the package onnx
    source    https://onnx.ai/onnx/operators

    >>> from tinygrad_edu.nn import Linear, Sequential, Tanh
    >>> model = export_onnx(Sequential(Linear(2, 3), Tanh()), np.zeros((1, 2)))
    >>> [node.op_type for node in model.graph.node]
    ['Gemm', 'Tanh', 'Identity']
    """
    onnx = package()
    if not callable(model):
        raise messages.no_model(model)
    if not isinstance(dtype, (type, str, np.dtype)) or dtype not in KINDS:
        raise messages.no_dtype(dtype)
    examples = checked_examples(example)
    with evaluating(model):
        program, sizes = recorded(model, examples, batch)
    if not program.results:
        raise messages.no_result()
    graph = Graph(dtype, sizes)
    inputs = [described_input(graph, line, name) for line, name in zip(program.arguments, argument_names(model))]
    add_values(graph, program, model)
    for line in program.lines:
        graph.write(line)
    outputs = [described_output(graph, y, k) for k, y in enumerate(program.results)]
    made = as_model(
        onnx, graph, inputs, outputs, name=type(model).__name__ if isinstance(model, Module) else program.name
    )
    onnx.checker.check_model(made, full_check=True)
    if path is not None:
        write_whole(os.fspath(path), lambda file: file.write(made.SerializeToString(deterministic=True)))
    return made


def checked_examples(example: Any) -> tuple[np.ndarray, ...]:
    """The arrays that the model is called with."""
    examples = tuple(example) if isinstance(example, tuple) else (example,)
    try:
        found = tuple(np.asarray(x._held if type(x) is Value else x) for x in examples)
    except ValueError:  # lists of different lengths
        raise messages.no_example(example) from None
    if not found or any(x.dtype.kind not in "fiub" for x in found):
        raise messages.no_example(example)
    return tuple(x if x.dtype.kind in "fb" else x.astype(np.int64) for x in found)


class evaluating:
    """While it lasts, Dropout drops nothing and BatchNorm uses its averages; afterwards all is as it was."""

    def __init__(self, model: Any):
        self.modules = [(part, part.training) for part in model.modules()] if isinstance(model, Module) else []

    def __enter__(self) -> None:
        for part, _ in self.modules:
            part.training = False

    def __exit__(self, *_: Any) -> None:
        for part, was in self.modules:
            part.training = was


def recorded(model: Callable[..., Any], examples: tuple[np.ndarray, ...], batch: bool) -> tuple[Program, Sizes]:
    """What the model does, twice: with two numbers of samples if that number shall be open, else with the same."""
    for x in examples if batch else ():
        if not x.ndim or not len(x):
            raise messages.no_batch(x.shape)
    sizes = Sizes(FIRST, SECOND) if batch else Sizes()
    first, second = (
        record(model, tuple(resized(x, count) for x in examples) if count else examples)
        for count in (sizes.first, sizes.second)
    )
    sizes.pair(first, second)
    return first, sizes


def argument_names(model: Any) -> list[str]:
    """The names of the arguments of forward, or of the function; x_0, x_1, ... behind them."""
    try:
        parameters = inspect.signature(model.forward if isinstance(model, Module) else model).parameters.values()
    except (TypeError, ValueError):
        parameters = {}.values()  # type: ignore[assignment]
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return plain + [f"x_{k}" for k in range(64)]


def described_input(graph: Graph, line: Line, name: str) -> tuple[str, np.dtype, list[Any]]:
    """Name, dtype and shape of an input."""
    name = graph.names[line] = graph.unused(name)
    graph.first_input = graph.first_input or name
    kind = line.dtype.kind
    return name, graph.dtype if kind == "f" else line.dtype, graph.dims(line)


def described_output(graph: Graph, y: Any, k: int) -> tuple[str, np.dtype, list[Any]]:
    """The same for an output, which gets a name of its own."""
    name = graph("Identity", graph.name_of(y), name=f"output_{k}" if k else "output")
    own = type(y) is Line and y.dtype.kind in "iub"
    return name, y.dtype if own else graph.dtype, graph.dims(y) if type(y) is Line else []


def add_values(graph: Graph, program: Program, model: Any) -> None:
    """Parameters, buffers and constants as initialisers; a constant of one row per sample grows with the batch."""
    names = {id(x): name for name, x in state_names(model)}
    for line in [*program.values, *program.constants]:
        array, dims = graph.sizes.constant(line)
        own = type(line.origin) is Value
        name = names.get(id(line.origin)) or (line.origin.name if own and line.origin.name else "constant")
        graph.names[line] = graph.initializer(array, name)
        if dims is not None:
            graph.names[line] = graph("Expand", graph.names[line], graph.shape(dims))


def state_names(model: Any) -> list[tuple[str, Any]]:
    """Names of parameters and buffers, if the model has any."""
    return [*model.named_parameters(), *model.named_buffers()] if isinstance(model, Module) else []
