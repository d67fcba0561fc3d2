"""You will see a network put together from five parts; then one part, the backward pass, is taken out and not missed.

The parts are functions of arrays: initialise, forward, cost, backward, update. Where the backward pass was derived for
ReLU and cross-entropy alone, `tg.grad` takes any: other parts plug in like Lego, and no formula has to change.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import plot

SIZES, RATE, EPOCHS = [2, 8, 4, 1], 0.1, 300


def two_blobs(rng, size):
    """X is (features, samples), Y is (1, samples)."""
    clouds = [rng.normal(center, 0.8, (2, size)) for center in (-1.5, 1.5)]
    return np.hstack(clouds), np.repeat([[0.0, 1.0]], size, axis=1)


def initialise(sizes, rng):
    parameters = {}
    for layer, (inputs, outputs) in enumerate(pairwise(sizes), start=1):
        parameters[f"W{layer}"] = rng.normal(0, np.sqrt(2 / inputs), (outputs, inputs))
        parameters[f"b{layer}"] = np.zeros((outputs, 1))
    return parameters


def relu(Z):
    return np.maximum(Z, 0)


def forward(parameters, X, activation=relu):
    """The last layer's answers, and what each layer computed on the way: its input A and its weighted sum Z."""
    A, caches, last = X, [], len(parameters) // 2
    for layer in range(1, last + 1):
        Z = tg.name(parameters[f"W{layer}"] @ A + parameters[f"b{layer}"], f"Z{layer}")
        caches.append((A, Z))
        A = tg.name(activation(Z) if layer < last else 1 / (1 + np.exp(-Z)), f"A{layer}")
    return A, caches


def cross_entropy(A, Y):
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))


def backward(parameters, X, Y):
    """dZ = A - Y, then layer by layer: dW = dZ·Aᵀ / m, db = Σ dZ / m, dA = Wᵀ·dZ, dZ = dA ⊙ 1[Z > 0]."""
    A, caches = forward(parameters, X)
    gradients, dZ, m = {}, A - Y, Y.size
    for layer in range(len(caches), 0, -1):
        gradients[f"Z{layer}"] = dZ / m
        gradients[f"W{layer}"] = dZ @ caches[layer - 1][0].T / m
        gradients[f"b{layer}"] = dZ.sum(axis=1, keepdims=True) / m
        if layer > 1:
            dA = parameters[f"W{layer}"].T @ dZ
            gradients[f"A{layer - 1}"] = dA / m
            dZ = dA * (caches[layer - 2][1] > 0)
    return gradients


def train(parameters, X, Y, gradients, update=lambda p, gradient: p - RATE * gradient):
    """The parameters of every epoch, one after the other."""
    for _ in range(EPOCHS):
        found = gradients(parameters, X, Y)
        parameters = {name: update(p, found[name]) for name, p in parameters.items()}
        yield parameters


def objective(cost=cross_entropy, activation=relu):
    """What to go down on, put together from two parts: a function of parameters, X, Y."""
    return lambda parameters, X, Y: cost(forward(parameters, X, activation)[0], Y)


def main(out: Path = Path("tinygrad-edu-examples")) -> None:
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(4)
    (X, Y), start = two_blobs(rng, 50), initialise(SIZES, rng)
    few = X[:, ::10], Y[:, ::10]
    print(tg.check_formula(lambda **p: objective()(p, *few), start, backward(start, *few)).raise_(), end="\n\n")

    history = {"cost": [], "accuracy": []}
    versions = train(start, X, Y, backward), train(start, X, Y, tg.grad(objective()))
    for epoch, (hand, value) in enumerate(zip(*versions), start=1):
        assert all(np.abs(hand[name] - value[name]).max() < 1e-12 for name in start)
        history["cost"].append(objective()(hand, X, Y))
        history["accuracy"].append(np.mean((forward(hand, X)[0] > 0.5) == Y))
        if epoch == 1 or epoch % 30 == 0:
            print(f"epoch {epoch:3}   cost {history['cost'][-1]:.4f}   accuracy {history['accuracy'][-1]:4.0%}")
    print("After each of the 300 epochs the parameters by hand and by Value were equal.")

    print("\nOther parts, no new formula:")
    for part, activation, cost, *update in (
        ("hidden layers: tanh", np.tanh, cross_entropy),
        ("hidden layers: GELU", tg.gelu, cross_entropy),
        ("cost: squared error", relu, lambda A, Y: np.mean((A - Y) ** 2)),
        ("optimizer: signs alone", relu, cross_entropy, lambda p, gradient: p - 0.002 * np.sign(gradient)),
    ):
        *_, end = train(start, X, Y, tg.grad(objective(cost, activation)), *update)
        A, _ = forward(end, X, activation)
        print(f"{part:24}cost {cost(A, Y):.4f}   accuracy {np.mean((A > 0.5) == Y):4.0%}")

    plot.data(X.T, Y, title="Two blobs").savefig(out / "r4_data.png")
    for when, p in (("before", start), ("after", hand)):
        answers = lambda plane, p=p: forward(p, plane.T)[0].T  # noqa: E731
        plot.function(answers, X.T, Y, title=f"{when.title()} training").savefig(out / f"r4_{when}.png")
    plot.history(history, xlabel="epoch", title="Cost and accuracy").savefig(out / "r4_learning.png")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
