"""Every sample in one row: what stands between layers for pictures and layers for vectors.

>>> import numpy as np
>>> Flatten()(np.zeros((64, 28, 28))).shape
(64, 784)
"""

from __future__ import annotations

from typing import Any

from ..errors import AxisError
from ..ops.broadcasting import shape_of
from ..ops.shapes import reshape
from .inputs import ready, whole
from .module import Module


class Flatten(Module):
    """Make one axis of the axes from start_dim to end_dim, both included; the first one is left alone: the samples.

    raises   AxisError if the input has no such axes, or they are in the wrong order

    >>> import numpy as np
    >>> Flatten(0)(np.zeros((2, 3, 4))).shape, Flatten(1, 2)(np.zeros((2, 3, 4, 5))).shape
    ((24,), (2, 12, 5))
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1):
        self.start_dim = whole("Flatten", "start_dim", start_dim)
        self.end_dim = whole("Flatten", "end_dim", end_dim)

    def forward(self, x: Any) -> Any:
        x = ready(x)
        shape = shape_of(x)
        first, last = (i + len(shape) if i < 0 else i for i in (self.start_dim, self.end_dim))
        if not 0 <= first <= last < len(shape):
            raise AxisError(
                f"{self!r} was called with shape {shape}.",
                f"An array with {len(shape)} axes has the axes 0 to {len(shape) - 1}; start_dim is not after end_dim."
                if shape else "A single number has no axes.",
                "Pass a batch, shape (samples, ...), or write Flatten(0) to make one row of everything.",
            )  # fmt: skip
        length = 1
        for n in shape[first : last + 1]:
            length *= n
        return reshape(x, shape=(*shape[:first], length, *shape[last + 1 :]))

    def __repr__(self) -> str:
        return (
            "Flatten()" if (self.start_dim, self.end_dim) == (1, -1) else f"Flatten({self.start_dim}, {self.end_dim})"
        )
