"""The mistakes people make in a derivative, as changes of a right one.

Each takes what the right rule returned and spoils it; with numbers, with arrays and with Values, because a rule must
also serve second derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from tinygrad_edu.ops.broadcasting import broadcast_to, shape_of, sum_to
from tinygrad_edu.ops.op import Op
from tinygrad_edu.ops.shapes import roll, swapaxes

from .planting import planted

REDUCTIONS = {"sum", "mean", "max", "min", "var", "std", "norm", "trace", "prod", "logsumexp", "sum_to"}


@dataclass(frozen=True)
class Use:
    """One application of a rule: the primitive, the arriving gradient g, result y and input x, and two right rules.

    right    gradient at y -> contribution of x
    other    gradient at y -> contribution of the other input of the same shape; None if there is none
    """

    op: Op
    g: Any
    y: Any
    x: Any
    right: Callable[[Any], Any]
    other: Callable[[Any], Any] | None = None

    @property
    def contribution(self) -> Any:
        """What the right rule returns, before the engine fits it to the input."""
        return self.right(self.g)

    @property
    def copies(self) -> Any:
        """The gradient of every copy that broadcasting made of the input; the engine, or the rule, sums them."""
        return self.g if self.op.name == "broadcast_to" else self.contribution


@dataclass(frozen=True)
class Bug:
    """A class of mistakes: what is done, the kinds that a check may call it ("" for none), where it makes sense."""

    name: str
    kinds: tuple[str, ...]
    fits: Callable[[Use], bool]
    spoil: Callable[[Use], Any]

    def __str__(self) -> str:
        return self.name


# ── where a mistake makes sense ──────────────────────────────────────────────────────────────────────────────────────
def size(x: Any) -> int:
    """How many numbers there are."""
    return int(np.prod(shape_of(x)))


def anywhere(use: Use) -> bool:
    """Every derivative can have the wrong sign."""
    return True


def many_to_one(use: Use) -> bool:
    """A reduction that takes several entries together."""
    return use.op.name in REDUCTIONS and 0 < size(use.y) < size(use.x)


def could_be_g(use: Use) -> bool:
    """The arriving gradient could be taken for the input's: it has its shape, or the engine can repeat it."""
    y, x = shape_of(use.y), shape_of(use.x)
    return len(y) <= len(x) and all(m in (1, n) for m, n in zip(y[::-1], x[::-1]))


def elementwise(use: Use) -> bool:
    """The local derivative is one factor per entry."""
    return use.op.elementwise and shape_of(use.contribution) == shape_of(use.x)


def stretched(use: Use) -> bool:
    """Broadcasting made copies of the input."""
    return size(use.copies) > size(use.x)


def square(use: Use) -> bool:
    """A square matrix, which has a transpose of its own shape, in an operation that is about matrices."""
    shape = shape_of(use.x)
    return not use.op.elementwise and len(shape) == 2 and shape[0] == shape[1] > 1


def several_entries(use: Use) -> bool:
    """Enough of them that one can stand out."""
    return size(use.x) >= 3


def several_rows(use: Use) -> bool:
    """An axis that could be summed by mistake."""
    return len(shape_of(use.x)) > 1 and shape_of(use.x)[0] > 1


def moves_entries(use: Use) -> bool:
    """An operation in which an entry's place matters."""
    return not use.op.elementwise and shape_of(use.x)[-1:] > (1,)


# ── what is done to the right contribution ───────────────────────────────────────────────────────────────────────────
def whole(use: Use) -> Any:
    """The contribution in the shape of its input."""
    c, shape = use.contribution, np.broadcast_shapes(shape_of(use.contribution), shape_of(use.x))
    c = c if shape_of(c) == shape else broadcast_to(c, shape=shape)
    return c if shape == shape_of(use.x) else sum_to(c, shape=shape_of(use.x))


def one_copy(use: Use, which: int) -> Any:
    """The gradient of the first or last copy alone, instead of the sum over all of them."""
    extra = len(shape_of(use.copies)) - len(shape_of(use.x))
    kept = [slice(which, which + 1 or None) if n == 1 else slice(None) for n in shape_of(use.x)]
    return use.copies[(*[which] * extra, *kept)]


def one_entry(use: Use) -> Any:
    """Half as much again at the largest entry."""
    c = whole(use)
    factors = np.ones(shape_of(c))
    factors.flat[int(np.argmax(np.abs(getattr(c, "_held", c))))] = 1.5
    return c * factors


def each_its_own(use: Use) -> Any:
    """No mistake that has a name: every entry times another number."""
    c = whole(use)
    return c * np.random.default_rng(11).uniform(1.2, 3.0, shape_of(c))


BUGS = (
    Bug("wrong sign", ("sign",), anywhere, lambda use: -use.contribution),
    Bug("twice as much", ("factor",), anywhere, lambda use: 2.0 * use.contribution),
    Bug("half as much", ("factor",), anywhere, lambda use: 0.5 * use.contribution),
    Bug("zero", ("zero",), anywhere, lambda use: 0.0 * use.contribution),
    Bug("local derivative forgotten: g alone", ("forgotten",), could_be_g, lambda use: use.g),
    Bug("local derivative applied twice", ("twice",), elementwise, lambda use: use.right(use.contribution)),
    Bug("the rule of the other operand", ("wrong operand",), lambda use: use.other is not None,
        lambda use: use.other(use.g)),
    Bug("transposed", ("transposed",), square, lambda use: swapaxes(whole(use))),
    Bug("N times too much in a reduction", ("sum for mean", "factor"), many_to_one,
        lambda use: use.contribution * (size(use.x) / size(use.y))),
    Bug("divided by N in a reduction", ("mean for sum", "factor"), many_to_one,
        lambda use: use.contribution / (size(use.x) / size(use.y))),
    Bug("broadcast axis: mean instead of sum", ("mean for sum", "factor"), stretched,
        lambda use: whole(use) / (size(use.copies) / size(use.x))),
    Bug("broadcast axis: first copy only", ("not summed", "overwritten"), stretched, lambda use: one_copy(use, 0)),
    Bug("broadcast axis: last copy only", ("overwritten", "not summed"), stretched, lambda use: one_copy(use, -1)),
    Bug("summed over an axis too many", ("summed",), several_rows, lambda use: whole(use).sum(axis=0, keepdims=True)),
    Bug("one entry wrong", ("one entry",), several_entries, one_entry),
    Bug("off by one place", ("shifted",), moves_entries, lambda use: roll(whole(use), shift=1, axis=-1)),
    Bug("of no class: each entry times another number", ("",), several_entries, each_its_own),
)  # fmt: skip


def with_bug(op: Op, k: int, bug: Bug, other: int | None = None) -> AbstractContextManager[None]:
    """The primitive with this mistake in the derivative of its k-th input, while the context lasts.

    Where the mistake makes no sense (a transposed gradient of a row of numbers), that derivative stays right.
    """
    base, rules = op.base, op.base.derivatives
    name = base.inputs[0 if base.variadic else k]

    def spoilt(g: Any, y: Any, *inputs: Any, **settings: Any) -> Any:
        use = use_of(base, rules, k, other, g, y, inputs, settings)
        return bug.spoil(use) if bug.fits(use) else use.contribution

    def spoilt_among_all(g: Any, y: Any, *inputs: Any, **settings: Any) -> list[Any]:
        contributions = list(rules[name](g, y, *inputs, **settings))
        use = use_of(base, rules, min(k, len(inputs) - 1), other, g, y, inputs, settings)
        contributions[min(k, len(inputs) - 1)] = bug.spoil(use) if bug.fits(use) else use.contribution
        return contributions

    return planted(base, **{name: spoilt_among_all if base.variadic else spoilt})


def use_of(op: Op, rules: Any, k: int, other: int | None, g: Any, y: Any, inputs: Any, settings: Any) -> Use:
    """The application of the k-th rule to these numbers."""

    def rule(i: int) -> Callable[[Any], Any]:
        if op.variadic:
            return lambda g: rules[op.inputs[0]](g, y, *inputs, **settings)[i]
        return lambda g: rules[op.inputs[i]](g, y, *inputs, **settings)

    beside = other is not None and other < len(inputs) and shape_of(inputs[other]) == shape_of(inputs[k])
    return Use(op, g, y, inputs[k], rule(k), rule(other) if other is not None and beside else None)
