"""All inputs at once along one random direction: no entry stays unchecked, and forward mode can be compared.

The slope along a direction d is Σ gradient · d. Forward mode computes it without the gradient, and it can be measured
like any other slope; where two of the three differ, halving the direction again and again leads to the wrong entry.

>>> subject = Subject(lambda x: (x**2).sum(), (np.array([1.0, 3.0]),))
>>> towards = direction(subject, np.random.default_rng(0))
>>> [reverse] = subject.forward(towards)
>>> abs(reverse - float((2 * subject.leaves[0] * towards[0]).sum())) < 1e-12
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .entries import Place
from .judging import Judged, compared
from .replay import RELATIVE
from .subject import Numbers, Subject

TINY = 1e-250  # products of so small numbers vanish
EXACT = 1e-9  # two ways of the engine differ by the rounding of double precision only


def direction(subject: Subject, rng: np.random.Generator) -> Numbers:
    """A random direction: every number moves, to one side or the other, by about its own size."""
    found: Numbers = []
    for x in subject.leaves:
        d = rng.uniform(0.5, 1.0, np.shape(x)) * rng.choice([-1.0, 1.0], np.shape(x)) * np.maximum(1.0, np.abs(x))
        found.append(d if type(x) is not float else float(d))
    return found


def product(a: Numbers, b: Numbers) -> tuple[float, float]:
    """Σ a · b over all numbers, and Σ |a · b|: what its rounding is judged by."""
    parts = [np.asarray(x) * np.asarray(y) for x, y in zip(a, b)]
    return float(sum(np.sum(part) for part in parts)), float(sum(np.sum(np.abs(part)) for part in parts))


def alike(forward: float, reverse: float, size: float, relative: float) -> bool:
    """Whether forward and reverse mode found the same slope, up to rounding."""
    exact = EXACT if relative <= RELATIVE else relative
    return (
        abs(forward - reverse) <= exact * size + TINY
        or forward == reverse
        or (forward != forward and reverse != reverse)
    )


def along(subject: Subject, towards: Numbers, engine: float, size: float, i: int) -> tuple[Judged, float]:
    """The verdict on the engine's slope of the i-th number along a direction, and the measured slope."""
    heights = subject.along(towards)
    judged, measured = compared(engine, lambda t: heights(t)[i], 0.0, size, subject.rounding)
    return judged, measured.value


def hunted(subject: Subject, towards: Numbers, gradient: Numbers, i: int) -> tuple[int, Place] | None:
    """The input and the entry at which the gradient is wrong: halve the direction, keep the half that disagrees."""
    flat = [(k, j) for k, x in enumerate(subject.leaves) for j in range(np.size(x))]

    def wrong(kept: list[int]) -> bool:
        part = only(towards, [flat[n] for n in kept])
        return along(subject, part, *product(gradient, part), i)[0].verdict == "FAIL"

    if (found := halved(len(flat), wrong)) is None:
        return None
    k, j = flat[found]
    return k, tuple(map(int, np.unravel_index(j, np.shape(subject.leaves[k]))))


def halved(count: int, wrong: Callable[[list[int]], bool]) -> int | None:
    """One of `count` things that makes `wrong` true, found by halving; None where both halves seem right.

    >>> halved(1000, lambda kept: 123 in kept)
    123
    """
    kept = list(range(count))
    while len(kept) > 1:
        middle = len(kept) // 2
        kept = next((half for half in (kept[:middle], kept[middle:]) if wrong(half)), [])
    return kept[0] if kept else None


def only(towards: Numbers, kept: list[tuple[int, int]]) -> Numbers:
    """The direction with everything but some of its numbers set to 0."""
    parts: list[Any] = [np.zeros_like(np.asarray(d, dtype=np.float64)) for d in towards]
    for k, j in kept:
        parts[k].flat[j] = np.asarray(towards[k]).flat[j]
    return [part if part.shape else float(part) for part in parts]
