"""`film(y)`: the forward and the backward pass of your own graph, to play, pause and step through.

>>> from tinygrad_edu.engine.value import Value
>>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
>>> film(a * b + a)
<film of y = a·b + a, 7 steps; .save('backward.html') or .html()>
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

from ..drawing.names import named
from ..drawing.nodes import Survey
from ..drawing.renderers import RendererError
from ..drawing.survey import survey
from ..engine.value import Value
from ..errors import DataError, ShapeError, unknown_name
from .names import called, headings
from .page import in_notebook, page
from .picture import heat_style, picture
from .places import Places
from .script import script

SUFFIXES = (".html", ".htm")
HEIGHT = 620  # of the frame in a notebook


def film(
    y: Value,
    *,
    start: Any = None,
    names: Any = None,
    parameters: Any = None,
    depth: int | None = None,
    max_nodes: int = 1000,
) -> Film:
    """The backward pass of y as a film, with the forward pass before it; `.grad` of every value stays as it is.

    start        the gradient that y starts from: needed, in the shape of y, when y is an array
    names        what values are called: a dictionary, for example {"x": x} or locals(); before their own names
    parameters   a network, or a list or dictionary of its values: shown as what training changes, the modules of a
                 network as frames around what they compute
    depth        how many levels of modules are opened: 1 shows the layers of a network as boxes; None opens all
    max_nodes    a larger graph is summarised (modules folded, repetitions counted, or what is nearest to y); what
                 happens to values that are not shown one by one is told in groups
    returns      a Film; notebooks show it
    raises       DataError if y is no Value; ShapeError for an array without a start; ChangedDataError if an input was
                 given other data since

    >>> x = Value(3.0, name="x")
    >>> film(x * x).steps[3]["parts"][1]["sum"]
    '6'
    """
    if not isinstance(y, Value):
        raise DataError(
            f"film({type(y).__name__}) has nothing to play.",
            "A film shows how a Value was computed; plain numbers and arrays do not remember that.",
            "Compute with Values, y = f(Value(2.0)), and write film(y).",
        )
    if y.shape and start is None:
        raise ShapeError(
            f"film() of an array of shape {y.shape} needs to know what to start from.",
            "A gradient is the slope of one number; an array holds several, and each has its own slopes.",
            "Write film(y.sum()), or film(y, start=gradient) with an array of that shape.",
        )
    given = {v: name for v, name in [*named(parameters), *named(names)] if name}
    return Film(y, lambda most: survey(y, names, parameters, most, depth=depth), max(1, max_nodes), start, given)


class Film:
    """A film of one graph. `.steps` is what it shows, step by step; `.note` says what was left out, '' if nothing was.

    >>> html = film(Value(2.0, name="x") * 3.0).html()
    >>> html.startswith("<!DOCTYPE html>")
    True
    """

    def __init__(self, y: Value, surveyed: Callable[[int], Survey], most: int, start: Any, given: Mapping[Value, str]):
        self._y, self._surveyed, self._start, self._given = y, surveyed, start, given
        self._tell(most)

    def _tell(self, most: int) -> None:
        """Write the script, with at most so many boxes."""
        y, self._most, self.graph = self._y, most, self._surveyed(most)
        places = Places(y, self.graph)
        names = called(y, places, self._given)
        self.script = script(y, names, places, self._start)
        self.steps: list[dict[str, Any]] = self.script["steps"]
        self.note = str(self.script["note"])
        self._headings = headings(y, names, places)

    @property
    def title(self) -> str:
        """What is computed: 'y = a·b + a', or 'loss: backward pass through 29 nodes'."""
        return str(self.script["title"])

    def __repr__(self) -> str:
        return f"<film of {self.title}, {len(self.steps):,} steps; .save('backward.html') or .html()>"

    @cached_property
    def _html(self) -> str:
        try:
            drawn = picture(self.script, self._headings, self.graph)
        except RendererError:
            if self._most < 200:
                raise
            self._tell(self._most // 2)  # some graphs of 1000 boxes are too deep for Graphviz: sum up more of it
            return self._html
        return page(self.script, drawn, self.title, heat_style())

    def html(self) -> str:
        """One page with everything in it: it needs no network, and no other file. RendererError without a renderer."""
        return self._html

    def _repr_html_(self) -> str:
        return in_notebook(self.html(), HEIGHT)

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the page, which any browser plays.

        returns  the path
        raises   UnknownNameError for a suffix other than .html; RendererError where no renderer is installed;
                 OSError if the file cannot be written
        """
        path = Path(path)
        if path.suffix.lower() not in SUFFIXES:
            raise unknown_name("film format", path.suffix or path.name, SUFFIXES)
        path.write_text(self.html(), encoding="utf-8")
        return path
