"""W1: an MLP 2-16-16-1 on 100 points, hinge loss and L2, forward and backward.

As a graph of single numbers (65,000 operations), which is how one learns it, and on the (100, 2) array.
All parameters are one list: layer after layer, neuron after neuron, its weights and then its bias.
"""

from __future__ import annotations

import random
from itertools import pairwise
from operator import mul

import numpy as np

from .contest import C_COMPILER, OURS, Contest

SIZES = [2, 16, 16, 1]
ALPHA = 1e-4

scalar = Contest("W1", "scalar graph", size=100, tiny=5, unit="ms")
batch = Contest("W1", "on the (100, 2) array", size=100, tiny=5, unit="µs")
CONTESTS = [scalar, batch]


def problem(points: int) -> tuple[list[list[float]], list[float], list[float]]:
    """Points, targets ±1, and the 337 parameters."""
    rng = random.Random(0)
    x = [[rng.uniform(-2, 2), rng.uniform(-2, 2)] for _ in range(points)]
    y = [1.0 if a * a + b * b < 2 else -1.0 for a, b in x]
    count = sum((i + 1) * o for i, o in pairwise(SIZES))
    return x, y, [rng.uniform(-0.5, 0.5) for _ in range(count)]


def layers_of(parameters: list[float]) -> list[tuple[np.ndarray, np.ndarray]]:
    """(weights (out, in), bias (out,)) per layer."""
    layers, at = [], 0
    for i, o in pairwise(SIZES):
        block = np.array(parameters[at : at + (i + 1) * o]).reshape(o, i + 1)
        layers.append((block[:, :-1].copy(), block[:, -1].copy()))
        at += (i + 1) * o
    return layers


def flat(weights_and_biases: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Back into one list, in the order of `problem`."""
    return np.concatenate([np.column_stack([w, b]).ravel() for w, b in weights_and_biases])


@batch.entry("NumPy by hand")
@scalar.entry("NumPy by hand, on the array")
def numpy_by_hand(points):
    x, y, parameters = problem(points)
    x, y = np.array(x), np.array(y)
    (w1, b1), (w2, b2), (w3, b3) = layers_of(parameters)

    def step():
        h1 = np.maximum(x @ w1.T + b1, 0)
        h2 = np.maximum(h1 @ w2.T + b2, 0)
        margin = 1 - y * (h2 @ w3[0] + b3)
        squares = sum((p * p).sum() for p in (w1, b1, w2, b2, w3, b3))
        loss = np.maximum(margin, 0).sum() / points + ALPHA * squares
        d_score = np.where(margin > 0, -y / points, 0)
        d_z2 = np.outer(d_score, w3[0]) * (h2 > 0)
        d_z1 = (d_z2 @ w2) * (h1 > 0)
        return loss, [
            (d_z1.T @ x + 2 * ALPHA * w1, d_z1.sum(0) + 2 * ALPHA * b1),
            (d_z2.T @ h1 + 2 * ALPHA * w2, d_z2.sum(0) + 2 * ALPHA * b2),
            ((d_score @ h2)[None] + 2 * ALPHA * w3, d_score.sum(keepdims=True) + 2 * ALPHA * b3),
        ]

    return step, lambda result: [result[0], flat(result[1])]


@scalar.entry("Python by hand")
def python_by_hand(points):
    """Lists of floats, the fastest plain loops; what is behind a relu at 0 is skipped."""
    x, y, parameters = problem(points)
    (w1, b1), (w2, b2), (w3, b3) = [(w.tolist(), b.tolist()) for w, b in layers_of(parameters)]
    (w3,), (b3,) = w3, b3
    first, second = [(v, w, b) for (v, w), b in zip(w1, b1)], list(zip(w2, b2))

    def step():
        loss = ALPHA * sum([p * p for p in parameters])
        d_w1, d_b1 = [[2 * ALPHA * w for w in row] for row in w1], [2 * ALPHA * b for b in b1]
        d_w2, d_b2 = [[2 * ALPHA * w for w in row] for row in w2], [2 * ALPHA * b for b in b2]
        d_w3, d_b3 = [2 * ALPHA * w for w in w3], 2 * ALPHA * b3
        for (p, q), target in zip(x, y):
            h1 = [z if (z := v * p + w * q + b) > 0 else 0.0 for v, w, b in first]
            h2 = [z if (z := sum(map(mul, row, h1)) + b) > 0 else 0.0 for row, b in second]
            margin = 1 - target * (sum(map(mul, w3, h2)) + b3)
            if margin <= 0:
                continue
            loss += margin / points
            d_score = -target / points
            d_b3 += d_score
            d_w3 = [d + d_score * h for d, h in zip(d_w3, h2)]
            d_h1 = [0.0] * 16
            for j, (h, w) in enumerate(zip(h2, w3)):
                if h > 0:
                    d_z = d_score * w
                    d_b2[j] += d_z
                    d_w2[j] = [d + d_z * a for d, a in zip(d_w2[j], h1)]
                    d_h1 = [d + d_z * a for d, a in zip(d_h1, w2[j])]
            for j, (h, d_z) in enumerate(zip(h1, d_h1)):
                if h > 0:
                    d_b1[j] += d_z
                    d_row = d_w1[j]
                    d_row[0] += d_z * p
                    d_row[1] += d_z * q
        return loss, [(d_w1, d_b1), (d_w2, d_b2), ([d_w3], [d_b3])]

    return step, lambda result: [result[0], flat([(np.array(w), np.array(b)) for w, b in result[1]])]


@batch.entry("C -O2", needs=C_COMPILER)
@scalar.entry("C -O2", needs=C_COMPILER)
def c_code(points):
    from ctypes import c_double

    from .c_code import address, compiled

    function = compiled("w1_scalar_mlp").loss_and_gradients
    function.restype = c_double
    x, y, p = map(np.array, problem(points))
    d = np.zeros_like(p)
    arguments = [points, *map(address, (x, y, p, d))]
    return (lambda: function(*arguments)), lambda loss: [loss, d]


def as_in_its_demo(model, value, x, y):
    """micrograd's own training loop: every number of the data becomes a node too."""
    model.zero_grad()
    scores = [model(list(map(value, row))) for row in x]
    losses = [(1 + -target * score).relu() for target, score in zip(y, scores)]
    loss = sum(losses) * (1.0 / len(losses)) + ALPHA * sum(p * p for p in model.parameters())
    loss.backward()
    return loss


@scalar.entry("micrograd", needs="micrograd")
def micrograd(points):
    from micrograd.engine import Value
    from micrograd.nn import MLP

    x, y, parameters = problem(points)
    model = MLP(2, SIZES[1:])
    for p, number in zip(model.parameters(), parameters):
        p.data = number
    step = lambda: as_in_its_demo(model, Value, x, y)  # noqa: E731
    return step, lambda loss: [loss.data, [p.grad for p in model.parameters()]]


@scalar.entry("PyTorch, 0-d tensors", needs="torch")
def torch_scalars(points):
    import torch

    torch.set_num_threads(1)
    x, y, parameters = problem(points)
    leaves = [torch.tensor(p, dtype=torch.float64, requires_grad=True) for p in parameters]
    take = iter(leaves)
    layers = [[[next(take) for _ in range(i + 1)] for _ in range(o)] for i, o in pairwise(SIZES)]

    def score(numbers):
        for layer in layers:
            sums = [sum((w * a for w, a in zip(neuron, numbers)), neuron[-1]) for neuron in layer]
            numbers = [z.relu() for z in sums] if layer is not layers[-1] else sums
        return numbers[0]

    def step():
        for p in leaves:
            p.grad = None
        losses = [(1 - target * score(row)).relu() for row, target in zip(x, y)]
        loss = sum(losses) * (1 / points) + ALPHA * sum(p * p for p in leaves)
        loss.backward()
        return loss

    return step, lambda loss: [loss.item(), [p.grad.item() for p in leaves]]


@batch.entry("PyTorch", needs="torch")
def torch_arrays(points):
    import torch

    torch.set_num_threads(1)
    x, y, parameters = problem(points)
    x, y = torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
    layers = [[torch.tensor(p).requires_grad_() for p in layer] for layer in layers_of(parameters)]

    def step():
        for layer in layers:
            for p in layer:
                p.grad = None
        h = x
        for w, b in layers:
            h = h @ w.T + b
            h = h.relu() if w is not layers[-1][0] else h
        loss = (1 - y * h[:, 0]).relu().mean() + ALPHA * sum((p * p).sum() for layer in layers for p in layer)
        loss.backward()
        return loss

    return step, lambda loss: [loss.item(), flat([(w.grad.numpy(), b.grad.numpy()) for w, b in layers])]


def our_model(parameters):
    """Our MLP with these parameters; they are scalars, in the same order as micrograd's."""
    import tinygrad_edu as tg

    model = tg.nn.MLP(2, SIZES[1:])
    for p, number in zip(model.parameters(), parameters):
        p.data = number
    return model


@scalar.entry(OURS)
def ours_scalar(points):
    """micrograd's loop, word for word; the data stay plain numbers."""
    x, y, parameters = problem(points)
    model = our_model(parameters)
    step = lambda: as_in_its_demo(model, float, x, y)  # noqa: E731
    return step, lambda loss: [loss.data, [p.grad for p in model.parameters()]]


@batch.entry(OURS)
def ours_batch(points):
    import tinygrad_edu as tg

    x, y, parameters = problem(points)
    x, y = np.array(x), np.array(y)
    model = our_model(parameters)

    def step():
        model.zero_grad()
        margin = 1 - y * model(x)[:, 0]
        loss = tg.relu(margin).mean() + ALPHA * model.l2()
        loss.backward()
        return loss

    return step, lambda loss: [loss.data, [p.grad for p in model.parameters()]]


def as_in_single_numbers(rows, targets, alpha=ALPHA):
    """The same loss as a function of the list of parameters, for our primitives."""
    import tinygrad_edu as tg

    def loss_of(p):
        numbers = iter(p)
        layers = [[[next(numbers) for _ in range(i + 1)] for _ in range(o)] for i, o in pairwise(SIZES)]

        def score(inputs):
            for layer in layers:
                sums = [sum(map(mul, neuron, inputs), neuron[-1]) for neuron in layer]
                inputs = sums if layer is layers[-1] else [tg.relu(z) for z in sums]
            return inputs[0]

        hinges = [tg.relu(1 - target * score(row)) for row, target in zip(rows, targets)]
        loss = sum(hinges) * (1 / len(hinges))
        return loss + alpha * sum(q * q for q in p) if alpha else loss

    return loss_of


@scalar.entry(f"{OURS}, compiled to Python")
def ours_scalar_compiled(points):
    import tinygrad_edu as tg

    x, y, parameters = problem(points)
    step = tg.compile(tg.value_and_grad(as_in_single_numbers(x, y)), backend="python")
    step(parameters)
    return (lambda: step(parameters)), list


@scalar.entry(f"{OURS}, native", needs="llvmlite")
def ours_scalar_native(points):
    """One sample's hinge loss and gradients as machine code, mapped over the rows and averaged there; then the L2."""
    import tinygrad_edu as tg

    x, y, parameters = problem(points)
    x, y, parameters = np.array(x), np.array(y), np.array(parameters)
    one = tg.value_and_grad(lambda p, row, target: as_in_single_numbers([row], [target], 0.0)(list(p)))
    hinges = tg.compile(one, backend="native", batch=(1, 2), over="mean")
    penalty = tg.compile(tg.value_and_grad(lambda p: ALPHA * (p * p).sum()))

    def step():
        (loss, d_loss), (l2, d_l2) = hinges(parameters, x, y), penalty(parameters)
        return loss + l2, d_loss + d_l2

    step()
    return step, list


@batch.entry(f"{OURS}, compiled")
def ours_batch_compiled(points):
    import tinygrad_edu as tg

    x, y, parameters = problem(points)
    x, y, layers = np.array(x), np.array(y), layers_of(parameters)

    def loss_of(layers):
        h = x
        for w, b in layers[:-1]:
            h = tg.relu(h @ w.T + b)
        w, b = layers[-1]
        margin = 1 - y * (h @ w.T + b)[:, 0]
        return tg.relu(margin).mean() + ALPHA * sum((p * p).sum() for layer in layers for p in layer)

    step = tg.compile(tg.value_and_grad(loss_of))
    step(layers)
    return (lambda: step(layers)), lambda result: [result[0], flat(result[1])]


scalar.budget(OURS, 1 / 15, "micrograd", "≥ 15 × faster than micrograd")
scalar.budget(f"{OURS}, compiled to Python", 1, "Python by hand", "≤ 1 × Python by hand")
scalar.budget(f"{OURS}, native", 3, "C -O2", "≤ 3 × C")
batch.budget(OURS, 5, "NumPy by hand", "≤ 5 × NumPy by hand")
