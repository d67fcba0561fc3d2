"""An embedding: for each of n things (words, letters) a vector that is learned, looked up by its number.

>>> layer = Embedding(3, 2)
>>> layer.weight.data = [[0, 0], [1, 10], [2, 20]]
>>> layer([[2, 1], [1, 1]]).data.tolist()
[[[2.0, 20.0], [1.0, 10.0]], [[1.0, 10.0], [1.0, 10.0]]]
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError, ShapeError
from ..ops.broadcasting import shape_of
from ..ops.domain import REAL
from ..ops.indexing import PlaceError, getitem
from ..ops.op import Op
from ..ops.rules import zero
from .initial import array_source, checked_size
from .inputs import symbolic, whole
from .module import Module
from .precision import floating


class Embedding(Module):
    """Whole numbers (...) → their rows of the weight, shape (..., embedding_dim).

    weight        Value (num_embeddings, embedding_dim), drawn from the normal distribution with variance 1
    padding_idx   the number that fills up short sequences: its row starts as 0 and receives no gradient
    rng           numpy Generator; a fresh one when None
    raises        DataError for indices that are not whole numbers, PlaceError for one that has no row
    source        PyTorch documentation, torch.nn.Embedding; Bengio et al., A neural probabilistic language model,
                  JMLR 3 (2003), pp. 1137-1155
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float64,
    ):
        rows = checked_size("Embedding", "num_embeddings", num_embeddings)
        columns = checked_size("Embedding", "embedding_dim", embedding_dim)
        weight = array_source(rng).standard_normal((rows, columns)).astype(floating("Embedding", dtype))
        self.padding_idx = padding_idx
        if padding_idx is not None:
            if not -rows <= whole("Embedding", "padding_idx", padding_idx) < rows:
                raise ShapeError(
                    f"Embedding: padding_idx={padding_idx} with num_embeddings={rows}.",
                    "Padding is one of the numbers that have a row.",
                    f"Write a padding_idx from 0 to {rows - 1}.",
                )
            self.padding_idx = padding_idx % rows
            weight[self.padding_idx] = 0.0
        self.weight = Value(weight)

    def forward(self, indices: Any) -> Any:
        if symbolic(indices):
            y = indices.book.pick(self.weight, indices)
        else:
            indices = self.checked(indices)
            y = getitem(self.weight, index=indices)
        return y if self.padding_idx is None else unless(y, (indices != self.padding_idx)[..., None])

    def checked(self, indices: Any) -> np.ndarray:
        """The indices as an array of whole numbers that have a row."""
        try:
            array = np.asarray(indices._held if type(indices) is Value else indices)
        except ValueError:  # lists of different lengths
            raise ShapeError(
                f"{self!r} was called with lists of different lengths.",
                "The rows it looks up become one array, so every sequence needs the same length.",
                "Fill the short ones up with one number, and build it with that padding_idx.",
            ) from None
        if array.dtype.kind not in "iu":
            raise DataError(
                f"{self!r} was called with {array.dtype.name} numbers.",
                "It looks up rows by their number, and a row has a whole number; a Value holds fractions.",
                "Pass an array of ints, for example np.array([0, 2]), or x.astype(int).",
            )
        rows = shape_of(self.weight)[0]
        if array.size and not 0 <= array.min() <= array.max() < rows:
            wrong = int(array.min() if array.min() < 0 else array.max())
            raise PlaceError(
                f"{self!r} was called with index {wrong}.",
                f"It has {rows} rows, with the numbers 0 to {rows - 1}.",
                f"Number your things from 0, or write Embedding({max(wrong, rows - 1) + 1}, ...).",
            )
        return array

    def __repr__(self) -> str:
        rows, columns = shape_of(self.weight)
        return (
            f"Embedding({rows}, {columns}{f', padding_idx={self.padding_idx}' if self.padding_idx is not None else ''})"
        )


def _unless(x, condition):  # type: ignore[no-untyped-def]
    """x itself; where the condition is false, no gradient passes."""
    return x


_unless.__name__ = "unless_padding"
unless = Op(_unless, "{x}", REAL, True)  # not in the table of primitives: it is of use here only
unless.set_rules({"x": lambda g, y, x, condition: g * condition, "condition": zero}, {})
