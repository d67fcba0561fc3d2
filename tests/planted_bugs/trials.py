"""One trial: plant a mistake in a derivative, check the gradient of a small program, see what the check says."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.errors import DerivativeError
from tinygrad_edu.ops.op import TABLE

from .bugs import BUGS, Bug, with_bug
from .programs import Site, site_for, sites_of

SAME = 1e-9  # relative: what two gradients differ by when only rounding sets them apart


@dataclass(frozen=True)
class Trial:
    """What the check said about one mistake in the derivative of the k-th input of a primitive.

    outcome    'failed' (as it should be), 'passed', 'undecided' (inconclusive),
               'no effect' (the planted gradient is the right one here), 'refused' (the engine itself raised),
               'crashed' (the check raised or warned)
    culprit    the rule that the report names: 'sin, x' for the derivative of sin by its input x
    kind       the class of mistake that it names; kinds: the names that would be right
    """

    op: str
    k: int
    bug: str
    case: str
    outcome: str
    culprit: str = ""
    kind: str = ""
    kinds: tuple[str, ...] = field(default=())
    text: str = ""

    @property
    def found(self) -> bool:
        """Whether the guilty primitive is named, and the input whose derivative is wrong."""
        op = TABLE[self.op]
        name = f"{op.inputs[0]}[{self.k}]" if op.variadic else op.inputs[self.k]
        return self.outcome == "failed" and self.culprit == f"{op.name}, {name}"

    @property
    def understood(self) -> bool:
        """Whether the class of mistake is named, too."""
        return self.found and self.kind in self.kinds


def trials(name: str) -> list[Trial]:
    """All mistakes that make sense in the derivatives of a primitive, one after another."""
    op = TABLE[name]
    inputs = sorted({site.k for site in sites_of(name)})[: 1 if op.variadic else None]
    return [trial for k in inputs for trial in trials_of_input(name, k)]


def trials_of_input(name: str, k: int) -> Iterator[Trial]:
    """The mistakes in the derivative of the k-th input."""
    op = TABLE[name]
    for bug in BUGS:
        site = site_for(op, k, bug)
        if site is not None:
            yield tried(site, bug)


def tried(site: Site, bug: Bug) -> Trial:
    """Plant it, check, read the report."""
    name = site.op.name
    right = gradient(site)
    try:
        wrong = gradient(site, bug)
    except DerivativeError as error:
        return Trial(name, site.k, bug.name, str(site.case), "refused", text=str(error))
    if same(wrong, right):
        return Trial(name, site.k, bug.name, str(site.case), "no effect")
    with with_bug(site.op, site.k, bug, site.other):
        report = checked(site.f, *site.inputs)
    if isinstance(report, Exception):
        return Trial(name, site.k, bug.name, str(site.case), "crashed", text=repr(report))
    kinds = other_names(site, bug, wrong)
    return Trial(name, site.k, bug.name, str(site.case), outcome(report), *named(report), kinds, str(report))


def checked(f: Any, *inputs: Any) -> Any:
    """The report of `tg.gradcheck`, or what it raised; a warning counts as an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return tg.gradcheck(f, *inputs)
        except Exception as error:
            return error


def outcome(report: Any) -> str:
    """One word for the verdict."""
    if isinstance(report, Exception):
        return "crashed"
    if report:
        return "passed"
    return "failed" if any(row.verdict == "FAIL" for row in report.rows) else "undecided"


def named(report: Any) -> tuple[str, str]:
    """The rule and the class of mistake that the report names; '' where it names none."""
    culprit = report.culprit
    if culprit is None:
        return "", ""
    return f"{culprit.op}, {culprit.input}", culprit.mistake.kind if culprit.mistake else ""


def gradient(site: Site, bug: Bug | None = None) -> list[np.ndarray]:
    """What the engine computes for the small program, with the bug or without."""
    if bug is None:
        found = tg.grad(site.f, argnums=tuple(range(len(site.inputs))))(*site.inputs)
        return [np.asarray(g) for g in found]
    with with_bug(site.op, site.k, bug, site.other):
        return gradient(site)


def same(left: list[np.ndarray], right: list[np.ndarray]) -> bool:
    """Whether two gradients differ by rounding at most."""
    scale = max((float(np.max(np.abs(g), initial=0.0)) for g in right), default=0.0)
    return all(np.allclose(a, b, rtol=SAME, atol=SAME * scale) for a, b in zip(left, right))


def other_names(site: Site, bug: Bug, wrong: list[np.ndarray]) -> tuple[str, ...]:
    """The kinds that are right: those of this mistake, and of any other that gives the same numbers here."""
    kinds = list(bug.kinds)
    for another in BUGS:
        if another is not bug and another.fits(site.use):
            try:
                if same(gradient(site, another), wrong):
                    kinds += another.kinds
            except DerivativeError:
                pass
    return tuple(dict.fromkeys(kinds))
