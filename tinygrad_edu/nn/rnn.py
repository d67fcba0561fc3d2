"""The simplest network with a memory: the next state is a bend of the input and the state before.

    h′ = tanh(W_ih · x + b_ih + W_hh · h + b_hh)

source   J. L. Elman, Finding structure in time, Cognitive Science 14 (1990), pp. 179-211

>>> import numpy as np
>>> layer = RNN(1, 1, nonlinearity="relu", bias=False)
>>> layer.weight_ih_l0.data = layer.weight_hh_l0.data = [[1.0]]
>>> y, last = layer(np.array([[1.0], [2.0], [3.0]]))  # it adds up what it reads
>>> y.data.ravel(), last.shape
(array([1., 3., 6.]), (1, 1))
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import unknown_name
from ..ops.activations import relu
from ..ops.trigonometry import tanh
from .recurrent import Recurrent, State

BENDS = {"tanh": tanh, "relu": relu}


class RNN(Recurrent):
    """x (length, samples, input_size) → y (length, samples, hidden_size · directions), and the last state.

    num_layers      the outputs of each layer are the inputs of the next
    nonlinearity    "tanh" or "relu"            bias   False for no biases
    batch_first     True for x and y as (samples, length, ...); states stay (layers · directions, samples, hidden_size)
    dropout         the share of numbers that is left out between layers, while training
    bidirectional   True to read each sequence from both ends; both outputs stand side by side
    rng, dtype      numpy Generator, a fresh one when None; np.float64 or np.float32

    Called as layer(x) or layer(x, h0); a single sequence is (length, input_size). Parameters have PyTorch's names and
    shapes, weight_ih_l0 (hidden_size, input_size), weight_hh_l0, bias_ih_l0, bias_hh_l0, then ..._l0_reverse, ..._l1;
    they start evenly in ±1/√hidden_size.

    raises   ShapeError for inputs of another width, UnknownNameError for another nonlinearity
    source   PyTorch documentation, torch.nn.RNN

    >>> y, last = RNN(3, 8, num_layers=2, batch_first=True)(np.zeros((5, 20, 3)))
    >>> y.shape, last.shape
    ((5, 20, 8), (2, 5, 8))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float64,
    ):
        if nonlinearity not in BENDS:
            raise unknown_name("nonlinearity of RNN", nonlinearity, BENDS)
        self.nonlinearity = nonlinearity
        super().__init__(input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, rng, dtype)

    def step(self, x: Any, h: Any, state: State) -> State:
        return (BENDS[self.nonlinearity](x + h),)

    def __repr__(self) -> str:
        text = super().__repr__()
        return text if self.nonlinearity == "tanh" else f"{text[:-1]}, nonlinearity={self.nonlinearity!r})"
