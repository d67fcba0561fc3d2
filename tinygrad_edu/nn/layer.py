"""A layer: neurons side by side that all see the same inputs.

>>> layer = Layer(3, 4, activation="tanh")
>>> layer, len(layer([1.0, 2.0, 3.0])), layer.weight.shape
(Layer of [TanhNeuron(3) × 4], 4, (4, 3))
>>> Layer(3, 1)([1.0, 2.0, 3.0]).shape  # one neuron answers with a Value, not with a list
()
"""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter, is_
from typing import Any

from ..engine.value import Value
from ..ops.affine import affine_of_row
from ..ops.joining import array, stack
from ..protocols.modes import writing
from .initial import checked_size
from .module import Module
from .neuron import Neuron
from .samples import sample_or_batch


class Layer(Module):
    """`nout` neurons with `nin` inputs each, in the list `neurons`.

    options   what every Neuron takes: nonlin, activation, rng, init, init_bias

    Called with one sample (a list of numbers or Values) it returns a list of scalar Values (a single Value for one
    neuron), with a batch (..., nin) a Value of shape (..., nout), computed as x @ weight.T + bias in one product.

    raises    ShapeError for sizes that are not positive and for an input of another width
    """

    _row: Any = None  # what `gathered` made last
    _counts = frozenset({"_row"})

    def __init__(self, nin: int, nout: int, **options: Any):
        nin, nout = checked_size("Layer", "nin", nin), checked_size("Layer", "nout", nout)
        self.neurons = [Neuron(nin, **options) for _ in range(nout)]

    def forward(self, x: Any) -> Any:
        x = sample_or_batch(x, len(self.neurons[0].w), self)
        if type(x) is not list:
            return self.activate(affine_of_row(x, self.gathered()))
        out = [neuron.fire(x) for neuron in self.neurons]
        return out[0] if len(out) == 1 else out

    def gathered(self) -> Any:
        """The weights and the bias of every neuron in one row, (nout · (nin + 1),), in the order of parameters().

        The row is computed from the scalars, and its gradient goes back to them. What is computed with the same
        parameters shares one row (a penalty costs half of a second one); a change or backward() makes it outdated.
        """
        scalars = [p for neuron in self.neurons for p in (*neuron.w, neuron.b)]
        if writing():
            return array(scalars)  # a program gathers the parameters each time it runs
        if self._row is None or outdated(self._row, scalars):
            row = array(scalars)
            if getattr(row, "op", None) is None or any(type(p) is not Value for p in scalars):
                return row  # not recorded, or with plain numbers, which have no clock to tell whether they changed
            self._row = row
        return self._row

    @property
    def weight(self) -> Any:
        """All weights as one array (nout, nin), as in PyTorch: row i belongs to neuron i; part of `gathered()`."""
        return self.gathered().reshape((len(self.neurons), -1))[:, :-1]

    @property
    def bias(self) -> Any:
        """All biases as one array (nout,); part of `gathered()`."""
        return self.gathered().reshape((len(self.neurons), -1))[:, -1]

    def l2(self) -> Any:
        """The sum of the squares of its neurons' weights and biases: one product of the gathered row with itself."""
        row = self.gathered()
        return row @ row

    def activate(self, z: Any) -> Any:
        """The activations of all neurons for their weighted sums z (..., nout)."""
        first = self.neurons[0].activation
        if all(neuron.activation is first for neuron in self.neurons):
            return first(z)
        return stack([neuron.activation(z[..., i]) for i, neuron in enumerate(self.neurons)], axis=-1)

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: the parameters, and not the row made from them."""
        return {**vars(self), "_row": None}

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"Layer({len(self.neurons[0].w)}, {len(self.neurons)})"

    def __repr__(self) -> str:
        alike = [(text, len(list(group))) for text, group in groupby(map(repr, self.neurons))]
        return f"Layer of [{', '.join(text if n == 1 else f'{text} × {n}' for text, n in alike)}]"


def outdated(row: Any, scalars: list[Any]) -> bool:
    """Whether the row was gathered from other values or older data, or has been through a backward pass.

    After a backward pass it holds a gradient, and the next one would add to it what belongs to a new round.
    """
    same = len(row.inputs) == len(scalars) and all(map(is_, row.inputs, scalars))
    return row._grad is not None or not same or max(map(attrgetter("order"), scalars)) > row.order
