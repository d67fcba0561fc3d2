"""Graphviz's SVG made ours: words apart from numbers, a title for every node, colours for light, dark and print.

Text in, text out: what draws the SVG stands in renderers.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

from ..writing.wording import NOT_COMPUTED
from .nodes import Node, Survey
from .palette import DARK, FAINT, GRADIENT

GROUP = re.compile(r'<g id="(?:node|edge)\d+".*?</g>', re.DOTALL)
ROW = re.compile(r'(<text [^>]*text-anchor="start"[^>]*)>(shape|value|gradient) ')  # headings and names are centred
FONTS = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


def dressed(svg: str, graph: Survey) -> str:
    """Graphviz's SVG with our style sheet, a title for every node, and without what only Graphviz reads."""
    svg = re.sub(r"<!--.*?-->\n?", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r' font-family="[^"]*"', "", svg).replace("&#160;", " ")
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    svg = GROUP.sub(lambda found: _dressed_group(found.group(), graph), svg)
    head, body = svg.split(">", 1)
    body = re.sub(r"<title>.*?</title>\n", "", body, count=1)  # Graphviz's own name of the graph
    what = escape(f"Computation graph of {graph.result.title or 'an input'}, {len(graph.nodes)} nodes")
    svg = f'{head} class="tinygrad-edu" role="img">\n<title>{what}</title>\n<style>{_style()}</style>{body}'
    return svg.encode("ascii", "xmlcharrefreplace").decode()  # so that a page in any encoding may contain it


def _dressed_group(group: str, graph: Survey) -> str:
    """One node: words set apart from numbers, and a title with all of it, unclipped, for the mouse and for the ear."""
    key = group[group.index("<title>") + 7 : group.index("</title>")]
    node = graph.by_key.get(key)
    if node is None:  # an edge
        return re.sub(r"<title>.*?</title>\n", "", group)
    group = ROW.sub(r'\1 class="\2"><tspan class="word">\2</tspan> ', group)
    if node.role != "step":
        group = re.sub(rf'(text-anchor="middle"[^>]*)>{node.role}\b', rf'\1><tspan class="word">{node.role}</tspan>',
                       group, count=1)  # fmt: skip
    if node.gradient == NOT_COMPUTED:
        group = group.replace('class="gradient"', 'class="none"')
    return group.replace(f"<title>{key}</title>", f"<title>{escape(_sentence(node))}</title>", 1)


def _sentence(node: Node) -> str:
    words = {"shape": node.kind, "value": node.value, "gradient": node.gradient}
    return ", ".join([f"{node.role} {node.title}".strip(), *(f"{word} {text}" for word, text in words.items() if text)])


@lru_cache(maxsize=1)
def _style() -> str:
    """Fonts, the colours of the words, and on dark screens the counterpart of every colour; paper stays white."""
    svg = "svg.tinygrad-edu"
    dark = [
        f'{svg} [fill="{light}"] {{ fill: {colour} }} {svg} [stroke="{light}"] {{ stroke: {colour} }}'
        for light, colour in DARK.items()
    ]
    return "\n".join([
        "",
        f"{svg} {{ font-family: {FONTS} }}",
        f"{svg} .gradient {{ fill: {GRADIENT} }} {svg} .word, {svg} .none {{ fill: {FAINT} }}",
        "@media screen and (prefers-color-scheme: dark) {",
        *dark,
        f"{svg} .gradient {{ fill: {DARK[GRADIENT]} }} {svg} .word, {svg} .none {{ fill: {DARK[FAINT]} }}",
        "}",
        "",
    ])  # fmt: skip
