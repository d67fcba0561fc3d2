"""A rule that cannot be differentiated again: it leaves the record by computing with plain numbers.

The first derivative is right then, and the second is not. Each rule is therefore taken for a function of g and the
inputs, and its own gradient is compared with measured slopes.

>>> from ..ops.op import op
>>> @op(x=lambda g, y, x: g * (2 * getattr(x, "_held", x)), elementwise=True)
... def square_once(x):
...     '''x², with a rule that takes x for a plain number'''
...     return x * x
>>> lost_record(Subject(square_once, (3.0,))).op
'square_once'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.value import Value
from ..protocols.places import place_of, recording_places
from ..writing.wording import number
from .culprit import Culprit
from .entries import chosen_places, compare_entries
from .local_rule import LocalRule
from .rule_place import where_rule_stands
from .subject import Subject

NODES, ENTRIES = 300, 20  # of each kind of node one is looked at, through so many entries


def lost_record(subject: Subject, rng: int = 0) -> Culprit | None:
    """The operation in the function's record whose rule is not the function it computes when differentiated again."""
    with recording_places():
        subject.record()
    draws, seen = np.random.default_rng(rng), set()
    for node in subject.nodes[:NODES]:
        for k, x in enumerate(node.inputs):
            kind = (node.op, k, tuple(np.shape(getattr(z, "_held", z)) for z in node.inputs))
            if type(x) is Value and kind not in seen and not node.op.variadic:
                seen.add(kind)
                if culprit := accused(LocalRule(node, k, draws), node, draws):
                    return culprit
    return None


def accused(local: LocalRule, node: Value, rng: np.random.Generator) -> Culprit | None:
    """The culprit, if this rule is one."""
    uses = [j for j, x in enumerate(node.inputs) if type(x) is Value]
    rule = Subject(as_function(local, uses), (local.g, *(local.data[j] for j in uses)), rng, projected=True)
    gradients = [rule.gradients(w) for w in rule.weights]
    for k, found in enumerate(compare_entries(rule, chosen_places(rule, ENTRIES, rng), gradients)):
        if found.worst.verdict == "FAIL":
            follows = "g" if k == 0 else local.name(uses[k - 1])
            trouble = (
                f"Its own slope by {follows} is {number(found.measured)}, but differentiated again it gives "
                f"{number(found.engine)}.\nA rule is written with operators and primitives only: float(), .data and "
                "NumPy on plain numbers have no history."
            )
            numbers, name = {"rule": found.engine, "finite difference": found.measured}, local.input_name
            made, where = place_of(node), where_rule_stands(node.op, local.k)
            return Culprit(node.op.name, name, node.name or "", made, found.place, numbers, None, 1, where, trouble)
    return None


def as_function(local: LocalRule, uses: list[int]) -> Callable[..., Any]:
    """The rule as a function of g and of the inputs that are Values."""
    op, k, data = local.op, local.k, list(local.data)

    def rule(g: Any, *xs: Any) -> Any:
        for j, x in zip(uses, xs):
            data[j] = x
        return op.rules[k](g, op(*data), *data)

    return rule
