"""Which boxes are drawn: every value, or, where these are too many, modules and repetitions as one box each.

>>> y = Value(1.0)
>>> for _ in range(1000):
...     y = y.sin() + 1.0
>>> plan = summary(y, None, 50, None)
>>> len(plan.place), len(plan.chosen)
(2001, 6)
>>> print(plan.note)
Drawn: 2,001 values in 6 boxes, repetitions are counted; draw(y, max_nodes=…) draws more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..engine.value import Value
from ..errors import DataError
from ..writing.wording import clean
from .modules import Path, folded, homes
from .names import module_kind, module_path, trained
from .nearest import fits, nearest
from .repeats import Run, repeats
from .units import Group, Unit, below, boxes, everything


@dataclass
class Summary:
    """A plan of the picture.

    place     every value with its place in the order of computation
    home      the module of every value, () for none
    modules   what modules are called, by path
    box       the group of each value that is not drawn by itself
    graph     every unit with the units it was made from
    chosen    the units that are drawn, in any order
    alone     whether the model is a module without modules inside, such as one neuron: a frame around all of it
    note      what is not drawn
    """

    place: dict[Value, int]
    home: dict[Value, Path]
    modules: dict[Path, str]
    box: dict[Value, Group] = field(default_factory=dict)
    graph: dict[Unit, list[Unit]] = field(default_factory=dict)
    chosen: list[Unit] = field(default_factory=list)
    alone: bool = False
    note: str = ""


def summary(y: Value, parameters: Any, max_nodes: int, depth: int | None) -> Summary:
    """The plan for y; the choices are those of `draw`."""
    values = everything(y)
    place = {v: i for i, v in enumerate(values)}
    paths = {v: module_path(name) for v, name in trained(parameters) if name and v in place}
    alone = bool(paths) and not any(paths.values()) and hasattr(parameters, "named_parameters")
    around = (module_kind(parameters, ()),) if alone else ()
    paths = {v: tuple(map(clean, path or around)) for v, path in paths.items() if path or around}
    plan = Summary(place, homes(values, paths) if paths else {}, _titles(parameters, paths), alone=alone)
    if depth is not None and not paths and not hasattr(parameters, "named_parameters"):
        raise DataError(
            f"draw(y, depth={depth}) folds modules, and it knows of none.",
            "Which module computed what is found out from the parameters of the network.",
            f"Write draw(y, parameters=model, depth={depth}).",
        )
    fewest, best = len(values) + 1, ""
    for way, groups in _ways(y, plan, values, parameters, depth):
        box = boxes(groups, values) if way == "modules" else {v: group for group in groups for v in group.members}
        count = len(values) - len(box) + len(groups)
        if count < fewest:
            fewest, best, plan.box, plan.graph = count, way, box, {}
        if count <= max_nodes:
            plan.graph = below(values, plan.box)
            if fits(plan.graph, max_nodes):
                break
    plan.graph = plan.graph or below(values, plan.box)
    whole = fits(plan.graph, max_nodes)
    plan.chosen = list(plan.graph) if whole else nearest(plan.box.get(y, y), plan.graph, max_nodes)
    plan.note = _note(plan, best, whole, asked=depth is not None)
    return plan


def _ways(
    y: Value, plan: Summary, values: list[Value], model: Any, depth: int | None
) -> Iterator[tuple[str, list[Group]]]:
    """Ways to draw fewer boxes, the most detailed first."""
    if depth is not None:
        yield "modules", _modules(plan, model, depth)
        return
    yield "", []
    for opened in range(max(map(len, plan.modules), default=-1), -1, -1):
        yield "modules", _modules(plan, model, opened)
    yield "repetitions", [Group("more", f"… × {run.times:,}, {_each(run)}", (), run.members) for run in repeats(y)]


def _each(run: Run) -> str:
    results = sum(v.op is not None for v in run.members) // run.times
    return f"{results:,} operation{'s' * (results != 1)} each"


def _modules(plan: Summary, model: Any, opened: int) -> list[Group]:
    found = folded(plan.home, opened + 1 if plan.alone and opened > 0 else max(0, opened))
    return [Group("module", plan.modules[path] if path else module_kind(model, ()), path[:-1], members)
            for path, members in found.items()]  # fmt: skip


def _titles(model: Any, paths: dict[Value, Path]) -> dict[Path, str]:
    """Modules by path, with the class where attributes lead to one: 'layers.0 · Layer'."""
    every = {path[:i] for path in paths.values() for i in range(1, len(path) + 1)}
    return {path: " · ".join(filter(None, (path[-1], module_kind(model, path)))) for path in sorted(every)}


def _note(plan: Summary, way: str, whole: bool, asked: bool) -> str:
    total, drawn = len(plan.place), len(plan.chosen)
    more = "draw(y, max_nodes=…) draws more."
    if not whole:
        of = f" of {total:,} values" if not plan.box else f" of {len(plan.graph):,} boxes for {total:,} values"
        return f"Drawn: the {drawn:,}{of} that are nearest to the result; {more}"
    if not way or asked:
        return ""
    told = {"modules": "modules are folded", "repetitions": "repetitions are counted"}[way]
    return f"Drawn: {total:,} values in {drawn:,} boxes, {told}; {more}"
