"""Reading a picture as a person does: its boxes, its arrows, and the lines of text in them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def groups(svg: str, kind: str) -> list[ET.Element]:
    """The <g> elements of all nodes, or of all edges, in a parsed SVG."""
    return [g for g in ET.fromstring(svg).iter(f"{SVG}g") if kind in g.get("class", "").split()]


def lines(group: ET.Element) -> list[str]:
    """The lines of text a person reads in a node."""
    return ["".join(text.itertext()).replace("\xa0", " ") for text in group.iter(f"{SVG}text")]
