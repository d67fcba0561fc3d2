"""Which operation made the gradient wrong? Every recorded node is checked by itself, against its own function.

A gradient is a product of local rules. So when it is wrong, one of the rules is (or the record has a gap): each node's
rule is given a random gradient g, and what it hands on is compared with the measured slope of g · node.

>>> from ..ops.op import op
>>> @op(x=lambda g, y, x: -g * x, elementwise=True)
... def halved_square(x):
...     '''x² / 2, with a wrong sign in its derivative'''
...     return x * x / 2
>>> found = find_culprit(Subject(lambda x: halved_square(x) * 3.0, (2.0,)))
>>> found.op, found.input, found.mistake.kind
('halved_square', 'x', 'sign')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import TinygradError
from ..protocols.places import Place, place_of, recording_places
from ..writing.wording import number
from .local_rule import LocalRule, Wrong
from .rule_place import where_rule_stands
from .subject import Subject
from .suspicion import of_wrong_shape, suspicion

NODES = 5000  # a longer record is searched through its newest nodes only
DETAILS = 12  # of so many guilty nodes the likely mistake is sought; the first that shows one is told


@dataclass(frozen=True)
class Culprit:
    """The operation whose derivative is wrong.

    op       its name, input: the name of the input whose rule is wrong
    node     the name of its result, '' if it has none; place: where in the user's program it was made, if known
    entry    where in that input the rule is most wrong, numbers: what it hands on there and what it should
    mistake  the likely mistake, if one explains the numbers; count: how many nodes of the record are concerned
    """

    op: str
    input: str
    node: str
    place: Place | None
    entry: tuple[int, ...]
    numbers: dict[str, float]
    mistake: Any = None
    count: int = 1
    rule: str = ""
    trouble: str = ""

    @property
    def brief(self) -> str:
        """One sentence."""
        made = f" ({self.place})" if self.place else ""
        words = self.mistake.words.replace("It ", "What it hands on ", 1) if self.mistake else ""
        return f"Culprit: {self.op}{made}, the rule for {self.input!r}. {words}".strip()

    def __str__(self) -> str:
        made = f" (made at {self.place}: {self.place.code})" if self.place else ""
        named = f" {self.node!r} =" if self.node else ""
        lines = [f"Culprit:{named} {self.op}{made}, the rule for its input {self.input!r}."]
        if self.trouble:
            lines.append(self.trouble)
        elif self.numbers:
            at = f" at {list(self.entry)}" if self.entry else ""
            told = {name: number(x) for name, x in self.numbers.items()}
            given = f"For g = {told['g']}" if "g" in told else "For a random g"
            lines.append(f"{given} it hands on {told['rule']}{at}; the measured slope is {told['finite difference']}.")
        lines += [self.mistake.words.replace("It ", "What it hands on ", 1)] if self.mistake else []
        lines += [f"It is wrong at {self.count} places of this record."] if self.count > 1 else []
        lines += [f"The rule stands at {self.rule}"] if self.rule else []
        return "\n".join(lines)


def find_culprit(subject: Subject, rng: int = 0) -> Culprit | None:
    """The operation whose rule is wrong; None if every rule of the record is right."""
    with recording_places():
        subject.record()
    draws = np.random.default_rng(rng)
    nodes = subject.nodes[-NODES:]
    guilty = [(wrong, node) for node in nodes for wrong in suspects(node, draws, LocalRule.along_a_direction)]
    if not guilty:
        guilty = [(wrong, node) for node in nodes for wrong in suspects(node, draws, LocalRule.entry_by_entry)]
    if not guilty:
        return None
    worst = max(guilty, key=lambda pair: pair[0].error)[1].op.base
    same = [(wrong, node) for wrong, node in guilty if node.op.base is worst]
    told = [accused(LocalRule(node, wrong.input, draws), wrong, node, len(same)) for wrong, node in same[:DETAILS]]
    return next((culprit for culprit in told if culprit.mistake), told[0])


def suspects(node: Value, rng: np.random.Generator, look: Any) -> list[Wrong]:
    """The inputs of a node whose rule is wrong, as far as one look at each tells."""
    found = []
    for k, x in enumerate(node.inputs):
        if type(x) is Value and x._sum is None:
            try:
                wrong = look(LocalRule(node, k, rng))
            except ValueError as error:  # also a DerivativeError, for a gradient of an impossible shape
                wrong = Wrong(k, float("inf"), what_of(error))
            if wrong is not None:
                found.append(wrong)
    return found


def what_of(error: Exception) -> str:
    """What an error says, without its advice."""
    return error.what if isinstance(error, TinygradError) else f"It raised {type(error).__name__}: {error}"


def accused(local: LocalRule, wrong: Wrong, node: Value, count: int) -> Culprit:
    """The culprit with everything that can be said about it."""
    entry, numbers, mistake = of_wrong_shape(local) if wrong.trouble else suspicion(local)
    made, rule = place_of(node), where_rule_stands(node.op, local.k)
    return Culprit(
        node.op.name, local.input_name, node.name or "", made, entry, numbers, mistake, count, rule, wrong.trouble
    )
