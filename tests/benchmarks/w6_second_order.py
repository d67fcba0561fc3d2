"""W6: second derivatives: the Hessian of the 20-d Rosenbrock function; a Hessian-vector product of an MLP 20-16-1."""

from __future__ import annotations

import numpy as np

from .contest import OURS, Contest

hessian = Contest("W6", "Hessian of 20-d Rosenbrock", size=20, tiny=4, unit="ms")
product = Contest("W6", "HVP of an MLP 20-16-1, batch 32", size=32, tiny=3, unit="ms")
CONTESTS = [hessian, product]


def point(n: int) -> np.ndarray:
    """Where the Hessian is taken."""
    return np.random.default_rng(0).normal(size=n)


def rosenbrock(x):
    """Σ 100 (x₍ᵢ₊₁₎ − xᵢ²)² + (1 − xᵢ)², with any library's arrays."""
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def problem(samples: int):
    """Inputs, targets, parameters (w1, b1, w2, b2) and the direction (the same shapes)."""
    rng = np.random.default_rng(1)
    shapes = [(20, 16), (16,), (16, 1), (1,)]
    x, t = rng.normal(size=(samples, 20)), rng.normal(size=(samples, 1))
    return x, t, [rng.normal(size=s) / 4 for s in shapes], [rng.normal(size=s) for s in shapes]


@hessian.entry("NumPy by hand")
def hessian_by_hand(n):
    x = point(n)

    def step():
        h = np.zeros((n, n))
        i = np.arange(n - 1)
        h[i, i] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
        h[i + 1, i + 1] += 200
        h[i, i + 1] = h[i + 1, i] = -400 * x[:-1]
        return h

    return step, lambda h: [h]


@product.entry("NumPy by hand")
def product_by_hand(samples):
    """The tangent of the hand-derived backward pass."""
    x, t, (w1, b1, w2, b2), (v1, c1, v2, c2) = problem(samples)

    def step():
        h = np.tanh(x @ w1 + b1)
        slope = 1 - h * h
        h_ = slope * (x @ v1 + c1)  # a trailing underscore: the tangent
        d_o = 2 / samples * (h @ w2 + b2 - t)
        d_o_ = 2 / samples * (h_ @ w2 + h @ v2 + c2)
        d_h, d_h_ = d_o @ w2.T, d_o_ @ w2.T + d_o @ v2.T
        d_z_ = d_h_ * slope - 2 * d_h * h * h_
        return x.T @ d_z_, d_z_.sum(0), h_.T @ d_o + h.T @ d_o_, d_o_.sum(0)

    return step, list


def loss_with(tanh, x, t):
    """The MLP's mean squared error as a function of its parameters, with a library's tanh."""

    def loss(w1, b1, w2, b2):
        return ((tanh(x @ w1 + b1) @ w2 + b2 - t) ** 2).mean()

    return loss


@hessian.entry(OURS)
def hessian_ours(n):
    import tinygrad_edu as tg

    x, of = point(n), tg.hessian(rosenbrock)
    return (lambda: of(x)), lambda h: [h]


@product.entry(OURS)
def product_ours(samples):
    import tinygrad_edu as tg

    x, t, parameters, direction = problem(samples)
    loss, parameters, direction = loss_with(tg.tanh, x, t), tuple(parameters), tuple(direction)
    return (lambda: tg.hvp(loss, parameters, direction)), list


@hessian.entry(f"{OURS}, compiled")
def hessian_compiled(n):
    import tinygrad_edu as tg

    x, of = point(n), tg.compile(tg.hessian(rosenbrock))
    of(x)
    return (lambda: of(x)), lambda h: [h]


@product.entry(f"{OURS}, compiled")
def product_compiled(samples):
    import tinygrad_edu as tg

    x, t, parameters, direction = problem(samples)
    loss = loss_with(tg.tanh, x, t)
    of = tg.compile(lambda parameters, direction: tg.hvp(loss, parameters, direction))
    parameters, direction = tuple(parameters), tuple(direction)
    of(parameters, direction)
    return (lambda: of(parameters, direction)), list


hessian.budget(f"{OURS}, compiled", 0.012 / 0.023, "jax.jit", "≤ 12 µs, where jax.jit takes 23")
product.budget(f"{OURS}, compiled", 1, "jax.jit", "≤ 98 µs, as jax.jit takes")
hessian.budget(OURS, 2 / 4.2, "HIPS autograd", "≤ 2 ms, where HIPS autograd takes 4.2")
product.budget(OURS, 0.5 / 1.7, "HIPS autograd", "≤ 0.5 ms, where HIPS autograd takes 1.7")


@hessian.entry("HIPS autograd", needs="autograd")
def hessian_hips(n):
    import autograd
    import autograd.numpy as anp

    x = point(n)
    of = autograd.hessian(lambda x: anp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2))
    return (lambda: of(x)), lambda h: [h]


@product.entry("HIPS autograd", needs="autograd")
def product_hips(samples):
    import autograd.numpy as anp
    from autograd import make_hvp

    x, t, parameters, direction = problem(samples)

    def loss(parameters):
        w1, b1, w2, b2 = parameters
        return anp.mean((anp.dot(anp.tanh(anp.dot(x, w1) + b1), w2) + b2 - t) ** 2)

    return (lambda: make_hvp(loss)(parameters)[0](direction)), list


@hessian.entry("PyTorch, torch.func.hessian", needs="torch")
def hessian_torch(n):
    import torch

    torch.set_num_threads(1)
    x, of = torch.tensor(point(n)), torch.func.hessian(rosenbrock)
    return (lambda: of(x)), lambda h: [h.numpy()]


@hessian.entry("PyTorch, autograd.functional.hessian", needs="torch")
def hessian_torch_rows(n):
    import torch

    torch.set_num_threads(1)
    x = torch.tensor(point(n))
    return (lambda: torch.autograd.functional.hessian(rosenbrock, x)), lambda h: [h.numpy()]


@product.entry("PyTorch", needs="torch")
def product_torch(samples):
    import torch

    torch.set_num_threads(1)
    x, t, parameters, direction = problem(samples)
    loss = loss_with(torch.tanh, torch.tensor(x), torch.tensor(t))
    parameters = [torch.tensor(p, requires_grad=True) for p in parameters]
    direction = list(map(torch.tensor, direction))

    def step():
        gradients = torch.autograd.grad(loss(*parameters), parameters, create_graph=True)
        return torch.autograd.grad(gradients, parameters, direction)

    return step, lambda hv: [h.numpy() for h in hv]


@hessian.entry("jax.jit", needs="jax")
def hessian_jax(n):
    import jax

    jax.config.update("jax_enable_x64", True)
    x, of = jax.numpy.array(point(n)), jax.jit(jax.hessian(rosenbrock))
    return (lambda: of(x).block_until_ready()), lambda h: [np.asarray(h)]


@product.entry("jax.jit", needs="jax")
def product_jax(samples):
    import jax

    jax.config.update("jax_enable_x64", True)
    x, t, parameters, direction = problem(samples)
    loss = loss_with(jax.numpy.tanh, x, t)
    gradient = jax.grad(loss, (0, 1, 2, 3))
    of = jax.jit(lambda parameters, direction: jax.jvp(gradient, parameters, direction)[1])
    parameters, direction = (tuple(map(jax.numpy.array, p)) for p in (parameters, direction))
    return (lambda: jax.block_until_ready(of(parameters, direction))), lambda hv: list(map(np.asarray, hv))
