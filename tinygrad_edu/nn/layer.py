"""A layer: neurons side by side that all see the same inputs.

>>> layer = Layer(3, 4, activation="tanh")
>>> layer, len(layer([1.0, 2.0, 3.0])), layer.weight.shape
(Layer of [TanhNeuron(3) × 4], 4, (4, 3))
>>> Layer(3, 1)([1.0, 2.0, 3.0]).shape  # one neuron answers with a Value, not with a list
()
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from ..ops.joining import array, stack
from .affine import affine
from .initial import checked_size
from .module import Module
from .neuron import Neuron
from .samples import sample_or_batch


class Layer(Module):
    """`nout` neurons with `nin` inputs each, in the list `neurons`.

    options   what every Neuron takes: nonlin, activation, rng, init, init_bias

    Called with one sample (a list of numbers or Values) it returns a list of scalar Values (a single Value for one
    neuron), with a batch (..., nin) a Value of shape (..., nout), computed as x @ weight.T + bias.

    raises    ShapeError for sizes that are not positive and for an input of another width
    """

    def __init__(self, nin: int, nout: int, **options: Any):
        nin, nout = checked_size("Layer", "nin", nin), checked_size("Layer", "nout", nout)
        self.neurons = [Neuron(nin, **options) for _ in range(nout)]

    def forward(self, x: Any) -> Any:
        x = sample_or_batch(x, len(self.neurons[0].w), self)
        if type(x) is not list:
            return self.activate(affine(x, self.weight, self.bias))
        out = [neuron.fire(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    @property
    def weight(self) -> Any:
        """All weights gathered into one array (nout, nin), as in PyTorch: row i belongs to neuron i.

        It is computed anew from the scalars at each use, and its gradient goes back to them.
        """
        return array([neuron.w for neuron in self.neurons])

    @property
    def bias(self) -> Any:
        """All biases gathered into one array (nout,)."""
        return array([neuron.b for neuron in self.neurons])

    def activate(self, z: Any) -> Any:
        """The activations of all neurons for their weighted sums z (..., nout)."""
        first = self.neurons[0].activation
        if all(neuron.activation is first for neuron in self.neurons):
            return first(z)
        return stack([neuron.activation(z[..., i]) for i, neuron in enumerate(self.neurons)], axis=-1)

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"Layer({len(self.neurons[0].w)}, {len(self.neurons)})"

    def __repr__(self) -> str:
        alike = [(text, len(list(group))) for text, group in groupby(map(repr, self.neurons))]
        return f"Layer of [{', '.join(text if n == 1 else f'{text} × {n}' for text, n in alike)}]"
