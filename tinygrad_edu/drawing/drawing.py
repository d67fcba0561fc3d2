"""`draw(y)`: a picture of how y was computed, with every value and gradient.

>>> from tinygrad_edu.engine.value import Value
>>> a, b = Value(2.0, name="a"), Value(-3.0, name="b")
>>> y = a * b + 10.0
>>> y.backward()
>>> print(draw(y))
                                                            value       gradient
+                                                               4              1
├─ ×                                                           −6              1
│  ├─ a                                                         2             −3
│  └─ b                                                        −3              2
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
from ..errors import DataError, UnknownNameError, unknown_name
from .dot import to_digraph
from .flow import SHOWS
from .mermaid import to_mermaid
from .nodes import Survey
from .page import to_page
from .renderers import RendererError, rendered
from .survey import survey
from .svg import dressed
from .tree import to_text

if TYPE_CHECKING:
    import graphviz

SUFFIXES = (".svg", ".html", ".png", ".pdf", ".dot", ".gv", ".mmd", ".txt")


def draw(
    y: Value,
    *,
    show: str = "values",
    names: Any = None,
    parameters: Any = None,
    depth: int | None = None,
    path: Value | None = None,
    unroll: bool = False,
    max_nodes: int = 1000,
) -> Drawing:
    """The graph of everything y was computed from, as it is now: a later `backward()` does not change the picture.

    y            a Value; or a compiled function, for its first result with the numbers its program was written with
    show         "values": each box with its value and gradient
                 "gradients": and at each arrow what it hands on, once `backward()` was called
                 "chain rule": local derivative · gradient that arrived = what is handed on, of a pass of its own
                 "shapes": the shapes of arrays, and where broadcasting stretched them
                 "formulas": what each box computes, and its local derivatives, in letters
    names        what values are called: a dictionary, for example {"x": x} or locals(); before their own names
    parameters   a network, or a list or dictionary of values and networks: drawn as what training changes, modules
                 as frames around what they computed
    depth        how many levels of modules are opened: 0 draws the network as one box, 1 its layers; None opens all
    path         a value: every way from it to y is drawn, the rest fades
    unroll       True opens array operations into the numbers they consist of, and checks that these agree
    max_nodes    more are summarised (modules folded, repetitions counted, or only what is nearest to y), and the
                 picture says so. The default takes at most a second
    returns      a Drawing; notebooks show it
    raises       DataError if y is no Value, `path` is no value that y depends on, or there is no module for `depth`;
                 UnknownNameError for another `show`; UnsupportedError for what cannot be unrolled

    >>> w = Value(2.0)
    >>> drawing = draw(w * w, names={"w": w}, parameters=[w])
    >>> [node.title for node in drawing.graph.nodes]
    ['w', '×']
    >>> [edge.label for edge in draw(w * w, show="chain rule").graph.edges]
    ['2 · 1 = 2', '2 · 1 = 2']
    """
    if hasattr(y, "first_result"):
        y = y.first_result()  # of a compiled function
    if not isinstance(y, Value):
        raise DataError(
            f"draw({type(y).__name__}) has nothing to draw.",
            "A picture shows how a Value was computed; plain numbers and arrays do not remember that.",
            "Compute with Values, y = f(Value(2.0)), and write draw(y).",
        )
    if show not in SHOWS:
        raise _unknown_show(show)
    note = ""
    if unroll:
        from .unroll import unrolled  # rarely asked for

        opened = unrolled(y, names, parameters)
        y, names, parameters, note = opened.y, opened.names, opened.parameters, opened.note
        path = opened.entry(path) if path is not None else None
    graph = survey(y, names, parameters, max(1, max_nodes), show=show, depth=depth, path=path)
    return Drawing(graph.noted(note))


def _unknown_show(show: object) -> UnknownNameError:
    error = unknown_name("picture", show, SHOWS)
    return UnknownNameError(error.what, error.why, error.write.replace("example", 'example, draw(y, show="values"):'))


class Drawing:
    """A picture of a graph in every form; `.note` says what was left out, '' if nothing was.

    >>> drawing = draw(Value(2.0, name="x") * 3.0)
    >>> drawing
    <drawing of 3 nodes; .show(), .save('graph.svg'), .svg(), .html(), .mermaid(), .dot or .text()>
    >>> drawing.dot.splitlines()[0]
    'digraph computation {'
    """

    def __init__(self, graph: Survey):
        self.graph = graph
        self.note = graph.note

    def __repr__(self) -> str:
        ways = ".show(), .save('graph.svg'), .svg(), .html(), .mermaid(), .dot or .text()"
        return f"<drawing of {len(self.graph.nodes):,} nodes; {ways}>"

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

    def png(self) -> bytes:
        """The picture as PNG, by a `dot` program or pygraphviz; RendererError, with how to get one, without them."""
        return rendered(self.dot, "png")

    def pdf(self) -> bytes:
        """The picture as PDF, by a `dot` program or pygraphviz; RendererError, with how to get one, without them."""
        return rendered(self.dot, "pdf")

    def html(self) -> str:
        """A page of its own with the picture and its text: no network, no script, readable on a phone and on paper."""
        return to_page(self.svg(), self.text(), self.graph)

    def mermaid(self) -> str:
        """The text in Mermaid's language, for a fenced block of a Markdown page.

        >>> draw(Value(2.0, name="x") * 3.0).mermaid().splitlines()[0]
        'flowchart LR'
        """
        return to_mermaid(self.graph)

    def show(self) -> Path:
        """Open the picture in the browser; returns the page, a file that stays until the system tidies up."""
        import tempfile
        import webbrowser

        page = self.save(Path(tempfile.mkdtemp(prefix="drawing-")) / "graph.html")
        webbrowser.open(page.as_uri())
        return page

    def _repr_svg_(self) -> str:
        return self.svg()

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the picture; the suffix decides: .svg .html .dot .gv .mmd .txt, and .png .pdf where `dot` is installed.

        returns  the path
        raises   UnknownNameError for another suffix; RendererError if the format cannot be drawn here, after saving
                 the DOT text beside it; OSError if the file cannot be written
        """
        path = Path(path)
        suffix = path.suffix.lower()
        ways: dict[str, Any] = {".svg": self.svg, ".html": self.html, ".mmd": self.mermaid, ".txt": self.text,
                                ".dot": lambda: self.dot, ".gv": lambda: self.dot,
                                ".png": self.png, ".pdf": self.pdf}  # fmt: skip
        if suffix not in ways:
            raise unknown_name("picture format", suffix or path.name, SUFFIXES)
        try:
            picture = ways[suffix]()
        except RendererError as error:
            kept = path.with_suffix(".dot")
            kept.write_text(self.dot, encoding="utf-8")
            easy = "" if suffix in (".svg", ".html") else " .svg and .html need no program."
            raise RendererError(
                error.what, error.why, f"{error.write} The graph is kept as text in {kept}.{easy}"
            ) from None
        path.write_bytes(picture if isinstance(picture, bytes) else f"{picture.rstrip()}\n".encode())
        return path
