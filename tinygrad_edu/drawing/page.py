"""The picture as one HTML page that needs nothing else: no network, no script, light, dark and on paper."""

from __future__ import annotations

from html import escape

from .nodes import Node, Survey
from .palette import DARK, FAINT, INK, PAPER

STYLE = f"""
:root {{ color-scheme: light dark }}
body {{ margin: 0; padding: 1rem; background: {PAPER}; color: {INK}; font: 1rem/1.5 Helvetica, Arial, sans-serif }}
h1 {{ font-size: 1.2rem; margin: 0 0 .5rem; overflow-wrap: anywhere }}
p, summary {{ color: {FAINT} }}
.picture {{ overflow: auto; max-height: 80vh }}
.picture svg {{ display: block; margin: auto; max-width: none }}
pre {{ overflow-x: auto; font-size: .85rem; line-height: 1.25 }}
:focus-visible {{ outline: 2px solid #0072b2; outline-offset: 2px }}
@media screen and (prefers-color-scheme: dark) {{
  body {{ background: {DARK[PAPER]}; color: {DARK[INK]} }}
  p, summary {{ color: {DARK[FAINT]} }}
}}
@page {{ size: landscape }}
@media print {{
  .picture {{ overflow: visible; max-height: none }}
  .picture svg {{ max-width: 100%; height: auto }}
  details {{ display: none }}
}}
"""


def to_page(svg: str, text: str, graph: Survey) -> str:
    """The page: a heading, the picture, and the same as text for those who cannot see it."""
    before, name, after = _heading(graph.result)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{before}{name}{after}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{before}<bdi>{name}</bdi>{after}</h1>
<div class="picture" tabindex="0" role="region" aria-label="The graph; it can be scrolled">
{svg}
</div>
<details><summary>The same as text</summary>
<pre dir="ltr">{escape(text)}</pre>
</details>
</body>
</html>
"""


def _heading(result: Node) -> tuple[str, str, str]:
    """What the page shows, around the name of the result."""
    before, after = ("How ", " was computed") if result.operation else ("", "" if not result.name else ", an input")
    return before, escape(result.name or ("the result" if result.operation else "An input")), after
