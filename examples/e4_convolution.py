"""You will see a convolutional network read handwritten digits, 99 of 100 right, and what its kernels look for.

An ordinary layer does not know that pixels have neighbours: shuffle them, and it learns as well. A convolution looks
through the same 3 × 3 window at every place. Both are trained here, with about the same number of parameters, on the
digits as they are and on digits whose pixels were shuffled, all in the same way.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import tinygrad_edu as tg
from tinygrad_edu import nn, plot
from tinygrad_edu.data import digits

EPOCHS = 12


def convolutional(rng):
    """Two convolutions, the larger half of what they find, and a weighted sum for each class."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, rng=rng, dtype=np.float32), nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1, rng=rng, dtype=np.float32), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(0.3, rng=rng),
        nn.Linear(512, 10, rng=rng, dtype=np.float32),
    )  # fmt: skip


def ordinary(rng):
    """Two layers of weighted sums, with about as many parameters."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(64, 132, rng=rng, dtype=np.float32), nn.ReLU(), nn.Dropout(0.3, rng=rng),
        nn.Linear(132, 10, rng=rng, dtype=np.float32),
    )  # fmt: skip


def train(make, train_data, test_data, epochs):
    net = make(np.random.default_rng(1))
    cosine = lambda optimizer: tg.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)  # noqa: E731
    history = tg.fit(net, train_data, "cross_entropy", "adam", epochs, lr=0.003, batch_size=32, metrics="accuracy",
                     validation=test_data, schedule=cosine, rng=1)  # fmt: skip
    return net, history


def draw_kernels(net, x, out):
    """The 16 kernels of the first layer (dark: it wants ink there), and what each answers to one digit."""
    kernels = net.parts[0].weight.data[:, 0]
    with tg.no_grad():
        answers = net.parts[1](net.parts[0](x[:1])).data[0]
    figure = Figure(figsize=(9.6, 1.7), dpi=150, layout="constrained")
    for top, bottom, kernel, answer in zip(*figure.subplots(2, 17)[:, 1:], kernels, answers):
        top.imshow(kernel, cmap="RdGy", vmin=-abs(kernels).max(), vmax=abs(kernels).max())
        bottom.imshow(answer, cmap="Greys", vmin=0, vmax=answers.max())
    figure.axes[17].imshow(x[0, 0], cmap="Greys")
    for ax in figure.axes:
        ax.set_axis_off()
    figure.savefig(out / "e4_kernels.png")


def main(out: Path = Path("tinygrad-edu-examples"), epochs: int = EPOCHS) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (x, y), (x_test, y_test) = digits()
    order = np.random.default_rng(0).permutation(64)
    as_pictures = lambda pixels: pixels.reshape(-1, 1, 8, 8)  # noqa: E731
    print(convolutional(np.random.default_rng(0)).summary((32, 1, 8, 8)), end="\n\n")

    curves = {}
    print("                                  parameters   right, of the test   seconds")
    for name, make, pixels in (
        ("convolutional", convolutional, slice(None)),
        ("convolutional, pixels shuffled", convolutional, order),
        ("ordinary", ordinary, slice(None)),
        ("ordinary, pixels shuffled", ordinary, order),
    ):
        net, history = train(make, (as_pictures(x[:, pixels]), y), (as_pictures(x_test[:, pixels]), y_test), epochs)
        right, size = history.last("validation_accuracy"), sum(p.size for p in net.parameters())
        print(f"{name:34}{size:10,} {right:20.1%} {history['seconds'].sum():9.1f}")
        curves[name] = history["validation_accuracy"]
        if name == "convolutional":
            draw_kernels(net, as_pictures(x_test), out)
            assert right >= 0.985 or epochs < EPOCHS
    figure = plot.history(curves, xlabel="epoch", title="Share of the test digits that is right")
    figure.savefig(out / "e4_learning.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
