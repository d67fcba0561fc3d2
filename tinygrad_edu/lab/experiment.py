"""A wrong engine beside the right one, on one graph: which value is the first to be wrong, and why.

>>> a, b = Value(2.0, "a"), Value(-3.0, "b")
>>> experiment = compare(a * b + a, "overwrite")
>>> experiment.first_wrong
Value(2.0, name='a')
>>> experiment.right[a], experiment.wrong[a]
(-2.0, -3.0)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..engine.value import Value
from ..errors import unknown_name
from . import messages, reasons
from .engine import Engine
from .graph import Graph
from .lessons import LESSONS, Lesson, why_nothing_changes
from .numbers import same, size
from .order import Recursion
from .page import to_markdown, to_text

BREAKS = (ValueError, TypeError, IndexError, ArithmeticError, AttributeError)  # what shapes that do not fit raise


@dataclass(frozen=True)
class Row:
    """One value of the graph: what it is called, how it was computed, and its two gradients; `same` if they agree."""

    node: Value
    name: str
    formula: str
    right: Any
    wrong: Any
    same: bool


class Experiment:
    """What `compare` found. `print` shows it; a notebook shows it as Markdown.

    mistake       the name of the wrong engine            lesson    its words; None for an engine of your own
    right, wrong  gradients by Value                      rows      the values asked for, newest first
    first_wrong   the first Value, in the order of the sweep, whose gradient is wrong; None if all are right
    reason        why it is wrong there, or why nothing changes
    broke         the exception on which the wrong engine broke off, or None

    >>> x = Value(3.0, "x")
    >>> print(compare(x * x, "swapped").reason)
    No difference here: the two operands of each operation receive the same.
    """

    def __init__(self, graph: Graph, kind: type[Engine], chosen: list[Value] | None = None):
        self.graph, self.lesson = graph, lesson_of(kind)
        self.mistake = kind.name if self.lesson else kind.__name__
        self.engines = Engine(graph), kind(graph)
        self.engines[0].run()
        self.broke: Exception | None = None
        breaks = BREAKS if self.lesson else (ValueError,)  # in an engine of your own, see your own mistakes
        try:
            self.engines[1].run()
        except breaks as error:  # shapes that do not fit: then a mistake tells on itself
            self.broke = error
        self.right = {v: self.engines[0].grad[v] for v in graph.values}
        self.wrong = {v: self.engines[1].grad.get(v) for v in graph.values}
        wanted = set(graph.values if chosen is None else chosen)
        self.chosen = [v for v in graph.values if v in wanted]

    @cached_property
    def sizes(self) -> dict[Value, float]:
        """How large the contributions to a value were: what cancels leaves rounding of that size."""
        sizes: dict[Value, float] = {}
        for _, _, x, _, c in self.engines[0].trace:
            sizes[x] = max(sizes.get(x, 0.0), size(c))
        return sizes

    def agrees(self, v: Value) -> bool:
        """Whether both engines found the same gradient for v, but for rounding."""
        if type(self.right[v]) is float and self.right[v] == self.wrong[v]:
            return True  # 200 times as fast, and nearly always so in a large graph
        return same(self.right[v], self.wrong[v], self.sizes.get(v, 1.0))

    @cached_property
    def first_wrong(self) -> Value | None:
        """The newest value whose gradient is wrong: everything above it is still right."""
        return next((v for v in self.graph.values if not self.agrees(v)), None)

    @cached_property
    def changed(self) -> bool:
        """Whether the mistake makes any difference on this graph."""
        return self.first_wrong is not None

    @cached_property
    def rows(self) -> list[Row]:
        """The values asked for (`wrt`; all of them if nothing was), newest first."""
        graph = self.graph
        return [
            Row(v, graph.names[v], graph.formula(v), self.right[v], self.wrong[v], self.agrees(v)) for v in self.chosen
        ]

    @cached_property
    def reason(self) -> str:
        """Why the first wrong gradient is wrong, or why nothing is."""
        x, (right, wrong) = self.first_wrong, self.engines
        said = []
        if wrong.stopped:
            said.append(f"It was stopped after {wrong.steps:,} steps; the right engine takes {right.steps:,}.")
            if isinstance(wrong, Recursion):
                said.append(f"It would take {reasons.visits(self.graph)}.")
        if self.broke is not None:
            where = self.graph.formula(wrong.at if wrong.at is not None else self.graph.result)
            what = " ".join(str(self.broke).split("\n")[0].split())
            said.append(f"It broke off at {where}: {what.rstrip('.')}.")
            said.append("Shapes that do not fit give a mistake away; where they fit by luck, nothing does.")
        elif x is None:
            why = why_nothing_changes(self.lesson, self.graph) if self.lesson else "both engines agree on every value"
            said.append(f"No difference here: {why}.")
        elif not wrong.stopped or x in wrong.grad:
            said.append((self.lesson.because if self.lesson else reasons.of_your_own)(x, right, wrong))
        return " ".join(said)

    @property
    def text(self) -> str:
        """The whole comparison for a terminal, in 80 columns."""
        return to_text(self)

    @property
    def markdown(self) -> str:
        """The same with tables in Markdown."""
        return to_markdown(self)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        first = "no difference" if self.first_wrong is None else f"first wrong: {self.graph.names[self.first_wrong]}"
        return f"<Experiment {self.mistake!r}, {first}>"

    def _repr_markdown_(self) -> str:
        return self.markdown


def compare(y: Value, mistake: str | type[Engine], wrt: Any = None) -> Experiment:
    """Run a wrong engine beside the right one on the graph of y; no `.grad` is touched.

    y         a result, one number            mistake  a name from `misconceptions()`, or your own subclass of Engine
    wrt       which gradients to list: a Value, several, or a dict that names them; all of them if left out
    returns   an Experiment: print it, or ask for `.first_wrong`, `.rows`, `.right`, `.wrong`, `.reason`
    raises    UnknownNameError for a mistake that does not exist, ShapeError if y is an array

    >>> a = Value(2.0, "a")
    >>> u = a * a
    >>> experiment = compare(u + u * 3.0, "no order")
    >>> experiment.right[a], experiment.wrong[a]
    (16.0, 4.0)
    >>> print(experiment.reason)
    v1 = a × a handed on when 1 had arrived there; its whole gradient is 4. What came from v2 came too late.
    """
    kind, chosen = engine_of(mistake), None
    graph = Graph(y)
    if wrt is not None:
        chosen = [wrt] if type(wrt) is Value else list(wrt.values() if isinstance(wrt, Mapping) else wrt)
        check_part(chosen, graph)
        if isinstance(wrt, Mapping):
            graph.names.update({v: str(name) for name, v in wrt.items()})
    return Experiment(graph, kind, chosen)


def engine_of(mistake: str | type[Engine]) -> type[Engine]:
    """The wrong engine of that name, or the one that was given."""
    if isinstance(mistake, type) and issubclass(mistake, Engine):
        return mistake
    if not isinstance(mistake, str) or mistake not in LESSONS:
        raise unknown_name("misconception", mistake, LESSONS)
    return LESSONS[mistake].engine


def lesson_of(kind: type[Engine]) -> Lesson | None:
    """The words for an engine; none for a subclass somebody wrote on his own."""
    lesson = LESSONS.get(kind.name)
    return lesson if lesson is not None and lesson.engine is kind else None


def check_part(chosen: Iterable[Any], graph: Graph) -> None:
    """Raise DataError if one of these is no Value of the graph."""
    part = set(graph.values)
    for x in chosen:
        if type(x) is not Value or x not in part:
            raise messages.no_part(x)
