"""What `gradcheck` says: when it is called in a way that has no answer, and about how it measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import DataError, ShapeError, unknown_name
from .precision import coarse, tolerance
from .report import Row
from .subject import ROWS, Subject

MODES = ("reverse", "forward")
MODES_DIFFER = "Forward mode and reverse mode differ: a rule is not the derivative of one function. Is it linear in g?"
OFF = "The engine's number is not the slope of f."
SEED = "Give the random part a seed of its own: rng = np.random.default_rng(0) inside f, at its beginning."


def check_settings(order: Any, modes: Any, budget: Any) -> tuple[str, ...]:
    """The modes as a tuple; an error if a setting cannot be what was meant."""
    if type(order) is not int or order < 1:
        raise DataError(
            f"gradcheck(order={order!r}): the order is a whole number from 1.",
            "order=1 checks the gradient, order=2 also the gradient of the gradient, and so on.",
            "Write order=2 to check second derivatives.",
        )
    if type(budget) is not int or budget < 1:
        raise DataError(
            f"gradcheck(budget={budget!r}): the budget is a whole number from 1.",
            "It says how many entries are measured one by one; a random direction covers all the others together.",
            "Write budget=1000 to measure more of them.",
        )
    chosen = (modes,) if isinstance(modes, str) else tuple(modes)
    for mode in chosen:
        if mode not in MODES:
            raise unknown_name("mode", mode, MODES)
    if not chosen:
        raise DataError(
            "gradcheck(modes=()): there is no mode to check.",
            "Derivatives are computed in reverse (grad, backward) or forward (jvp).",
            'Write modes=("reverse", "forward") for both.',
        )
    return chosen


def nothing_to_check() -> DataError:
    """For gradcheck(f) without inputs."""
    return DataError(
        "gradcheck(f) was given no inputs.",
        "A gradient belongs to a place: it is checked at the numbers that f is called with.",
        "Write tg.gradcheck(f, x) with a number or an array for each argument of f.",
    )


def no_result() -> ShapeError:
    """For a function that returns nothing."""
    return ShapeError(
        "gradcheck: the function returned no number.",
        "A gradient is the slope of a number; None and empty containers have none.",
        "Does the function end with `return`?",
    )


def about_results(subject: Subject, seed: str) -> list[str]:
    """How a result of several numbers was checked."""
    if subject.projected:
        count = sum(w.size if hasattr(w, "size") else 1 for w in subject.weights[0])
        return [f"f returns {count} numbers, more than {ROWS}: they were checked as one, with random weights{seed}"]
    if len(subject.weights) > 1:
        return [f"f returns {len(subject.weights)} numbers: each was checked by itself"]
    return []


def about_sample(subject: Subject, places: Sequence[Sequence[Any]], seed: str) -> list[str]:
    """Which inputs were measured in part only."""
    parts = [
        f"{len(chosen)} of the {np.size(x)} entries of {name}"
        for name, x, chosen in zip(subject.names, subject.leaves, places)
        if len(chosen) < np.size(x)
    ]
    if not parts:
        return []
    return [f"measured one by one: {', '.join(parts)}, a random sample{seed}; the random direction covers them all"]


def about_precision(subject: Subject) -> list[str]:
    """Which inputs are coarse, and how that was dealt with."""
    kinds: dict[str, list[str]] = {}
    for name, x in zip(subject.names, subject.given):
        if coarse(x):
            kinds.setdefault(str(x.dtype), []).append(name)
    return [
        f"{', '.join(named)}: {kind}; measured and compared in float64, then the {kind} gradient with the float64 one, "
        f"to {tolerance(kind):.1g} of its largest entry"
        for kind, named in kinds.items()
    ]


def chance(once: float, twice: float) -> str:
    """For a function that returns something else each time."""
    return f"f returned {once!r} and then {twice!r} for the same inputs: a slope of chance cannot be measured."


def unsampled(names: list[str], wrong: tuple[int, tuple[int, ...]]) -> str:
    """For a wrong entry that the random direction led to."""
    k, place = wrong
    return f"Halving the direction leads to {names[k]}{list(place) if place else ''}: there the gradient is wrong."


def hints(rows: Sequence[Row], culprit: Any) -> list[str]:
    """What to do now."""
    lessons = " ".join(row.lesson for row in rows if not row.passed)
    found = []
    if "f has a kink" in lessons or "f jumps" in lessons or "grows without bound" in lessons:
        found.append("Check at other inputs, a little to the side: there the gradient can be decided.")
    if culprit is None and any(row.verdict == "FAIL" for row in rows):
        found.append(
            "Every rule is right at these inputs, and no constant follows them: does f keep something between calls, "
            "or take another branch close by?"
        )
    return found
