"""Files that PyTorch writes, and what its models compute with these weights; stored for the tests.

    python tests/saving/make_torch_files.py        (with torch and safetensors installed; it writes torch_files/)

Each model is torch.nn's own, with the weights that torch.manual_seed(0) gives it. NAME.safetensors is its state_dict as
safetensors.torch writes it; figures.npz holds NAME.input, NAME.output, and the state_dicts under NAME/....
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

FOLDER = Path(__file__).with_name("torch_files")


class Words(nn.Module):
    """Numbers to rows of an embedding, read one after another."""

    def __init__(self, layer):
        super().__init__()
        self.embedding, self.rnn, self.out = nn.Embedding(9, 3), layer, nn.Linear(8, 2)

    def forward(self, x):
        return self.out(self.rnn(self.embedding(x))[0][:, -1])


def trained(model, *shape):
    """The model after its running averages have seen something, ready to be asked."""
    model(torch.randn(16, *shape))
    return model.eval()


def models():
    row = {"batch_first": True}
    yield "linear", nn.Linear(3, 2), torch.randn(4, 3)
    yield "mlp", nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 2)), torch.randn(4, 3)
    norms = nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6), nn.GELU(), nn.LayerNorm(6), nn.Linear(6, 2, bias=False))
    yield "norms", trained(norms, 3), torch.randn(4, 3)
    convolutions = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, stride=2, groups=2), nn.AvgPool2d(2, stride=1), nn.Flatten(), nn.Linear(6, 3),
    )  # fmt: skip
    yield "cnn", trained(convolutions, 1, 12, 12), torch.randn(2, 1, 12, 12)
    yield "conv1d", nn.Conv1d(2, 3, 3, dilation=2, padding="same"), torch.randn(2, 2, 7)
    words = torch.tensor([[1, 8, 0, 3], [2, 2, 7, 5]])
    yield "rnn", Words(nn.RNN(3, 8, num_layers=2, **row)), words
    yield "lstm", Words(nn.LSTM(3, 4, bidirectional=True, **row)), words
    yield "gru", Words(nn.GRU(3, 8, bias=False, **row)), words
    yield "transformer", nn.TransformerEncoderLayer(4, 2, 6, activation="gelu", **row).eval(), torch.randn(2, 3, 4)


def main():
    FOLDER.mkdir(exist_ok=True)
    torch.manual_seed(0)
    figures = {}
    for name, model, x in models():
        state = {key: part.contiguous() for key, part in model.state_dict().items()}
        save_file(state, FOLDER / f"{name}.safetensors")
        with torch.no_grad():
            figures |= {f"{name}.input": x.numpy(), f"{name}.output": model(x).numpy()}
        figures |= {f"{name}/{key}": part.numpy() for key, part in state.items()}
        if name == "mlp":
            save_file({key: part.to(torch.bfloat16) for key, part in state.items()}, FOLDER / "bfloat16.safetensors")
    np.savez_compressed(FOLDER / "figures.npz", **figures)


if __name__ == "__main__":
    main()
