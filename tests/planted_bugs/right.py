"""The other side: derivatives that are right must not be failed, whatever their precision, scale and shape."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tests.ops.case import Case
from tinygrad_edu.ops.op import TABLE

from .programs import CASES, parts, sites_of
from .trials import checked, outcome

PRECISIONS = ("float64", "float32", "float16")
SCALES = (1e-6, 1e-3, 1e3, 1e6)
SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (5,), (0, 3), (4, 1), (2, 1, 3), (5, 8))


@dataclass(frozen=True)
class Check:
    """A right derivative and what the check said about it: 'passed' (as it should), 'undecided',
    'failed' or 'crashed'.

    group    what was varied: 'cases', 'shapes', 'scale of the result', 'scale of the inputs'
    """

    name: str
    group: str
    precision: str
    outcome: str
    text: str = ""


def checks(name: str, most: int | None = None) -> list[Check]:
    """Everything about one primitive; of its cases at `most` so many."""
    found = []
    for group, case, scale, precision in variations(name, most):
        inputs = [typed(x, precision) for x in case.inputs]
        with np.errstate(all="ignore"):
            f = weighted(case, scale, precision)
        if finite(f, inputs):
            report = checked(f, *inputs)
            text = "" if outcome(report) == "passed" else f"{case}, {precision}, result × {scale:g}\n{report}"
            found.append(Check(name, group, precision, outcome(report), text))
    return found


def variations(name: str, most: int | None) -> Iterator[tuple[str, Case, float, str]]:
    """What is varied, the case, the factor of its result, the precision."""
    op, primary = TABLE[name], [case for case in CASES if about(case) == name][:most]
    for case in primary:
        for precision in ("float64", *(p for p in case.precisions if p in PRECISIONS)):
            yield "cases", case, 1.0, precision
    best = sites_of(name)[0].case
    precisions = [p for p in PRECISIONS[:2] if p == "float64" or p in best.precisions]
    for precision in precisions:
        for scale in SCALES:
            yield "scale of the result", best, scale, precision
            yield "scale of the inputs", scaled(best, scale), 1.0, precision
        for shape in SHAPES if op.elementwise and len(op.inputs) == len(best.inputs) else ():
            yield "shapes", Case(name, best.call, tuple(reshaped(x, shape) for x in best.inputs)), 1.0, precision


def about(case: Case) -> str:
    """The primitive that a case is counted under, so that each case is checked once."""
    return case.covers[0] if case.covers else getattr(getattr(tg, case.name, None), "name", case.name)


def scaled(case: Case, scale: float) -> Case:
    """The same call with larger or smaller inputs."""
    return Case(case.name, case.call, tuple(x * scale for x in case.inputs), title=f"inputs × {scale:g}")


def reshaped(x: Any, shape: tuple[int, ...]) -> Any:
    """The numbers of x, as often as needed, in another shape."""
    return np.resize(x, shape) if shape else float(np.ravel(x)[0])


def weighted(case: Case, scale: float, precision: str) -> Callable[..., Any]:
    """Σ weight · entry over all results, times the scale."""
    rng = np.random.default_rng(7)
    weights = [typed(rng.uniform(0.5, 1.5, np.shape(y)), precision) for y in parts(case.call(*case.inputs))]

    def f(*xs: Any) -> Any:
        terms = [tg.sum(y * w) for y, w in zip(parts(case.call(*xs)), weights)]
        return sum(terms[1:], terms[0]) * scale

    return f


def typed(x: Any, precision: str) -> Any:
    """An array in that precision; a number has none."""
    return np.asarray(x, precision) if np.ndim(x) else float(x)


def finite(f: Callable[..., Any], inputs: list[Any]) -> bool:
    """Whether there is anything to check: result and gradient are finite."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y, gradients = tg.value_and_grad(f, argnums=tuple(range(len(inputs))))(*inputs)
    return bool(np.isfinite(y)) and all(np.all(np.isfinite(g)) for g in gradients)
