"""Weights go to PyTorch and come from it: the same names, the same layouts, the same results.

The files in torch_files/ are PyTorch's own; make_torch_files.py says how they were made.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tinygrad_edu import nn
from tinygrad_edu.nn.conv1d import Conv1d
from tinygrad_edu.nn.conv2d import Conv2d
from tinygrad_edu.nn.gru import GRU
from tinygrad_edu.nn.lstm import LSTM
from tinygrad_edu.nn.pooling import AvgPool2d, MaxPool2d
from tinygrad_edu.nn.rnn import RNN
from tinygrad_edu.nn.transformer import TransformerBlock
from tinygrad_edu.saving.load import load
from tinygrad_edu.saving.save import save

FILES = Path(__file__).with_name("torch_files")
FIGURES = load(FILES / "figures.npz").model
ROW = {"batch_first": True}


class Words(nn.Module):
    """Numbers to rows of an embedding, read one after another."""

    def __init__(self, layer):
        self.embedding, self.rnn, self.out = nn.Embedding(9, 3), layer, nn.Linear(8, 2)

    def forward(self, x):
        return self.out(self.rnn(self.embedding(x))[0][:, -1])


MODELS = {
    "linear": lambda: nn.Linear(3, 2),
    "mlp": lambda: nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2)),
    "norms": lambda: nn.Sequential(
        nn.Linear(3, 6), nn.BatchNorm1d(6), nn.GELU(), nn.LayerNorm(6), nn.Linear(6, 2, bias=False)
    ),
    "cnn": lambda: nn.Sequential(
        Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), MaxPool2d(2),
        Conv2d(4, 6, 3, stride=2, groups=2), AvgPool2d(2, stride=1), nn.Flatten(), nn.Linear(6, 3),
    ),
    "conv1d": lambda: Conv1d(2, 3, 3, dilation=2, padding="same"),
    "rnn": lambda: Words(RNN(3, 8, num_layers=2, **ROW)),
    "lstm": lambda: Words(LSTM(3, 4, bidirectional=True, **ROW)),
    "gru": lambda: Words(GRU(3, 8, bias=False, **ROW)),
    "transformer": lambda: TransformerBlock(4, 2, 6, activation="gelu", **ROW),
}  # fmt: skip


def torchs_state(name):
    return {key.removeprefix(f"{name}/"): x for key, x in FIGURES.items() if key.startswith(f"{name}/")}


def agrees(model, name):
    found = model.eval()(FIGURES[f"{name}.input"])
    np.testing.assert_allclose(found.data, FIGURES[f"{name}.output"], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_a_state_dict_has_torchs_names_and_shapes(name):
    ours, theirs = MODELS[name]().state_dict(), torchs_state(name)
    assert {key: x.shape for key, x in ours.items()} == {key: x.shape for key, x in theirs.items()}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", MODELS)
def test_a_file_that_torch_wrote_gives_our_model_its_results(name, dtype):
    pytest.importorskip("safetensors")
    model = MODELS[name]().to(dtype)
    found = load(FILES / f"{name}.safetensors", model)
    assert {key: x.tobytes() for key, x in found.model.items()} == {
        key: x.tobytes() for key, x in torchs_state(name).items()
    }
    agrees(model, name)


@pytest.mark.parametrize("name", MODELS)
def test_arrays_that_torch_handed_to_numpy_give_our_model_its_results(name, tmp_path):
    np.savez(tmp_path / "state.npz", **torchs_state(name))
    model = MODELS[name]()
    load(tmp_path / "state.npz", model)
    agrees(model, name)


def test_bfloat16_is_read_as_float32():
    pytest.importorskip("safetensors")
    found = load(FILES / "bfloat16.safetensors").model
    for name, x in torchs_state("mlp").items():
        assert found[name].dtype == np.float32 and found[name].shape == x.shape
        np.testing.assert_allclose(found[name], x, rtol=2**-8)
        assert not (found[name].view(np.uint32) & 0xFFFF).any()


@pytest.mark.parametrize("name", MODELS)
def test_a_file_that_we_wrote_gives_torchs_model_our_results(name, tmp_path):
    torch = pytest.importorskip("torch")
    files = pytest.importorskip("safetensors.torch")
    import importlib.util

    spec = importlib.util.spec_from_file_location("make_torch_files", FILES.with_name("make_torch_files.py"))
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    model = MODELS[name]().to(np.float32)
    save(tmp_path / "ours.safetensors", model)
    other = next(found for title, found, _ in theirs.models() if title == name)
    other.load_state_dict(files.load_file(tmp_path / "ours.safetensors"), strict=True)
    x = FIGURES[f"{name}.input"]
    with torch.no_grad():
        expected = other.eval()(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(model.eval()(x).data, expected, rtol=1e-4, atol=1e-5)
