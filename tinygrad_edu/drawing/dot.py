"""The graph in Graphviz's language DOT, as a `graphviz.Digraph`: text only, no program is needed.

>>> from tinygrad_edu.drawing.survey import survey
>>> from tinygrad_edu.engine.value import Value
>>> x = Value(3.0, name="x")
>>> digraph = to_digraph(survey(x * x))
>>> digraph.source.count("n0 -> n1")
2

Labels are records, which every Graphviz can draw (HTML-like labels need an XML parser that small builds lack).
"""

from __future__ import annotations

from collections import Counter
from textwrap import wrap
from typing import TYPE_CHECKING

from ..writing.wording import LONGEST, clip
from .heat import blocks
from .nodes import Edge, Node, Survey
from .palette import CLUSTERS, FADED, FADED_INK, FAINT, INK, LINE, MARK, MARKED, PAPER, ROLES, SIGNS

if TYPE_CHECKING:
    import graphviz

FONT = "DejaVu Sans"  # the widest that layouts know the letter widths of: whatever is drawn in its place fits the boxes
# straight edges and fewer attempts to shorten them: 1,000 nodes in half a second instead of several
QUICK = {"splines": "line", "nslimit": "1", "nslimit1": "1"}
DENSE = {
    "splines": "line",
    "ranksep": "1.8",
}  # layers in which everything is used by everything: straight and far apart
ROOM = "\\ \\n"  # an empty line above the label where several arrows leave a box, lest it touches the next arrow
LABELLED = 150  # edges whose labels are written; each is laid out as a node of its own
ROWS = {"shapes": ("shape",), "formulas": ("formula", "value")}  # what a box says; all others: shape, value, gradient
STEP = ROLES["step"]  # what most nodes look like need not be said of each
Module = tuple[str, ...]


def to_digraph(graph: Survey) -> graphviz.Digraph:
    """Boxes from left to right, with the operation, the name, the value and the gradient of each node."""
    import graphviz

    dense = len(graph.edges) > max(LABELLED, 3 * len(graph.nodes))
    quick = QUICK if graph.crowded else DENSE if dense else {}
    digraph = graphviz.Digraph(
        "computation",
        graph_attr={"rankdir": "LR", "bgcolor": PAPER, "ranksep": "0.45", "nodesep": "0.14", "pad": "0.15",
                    "fontname": FONT, "fontsize": "11", "fontcolor": FAINT, "labelloc": "t", "labeljust": "l",
                    "outputorder": "edgesfirst",  # an edge passes behind a box that is in its way
                    **quick},
        node_attr={"shape": "record", "style": "filled", "fontname": FONT, "fontsize": "11",
                   "fontcolor": INK, "margin": "0.1,0.05", "color": STEP[0], "fillcolor": STEP[1],
                   "penwidth": f"{STEP[2]:g}"},
        edge_attr={"arrowsize": "0.6", "color": LINE, "tailport": "e", "fontname": FONT, "fontsize": "10",
                   "fontcolor": INK},
    )  # fmt: skip
    if graph.note:
        digraph.attr(label=_broken(graph.note))
    for node in graph.nodes:
        if not node.module:
            digraph.node(node.key, label=_label(node, graph.show), **_look(node))
    inside: dict[Module, list[Node]] = {}
    for node in graph.nodes:
        for i in range(1, len(node.module) + 1):
            inside.setdefault(node.module[:i], []).append(node)
    for path in inside:
        if len(path) == 1:
            digraph.subgraph(_cluster(path, inside, graph))
    uses = Counter(edge.source for edge in graph.edges)
    for edge in graph.edges:
        target = graph.by_key[edge.target]
        head = edge.target + (f":i{edge.index}:w" if target.places else ":w" if target.role == "module" else "")
        look = _line(edge, len(graph.edges) <= LABELLED, 1.0 if dense else 3.3)
        if "label" in look and uses[edge.source] > 1:
            look["label"] = f"{ROOM}{look['label']}"
        digraph.edge(edge.source, head, **look)
    return digraph


def _cluster(path: Module, inside: dict[Module, list[Node]], graph: Survey) -> graphviz.Digraph:
    """A module as a frame around its nodes and the modules inside it."""
    import graphviz

    border, fill = CLUSTERS[len(path) % 2]
    number = list(inside).index(path)
    cluster = graphviz.Digraph(
        f"cluster_{number}",
        graph_attr={"label": escaped(clip(graph.modules.get(path, path[-1]), 2 * LONGEST)), "class": "module",
                    "color": border, "bgcolor": fill, "style": "rounded", "margin": "9"},
    )  # fmt: skip
    for node in inside[path]:
        if node.module == path:
            cluster.node(node.key, label=_label(node, graph.show), **_look(node))
    for inner in inside:
        if inner[:-1] == path:
            cluster.subgraph(_cluster(inner, inside, graph))
    return cluster


def _look(node: Node) -> dict[str, str]:
    """Colours, frame and class of a node."""
    border, fill, line = ROLES[node.role]
    look = {"class": node.role}
    if node.role != "step":
        look |= {"color": border, "fillcolor": fill, "penwidth": f"{line:g}"}
    if node.marks:
        look |= {"class": f"{node.role} marked", "color": MARK, "fillcolor": MARKED, "penwidth": f"{max(line, 1.8):g}"}
    if node.role in ("constant", "more"):
        look |= {"shape": "box", "style": "dashed" if node.role == "more" else "filled", "fontcolor": FAINT,
                 "fontsize": "10", "margin": "0.05,0.02", "width": "0", "height": "0"}  # fmt: skip
        if node.role == "constant":
            del look["fillcolor"], look["color"]
            look |= {"style": "", "color": "transparent"}  # whatever lies behind it: paper or the frame of a module
    elif not node.inputs and node.role != "module":
        look["style"] = "filled,rounded"
    if node.faded:
        look |= {"class": f"{look['class']} faded", "fontcolor": FADED_INK}
        look |= {} if node.role == "constant" else {"color": FADED, "fillcolor": PAPER}
    return look


def _line(edge: Edge, labelled: bool, most: float) -> dict[str, str]:
    """Colour and arrow by sign, width by magnitude: up to `most` more than the thinnest."""
    if edge.faded:
        return {"class": "faded", "color": FADED}
    colour, arrow, style = SIGNS[edge.sign]
    look = {"class": edge.sign, "color": colour, "arrowhead": arrow, "style": style} if edge.sign else {}
    if edge.width:
        look["penwidth"] = f"{0.7 + most * edge.width:.2g}"
    if edge.label and labelled:
        look |= {"label": "\\n".join(escaped(line) for words in edge.label.split("\n") for line in wrap(words, 36))}
    return look


def escaped(text: str) -> str:
    """Text that means itself in a label: no field, port, escape sequence, entity or second space is lost.

    >>> escaped('a|b & "c"')
    'a\\\\|b\\\\ &amp;\\\\ "c"'
    """
    return text.translate(MEANING)


MEANING = str.maketrans({"\\": "\\\\", "&": "&amp;", **{special: f"\\{special}" for special in "{}|<> "}})


def _broken(note: str) -> str:
    return "".join(f"{escaped(line)}\\l" for line in [*wrap(note, 100), " "])


def _label(node: Node, show: str) -> str:
    if node.role in ("constant", "more"):
        return escaped(clip(f"{node.value} {node.kind}".strip(), LONGEST))
    parts = (node.short, node.operation if node.role != "module" else "")
    title = " = ".join(clip(part, LONGEST) for part in parts if part)
    heading = title if node.role in ("step", "module") else f"{node.role} {title}".strip()
    told = {"shape": node.kind, "value": node.value, "gradient": node.gradient, "formula": node.formula}
    if show == "shapes" and node.role != "module":
        told["shape"] = node.kind or "one number"
    rows = [(word, told[word]) for word in ROWS.get(show, ("shape", "value", "gradient")) if told[word]]
    cells = blocks(node.heat) if node.heat is not None and show != "formulas" else []
    lines = cells + [f"{word}\\ {escaped(clip(text, 60))}" for word, text in rows]
    if node.role == "module":
        lines = [escaped(node.operation), *lines]
    fields = [escaped(heading), "".join(f"{line}\\l" for line in lines)]
    fields += ["".join(f"{escaped(clip(mark, 40))}\\l" for mark in node.marks)] if node.marks else []
    label = "|".join(field for field in fields if field)
    if node.places:
        ports = "|".join(f"<i{i}> {escaped(clip(place, 10))}" for i, place in enumerate(node.places))
        label = f"{{{{{ports}}}|{{{label}}}}}"
    return label
