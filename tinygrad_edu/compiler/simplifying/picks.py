"""What is picked again from where it was just put."""

from __future__ import annotations

from typing import Any

from ...ops import cumulative, joining, reductions
from ...ops.broadcasting import shape_of
from ...ops.indexing import getitem, scatter
from ...ops.op import Op
from .rules import rule, takes


@rule(getitem, of=joining.stacked)
def one_of_stacked(book: Any, op: Op, x: Any) -> Any:
    """stack(a, b, c)[1] → b"""
    index = op.settings["index"]
    index = index[0] if type(index) is tuple and len(index) == 1 else index
    if type(index) is not int or x.op.settings["axis"] != 0 or not -len(x.inputs) <= index < len(x.inputs):
        return None
    part = x.inputs[index]
    return part if takes(part, x.dtype) else None


@rule(getitem, of=scatter)
def picked_where_put(book: Any, op: Op, x: Any) -> Any:
    """scatter(x, i)[i] → x, for whole numbers and slices, which name no place twice"""
    index = op.settings["index"]
    put = x.inputs[0]
    if not simple(index) or repr(index) != repr(x.op.settings["index"]) or type(put) is float:
        return None
    return put if getattr(op.compute(x.sample), "shape", ()) == put.shape else None


@rule(reductions.sum, reductions.mean, reductions.max, reductions.min, cumulative.prod)
def over_one_number(book: Any, op: Op, x: Any) -> Any:
    """The sum, mean, … of a single number → the number"""
    return x if type(x) is not float and not x.shape and shape_of(op.compute(x.sample)) == () else None


def simple(index: Any) -> bool:
    """Whether an index consists of whole numbers, slices, `...` and None."""
    parts = index if type(index) is tuple else (index,)
    return all(part is None or part is ... or type(part) in (int, slice) for part in parts)
