"""The graph in Graphviz's language DOT, as a `graphviz.Digraph`: text only, no program is needed.

>>> from tinygrad_edu.drawing.nodes import survey
>>> from tinygrad_edu.engine.value import Value
>>> x = Value(3.0, name="x")
>>> digraph = to_digraph(survey(x * x))
>>> digraph.source.count("n0 -> n1")
2

Labels are records, which every Graphviz can draw (HTML-like labels need an XML parser that small builds lack).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..writing.wording import LONGEST, clip
from .nodes import Node, Survey
from .palette import FAINT, INK, LINE, PAPER, ROLES

if TYPE_CHECKING:
    import graphviz

FONT = "DejaVu Sans"  # the widest that layouts know the letter widths of: whatever is drawn in its place fits the boxes
# straight edges, below the boxes, and fewer attempts to shorten them: 1,000 nodes in half a second instead of several
QUICK = {"splines": "line", "nslimit": "1", "nslimit1": "1", "outputorder": "edgesfirst"}


def to_digraph(graph: Survey) -> graphviz.Digraph:
    """Boxes from left to right, with the operation, the name, the value and the gradient of each node."""
    import graphviz

    quick = QUICK if graph.crowded else {}
    digraph = graphviz.Digraph(
        "computation",
        graph_attr={"rankdir": "LR", "bgcolor": PAPER, "ranksep": "0.45", "nodesep": "0.14", "pad": "0.15",
                    "fontname": FONT, "fontsize": "11", "fontcolor": FAINT, "labelloc": "t", "labeljust": "l",
                    **quick},
        node_attr={"shape": "record", "style": "filled", "fontname": FONT, "fontsize": "11",
                   "fontcolor": INK, "margin": "0.1,0.05"},
        edge_attr={"arrowsize": "0.6", "color": LINE, "tailport": "e"},
    )  # fmt: skip
    if graph.note:
        digraph.attr(label=escaped(graph.note))
    for node in graph.nodes:
        border, fill, line = ROLES[node.role]
        look = {"class": node.role, "color": border, "fillcolor": fill, "penwidth": f"{line:g}"}
        if node.role in ("constant", "more"):
            look |= {"shape": "box", "style": "dashed" if node.role == "more" else "filled", "fontcolor": FAINT,
                     "fontsize": "10", "margin": "0.05,0.02", "width": "0", "height": "0"}  # fmt: skip
        elif not node.inputs:
            look["style"] = "filled,rounded"
        digraph.node(node.key, label=_label(node), **look)
        for i, key in enumerate(node.inputs):
            digraph.edge(key, f"{node.key}:i{i}:w" if node.places else node.key)
    return digraph


def escaped(text: str) -> str:
    """Text that means itself in a label: no field, port, escape sequence, entity or second space is lost.

    >>> escaped('a|b & "c"')
    'a\\\\|b\\\\ &amp;\\\\ "c"'
    """
    text = text.replace("\\", "\\\\").replace("&", "&amp;")
    for special in "{}|<> ":
        text = text.replace(special, f"\\{special}")
    return text


def _label(node: Node) -> str:
    if node.role in ("constant", "more"):
        return escaped(clip(f"{node.value} {node.kind}".strip(), LONGEST))
    title = " = ".join(clip(part, LONGEST) for part in (node.name, node.operation) if part)
    heading = title if node.role == "step" else f"{node.role} {title}".strip()
    rows = [(node.kind, "shape"), (node.value, "value"), (node.gradient, "gradient")]
    body = "".join(f"{word} {escaped(text)}\\l" for text, word in rows if text)
    label = f"{escaped(heading)}|{body}"
    if node.places:
        ports = "|".join(f"<i{i}> {escaped(clip(place, 10))}" for i, place in enumerate(node.places))
        label = f"{{{{{ports}}}|{{{label}}}}}"
    return label
