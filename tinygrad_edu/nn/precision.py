"""The same module in another precision: float32 needs half the memory of float64 and half the time.

>>> from tinygrad_edu.nn import BatchNorm1d
>>> layer = BatchNorm1d(3).to(np.float32)
>>> layer.weight.dtype.name, layer.running_mean.dtype.name, layer.num_batches_tracked.dtype.name
('float32', 'float32', 'int64')
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError


def convert(module: Any, dtype: Any) -> None:
    """Convert the arrays of all parameters, their gradients, and all buffers that hold fractions.

    raises   DataError for a dtype that is no floating-point type
    """
    dtype = floating(type(module).__name__, dtype)
    for parameter in module.parameters():
        if parameter.shape and parameter.dtype != dtype:
            gradient = parameter.grad
            parameter.data = parameter._held.astype(dtype)
            parameter.grad = gradient
    for part in module.modules():
        for name in part._buffers:
            array = getattr(part, name)
            if type(array) is Value:
                array.data = array._held.astype(dtype) if array.shape else array._held
            elif array is not None and array.dtype.kind == "f":
                setattr(part, name, array.astype(dtype))


def floating(owner: str, dtype: Any) -> np.dtype:
    """The dtype, if it holds fractions.

    raises   DataError for any other

    >>> floating("Linear", np.float32)
    dtype('float32')
    """
    try:
        found = None if dtype is None else np.dtype(dtype)  # NumPy takes None for float64
    except TypeError:
        found = None
    if found is None or found.kind != "f":
        raise DataError(
            f"{owner}: dtype={dtype!r} holds no fractions." if found is None else
            f"{owner}: dtype={found.name} holds no fractions.",
            "All weights start between -1 and 1, and a gradient changes them by a little: as integers they stay 0.",
            "Write dtype=np.float64 or dtype=np.float32.",
        )  # fmt: skip
    return found
