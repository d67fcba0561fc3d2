"""One file that holds it all: page, style, program, picture and script; it asks the network for nothing.

The texts of a graph are data: they go into the page as JSON, and the program shows them as text. A content security
policy lets the browser run only the style and the program of this file, known by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

STYLE = ("look.css", "film.css")
PROGRAM = ("known.js", "panel.js", "stage.js", "player.js")  # a file uses what stands in those before it


def page(script: dict[str, Any], svg: str, title: str, colours: str = "") -> str:
    """The HTML of a film; `colours` is style that was worked out.

    >>> html = page({"nodes": {}}, "<svg></svg>", "</title><script>alert(1)</script>")
    >>> "<script>alert" in html, "http://" in html, "https://" in html
    (False, False, False)
    """
    style = "".join(map(source, STYLE)) + colours
    program = '"use strict";\n' + "\n".join(map(source, PROGRAM))
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(program)}; base-uri 'none'"
    parts = {"policy": f"{policy}; form-action 'none'", "title": escape(title), "style": style, "program": program,
             "picture": svg, "script": as_data(script)}  # fmt: skip
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], source("page.html"))  # once: no part is read again


def as_data(thing: Any) -> str:
    """JSON that may stand inside a <script> of a page: no '<', so nothing in it can end the script.

    >>> as_data({"name": "</script><b>"})
    '{"name":"\\\\u003c/script>\\\\u003cb>"}'
    """
    return json.dumps(thing, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def in_notebook(html: str, height: int) -> str:
    """The page inside a frame of its own, which can reach neither the notebook nor the network."""
    frame = 'sandbox="allow-scripts" width="100%" frameborder="0" title="Film of a backward pass"'
    return f'<iframe srcdoc="{escape(html)}" height="{height}" {frame}></iframe>'


@cache
def source(name: str) -> str:
    """A file of this folder."""
    return (files(__package__) / name).read_text("utf-8")


def _hash(text: str) -> str:
    """How a content security policy names an inline style or program."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
