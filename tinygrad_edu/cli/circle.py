"""The circle classifier: a network of four hidden neurons that learns which points of the plane lie in the circle.

>>> net = network(seed=0)
>>> net([0.0, 0.0]).data
0.5588236746843033
>>> for step, loss, right in train(net, steps=1):
...     print(f"{loss:.4f}, {right} of {len(POINTS)} right")
0.2919, 21 of 121 right
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..checking.check_formula import check_formula
from ..engine.value import Value
from ..losses.mse import mse
from ..nn.mlp import MLP
from ..ops.activations import sigmoid
from ..ops.reductions import mean
from ..optim.sgd import SGD

LEARNING_RATE = 10.0
GRID = -2 + 0.4 * np.arange(11)
POINTS = np.array([(x, y) for x in GRID for y in GRID])  # (121, 2)
TARGETS = (POINTS[:, 0] ** 2 + POINTS[:, 1] ** 2 < 1).astype(float)  # (121,)


def network(seed: int) -> MLP:
    """2 inputs, 4 hidden neurons, 1 output, sigmoid everywhere; weights from -½ to ½, biases 0."""
    return MLP(2, [4, 1], "sigmoid", "sigmoid", rng=random.Random(seed), init=lambda rng: rng.random() - 0.5)


def train(net: MLP, steps: int) -> Iterator[tuple[int, float, int]]:
    """Gradient descent on the mean squared error; yields the step, its loss and how many points are right.

    At that moment the parameters have the gradients of this loss, and have not moved yet.
    """
    optimizer = SGD(net.parameters(), lr=LEARNING_RATE)
    for step in range(1, steps + 1):
        outputs = net(POINTS)[:, 0]
        loss = mse(outputs, TARGETS)
        net.zero_grad()
        loss.backward()
        yield step, loss.data, right(outputs.data)
        optimizer.step()


def right(outputs: np.ndarray) -> int:
    """How many outputs are on their target's side of ½."""
    return int(np.sum((outputs > 0.5) == TARGETS))


def loss_of(W: Any, b: Any, v: Any, c: Any) -> Any:
    """The same loss as one formula: hidden weights W (4, 2) and biases b (4,), output weights v (4,) and bias c."""
    hidden = sigmoid(POINTS @ W.T + b)
    return mean((sigmoid(hidden @ v + c) - TARGETS) ** 2)


def by_hand(which: str) -> Callable[..., Any]:
    """The gradient of `loss_of` for one of its inputs, as one derives it on paper (σ' = σ · (1 - σ))."""

    def formula(W: Any, b: Any, v: Any, c: Any) -> Any:
        hidden = sigmoid(POINTS @ W.T + b)
        outputs = sigmoid(hidden @ v + c)
        dz = 2 / len(POINTS) * (outputs - TARGETS) * outputs * (1 - outputs)  # at the output's weighted sum, (121,)
        dh = np.outer(dz, v) * hidden * (1 - hidden)  # at the hidden ones, (121, 4)
        return {"W": dh.T @ POINTS, "b": dh.sum(axis=0), "v": hidden.T @ dz, "c": dz.sum()}[which]

    return formula


def checked(net: MLP) -> Any:
    """The report on these formulas, the engine and finite differences, at the network's parameters."""
    hidden, output = net.layers
    values = {
        "W": hidden.weight.data,
        "b": hidden.bias.data,
        "v": output.weight.data[0],
        "c": output.bias.data[0],
    }
    return check_formula(loss_of, values, {name: by_hand(name) for name in values})


def one_sample(net: MLP, point: tuple[float, float], target: float) -> tuple[Value, dict[str, Any]]:
    """The loss of one point, computed number by number with its gradients, and what the numbers are called."""
    x, y = Value(point[0]), Value(point[1])
    net.zero_grad()
    output = net([x, y])
    loss = (output - target) ** 2
    loss.backward()
    return loss, {"x": x, "y": y, "output": output, "loss": loss, **weight_names(net)}


def weight_names(net: MLP) -> dict[str, Value]:
    """Parameters named as in a formula: hidden neuron 1 has w11, w12 and b1, the output v1 to v4 and c."""
    hidden, output = net.layers
    names: dict[str, Value] = {}
    for i, neuron in enumerate(hidden.neurons, start=1):
        names |= {f"w{i}{j}": w for j, w in enumerate(neuron.w, start=1)} | {f"b{i}": neuron.b}
    names |= {f"v{i}": w for i, w in enumerate(output.neurons[0].w, start=1)} | {"c": output.neurons[0].b}
    return names
