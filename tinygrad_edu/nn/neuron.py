"""One neuron: a weighted sum of the inputs, then an activation.

    y = activation(b + w₀·x₀ + w₁·x₁ + …)

>>> neuron = Neuron(2)
>>> for parameter, number in zip(neuron.parameters(), [2.0, -1.0, 0.5]):
...     parameter.data = number
>>> neuron([3.0, 1.0])
Value(5.5)
>>> neuron
ReLUNeuron(2)
"""

from __future__ import annotations

from typing import Any

from ..engine.value import Value
from ..ops.joining import array
from . import activations
from .activations import Activation
from .initial import Initialiser, checked_size, initialiser, scalar_source, uniform, zero
from .module import Module
from .samples import sample_or_batch


class Neuron(Module):
    """A neuron with scalar parameters `w` (a list of Values, one per input) and `b`.

    nin          how many inputs
    nonlin       True: relu after the sum, False: nothing (as in micrograd); `activation` overrules it
    activation   a name ("tanh", "sigmoid", ...) or a function of one number
    rng          random.Random, numpy Generator, or None for the global `random`
    init         rng → number, for each weight: uniform in [-1, 1] unless given
    init_bias    rng → number, for the bias, drawn after the weights: 0 unless given

    Called with one sample (a list of numbers or Values) it returns a scalar Value, with a batch (..., nin) a
    Value of shape (...).

    raises       UnknownNameError for an activation that does not exist; ShapeError for an input of another width
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        activation: str | Activation | None = None,
        rng: Any = None,
        init: Initialiser | None = None,
        init_bias: Initialiser | None = None,
    ):
        rng = scalar_source(rng)
        init, init_bias = initialiser("init", init, uniform), initialiser("init_bias", init_bias, zero)
        nin = checked_size("Neuron", "nin", nin)
        self.activation = activations.activation(
            activation if activation is not None else "relu" if nonlin else "linear"
        )
        self.w = [Value(init(rng)) for _ in range(nin)]
        self.b = Value(init_bias(rng))

    def forward(self, x: Any) -> Any:
        x = sample_or_batch(x, len(self.w), self)
        return self.fire(x) if type(x) is list else self.activation(x @ array(self.w) + self.b)

    def fire(self, x: list[Any]) -> Any:
        """The response to one sample that has been checked: the scalar graph, node by node."""
        total = self.b
        for weight, number in zip(self.w, x):
            total = total + weight * number
        return self.activation(total)

    def __getstate__(self) -> dict[str, Any]:
        """What a copy or a file holds: a known activation by its name, so that the copy's is the very same function."""
        return {**vars(self), "activation": activations.NAMES.get(self.activation, self.activation)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, activation=activations.activation(state["activation"]))

    @property
    def nonlin(self) -> bool:
        """Whether it bends: False only for the activation "linear"."""
        return self.activation is not activations.linear

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"Neuron({len(self.w)})"

    def __repr__(self) -> str:
        return f"{activations.label(self.activation)}Neuron({len(self.w)})"
