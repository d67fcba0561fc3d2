"""Is this gradient right? The engine, forward and reverse, beside measured slopes; and if not, which line is to blame.

>>> print(gradcheck(lambda x: x**2, 3.0))
gradcheck: 1 of 1 gradients agree
  gradient of  verdict  worst  engine  forward      finite  error
                        entry             mode  difference
  x            PASS     -           6        6           6  <1e-9
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..calculus.containers import flatten
from ..calculus.grad import vjp
from ..calculus.messages import no_function
from ..ops.broadcasting import shape_of
from . import gradcheck_messages as messages
from .compiled_subject import CompiledSubject
from .culprit import find_culprit, what_of
from .directions import alike, along, direction, hunted, product
from .entries import Found, Place, chosen_places, compare_entries
from .gap import find_gap
from .mistakes import find_mistake
from .precision import own_precision
from .report import VERDICTS, Report, Row
from .second_order import lost_record
from .subject import Numbers, Subject
from .v_curve import Curve, v_curve

DIRECTION = "a direction"
ORDINALS = {1: "", 2: " (2nd)", 3: " (3rd)"}


def gradcheck(
    f: Callable[..., Any],
    *inputs: Any,
    order: int = 1,
    modes: str | tuple[str, ...] = messages.MODES,
    budget: int = 100,
    rng: int | np.random.Generator = 0,
) -> Report:
    """Compare the engine's gradients of f with measured slopes, at the given inputs.

    f        any function, also a compiled one, whose own numbers are checked then; several results are checked one
             by one, many as a sum with random weights
    inputs   its arguments: numbers, arrays, or nested containers of them
    order    2 also checks the gradient of the gradient, and so on
    modes    "reverse" (grad, backward), "forward" (jvp) or both, which must agree with each other as well
    budget   so many entries are measured one by one, a random sample if there are more; a random direction covers all
    rng      a seed or a generator, for the sample, the direction and the weights
    returns  a Report: true if all is right; printed, it says what is wrong, where, and in which line
    raises   DataError for settings that make no sense, ShapeError if f returns nothing

    In float32 and float16 f is checked in double precision, and the coarse gradient is compared with the exact one.
    Where f has a kink, a jump or a vertical tangent, or rounding hides the slope, the verdict is INCONCLUSIVE.

    >>> bool(gradcheck(lambda x: (x**3).sum(), np.array([1.0, 2.0])))
    True
    >>> gradcheck(lambda x: abs(x), 0.0).verdict
    'INCONCLUSIVE'
    """
    chosen = messages.check_settings(order, modes, budget)
    if not callable(f):
        raise no_function(f)
    if not inputs:
        raise messages.nothing_to_check()
    seed = f" (seed {rng})" if isinstance(rng, int) else ""
    draws = np.random.default_rng(rng)
    report = Report("gradcheck")
    before: Subject | None = None
    with np.errstate(all="ignore"):  # steps lead to places where nobody would call f
        for level in range(1, order + 1):
            kind = CompiledSubject if hasattr(f, "pulled") else Subject
            subject = kind(f, inputs, draws, called=before.names if before else None)
            if not subject.results:
                raise messages.no_result()
            found = Check(subject, chosen, budget, draws, seed, level, before).report()
            report = joined(report, found)
            if not found:
                break
            once_more = gradient_along(subject, draws)
            f, before = f.again(once_more) if hasattr(f, "again") else once_more, subject
    return report


def joined(first: Report, second: Report) -> Report:
    """The rows of two orders in one report; what failed came last."""
    curve = second.curve if not second or first.curve is None else first.curve
    notes = [*first.notes, *(note for note in second.notes if note not in first.notes)]
    return Report("gradcheck", [*first.rows, *second.rows], second.hints, second.culprit, notes, curve)


def gradient_along(subject: Subject, rng: np.random.Generator) -> Callable[..., Any]:
    """The gradient of the function, as one number: its product with a random vector."""
    f, weights = subject.f, subject.weights[0]
    drawn = [rng.uniform(1.0, 2.0, shape_of(x)) for x in subject.leaves]
    towards = [d if d.shape else float(d) for d in drawn]

    def product_with_gradient(*xs: Any) -> Any:
        y, pull_back = vjp(f, *xs)
        parts = flatten(pull_back(flatten(y)[1](weights)))[0]
        return sum((d * g if type(d) is float else (d * g).sum()) for d, g in zip(towards, parts))

    return product_with_gradient


class Check:
    """One order of one function: measure, compare, and put what was found into rows."""

    def __init__(
        self, subject: Subject, modes: Any, budget: int, rng: Any, seed: str, level: int, before: Subject | None
    ):
        self.subject, self.modes, self.rng = subject, modes, rng
        self.before = before  # the function whose gradient this one is
        self.suffix = ORDINALS.get(level, f" ({level}th)")
        self.places = chosen_places(subject, budget, rng)
        self.complete = all(len(chosen) == np.size(x) for chosen, x in zip(self.places, subject.leaves))
        self.notes = messages.about_results(subject, seed) + messages.about_sample(subject, self.places, seed)
        self.gradients: list[Numbers] = []
        self.wrong: tuple[int, Place] | None = None  # an entry that was not sampled, and that the direction led to

    def report(self) -> Report:
        """All there is to say about this order."""
        subject = self.subject
        once, twice = subject.heights(subject.leaves), subject.heights(subject.leaves)
        if repr(once) != repr(twice):
            return self.of_chance(once, twice)
        reverse = "reverse" in self.modes
        try:
            self.gradients = (
                [subject.gradients(w) for w in subject.weights] if reverse else forward(subject, self.places)
            )
        except ValueError as error:  # a rule that does not run, or returns an impossible shape
            rows = [Row(subject.names[0] + self.suffix, "FAIL", (), {}, np.inf, what_of(error))]
            return Report("gradcheck", rows, (), find_culprit(subject), self.notes)
        found = compare_entries(subject, self.places, self.gradients)
        rows = [self.row(one) for one in found]
        if reverse:
            self.judge_own_precision(rows)
        rows += self.direction_row(found)
        worst = max(found, key=lambda one: (-VERDICTS.index(one.worst.verdict), one.worst.error))
        culprit: Any = None
        if any(row.verdict == "FAIL" for row in rows):
            culprit = find_culprit(subject) or (self.before and lost_record(self.before))
            culprit = culprit or find_gap(subject, *(self.wrong or (worst.input, worst.place)))
        hints = messages.hints(rows, culprit)
        return Report("gradcheck", rows, hints, culprit, self.notes, self.curve_of(worst) if worst.checked else None)

    def of_chance(self, once: list[float], twice: list[float]) -> Report:
        """For a function that returns something else each time."""
        a, b = next((a, b) for a, b in zip(once, twice) if repr(a) != repr(b))
        lesson = messages.chance(a, b)
        rows = [Row(name + self.suffix, "INCONCLUSIVE", (), {}, 0.0, lesson) for name in self.subject.names[:1]]
        return Report("gradcheck", rows, [messages.SEED], None, self.notes)

    def row(self, found: Found) -> Row:
        """What was found for one input, with the likely mistake where it failed and all was measured."""
        subject, k, mistake = self.subject, found.input, None
        total, name = np.size(subject.leaves[k]), subject.names[k] + self.suffix
        if not total:
            return Row(name, "PASS", (), {}, 0.0)
        numbers = {self.column: found.engine}
        if len(self.modes) > 1:
            numbers["forward mode"] = subject.forward(unit(subject, k, found.place))[found.weight]
        numbers["finite difference"] = found.measured
        lesson = [found.worst.why]
        if found.worst.verdict == "FAIL":
            engine = np.asarray(self.gradients[found.weight][k], dtype=np.float64)
            slopes = found.slopes[found.weight]
            mistake = find_mistake(engine, slopes) if found.checked == total and np.isfinite(slopes).all() else None
            lesson = [found.worst.why or messages.OFF, mistake.words if mistake else ""]
        place, told = subject.places()[found.weight], " ".join(filter(None, lesson))
        told = f"{place}: {told}" if place and told else told
        error = max(found.worst.error, 0.0)
        return Row(name, found.worst.verdict, found.place, numbers, error, told, mistake, found.checked, total)

    @property
    def column(self) -> str:
        """What the engine's numbers are called."""
        return "engine" if "reverse" in self.modes else "forward mode"

    def judge_own_precision(self, rows: list[Row]) -> None:
        """Where everything is right in double precision, see whether it still is in the precision that was given."""
        if all(row.passed for row in rows):
            self.notes += messages.about_precision(self.subject)
            for k, (judged, place) in own_precision(self.subject, self.gradients).items():
                rows[k] = replace(rows[k], verdict=judged.verdict, entry=place, lesson=judged.why)

    def direction_row(self, found: list[Found]) -> list[Row]:
        """Along one random direction: forward mode against reverse mode, and the entries that were not sampled.

        No row where all entries were measured and both modes agree: it would say nothing new.
        """
        subject, towards = self.subject, direction(self.subject, self.rng)
        size, both = sum(map(np.size, subject.leaves)), len(self.modes) > 1
        forward: list[Any] = subject.forward(towards) if "forward" in self.modes else []
        rows = []
        for i, gradient in enumerate(self.gradients):
            engine, bound = product(gradient, towards) if "reverse" in self.modes else (forward[i], abs(forward[i]))
            verdict, error, lesson = "PASS", 0.0, ""
            numbers: dict[str, float] = {self.column: engine}
            if not self.complete:
                judged, slope = along(subject, towards, engine, bound, i)
                verdict, error, lesson = judged
                numbers["finite difference"] = slope
                if verdict == "FAIL" and "reverse" in self.modes:
                    self.wrong = hunted(subject, towards, gradient, i)
                    lesson = messages.unsampled(subject.names, self.wrong) if self.wrong else lesson
            if both:
                numbers = {self.column: engine, "forward mode": forward[i], **numbers}
                if not alike(forward[i], engine, bound, subject.rounding.relative):
                    verdict, lesson = "FAIL", messages.MODES_DIFFER
                    error = abs(forward[i] - engine) / (bound or 1.0)
            rows.append(Row(DIRECTION + self.suffix, verdict, (), numbers, error, lesson, None, size, size))
        worst = min(rows, key=lambda row: (VERDICTS.index(row.verdict), -row.error))
        return [] if self.complete and worst.passed else [worst]

    def curve_of(self, found: Found) -> Callable[[], Curve]:
        """The V curve of the worst entry, measured when it is asked for."""
        heights, k = self.subject.line(found.input, found.place), found.input
        x = float(np.asarray(self.subject.leaves[k])[found.place])
        name = f"{self.subject.names[k]}{list(found.place) if found.place else ''}"
        return lambda: v_curve(name, lambda t: heights(t)[found.weight], x, found.engine)


def forward(subject: Subject, places: list[list[Place]]) -> list[Numbers]:
    """The gradients by forward mode: one pass per entry; nan where none was asked for."""
    gradients: list[Numbers] = [[np.full(np.shape(x), np.nan) for x in subject.leaves] for _ in subject.weights]
    for k, chosen in enumerate(places):
        for place in chosen:
            for gradient, dy in zip(gradients, subject.forward(unit(subject, k, place))):
                gradient[k][place] = dy
    return gradients


def unit(subject: Subject, k: int, place: Place) -> Numbers:
    """The direction that moves a single number, by 1."""
    towards: Numbers = [np.zeros(np.shape(x)) for x in subject.leaves]
    towards[k][place] = 1.0
    return [d if d.shape else float(d) for d in towards]
