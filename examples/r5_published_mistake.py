"""You will see the check catch a published derivation: its first layer learns 4 to 206 times too slowly, and why.

The network 2 → 3 → 2 was published twice: as objects, and on arrays. The array version multiplies the hidden delta by
σ′ twice (a); the object version adds up its printed error against class labels and not against one-hot targets (b).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import plot

RATE = 0.5
POINTS = np.array([2.7810836, 2.550537003, 1.465489372, 2.362125076, 3.396561688, 4.400293529, 1.38807019, 1.850220317,
                   3.06407232, 3.005305973, 7.627531214, 2.759262235, 5.332441248, 2.088626775, 6.922596716, 1.77106367,
                   8.675418651, -0.242068655, 7.673756466, 3.508563011]).reshape(10, 2)  # fmt: skip
LABELS = np.repeat([0, 1], 5)
DATA = POINTS, np.eye(2)[LABELS]
XOR = np.array([(0, 0), (0, 1), (1, 0), (1, 1)]), np.eye(2)[[0, 1, 1, 0]]


class Neuron:
    """The first version is made of these: each keeps its output and its delta = dL/dz."""

    def __init__(self, weights, bias):
        self.weights, self.bias = weights, bias

    def activate(self, inputs):
        self.output = 1 / (1 + np.exp(-sum(w * x for w, x in zip(self.weights, inputs)) - self.bias))
        return self.output

    def learn(self, error):
        """Given dL/doutput, keep dL/dz, and return dL/dinputs."""
        self.delta = error * self.output * (1 - self.output)
        return [self.delta * w for w in self.weights]


def by_objects(net, x, target):
    hidden, last = ([Neuron(w, b) for w, b in zip(net[f"W{k}"].tolist(), net[f"b{k}"].tolist())] for k in (1, 2))
    h = [neuron.activate(x.tolist()) for neuron in hidden]
    backs = [neuron.learn(neuron.activate(h) - t) for neuron, t in zip(last, target)]
    for neuron, *errors in zip(hidden, *backs):
        neuron.learn(sum(errors))
    b1, b2 = (np.array([neuron.delta for neuron in layer]) for layer in (hidden, last))
    return {"W1": np.outer(b1, x), "W2": np.outer(b2, h), "b1": b1, "b2": b2}


def create(seed):
    """The second version: arrays, every number drawn from [0, 1)."""
    rng = np.random.default_rng(seed)
    return {"W1": rng.random((3, 2)), "W2": rng.random((2, 3)), "b1": rng.random(3), "b2": rng.random(2)}


def forward(net, x):
    z1 = tg.name(net["W1"] @ x + net["b1"], "z1")
    h = tg.name(1 / (1 + np.exp(-z1)), "h")
    z2 = tg.name(net["W2"] @ h + net["b2"], "z2")
    return h, tg.name(1 / (1 + np.exp(-z2)), "y")


def corrected(net, x, target, twice=False):
    """The slopes of the loss in everything that has a name; δ1 and δ2 are those in z1 and z2."""
    h, y = forward(net, x)
    delta2 = (y - target) * y * (1 - y)
    error = net["W2"].T @ delta2
    delta1 = error * h * (1 - h) * (h * (1 - h) if twice else 1)
    return {"W1": np.outer(delta1, x), "W2": np.outer(delta2, h), "b1": delta1, "b2": delta2,
            "z1": delta1, "h": error, "z2": delta2, "y": y - target}  # fmt: skip


def published(net, x, target):
    return corrected(net, x, target, twice=True)


def loss(net, x, target):
    return ((forward(net, x)[1] - target) ** 2).sum() / 2


by_value = tg.grad(loss)  # the third version


def train(net, points, targets, epochs, gradients, error=loss):
    """After each epoch, one point at a time: the network and its error."""
    for _ in range(epochs):
        total = 0.0
        for x, target in zip(points, targets):
            total += error(net, x, target)
            slope = gradients(net, x, target)
            net = {name: net[name] - RATE * slope[name] for name in net}
        yield net, total


def accuracy(net, points, targets):
    return np.mean([forward(net, x)[1].argmax() == target.argmax() for x, target in zip(points, targets)])


def main(out: Path = Path("tinygrad-edu-examples")) -> None:
    out.mkdir(parents=True, exist_ok=True)
    net, x, target = create(0), POINTS[0], DATA[1][0]
    for formula in (published, corrected):
        report = tg.check_formula(lambda **net: loss(net, x, target), net, formula(net, x, target))
        print(f"(a) The {formula.__name__} formula. {report}\n")
        wrong = {"W1", "b1", "z1"} if formula is published else set()
        assert {row.name for row in report.rows if not row.passed} == wrong

    for name, data, epochs in (("The ten points", DATA, 40), ("XOR", XOR, 1000)):
        print(f"{name}, MSE and accuracy after {epochs} epochs:\nstart    published     corrected")
        for seed in range(4):
            ends = [list(train(create(seed), *data, epochs, formula))[-1] for formula in (published, corrected)]
            print(f"{seed}     ", *(f"  {mse:.2f}  {accuracy(net, *data):4.0%}" for net, mse in ends))
        print()

    against_label = lambda net, x, target: loss(net, x, target.argmax())  # noqa: E731
    versions = (by_objects, against_label), (corrected, loss), (by_value, loss)
    objects, arrays, values = (list(train(create(2), *DATA, 40, *version)) for version in versions)
    for (net, _), *others in zip(objects, arrays, values):
        assert all(np.abs(net[name] - other[name]).max() < 1e-12 for other, _ in others for name in net)
    (_, printed), (_, true) = zip(*objects), zip(*arrays)
    print("Objects, arrays and Value: equal parameters after each of 40 epochs.")
    print(f"\n(b) The objects print {printed[0]:.2f} → {printed[-1]:.2f}, their error against the labels. It rises.")
    print(f"    Against the one-hot targets, from which they learn, it is {true[0]:.2f} → {true[-1]:.2f}.")

    plot.data(POINTS, LABELS, title="Ten points, two classes").savefig(out / "r5_data.png")
    plot.history({"printed, against labels": printed, "true, against one-hot targets": true}, xlabel="epoch",
                title="An error that rises while the network learns").savefig(out / "r5_printed.png")  # fmt: skip
    curves = {}
    for formula in (published, corrected):
        nets, curves[formula.__name__] = zip(*train(create(1), *DATA, 40, formula))
        plot.function(lambda plane, net=nets[-1]: [forward(net, x)[1][1] for x in plane], POINTS, LABELS,
                      extent=(0, 10, -3, 7), title=f"After 40 epochs, {formula.__name__}",
                      ).savefig(out / f"r5_{formula.__name__}.png")  # fmt: skip
    plot.history(curves, xlabel="epoch", title="MSE, published and corrected").savefig(out / "r5_mse.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
