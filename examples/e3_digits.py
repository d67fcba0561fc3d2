"""You will see a network learn handwritten digits, 98 of 100 right; compiled, the same training takes half the time.

The digits are 8 × 8 pixels; 1,438 of them are learned from and 359 are kept for the test. The training is written
twice: with the loop that records every step anew, and with a step that is a function, which `tg.compile` writes down
once.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from matplotlib.figure import Figure

import tinygrad_edu as tg
from tinygrad_edu import nn, plot
from tinygrad_edu.data import batches, digits
from tinygrad_edu.metrics import accuracy, confusion_matrix

EPOCHS, RATE, SIZE = 30, 0.005, 32


def network():
    rng = np.random.default_rng(0)
    layers = nn.Linear(64, 64, rng=rng, dtype=np.float32), nn.ReLU(), nn.Linear(64, 10, rng=rng, dtype=np.float32)
    return nn.Sequential(*layers)


def recorded(x, y, epochs):
    """The network after every epoch, by the loop that everybody writes."""
    net, rng = network(), np.random.default_rng(0)
    optimizer = tg.optim.Adam(net.parameters(), lr=RATE)
    for _ in range(epochs):
        for some_x, some_y in batches(x, y, size=SIZE, rng=rng):
            optimizer.zero_grad()
            tg.losses.cross_entropy(net(some_x), some_y).backward()
            optimizer.step()
        yield net


def compiled(x, y, epochs):
    """The same. The step is a function: parameters and the optimizer's memory go in, and come out changed."""
    net, rng = network(), np.random.default_rng(0)
    optimizer = tg.optim.Adam(lr=RATE)

    def loss(parameters, some_x, some_y):
        return tg.losses.cross_entropy(nn.functional_call(net, parameters, some_x), some_y)

    @tg.compile
    def step(parameters, memory, some_x, some_y):
        return optimizer.update_all(parameters, tg.grad(loss)(parameters, some_x, some_y), memory)

    parameters = net.state_dict()
    memory = optimizer.init(parameters)
    for _ in range(epochs):
        for batch in batches(x, y, size=SIZE, rng=rng):
            parameters, memory = step(parameters, memory, *batch)
        net.load_state_dict(parameters)
        yield net


def timed(training, seconds):
    """The same networks, one after the other; how long each took to come is written down."""
    while True:
        start = perf_counter()
        net = next(training, None)
        if net is None:
            return
        seconds.append(perf_counter() - start)
        yield net


def draw_mistakes(net, x, y, out):
    """The digits that were misread, the surest mistakes first: what it is, and what the network says."""
    with tg.no_grad():
        sure = tg.softmax(net(x), axis=1).data
    said = sure.argmax(axis=1)
    wrong = np.flatnonzero(said != y)
    wrong = wrong[np.argsort(-sure[wrong, said[wrong]])][:8]
    figure = Figure(figsize=(1.2 * max(len(wrong), 4), 1.8), dpi=150, layout="constrained")
    for ax, k in zip(figure.subplots(1, max(len(wrong), 4)), wrong):
        ax.imshow(x[k].reshape(8, 8), cmap="Greys")
        ax.set_title(f"{y[k]}, said {said[k]}\n{sure[k, said[k]]:.0%} sure", fontsize=9)
    for ax in figure.axes:
        ax.set_axis_off()
    figure.savefig(out / "e3_mistakes.png")


def main(out: Path = Path("tinygrad-edu-examples"), epochs: int = EPOCHS) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (x, y), (x_test, y_test) = digits()
    seconds, right = {"recorded": [], "compiled": []}, {"recorded": [], "compiled": []}
    pairs = zip(timed(recorded(x, y, epochs), seconds["recorded"]), timed(compiled(x, y, epochs), seconds["compiled"]))
    for epoch, (net, twin) in enumerate(pairs, start=1):
        right["recorded"].append(accuracy(net(x_test), y_test))
        right["compiled"].append(accuracy(twin(x_test), y_test))
        if epoch == 1:  # later, rounding in single precision has had its time
            for p, q in zip(net.parameters(), twin.parameters()):
                np.testing.assert_allclose(p.data, q.data, atol=1e-5)
    print(f"{sum(p.size for p in net.parameters()):,} parameters, {len(x):,} digits, {epochs} epochs\n")
    print("                  right, of the test   first epoch   median epoch   in all")
    for name, times in seconds.items():
        times = times[0] * 1e3, np.median(times) * 1e3, sum(times)
        print("{:18}{:17.1%} {:10.0f} ms {:11.1f} ms {:6.2f} s".format(name, right[name][-1], *times))
    print(f"\nA compiled epoch is {np.median(seconds['recorded']) / np.median(seconds['compiled']):.1f} times as fast; "
          "the first one also writes the program.")  # fmt: skip

    print("\nWho was taken for whom (rows: what it is, columns: what the network says):")
    print(confusion_matrix(net(x_test), y_test, classes=10))
    draw_mistakes(net, x_test, y_test, out)
    plot.history(right, xlabel="epoch", title="Share of the test digits that is right").savefig(out / "e3_learning.png")
    assert right["recorded"][-1] >= 0.97 or epochs < EPOCHS


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
