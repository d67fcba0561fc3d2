"""W4: Σ tanh(x·w + b) · sigmoid(x)² + exp(−x²) and its three gradients, on short and on long arrays."""

from __future__ import annotations

import numpy as np

from .contest import OURS, Contest

short = Contest("W4", "n = 100", size=100, tiny=5, unit="µs")
long = Contest("W4", "n = 1,000,000", size=1_000_000, tiny=7, unit="ms")
CONTESTS = [short, long]


def problem(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, w, b, each of length n."""
    rng = np.random.default_rng(0)
    return rng.normal(size=n), rng.normal(size=n), rng.normal(size=n)


@long.entry("NumPy by hand")
@short.entry("NumPy by hand")
def numpy_by_hand(n):
    x, w, b = problem(n)

    def step():
        t = np.tanh(x * w + b)
        s = 1 / (1 + np.exp(-x))
        e = np.exp(-x * x)
        s2 = s * s
        value = (t * s2 + e).sum()
        d_b = s2 * (1 - t * t)
        d_x = d_b * w + 2 * t * s2 * (1 - s) - 2 * x * e
        return value, d_x, d_b * x, d_b

    return step, list


@long.entry("NumPy by hand, in tiles of 4096 with reused buffers")
def numpy_tiled(n):
    """Nothing leaves the cache between two operations, and no page is touched for the first time."""
    x, w, b = problem(n)
    d_x, d_w, d_b = np.empty(n), np.empty(n), np.empty(n)
    t, s, e, u = np.empty((4, 4096))

    def step():
        value = 0.0
        for at in range(0, n, 4096):
            k = slice(at, min(at + 4096, n))
            value += tile(x[k], w[k], d_x[k], d_w[k], d_b[k], b[k], *(buffer[: k.stop - at] for buffer in (t, s, e, u)))
        return value, d_x, d_w, d_b

    def tile(x, w, d_x, d_w, d_b, b, t, s, e, u):
        np.multiply(x, w, out=t)
        np.add(t, b, out=t)
        np.tanh(t, out=t)
        np.negative(x, out=s)
        np.exp(s, out=s)
        np.add(s, 1, out=s)
        np.reciprocal(s, out=s)
        np.multiply(x, x, out=e)
        np.negative(e, out=e)
        np.exp(e, out=e)
        np.multiply(s, s, out=u)  # u = s²
        np.multiply(t, t, out=d_b)
        np.subtract(1, d_b, out=d_b)
        np.multiply(d_b, u, out=d_b)
        np.multiply(d_b, x, out=d_w)
        np.multiply(d_b, w, out=d_x)
        np.multiply(t, u, out=t)  # t = tanh · s²
        value = t.sum() + e.sum()
        np.subtract(1, s, out=s)
        np.multiply(t, s, out=t)
        np.multiply(x, e, out=e)
        np.subtract(t, e, out=t)
        np.multiply(t, 2, out=t)
        np.add(d_x, t, out=d_x)
        return value

    return step, list


@long.entry(OURS)
@short.entry(OURS)
def ours(n):
    import tinygrad_edu as tg

    x, w, b = map(tg.Value, problem(n))

    def step():
        x.grad = w.grad = b.grad = None
        y = (tg.tanh(x * w + b) * tg.sigmoid(x) ** 2 + tg.exp(-(x**2))).sum()
        y.backward()
        return y

    return step, lambda y: [y.data, x.grad, w.grad, b.grad]


@long.entry(f"{OURS}, compiled")
@short.entry(f"{OURS}, compiled")
def ours_compiled(n):
    import tinygrad_edu as tg

    def f(x, w, b):
        return (tg.tanh(x * w + b) * tg.sigmoid(x) ** 2 + tg.exp(-(x**2))).sum()

    arrays, both = problem(n), tg.compile(tg.value_and_grad(f, (0, 1, 2)))
    both(*arrays)
    return (lambda: both(*arrays)), lambda result: [result[0], *result[1]]


short.budget(f"{OURS}, compiled", 1, "NumPy by hand", "≤ 1 × by hand")
long.budget(f"{OURS}, compiled", 0.45, "NumPy by hand", "≤ 0.45 × by hand")
short.budget(OURS, 3.5, "NumPy by hand", "≤ 3.5 × by hand")
long.budget(OURS, 1, "PyTorch", "≤ PyTorch")


@long.entry("PyTorch", needs="torch")
@short.entry("PyTorch", needs="torch")
def pytorch(n):
    import torch

    torch.set_num_threads(1)
    leaves = [torch.tensor(array, requires_grad=True) for array in problem(n)]
    x, w, b = leaves

    def step():
        x.grad = w.grad = b.grad = None
        y = ((x * w + b).tanh() * x.sigmoid() ** 2 + (-(x**2)).exp()).sum()
        y.backward()
        return y

    return step, lambda y: [y.item(), *(leaf.grad.numpy() for leaf in leaves)]


@long.entry("jax.jit", needs="jax")
@short.entry("jax.jit", needs="jax")
def jax_jit(n):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    arrays = list(map(jnp.array, problem(n)))

    @jax.jit
    def both(x, w, b):
        f = lambda x, w, b: (jnp.tanh(x * w + b) * jax.nn.sigmoid(x) ** 2 + jnp.exp(-(x**2))).sum()  # noqa: E731
        return jax.value_and_grad(f, (0, 1, 2))(x, w, b)

    def read(result):
        return [float(result[0]), *map(np.asarray, result[1])]

    return (lambda: jax.block_until_ready(both(*arrays))), read


@long.entry("HIPS autograd", needs="autograd")
@short.entry("HIPS autograd", needs="autograd")
def hips(n):
    import autograd.numpy as anp
    from autograd import value_and_grad

    def f(arguments):
        x, w, b = arguments
        return anp.sum(anp.tanh(x * w + b) * (1 / (1 + anp.exp(-x))) ** 2 + anp.exp(-(x**2)))

    arrays, both = problem(n), value_and_grad(f)
    return (lambda: both(arrays)), lambda result: [result[0], *result[1]]
