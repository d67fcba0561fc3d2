"""Layer normalisation: every sample with mean 0 and variance 1, whatever the others in the batch are.

    y = (x − mean) / √(variance + eps) · weight + bias

source   Ba, Kiros & Hinton, Layer normalization, arXiv:1607.06450

>>> LayerNorm(4)([[1.0, 1.0, 3.0, 3.0]]).data.round(3)
array([[-1., -1.,  1.,  1.]])
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import ShapeError
from ..ops.broadcasting import shape_of
from .initial import checked_size
from .inputs import number, ready
from .module import Module
from .normal import centred
from .precision import floating


class LayerNorm(Module):
    """x (..., *normalized_shape) → the same shape; mean and variance (divided by n) over the last axes.

    normalized_shape     the lengths of the last axes, or of the last one
    eps                  keeps the root away from 0
    elementwise_affine   False for no weight and bias; they are Values of normalized_shape, 1 and 0 at first
    bias                 False for a weight alone
    raises               ShapeError for an input with other last axes
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        dtype: Any = np.float64,
    ):
        sizes = normalized_shape if isinstance(normalized_shape, (tuple, list)) else (normalized_shape,)
        self.normalized_shape = tuple(checked_size("LayerNorm", "each length in normalized_shape", n) for n in sizes)
        self.eps, dtype = number("LayerNorm", "eps", eps, least=0.0), floating("LayerNorm", dtype)
        self.weight = Value(np.ones(self.normalized_shape, dtype)) if elementwise_affine else None
        self.bias = Value(np.zeros(self.normalized_shape, dtype)) if elementwise_affine and bias else None

    def forward(self, x: Any) -> Any:
        x, count = ready(x), len(self.normalized_shape)
        if shape_of(x)[-count:] != self.normalized_shape:
            raise ShapeError(
                f"{self!r} was called with shape {shape_of(x)}.",
                f"It makes each block of shape {self.normalized_shape} in the last axes have mean 0 and variance 1.",
                f"Pass (..., {', '.join(map(str, self.normalized_shape))}), or build it as "
                f"LayerNorm({shape_of(x)[-1] if shape_of(x) else 1}).",
            )
        difference, scale, _, _ = centred(x, tuple(range(-count, 0)), self.eps)
        y = difference * scale
        y = y if self.weight is None else y * self.weight
        return y if self.bias is None else y + self.bias

    def __repr__(self) -> str:
        sizes = self.normalized_shape
        return f"LayerNorm({sizes[0] if len(sizes) == 1 else sizes})"
