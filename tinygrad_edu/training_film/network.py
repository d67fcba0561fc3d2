"""The network as it is drawn: layers of neurons, and between them the weights.

>>> from tinygrad_edu.nn import MLP
>>> for layer in layers_of(MLP(2, [3, 1], hidden="tanh")):
...     print(layer.title, layer.inputs, layer.outputs, layer.bend)
Layer(2, 3) → tanh 2 3 tanh
Layer(3, 1) 3 1 linear
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from ..nn.layer import Layer
from ..nn.linear import Linear
from ..nn.module import Module
from ..nn.neuron import Neuron
from ..plot.stages import Stage, name_of, stages

MOST_NEURONS = 24  # of a layer that are drawn; a picture of more is a grey stripe
MOST_LAYERS = 8

Numbers = dict[int, Any]  # id of a parameter -> its numbers, or None


@dataclass(frozen=True)
class DrawnLayer:
    """One layer: what feeds it, and how to find its weights (outputs, inputs) and biases (outputs,).

    weight   a Value, or a row of Values per neuron
    bias     a Value, a list of Values, or None
    bend     what follows the weighted sum: 'tanh', 'linear'
    """

    title: str
    inputs: int
    outputs: int
    bend: str
    weight: Any
    bias: Any

    def weights_in(self, numbers: Numbers) -> np.ndarray | None:
        """The weights among the parameters' numbers; None if they have none (a gradient that nobody computed)."""
        return gathered(self.weight, numbers)

    def biases_in(self, numbers: Numbers) -> np.ndarray | None:
        """The biases among the parameters' numbers; None as above, and if the layer has no biases."""
        return None if self.bias is None else gathered(self.bias, numbers)


def gathered(values: Any, numbers: Numbers) -> np.ndarray | None:
    """The numbers of a Value, or of nested lists of Values, as one array."""
    if isinstance(values, Value):
        found = numbers[id(values)]
        return None if found is None else np.asarray(found, dtype=float)
    parts = [gathered(part, numbers) for part in values]
    if any(part is None for part in parts):
        return None
    return np.array(parts, dtype=float)


def layers_of(model: Any) -> list[DrawnLayer]:
    """The layers of an MLP, a Sequential of linear layers and functions, or a single layer.

    raises   DataError for anything else, which says what it is
    """
    row = stages(model)
    if not row[0].parameters and len(row) > 1:
        row = row[1:]  # a function ahead prepares the inputs
    return [drawn(stage) for stage in row]


def drawn(stage: Stage) -> DrawnLayer:
    """A stage whose first part is linear and whose others are functions."""
    first, *bends = stage.parts
    if any(isinstance(part, Module) for part in bends) or not isinstance(first, (Linear, Layer, Neuron)):
        raise DataError(
            f"{stage.title} is not drawn as neurons.",
            "Lines stand for the weights between two rows of neurons, and this part has none, or others besides.",
            "Build the network of tg.nn.Layer, tg.nn.Linear and functions.",
        )
    weight: Any
    bias: Any
    ours: list[str]
    if isinstance(first, Linear):
        outputs, inputs = first.weight.shape
        weight, bias, ours = first.weight, first.bias, []
    else:
        neurons: Sequence[Neuron] = [first] if isinstance(first, Neuron) else first.neurons
        outputs, inputs, bias = len(neurons), len(neurons[0].w), [neuron.b for neuron in neurons]
        weight, ours = [neuron.w for neuron in neurons], list(dict.fromkeys(name_of(n.activation) for n in neurons))
    bend = " → ".join([*([", ".join(ours)] if ours != ["linear"] and ours else []), *map(name_of, bends)])
    return DrawnLayer(stage.title, inputs, outputs, bend or "linear", weight, bias)
