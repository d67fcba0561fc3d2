"""Every entry of every input, or a sample of them: the engine's number beside the measured slope.

>>> subject = Subject(lambda x: (x**2).sum(), (np.array([1.0, 3.0]),))
>>> [found] = compare_entries(subject, [[(0,), (1,)]], [[np.array([2.0, 6.1])]])
>>> found.worst.verdict, found.place, round(found.measured, 6)
('FAIL', (1,), 6.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .judging import Judged, compared
from .replay import size_of
from .report import VERDICTS
from .subject import Numbers, Subject

Place = tuple[int, ...]
NOTHING = Judged("PASS", -1.0)  # nothing was compared yet


@dataclass
class Found:
    """What was found for one input.

    worst      the verdict on its worst entry, place: where that is, weight: for which of the results
    engine     the engine's number there, measured: the slope there
    slopes     for each weight, all measured slopes in the shape of the input; nan where none was measured
    """

    input: int
    worst: Judged = NOTHING
    place: Place = ()
    weight: int = 0
    engine: float = 0.0
    measured: float = 0.0
    checked: int = 0
    slopes: list[Any] = field(default_factory=list)


def chosen_places(subject: Subject, budget: int, rng: np.random.Generator) -> list[list[Place]]:
    """Per input, the entries that are measured: all of them within the budget, else a random sample."""
    sizes = [np.size(x) for x in subject.leaves]
    budget = max(1, budget // len(subject.weights))
    limits, left = [0] * len(sizes), budget
    for nth, k in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):  # small inputs first, in full
        limits[k] = min(sizes[k], max(1, left // (len(sizes) - nth)))
        left -= limits[k]
    found = []
    for x, size, limit in zip(subject.leaves, sizes, limits):
        picked = np.arange(size) if limit == size else np.sort(rng.choice(size, limit, replace=False))
        found.append([tuple(map(int, np.unravel_index(i, np.shape(x)))) for i in picked])
    return found


def compare_entries(subject: Subject, places: list[list[Place]], gradients: list[Numbers]) -> list[Found]:
    """Compare the engine's gradients (one list of arrays per weight) with measured slopes, at the given places."""
    every = []
    for k, chosen in enumerate(places):
        found = Found(k, checked=len(chosen))
        found.slopes = [np.full(np.shape(subject.leaves[k]), math.nan) for _ in gradients]
        scales = [size_of(np.asarray(gradient[k])) for gradient in gradients]
        for place in chosen:
            heights, x = subject.line(k, place), float(np.asarray(subject.leaves[k])[place])
            for i, gradient in enumerate(gradients):
                engine, height = float(np.asarray(gradient[k])[place]), nth(heights, i)
                judged, measured = compared(engine, height, x, scales[i], subject.rounding)
                found.slopes[i][place] = math.nan if measured.trouble else measured.value
                if worse(judged, found.worst):
                    found.worst, found.place, found.weight = judged, place, i
                    found.engine, found.measured = engine, measured.value
        every.append(found)
    return every


def nth(heights: Callable[[float], list[float]], i: int) -> Callable[[float], float]:
    """One of several heights."""
    return lambda t: heights(t)[i]


def worse(a: Judged, b: Judged) -> bool:
    """Whether a is worse than b: first by the verdict, then by the error."""
    return (-VERDICTS.index(a.verdict), a.error) > (-VERDICTS.index(b.verdict), b.error)
