"""Inputs in float32 or float16: the gradient is checked in double precision, then the single-precision one beside it.

How far rounding may move a gradient depends on the function: so the double-precision gradient is also computed at
inputs that are moved as little as their precision can tell, and what it changes by then is allowed as well.

>>> f, x = lambda x: (x * x).sum(), np.array([1.0, 2.0], np.float32)
>>> subject = Subject(f, (x,))
>>> own_precision(subject, [subject.gradients(w) for w in subject.weights])
{}
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..writing.wording import number
from .judging import Judged
from .replay import size_of
from .subject import Numbers, Subject

DRAWS = 3  # how often the inputs are moved
SLACK = 10.0  # rounding inside f may be this many times worse than rounding its inputs


def tolerance(dtype: Any) -> float:
    """The relative error a gradient may have in a precision: twice the root of its smallest step.

    >>> round(tolerance(np.float32), 5), round(tolerance(np.float16), 3)
    (0.00069, 0.062)
    """
    return 2.0 * float(np.finfo(dtype).eps) ** 0.5


def coarse(x: Any) -> bool:
    """Whether a leaf was given in less than double precision."""
    return type(x) is not float and bool(x.dtype.itemsize < 8)


def own_precision(subject: Subject, exact: list[Numbers]) -> dict[int, tuple[Judged, tuple[int, ...]]]:
    """For each coarse input whose gradient rounding spoils: a verdict and the worst entry."""
    inputs = [k for k, x in enumerate(subject.given) if coarse(x)]
    if not inputs:
        return {}
    own = Subject(subject.f, subject.inputs, exact=False)
    found = {}
    with np.errstate(all="ignore"):
        for weights, gradient in zip(subject.weights, exact):
            rounded, spread = own.gradients(weights), None
            for k in inputs:
                dtype, scale = subject.given[k].dtype, size_of(gradient[k])
                off = np.abs(rounded[k] - gradient[k])
                allowed = tolerance(dtype) * scale + 1e-300
                if np.all(off <= allowed):
                    continue
                spread = spread or sensitivity(subject, weights, gradient)
                if not np.all(off <= allowed + SLACK * spread[k]):
                    place = tuple(map(int, np.unravel_index(np.argmax(np.nan_to_num(off, nan=np.inf)), off.shape)))
                    found[k] = Judged("INCONCLUSIVE", 0.0, spoilt(rounded[k][place], gradient[k][place], dtype)), place
    return found


def sensitivity(subject: Subject, weights: Numbers, gradient: Numbers) -> list[Any]:
    """How much each gradient changes when the inputs are moved by a rounding error."""
    rng, spread = np.random.default_rng(0), [np.zeros(np.shape(g)) for g in gradient]
    for _ in range(DRAWS):
        moved = [
            x * (1 + float(np.finfo(given.dtype).eps) * rng.uniform(-1.0, 1.0, x.shape)) if coarse(given) else x
            for x, given in zip(subject.leaves, subject.given)
        ]
        there = Subject(subject.f, subject.rebuild(moved)).gradients(weights)
        spread = [np.maximum(s, np.abs(np.asarray(a) - b)) for s, a, b in zip(spread, there, gradient)]
    return spread


def spoilt(rounded: float, exact: float, dtype: Any) -> str:
    """For a gradient that is right in double precision and not in its own."""
    return (
        f"In {dtype} the engine's gradient is {number(rounded)}, in float64 it is {number(exact)}: the rule is right, "
        f"but rounding or overflow in {dtype} spoils the number."
    )
