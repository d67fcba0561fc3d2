"""The stage of a film: one SVG with a box for every value, in which the numbers appear when their time comes.

What all boxes have in common is written once, as a form that each of them uses; it keeps the file small.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from ..drawing.nodes import Survey
from ..writing.wording import clip, width
from .layout import Box, Layout, laid_out

COLUMN, SMALL = 7.2, 6.0  # points that a letter takes at most, in headings and in numbers
HEAD, ROW, MARGIN = 24, 16, 9
NARROW, WIDE = 108, 190  # of a box
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
    parts += [_form(name, wide) for name in sorted({_form_of(script["nodes"][key]) for key in headings})]
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
    numbers = [script["nodes"][key]["value"] for key in headings]
    numbers += [part["sum"] for step in script["steps"] for part in step.get("parts", [])]
    needs = [width(text) * COLUMN for text in headings.values()] + [54 + width(text) * SMALL for text in numbers]
    return round(min(WIDE, max([NARROW, *needs]) + 2 * MARGIN), 1)


def _longest_label(script: dict[str, Any]) -> int:
    """Columns of the longest 'upstream × local' or '= contribution' that will stand at an edge."""
    parts = [(step["g"], part) for step in script["steps"] for part in step.get("parts", [])]
    above = [width(f"{g} × ({part['local']})") for g, part in parts if "local" in part]
    return max([*above, *(width(f"= {part['add']}") for _, part in parts)], default=8)


def _size(node: dict[str, Any], uniform: float, boxed: bool) -> tuple[float, float]:
    if not boxed:
        return width(_aside_text(node)) * SMALL + 14, 20
    return uniform, _height(3 if node.get("kind") else 2)


def _height(rows: int) -> float:
    return HEAD + ROW * rows + 8


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _arrow(name: str) -> str:
    return (f'<marker id="{name}" viewBox="0 -3 8 6" refX="1" markerWidth="8" markerHeight="6" orient="auto" '
            'markerUnits="userSpaceOnUse"><path d="M0-3 8 0 0 3z"/></marker>')  # fmt: skip


def _form_of(node: dict[str, Any]) -> str:
    """Results have corners, inputs are round; arrays have a row for their shape."""
    return f"{'result' if node.get('formula') else 'input'}{'-array' if node.get('kind') else ''}-form"


def _form(name: str, wide: float) -> str:
    """What every box of a kind has: its outline, and the words of its rows."""
    words = ["shape", "value", "gradient"] if "array" in name else ["value", "gradient"]
    shape = f'<rect width="{wide:g}" height="{_height(len(words)):g}" rx="{3 if name.startswith("result") else 9}"/>'
    rows = [f'<text class="word" x="{MARGIN}" y="{_baseline(n)}">{word}</text>' for n, word in enumerate(words)]
    return f'<g id="{name}">{shape}<path class="rule" d="M0 {HEAD}h{wide:g}"/>{"".join(rows)}</g>'


def _baseline(row: int) -> int:
    return HEAD + 14 + ROW * row


def _node(key: str, node: dict[str, Any], heading: str, box: Box) -> str:
    left, top, wide, _ = box
    kind = node.get("kind", "")
    shape = f'<text class="shape" x="{wide - MARGIN:g}" y="{_baseline(0)}">{escape(kind)}</text>' if kind else ""
    return (f'<g id="{key}" class="node {node["role"]}" transform="translate({left:g} {top:g})">'
            f'<use href="#{_form_of(node)}"/><text class="name" x="{wide / 2:g}" y="17">{escape(heading)}</text>'
            f"{shape}</g>")  # fmt: skip


def _aside_text(node: dict[str, Any]) -> str:
    return f"{node['value']} {node.get('kind', '')}".strip()


def _aside(key: str, node: dict[str, Any], box: Box) -> str:
    """What is no value of its own: a constant, a folded module, the rest of a large graph."""
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
