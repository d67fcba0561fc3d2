"""The stored figures of torch_layer_figures.json, and layers as PyTorch's were when the figures were taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.nn.calling import functional_call

OURS = {  # PyTorch's name -> our file and class
    **dict.fromkeys(("MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d", "AdaptiveAvgPool2d"), ("pooling", "")),
    "MultiheadAttention": ("attention", "MultiHeadAttention"),
    "TransformerEncoderLayer": ("transformer", "TransformerBlock"),
}
ALL = json.loads(Path(__file__).with_name("torch_layer_figures.json").read_text("utf-8"))["layers"]


def cases(*names: str) -> list[dict]:
    """The figures of these layers."""
    return [case for case in ALL if case["layer"] in names]


def called(case: dict) -> str:
    """Conv1d([2, 3, 2], {'stride': 2}), as a name of a test."""
    shapes = ", ".join(str(np.shape(x)) for x in case["inputs"])
    return f"{case['layer']}({case['args']}, {case['settings']}) of {shapes}{', masked' if case['call'] else ''}"


def layer_class(name: str) -> Any:
    """Our class for PyTorch's."""
    file, own = OURS.get(name, (name.lower(), ""))
    return getattr(import_module(f"tinygrad_edu.nn.{file}"), own or name)


def built(case: dict, **more: Any) -> Any:
    """The layer with PyTorch's arguments and numbers."""
    args = [tuple(a) if isinstance(a, list) else a for a in case["args"]]
    settings = {key: tuple(x) if isinstance(x, list) else x for key, x in case["settings"].items()}
    layer = layer_class(case["layer"])(*args, **settings, **more)
    layer.load_state_dict(case["parameters"])
    return layer


def run(layer: Any, case: dict, inputs: list[Any]) -> list[Any]:
    """All outputs of the layer, in order."""
    call = {key: np.array(x) if isinstance(x, list) else x for key, x in case["call"].items()}
    if case["layer"] in ("RNN", "LSTM", "GRU"):
        state = inputs[1:]
        y, last = layer(inputs[0], *([tuple(state)] if len(state) > 1 else state), **call)
        return [y, *(last if isinstance(last, tuple) else [last])]
    if case["layer"] == "MultiheadAttention":
        y = layer(*(inputs * 3 if len(inputs) == 1 else inputs), **call)
        return [part for part in y if part is not None]
    return [layer(*inputs, **call)]


def loss(layer: Any, case: dict, inputs: list[Any], dtype: Any = np.float64) -> Any:
    """Σ c · y over all outputs, and the outputs."""
    outputs = run(layer, case, inputs)
    total: Any = 0.0
    for c, y in zip(case["c"], outputs, strict=True):
        total = total + (np.array(c, dtype) * y).sum()
    return total, outputs


def check_figures(case: dict) -> None:
    """Outputs and all gradients are PyTorch's."""
    layer, inputs = built(case), [Value(x) for x in case["inputs"]]
    assert [(name, p.shape) for name, p in layer.named_parameters()] == [
        (name, np.shape(p)) for name, p in case["parameters"].items()
    ]
    total, outputs = loss(layer, case, inputs)
    total.backward()
    for y, expected in zip(outputs, case["outputs"], strict=True):
        close(y.data, expected)
    for x, expected in zip(inputs, case["d_inputs"], strict=True):
        close(x.grad, expected)
    for name, p in layer.named_parameters():
        close(p.grad, case["d_parameters"][name])


def check_gradients(case: dict, changed: Callable[[dict], dict] = dict) -> None:
    """All gradients pass the check, of the inputs and of the parameters; the layer is given these as `changed` says."""
    layer, count = built(case), len(case["inputs"])
    names = [name for name, _ in layer.named_parameters()]

    def total(*given: Any) -> Any:
        return with_parameters(layer, changed(dict(zip(names, given[count:]))), case, given[:count])

    inputs = [np.array(x) for x in case["inputs"]]
    tg.gradcheck(total, *inputs, *(p.data for p in layer.parameters())).raise_()


def check_compiled(case: dict) -> None:
    """Compiled, the layer computes the same value, and PyTorch's gradients."""
    layer, inputs = built(case), [np.array(x) for x in case["inputs"]]
    total = lambda parameters, *inputs: with_parameters(layer, parameters, case, inputs)  # noqa: E731
    value, gradients = tg.compile(tg.value_and_grad(total))(layer.state_dict(), *inputs)
    assert value == pytest.approx(loss(layer, case, inputs)[0].data)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, case["d_parameters"][name], rtol=1e-9, atol=1e-11)


def with_parameters(layer: Any, parameters: dict, case: dict, inputs: Sequence[Any]) -> Any:
    """The loss of the layer with these parameters."""
    call = lambda *xs, **settings: functional_call(layer, parameters, *xs, **settings)  # noqa: E731
    return loss(call, case, list(inputs))[0]


def close(found: Any, expected: Any) -> None:
    assert np.shape(found) == np.shape(expected)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)


def check_precision(case: dict) -> None:
    """In float32 everything stays float32: outputs, and the gradients of parameters and inputs."""
    layer = built(case).to(np.float32)
    inputs = [Value(np.array(x, np.float32)) for x in case["inputs"]]
    total, outputs = loss(layer, case, inputs, np.float32)
    total.backward()
    kinds = [y.dtype for y in outputs] + [x.grad.dtype for x in inputs] + [p.grad.dtype for p in layer.parameters()]
    assert set(kinds) == {np.dtype(np.float32)}
    for y, expected in zip(outputs, case["outputs"], strict=True):
        np.testing.assert_allclose(y.data, expected, rtol=1e-3, atol=1e-4)
