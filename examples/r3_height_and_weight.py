"""You will see one derivative taken apart into its factors, then a network that learns to tell women from men by it.

Two hidden neurons h1 and h2, one output o1, sigmoid everywhere: nine parameters, nine derivatives. They are derived on
paper and written out below; `Value` finds the same nine numbers from the forward pass alone.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import plot

EPOCHS, RATE = 1000, 0.1
PEOPLE = [(-2.0, -1.0), (25.0, 6.0), (17.0, 4.0), (-15.0, -6.0)]  # weight - 135 pounds, height - 66 inches
WOMAN = [1.0, 0.0, 0.0, 1.0]
NAMES = ("w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2", "b3", "h1", "h2", "o1")


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def gradients_by_hand(w1, w2, w3, w4, w5, w6, b1, b2, b3, x1, x2, y):
    """dL/dw1 = dL/do1 · do1/dh1 · dh1/dw1, and so on for all nine, then for h1, h2, o1, with L = (y - o1)²."""
    h1, h2 = sigmoid(w1 * x1 + w2 * x2 + b1), sigmoid(w3 * x1 + w4 * x2 + b2)
    o1 = sigmoid(w5 * h1 + w6 * h2 + b3)
    dL_do1 = -2 * (y - o1)
    do1_dz, dh1_dz, dh2_dz = o1 * (1 - o1), h1 * (1 - h1), h2 * (1 - h2)
    dL_dh1, dL_dh2 = dL_do1 * w5 * do1_dz, dL_do1 * w6 * do1_dz
    return (dL_dh1 * x1 * dh1_dz, dL_dh1 * x2 * dh1_dz, dL_dh2 * x1 * dh2_dz, dL_dh2 * x2 * dh2_dz,
            dL_do1 * h1 * do1_dz, dL_do1 * h2 * do1_dz, dL_dh1 * dh1_dz, dL_dh2 * dh2_dz, dL_do1 * do1_dz,
            dL_dh1, dL_dh2, dL_do1)  # fmt: skip


def network(w1, w2, w3, w4, w5, w6, b1, b2, b3, x1, x2):
    h1 = tg.name(tg.sigmoid(w1 * x1 + w2 * x2 + b1), "h1")
    h2 = tg.name(tg.sigmoid(w3 * x1 + w4 * x2 + b2), "h2")
    return h1, h2, tg.name(tg.sigmoid(w5 * h1 + w6 * h2 + b3), "o1")


def show_factors():
    """dL/dw1 for the first person, all weights 1, all biases 0: every factor stands in the graph."""
    w1 = tg.Value(1.0, "w1")
    h1, _, o1 = network(w1, 1, 1, 1, 1, 1, 0, 0, 0, *PEOPLE[0])
    ((1 - o1) ** 2).backward()
    factors = {"h1 = h2": h1.data, "o1": o1.data, "∂L/∂y": o1.grad, "∂y/∂h1": h1.grad / o1.grad,
               "∂h1/∂w1": w1.grad / h1.grad, "∂L/∂w1": w1.grad}  # fmt: skip
    paper = {name: float(f"{factor:.3g}") for name, factor in factors.items()}  # three digits, carried along:
    paper["∂L/∂y"] = float(f"{-2 * (1 - paper['o1']):.3g}")
    paper["∂L/∂w1"] = float(f"{paper['∂L/∂y'] * paper['∂y/∂h1'] * paper['∂h1/∂w1']:.3g}")
    print("              in the graph   on paper, with three digits")
    for name, factor in factors.items():
        print(f"{name:10} {factor:15.8f}   {paper[name]}")


def main(out: Path = Path("tinygrad-edu-examples")) -> None:
    out.mkdir(parents=True, exist_ok=True)
    neuron, net = tg.nn.Neuron(2, activation="sigmoid"), tg.nn.MLP(2, [2, 1], "sigmoid", "sigmoid")
    for p, number in zip(neuron.parameters() + net.parameters(), [0.0, 1.0, 4.0] + 3 * [0.0, 1.0, 0.0]):
        p.data = number
    print(f"neuron {neuron([2, 3]).data}\nnetwork {net([2, 3]).data}\nMSE {tg.losses.mse(WOMAN, [0, 0, 0, 0])}\n")
    show_factors()

    start = hand = np.random.default_rng(0).normal(0, 1, 9).tolist()
    values = [tg.Value(number, name) for name, number in zip(NAMES, hand)]
    inputs, found = dict(zip(NAMES, hand)), dict(zip(NAMES, gradients_by_hand(*hand, *PEOPLE[0], 1.0)))
    report = tg.check_formula(lambda **p: (1 - network(**p, x1=-2.0, x2=-1.0)[-1]) ** 2, inputs, found)
    print(f"\n{report.raise_()}\n")

    losses = []
    for epoch in range(EPOCHS):
        for person, y in zip(PEOPLE, WOMAN):
            hand = [p - RATE * gradient for p, gradient in zip(hand, gradients_by_hand(*hand, *person, y))]
            ((y - network(*values, *person)[-1]) ** 2).backward()
            for value in values:
                value.data -= RATE * value.grad
                value.zero_grad()
        assert max(abs(value.data - p) for value, p in zip(values, hand)) < 1e-12
        losses.append(sum((y - network(*hand, *person)[-1]) ** 2 for person, y in zip(PEOPLE, WOMAN)) / 4)
        if epoch % 100 == 0:
            print(f"loss at epoch {epoch:3}:", end="")
        if epoch % 10 == 0:
            print(f" {losses[-1]:.3f}", end="\n" if epoch % 100 == 90 else "")
    print("After each of 1,000 epochs the nine parameters by hand and by Value were equal.")
    for person in ((-7, -3), (20, 2)):
        print(f"{person} is a woman with probability {network(*hand, *person)[-1]:.3f}")

    plot.history({"loss": losses}, xlabel="epoch", title="Loss").savefig(out / "r3_loss.png")
    for when, p in (("before", start), ("after", hand)):
        figure = plot.function(lambda plane, p=p: network(*p, *plane.T)[-1], PEOPLE, WOMAN,
                               title=f"Probability of a woman, {when} training")  # fmt: skip
        figure.axes[0].set(xlabel="weight − 135 pounds", ylabel="height − 66 inches", aspect="auto")
        figure.savefig(out / f"r3_{when}.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
