"""Functions on which other libraries' gradient checks give a wrong verdict; measured where the library is installed.

A verdict is "pass", "fail", or "inconclusive", which only ours knows. What is right is said beside each function: at
a kink there is no derivative, so neither passing nor failing is an answer.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.ops.op import TABLE, op

Math = Any  # a namespace with abs, sin, tanh, ...: tg, torch, jax.numpy or autograd.numpy


@dataclass(frozen=True)
class Question:
    """A function, where it is checked, and the right verdict.

    f        (math, x) -> result, written with the names that all libraries share
    at       a number or an array in the precision of the check
    right    'pass', 'fail' or 'inconclusive'
    slope    the planted derivative of f, if a wrong one is to be caught
    """

    title: str
    f: Callable[[Math, Any], Any]
    at: Any
    right: str
    slope: Callable[[Math, Any], Any] | None = None


def relu(m: Math, x: Any) -> Any:
    """Written so that every library has it."""
    return m.where(x > 0, x, 0.0 * x)


def small_sine(m: Math, x: Any) -> Any:
    """So flat that an absolute tolerance swallows its gradient."""
    return 1e-7 * m.sin(x)


THREE = np.array([0.3, -1.2, 2.0])
QUESTIONS = (
    Question("abs(x) at 0", lambda m, x: m.abs(x), 0.0, "inconclusive"),
    Question("relu(x) = where(x > 0, x, 0) at 0", relu, 0.0, "inconclusive"),
    Question("max(x, 0) at 0", lambda m, x: m.maximum(x, 0.0 * x), 0.0, "inconclusive"),
    Question("the length of x at (0, 0, 0)", lambda m, x: m.linalg.norm(x), np.zeros(3), "inconclusive"),
    Question("the largest entry of (1, 1)", lambda m, x: m.max(x), np.ones(2), "inconclusive"),
    Question("floor(x) at 1", lambda m, x: m.floor(x), 1.0, "inconclusive"),
    Question("abs(x) at 10⁻⁹, right", lambda m, x: m.abs(x), 1e-9, "pass"),
    Question("sin(10⁶x) at 1, right", lambda m, x: m.sin(1e6 * x), 1.0, "pass"),
    Question("10⁻⁷ sin(x), gradient 0", small_sine, 0.5, "fail", lambda m, x: 0.0 * x),
    Question("10⁻⁷ sin(x), gradient 10 times too large", small_sine, 0.5, "fail", lambda m, x: 1e-6 * m.cos(x)),
    Question("10⁻¹² sin(x), right", lambda m, x: 1e-12 * m.sin(x), 0.5, "pass"),
    Question("10¹² sin(x), right", lambda m, x: 1e12 * m.sin(x), 0.5, "pass"),
    Question("tanh(x) in float32, right", lambda m, x: m.tanh(x), THREE.astype(np.float32), "pass"),
    Question("tanh(x) in float16, right", lambda m, x: m.tanh(x), THREE.astype(np.float16), "pass"),
    Question("sum of x³, 100 numbers in float32, right", lambda m, x: (x * x * x).sum(),
             np.linspace(1, 10, 100, dtype=np.float32), "pass"),
)  # fmt: skip


# ── who is asked ─────────────────────────────────────────────────────────────────────────────────────────────────────
def ours(question: Question) -> str:
    """The verdict of `tg.gradcheck`."""
    f = tinygrad_edu_function(question)
    return str(tg.gradcheck(lambda x: tg.sum(f(x)), question.at).verdict).lower()


def tinygrad_edu_function(question: Question) -> Callable[[Any], Any]:
    """The function in our words; with a planted derivative, as a primitive of its own."""

    class names:  # the library's own names, except where they are NumPy's in a namespace
        linalg = tg

        def __getattr__(self, name: str) -> Any:
            return getattr(tg, name)

    if question.slope is None:
        return lambda x: question.f(names(), x)

    @op(x=lambda g, y, x: g * question.slope(names(), x), latex=r"f({x})", elementwise=True)
    def planted_slope(x):
        """A function with a wrong derivative."""
        return question.f(np, x)

    TABLE.pop("planted_slope")
    return planted_slope


def torch_says(question: Question) -> str:
    """The verdict of `torch.autograd.gradcheck`, with its own tolerances."""
    import torch

    class Planted(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, x: Any) -> Any:
            context.save_for_backward(x)
            return question.f(torch, x)

        @staticmethod
        def backward(context: Any, g: Any) -> Any:
            return g * question.slope(torch, *context.saved_tensors)

    f = Planted.apply if question.slope else lambda x: question.f(torch, x)
    x = torch.tensor(question.at, dtype=getattr(torch, str(np.asarray(question.at).dtype)), requires_grad=True)
    return verdict_of(lambda: torch.autograd.gradcheck(f, (x,)))


def jax_says(question: Question) -> str:
    """The verdict of `jax.test_util.check_grads`, with its own tolerances."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    from jax.test_util import check_grads

    f = lambda x: question.f(jax.numpy, x)  # noqa: E731
    if question.slope is not None:
        f = jax.custom_vjp(f)
        f.defvjp(lambda x: (question.f(jax.numpy, x), x), lambda x, g: (g * question.slope(jax.numpy, x),))
    enable_x64 = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64
    with enable_x64(np.asarray(question.at).dtype == np.float64):
        x = jax.numpy.asarray(question.at)
        return verdict_of(lambda: check_grads(f, (x,), order=1, modes=["rev"]))


def autograd_says(question: Question) -> str:
    """The verdict of HIPS autograd's `check_grads`, with its own tolerances."""
    import autograd.numpy as anp
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    f = lambda x: question.f(anp, x)  # noqa: E731
    if question.slope is not None:
        f = primitive(lambda x: question.f(np, x))
        defvjp(f, lambda y, x: lambda g: g * question.slope(np, x))
    np.random.seed(0)  # noqa: NPY002 - it draws its random direction from the global generator
    return verdict_of(lambda: check_grads(f, order=1, modes=["rev"])(question.at))


def verdict_of(check: Callable[[], Any]) -> str:
    """'fail' if the check raises, as all of them do."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            check()
        except Exception:
            return "fail"
    return "pass"


PEERS = {"torch": torch_says, "jax": jax_says, "autograd": autograd_says}


def installed(package: str) -> str:
    """'torch 2.13.0', or '' where it is not installed."""
    try:
        return f"{package} {version(package)}" if find_spec(package) else ""
    except PackageNotFoundError:
        return ""


def verdicts() -> list[list[str]]:
    """A head and one row per question: the right verdict, ours, and the peers'; a wrong one in bold."""
    peers = {name: ask for name, ask in PEERS.items() if installed(name)}
    rows = [["checked", "right", "tinygrad_edu", *map(installed, peers)]]
    for question in QUESTIONS:
        said = [ours(question), *(ask(question) for ask in peers.values())]
        rows.append([question.title, question.right, *(s if s == question.right else f"**{s}**" for s in said)])
    return rows
