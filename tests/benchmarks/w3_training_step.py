"""W3: one training step of an MLP 784-256-128-10, batch 64, relu, cross-entropy, SGD, float32.

A step computes the loss and its gradients and changes the parameters in place. What must agree: the loss and all
parameters after the first step.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .contest import OURS, Contest

SIZES = [784, 256, 128, 10]
RATE = 0.01

contest = Contest("W3", "MLP 784-256-128-10, batch 64, float32", size=64, tiny=3, unit="ms", tolerance=2e-5)
CONTESTS = [contest]


def problem(samples: int) -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """Images in [0, 1), labels 0..9, and (weights (in, out), bias (out,)) per layer."""
    rng = np.random.default_rng(0)
    x = rng.random((samples, SIZES[0]), np.float32)
    labels = rng.integers(0, SIZES[-1], samples)
    layers = [
        (rng.standard_normal((i, o), np.float32) * np.float32((2 / i) ** 0.5), np.zeros(o, np.float32))
        for i, o in pairwise(SIZES)
    ]
    return x, labels, layers


@contest.entry("NumPy by hand")
def numpy_by_hand(samples):
    x, labels, layers = problem(samples)
    (w1, b1), (w2, b2), (w3, b3) = layers
    rows, rate = np.arange(samples), np.float32(RATE)

    def step():
        h1 = np.maximum(x @ w1 + b1, 0)
        h2 = np.maximum(h1 @ w2 + b2, 0)
        z = h2 @ w3 + b3
        z -= z.max(axis=1, keepdims=True)
        exp = np.exp(z)
        total = exp.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - z[rows, labels]).mean()
        d_z3 = exp / total
        d_z3[rows, labels] -= 1
        d_z3 /= samples
        d_z2 = (d_z3 @ w3.T) * (h2 > 0)
        d_z1 = (d_z2 @ w2.T) * (h1 > 0)
        for w, b, h, d_z in ((w3, b3, h2, d_z3), (w2, b2, h1, d_z2), (w1, b1, x, d_z1)):
            d_w = h.T @ d_z
            d_w *= rate  # in place: a second array of that size would cost a page fault per 4 KiB in every step
            w -= d_w
            b -= rate * d_z.sum(axis=0)
        return loss

    return step, lambda loss: [loss, *(p for layer in layers for p in layer)]


@contest.entry(OURS)
def ours(samples):
    import tinygrad_edu as tg

    x, labels, layers = problem(samples)
    linears = [tg.nn.Linear(i, o, dtype=np.float32) for i, o in pairwise(SIZES)]
    for linear, (w, b) in zip(linears, layers):
        linear.weight.data, linear.bias.data = w.T.copy(), b
    model = tg.nn.Sequential(linears[0], tg.relu, linears[1], tg.relu, linears[2])
    optimizer = tg.optim.SGD(model.parameters(), lr=RATE)

    def step():
        optimizer.zero_grad()
        loss = tg.losses.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step, lambda loss: [loss.data, *(p for linear in linears for p in (linear.weight.data.T, linear.bias.data))]


@contest.entry(f"{OURS}, compiled")
def ours_compiled(samples):
    """Loss, gradients and update as one program."""
    import tinygrad_edu as tg

    x, labels, layers = problem(samples)

    def loss_of(layers, x, labels):
        h = x
        for w, b in layers[:-1]:
            h = tg.relu(h @ w + b)
        w, b = layers[-1]
        return tg.losses.cross_entropy(h @ w + b, labels)

    @tg.compile
    def update(layers, x, labels):
        loss, gradients = tg.value_and_grad(loss_of)(layers, x, labels)
        new = [tuple(p - RATE * d for p, d in zip(*both)) for both in zip(layers, gradients)]
        return loss, new

    update(layers, x, labels)
    state = [layers]

    def step():
        loss, state[0] = update(state[0], x, labels)
        return loss

    return step, lambda loss: [loss, *(p for layer in state[0] for p in layer)]


contest.budget(f"{OURS}, compiled", 1, "NumPy by hand", "≤ 1 × NumPy by hand")
contest.budget(OURS, 1.15, "NumPy by hand", "≤ 1.15 × NumPy by hand")
contest.budget(OURS, 1, "PyTorch", "below PyTorch")


@contest.entry("PyTorch", needs="torch")
def pytorch(samples):
    import torch

    torch.set_num_threads(1)
    x, labels, layers = problem(samples)
    x, labels = torch.tensor(x), torch.tensor(labels)
    linears = [torch.nn.Linear(i, o) for i, o in pairwise(SIZES)]
    with torch.no_grad():
        for linear, (w, b) in zip(linears, layers):
            linear.weight.copy_(torch.tensor(w.T))
            linear.bias.copy_(torch.tensor(b))
    model = torch.nn.Sequential(linears[0], torch.nn.ReLU(), linears[1], torch.nn.ReLU(), linears[2])
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss

    def read(loss):
        return [loss.item(), *(p.detach().numpy() for linear in linears for p in (linear.weight.T, linear.bias))]

    return step, read


@contest.entry("jax.jit", needs="jax")
def jax_jit(samples):
    import jax
    import jax.numpy as jnp

    x, labels, layers = problem(samples)
    x, labels, rows = jnp.array(x), jnp.array(labels), np.arange(samples)
    state = [jax.tree.map(jnp.array, layers)]

    def loss_of(layers):
        h = x
        for w, b in layers[:-1]:
            h = jax.nn.relu(h @ w + b)
        w, b = layers[-1]
        return -jax.nn.log_softmax(h @ w + b)[rows, labels].mean()

    @jax.jit
    def update(layers):
        loss, gradients = jax.value_and_grad(loss_of)(layers)
        return loss, jax.tree.map(lambda p, d: p - RATE * d, layers, gradients)

    def step():
        loss, state[0] = update(state[0])
        return loss.block_until_ready()

    return step, lambda loss: [loss, *(np.asarray(p) for layer in state[0] for p in layer)]


@contest.entry("MyGrad", needs="mygrad")
def mygrad(samples):
    import mygrad as mg
    from mygrad.nnet.losses import softmax_crossentropy

    x, labels, layers = problem(samples)
    tensors = [(mg.tensor(w), mg.tensor(b)) for w, b in layers]
    rate = np.float32(RATE)

    def step():
        h = x
        for w, b in tensors[:-1]:
            z = h @ w + b
            h = mg.nnet.relu(z)
        w, b = tensors[-1]
        loss = softmax_crossentropy(h @ w + b, labels)
        loss.backward()
        for layer in tensors:
            for p in layer:
                p.data -= rate * p.grad
        return loss

    return step, lambda loss: [loss.item(), *(p.data for layer in tensors for p in layer)]


@contest.entry("HIPS autograd", needs="autograd")
def hips(samples):
    import autograd.numpy as anp
    from autograd import value_and_grad
    from autograd.scipy.special import logsumexp

    x, labels, layers = problem(samples)
    rows, rate = np.arange(samples), np.float32(RATE)

    def loss_of(layers):
        h = x
        for w, b in layers[:-1]:
            h = anp.maximum(anp.dot(h, w) + b, 0)
        w, b = layers[-1]
        z = anp.dot(h, w) + b
        return anp.mean(logsumexp(z, axis=1) - z[rows, labels])

    value_and_gradient = value_and_grad(loss_of)

    def step():
        loss, gradients = value_and_gradient(layers)
        for layer, d_layer in zip(layers, gradients):
            for p, d in zip(layer, d_layer):
                p -= rate * d
        return loss

    return step, lambda loss: [loss, *(p for layer in layers for p in layer)]
