"""Dropout: in training, every number is left out with probability p, so that no neuron relies on a single other one.

    y = x · m / (1 − p),   m = 0 with probability p, else 1

What stays is enlarged, so that sums keep their mean; in evaluation nothing has to be changed.

source   Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov, Dropout, JMLR 15 (2014), pp. 1929-1958

>>> layer = Dropout(0.5, rng=np.random.default_rng(0))
>>> layer(np.ones(6)), layer.eval()(np.ones(3))
(array([2., 0., 0., 0., 2., 2.]), array([1., 1., 1.]))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..ops.broadcasting import shape_of
from ..protocols.modes import writing
from .aside import listening
from .initial import array_source
from .inputs import fraction, noted_on_the_side, ready
from .module import Module


class Dropout(Module):
    """x → x with a share p of its numbers 0 and the others divided by 1 − p, while training; x itself after eval().

    p        the probability of each number to be left out, 0 to 1
    rng      numpy Generator, a fresh one when None; every call draws a new mask
    raises   DataError for another p, and inside tg.compile, where a mask would be drawn only once
    """

    def __init__(self, p: float = 0.5, rng: np.random.Generator | None = None):
        self.p, self.rng = fraction("Dropout", "p", p), array_source(rng)

    def mask(self, shape: tuple[int, ...], dtype: Any = np.float64) -> Any:
        """What the input is multiplied with: 0 with probability p, else 1 / (1 − p). To be drawn outside a program.

        >>> Dropout(1.0).mask((2,))
        array([0., 0.])
        """
        kept = self.rng.random(shape) >= self.p  # of numbers in [0, 1): all of them for p = 0, none for p = 1
        scale = 1.0 / (1.0 - self.p) if self.p < 1.0 else 0.0
        return np.multiply(kept, scale, dtype=dtype) if shape else float(kept) * scale

    def forward(self, x: Any) -> Any:
        x = ready(x)
        if not self.training or self.p == 0.0:
            return x
        shape, aside = shape_of(x), listening()
        dtype = x.dtype if getattr(x, "dtype", np.dtype(bool)).kind == "f" else np.float64
        if aside is not None:
            return x * aside.mask(self, shape, dtype)
        if writing():
            raise noted_on_the_side(
                self,
                "It would draw its mask while the program is written.",
                "Draw it outside and pass it as an argument, x * mask with mask = dropout.mask(x.shape); "
                "or write net.eval() first.",
            )
        return x * self.mask(shape, dtype)

    def __repr__(self) -> str:
        return f"Dropout(p={self.p:g})"
