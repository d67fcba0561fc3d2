"""Every layer computes what PyTorch 2 computes with the same weights: outputs, gradients, and what it notes.

The figures are stored in torch_figures.json; make_torch_figures.py says how they were made.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, nn

FIGURES = json.loads(Path(__file__).with_name("torch_figures.json").read_text("utf-8"))


def called(case: dict) -> str:
    given = [*map(repr, case["args"]), *(f"{name}={x}" for name, x in case["settings"].items())]
    calls = f", {len(case['before'])} calls before" if case["before"] else ""
    return f"{case['layer']}({', '.join(given)}), {'train' if case['training'] else 'eval'}{calls}"


def built(case: dict) -> nn.Module:
    """The layer as PyTorch's was when the figures were taken."""
    args = [tuple(a) if isinstance(a, list) else a for a in case["args"]]
    layer = getattr(nn, case["layer"])(*args, **case["settings"])
    layer.load_state_dict(case["state"])
    for x in case["before"]:
        layer(np.array(x))
    return layer.train(case["training"])


LAYERS = pytest.mark.parametrize("case", FIGURES["layers"], ids=called)


@LAYERS
def test_outputs_and_gradients_are_those_of_pytorch(case):
    layer = built(case)
    x = np.array(case["x"]) if case["dx"] is None else Value(case["x"])
    y = layer(x)
    np.testing.assert_allclose(y.data, case["y"], rtol=1e-12, atol=2e-9 if case["layer"] == "Softplus" else 1e-13)
    if type(y) is Value:
        y.backward(np.array(case["c"]))
    if case["dx"] is not None:
        np.testing.assert_allclose(x.grad, case["dx"], rtol=1e-10, atol=1e-12)
    assert {name for name, _ in layer.named_parameters()} == set(case["gradients"])
    for name, parameter in layer.named_parameters():
        np.testing.assert_allclose(parameter.grad, case["gradients"][name], rtol=1e-10, atol=1e-12, err_msg=name)


@LAYERS
def test_the_state_has_pytorchs_names_and_numbers_before_and_after(case):
    layer = built(case)
    layer(np.array(case["x"]))
    state = layer.state_dict()
    assert list(state) == list(case["state_after"])
    for name, numbers in case["state_after"].items():
        np.testing.assert_allclose(state[name], numbers, rtol=1e-12, atol=1e-14, err_msg=name)


@LAYERS
def test_the_gradients_of_every_layer_are_its_measured_slopes(case):
    layer = built(case)
    parameters = {name: p.data for name, p in layer.named_parameters()}
    x = np.array(case["x"])
    if case["dx"] is None:
        k = layer.padding_idx if layer.padding_idx is not None else 0
        fixed = parameters["weight"][k : k + (layer.padding_idx is not None)]  # the row that gradients do not reach

        def rows(above, below):
            return nn.functional_call(layer, {"weight": tg.concatenate([above, fixed, below])}, x)

        report = tg.gradcheck(rows, parameters["weight"][:k], parameters["weight"][k + len(fixed) :])
    else:
        report = tg.gradcheck(lambda x, p: nn.functional_call(layer, p, x), x, parameters)
    assert report, str(report)


@LAYERS
def test_float32_stays_float32(case):
    layer = built(case).to(np.float32)
    x = np.array(case["x"]) if case["dx"] is None else Value(np.array(case["x"], np.float32))
    y = layer(x)
    y.sum().backward()
    held = [y, *layer.parameters(), *([x] if type(x) is Value else [])]
    assert {v.dtype for v in held} == {np.dtype(np.float32)}
    assert {v.grad.dtype for v in held[1:]} <= {np.dtype(np.float32)}
    assert {x.dtype for _, x in layer.named_buffers()} <= {np.dtype(np.float32), np.dtype(np.int64)}
    np.testing.assert_allclose(y.data, case["y"], rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize(("name", "slope", "gain"), FIGURES["gains"])
def test_gains_are_those_of_pytorch(name, slope, gain):
    assert nn.init.calculate_gain(name, slope) == pytest.approx(gain, rel=1e-15)


class Listed(nn.Module):
    def __init__(self):
        self.parts = [nn.Linear(2, 3), nn.BatchNorm2d(3, track_running_stats=False)]

    def fields(self):
        return {str(k): part for k, part in enumerate(self.parts)}


def test_whole_networks_have_the_names_and_shapes_of_pytorchs_state_dict():
    block = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))
    nets = {
        "sequential": nn.Sequential(nn.Flatten(), nn.Linear(6, 4), nn.ReLU(), block, nn.Linear(4, 2, bias=False)),
        "text": nn.Sequential(nn.Embedding(7, 3), nn.LayerNorm(3), nn.Dropout(0.1), nn.Linear(3, 7)),
        "listed": Listed(),
    }
    for name, net in nets.items():
        assert [[key, list(x.shape)] for key, x in net.state_dict().items()] == FIGURES["names"][name], name
