"""What would the gradients be if one mistake were made somewhere on the way back?

A gradient is linear in what arrives: if a mistake changes what arrives at z by δ, it changes the gradients of all that
z was computed from by one more pull of δ. So a whole catalogue of mistakes costs one short pull each:

>>> w, x = Value(0.5, name="w"), Value(2.0, name="x")
>>> z = w * x
>>> h = sigmoid(z)
>>> h.name = "h"
>>> for mistake, gradient in what_if(Trail(h), w):
...     if mistake.kind == "twice":
...         print(mistake.words)
Its ratio to the gradient equals σ′(h): the derivative of the activation was applied twice.
It is the gradient with the factor x applied twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..engine.value import Value
from ..ops.activations import sigmoid as sigmoid
from ..ops.broadcasting import fit
from .activations import Stretch, stretches
from .closeness import distinct, same
from .fitting import aligned
from .mistakes import RATIO, Mistake
from .trail import Trail, Use, called, sent

Alternative = tuple[Mistake, Any]
STRAIGHT = {"add", "subtract", "negative", "multiply", "divide"}  # their slope is a constant: see `_operands`
MOST = 400  # mistakes that are tried for one quantity,
VISITS = 1_000_000  # as long as their pulls visit no more nodes than this: about two seconds
MOST_USES = 8  # of one value, of which each may have been lost
NEAREST = 100  # operations next to the quantity in which a mistake is looked for


def what_if(trail: Trail, q: Value) -> Iterator[Alternative]:
    """(mistake, the gradient of q if it were made), the likeliest first; only where that differs from the gradient."""
    right, most = trail.gradient(q), min(MOST, 20 + VISITS // len(trail.nodes))
    near = [q, *trail.on_the_way(q)[:NEAREST]]
    for count, (mistake, gradient) in enumerate(_catalogue(trail, q, right, near)):
        if count >= most:
            return
        if np.isfinite(gradient).all() and not same(np.asarray(gradient), np.asarray(right), 1e-9):
            yield mistake, gradient


def _catalogue(trail: Trail, q: Value, right: Any, near: list[Value]) -> Iterator[Alternative]:
    among = set(map(id, near))
    for stretch in sorted(stretches(near), key=lambda s: (not s.symbol, s.z.order)):
        if id(stretch.z) in among:
            yield from _slope_twice_or_forgotten(trail, q, right, stretch)
    for v in near:
        yield from _contributions_lost(trail, q, right, v)
    for node in near:
        if node.op is not None:
            yield from _operands(trail, q, right, node, among)
    yield from _other_gradients(trail, q)
    yield from _other_ingredients(trail, q, right)


def _changed(trail: Trail, q: Value, right: Any, v: Value, delta: Any) -> Any:
    """The gradient of q if what arrives at v changed by delta."""
    delta = np.asarray(delta, np.float64)
    return right + trail.before(float(delta) if type(v._held) is float else delta, v, [q])[0]


def _slope_twice_or_forgotten(trail: Trail, q: Value, right: Any, s: Stretch) -> Iterator[Alternative]:
    """An activation's slope was multiplied in once more, or not at all."""
    if not s.symbol and s.h.op is not None and s.h.op.name in STRAIGHT:
        return
    arriving = trail.gradient(s.h)
    what = "the derivative of the activation" if s.symbol else f"the derivative of {s.h.op.name}"
    twice = _changed(trail, q, right, s.z, arriving * s.slope * s.slope - arriving * s.slope)
    slope = np.asarray(s.slope)
    entrywise = any(same(right * factor, twice, 1e-9) for factor in aligned(slope, np.shape(right)))
    if distinct(np.asarray(s.slope), 1e-9) > 1 or s.slope.size == 1:
        words = f"{RATIO} {s.text}" + (" in every entry" if np.ndim(right) else "")
        words = f"{words}: {what} was applied twice." if entrywise else f"{what} was applied twice: {s.text}."
        yield Mistake("twice", _sentence(words), cause=s.text), twice
        forgotten = _changed(trail, q, right, s.z, arriving - arriving * s.slope)
        yield Mistake("forgotten", f"{_sentence(what)} was forgotten: {s.text}.", cause=s.text), forgotten


def _contributions_lost(trail: Trail, q: Value, right: Any, v: Value) -> Iterator[Alternative]:
    """v was used several times, and what came back was overwritten instead of added up, or lost, or has a factor."""
    uses, mine = trail.uses(v), v.name or "a value"
    if not 2 <= len(uses) <= MOST_USES:
        return
    parts = [trail.before(_like(use.amount, v), v, [q])[0] for use in uses]
    whole = sum(parts)
    for use, part in zip(uses, parts):
        words = f"{mine} is used {len(uses)} times, and only what comes back through {called(use.node)} was kept"
        yield Mistake("overwritten", _sentence(f"{words}: the contributions must be added up.")), right - whole + part
    for use, part in zip(uses, parts):
        through = f"what comes back to {mine} through {called(use.node)}"
        if len(uses) > 2:
            yield Mistake("forgotten", f"Of {len(uses)} uses one is missing: {through}."), right - part
        yield Mistake("sign", _sentence(f"{through} has the wrong sign.")), right - 2 * part
        yield Mistake("factor", _sentence(f"{through} has a factor 2 too much.")), right + part
        yield Mistake("factor", _sentence(f"{through} has lost a factor 2.")), right - part / 2


def _operands(trail: Trail, q: Value, right: Any, node: Value, among: set[int]) -> Iterator[Alternative]:
    """At an operation of two: the other operand's gradient was taken, a factor lost or taken twice, not transposed."""
    if len(node.inputs) != 2:
        return
    for k, x in enumerate(node.inputs):
        if type(x) is Value and id(x) in among:
            amount = np.asarray(trail.use(node, k).amount)
            for kind, words, make in _slips(trail, node, k):
                if (instead := _fitting(make, x)) is not None:
                    yield Mistake(kind, words), _changed(trail, q, right, x, instead - amount)


def _slips(trail: Trail, node: Value, k: int) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """(kind, words, what would be sent to the k-th of two inputs) for the usual slips at this operation."""
    g, x, of = trail.gradient(node), node.inputs[k], node.inputs[1 - k]
    other = of._held if type(of) is Value else of
    mine = x.name or f"the {('left', 'right')[k]} operand of {called(node)}"
    its = (of.name or "the other operand") if type(of) is Value else f"the constant {_short(other)}"
    if type(of) is Value:
        words = f"The gradients of {mine} and {its}, which go into {called(node)}, are mixed up."
        yield "wrong operand", words, lambda: sent(node, 1 - k, g)
    if node.op.name in ("subtract", "negative"):
        yield "sign", f"The minus at {mine} was lost.", lambda: -np.asarray(sent(node, k, g))
    if node.op.name == "multiply":
        yield "twice", f"It is the gradient with the factor {its} applied twice.", lambda: g * other * other
        yield "forgotten", f"It is the gradient without the factor {its}.", lambda: g
    if node.op.name == "matmul":
        words = f"On the way back through {called(node)}, {its} was not transposed."
        yield "transposed", words, lambda: g @ other if k == 0 else other @ g


def _other_gradients(trail: Trail, q: Value) -> Iterator[Alternative]:
    """The gradient of something else of the same shape: a neighbour's, or that of the next layer."""
    siblings = {id(x) for use in trail.uses(q) for x in use.node.inputs if type(x) is Value}
    for v in trail.nodes:
        if v.name and v is not q and v.shape == q.shape and v is not trail.y:
            kind = "wrong operand" if id(v) in siblings else "one layer off"
            yield Mistake(kind, f"It is the gradient of {v.name}."), trail.gradient(v)


def _other_ingredients(trail: Trail, q: Value, right: Any) -> Iterator[Alternative]:
    """Where q is used, the rule was given the gradient or the operand of another layer."""
    for use in trail.uses(q):
        node, inputs = use.node, use.node.inputs
        data = [x._held if type(x) is Value else x for x in inputs]
        for v in filter(lambda v: v.name, trail.nodes):
            if v is not node and v.shape == node.shape:
                words = f"It is computed from the gradient of {v.name} instead of that of {called(node)}."
                yield from _if_fits(q, right, use, Mistake("one layer off", words), trail, g=trail.gradient(v))
            for i, x in enumerate(inputs):
                if i != use.index and np.shape(data[i]) == v.shape and v is not x:
                    its = getattr(x, "name", None) or "the other operand"
                    words = f"It is computed with {v.name} in the place of {its}."
                    instead = [*data[:i], v._held, *data[i + 1 :]]
                    yield from _if_fits(q, right, use, Mistake("wrong operand", words), trail, data=instead)


def _if_fits(q: Value, right: Any, use: Use, mistake: Mistake, trail: Trail, **instead: Any) -> Iterator[Alternative]:
    other = _fitting(lambda: trail.use(use.node, use.index, **instead).amount, q)
    if other is not None:
        yield mistake, right + (other - np.asarray(use.amount))


def _fitting(make: Any, x: Value) -> Any:
    """What `make` gives, summed to the shape of x; None if it cannot be computed or does not fit."""
    try:
        with np.errstate(all="ignore"):
            made = make()
            return None if made is None else np.asarray(fit(made, x._held), np.float64)
    except (ArithmeticError, ValueError, TypeError):
        return None


def _like(amount: Any, v: Value) -> Any:
    return float(amount) if type(v._held) is float else np.asarray(amount)


def _short(x: Any) -> str:
    return f"{x:g}" if type(x) is float else f"of shape {np.shape(x)}"


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]
