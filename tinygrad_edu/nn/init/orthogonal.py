"""Orthogonal: a rotation keeps every length exactly, and so do a hundred of them in a row.

source   Saxe, McClelland & Ganguli, Exact solutions to the nonlinear dynamics of learning in deep linear neural
         networks, ICLR 2014, arXiv:1312.6120; Mezzadri, How to generate random matrices from the classical compact
         groups, Notices of the AMS 54 (2007), for the signs

>>> q = orthogonal_(Value(np.zeros((2, 3))), rng=np.random.default_rng(0)).data
>>> np.allclose(q @ q.T, np.eye(2))
True
"""

from __future__ import annotations

import math

import numpy as np

from ...engine.value import Value
from ..initial import array_source
from .filling import filled, parameter
from .gain import fans


def orthogonal_(tensor: Value, gain: float = 1.0, rng: np.random.Generator | None = None) -> Value:
    """Rows at right angles and of length `gain`, evenly distributed; of a tall weight, the columns.

    tensor   a weight (outputs, ...), filled and returned; axes after the first count as one
    raises   ShapeError for a weight with fewer than two axes

    >>> q = orthogonal_(Value(np.zeros((3, 2))), gain=2.0).data
    >>> np.allclose(q.T @ q, 4.0 * np.eye(2))
    True
    """
    shape = parameter("orthogonal_", tensor).shape
    fans("orthogonal_", shape)  # which says what is wrong with a bias
    rows, columns = shape[0], math.prod(shape[1:])
    drawn = array_source(rng).standard_normal((rows, columns))
    q, r = np.linalg.qr(drawn if rows >= columns else drawn.T)
    q = q * np.sign(np.diagonal(r))  # without it, what qr returns is not evenly distributed
    return filled("orthogonal_", tensor, gain * (q if rows >= columns else q.T).reshape(shape))
