"""Small things to train, each made anew from a seed, so that two runs begin alike."""

from __future__ import annotations

import numpy as np

from tinygrad_edu import nn, optim


def points(n=23, seed=1):
    """n points of the plane and whether they lie inside a circle, as a column of 0 and 1."""
    x = np.random.default_rng(seed).uniform(-1.0, 1.0, (n, 2))
    return x, ((x**2).sum(axis=1, keepdims=True) < 0.5).astype(float)


def arrays(seed=0):
    """Arrays, a layer that draws, and one with buffers."""
    rng = np.random.default_rng(seed)
    return nn.Sequential(
        nn.Linear(2, 6, rng=rng), nn.BatchNorm1d(6), nn.Tanh(), nn.Dropout(0.2), nn.Linear(6, 1, rng=rng)
    )


def scalars(seed=0):
    """The same kind of function with one Value per number."""
    return nn.MLP(2, [3, 1], hidden="tanh", rng=np.random.default_rng(seed))


def line(seed=0):
    return nn.Linear(2, 1, rng=np.random.default_rng(seed))


def numbers(history):
    """What two equal runs have in common: everything but the time they took."""
    return {name: column for name, column in history.items() if name != "seconds"}


def same(a, b):
    """Whether two states, nested dicts and lists of numbers and arrays, are the same to the last bit."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return type(a) is type(b) and (a == b or (a != a and b != b))


OPTIMIZERS = {
    "sgd": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: optim.Adam(p, lr=0.02, amsgrad=True),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.01, momentum=0.5),
    "lbfgs": lambda p: optim.LBFGS(p, lr=0.1, max_iter=3, history_size=4),
}
