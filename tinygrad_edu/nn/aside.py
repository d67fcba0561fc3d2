"""What layers do beside computing: Dropout draws a mask, BatchNorm notes the statistics of the batch.

A program that repeats a training step can do neither. Whoever writes one listens: first to a batch that is computed as
usual, which tells who draws and who notes; then, while the program is written, the masks become arguments of it and
the statistics results.

>>> import numpy as np
>>> from tinygrad_edu.nn import Dropout
>>> drop = Dropout(0.5, rng=np.random.default_rng(0))
>>> with Aside() as aside:
...     y = drop(np.ones(4))
>>> [(layer is drop, shape) for layer, shape, _ in aside.draws]
[(True, (4,))]
>>> with Aside(masks=[np.array([2.0, 0.0])]):
...     drop(np.ones(2))
array([2., 0.])
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import local
from typing import Any

from ..errors import DataError


class Current(local):
    """Who listens in this thread, the innermost; nearly always nobody."""

    aside: Aside | None = None


current = Current()


class Aside:
    """Inside it, the layers of this thread say what they do on the side.

    masks    None to listen; or what Dropout multiplies with, call after call, in place of what it would draw, and then
             BatchNorm leaves its statistics here, too
    draws    (layer, shape, dtype) of the masks that were drawn
    notes    (layer, mean, variance, n) of the batches that BatchNorm noted, or left
    """

    def __init__(self, masks: Iterable[Any] | None = None):
        self.masks = None if masks is None else iter(masks)
        self.draws: list[tuple[Any, tuple[int, ...], Any]] = []
        self.notes: list[tuple[Any, Any, Any, int]] = []

    def __enter__(self) -> Aside:
        self.outer, current.aside = current.aside, self
        return self

    def __exit__(self, *_: object) -> None:
        current.aside = self.outer

    def mask(self, layer: Any, shape: tuple[int, ...], dtype: Any) -> Any:
        """The mask of one call of a Dropout."""
        self.draws.append((layer, shape, dtype))
        if self.masks is None:
            return layer.mask(shape, dtype)
        mask = next(self.masks, None)
        if mask is None:
            raise one_more(layer)
        return mask

    def note(self, layer: Any, mean: Any, variance: Any, n: int) -> bool:
        """The statistics of one call of a BatchNorm; whether it shall leave it at that."""
        self.notes.append((layer, mean, variance, n))
        return self.masks is not None


def one_more(layer: Any) -> DataError:
    """For a Dropout that drew nothing in the batch that was listened to."""
    return DataError(
        f"{layer!r} wants to draw a mask for which the program has no argument.",
        "When the program was planned it drew fewer: p was 0, it was called less often, or it was not training.",
        "Leave p and the mode of layers as they are while a compiled run goes on, or do without compile=True.",
    )


def listening() -> Aside | None:
    """Who listens in this thread."""
    return current.aside
