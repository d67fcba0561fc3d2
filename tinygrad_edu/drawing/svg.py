"""Graphviz's SVG made ours: words apart from numbers, a title for every node, colours for light, dark and print.

Text in, text out: what draws the SVG stands in renderers.py. A node is <g class="node …"><title>KEY</title>, an edge
<g class="edge …"><title>KEY-&gt;KEY</title>, as Graphviz writes them; inside stands a group whose title is a sentence,
for the mouse and for the ear. What is written at edges comes last, a <g class="label"> for each edge that has words, so
that no other line runs across it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from ..writing.wording import NOT_COMPUTED
from .heat import BARS, NOT_FINITE, shades
from .nodes import Edge, Node, Survey
from .palette import DARK, FAINT, GRADIENT, HEAT, INK, MARK, PAPER
from .palette import NOT_FINITE as BLACK

GROUP = re.compile(r'<g id="(node|edge|clust)(\d+)" class="([^"]*)">\n<title>(.*?)</title>\n(.*?)</g>', re.DOTALL)
ROW = re.compile(r'(<text [^>]*text-anchor="start"[^>]*)>(shape|value|gradient|formula) ')  # headings are centred
CELLS = re.compile(rf'<text [^>]*text-anchor="start" x="([-.\d]+)" y="([-.\d]+)"[^>]*>[{BARS}{NOT_FINITE}]+</text>')
MARKS = re.compile(r'(<text [^>]*text-anchor="start"[^>]*)(>(?:dead|saturated|not finite))')
TEXT = re.compile(r"<text [^>]*>.*?</text>\n")
SAID_ONCE = {  # what Graphviz writes at every text, and what is said once for all of them instead
    ' xml:space="preserve"': ' xml:space="preserve"',
    ' text-anchor="start"': "",
    f' font-size="11.00" fill="{INK}"': f' font-size="11" fill="{INK}"',
}
CELL = 10.0  # how wide and high a cell is; layouts leave 10.5 for the letter in its place, and 13.2 for the line
FONTS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


def dressed(svg: str, graph: Survey) -> str:
    """Graphviz's SVG with our style sheet, a title for every node, and without what only Graphviz reads."""
    svg = re.sub(r"<!--.*?-->\n?", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r' font-family="[^"]*"', "", svg).replace("&#160;", " ")
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    labels: list[str] = []
    svg = GROUP.sub(lambda found: _dressed_group(found, graph, labels), svg)
    for said, default in SAID_ONCE.items():
        svg = svg.replace(said, "")
        svg = svg.replace('class="graph"', f'class="graph"{default}', 1)
    head, body = svg.split(">", 1)
    body = body.replace("</g>\n</svg>", f"{''.join(labels)}</g>\n</svg>")
    body = re.sub(r"<title>.*?</title>\n", "", body, count=1)  # Graphviz's own name of the graph
    what = escape(f"Computation graph of {graph.result.title or 'an input'}, {len(graph.nodes)} nodes")
    svg = f'{head} class="tinygrad-edu" role="img">\n<title>{what}</title>\n<style>{_style()}</style>{body}'
    return svg.encode("ascii", "xmlcharrefreplace").decode()  # so that a page in any encoding may contain it


def _dressed_group(found: re.Match[str], graph: Survey, labels: list[str]) -> str:
    """One node, edge or module: its key, and inside a title with all of it, unclipped; edges' words go to `labels`."""
    what, number, look, title, body = found.groups()
    if what == "clust":
        return f'<g id="clust{number}" class="{look}">\n{body}</g>'
    if what == "edge":
        edge = graph.edges[int(number) - 1]  # Graphviz counts them as they are written
        title, about = f"{edge.source}-&gt;{edge.target}", _about_edge(edge, graph)
        words = "".join(line for line in TEXT.findall(body) if not line.endswith("> </text>\n"))
        labels += [f'<g class="label">\n{words}</g>\n'] if words else []
        body = TEXT.sub("", body)
    else:
        node = graph.by_key[title]
        body, about = _dressed_node(body, node), _sentence(node)
    return (
        f'<g id="{what}{number}" class="{look}">\n<title>{title}</title>\n'
        f"<g><title>{escape(about)}</title>\n{body}</g>\n</g>"
    )


def _dressed_node(body: str, node: Node) -> str:
    rows = iter(shades(node.heat)) if node.heat is not None else iter(())
    body = CELLS.sub(lambda line: _cells(float(line[1]), float(line[2]), next(rows)), body)
    body = ROW.sub(r'\1 class="\2"><tspan class="word">\2</tspan> ', body)
    if node.marks:
        body = MARKS.sub(r'\1 class="mark"\2', body)
    if node.role not in ("step", "module"):
        body = re.sub(rf'(text-anchor="middle"[^>]*)>{node.role}\b', rf'\1><tspan class="word">{node.role}</tspan>',
                      body, count=1)  # fmt: skip
    return body.replace('class="gradient"', 'class="none"') if node.gradient == NOT_COMPUTED else body


def _cells(x: float, y: float, row: list[float]) -> str:
    """A row of coloured cells where a line of bars stood; what is not finite is black with a hole."""
    cells = []
    for i, shade in enumerate(row):
        left, top = x + i * CELL, y - 9.5
        colour = BLACK if shade != shade else HEAT[int(shade) + 4]
        cells.append(f'<rect x="{left:.2f}" y="{top:.2f}" width="{CELL - 0.8:g}" height="12.4" fill="{colour}"/>')
        if shade != shade:
            cells.append(f'<rect x="{left + 3:.2f}" y="{top + 4:.2f}" width="3.2" height="4.4" fill="{HEAT[4]}"/>')
    return "".join(cells)


def _sentence(node: Node) -> str:
    words = {"in": ", ".join(reversed(node.module)), "shape": node.kind, "formula": node.formula,
             "value": node.value, "gradient": node.gradient, "": ", ".join(node.marks)}  # fmt: skip
    told = [f"{word} {text}".strip() for word, text in words.items() if text]
    return ", ".join([f"{node.role} {node.title}".strip(), *told])


def _about_edge(edge: Edge, graph: Survey) -> str:
    source, target = graph.by_key[edge.source], graph.by_key[edge.target]
    start, end = (node.title or node.value or node.role for node in (source, target))
    place = f", as {target.places[edge.index]}" if target.places else ""  # a, b, …
    return f"from {start} to {end}{place}" + (f": {edge.label}" if edge.label else "").replace("\n", "; ")


@lru_cache(maxsize=1)
def _style() -> str:
    """Fonts, the colours of the words, and on dark screens the counterpart of every colour; paper stays white."""
    svg = "svg.tinygrad-edu"
    dark = [
        f'{svg} [fill="{light}"] {{ fill: {colour} }} {svg} [stroke="{light}"] {{ stroke: {colour} }}'
        for light, colour in DARK.items()
    ]
    faint = f"{svg} .word, {svg} .none"
    lively = f"{svg} .node:not(.faded) .gradient"
    return "\n".join([
        "",
        f"{svg} {{ font-family: {FONTS} }}",
        f"{lively} {{ fill: {GRADIENT} }} {faint} {{ fill: {FAINT} }} {svg} .mark {{ fill: {MARK} }}",
        f"{svg} .faded {{ opacity: 0.8 }} {svg} .faded .word {{ fill: inherit }}",
        f"{svg} .cluster > text {{ font-weight: bold }}",
        f"{svg} .label {{ paint-order: stroke; stroke: {PAPER}; stroke-width: 3px; stroke-linejoin: round;",
        "pointer-events: none; transform: translateY(-2px) }",
        "@media screen and (prefers-color-scheme: dark) {",
        *dark,
        f"{lively} {{ fill: {DARK[GRADIENT]} }} {faint} {{ fill: {DARK[FAINT]} }} {svg} .mark {{ fill: {DARK[MARK]} }}",
        f"{svg} .label {{ stroke: {DARK[PAPER]} }}",
        "}",
        "",
    ])  # fmt: skip
