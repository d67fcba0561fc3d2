"""A multi-layer perceptron: layers in a row, each one's outputs being the next one's inputs.

>>> net = MLP(2, [16, 16, 1])
>>> net
MLP of [Layer of [ReLUNeuron(2) × 16], Layer of [ReLUNeuron(16) × 16], Layer of [LinearNeuron(16)]]
>>> len(net.parameters()), net([1.0, -2.0]).shape, net(np.zeros((100, 2))).shape
(337, (), (100, 1))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ..errors import ShapeError
from .activations import Activation
from .initial import Initialiser, checked_size
from .layer import Layer
from .module import Module
from .samples import sample_or_batch


class MLP(Module):
    """Layers of neurons with scalar parameters, in the list `layers`; the same object computes both ways:

    one sample   a list of numbers or Values: the scalar graph, node by node; returns a Value, or a list of them
    a batch      an array (..., nin): a few matrix products; returns a Value (..., nouts[-1])

    nin          how many inputs
    nouts        how many neurons each layer has, the last one being the output
    hidden       activation of all layers but the last: a name, a function of one number, or None for none
    output       activation of the last layer
    rng          random.Random, numpy Generator, or None for the global `random`
    init         rng → number, for each weight in the order of creation: uniform in [-1, 1] unless given
    init_bias    rng → number, for each bias: 0 unless given

    raises       UnknownNameError for an activation that does not exist; ShapeError for impossible sizes and for an
                 input of another width
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        hidden: str | Activation | None = "relu",
        output: str | Activation | None = "linear",
        rng: Any = None,
        init: Initialiser | None = None,
        init_bias: Initialiser | None = None,
    ):
        if not isinstance(nouts, Iterable) or len(nouts := list(nouts)) == 0:
            outputs = nouts if isinstance(nouts, (int, np.integer)) and nouts > 0 else 1
            raise ShapeError(
                f"MLP: nouts is {nouts!r}.",
                "It lists how many neurons each layer has, and the last layer is the output.",
                f"Write MLP({nin}, [16, {outputs}]) for one hidden layer of 16 neurons.",
            )
        sizes = [checked_size("MLP", "nin", nin), *(checked_size("MLP", f"nouts[{k}]", n) for k, n in enumerate(nouts))]
        activations = [hidden] * (len(nouts) - 1) + [output]
        activations = ["linear" if activation is None else activation for activation in activations]
        self.layers = [
            Layer(inputs, outputs, activation=activation, rng=rng, init=init, init_bias=init_bias)
            for inputs, outputs, activation in zip(sizes, sizes[1:], activations)
        ]

    def forward(self, x: Any) -> Any:
        x = sample_or_batch(x, len(self.layers[0].neurons[0].w), self)
        for layer in self.layers:
            x = layer(x)
        return x

    def l2(self) -> Any:
        """The sum of the squares of all neurons' weights and biases, from the rows that a batch is computed with.

        >>> MLP(2, [2, 1], init=lambda rng: 3.0).l2().data
        54.0
        """
        first, *others = [layer.l2() for layer in self.layers]
        return sum(others, first)

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"MLP({len(self.layers[0].neurons[0].w)}, {[len(layer.neurons) for layer in self.layers]})"

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(repr, self.layers))}]"
