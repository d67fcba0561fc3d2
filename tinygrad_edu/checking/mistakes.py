"""What is wrong with a wrong gradient? Each likely mistake is a hypothesis, and the numbers are its test.

>>> right = np.array([1.0, -2.0, 4.0])
>>> print(find_mistake(2 * right, right).words)
It is 2 times the gradient: a factor 2 too much.
>>> slope = np.array([0.25, 0.1, 0.2])
>>> print(find_mistake(right * slope, right, clues={"σ′(h)": slope}).words)
Its ratio to the gradient equals σ′(h) in every entry: σ′(h) was applied twice.
>>> find_mistake(np.array([0.3, 0.1, 7.0]), right) is None
True

A hypothesis is named when it predicts every entry up to rounding. The simplest comes first, and none is named that
a single number could meet by accident: then the words say what else it could be, or there are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .closeness import Array, alike, constant_ratio, distinct, same, tolerance_of
from .constants import explain_factor, is_short, near
from .fitting import added, aligned, summed, unsummed_slice

COUNTED = ("samples", "entries", "size", "batch", "rows", "columns")  # what a clue that is a count is called
RATIO = "Its ratio to the gradient equals"


@dataclass(frozen=True)
class Mistake:
    """What is probably wrong with a gradient.

    kind     "sign", "factor", "transposed", "twice", "forgotten", "not summed", "mean for sum", "sum for mean",
             "overwritten", "wrong operand", "one layer off", "zero" or "one entry"
    words    a sentence or two that say it
    places   the entries concerned; () if it is all of them
    cause    what several quantities with the same mistake have in common, where their words differ
    """

    kind: str
    words: str
    places: tuple[tuple[int, ...], ...] = ()
    cause: str = ""


def find_mistake(
    found: Any,
    right: Any,
    *,
    clues: Mapping[str, Any] | None = None,
    alternatives: Iterable[tuple[Mistake, Any]] = (),
    tolerance: float | None = None,
) -> Mistake | None:
    """The one mistake that explains how `found` differs from the `right` gradient; None if none does.

    clues         text -> number or array: what may have been multiplied in once too often or forgotten (slopes,
                  operands), what may stand in the gradient's place (other gradients, single contributions, a
                  gradient that was not summed yet), and numbers of samples ("N", "n", "m", "batch size", "32")
    alternatives  (mistake, gradient) pairs: what the gradient would be if that mistake were made
    tolerance     relative; by default what rounding in the arrays' precision or a measured slope may lose
    """
    found, right = np.asarray(found), np.asarray(right)
    tolerance = tolerance_of(found, right) if tolerance is None else tolerance
    found, right = found.astype(np.float64), right.astype(np.float64)
    given = {text: np.asarray(clue, dtype=np.float64) for text, clue in (clues or {}).items()}
    if same(found, right, tolerance):
        return None
    if found.shape != right.shape:
        return _of_shape(found, right, tolerance)
    if right.any() and not found.any():
        return Mistake("zero", "It is zero everywhere.")

    def among_alternatives(*numbers: Any) -> Mistake | None:
        return _alternative(found, right, alternatives, tolerance)

    tests = (_constant, _transposed, _unsummed, among_alternatives, _factor, _other_gradient, _swapped, _one_entry)
    for test in tests:
        if mistake := test(found, right, given, tolerance):
            return _hedged(mistake, found, right, alternatives, tolerance)
    return None


def _hedged(
    mistake: Mistake, found: Array, right: Array, alternatives: Iterable[tuple[Mistake, Any]], tolerance: float
) -> Mistake:
    """A simple factor of a single number may be something else by accident: then the words say what."""
    if mistake.kind not in ("sign", "factor", "sum for mean", "mean for sum") or distinct(right, tolerance) > 1:
        return mistake
    other = _alternative(found, right, alternatives, tolerance)
    if other is None or "single number" in mistake.words:
        return mistake
    return replace(mistake, words=f"{mistake.words} A single number allows for another: {other.words}")


# ── the hypotheses, simplest first ───────────────────────────────────────────────────────────────────────────────────
def _of_shape(found: Array, right: Array, tolerance: float) -> Mistake | None:
    """The numbers may be right and in the wrong places, or not added up yet."""
    if found.ndim == 2 and same(found.T, right, tolerance):
        return Mistake("transposed", "It is the transposed gradient.")
    if found.size == right.size and same(found.reshape(right.shape), right, tolerance):
        words = f"The numbers are right, in the shape {found.shape} instead of {right.shape}: reshape it."
        return Mistake("transposed", words)
    try:
        full = np.broadcast_shapes(found.shape, right.shape)
    except ValueError:
        return None
    if full == found.shape:
        axes = summed(found.shape, right.shape)
        if same(added(found, right.shape), right, tolerance):
            return Mistake("not summed", f"It is not summed over {axes}: there it was broadcast, so slopes add up.")
        if same(found, np.broadcast_to(right, full), tolerance):
            return Mistake("not summed", f"It is the right gradient, repeated along {axes}.")
    elif same(np.broadcast_to(found, full), right, tolerance):
        return Mistake("not summed", f"The numbers are right, but not repeated to the shape {right.shape}.")
    return None


def _constant(found: Array, right: Array, clues: Mapping[str, Array], tolerance: float) -> Mistake | None:
    ratio = constant_ratio(found, right, tolerance)
    if ratio is None:
        return None
    single = {t: float(c.flat[0]) for t, c in clues.items() if distinct(c, tolerance) == 1 and not _is_count(t)}
    others = [f"{text} applied twice" for text, c in single.items() if near(ratio, c)]
    others += [f"{text} forgotten" for text, c in single.items() if c and near(ratio, 1 / c)]
    evidence, counts = distinct(right, tolerance), dict(_counts(right, clues, tolerance))
    if explained := explain_factor(ratio, evidence, counts, others):
        kind, words = explained
        if not others or kind != "factor" or is_short(ratio):
            return Mistake(kind, words)
    if others:
        kind = "twice" if others[0].endswith("twice") else "forgotten"
        hedge = f" (or {', or '.join(others[1:])})" if len(others) > 1 else ""
        return Mistake(kind, f"It is {ratio:.6g} times the gradient: {others[0]}{hedge}.")
    return Mistake(*explained) if explained else None


def _counts(right: Array, clues: Mapping[str, Array], tolerance: float) -> Iterator[tuple[str, float]]:
    """Numbers over which one might have taken a mean for a sum: those given, and those of stretched axes."""
    for text, clue in clues.items():
        if clue.size == 1 and _is_count(text):
            yield text, float(clue.flat[0])
    for text, clue in clues.items():
        if right.size and clue.size > right.size and same(added(clue, right.shape), right, tolerance):
            yield f"the {clue.size // right.size} slices of {text}", clue.size / right.size
    if right.size > 4:
        yield f"its {right.size} entries", float(right.size)


def _is_count(text: str) -> bool:
    """Whether a clue is a number of samples or entries: it says so, or is called what textbooks call it."""
    return text in ("N", "n", "m", "M") or text.isdigit() or any(word in text for word in COUNTED)


def _transposed(found: Array, right: Array, clues: Mapping[str, Array], tolerance: float) -> Mistake | None:
    if right.ndim == 2 and same(found.T, right, tolerance):
        return Mistake("transposed", "It is the transposed gradient.")
    if right.ndim > 2 and same(np.swapaxes(found, -1, -2), right, tolerance):
        return Mistake("transposed", "It is the gradient with its last two axes swapped.")
    if right.ndim > 1 and distinct(right, tolerance) > 2 and same(found.ravel(), right.ravel("F"), tolerance):
        return Mistake("transposed", "The numbers are right, but filled in column by column instead of row by row.")
    return None


def _unsummed(found: Array, right: Array, clues: Mapping[str, Array], tolerance: float) -> Mistake | None:
    """A broader clue that sums to the gradient is the gradient before summing: is `found` one slice of it?"""
    for text, clue in clues.items():
        if (place := unsummed_slice(found, right, clue, tolerance)) is not None:
            axes = summed(clue.shape, right.shape)
            return Mistake("not summed", f"It is a single slice, {list(place)} of {text}: sum over {axes} instead.")
    return None


def _alternative(
    found: Array, right: Array, alternatives: Iterable[tuple[Mistake, Any]], tolerance: float
) -> Mistake | None:
    for mistake, gradient in alternatives:
        gradient = np.asarray(gradient, dtype=np.float64)
        if same(found, gradient, tolerance) and not same(gradient, right, tolerance):
            return mistake
    return None


def _factor(found: Array, right: Array, clues: Mapping[str, Array], tolerance: float) -> Mistake | None:
    for text, clue in clues.items():
        for factor in aligned(clue, right.shape):
            if distinct(factor, tolerance) < 2 and factor.all():  # a constant, which was tested already
                continue
            if right.any() and same(found, right * factor, tolerance):
                return Mistake("twice", f"{RATIO} {text} in every entry: {text} was applied twice.")
            if found.any() and factor.any() and same(found * factor, right, tolerance):
                return Mistake("forgotten", f"It lacks the factor {text}: multiplied by it, every entry is right.")
    return None


def _other_gradient(found: Array, right: Array, clues: Mapping[str, Array], tolerance: float) -> Mistake | None:
    for text, clue in clues.items():
        if clue.size > 1 and clue.any() and same(found, clue, tolerance):
            parts = [other for name, other in clues.items() if name != text and other.shape == right.shape]
            if any(same(found + part, right, tolerance) for part in parts) or (
                len(parts) > 1 and same(found + np.sum(parts, axis=0), right, tolerance)
            ):
                return Mistake("overwritten", f"It is {text} alone: the other contributions were not added to it.")
            return Mistake("wrong operand", f"It is {text}, the gradient of something else.")
    return None


def _swapped(found: Array, right: Array, clues: Mapping[str, Array], tolerance: float) -> Mistake | None:
    """The gradient by a is g · b and that by b is g · a: with the operands mixed up, the ratio is a / b."""
    fitting = [(text, factor) for text, clue in clues.items() for factor in aligned(clue, right.shape)]
    for used, a in fitting[:16]:
        for instead_of, b in fitting[:16]:
            if used == instead_of or not b.all() or distinct(a / np.where(b == 0, 1, b), tolerance) < 2:
                continue
            if right.any() and same(found * b, right * a, tolerance):
                return Mistake("wrong operand", f"It is the gradient with {used} in the place of {instead_of}.")
    return None


def _one_entry(found: Array, right: Array, clues: Mapping[str, Array], tolerance: float) -> Mistake | None:
    wrong = np.argwhere(~alike(found, right, tolerance))
    place = tuple(map(int, wrong[0]))
    if len(wrong) > 1 or not np.delete(right, np.ravel_multi_index(place, right.shape) if place else 0).any():
        return None  # of several wrong entries there is nothing to say, nor of one where all others are zero
    words = f"Only the entry {list(place)} is wrong, {found[place]:.6g} instead of {right[place]:.6g}."
    return Mistake("one entry", words, (place,))
