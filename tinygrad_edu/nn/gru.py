"""The gated recurrent unit: one gate decides how much of the state is kept, another how much of it is looked at.

    r, z = σ(...)                          each of its own rows of W_ih · x + b_ih + W_hh · h + b_hh
    n = tanh(W_in · x + b_in + r · (W_hn · h + b_hn))
    h′ = (1 − z) · n + z · h

source   K. Cho et al., Learning phrase representations using RNN encoder-decoder, EMNLP 2014, section 2.3

>>> import numpy as np
>>> layer = GRU(3, 8, bidirectional=True, rng=np.random.default_rng(0))
>>> y, last = layer(np.ones((20, 5, 3)))
>>> layer, y.shape, last.shape
(GRU(3, 8, bidirectional=True), (20, 5, 16), (2, 5, 8))
"""

from __future__ import annotations

from typing import Any

from ..ops.activations import sigmoid
from ..ops.trigonometry import tanh
from .recurrent import Recurrent, State


class GRU(Recurrent):
    """x (length, samples, input_size) → y (length, samples, hidden_size · directions), and the last state.

    Arguments and parameters are those of `RNN`, without a nonlinearity, and with three rows per number of the state,
    in PyTorch's order: r, z, n. Called as layer(x) or layer(x, h0).

    raises   ShapeError for inputs of another width
    source   PyTorch documentation, torch.nn.GRU
    """

    gates = 3

    def step(self, x: Any, h: Any, state: State) -> State:
        n = self.hidden_size
        gates = sigmoid(x[:, : 2 * n] + h[:, : 2 * n])
        r, z = gates[:, :n], gates[:, n:]
        new = tanh(x[:, 2 * n :] + r * h[:, 2 * n :])
        return ((1.0 - z) * new + z * state[0],)
