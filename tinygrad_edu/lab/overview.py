"""All mistakes on one graph: which of them change a gradient there, and why the others do not.

>>> a, b = Value(2.0, "a"), Value(-3.0, "b")
>>> overview = run_all(a * b + a)
>>> [experiment.mistake for experiment in overview.changed][:3]
['overwrite', 'never zeroed', 'kept inside']
"""

from __future__ import annotations

from textwrap import wrap

from ..engine.value import Value
from ..writing.wording import clip, pad
from .experiment import Experiment
from .graph import Graph
from .lessons import LESSONS
from .numbers import cell, worst

COLUMNS, NAME, VALUE, CELL = 80, 20, 24, 15


class Overview:
    """What `run_all` found. `print` shows it; a notebook shows it as Markdown.

    experiments   one Experiment by name            changed, unchanged   those that make a difference, and the rest

    >>> a = Value(2.0, "a")
    >>> overview = run_all(a + 1.0)
    >>> overview.experiments["no minus"].reason
    'No difference here: there is no subtraction, division or cos whose minus could be forgotten.'
    """

    def __init__(self, graph: Graph):
        self.graph = graph
        self.experiments = {name: Experiment(graph, lesson.engine) for name, lesson in LESSONS.items()}

    @property
    def changed(self) -> list[Experiment]:
        """The experiments in which a gradient is wrong."""
        return [experiment for experiment in self.experiments.values() if experiment.changed]

    @property
    def unchanged(self) -> list[Experiment]:
        """The experiments in which every gradient is right all the same."""
        return [experiment for experiment in self.experiments.values() if not experiment.changed]

    @property
    def text(self) -> str:
        """The overview for a terminal, in 80 columns."""
        lines = [self._head(), "─" * COLUMNS]
        if self.changed:
            lines.append(f"  {'mistake':<{NAME}}{'first wrong':<{VALUE}}{'right':>{CELL}}{'wrong':>{CELL}}")
        for experiment in self.changed:
            name, *cells = first_of(experiment)
            numbers = "".join(f"{clip(x, CELL - 1):>{CELL}}" for x in cells)
            lines.append(f"  {pad(experiment.mistake, NAME)}{pad(clip(name, VALUE - 1), VALUE)}{numbers}")
        if self.unchanged:
            lines += ["", "  no difference here, because"]
        for experiment in self.unchanged:
            first, *more = wrap(because(experiment), COLUMNS - NAME - 2)
            lines += [f"  {pad(experiment.mistake, NAME)}{first}", *(f"{'':{NAME + 2}}{line}" for line in more)]
        return "\n".join(lines)

    @property
    def markdown(self) -> str:
        """The same with tables in Markdown."""
        lines = [f"**{self._head()}**", "", "| mistake | first wrong | right | wrong |", "|:--|:--|--:|--:|"]
        lines += [f"| {x.mistake} | {' | '.join(part.replace('|', chr(92) + '|') for part in first_of(x))} |"
                  for x in self.changed]  # fmt: skip
        lines += ["", "| no difference | because |", "|:--|:--|"]
        return "\n".join(lines + [f"| {x.mistake} | {because(x)} |" for x in self.unchanged])

    def _head(self) -> str:
        formula = clip(self.graph.formula(self.graph.result), 30)
        return f"{len(self.experiments)} wrong engines on {formula}: {len(self.changed)} change a gradient"

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Overview, {len(self.changed)} of {len(self.experiments)} change a gradient>"

    def _repr_markdown_(self) -> str:
        return self.markdown


def run_all(y: Value) -> Overview:
    """Run every wrong engine on the graph of y, each beside the right one.

    y         a result, one number
    returns   an Overview: print it; `.changed`, `.unchanged`, `.experiments[name]`
    raises    ShapeError if y is an array

    >>> x = Value(3.0, "x")
    >>> run_all(x * x)
    <Overview, 5 of 17 change a gradient>
    """
    return Overview(Graph(y))


def first_of(experiment: Experiment) -> tuple[str, str, str]:
    """The first wrong value with its right and its wrong gradient; of an array, the entry that is most wrong."""
    x = experiment.first_wrong
    assert x is not None
    right, wrong = experiment.right[x], experiment.wrong[x]
    entry = worst(right, wrong)
    place = f"[{', '.join(map(str, entry))}]" if entry else ""
    return experiment.graph.names[x] + place, cell(right, entry), "breaks off" if wrong is None else cell(wrong, entry)


def because(experiment: Experiment) -> str:
    """Why nothing changes, without the words that every such reason begins with."""
    return experiment.reason.removeprefix("No difference here: ").rstrip(".")
