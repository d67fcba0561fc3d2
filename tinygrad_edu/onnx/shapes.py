"""Operations that move entries: ONNX needs the new shape written out, with the number of samples left open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..compiler.recording.line import Line
from . import messages
from .graph import Graph, rule

FAR = 2**63 - 1  # the end of a slice that goes on to the end


@rule("reshape", "ravel", "expand_dims", "squeeze")
def reshape(graph: Graph, line: Line, x: str) -> str:
    assert line.op is not None
    if line.op.settings.get("order", "C") != "C":
        raise messages.no_counterpart(line, f"order={line.op.settings['order']!r}")
    return graph.reshaped(x, graph.dims(line))


def permutation(move: Callable[[Any], Any], count: int) -> list[int]:
    """Where each axis of the result comes from.

    >>> permutation(lambda x: np.moveaxis(x, 0, -1), 3)
    [1, 2, 0]
    """
    return list(move(np.broadcast_to(0.0, range(count))).shape)


@rule("transpose", "swapaxes", "moveaxis")
def transpose(graph: Graph, line: Line, x: str) -> str:
    assert line.op is not None
    return graph("Transpose", x, perm=permutation(line.op.forward, line.inputs[0].ndim), name=line.name or "")


@rule("broadcast_to", "filled")
def expand(graph: Graph, line: Line, x: str) -> str:
    return graph("Expand", x, graph.shape(graph.dims(line)))


@rule("sum_to")
def sum_to(graph: Graph, line: Line, x: str) -> str:
    given, missing = line.inputs[0], line.inputs[0].ndim - line.ndim
    axes = [k for k, n in enumerate(given.shape) if k < missing or n != line.shape[k - missing]]
    return graph.reshaped(graph("ReduceSum", x, graph.ints(axes), noop_with_empty_axes=1), graph.dims(line))


# ── slices ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def sliced(graph: Graph, x: str, axis: int, start: int, stop: int, step: int = 1) -> str:
    """x[start:stop:step] along one axis."""
    return graph("Slice", x, *(graph.ints([n]) for n in (start, stop, axis, step)))


def axes_of(setting: Any, count: int) -> list[int]:
    """A setting `axis` as a list of axes; None means all."""
    axes = range(count) if setting is None else setting if isinstance(setting, (tuple, list)) else [setting]
    return [int(axis) % count for axis in axes]


@rule("flip")
def flip(graph: Graph, line: Line, x: str) -> str:
    for axis in axes_of(graph.setting(line, "axis"), line.ndim):
        x = sliced(graph, x, axis, FAR, -FAR, -1)
    return x


@rule("roll")
def roll(graph: Graph, line: Line, x: str) -> str:
    shift, axis = graph.setting(line, "shift"), graph.setting(line, "axis")
    if axis is None:
        x = graph.reshaped(x, [-1])
    shifts, axes = np.broadcast_arrays(shift, [0] if axis is None else axes_of(axis, line.ndim))
    for step, along in zip(shifts.ravel().tolist(), axes.ravel().tolist()):
        dims = graph.dims(line)
        length = line.size if axis is None else dims[along]
        if type(length) is not int or (axis is None and any(type(n) is not int for n in dims)):
            raise messages.depends_on_batch(f"roll moves along the samples{messages.where(line)}")
        if step % length:
            parts = (length - step % length, FAR), (0, length - step % length)
            x = graph("Concat", *(sliced(graph, x, along, *part) for part in parts), axis=along)
    return graph.reshaped(x, graph.dims(line)) if axis is None else x


@rule("tril", "triu")
def triangle(graph: Graph, line: Line, x: str) -> str:
    assert line.op is not None
    return graph("Trilu", x, graph.ints(int(graph.setting(line, "k"))), upper=int(line.op.name == "triu"))


# ── joining and repeating ────────────────────────────────────────────────────────────────────────────────────────────
@rule("joined")
def joined(graph: Graph, line: Line, *xs: str) -> str:
    return graph("Concat", *xs, axis=graph.setting(line, "axis") % line.ndim, name=line.name or "")


@rule("stacked")
def stacked(graph: Graph, line: Line, *xs: str) -> str:
    axis = graph.setting(line, "axis") % line.ndim
    return graph("Concat", *(graph("Unsqueeze", x, graph.ints([axis])) for x in xs), axis=axis, name=line.name or "")


@rule("tile")
def tile(graph: Graph, line: Line, x: str) -> str:
    reps = graph.setting(line, "reps")
    counts = [int(n) for n in (reps if isinstance(reps, (tuple, list)) else [reps])]
    count = line.inputs[0].ndim
    counts = [1] * (count - len(counts)) + counts
    for _ in range(len(counts) - count):
        x = graph("Unsqueeze", x, graph.ints([0]))
    return graph("Tile", x, graph.ints(counts))


@rule("repeat")
def repeat(graph: Graph, line: Line, x: str) -> str:
    axis, given = graph.setting(line, "axis"), line.inputs[0]
    dims = graph.dims(given)
    if any(type(n) is not int for n in (dims if axis is None else [dims[axis]])):
        raise messages.depends_on_batch(f"repeat repeats samples{messages.where(line)}")
    if axis is None:
        x = graph.reshaped(x, [-1])
    length = given.size if axis is None else given.shape[axis]
    places = np.repeat(np.arange(length), graph.setting(line, "repeats"))
    return graph("Gather", x, graph.ints(places.tolist()), axis=0 if axis is None else axis % given.ndim)


MODES = {"constant": "constant", "edge": "edge", "reflect": "reflect"}


@rule("pad")
def pad(graph: Graph, line: Line, x: str) -> str:
    mode, value = graph.setting(line, "mode"), graph.setting(line, "constant_values")
    if mode not in MODES or np.ndim(value):
        raise messages.no_counterpart(line, f"mode={mode!r}" if mode not in MODES else "several constants")
    pairs = np.broadcast_to(np.asarray(graph.setting(line, "pad_width")), (line.ndim, 2))
    inputs = [x, graph.ints(pairs.T.ravel().tolist())]
    return graph("Pad", *inputs, *([graph.number(value)] if mode == "constant" else []), mode=MODES[mode])


@rule("cumsum")
def cumsum(graph: Graph, line: Line, x: str) -> str:
    axis = graph.setting(line, "axis")
    x = graph.reshaped(x, [-1]) if axis is None else x
    return graph("CumSum", x, graph.ints(0 if axis is None else axis % line.ndim))


@rule("sort")
def sort(graph: Graph, line: Line, x: str) -> str:
    axis = graph.setting(line, "axis")
    x, axis = (graph.reshaped(x, [-1]), 0) if axis is None else (x, axis % line.ndim)
    length = graph.dims(line)[axis]
    if type(length) is not int:
        raise messages.depends_on_batch(f"sort sorts the samples{messages.where(line)}")
    return graph("TopK", x, graph.ints([length]), axis=axis, largest=0)
