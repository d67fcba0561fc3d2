"""`draw(y)`: a picture of how y was computed, with every value and gradient.

>>> from tinygrad_edu.engine.value import Value
>>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
>>> y = a * b + 10.0
>>> y.backward()
>>> print(draw(y))
                                                            value       gradient
+                                                               4              1
├─ ×                                                           -6              1
│  ├─ a                                                         2             -3
│  └─ b                                                        -3              2
└─ 10
>>> draw(y).svg().startswith("<svg")
True
"""

from __future__ import annotations

from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..engine.value import Value
from ..errors import DataError, unknown_name
from .dot import to_digraph
from .nodes import Survey, survey
from .renderers import RendererError, rendered
from .svg import dressed
from .tree import to_text

if TYPE_CHECKING:
    import graphviz

SUFFIXES = (".svg", ".dot", ".gv", ".txt", ".png", ".pdf")


def draw(y: Value, *, names: Any = None, parameters: Any = None, max_nodes: int = 1000) -> Drawing:
    """The graph of everything y was computed from, as it is now: a later `backward()` does not change the picture.

    names        what values are called: a dictionary, for example {"x": x} or locals(); before their own names
    parameters   a network, or a list or dictionary of its values: drawn as what training changes
    max_nodes    more are cut: the values nearest to y are drawn, and the picture says so. The default takes at most
                 a second; a graph of many long edges (a weight used at every step) is cut earlier to stay there
    returns      a Drawing; notebooks show it
    raises       DataError if y is no Value

    >>> w = Value(2.0)
    >>> drawing = draw(w * w, names={"w": w}, parameters=[w])
    >>> [node.title for node in drawing.graph.nodes]
    ['w', '×']
    """
    if not isinstance(y, Value):
        raise DataError(
            f"draw({type(y).__name__}) has nothing to draw.",
            "A picture shows how a Value was computed; plain numbers and arrays do not remember that.",
            "Compute with Values, y = f(Value(2.0)), and write draw(y).",
        )
    return Drawing(survey(y, names, parameters, max(1, max_nodes)))


class Drawing:
    """A picture of a graph in every form; `.note` says what was left out, '' if nothing was.

    >>> drawing = draw(Value(2.0, name="x") * 3.0)
    >>> drawing
    <drawing of 3 nodes; .save('graph.svg'), .svg(), .dot or .text()>
    >>> drawing.dot.splitlines()[0]
    'digraph computation {'
    """

    def __init__(self, graph: Survey):
        self.graph = graph
        self.note = graph.note

    def __repr__(self) -> str:
        return f"<drawing of {len(self.graph.nodes):,} nodes; .save('graph.svg'), .svg(), .dot or .text()>"

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """A tree for the terminal, 80 columns, each shared value told once."""
        return to_text(self.graph)

    @cached_property
    def digraph(self) -> graphviz.Digraph:
        """The `graphviz.Digraph`, to be changed or rendered with the graphviz package."""
        return to_digraph(self.graph)

    @property
    def dot(self) -> str:
        """The text in Graphviz's language DOT."""
        return self.digraph.source

    def svg(self) -> str:
        """The picture as SVG: light, dark and print in one. RendererError where no renderer is installed."""
        return dressed(rendered(self.dot, "svg").decode(), self.graph)

    def _repr_svg_(self) -> str:
        return self.svg()

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the picture; the suffix decides: .svg .dot .gv .txt, and .png .pdf where a program can draw them.

        returns  the path
        raises   UnknownNameError for another suffix; RendererError if the format cannot be drawn here, after saving
                 the DOT text beside it; OSError if the file cannot be written
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            raise unknown_name("picture format", suffix or path.name, SUFFIXES)
        if suffix in (".dot", ".gv", ".txt"):
            path.write_text((self.text() if suffix == ".txt" else self.dot) + "\n", encoding="utf-8")
            return path
        try:
            picture = self.svg().encode() if suffix == ".svg" else rendered(self.dot, suffix[1:])
        except RendererError as error:
            kept = path.with_suffix(".dot")
            kept.write_text(self.dot, encoding="utf-8")
            note = f"The graph is kept as text in {kept}" + ("." if suffix == ".svg" else "; .svg needs no program.")
            raise RendererError(error.what, error.why, f"{error.write} {note}".strip()) from None
        path.write_bytes(picture)
        return path
