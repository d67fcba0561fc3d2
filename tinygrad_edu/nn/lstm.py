"""Long short-term memory: a memory c that is only added to and faded, so that gradients reach far back.

    i, f, o = σ(...)   g = tanh(...)       each of its own rows of W_ih · x + b_ih + W_hh · h + b_hh
    c′ = f · c + i · g                     forget some of the memory, write something into it
    h′ = o · tanh(c′)                      and say some of it

source   S. Hochreiter, J. Schmidhuber, Long short-term memory, Neural Computation 9 (1997), pp. 1735-1780;
         F. Gers et al., Learning to forget, Neural Computation 12 (2000), for the gate f

>>> import numpy as np
>>> layer = LSTM(3, 8, rng=np.random.default_rng(0))
>>> y, (h, c) = layer(np.ones((20, 5, 3)))
>>> y.shape, h.shape, c.shape, bool((y.data[-1] == h.data[0]).all())
((20, 5, 8), (1, 5, 8), (1, 5, 8), True)
"""

from __future__ import annotations

from typing import Any

from ..ops.activations import sigmoid
from ..ops.trigonometry import tanh
from .recurrent import Recurrent, State


class LSTM(Recurrent):
    """x (length, samples, input_size) → y (length, samples, hidden_size · directions), and the last states (h, c).

    Arguments and parameters are those of `RNN`, without a nonlinearity, and with four rows per number of the state,
    in PyTorch's order: i, f, g, o. Called as layer(x) or layer(x, (h0, c0)).

    raises   ShapeError for inputs of another width
    source   PyTorch documentation, torch.nn.LSTM, without proj_size
    """

    gates = 4
    states = ("h0", "c0")

    def step(self, x: Any, h: Any, state: State) -> State:
        z, n = x + h, self.hidden_size
        gates, g = sigmoid(z), tanh(z[:, 2 * n : 3 * n])
        i, f, o = gates[:, :n], gates[:, n : 2 * n], gates[:, 3 * n :]
        c = f * state[1] + i * g
        return o * tanh(c), c
