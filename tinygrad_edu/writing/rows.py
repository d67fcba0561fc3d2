"""One use of a value as the cells of a row: the local derivative as formula and number, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..calculus.steps import Contribution
from .lesson import Told
from .names import SUPERSCRIPT, TEXT, Names
from .reasons import reason

MOST_USES = 6  # of one step that are told; a sum of a thousand terms says the same a thousand times


@dataclass(frozen=True)
class Row:
    """upstream × local = contribution, for the input `to`.

    formula    the local derivative; with `g`, the gradient that arrived, where entries mix: 'g @ Wᵀ'
    local      its number, or the range of its entries; '' where entries mix
    numbers    whether all of it are single numbers
    reason     why the shape is what it is
    """

    to: str
    shape: str
    formula: str
    local: str
    upstream: str
    amount: str
    numbers: bool
    reason: str

    @property
    def product(self) -> str:
        """upstream × local, with ranges in parentheses: '(0 … 2) × 0.5'."""
        return " × ".join(f"({part})" if "…" in part else part for part in (self.upstream, self.local))


def rows(told: Told, names: Names) -> tuple[list[Row], int]:
    """The rows of a step, and how many were left out in its middle."""
    uses = told.uses
    if len(uses) > MOST_USES:
        shown = [*uses[: MOST_USES - 1], uses[-1]]
        return [row(told, use, names) for use in shown], len(uses) - len(shown)
    return [row(told, use, names) for use in uses], 0


def row(told: Told, use: Contribution, names: Names) -> Row:
    """One contribution in the words of a style."""
    shown, local = names.style.number, use.local
    mixed = local is None
    formula = whole_power(use, names) or names.derivative(use.node, use.index, local=not mixed)
    number = "" if mixed else shown(local)
    return Row(
        to=names(use.input),
        shape=str(use.input.shape) if use.input.shape else "",
        formula="" if formula == number else formula,
        local=number,
        upstream=shown(told.gradient),
        amount=shown(use.amount),
        numbers=not any(np.ndim(x) for x in (local, told.gradient, use.amount)) and not mixed,
        reason=reason(use, names(use.input)),
    )


def whole_power(use: Contribution, names: Names) -> str:
    """The power rule with its exponent worked out: '2·v₁' and not '2·v₁^(2 − 1)'."""
    exponent = use.node.inputs[-1]
    if use.node.op.name != "power" or use.index or type(exponent) is not float or not 2 <= exponent <= 99:
        return ""
    if exponent != int(exponent):
        return ""
    base, text = names(use.input, 5), names.style is TEXT
    if exponent == 2:
        return f"2·{base}" if text else rf"2 \cdot {base}"
    high = str(int(exponent) - 1)
    return f"{exponent:.0f}·{base}{high.translate(SUPERSCRIPT)}" if text else rf"{exponent:.0f} \cdot {base}^{{{high}}}"
