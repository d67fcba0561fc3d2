"""The graph in Mermaid's language, which GitHub, GitLab and many notebooks draw from a fenced block of text.

>>> from tinygrad_edu.drawing.survey import survey
>>> from tinygrad_edu.engine.value import Value
>>> x = Value(3.0, name="x")
>>> print(to_mermaid(survey(x * 2.0)).split("classDef")[0].rstrip())
flowchart LR
  n0("input x<br/>value 3<br/>gradient not computed"):::input
  n1["2"]:::constant
  n2["result ×<br/>value 6<br/>gradient not computed"]:::result
  n0 --> n2
  n1 --> n2
"""

from __future__ import annotations

from ..writing.wording import LONGEST, clip
from .dot import ROWS
from .nodes import Edge, Node, Survey
from .palette import CLUSTERS, FADED, FADED_INK, INK, MARK, MARKED, PAPER, ROLES, SIGNS


def to_mermaid(graph: Survey) -> str:
    """A flowchart from left to right: the same boxes, arrows, frames and colours."""
    lines = ["flowchart LR", *_frame((), graph, "  ")]
    styles = []
    for number, edge in enumerate(graph.edges):
        label = f'|"{_text(edge.label)}"|' if edge.label else ""
        lines.append(f"  {edge.source} -->{label} {edge.target}")
        if edge.sign or edge.faded:
            styles.append(f"  linkStyle {number} {_line(edge)}")
    for role, (border, fill, width) in ROLES.items():
        dashed = ",stroke-dasharray:4" if role == "more" else ""
        lines.append(f"  classDef {role} fill:{fill},stroke:{border},stroke-width:{width}px,color:{INK}{dashed}")
    lines.append(f"  classDef marked fill:{MARKED},stroke:{MARK},stroke-width:2px,color:{INK}")
    lines.append(f"  classDef faded fill:{PAPER},stroke:{FADED},color:{FADED_INK}")
    return "\n".join(lines + styles)


def _frame(path: tuple[str, ...], graph: Survey, indent: str) -> list[str]:
    """The nodes of a module, and the modules inside it as frames of their own."""
    lines = [indent + _box(node, graph.show) for node in graph.nodes if node.module == path]
    inner = {node.module[: len(path) + 1] for node in graph.nodes if node.module[: len(path)] == path != node.module}
    for deeper in sorted(inner):
        number = sorted(graph.modules).index(deeper)
        lines.append(f'{indent}subgraph m{number}["{_text(graph.modules.get(deeper, deeper[-1]))}"]')
        border, fill = CLUSTERS[len(deeper) % 2]
        lines += [*_frame(deeper, graph, indent + "  "), f"{indent}end"]
        lines.append(f"{indent}style m{number} fill:{fill},stroke:{border},color:{INK}")
    return lines


def _box(node: Node, show: str) -> str:
    parts = [clip(part, LONGEST) for part in (node.short, node.operation if node.role != "module" else "") if part]
    heading = " ".join(filter(None, ["" if node.role in ("step", "module") else node.role, " = ".join(parts)]))
    if node.role in ("constant", "more"):
        rows = [clip(f"{node.value} {node.kind}".strip(), LONGEST)]
    else:
        told = {"shape": node.kind, "value": node.value, "gradient": node.gradient, "formula": node.formula}
        words = ROWS.get(show, ("shape", "value", "gradient"))
        rows = [heading, *(f"{word} {told[word]}" for word in words if told[word]), *node.marks]
        rows[1:1] = [node.operation] if node.role == "module" else []
    start, end = ("(", ")") if not node.inputs and node.role not in ("constant", "more", "module") else ("[", "]")
    look = "faded" if node.faded else "marked" if node.marks else node.role
    return f'{node.key}{start}"{"<br/>".join(map(_text, rows))}"{end}:::{look}'


def _line(edge: Edge) -> str:
    if edge.faded:
        return f"stroke:{FADED}"
    colour, _, style = SIGNS[edge.sign]
    dotted = ",stroke-dasharray:2" if style == "dotted" else ""
    return f"stroke:{colour},stroke-width:{0.7 + 3.3 * edge.width:.2g}px{dotted}"


def _text(text: str) -> str:
    """Text that means itself: whatever could be markup is written as the number of its letter.

    >>> _text('<b> "x" & #35;')
    '#60;b#62; #34;x#34; #38; #35;35#59;'
    """
    lines = ("".join(c if c.isalnum() or c in SAFE or c > "\x7f" else f"#{ord(c)};" for c in line)
             for line in text.split("\n"))  # fmt: skip
    return "<br/>".join(lines).replace("#92;n", "#92;\u2060n")  # where Mermaid would break the line, an empty letter


SAFE = " .,+-=()/"
