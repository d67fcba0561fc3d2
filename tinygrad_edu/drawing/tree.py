"""The graph as text for the terminal: the result, below it what it was made from, each value told once.

>>> from tinygrad_edu.drawing.survey import survey
>>> from tinygrad_edu.engine.value import Value
>>> x = Value(3.0, name="x")
>>> print(to_text(survey(x * x + 1.0)))
                                                            value       gradient
+                                                              10   not computed
├─ ×                                                            9   not computed
│  ├─ x                                                         3   not computed
│  └─ x (see above)
└─ 1
"""

from __future__ import annotations

from collections import Counter
from textwrap import wrap

from ..writing.wording import clip, pad, width
from .nodes import Node, Survey

COLUMNS, VALUE, GRADIENT = 80, 22, 15
HEAD = COLUMNS - VALUE - GRADIENT
DEEPEST = 8  # levels that are indented; deeper ones say their level as a number


def to_text(graph: Survey) -> str:
    """A tree of at most 80 columns; a shared value is printed where it is met first, then referred to."""
    labels = _labels(graph)
    lines = [" " * HEAD + f"{'value':>{VALUE}}{'gradient':>{GRADIENT}}"]
    told: set[str] = set()
    waiting = [(graph.result, "", "", "", 0)]  # node, its place among the inputs, bars, branch, level
    while waiting:
        node, place, bars, branch, level = waiting.pop()
        deep = level > DEEPEST
        head = (
            (f"{f'⋮{level:,}':<9}{bars[-12:]}" if deep else bars) + branch + (f"{clip(place, 10)}: " if place else "")
        )
        if node.key in told:
            lines.append(f"{head}{clip(labels[node.key], HEAD - width(head))} (see above)")
            continue
        told.add(node.key)
        lines.append(_line(head, node, labels[node.key]))
        bars = (bars + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch])[-3 * DEEPEST :]
        places = node.places or ("",) * len(node.inputs)
        below = [(graph.by_key[key], at, bars, "├─ ", level + 1) for key, at in zip(node.inputs, places, strict=True)]
        if below:
            below[-1] = (*below[-1][:3], "└─ ", level + 1)
        waiting.extend(reversed(below))
    return "\n".join(lines + wrap(graph.note, COLUMNS))


def _line(head: str, node: Node, label: str) -> str:
    """One value: what it is at the left, value and gradient right-aligned in their columns."""
    if node.role in ("constant", "more"):
        return clip(f"{head}{node.value}{f' {node.kind}' if node.kind else ''}", COLUMNS)
    kind = f" {clip(node.kind, 20)}" if node.kind else ""
    what = head + clip(label, HEAD - width(head) - width(kind)) + kind
    return f"{pad(what, HEAD)}{clip(node.value, VALUE - 1):>{VALUE}}{clip(node.gradient, GRADIENT - 1):>{GRADIENT}}"


def _labels(graph: Survey) -> dict[str, str]:
    """What each node is called; an unnamed one that is used twice gets a number to be referred to."""
    uses = Counter(key for node in graph.nodes for key in node.inputs)
    labels = {}
    for node in graph.nodes:
        shared = not node.name and uses[node.key] > 1 and node.role not in ("constant", "more")
        labels[node.key] = f"#{node.key[1:]} = {node.operation or node.role}" if shared else node.title or node.role
    return labels
