"""W2: training R3's network (height and weight → sex; 2-2-1, sigmoids), one sample at a time, SGD.

Parameters: w1 w2 (to h1), w3 w4 (to h2), w5 w6 (to o), b1 b2 b3. The result is what they are after `size` epochs.
"""

from __future__ import annotations

import math

import numpy as np

from .contest import C_COMPILER, OURS, Contest

DATA = [(-2.0, -1.0), (25.0, 6.0), (17.0, 4.0), (-15.0, -6.0)]
TARGETS = [1.0, 0.0, 0.0, 1.0]
START = [0.5, -0.4, 0.3, 0.8, -0.7, 0.6, 0.1, -0.2, 0.4]
RATE = 0.1

contest = Contest("W2", "training R3, per sample", size=50, tiny=3, unit="µs", per=lambda epochs: 4 * epochs)
CONTESTS = [contest]


@contest.entry("its own hand-derived code")
def as_published(epochs):
    """NumPy's exp on single numbers, every sigmoid computed twice, every factor spelled out."""
    data, targets = np.array(DATA), np.array(TARGETS)

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def slope(x):
        fx = sigmoid(x)
        return fx * (1 - fx)

    def step():
        w1, w2, w3, w4, w5, w6, b1, b2, b3 = START
        for _ in range(epochs):
            for x, target in zip(data, targets):
                sum_h1 = w1 * x[0] + w2 * x[1] + b1
                h1 = sigmoid(sum_h1)
                sum_h2 = w3 * x[0] + w4 * x[1] + b2
                h2 = sigmoid(sum_h2)
                sum_o = w5 * h1 + w6 * h2 + b3
                o = sigmoid(sum_o)
                d_l = -2 * (target - o)
                d_o_w5, d_o_w6, d_o_b3 = h1 * slope(sum_o), h2 * slope(sum_o), slope(sum_o)
                d_o_h1, d_o_h2 = w5 * slope(sum_o), w6 * slope(sum_o)
                d_h1_w1, d_h1_w2, d_h1_b1 = x[0] * slope(sum_h1), x[1] * slope(sum_h1), slope(sum_h1)
                d_h2_w3, d_h2_w4, d_h2_b2 = x[0] * slope(sum_h2), x[1] * slope(sum_h2), slope(sum_h2)
                w1 -= RATE * d_l * d_o_h1 * d_h1_w1
                w2 -= RATE * d_l * d_o_h1 * d_h1_w2
                b1 -= RATE * d_l * d_o_h1 * d_h1_b1
                w3 -= RATE * d_l * d_o_h2 * d_h2_w3
                w4 -= RATE * d_l * d_o_h2 * d_h2_w4
                b2 -= RATE * d_l * d_o_h2 * d_h2_b2
                w5 -= RATE * d_l * d_o_w5
                w6 -= RATE * d_l * d_o_w6
                b3 -= RATE * d_l * d_o_b3
        return [w1, w2, w3, w4, w5, w6, b1, b2, b3]

    return step, lambda parameters: [parameters]


@contest.entry("cached floats")
def cached_floats(epochs):
    """The same formulas with Python floats, nothing computed twice."""
    exp = math.exp

    def step():
        w1, w2, w3, w4, w5, w6, b1, b2, b3 = START
        for _ in range(epochs):
            for (x1, x2), target in zip(DATA, TARGETS):
                h1 = 1 / (1 + exp(-(w1 * x1 + w2 * x2 + b1)))
                h2 = 1 / (1 + exp(-(w3 * x1 + w4 * x2 + b2)))
                o = 1 / (1 + exp(-(w5 * h1 + w6 * h2 + b3)))
                d_o = RATE * 2 * (o - target) * o * (1 - o)
                d_1 = d_o * w5 * h1 * (1 - h1)
                d_2 = d_o * w6 * h2 * (1 - h2)
                w1 -= d_1 * x1
                w2 -= d_1 * x2
                b1 -= d_1
                w3 -= d_2 * x1
                w4 -= d_2 * x2
                b2 -= d_2
                w5 -= d_o * h1
                w6 -= d_o * h2
                b3 -= d_o
        return [w1, w2, w3, w4, w5, w6, b1, b2, b3]

    return step, lambda parameters: [parameters]


@contest.entry("C -O2", needs=C_COMPILER)
def c_code(epochs):
    from ctypes import c_double

    from .c_code import address, compiled

    train = compiled("w2_training_r3").train
    train.restype = None
    data, targets, p = np.array(DATA), np.array(TARGETS), np.array(START)
    arguments = [epochs, 4, address(data), address(targets), c_double(RATE), address(p)]

    def step():
        p[:] = START
        train(*arguments)
        return p

    return step, lambda parameters: [parameters]


def loss_of(p, x, target, sigmoid):
    """(target - o)², with any library's numbers."""
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = p
    h1 = sigmoid(w1 * x[0] + w2 * x[1] + b1)
    h2 = sigmoid(w3 * x[0] + w4 * x[1] + b2)
    return (target - sigmoid(w5 * h1 + w6 * h2 + b3)) ** 2


@contest.entry("PyTorch", needs="torch")
def pytorch(epochs):
    import torch

    torch.set_num_threads(1)
    p = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in START]
    optimizer = torch.optim.SGD(p, lr=RATE)

    def step():
        with torch.no_grad():
            for leaf, number in zip(p, START):
                leaf.fill_(number)
        for _ in range(epochs):
            for x, target in zip(DATA, TARGETS):
                optimizer.zero_grad()
                loss_of(p, x, target, torch.sigmoid).backward()
                optimizer.step()
        return p

    return step, lambda p: [[leaf.item() for leaf in p]]


@contest.entry("HIPS autograd", needs="autograd")
def hips(epochs):
    import autograd.numpy as anp
    from autograd import grad

    gradient = grad(lambda p, x, target: loss_of(p, x, target, lambda z: 1 / (1 + anp.exp(-z))))

    def step():
        p = list(START)
        for _ in range(epochs):
            for x, target in zip(DATA, TARGETS):
                p = [w - RATE * d for w, d in zip(p, gradient(p, x, target))]
        return p

    return step, lambda p: [p]


@contest.entry("jax.jit", needs="jax")
def jax_jit(epochs):
    import jax

    jax.config.update("jax_enable_x64", True)
    gradient = jax.grad(lambda p, x, target: loss_of(p, x, target, jax.nn.sigmoid))
    update = jax.jit(lambda p, x, target: p - RATE * gradient(p, x, target))
    data, targets = [jax.numpy.array(x) for x in DATA], [jax.numpy.array(target) for target in TARGETS]

    def step():
        p = jax.numpy.array(START)
        for _ in range(epochs):
            for x, target in zip(data, targets):
                p = update(p, x, target)
        return p.block_until_ready()

    return step, lambda p: [np.asarray(p)]


@contest.entry(OURS)
def ours(epochs):
    """The same formula on scalar Values."""
    import tinygrad_edu as tg

    p = [tg.Value(number) for number in START]
    optimizer = tg.optim.SGD(p, lr=RATE)

    def step():
        for leaf, number in zip(p, START):
            leaf.data = number
        for _ in range(epochs):
            for x, target in zip(DATA, TARGETS):
                optimizer.zero_grad()
                loss_of(p, x, target, tg.sigmoid).backward()
                optimizer.step()
        return p

    return step, lambda p: [[leaf.data for leaf in p]]


@contest.entry(f"{OURS}, MLP(2, [2, 1])")
def ours_network(epochs):
    """The same network, built from our layers."""
    import tinygrad_edu as tg

    net = tg.nn.MLP(2, [2, 1], hidden="sigmoid", output="sigmoid")
    parameters = net.parameters()
    place = [0, 1, 6, 2, 3, 7, 4, 5, 8]  # of w1 w2 b1, w3 w4 b2, w5 w6 b3 in START
    optimizer = tg.optim.SGD(parameters, lr=RATE)

    def step():
        for p, k in zip(parameters, place):
            p.data = START[k]
        for _ in range(epochs):
            for x, target in zip(DATA, TARGETS):
                optimizer.zero_grad()
                loss = (target - net(x)) ** 2
                loss.backward()
                optimizer.step()

    return step, lambda _: [[p.data for _, p in sorted(zip(place, parameters), key=lambda pair: pair[0])]]


def step_of(tg):
    """One step of training, from parameters to parameters."""
    gradient = tg.grad(lambda p, x, target: loss_of(p, x, target, tg.sigmoid))

    def step(p, x, target):
        return [w - RATE * d for w, d in zip(p, gradient(p, x, target))]

    return step


@contest.entry(f"{OURS}, compiled to Python")
def ours_compiled(epochs):
    """One compiled step, called once per sample."""
    import tinygrad_edu as tg

    one_step = tg.compile(step_of(tg), backend="python")

    def step():
        p = START
        for _ in range(epochs):
            for x, target in zip(DATA, TARGETS):
                p = one_step(p, x, target)
        return p

    step()
    return step, lambda parameters: [parameters]


@contest.entry(f"{OURS}, native", needs="llvmlite")
def ours_native(epochs):
    """The whole training as machine code: epochs × samples."""
    import tinygrad_edu as tg

    train = tg.compile(step_of(tg), backend="native", loop=(1, 2))
    data, targets = np.array(DATA), np.array(TARGETS)
    train(START, data, targets, epochs=epochs)
    return (lambda: train(START, data, targets, epochs=epochs)), lambda parameters: [parameters]


contest.budget(f"{OURS}, compiled to Python", 1.2, "cached floats", "≤ 1.2 × cached floats")
contest.budget(f"{OURS}, native", 2, "C -O2", "≤ 2 × C")
contest.budget(OURS, 2, "its own hand-derived code", "≤ 2 × its own code")
