"""What PyTorch computes with layers that move windows, read sequences, or pay attention; stored for the tests.

    python tests/nn/make_torch_layer_figures.py        (with torch installed; it writes torch_layer_figures.json)

Every case is a layer of torch.nn in double precision with parameters, inputs, and weights c of the sum L = Σ c · y,
all drawn from one seed and rounded to two digits; kept are all outputs, and ∂L/∂ every input and every parameter.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

FILE = Path(__file__).with_name("torch_layer_figures.json")
LATER = np.triu(np.ones((4, 4), bool), 1).tolist()
PADDED = [[False, False, False, True], [False, False, False, False]]
ADDED = np.round(np.random.default_rng(0).normal(size=(4, 4)), 2).tolist()

CASES = [  # layer, arguments, settings, shapes of the inputs, what else it is called with
    ("Conv1d", [2, 3, 2], {}, [(2, 2, 5)], {}),
    ("Conv1d", [2, 4, 3], {"stride": 2, "padding": 2, "dilation": 2, "groups": 2, "bias": False}, [(1, 2, 7)], {}),
    ("Conv1d", [1, 2, 4], {"padding": "same"}, [(2, 1, 5)], {}),
    ("Conv1d", [2, 3, 2], {}, [(2, 5)], {}),
    ("Conv2d", [2, 3, 3], {}, [(2, 2, 5, 4)], {}),
    ("Conv2d", [1, 2, [2, 3]], {"stride": [2, 1], "padding": [1, 2], "dilation": [1, 2]}, [(2, 1, 4, 5)], {}),
    ("Conv2d", [4, 4, 2], {"groups": 4, "padding": 1}, [(1, 4, 3, 3)], {}),
    ("Conv2d", [2, 2, [4, 3]], {"padding": "same"}, [(1, 2, 4, 4)], {}),
    ("Conv2d", [2, 2, 3], {"padding": "valid"}, [(1, 2, 4, 4)], {}),
    ("Conv2d", [1, 2, 3], {"padding": 1, "padding_mode": "reflect"}, [(1, 1, 4, 3)], {}),
    ("Conv2d", [1, 2, 3], {"padding": "same", "padding_mode": "replicate"}, [(1, 1, 3, 3)], {}),
    ("Conv2d", [1, 2, 3], {"padding": [1, 2], "padding_mode": "circular"}, [(1, 1, 3, 4)], {}),
    ("Conv2d", [2, 3, 1], {}, [(2, 3, 2)], {}),
    ("MaxPool1d", [2], {}, [(2, 1, 5)], {}),
    ("MaxPool1d", [3], {"stride": 1, "padding": 1, "dilation": 2}, [(1, 2, 6)], {}),
    ("MaxPool2d", [2], {}, [(2, 1, 5, 4)], {}),
    ("MaxPool2d", [[3, 2]], {"stride": [1, 2], "padding": [1, 0]}, [(1, 2, 4, 5)], {}),
    ("MaxPool2d", [3, 2], {"padding": 1}, [(1, 5, 4)], {}),
    ("AvgPool1d", [2], {}, [(2, 1, 5)], {}),
    ("AvgPool1d", [3], {"stride": 1, "padding": 1}, [(1, 2, 4)], {}),
    ("AvgPool2d", [2], {}, [(2, 1, 5, 4)], {}),
    ("AvgPool2d", [3, 2, 1], {}, [(1, 1, 5, 4)], {}),
    ("AvgPool2d", [[3, 2], [1, 2], [1, 0]], {"count_include_pad": False}, [(1, 2, 4, 5)], {}),
    ("AdaptiveAvgPool2d", [1], {}, [(2, 2, 3, 4)], {}),
    ("AdaptiveAvgPool2d", [[3, 2]], {}, [(1, 2, 4, 5)], {}),
    ("RNN", [2, 3], {}, [(4, 2, 2)], {}),
    ("RNN", [2, 3], {"nonlinearity": "relu", "num_layers": 2, "bias": False}, [(3, 2, 2), (2, 2, 3)], {}),
    ("RNN", [2, 3], {"bidirectional": True, "batch_first": True}, [(2, 4, 2), (2, 2, 3)], {}),
    ("LSTM", [2, 3], {}, [(4, 2, 2)], {}),
    ("LSTM", [2, 3], {"num_layers": 2, "bidirectional": True}, [(3, 2, 2), (4, 2, 3), (4, 2, 3)], {}),
    ("LSTM", [2, 3], {"bias": False, "batch_first": True}, [(2, 4, 2), (1, 2, 3), (1, 2, 3)], {}),
    ("LSTM", [2, 3], {"num_layers": 2, "batch_first": True}, [(4, 2), (2, 3), (2, 3)], {}),
    ("GRU", [2, 3], {}, [(4, 2, 2)], {}),
    ("GRU", [2, 3], {"num_layers": 2, "bidirectional": True, "batch_first": True}, [(2, 3, 2), (4, 2, 3)], {}),
    ("GRU", [2, 3], {"bias": False}, [(3, 2)], {}),
    ("MultiheadAttention", [4, 2], {}, [(4, 2, 4)], {}),
    ("MultiheadAttention", [4, 2], {"batch_first": True, "bias": False}, [(2, 4, 4)], {"attn_mask": LATER}),
    ("MultiheadAttention", [4, 2], {"batch_first": True}, [(2, 3, 4), (2, 4, 4), (2, 4, 4)],
     {"key_padding_mask": PADDED}),
    ("MultiheadAttention", [4, 4], {}, [(4, 4)], {"attn_mask": ADDED, "average_attn_weights": False}),
    ("MultiheadAttention", [6, 3], {}, [(3, 2, 6), (4, 2, 6), (4, 2, 6)], {"need_weights": False}),
    ("TransformerEncoderLayer", [4, 2, 6], {"dropout": 0.0}, [(4, 2, 4)], {"src_key_padding_mask": PADDED}),
    ("TransformerEncoderLayer", [4, 2, 6], {"dropout": 0.0, "activation": "gelu", "norm_first": True,
     "batch_first": True, "layer_norm_eps": 0.01}, [(2, 4, 4)], {"src_mask": LATER}),
    ("TransformerEncoderLayer", [4, 2, 6], {"dropout": 0.0, "bias": False}, [(3, 1, 4)], {}),
]  # fmt: skip


def flat(outputs) -> list:
    """All tensors in nested tuples, in order; None is left out."""
    if isinstance(outputs, tuple):
        return [tensor for part in outputs for tensor in flat(part)]
    return [] if outputs is None else [outputs]


def numbers(tensor: torch.Tensor) -> list:
    """A tensor as nested lists; JSON keeps every digit of a double."""
    return tensor.detach().numpy().tolist()


def figures(number: int, name: str, args: list, settings: dict, shapes: list, call: dict) -> dict:
    """One case: what goes in and what comes out."""
    rng = np.random.default_rng(number)

    def drawn(shape) -> torch.Tensor:
        return torch.from_numpy(np.round(rng.normal(size=tuple(shape)), 2))

    given = [tuple(a) if isinstance(a, list) else a for a in args]
    layer = getattr(torch.nn, name)(*given, **{k: tuple(s) if isinstance(s, list) else s for k, s in settings.items()})
    layer = layer.double()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(drawn(parameter.shape))
    inputs = [drawn(shape).requires_grad_() for shape in shapes]
    state = inputs[1:] if name in ("RNN", "LSTM", "GRU") else []
    passed = inputs[:1] if state else inputs * 3 if name == "MultiheadAttention" and len(inputs) == 1 else inputs
    passed = [*passed, *([tuple(state)] if len(state) > 1 else state)]
    masks = {key: torch.from_numpy(np.array(x)) if isinstance(x, list) else x for key, x in call.items()}
    outputs = flat(layer(*passed, **masks))
    weights = [drawn(y.shape) for y in outputs]
    sum((c * y).sum() for c, y in zip(weights, outputs)).backward()
    return {
        "layer": name, "args": args, "settings": settings, "call": call,
        "parameters": {key: numbers(p) for key, p in layer.named_parameters()},
        "inputs": [numbers(x) for x in inputs], "c": [numbers(c) for c in weights],
        "outputs": [numbers(y) for y in outputs], "d_inputs": [numbers(x.grad) for x in inputs],
        "d_parameters": {key: numbers(p.grad) for key, p in layer.named_parameters()},
    }  # fmt: skip


if __name__ == "__main__":
    found = [figures(number, *case) for number, case in enumerate(CASES)]
    text = json.dumps({"torch": torch.__version__.split("+")[0], "layers": found}, separators=(",", ":"))
    FILE.write_text(text.replace('{"layer"', '\n{"layer"') + "\n", "utf-8")
    print(f"{FILE.name}: {len(found)} layers, PyTorch {torch.__version__}, {FILE.stat().st_size:,} bytes")
