"""You will see the four data sets of the TensorFlow Playground solved by small networks, and the hardest one as a film.

Two clouds, a circle, exclusive or and two spirals: the border between the classes is a line, then a ring, a cross, a
maze. One neuron draws lines; how far it gets is shown beside a network that is large enough.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import nn, plot
from tinygrad_edu.data import blobs, circles, spirals, xor
from tinygrad_edu.metrics import accuracy
from tinygrad_edu.train import Film

SETS = {  # how 200 points are made from a seed, the sizes of the hidden layers, how many epochs are enough
    "clouds": (lambda rng: blobs(200, [[-2.0, -2.0], [2.0, 2.0]], spread=1.0, rng=rng), [], 40),
    "circle": (lambda rng: circles(200, noise=0.1, factor=0.4, rng=rng), [4], 100),
    "xor": (lambda rng: xor(200, noise=0.15, rng=rng), [4], 100),
    "spirals": (lambda rng: spirals(200, noise=0.02, rng=rng), [16, 16], 100),
}


def train(sizes, points, epochs, callbacks=()):
    """A network with these hidden layers, whose answer z stands for the probability 1/(1 + e⁻ᶻ) of class 1."""
    x, y = points
    net = nn.MLP(2, [*sizes, 1], hidden="tanh", rng=np.random.default_rng(0))
    tg.fit(net, (x, y[:, None]), "binary_cross_entropy_with_logits", "adam", epochs, lr=0.02, batch_size=20,
           callbacks=callbacks, rng=0)  # fmt: skip
    return net


def right(net, points):
    x, y = points
    return accuracy(net(x), y, threshold=0)


def main(out: Path = Path("tinygrad-edu-examples"), epochs: int | None = None) -> None:
    out.mkdir(parents=True, exist_ok=True)
    print("                                                right, of 200   of 1,000 new points")
    print("data      network             numbers  epochs                   one neuron   this one")
    for name, (make, sizes, enough) in SETS.items():
        points, enough = make(0), epochs or enough
        new = [np.concatenate(parts) for parts in zip(*(make(seed) for seed in range(1, 6)))]
        film = Film(out / f"e7_{name}.html", title="Two spirals", boundary=0, frames=50) if name == "spirals" else ()
        net, neuron = train(sizes, points, enough, film), train([], points, min(enough, 40))
        shape, numbers = " → ".join(map(str, [2, *sizes, 1])), len(net.parameters())
        print(f"{name:10}{shape:18}{numbers:9}{enough:8}{right(net, points):17.1%}{right(neuron, new):18.1%}"
              f"{right(net, new):11.1%}")  # fmt: skip
        probability = lambda plane, net=net: tg.sigmoid(net(plane))  # noqa: E731
        plot.function(probability, *points, title=f"{name}: {shape}").savefig(out / f"e7_{name}.png")
        assert right(net, points) >= 0.98 or epochs


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
