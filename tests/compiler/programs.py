"""Random programs of up to 200 operations, on numbers and arrays, as Python text.

A program is determined by a seed and a size, and the one of size 30 begins with the lines of the one of size 29: the
smallest size that fails is found by looking at smaller sizes alone, and lines nobody needs are left out.

    python -m tests.compiler.programs 500 --seed 7      500 programs, from seed 7 on; prints the smallest that fail
"""

from __future__ import annotations

import argparse
import random
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from hypothesis import strategies as st

import tinygrad_edu as tg

from .agreement import along, disagreement, shaky

SINGLE = 5e-3  # how far numbers may differ where some are of single precision
LARGEST = 20.0  # of any intermediate result: what grows is made small again, so that nothing becomes inf

ONE = """
tg.tanh({0}) | tg.sigmoid({0}) | tg.relu({0}) | -{0} | {0} * {0} | {0} + {0} | 1.0 - {0} | {0} * 1.0 + 0.0
2.0 * ({0} * 0.25) | 0.5 * (4.0 * {0}) | {0} / 2.0 | {0} ** 2 | {0} ** 3 | (0.5 + {0} * {0}) ** -2.5
1.0 / (1.5 + {0} * {0}) | tg.exp(-{0} * {0}) | tg.log(1.0 + {0} * {0}) | tg.sqrt(0.5 + {0} * {0}) | tg.sin({0})
tg.cos({0}) | tg.arctan({0}) | tg.softplus({0}) | abs({0}) | tg.gelu({0}) | tg.silu({0}) | tg.elu({0})
tg.leaky_relu({0}) | tg.erf({0}) | tg.expm1(tg.sin({0})) | tg.log1p({0} * {0}) | tg.where({0} > 0.3, {0}, 0.5)
tg.where({0} > 0.3, tg.log(tg.maximum({0}, 0.1)), {0} * 0.5) | ({0} > 0.2) * {0}
tg.where(({0} > -0.4) & ({0} < 0.6), {0} * 2.0, 0.0) | tg.clip({0}, -0.8, 0.9) | tg.square(tg.sin({0}))
{0} - ({0} > 0.1) | tg.grad(lambda u: tg.sum(tg.sin(u) * u))({0}) | tg.jvp(tg.tanh, {0}, {0})[1] | tg.sign({0}) * {0}
"""
REDUCED = """
tg.sum({0}) | tg.mean({0}) | tg.sum({0}, axis=0) | tg.mean({0}, axis=-1) | tg.sum({0}, axis=-1, keepdims=True)
tg.mean({0}, axis=0, keepdims=True) | tg.max({0}) | tg.min({0}, axis=0) | tg.max({0}, axis=-1, keepdims=True)
tg.logsumexp({0}) | tg.logsumexp({0}, axis=-1) | tg.softmax({0}) | tg.log_softmax({0}, axis=0) | tg.var({0}, axis=0)
tg.norm({0}) | tg.prod({0}, axis=-1) | tg.cumsum({0}, axis=0) | tg.sqrt(tg.var({0}) + 0.1) | tg.sort({0}, axis=-1)
"""
SHAPED = """
{0}[0] | {0}[-1] | {0}[1:] | {0}[..., 0] | {0}[::-1] | {0}[None] | {0}[..., None] | {0}[:, :2] | {0}[[0, 1, 0]]
{0}.T | tg.reshape({0}, -1) | tg.reshape({0}, (2, -1)) | tg.ravel({0}) | tg.expand_dims({0}, 0)
tg.expand_dims({0}, -1) | tg.squeeze({0}) | tg.swapaxes({0}, 0, -1) | tg.flip({0}, 0) | tg.roll({0}, 1)
tg.broadcast_to({0}, (2, 3)) | {0}.T.T | tg.broadcast_to({0}, (4, 3)) | tg.broadcast_to({0}, (3,)) | tg.tile({0}, 2)
tg.repeat({0}, 2, axis=0) | tg.pad({0}, 1) | tg.expand_dims(tg.squeeze({0}), 0) | {0} @ {0}.T | {0}.T @ {0}
{0} @ {0} | tg.stack([{0}, {0} * 2.0]) | tg.diag({0}) | tg.reshape(tg.reshape({0}, -1), (1, -1))
tg.stack([{0}[0], {0}[-1]]) | tg.concatenate([{0}, {0}]) | tg.moveaxis({0}, 0, -1)
tg.broadcast_to(tg.mean({0}), (2, 3)) | tg.sum(tg.broadcast_to({0}, (4, 3)), axis=0) | ({0}.T @ {0}).T | tg.triu({0})
"""
TWO = """
{0} + {1} | {0} - {1} | {0} * {1} | {0} / (1.5 + {1} * {1}) | tg.maximum({0}, {1}) | tg.minimum({0}, {1})
{0} - (-{1}) | tg.where({0} > 0.1, {0}, {1}) | tg.where({0} > {1}, {0} * {1}, {1}) | tg.hypot({0}, 1.0 + {1} * {1})
{0} + -{1} * 2.0 | tg.arctan2({0}, 1.0 + {1} * {1}) | tg.logaddexp({0}, {1}) | {0} @ {1} | {0} @ {1}.T | {0}.T @ {1}
tg.stack([{0}, {1}]) | tg.concatenate([{0}, {1}]) | tg.tensordot({0}, {1}, 1) | tg.outer({0}, {1}) | ({0} < {1}) * {1}
(1.5 + {0} * {0}) ** {1} | tg.grad(lambda u: tg.sum(tg.tanh(u * {1}) * {1}))({0}) | -({0} - {1}) | (-{0}) * (-{1})
-{0} / (2.0 + {1} * {1}) | tg.hvp(lambda u: tg.sum(u * tg.sin(u)), {0}, {0}) * {1}
tg.vjp(lambda u: (u, u * {1}), {0})[1](({0}, {0} * {1}))[0]
"""
NUMBERS = (0.5, -1.25, 3.0, 0.0, 1.0, 2.0)
SHAPES = ((), (), (), (3,), (2, 3), (4, 3), (1, 3), (2, 1), (3, 3), (1,), (2, 3, 2))


def forms(text: str) -> list[str]:
    return [form.strip() for form in re.split(r"[|\n]", text) if form.strip()]


KINDS = (forms(ONE), forms(TWO), forms(REDUCED), forms(SHAPED))


@dataclass
class Program:
    """A function as text, and what to call it with.

    lines    one assignment each; the last is the result
    args     numbers and arrays
    """

    seed: int
    size: int
    single: bool = False
    args: list[Any] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """The program, with the lines that matter alone."""
        needed, kept = {self.lines[-1][0]}, []
        for name, formula in reversed(self.lines):
            if name in needed:
                kept.append(f"    {name} = {formula}")
                needed.update(names_in(formula))
        names = ", ".join(f"x{k}" for k in range(len(self.args)))
        return "\n".join([f"def f({names}):", *reversed(kept), f"    return {self.lines[-1][0]}"])

    @cached_property
    def f(self) -> Any:
        """The function; its result is a number or an array."""
        namespace = {"tg": tg, "np": np, **self.constants}
        exec(self.text, namespace)
        return namespace["f"]

    def loss(self, *xs: Any) -> Any:
        """One number, which depends on every entry of the result."""
        y = self.f(*xs)
        return tg.mean(tg.sin(y + 0.3) * y)

    def __repr__(self) -> str:
        given = "\n".join(f"x{k} = {x!r}" for k, x in enumerate(self.args))
        fixed = "\n".join(f"{name} = {x!r}" for name, x in self.constants.items() if name in self.text)
        return f"Program(seed={self.seed}, size={self.size}, single={self.single})\n{given}\n{fixed}\n{self.text}"


def program(seed: int, size: int, single: bool = False) -> Program:
    """The program of this seed with this many lines; `single`: some of its arrays are of single precision."""
    rng, numbers = random.Random(seed), np.random.default_rng(seed)
    made = Program(seed, size, single)
    known, fixed = {}, {"c0", "c1"}  # type: dict[str, Any], set[str]
    for k in range(rng.randint(1, 4)):
        made.args.append(sample(rng, numbers, rng.choice(SHAPES), single))
        known[f"x{k}"] = made.args[-1]
    for k in range(2):
        made.constants[f"c{k}"] = known[f"c{k}"] = sample(rng, numbers, rng.choice(SHAPES[3:]), single)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for k in range(size):
            formula, y = next(tries(rng, known, fixed))
            made.lines.append((f"t{k}", formula))
            known[f"t{k}"] = y
            fixed.update({f"t{k}"} if fixed.issuperset(names_in(formula)) else ())
    return made


def sample(rng: random.Random, numbers: np.random.Generator, shape: tuple[int, ...], single: bool) -> Any:
    x = numbers.uniform(-1.5, 1.5, shape)
    if rng.random() < 0.15:
        x = np.round(x)  # exact ties and zeros, where conventions show
    if not shape:
        return float(x)
    return x.astype(np.float32) if single and rng.random() < 0.6 else x


def names_in(formula: str) -> list[str]:
    return re.findall(r"\b[xtc]\d+\b", formula)


def tries(rng: random.Random, known: dict[str, Any], fixed: set[str]) -> Iterator[tuple[str, Any]]:
    """Formulas on what is known, drawn until one works and its result is neither too large nor too many.

    fixed    what depends on no argument: NumPy computes it, whose single numbers have a precision, and ours have none
    """
    recent = [*known][-8:]
    while True:
        form = rng.choice(KINDS[rng.choice((0, 0, 0, 1, 1, 1, 2, 3, 3))])
        given = [rng.choice(recent if rng.random() < 0.6 else [*known]) for _ in range(2)]
        if rng.random() < 0.12:
            given[1] = repr(rng.choice(NUMBERS))
        formula = form.format(*given)
        try:
            y = eval(formula, {"tg": tg, "np": np, **known})
        except (ArithmeticError, TypeError, ValueError, IndexError, AttributeError, tg.errors.TinygradError):
            continue
        if np.ndim(y) == 0 and type(y) is not float and fixed.issuperset(names_in(formula)):
            continue
        if np.iscomplexobj(y) or not np.size(y) or np.size(y) > 64 or np.ndim(y) > 3 or not np.all(np.isfinite(y)):
            continue
        if np.max(np.abs(y)) > LARGEST:
            formula, y = f"tg.tanh({formula})", tg.tanh(y)
        yield formula, y


def programs(size: int = 200, single: bool = False) -> st.SearchStrategy[Program]:
    """Programs of up to this size, for tests with hypothesis."""
    return st.builds(program, st.integers(0, 10**6), st.integers(1, size), st.just(single))


# ── comparing ────────────────────────────────────────────────────────────────────────────────────────────────────────
def questions(p: Program) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """What to ask of a program: its value, its gradients, and second derivatives in a direction."""
    numbers = np.random.default_rng(p.seed)
    arguments = tuple(range(len(p.args)))
    vectors = [along(x, numbers) for x in p.args]
    count = len(p.args)
    yield "value", lambda *xs: tg.vjp(p.f, *xs)[0], tuple(p.args)  # on Values: NumPy's own numbers have a precision
    yield "gradients", tg.value_and_grad(p.loss, arguments), tuple(p.args)
    yield "second derivatives", lambda *xs: tg.hvp(p.loss, xs[:count], xs[count:]), (*p.args, *vectors)


def trouble(p: Program) -> str | None:
    """What eager and compiled programs disagree about, in words; None if nothing."""
    for what, f, args in questions(p):
        try:
            told = disagreement(f, args, SINGLE if p.single else None)
        except Exception as error:  # whatever it is
            told = f"{type(error).__name__}: {error}"
        if told is not None and not shaky(f, args, SINGLE if p.single else None):
            return f"{what}\n{told}"
    return None


def smallest(p: Program) -> Program:
    """The smallest program of the same seed that is in trouble."""
    for size in range(1, p.size):
        smaller = program(p.seed, size, p.single)
        if trouble(smaller) is not None:
            return smaller
    return p


def run(n: int, seed: int = 0, size: int = 200) -> int:
    """Compare n programs; print the smallest of every seed that fails. Returns how many did."""
    failed = 0
    for k in range(seed, seed + n):
        p = program(k, random.Random(k).randint(1, size), single=k % 3 == 0)
        if trouble(p) is not None:
            failed += 1
            p = smallest(p)
            print(f"{p!r}\n\n{trouble(p)}\n{'─' * 80}", flush=True)
    print(f"{n} programs, {failed} failed")
    return failed


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Compare random programs, eager and compiled.")
    options.add_argument("n", type=int, nargs="?", default=100)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--size", type=int, default=200)
    chosen = options.parse_args()
    raise SystemExit(run(chosen.n, chosen.seed, chosen.size) > 0)
