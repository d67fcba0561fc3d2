"""The stage of a film: one SVG with a box for every value, in which the numbers appear when their time comes.

What all boxes have in common is written once, as a form that each of them uses; it keeps the file small.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ..drawing.nodes import Survey
from ..drawing.palette import DARK, HEAT, NOT_FINITE
from ..writing.wording import clip, width
from .bending import Box
from .layout import Layout, laid_out

COLUMN, SMALL = 7.2, 6.0  # points that a letter takes at most, in headings and in numbers
HEAD, ROW, MARGIN = 24, 16, 9
CELL = 10  # the height of a cell of a heat map, and its width at most
NARROW, WIDE = 108, 226  # of a box
NEAR, FAR = 56, 170  # between columns of boxes


def picture(script: dict[str, Any], headings: Mapping[str, str], graph: Survey) -> str:
    """The SVG: ids are those of the script; the page writes the numbers."""
    nodes = script["nodes"]
    uniform = _width_of_all(script, headings)
    sizes = {key: _size(node, uniform, key in headings) for key, node in nodes.items()}
    gap = min(FAR, max(NEAR, _longest_label(script) * SMALL + 26))
    modules: dict[tuple[str, ...], list[str]] = {}
    for node in graph.nodes:
        if node.module:
            modules.setdefault(node.module, []).append(node.key)
    return _drawn(script, headings, graph, laid_out(sizes, script["edges"], modules, gap, graph.crowded), uniform)


def _drawn(script: dict[str, Any], headings: Mapping[str, str], graph: Survey, plan: Layout, wide: float) -> str:
    whole = " ".join(f"{n:g}" for n in plan.whole)
    parts = [f'<svg id="graph" viewBox="{whole}" role="group" aria-label="Computation graph">', "<defs>",
             _arrow("arrow"), _arrow("arrow-now")]  # fmt: skip
    forms = {_form_of(node): node for node in (script["nodes"][key] for key in headings)}
    parts += [_form(name, node, wide) for name, node in sorted(forms.items(), key=lambda form: form[0])]
    parts.append('</defs><g id="world">')
    parts += [_frame(graph.modules.get(path, path[-1]), box) for path, box in plan.frames.items()]
    parts += [f'<path id="e{i}" class="edge" d="{line}"/>' for i, line in enumerate(plan.edges)]
    for key, node in script["nodes"].items():
        parts.append(_node(key, node, headings[key], plan.boxes[key]) if key in headings
                     else _aside(key, node, plan.boxes[key]))  # fmt: skip
    return "\n".join([*parts, '<g id="labels" aria-hidden="true"></g></g>', "</svg>"])


# ── sizes ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _width_of_all(script: dict[str, Any], headings: Mapping[str, str]) -> float:
    """One width for all boxes, so that they stand in columns and an edge's label has room between them."""
    short, nodes = script["short"], [script["nodes"][key] for key in headings]
    numbers = [node.get("value", "") for node in nodes]
    numbers += [part["sum"] for step in script["steps"] for part in step.get("parts", [])]
    lines = [line for node in nodes for line in _lines(node)]
    needs = [width(text) * COLUMN for text in headings.values()] + [width(text) * SMALL for text in lines]
    needs += [54 + width(short.get(text, text)) * SMALL for text in numbers]
    return round(min(WIDE, max([NARROW, *needs]) + 2 * MARGIN), 1)


def _longest_label(script: dict[str, Any]) -> int:
    """Columns of the longest 'upstream × local' or '= contribution' that will stand at an edge."""
    short = script["short"]
    parts = [(step["g"], part) for step in script["steps"] for part in step.get("parts", [])]
    above = [width(f"{short.get(g, g)} × ({short.get(part['local'], part['local'])})")
             for g, part in parts if "local" in part]  # fmt: skip
    return max([*above, *(width(f"= {short.get(part['add'], part['add'])}") for _, part in parts)], default=8)


def _size(node: dict[str, Any], uniform: float, boxed: bool) -> tuple[float, float]:
    if not boxed:
        return width(_aside_text(node)) * SMALL + 14, 20
    return uniform, _height(node)


def _lines(node: dict[str, Any]) -> list[str]:
    """What stands below the heading: what a folded box holds, and what deserves a look."""
    return [*([node["holds"]] if "holds" in node else []), *node.get("marks", []), *node.get("flaws", [])]


def _words(node: dict[str, Any]) -> list[str]:
    """What the rows say."""
    if "value" not in node:
        return []  # a folded box with several results
    return ["shape", "value", "gradient"] if "kind" in node else ["value", "gradient"]


def _top(node: dict[str, Any]) -> float:
    """Where the rows begin: below the heading, the lines and the heat map."""
    heat = len(node.get("heat", ())) * CELL
    return HEAD + ROW * len(_lines(node)) + (heat + 6 if heat else 0)


def _height(node: dict[str, Any]) -> float:
    return _top(node) + ROW * len(_words(node)) + 8


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _arrow(name: str) -> str:
    return (f'<marker id="{name}" viewBox="0 -3 8 6" refX="1" markerWidth="8" markerHeight="6" orient="auto" '
            'markerUnits="userSpaceOnUse"><path d="M0-3 8 0 0 3z"/></marker>')  # fmt: skip


def _form_of(node: dict[str, Any]) -> str:
    """Results have corners, inputs are round; what stands above the rows, and which they are, makes their height."""
    corners = "round" if "formula" not in node and "holds" not in node else "sharp"
    return f"{corners}-{_top(node):g}-{len(_words(node))}"


def _form(name: str, node: dict[str, Any], wide: float) -> str:
    """What every box of a kind has: its outline, and the words of its rows."""
    shape = f'<rect width="{wide:g}" height="{_height(node):g}" rx="{9 if name.startswith("round") else 3}"/>'
    rows = [f'<text class="word" x="{MARGIN}" y="{_baseline(_top(node), n):g}">{word}</text>'
            for n, word in enumerate(_words(node))]  # fmt: skip
    return f'<g id="{name}">{shape}<path class="rule" d="M0 {HEAD}h{wide:g}"/>{"".join(rows)}</g>'


def _baseline(top: float, row: int) -> float:
    return top + 14 + ROW * row


def _node(key: str, node: dict[str, Any], heading: str, box: Box) -> str:
    left, top, wide, _ = box
    fits = int((wide - 2 * MARGIN) / SMALL)
    looks = [*(["holds"] if "holds" in node else []), *["mark"] * len(node.get("marks", ())),
             *["mark flaw"] * len(node.get("flaws", ()))]  # fmt: skip
    texts = [f'<text class="{look}" x="{MARGIN}" y="{_baseline(HEAD, n):g}">{escape(clip(line, fits))}</text>'
             for n, (look, line) in enumerate(zip(looks, _lines(node)))]  # fmt: skip
    if kind := node.get("kind", ""):
        texts.append(
            f'<text class="shape" x="{wide - MARGIN:g}" y="{_baseline(_top(node), 0):g}">{escape(kind)}</text>'
        )
    return (f'<g id="{key}" class="node {node["role"]}" transform="translate({left:g} {top:g})">'
            f'<use href="#{_form_of(node)}"/><text class="name" x="{wide / 2:g}" y="17">{escape(heading)}</text>'
            f"{''.join(texts)}</g>")  # fmt: skip


def _aside_text(node: dict[str, Any]) -> str:
    return f"{node['value']} {node.get('kind', '')}".strip()


def _aside(key: str, node: dict[str, Any], box: Box) -> str:
    """What is no value of its own: a constant, the rest of a large graph."""
    left, top, wide, high = box
    outline = "" if node["role"] == "constant" else f'<rect width="{wide:g}" height="{high:g}" rx="6"/>'
    return (f'<g id="{key}" class="node {node["role"]}" transform="translate({left:g} {top:g})">{outline}'
            f'<text class="small" x="{wide / 2:g}" y="14">{escape(_aside_text(node))}</text></g>')  # fmt: skip


def _frame(title: str, box: Box) -> str:
    """The frame of a module, its name in the corner."""
    left, top, wide, high = box
    return (f'<g class="frame" transform="translate({left:g} {top:g})">'
            f'<rect width="{wide:g}" height="{high:g}" rx="8"/>'
            f'<text x="9" y="15">{escape(clip(title, int((wide - 16) / COLUMN)))}</text></g>')  # fmt: skip


def heat_style() -> str:
    """The colours of heat maps, for light and dark screens: .heat0 (most negative) … .heat8, .heatx (not finite)."""
    shades = dict(zip([*"012345678", "x"], [*HEAT, NOT_FINITE]))
    light = " ".join(f".heat{name} {{ fill: {colour} }}" for name, colour in shades.items())
    dark = " ".join(f".heat{name} {{ fill: {DARK[colour]} }}" for name, colour in shades.items())
    return f"{light}\n@media screen and (prefers-color-scheme: dark) {{ {dark} }}\n"
