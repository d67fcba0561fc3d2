"""You will see one neuron learn to add: 2 of 25 sums are right before training, 21 of 25 after it, and never all.

The neuron is sigmoid(w1·x1 + w2·x2 + b). It sees every pair of tenths whose sum is at most 0.9, one pair at a time, and
walks down L = ½(target - output)²: by a rule derived on paper, and by `Value`. Both arrive at the same numbers.
"""

from __future__ import annotations

import math
import random
import sys
from pathlib import Path

import tinygrad_edu as tg
from tinygrad_edu import plot

EPOCHS, RATE = 10_000, 0.1
PAIRS = [(a / 10, b / 10, (a + b) / 10) for a in range(10) for b in range(10 - a)]
TEST = [(0.9, 0.1), (0.5, 0.5), (0.2, 0.3), (0.3, 0.6), (0.1, 0.7), (0.3, 0.1), (0.1, 0.5), (0.9, 0), (0.3, 0.3),
        (0, 0.1), (0.1, 0.2), (0.2, 0), (0.6, 0.1), (0.5, 0.3), (0.9, 0.1), (0.1, 0.4), (0.2, 0.4), (0.7, 0),
        (0.6, 0.3), (0.2, 0.2), (0.1, 0), (0.2, 0.6), (0.5, 0), (0.6, 0.4), (0.4, 0.5)]  # fmt: skip


def neuron(w1, w2, b, x1, x2):
    return 1 / (1 + math.exp(-(w1 * x1 + w2 * x2 + b)))


def epoch_by_hand(w1, w2, b):
    for x1, x2, target in PAIRS:
        output = neuron(w1, w2, b, x1, x2)
        delta = (target - output) * output * (1 - output)
        w1, w2, b = w1 + RATE * delta * x1, w2 + RATE * delta * x2, b + RATE * delta
    return w1, w2, b


def loss(w1, w2, b, x1, x2, target):
    z = tg.name(w1 * x1 + w2 * x2 + b, "z")
    output = tg.name(tg.sigmoid(z), "output")
    return (target - output) ** 2 / 2


def epoch_by_value(*numbers):
    parameters = [tg.Value(number) for number in numbers]
    for pair in PAIRS:
        loss(*parameters, *pair).backward()
        for p in parameters:
            p.data -= RATE * p.grad
            p.zero_grad()
    return tuple(p.data for p in parameters)


def answers(parameters):
    return [round(neuron(*parameters, x1, x2), 1) for x1, x2 in TEST]


def right(parameters):
    return sum(answer == round(x1 + x2, 1) for answer, (x1, x2) in zip(answers(parameters), TEST))


def main(out: Path = Path("tinygrad-edu-examples")) -> None:
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(0)
    start = hand = value = rng.random(), rng.random(), rng.random()
    (x1, x2, target), output = PAIRS[25], neuron(*start, *PAIRS[25][:2])
    delta = (target - output) * output * (1 - output)
    inputs = dict(zip(("w1", "w2", "b", "x1", "x2", "target"), (*start, x1, x2, target)))
    found = {"output": output - target, "z": -delta, "w1": -delta * x1, "w2": -delta * x2, "b": -delta}
    print(tg.check_formula(loss, inputs, found).raise_())

    history = {}
    for epoch in range(1, EPOCHS + 1):
        hand = epoch_by_hand(*hand)
        if epoch <= 100 or epoch > EPOCHS - 100:  # Value walks along for the first and the last hundred epochs
            value = epoch_by_value(*value)
            assert max(abs(h - v) for h, v in zip(hand, value)) < 1e-12
        else:
            value = hand
        if epoch <= 10 or epoch % 10 == 0:
            history[epoch] = right(hand)
    print("\nBy hand and by Value: equal after each of the first and last 100 of 10,000 epochs.")
    print("w1 = {:.4f}, w2 = {:.4f}, b = {:.4f}".format(*hand))

    print("\nx1  + x2  = sum    untrained   trained")
    for (x1, x2), before, after in zip(TEST, answers(start), answers(hand)):
        marks = ["" if answer == round(x1 + x2, 1) else " ✗" for answer in (before, after)]
        print(f"{x1:.1f} + {x2:.1f} = {x1 + x2:.1f}    {before}{marks[0]:8} {after}{marks[1]}")
    print(f"right, of 25:      {right(start):<11} {right(hand)}")
    print("Wrong are the sums of 1.0: no pair taught them, and a sigmoid never reaches 1.")

    sums = [k / 100 for k in range(101)]
    lines = {name: [neuron(*p, s / 2, s / 2) for s in sums] for name, p in (("untrained", start), ("trained", hand))}
    plot.history({"the sum itself": sums, **lines}, steps=sums, xlabel="x₁ + x₂",
                title="What the neuron answers").savefig(out / "r1_answers.png")  # fmt: skip
    figure = plot.history({"right answers": list(history.values())}, steps=list(history), xlabel="epoch",
                         title="How many of the 25 sums are right")  # fmt: skip
    figure.axes[0].set(xscale="log", yticks=range(0, 26, 5))
    figure.savefig(out / "r1_learning.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
