"""Is this gradient right? A formula derived by hand, the engine and finite differences, entry by entry.

>>> report = check_formula(lambda w, x: (w * x) ** 2, {"w": 3.0, "x": 5.0}, {"w": lambda w, x: w * x * x})
>>> print(report)
check_formula: 0 of 1 gradients agree
  gradient of  verdict  worst entry  formula  engine  finite difference    error
  w            FAIL     -                 75     150                150  5.0e-01
      The formula is the odd one out: engine and finite differences agree.
      It is 0.5 times the gradient: a factor 2 is missing.

What f computes on its way can be checked as well, once it has a name:

>>> def loss(w, x):
...     h = name(tanh(w * x), "h")
...     return h**2
>>> bool(check_formula(loss, w=0.5, x=2.0, formulas={"h": lambda h: 2 * h, "w": lambda x, h: 2 * h * (1 - h * h) * x}))
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..calculus.naming import name as name
from ..ops.trigonometry import tanh as tanh
from . import messages
from .culprit import Culprit, find_culprit
from .formulas import by_hand
from .lessons import lesson, verdict
from .mistakes import Mistake, find_mistake
from .places import places
from .quantities import Recorded, labelled, record
from .report import Report, Row
from .subject import Subject
from .three_way import Outcome, ask
from .trail import called
from .what_if import what_if

Checked = tuple[str, Outcome, Any, Recorded]  # label, outcome, formula's numbers, the run it belongs to

CONSTANT = "what is detached from it, or not recorded, counts as constant"
RANDOM = (
    "f returns something else each time it is called, so nothing can be measured: seed its random numbers inside f."
)


def check_formula(
    f: Callable[..., Any],
    /,
    inputs: Mapping[str, Any] | None = None,
    formulas: Mapping[str, Any] | None = None,
    at: Any = None,
    **named: Any,
) -> Report:
    """Compare gradients derived by hand with the engine and with finite differences: which one is the odd one out?

    f         a function of keyword arguments that returns one number
    inputs    name -> number, array or nested container of them: where to check; or as keywords
    formulas  name of an input, or of an intermediate that f names with `tg.name` -> your gradient there: a number,
              an array, a container like the input, or a function that returns one; its parameters are names of
              inputs and intermediates, in any order
    at        further places: a dictionary with new values for some inputs, a list of such, or a seed for three
              random places near the first; every formula must then be a function
    returns   a Report with one row per formula, of the place where it is most wrong; if a rule of the engine is
              wrong, with the operation it belongs to as its culprit
    raises    UnknownNameError, ShapeError, DataError where the question has no answer

    >>> bool(check_formula(lambda x: x**2, {"x": 3.0}, {"x": lambda x: 2 * x}, at=[{"x": -1.0}, {"x": 0.0}]))
    True
    """
    inputs, formulas = _asked(inputs, formulas, named)
    points = places(inputs, at)
    if len(points) > 1 and (fixed := [key for key, formula in formulas.items() if not callable(formula)]):
        raise messages.fixed_formula(fixed)
    runs = [_checked(record(f, point), formulas) for point in points]
    worst = [max(same, key=_badness) for same in zip(*runs)]
    rows, hints = _told(worst)
    if not all(row.passed for row in rows) and worst[0][3].is_random():
        hints.append(RANDOM)
    notes = [f"checked at {len(points)} places; each row shows the worst"] if len(points) > 1 else []
    notes += _sampled(rows)
    notes += [f"{label}: {CONSTANT}" for label, outcome, _, _ in worst if outcome.recorded]
    return Report("check_formula", rows, hints=hints, culprit=_culprit(worst), notes=notes)


def _asked(inputs: Any, formulas: Any, named: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The inputs from both sources and the formulas, both checked to be there."""
    for what, given in (("inputs", inputs), ("formulas", formulas)):
        if given is not None and not isinstance(given, Mapping):
            raise messages.no_mapping(what, given)
    if twice := [key for key in named if key in (inputs or {})]:
        raise messages.given_twice(twice)
    together = {**(inputs or {}), **named}
    if not together:
        raise messages.no_inputs()
    if not formulas:
        raise messages.no_formulas(together)
    return together, dict(formulas)


def _checked(run: Recorded, formulas: Mapping[str, Any]) -> list[Checked]:
    """Every formula at one place, its containers taken apart."""
    values = {key: nodes[0]._held for key, nodes in run.named.items()}
    checked = []
    for key, formula in formulas.items():
        labels = _labels(run, key)
        said = by_hand(formula, key, run.inputs, values)
        parts = labelled(said, key)
        if set(parts) != set(labels):
            raise messages.wrong_structure(key, said, labels)
        checked += [(label, _outcome(run, label, parts[label]), parts[label], run) for label in labels]
    return checked


def _labels(run: Recorded, key: str) -> list[str]:
    """What a key of `formulas` stands for: an input, all parts of a nested input, or an intermediate."""
    count = len(run.named.get(key, [])) + (key in run.inputs)
    if count > 1:
        raise messages.named_twice(key, count)
    if key in run.inputs:
        return list(labelled(run.inputs[key], key))
    if key in run.all:
        return [key]
    raise messages.unknown_quantity(key, run.inputs, run.named)


def _outcome(run: Recorded, label: str, hand: Any) -> Outcome:
    node, engine = run.all[label], run.gradient(label)
    if np.shape(hand) != node.shape:
        mistake = find_mistake(hand, engine)
        raise messages.wrong_shape(label, np.shape(hand), node.shape, mistake.words if mistake else "")
    exact = float(np.finfo(node.dtype).eps) ** 0.5
    outcome = ask(hand, engine, lambda entry: run.measure(label, entry), exact)
    if label in run.leaves and outcome.odd not in ("", "formula", "undecided") and run.is_cut(label):
        recorded = ask(hand, engine, lambda entry: run.replayed(label, entry), exact)
        return replace(recorded, recorded=True) if outcome.odd != "engine" else outcome  # else the formula says no
    return outcome


def _badness(checked: Checked) -> tuple[int, float]:
    _, outcome, _, _ = checked
    return ("PASS", "INCONCLUSIVE", "FAIL").index(verdict(outcome)), outcome.error


def _told(checked: list[Checked]) -> tuple[list[Row], list[str]]:
    """The rows with their lessons; a mistake that several quantities share is told once."""
    rows: list[Row] = []
    told: dict[tuple[str, str], str] = {}
    for label, outcome, hand, run in sorted(checked, key=_badness, reverse=True):
        mistake = (
            _mistake(run, label, outcome, hand) if outcome.odd in ("formula", "engine", "all", "undecided") else None
        )
        known = told.setdefault((mistake.kind, mistake.cause or mistake.words), label) if mistake else label
        cut = label in run.leaves and outcome.odd == "engine" and run.is_cut(label)
        words = lesson(outcome, mistake, known if known != label else "", cut)
        if label in run.named and run.all[label] not in run.trail and outcome.odd:
            words += f"\nThe result was not computed from {label}: is it unused, or detached?"
        numbers, vote = outcome.vote.numbers(), outcome.vote
        result = verdict(outcome), vote.entry, numbers, outcome.error, words, mistake, outcome.checked, outcome.total
        rows.append(Row(label, *result))
    wrong = [(label, run) for label, outcome, _, run in checked if verdict(outcome) == "FAIL"]
    return rows, _first_to_mend(wrong)


def _mistake(run: Recorded, label: str, outcome: Outcome, hand: Any) -> Mistake | None:
    """What may be wrong with the formula; or with the engine, if that is the odd one out."""
    node, engine = run.all[label], run.gradient(label)
    exact = max(1e-7, float(np.finfo(node.dtype).eps) ** 0.5)
    if outcome.odd == "engine":
        return find_mistake(engine, hand, clues=_counts(run), tolerance=exact)
    alternatives = what_if(run.trail, node) if node in run.trail else ()
    unsummed = {f"what comes back from {called(use.node)}": use.raw for use in run.trail.uses(node)}
    clues = {**_counts(run), **{text: raw for text, raw in unsummed.items() if np.size(raw) > node.size}}
    return find_mistake(hand, engine, clues=clues, alternatives=alternatives, tolerance=exact)


def _counts(run: Recorded) -> dict[str, float]:
    """Lengths of axes and sizes of arrays: over one of them a mean may have been taken for a sum."""
    counts = {n for v in run.trail.nodes for n in (*v.shape, v.size)}
    return {f"{n}": float(n) for n in sorted(counts) if n > 2}


def _first_to_mend(wrong: list[tuple[str, Recorded]]) -> list[str]:
    """Of several wrong quantities, the one that the way back reaches first: the others may only inherit its mistake."""
    for label, run in wrong:
        others = [other for other, _ in wrong if other != label]
        node = run.all[label]
        if others and all(any(node is v for v in run.trail.on_the_way(run.all[other])) for other in others):
            before = ", ".join(others)
            return [f"Mend {label} first: the way back reaches it before {before}, which may only inherit its mistake."]
    return []


def _culprit(checked: list[Checked]) -> Culprit | None:
    """Where the engine is not what is measured: the operation whose rule is wrong, if there is one."""
    for label, outcome, _, run in checked:
        cut = label in run.leaves and run.is_cut(label)
        if outcome.odd in ("engine", "finite difference", "all") and not cut:
            names = list(run.inputs)
            subject = Subject(
                lambda *xs, run=run, names=names: run.f(**dict(zip(names, xs))), tuple(run.inputs.values())
            )
            return find_culprit(subject)
    return None


def _sampled(rows: list[Row]) -> list[str]:
    return [
        f"{row.name}: formula and engine are compared in all {row.total} entries, finite differences in {row.checked}"
        for row in rows
        if row.checked < row.total
    ]
