"""What a network of scalar weights is called with: one sample, or a batch of them.

    one sample    a list or tuple of numbers and Values, or an array (width,)       →  the scalar graph
    a batch       an array or array Value (..., width), one sample per row          →  matrix products

>>> from tinygrad_edu.nn import Neuron
>>> sample_or_batch((1, 2.0), 2, Neuron(2))
[1.0, 2.0]
>>> sample_or_batch([[1.0, 2.0], [3.0, 4.0]], 2, Neuron(2))
Traceback (most recent call last):
tinygrad_edu.errors.ShapeError: Neuron(2): input 0 of the list is [1., 2.], an array of shape (2,).
  A list is one sample and holds one number per input; a batch of samples is an array.
  Write np.array(x) to pass a batch with one sample per row.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import ShapeError
from ..ops.broadcasting import shape_of
from ..ops.numbers import constant


def sample_or_batch(x: Any, width: int, owner: Any) -> Any:
    """One sample as a list of floats and scalar Values, or a batch as it is; plain numbers stay plain.

    width    how many inputs the owner (anything with a `title`) takes
    raises   ShapeError when x has another width, or a list holds arrays
    """
    if isinstance(x, (list, tuple)):
        found: tuple[int, ...] = (len(x),)
    else:
        x = x if hasattr(x, "apply_op") else constant(x)
        found = shape_of(x) or (1,)  # a single number is a sample of width 1
    if found[-1] != width:
        raise misfit(owner, width, found)
    if len(found) > 1:
        return x
    numbers = [x] if shape_of(x) == () and not isinstance(x, (list, tuple)) else list(x)
    return [v if type(v) is float or (type(v) is Value and type(v._held) is float) else single(v, i, owner)
            for i, v in enumerate(numbers)]  # fmt: skip


def single(v: Any, place: int, owner: Any) -> Any:
    """One input of a sample: an int or NumPy number as a float, what records as it is."""
    v = v if hasattr(v, "apply_op") else constant(v)
    if shape_of(v):
        shown = np.array2string(v, separator=", ", threshold=6) if type(v) is np.ndarray else "a Value"
        raise ShapeError(
            f"{owner.title}: input {place} of the list is {shown}, an array of shape {shape_of(v)}.",
            "A list is one sample and holds one number per input; a batch of samples is an array.",
            "Write np.array(x) to pass a batch with one sample per row.",
        )
    return v


def misfit(owner: Any, width: int, found: tuple[int, ...]) -> ShapeError:
    """For an input that is wider or narrower than the layer."""
    if len(found) == 1:
        return ShapeError(
            f"{owner.title} takes {width} inputs and was called with {found[0]}.",
            f"Every neuron multiplies each of the {width} inputs with a weight of its own.",
            f"Pass {width} numbers, or build it with {found[0]} inputs.",
        )
    return ShapeError(
        f"{owner.title} takes {width} inputs and was called with a batch of shape {found}.",
        f"A batch has one sample per row and one column per input, shape (samples, {width}).",
        "Did you mean x.T?" if found[-2] == width else f"Pass {width} columns, or build it with {found[-1]} inputs.",
    )
