"""The graph of an expression that was typed: computed from Values that are called what its inputs are called.

>>> graph = recorded(["a*b + 1", "a=2", "b=-3"], usage="draw EXPRESSION NAME=NUMBER ...")
>>> graph.y
Value(-5.0, grad=1.0)
>>> graph.inputs["a"]
Value(2.0, grad=-3.0, name='a')
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import numpy as np

from ..engine.value import Value
from .assignments import InputError, check_used, sorted_out
from .caret import quoted
from .expression import read

SECONDS = 30  # an expression takes milliseconds; nobody should have to stop one that does not


@dataclass(frozen=True)
class Recorded:
    """An expression that was computed, and its gradients, too.

    text     as it was written      y       its result
    inputs   by name                start   the gradient that y started from: 1, for an array 1 in each entry
    """

    text: str
    y: Value
    inputs: dict[str, Value]
    start: float | np.ndarray

    @property
    def note(self) -> str:
        """What is to be said about an array's gradients; '' for a number."""
        return (
            f"The result is an array of shape {self.y.shape}: gradients are those of its sum." if self.y.shape else ""
        )


def recorded(typed: Sequence[str], usage: str) -> Recorded:
    """The expression and the inputs among the words that were typed, computed forwards and backwards.

    raises   InputError, ExpressionError for what was typed wrongly; InputError if nothing is remembered
    """
    text, inputs = sorted_out(typed, usage)
    f = read(text, list(inputs))
    check_used(f, inputs)
    f.until = monotonic() + SECONDS
    values = {name: Value(number, name) for name, number in inputs.items()}
    y = f(**values)
    if type(y) is not Value:
        raise InputError(
            f"{quoted(text)} has no graph.",
            "It only compares or counts: the result jumps, and no gradient comes back."
            if inputs else "It has no inputs: constants are computed at once, and nothing is recorded.",
            'Write what depends on its inputs smoothly, such as "x**2" x=3.',
        )  # fmt: skip
    start = np.ones_like(y.data) if y.shape else 1.0
    y.backward(start) if y.shape else y.backward()
    return Recorded(text, y, values, start)
