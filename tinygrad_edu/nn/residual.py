"""A way around a layer: it only has to learn what to add to its input, and gradients pass it unweakened.

source   He, Zhang, Ren & Sun, Deep residual learning for image recognition, CVPR 2016

>>> Residual(lambda x: 10 * x)(3.0)
33.0
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import DataError, ShapeError
from ..ops.broadcasting import shape_of
from .inputs import ready
from .module import Module


class Residual(Module):
    """x → x + module(x).

    module   a layer, or any function of one array, that returns the shape it is given
    raises   ShapeError if it returns another one; DataError for what cannot be called

    >>> import numpy as np
    >>> from tinygrad_edu.nn import Linear
    >>> block = Residual(Linear(4, 4))
    >>> block(np.zeros((2, 4))).shape, list(block.state_dict())
    ((2, 4), ['module.weight', 'module.bias'])
    """

    def __init__(self, module: Callable[[Any], Any]):
        if not callable(module):
            raise DataError(
                f"Residual({module!r}): an object of type {type(module).__name__} cannot be called.",
                "It adds to its input what a layer makes of it.",
                "Write Residual(Linear(8, 8)), or Residual(Sequential(...)) for several layers.",
            )
        self.module = module

    def forward(self, x: Any) -> Any:
        x = ready(x)
        y = self.module(x)
        if shape_of(y) != shape_of(x):
            name = repr(self.module) if isinstance(self.module, Module) else getattr(self.module, "__name__", "module")
            name = name if len(name) <= 60 and "\n" not in name else type(self.module).__name__
            raise ShapeError(
                f"Residual: {name} made shape {shape_of(y)} of shape {shape_of(x)}.",
                "The input is added to the output, entry by entry, so both have the same shape.",
                "Give the layer as many outputs as inputs, or write x + layer(x) yourself with a layer for x.",
            )
        return x + y
