"""What follows from three numbers that do not agree, in words.

Which of the three is the odd one out decides where to look: at the paper, at the rule of an operation, or at the
function itself, which may have a kink there or let part of its way go unrecorded.
"""

from __future__ import annotations

from ..writing.wording import number
from .differences import Measured
from .mistakes import Mistake
from .three_way import Outcome, Vote

KINKS = {
    "kink": "there is a kink",
    "jump": "there is a jump",
    "edge": "the function ends",
    "steep": "the slope grows without bound",
    "not finite": "the function is not finite",
}


def verdict(outcome: Outcome) -> str:
    """PASS, FAIL or INCONCLUSIVE."""
    if not outcome.odd:
        return "PASS"
    return "FAIL" if outcome.odd != "undecided" or _outside(outcome.vote) else "INCONCLUSIVE"


def lesson(outcome: Outcome, mistake: Mistake | None, known: str = "", cut: bool = False) -> str:
    """One line per sentence: the odd one out, then the likely mistake or the reason.

    known   the quantity whose lesson has told this mistake already
    cut     whether the record leaves out part of the way to the result
    """
    told = f"The same mistake as in {known}." if known else mistake.words if mistake else ""
    if outcome.odd == "formula":
        return _lines("The formula is the odd one out: engine and finite differences agree.", told)
    if outcome.odd == "engine":
        why = (
            "A part of the way to the result is not recorded: was it detached, or computed from .data?" if cut else told
        )
        advice = "" if cut else "Look at the rules of your own primitives (@tg.op)."
        return _lines("The engine is the odd one out: formula and finite differences agree.", why, advice)
    if outcome.odd == "finite difference":
        text = "Finite differences are the odd one out: formula and engine agree, and the function does something else."
        return _lines(text, "Is it random, or does a formula repeat the rule of an @tg.op?")
    if outcome.odd == "all":
        return _lines("All three differ: neither the formula nor the engine is the slope that is measured.", told)
    if outcome.odd == "undecided":
        return _undecided(outcome.vote, told)
    return ""


def _lines(*sentences: str) -> str:
    return "\n".join(filter(None, sentences))


def _undecided(vote: Vote, told: str) -> str:
    measured, f, e = vote.measured, number(vote.formula), number(vote.engine)
    both = f"Formula and engine both say {e}." if vote.formula_is_engine else f"The formula says {f}, the engine {e}."
    if not measured.kink:
        doubt = f"The slope cannot be measured well enough: {number(measured.value)} ± {number(measured.doubt)}."
        return _lines(doubt, both, told)
    here = f"{KINKS.get(measured.trouble, 'there is a kink')}"
    sides = f"Here {here}: the slope is {number(measured.left)} to the left and {number(measured.right)} to the right."
    if vote.formula_is_engine or measured.trouble != "kink":
        return _lines(sides, both)
    if not _outside(vote):
        return _lines(sides, both, "Both are possible there: a different convention, not a mistake.")
    who = "formula" if not _between(vote.formula, measured) else "engine"
    return _lines(sides, both, f"The {who} is the odd one out: its number is not between the two slopes.", told)


def _outside(vote: Vote) -> bool:
    """Whether formula and engine differ at a kink, and one of them is not even between the slopes of the two sides."""
    if vote.formula_is_engine or vote.measured.trouble != "kink":
        return False
    return _between(vote.formula, vote.measured) != _between(vote.engine, vote.measured)


def _between(x: float, measured: Measured) -> bool:
    low, high = sorted((measured.left, measured.right))
    slack = 1e-4 * max(abs(low), abs(high))
    return low - slack <= x <= high + slack
