"""The reverse sweep with Values in the place of numbers: every rule records what it does.

So a gradient has a history of its own, and can be differentiated again: second derivatives need no second set of rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.sweep import Sweep
from ..engine.value import Value
from ..ops.broadcasting import broadcast_to, cast, shape_of, sum_to
from ..ops.op import elementwise
from ..ops.rules import same
from ..protocols.changes import check_unchanged
from ..protocols.contributions import checked, without_effect
from ..protocols.modes import differentiating, watched, watchers, watching


@elementwise(x=same, latex="{x}")
def identity(x: Any) -> Any:
    """x itself, as a value of its own: a derivative with respect to it stops here."""
    return x


def pull_recorded(roots: Sequence[Value], starts: Sequence[Any], wanted: Sequence[Value], since: int) -> list[Value]:
    """The gradients that `pull` computes, as Values: the rules are given Values, so what they do is recorded."""
    if watchers and watching():
        return watched("pulling", carried_recorded, roots, starts, wanted, since)
    return carried_recorded(roots, starts, wanted, since)


def carried_recorded(roots: Sequence[Value], starts: Sequence[Any], wanted: Sequence[Value], since: int) -> list[Value]:
    """The same, step by step."""
    with Sweep(since) as sweep:
        nodes = sweep.newest_first(roots)
    sums: dict[Value, Any] = {}
    for y, start in zip(roots, starts):
        sums[y] = sums[y] + start if y in sums else start
    with np.errstate(all="ignore"), differentiating:
        for node in nodes:
            if node in sums:
                check_unchanged(node, node.inputs)
                hand_on_recorded(node, sums, since)
        found = [sums[x] if x in sums else np.zeros(x.shape, x.dtype) for x in wanted]
        return [g if type(g) is Value else Value(g) for g in found]


def hand_on_recorded(node: Value, sums: dict[Value, Any], since: int) -> None:
    """Add to every input's sum its contribution; inputs older than `since` are constants."""
    g, op, inputs = sums[node], node.op, node.inputs
    uses = [type(x) is Value and x.order >= since for x in inputs]
    try:
        contributions = op.pull(g, node, inputs, uses)
    except (ArithmeticError, ValueError):
        if type(g) is not float:
            raise
        contributions = op.pull(Value(g), node, inputs, uses)  # a plain 1.0 / 0.0, which Python refuses
    for k, (x, c, use) in enumerate(zip(inputs, contributions, uses)):
        if use:
            c = checked(c, x, op, k)
            c = fit_recorded(without_effect(c, g) if op.elementwise else c, x)
            sums[x] = sums[x] + c if x in sums else c


def fit_recorded(g: Any, x: Value) -> Any:
    """The gradient in the shape and precision of its input, whatever broadcasting did to them: `fit`, recorded."""
    if shape_of(g) != x.shape:
        g = broadcast_to(g, shape=np.broadcast_shapes(shape_of(g), x.shape))
        g = g if shape_of(g) == x.shape else sum_to(g, shape=x.shape)
    return cast(g, dtype=x.dtype) if x.shape and g.dtype != x.dtype else g
