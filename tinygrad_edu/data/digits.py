"""Handwritten digits, 8 × 8 pixels: the ones that ship inside scikit-learn, so that nothing is downloaded."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import TinygradError
from .seeds import checked_number, generator


class MissingDataError(TinygradError, ImportError):
    """Data that come with a package which is not installed."""


def digits(
    test: float = 0.2, rng: Any = 0, dtype: Any = np.float32
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """1,797 digits in two parts: to learn from, and to be tested with.

    test      the share of the second part; drawn at random, the same for the same seed
    returns   (x, y), (x_test, y_test): x (n, 64) between 0 and 1, row by row of the picture; y (n,) from 0 to 9
    raises    MissingDataError without scikit-learn
    source    E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI repository, 1998

    >>> (x, y), (x_test, y_test) = digits()
    >>> x.shape, x_test.shape, float(x.max()), sorted(set(y.tolist())) == list(range(10))
    ((1438, 64), (359, 64), 1.0, True)
    """
    checked_number("digits", "test", test, 0.0, 1.0, "0.2")
    try:
        from sklearn.datasets import load_digits  # type: ignore[import-untyped]
    except ImportError:
        raise MissingDataError(
            "digits() needs scikit-learn, which is not installed.",
            "The pictures ship inside that package; nothing is downloaded.",
            'Run: python -m pip install "tinygrad-edu[digits]"',
        ) from None
    x, y = load_digits(return_X_y=True)
    order = generator(rng).permutation(len(x))
    x, y = (x[order] / 16.0).astype(dtype), y[order].astype(np.int64)
    first = len(x) - round(test * len(x))
    return (x[:first], y[:first]), (x[first:], y[first:])
