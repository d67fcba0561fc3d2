"""W7: one pass forward and backward through a small convolutional network, batch 32, float32.

28 × 28 pictures, a convolution with 8 kernels of 3 × 3, relu, the largest of 2 × 2, a convolution with 16 kernels,
relu, the largest of 2 × 2, and a linear layer with 10 outputs; cross-entropy. What must agree: the loss, the six
gradients.
"""

from __future__ import annotations

import numpy as np

from .contest import OURS, Contest

SIDE, KERNEL, CHANNELS, CLASSES = 28, 3, (8, 16), 10
FLAT = CHANNELS[1] * 5 * 5

contest = Contest("W7", "CNN, batch 32, 1 × 28 × 28, float32", size=32, tiny=3, unit="ms", tolerance=2e-5)
CONTESTS = [contest]


def problem(samples: int) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """Pictures (samples, 1, 28, 28), labels, and weight and bias of the three layers in PyTorch's layout."""
    rng = np.random.default_rng(0)
    x = rng.random((samples, 1, SIDE, SIDE), np.float32)
    labels = rng.integers(0, CLASSES, samples)
    shapes = [(CHANNELS[0], 1, KERNEL, KERNEL), (CHANNELS[1], CHANNELS[0], KERNEL, KERNEL), (CLASSES, FLAT)]
    parameters = []
    for shape in shapes:
        scale = np.float32(2 / np.prod(shape[1:])) ** np.float32(0.5)
        parameters += [rng.standard_normal(shape, np.float32) * scale, np.zeros(shape[0], np.float32)]
    return x, labels, parameters


@contest.entry("NumPy by hand")
def numpy_by_hand(samples):
    """Channels first, then samples, so that each convolution is one product; all large arrays are made once."""
    x, labels, (w1, b1, w2, b2, w3, b3) = problem(samples)
    rows, x = np.arange(samples), np.ascontiguousarray(x.swapaxes(0, 1))
    m1, m2 = w1.reshape(len(w1), -1), w2.reshape(len(w2), -1)

    def room(*shape):
        return np.empty(shape, np.float32)

    def image(channels, side):
        return room(channels, samples, side, side)

    columns = [room(c, KERNEL, KERNEL, samples, n, n) for c, n in ((1, 26), (CHANNELS[0], 11))]
    z1, h1, d_z1 = image(8, 26), image(8, 13), np.zeros((8, samples, 26, 26), np.float32)
    z2, h2, d_z2 = image(16, 11), image(16, 5), np.zeros((16, samples, 11, 11), np.float32)
    d_columns, d_h1, flat = np.empty_like(columns[1]), np.empty_like(h1), room(samples, FLAT)

    def quarter(x, side):
        return [x[:, :, i : 2 * side : 2, j : 2 * side : 2] for i in (0, 1) for j in (0, 1)]

    def convolve(x, columns, m, b, z):
        n = z.shape[-1]
        for i in range(KERNEL):
            for j in range(KERNEL):
                columns[:, i, j] = x[:, :, i : i + n, j : j + n]
        np.matmul(m, columns.reshape(m.shape[1], -1), out=z.reshape(len(m), -1))
        z += b[:, None, None, None]
        np.maximum(z, 0, out=z)

    def pool(z, h):
        a, b, c, d = quarter(z, h.shape[-1])
        np.maximum(a, b, out=h)
        np.maximum(h, c, out=h)
        np.maximum(h, d, out=h)

    def unpool(d_h, h, z, d_z):
        d_h = d_h * (h > 0)
        for part, d_part in zip(quarter(z, h.shape[-1]), quarter(d_z, h.shape[-1])):
            np.multiply(d_h, part == h, out=d_part)
        return d_z.reshape(len(d_z), -1)

    def step():
        convolve(x, columns[0], m1, b1, z1)
        pool(z1, h1)
        convolve(h1, columns[1], m2, b2, z2)
        pool(z2, h2)
        flat.reshape(samples, 16, 5, 5)[...] = h2.swapaxes(0, 1)
        z = flat @ w3.T + b3
        z -= z.max(axis=1, keepdims=True)
        exp = np.exp(z)
        total = exp.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - z[rows, labels]).mean()
        d = exp / total
        d[rows, labels] -= 1
        d /= samples
        d_w3, d_b3 = d.T @ flat, d.sum(axis=0)
        d_2 = unpool((d @ w3).reshape(samples, 16, 5, 5).swapaxes(0, 1), h2, z2, d_z2)
        d_w2, d_b2 = d_2 @ columns[1].reshape(m2.shape[1], -1).T, d_2.sum(axis=1)
        np.matmul(m2.T, d_2, out=d_columns.reshape(m2.shape[1], -1))
        d_h1.fill(0)
        for i in range(KERNEL):
            for j in range(KERNEL):
                d_h1[:, :, i : i + 11, j : j + 11] += d_columns[:, i, j]
        d_1 = unpool(d_h1, h1, z1, d_z1)
        d_w1, d_b1 = d_1 @ columns[0].reshape(m1.shape[1], -1).T, d_1.sum(axis=1)
        return [loss, d_w1.reshape(w1.shape), d_b1, d_w2.reshape(w2.shape), d_b2, d_w3, d_b3]

    return step, list


@contest.entry(OURS)
def ours(samples):
    import tinygrad_edu as tg

    x, labels, parameters = problem(samples)
    model = tg.nn.Sequential(
        *(tg.nn.Conv2d(1, CHANNELS[0], KERNEL, dtype=np.float32), tg.relu, tg.nn.MaxPool2d(2)),
        *(tg.nn.Conv2d(*CHANNELS, KERNEL, dtype=np.float32), tg.relu, tg.nn.MaxPool2d(2)),
        *(tg.nn.Flatten(), tg.nn.Linear(FLAT, CLASSES, dtype=np.float32)),
    )
    for own, p in zip(model.parameters(), parameters, strict=True):
        own.data = p

    def step():
        model.zero_grad()
        loss = tg.losses.cross_entropy(model(x), labels)
        loss.backward()
        return loss

    return step, lambda loss: [loss.data, *(p.grad for p in model.parameters())]


@contest.entry(f"{OURS}, compiled")
def ours_compiled(samples):
    import tinygrad_edu as tg

    x, labels, parameters = problem(samples)
    layers = tg.nn.Conv2d(1, CHANNELS[0], KERNEL), tg.nn.Conv2d(*CHANNELS, KERNEL), tg.nn.Linear(FLAT, CLASSES)
    pool = tg.nn.MaxPool2d(2)

    def loss_of(parameters, x, labels):
        h = x
        for layer, *p in zip(layers, parameters[::2], parameters[1::2]):
            h = h.reshape(len(x), -1) if layer is layers[-1] else h
            h = tg.nn.functional_call(layer, dict(zip(("weight", "bias"), p)), h)
            h = h if layer is layers[-1] else pool(tg.relu(h))
        return tg.losses.cross_entropy(h, labels)

    program = tg.compile(tg.value_and_grad(loss_of))
    program(parameters, x, labels)
    return lambda: program(parameters, x, labels), lambda result: [result[0], *result[1]]


contest.budget(OURS, 1, "PyTorch", "≤ PyTorch")


@contest.entry("PyTorch", needs="torch")
def pytorch(samples):
    import torch

    torch.set_num_threads(1)
    x, labels, parameters = problem(samples)
    x, labels, nn = torch.tensor(x), torch.tensor(labels), torch.nn
    model = nn.Sequential(
        *(nn.Conv2d(1, CHANNELS[0], KERNEL), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(*CHANNELS, KERNEL), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(FLAT, CLASSES)),
    )
    with torch.no_grad():
        for own, p in zip(model.parameters(), parameters, strict=True):
            own.copy_(torch.tensor(p))

    def step():
        model.zero_grad()
        loss = nn.functional.cross_entropy(model(x), labels)
        loss.backward()
        return loss

    return step, lambda loss: [loss.item(), *(p.grad.numpy() for p in model.parameters())]


@contest.entry("jax.jit", needs="jax")
def jax_jit(samples):
    import jax
    import jax.numpy as jnp

    x, labels, parameters = problem(samples)
    x, labels, rows = jnp.array(x), jnp.array(labels), np.arange(samples)
    parameters = [jnp.array(p) for p in parameters]

    def loss_of(parameters):
        w1, b1, w2, b2, w3, b3 = parameters
        h = x
        for w, b in ((w1, b1), (w2, b2)):
            h = jax.nn.relu(jax.lax.conv(h, w, (1, 1), "VALID") + b[:, None, None])
            h = jax.lax.reduce_window(h, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        return -jax.nn.log_softmax(h.reshape(samples, -1) @ w3.T + b3)[rows, labels].mean()

    program = jax.jit(jax.value_and_grad(loss_of))

    def step():
        loss, gradients = program(parameters)
        return [loss.block_until_ready(), *gradients]

    return step, lambda result: [np.asarray(part) for part in result]


@contest.entry("MyGrad", needs="mygrad")
def mygrad(samples):
    import mygrad as mg
    from mygrad.nnet.layers import conv_nd, max_pool
    from mygrad.nnet.losses import softmax_crossentropy

    x, labels, parameters = problem(samples)
    w1, b1, w2, b2, w3, b3 = tensors = [mg.tensor(p) for p in parameters]

    def step():
        h = x
        for w, b in ((w1, b1), (w2, b2)):
            z = mg.nnet.relu(conv_nd(h, w, stride=1) + b.reshape(-1, 1, 1))
            h = max_pool(z[..., : z.shape[-1] // 2 * 2, : z.shape[-1] // 2 * 2], (2, 2), 2)
        loss = softmax_crossentropy(h.reshape(samples, -1) @ w3.T + b3, labels)
        loss.backward()
        return loss

    return step, lambda loss: [loss.item(), *(p.grad for p in tensors)]


@contest.entry("HIPS autograd", needs="autograd")
def hips(samples):
    import autograd.numpy as anp
    from autograd import value_and_grad
    from autograd.scipy.signal import convolve
    from autograd.scipy.special import logsumexp

    x, labels, parameters = problem(samples)
    rows = np.arange(samples)

    def loss_of(parameters):
        w1, b1, w2, b2, w3, b3 = parameters
        h = x
        for w, b in ((w1, b1), (w2, b2)):  # its convolution turns the kernel around
            z = convolve(h, w[:, :, ::-1, ::-1], axes=([2, 3], [2, 3]), dot_axes=([1], [1]), mode="valid")
            n = z.shape[-1] // 2
            z = anp.maximum(z + b[:, None, None], 0)[:, :, : 2 * n, : 2 * n]
            h = anp.max(anp.max(z.reshape(samples, -1, n, 2, n, 2), axis=3), axis=4)
        z = anp.dot(h.reshape(samples, -1), w3.T) + b3
        return anp.mean(logsumexp(z, axis=1) - z[rows, labels])

    program = value_and_grad(loss_of)

    def step():
        loss, gradients = program(parameters)
        return [loss, *gradients]

    return step, list
