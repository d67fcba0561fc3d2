"""What PyTorch computes: outputs, gradients and buffers of layers with known weights, for tests that need no PyTorch.

    python tests/nn/make_torch_figures.py        (with torch installed; it writes torch_figures.json beside itself)

Every case is a layer of torch.nn in double precision. Its parameters, its input x and the weights c of the sum
L = Σ c · y are drawn from one seed and stored with the results: y, ∂L/∂x, ∂L/∂parameters, and the state afterwards.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

FILE = Path(__file__).with_name("torch_figures.json")

CASES = [  # layer, arguments, shape of x (or the indices themselves), calls before the one that is kept, training
    ("Linear", [3, 2], {}, (4, 3), 0, True),
    ("Linear", [3, 2], {"bias": False}, (2, 4, 3), 0, True),
    ("Flatten", [], {}, (2, 3, 2), 0, True),
    ("Flatten", [0, 1], {}, (2, 3, 2), 0, True),
    ("Embedding", [5, 3], {}, [[0, 4, 4], [2, 1, 4]], 0, True),
    ("Embedding", [5, 3], {"padding_idx": 1}, [[0, 1, 4], [1, 1, 4]], 0, True),
    ("Embedding", [5, 3, -2], {}, [3, 3, 0], 0, True),
    ("LayerNorm", [4], {}, (3, 4), 0, True),
    ("LayerNorm", [[2, 3]], {"eps": 0.1}, (2, 2, 3), 0, True),
    ("LayerNorm", [4], {"bias": False}, (2, 2, 4), 0, True),
    ("LayerNorm", [4], {"elementwise_affine": False}, (3, 4), 0, True),
    ("BatchNorm1d", [3], {}, (5, 3), 0, True),
    ("BatchNorm1d", [3], {}, (5, 3), 2, True),
    ("BatchNorm1d", [3], {}, (5, 3), 2, False),
    ("BatchNorm1d", [2], {"momentum": 0.3, "eps": 0.01}, (3, 2, 4), 1, True),
    ("BatchNorm1d", [3], {"momentum": None}, (5, 3), 2, True),
    ("BatchNorm1d", [3], {"momentum": None}, (5, 3), 2, False),
    ("BatchNorm1d", [3], {"affine": False}, (5, 3), 1, True),
    ("BatchNorm1d", [3], {"track_running_stats": False}, (5, 3), 1, False),
    ("BatchNorm2d", [2], {}, (3, 2, 2, 2), 1, True),
    ("BatchNorm2d", [2], {}, (3, 2, 2, 2), 1, False),
    ("Identity", [], {}, (2, 3), 0, True),
    ("Dropout", [0.3], {}, (2, 3), 0, False),
    ("ReLU", [], {}, (2, 3), 0, True),
    ("LeakyReLU", [], {}, (2, 3), 0, True),
    ("LeakyReLU", [0.2], {}, (2, 3), 0, True),
    ("ELU", [], {}, (2, 3), 0, True),
    ("ELU", [0.5], {}, (2, 3), 0, True),
    ("Sigmoid", [], {}, (2, 3), 0, True),
    ("Tanh", [], {}, (2, 3), 0, True),
    ("Softplus", [], {}, (2, 3), 0, True),
    ("Softplus", [3.0], {}, (2, 3), 0, True),
    ("SiLU", [], {}, (2, 3), 0, True),
    ("GELU", [], {}, (2, 3), 0, True),
    ("GELU", ["tanh"], {}, (2, 3), 0, True),
    ("Softmax", [-1], {}, (2, 3), 0, True),
    ("Softmax", [], {"dim": 0}, (2, 3), 0, True),
    ("LogSoftmax", [], {"dim": 1}, (2, 3), 0, True),
    ("LogSoftmax", [0], {}, (2, 3), 0, True),
]

GAINS = [("linear", None), ("conv2d", None), ("sigmoid", None), ("tanh", None), ("relu", None), ("leaky_relu", None),
         ("leaky_relu", 0.3), ("selu", None)]  # fmt: skip


def numbers(tensor: torch.Tensor) -> list:
    """A tensor as nested lists; JSON keeps every digit of a double."""
    return tensor.detach().numpy().tolist()


def state(layer: torch.nn.Module) -> dict[str, list]:
    return {name: numbers(tensor) for name, tensor in layer.state_dict().items()}


def figures(layer_name: str, args: list, settings: dict, shape: tuple | list, before: int, training: bool) -> dict:
    """One case: what goes in and what comes out."""
    rng = np.random.default_rng(len(layer_name) + 10 * before + training)
    layer = getattr(torch.nn, layer_name)(*args, **settings).double()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.from_numpy(rng.normal(size=tuple(parameter.shape))))
    indices = isinstance(shape, list)
    draw = (lambda: torch.tensor(shape)) if indices else (lambda: torch.from_numpy(rng.normal(1.0, 2.0, shape)))
    start, warm = state(layer), [draw() for _ in range(before)]
    for x in warm:
        layer(x)
    layer.train(training)
    x = draw().requires_grad_(not indices)
    y = layer(x)
    c = torch.from_numpy(rng.normal(size=tuple(y.shape)))
    (c * y).sum().backward()
    return {
        "layer": layer_name, "args": args, "settings": settings, "training": training, "state": start,
        "before": [numbers(x) for x in warm], "x": numbers(x), "c": numbers(c), "y": numbers(y),
        "dx": None if indices else numbers(x.grad),
        "gradients": {name: numbers(p.grad) for name, p in layer.named_parameters()},
        "state_after": state(layer),
    }  # fmt: skip


def names() -> dict[str, list]:
    """The names and shapes in the states of whole networks."""
    nn = torch.nn
    block = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    nets = {
        "sequential": nn.Sequential(nn.Flatten(), nn.Linear(6, 4), nn.ReLU(), block, nn.Linear(4, 2, bias=False)),
        "text": nn.Sequential(nn.Embedding(7, 3), nn.LayerNorm(3), nn.Dropout(0.1), nn.Linear(3, 7)),
        "listed": nn.ModuleList([nn.Linear(2, 3), nn.BatchNorm2d(3, track_running_stats=False)]),
    }
    return {name: [[key, list(x.shape)] for key, x in net.state_dict().items()] for name, net in nets.items()}


if __name__ == "__main__":
    found = {
        "torch": torch.__version__.split("+")[0],
        "layers": [figures(*case) for case in CASES],
        "gains": [[name, slope, torch.nn.init.calculate_gain(name, slope)] for name, slope in GAINS],
        "names": names(),
    }
    FILE.write_text(json.dumps(found, separators=(",", ":")).replace('{"layer"', '\n{"layer"') + "\n", "utf-8")
    print(f"{FILE.name}: {len(found['layers'])} layers, PyTorch {found['torch']}, {FILE.stat().st_size:,} bytes")
