"""A compiled function under a check: its own numbers are compared, not those of the function it was made from."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..calculus.containers import flatten
from ..ops.numbers import constant
from .subject import Numbers, Subject, fitted_start, weighted


class CompiledSubject(Subject):
    """Values, gradients and directional derivatives as the compiled programs compute them.

    The record, in which a culprit is looked for, is that of the function itself.
    """

    def results_at(self, leaves: Numbers) -> Numbers:
        """The results for other inputs, from the program."""
        results = flatten(self.f(*self.rebuild(leaves)))[0]
        return [constant(y) for y in results]

    def gradients(self, weights: Numbers) -> Numbers:
        """The gradient of a weighted sum of the results, from a program for it."""
        starts = [fitted_start(w, y) if hasattr(y, "_held") else w for w, y in zip(weights, self.roots)]
        pulled = self.f.pulled(self.rebuild(self.leaves), self.rebuild_results(starts))  # type: ignore[attr-defined]
        return flatten(pulled)[0]

    def forward(self, direction: Numbers) -> list[float]:
        """The slopes along a direction, from a program for them."""
        with np.errstate(all="ignore"):
            dy = self.f.pushed(self.rebuild(self.leaves), self.rebuild(direction))  # type: ignore[attr-defined]
        slopes: list[Any] = flatten(dy)[0]
        return [weighted(w, slopes) for w in self.weights]
