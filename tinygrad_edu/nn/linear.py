"""A linear layer on arrays: y = x · weightᵀ + bias, every sample a row.

>>> layer = Linear(3, 2, rng=np.random.default_rng(0))
>>> layer.weight.data, layer.bias.data = [[1, 0, 0], [0, 1, 1]], [10, 20]
>>> layer(np.array([[1.0, 2.0, 3.0]])).data
array([[11., 25.]])
>>> layer
Linear(3, 2)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import ShapeError
from ..ops.affine import affine
from ..ops.broadcasting import shape_of
from ..ops.numbers import constant
from .initial import array_source, checked_size
from .module import Module
from .precision import floating


class Linear(Module):
    """x (..., in_features) → x @ weight.T + bias, shape (..., out_features).

    weight    Value (out_features, in_features), bias Value (out_features,) or None: as in PyTorch, and drawn as
              there, evenly from ±1/√in_features, the weight first
    rng       numpy Generator; a fresh one when None
    dtype     np.float64, or np.float32 for half the memory and twice the speed
    raises    ShapeError for sizes that are not positive and for an input of another width; DataError for a dtype
              that is no floating-point type
    source    PyTorch documentation, torch.nn.Linear; LeCun et al., Efficient BackProp (1998), section 4.6
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float64,
    ):
        rng = array_source(rng)
        rows = checked_size("Linear", "out_features", out_features)
        columns = checked_size("Linear", "in_features", in_features)
        dtype = floating("Linear", dtype)
        bound = columns**-0.5
        self.weight = Value(rng.uniform(-bound, bound, (rows, columns)).astype(dtype))
        self.bias = Value(rng.uniform(-bound, bound, rows).astype(dtype)) if bias else None

    def forward(self, x: Any) -> Any:
        x = x if hasattr(x, "apply_op") else constant(x)
        if shape_of(x)[-1:] != self.weight.shape[1:]:
            raise misfit(self, shape_of(x))
        return affine(x, self.weight, 0.0 if self.bias is None else self.bias)

    def __repr__(self) -> str:
        rows, columns = self.weight.shape
        return f"Linear({columns}, {rows}{', bias=False' if self.bias is None else ''})"


def misfit(layer: Linear, found: tuple[int, ...]) -> ShapeError:
    """For an input of another width than the layer's."""
    width = layer.weight.shape[1]
    if len(found) == 2 and found[0] == width:
        write = "Did you mean x.T?"
    elif len(found) > 2 and int(np.prod(found[1:])) == width:
        write = "Write x.reshape(len(x), -1) to make each sample one row, or put nn.Flatten() before the layer."
    else:
        write = f"Pass {width} columns" + (f", or write Linear({found[-1]}, ...)." if found else ".")
    return ShapeError(
        f"{layer!r} takes {width} numbers per sample and was called with shape {found}.",
        f"Samples are rows: the last axis of the input must have length {width}, one entry per column of the weight.",
        write,
    )
