"""A gap in the record: a number that follows an input reached an operation as a plain constant.

`x.data`, `float(x)` or `x.detach()` in the middle of a computation hand on the number and lose its history. No rule
is wrong then, and yet the gradient is: f is recorded twice, at x and a little beside it, and the first constant that
differs between the two records is the place.

>>> gap = find_gap(Subject(lambda x: x * x.data, (3.0,)), 0, ())
>>> gap.op, gap.input
('multiply', 'x')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.value import Value
from ..protocols.places import Place, place_of, recording_places
from .subject import Subject

STEP = 1e-4  # of the size of the number that is moved


@dataclass(frozen=True)
class Gap:
    """Where the record of a computation loses an input.

    op       the operation that was given the constant; '' if the function's result itself has no history
    input    what the constant follows: the name of an input of f
    place    where in the user's program the operation was called, if known
    """

    op: str
    input: str
    place: Place | None = None
    mistake: Any = None

    @property
    def brief(self) -> str:
        """One sentence."""
        made = f" ({self.place}: {self.place.code})" if self.place else ""
        what = f"{self.op}{made} was given a constant" if self.op else "f returned a number"
        return f"The record has a gap: {what} that follows {self.input} without its history."

    def __str__(self) -> str:
        name = self.input
        return (
            f"Culprit: {self.brief[0].lower()}{self.brief[1:]}\nEvery rule of the record is right. Was {name}.data, "
            f"{name}.item(), float({name}), {name}.detach() or no_grad used? Write {name} itself there."
        )


def find_gap(subject: Subject, k: int, place: tuple[int, ...]) -> Gap | None:
    """The first operation whose constants follow one number of the k-th input; None if there is none."""
    with recording_places():
        subject.record()
    before, ours = (subject.nodes, subject.roots), set(subject.values)
    kept = subject.leaves
    try:
        subject.leaves = moved(kept, k, place)
        subject.record()
        after, theirs = (subject.nodes, subject.roots), set(subject.values)
    finally:
        subject.leaves = kept
    name = subject.names[k]
    if [node.op.base for node in before[0]] != [node.op.base for node in after[0]]:
        return None  # another branch was taken: the records cannot be compared
    for one, two in zip(before[0], after[0]):
        constants = zip(plain_inputs(one, ours), plain_inputs(two, theirs))
        if any(differ(a, b) for a, b in constants):
            return Gap(one.op.name, name, place_of(one))
    if any(differ(plain(a, ours), plain(b, theirs)) for a, b in zip(before[1], after[1])):
        return Gap("", name)
    return None


def moved(leaves: list[Any], k: int, place: tuple[int, ...]) -> list[Any]:
    """The inputs with one number a little further on."""
    x = np.array(leaves[k], dtype=np.float64)
    x[place] += STEP * max(1.0, abs(float(x[place])))
    return [*leaves[:k], x if x.shape else float(x), *leaves[k + 1 :]]


def plain(x: Any, inputs: set[Value]) -> Any:
    """The number of something that has no history; None if it has one, or is an input of f."""
    if type(x) is Value:
        return x._held if x.op is None and x not in inputs else None
    return x


def plain_inputs(node: Value, inputs: set[Value]) -> list[Any]:
    """The constants of a node."""
    return [plain(x, inputs) for x in node.inputs]


def differ(a: Any, b: Any) -> bool:
    """Whether two constants are different numbers; masks are not numbers."""
    if a is None or b is None or np.asarray(a).dtype.kind == "b":
        return False
    return np.shape(a) != np.shape(b) or not np.array_equal(a, b, equal_nan=True)
