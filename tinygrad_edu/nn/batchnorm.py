"""Batch normalisation: every feature with mean 0 and variance 1 over the batch; afterwards with running averages.

    y = (x − mean) / √(variance + eps) · weight + bias

In training, mean and variance are those of the batch, and they are noted: running ← (1 − momentum) · running +
momentum · new. In evaluation the noted ones are used, so that one sample's result does not depend on the others.

source   Ioffe & Szegedy, Batch normalization, ICML 2015, arXiv:1502.03167

>>> from tinygrad_edu.nn import BatchNorm1d
>>> layer = BatchNorm1d(1)
>>> layer([[1.0], [3.0]]).data.round(3).tolist(), layer.running_mean, layer.running_var
([[-1.0], [1.0]], Value([0.2]), Value([1.1]))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import ShapeError
from ..ops.broadcasting import shape_of
from ..ops.powers import reciprocal, sqrt
from ..ops.shapes import reshape
from ..protocols.modes import writing
from .aside import listening
from .initial import checked_size
from .inputs import fraction, noted_on_the_side, number, numbers_of, ready
from .module import Module
from .normal import centred
from .precision import floating


class BatchNorm(Module):
    """What BatchNorm1d and BatchNorm2d have in common: features are axis 1.

    num_features          how many there are
    eps                   keeps the root away from 0
    momentum              the share of a new batch in the running averages; None for the plain average of all batches
    affine                False for no weight and bias; they are Values (num_features,), 1 and 0 at first
    track_running_stats   False to use the batch's mean and variance always
    buffers               running_mean, running_var (divided by n − 1, as in PyTorch): Values; num_batches_tracked
    raises                ShapeError for other shapes, and for a single number per feature while training;
                          DataError inside tg.compile while training, unless track_running_stats is False
    """

    axes: tuple[int, ...] = ()  # how many axes the input may have
    meaning = ""
    running_mean: Any
    running_var: Any
    num_batches_tracked: Any
    _counts = frozenset({"num_batches_tracked"})

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        dtype: Any = np.float64,
    ):
        name, dtype = type(self).__name__, floating(type(self).__name__, dtype)
        self.num_features = checked_size(name, "num_features", num_features)
        self.eps = number(name, "eps", eps, least=0.0)
        self.momentum = None if momentum is None else fraction(name, "momentum", momentum)
        self.weight = Value(np.ones(num_features, dtype)) if affine else None
        self.bias = Value(np.zeros(num_features, dtype)) if affine else None
        self.register_buffer("running_mean", Value(np.zeros(num_features, dtype)) if track_running_stats else None)
        self.register_buffer("running_var", Value(np.ones(num_features, dtype)) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", np.array(0) if track_running_stats else None)

    def forward(self, x: Any) -> Any:
        x = ready(x)
        shape = self.checked(shape_of(x))
        along = (1, self.num_features, *[1] * (len(shape) - 2))
        if not self.training and self.running_mean is not None:
            difference, scale = self.from_the_running_ones(x, along)
        else:
            difference, scale, mean, variance = centred(x, (0, *range(2, len(shape))), self.eps)
            if self.running_mean is not None:
                self.note(mean, variance, int(np.prod(shape)) // self.num_features)
        if self.weight is None:
            return difference * scale
        return difference * (scale * reshape(self.weight, shape=along)) + reshape(self.bias, shape=along)

    def from_the_running_ones(self, x: Any, along: tuple[int, ...]) -> tuple[Any, Any]:
        """x − mean and 1 / √(variance + eps), with the running mean and variance."""
        mean, variance = self.running_mean, self.running_var
        if not writing():  # a program reads them anew in every run; a record needs no gradients for them
            mean, variance = mean._held, variance._held
        return x - reshape(mean, shape=along), reciprocal(sqrt(reshape(variance, shape=along) + self.eps))

    def note(self, mean: Any, variance: Any, n: int) -> None:
        """Let the statistics of a batch of n numbers per feature into the running ones."""
        aside = listening()
        if aside is not None and aside.note(self, mean, variance, n):
            return
        if writing():
            raise noted_on_the_side(
                self,
                "It would note the mean and variance of the batch on the side.",
                "Write net.eval() before compiling, or build it with track_running_stats=False.",
            )
        self.num_batches_tracked += 1
        share = 1.0 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        for running, new in ((self.running_mean, mean), (self.running_var, variance)):
            new = np.reshape(numbers_of(new), -1) * (1.0 if new is mean else n / (n - 1))
            running.data = (1.0 - share) * running._held + (share * new).astype(running.dtype)

    def checked(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the input, if it is one the layer is for."""
        if len(shape) not in self.axes or shape[1] != self.num_features:
            at_the_end = len(shape) in self.axes and shape[-1] == self.num_features and len(shape) > 2
            raise ShapeError(
                f"{self!r} was called with shape {shape}.",
                f"Its input has the shape {self.meaning}, with {self.num_features} features in axis 1.",
                "Write np.moveaxis(x, -1, 1) to put the last axis there." if at_the_end
                else f"Pass such a batch, or write {type(self).__name__}({shape[1]})."
                if len(shape) in self.axes else f"Reshape the batch to {self.meaning}.",
            )  # fmt: skip
        if self.training and np.prod(shape) <= self.num_features:
            raise ShapeError(
                f"{self!r} was called with shape {shape} while training.",
                "The variance of a single number per feature is 0, and every result would be 0, too.",
                "Pass a larger batch, or write net.eval() to use the running mean and variance.",
            )
        return shape

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.num_features})"
