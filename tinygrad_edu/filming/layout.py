"""Where the boxes and edges of a film stand: Graphviz lays out empty boxes, what is in them is written later.

>>> plan = laid_out({"n0": (90, 58), "n1": (90, 58)}, [("n0", "n1"), ("n0", "n1")], {("layer",): ["n1"]}, gap=80)
>>> plan.boxes["n0"][2:], len(plan.edges), plan.edges[0].startswith("M"), list(plan.frames)
((90.0, 58.0), 2, True, [('layer',)])
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..drawing.dot import QUICK
from ..drawing.renderers import rendered
from .bending import Box, Column, bent, columns

INCH = 72  # points
SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

Module = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Boxes by key; the path of each edge, up to its arrow; frames of modules, outer ones first; all of it."""

    boxes: dict[str, Box]
    edges: list[str]
    frames: dict[Module, Box]
    whole: Box


def laid_out(
    sizes: Mapping[str, tuple[float, float]],
    edges: Iterable[tuple[str, str]],
    modules: Mapping[Module, Iterable[str]],
    gap: float,
    quick: bool = False,
) -> Layout:
    """Boxes of the given sizes from left to right, `gap` points between columns; RendererError without a renderer.

    modules  the boxes that stand in a frame, by the path of the frame: ("layer", "neuron") is inside ("layer",)
    quick    straight edges and fewer attempts to shorten them: what 1,000 boxes need
    """
    paths = sorted({path[:i] for path in modules for i in range(1, len(path) + 1)})
    picture = ET.fromstring(rendered(_dot(sizes, edges, modules, paths, gap, quick), "svg"))
    frames: dict[Module, Box] = {}
    boxes: dict[str, Box] = {}
    lines: dict[int, str] = {}
    for group in picture.iter(f"{SVG}g"):
        kind, key = group.get("class"), group.get("id", "")
        if kind == "cluster":
            frames[paths[int(key[1:])]] = _box(_points(group))
        elif kind == "node":
            boxes[key] = _box(_points(group))
        elif kind == "edge":
            line = group.find(f"{SVG}path")
            lines[int(key[1:])] = "" if line is None else _rounded(line.get("d", ""))
    if quick:
        standing = columns(boxes.values())
        lines = {i: _around_boxes(line, standing) for i, line in lines.items()}
    return Layout(boxes, [lines[i] for i in sorted(lines)], dict(sorted(frames.items())),
                  _around([*boxes.values(), *frames.values()]))  # fmt: skip


def _dot(
    sizes: Mapping[str, tuple[float, float]],
    edges: Iterable[tuple[str, str]],
    modules: Mapping[Module, Iterable[str]],
    paths: list[Module],
    gap: float,
    quick: bool,
) -> str:
    settings = {"rankdir": "LR", "ranksep": f"{gap / INCH:.2f}", "nodesep": "0.22", **(QUICK if quick else {})}
    lines = [f'{name}="{value}"' for name, value in settings.items()]
    lines += ['node [shape=box fixedsize=true label=""]', "edge [tailport=e headport=w arrowsize=0.7]"]
    lines += [f"{key} [id={key} width={w / INCH:.4f} height={h / INCH:.4f}]" for key, (w, h) in sizes.items()]
    depth = 0
    for number, path in enumerate(paths):  # sorted: what is inside a frame follows it at once
        lines += ["}"] * (depth - len(path) + 1)
        lines.append(f'subgraph cluster_{number} {{ id=m{number} margin=14 fontsize=13 label=" " labeljust=l')
        lines += modules.get(path, ())
        depth = len(path)
    lines += ["}"] * depth
    lines += [f"{tail} -> {head} [id=e{i}]" for i, (tail, head) in enumerate(edges)]
    return "digraph {\n" + "\n".join(lines) + "\n}\n"


def _points(group: ET.Element) -> list[tuple[float, float]]:
    corners = group.find(f"{SVG}polygon")
    numbers = [float(n) for n in NUMBER.findall("" if corners is None else corners.get("points", ""))]
    return list(zip(numbers[::2], numbers[1::2]))


def _box(points: list[tuple[float, float]]) -> Box:
    across, up = zip(*points)
    left, top = min(across), min(up)
    return round(left, 1), round(top, 1), round(max(across) - left, 1), round(max(up) - top, 1)


def _rounded(path: str) -> str:
    """The path in whole points: half of the file, and nobody sees the difference."""
    return NUMBER.sub(lambda found: f"{float(found[0]):.0f}", path)


def _around_boxes(path: str, standing: list[Column]) -> str:
    """A straight line, past the boxes that are in its way."""
    numbers = [float(n) for n in NUMBER.findall(path)]
    points = bent([(numbers[0], numbers[1]), (numbers[-2], numbers[-1])], standing)
    if len(points) == 2:
        return path
    (x, y), (u, v), *others = points
    thirds = [(x + (u - x) / 3, y + (v - y) / 3), (u - (u - x) / 3, v - (v - y) / 3), (u, v)]  # a straight curve:
    curve = " ".join(f"{across:.0f},{down:.0f}" for across, down in thirds)  # where a path rises at first is read there
    return f"M{x:g},{y:g}C{curve}L" + " ".join(f"{across:.0f},{down:.0f}" for across, down in others)


def _around(boxes: Iterable[Box]) -> Box:
    sides = [(x, y, x + w, y + h) for x, y, w, h in boxes]
    left, top = (min(side[i] for side in sides) - 16 for i in (0, 1))
    right, bottom = (max(side[i] for side in sides) + 16 for i in (2, 3))
    return round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1)
