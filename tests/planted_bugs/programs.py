"""Small programs in which a primitive stands in the middle: Σ weight · arcsinh(primitive(sinh(u))).

The inputs come from the primitives' own cases, so they lie inside the domain. `u` is arcsinh of them: what is checked
is the gradient of u, so a mistake in the primitive has to be found behind one operation and in front of three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import tinygrad_edu as tg
from tests.ops import cases_arrays, cases_elementwise, cases_windows
from tests.ops.case import Case, numbers
from tests.ops.cases_elementwise import drawn
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.ops.broadcasting import shape_of
from tinygrad_edu.ops.op import TABLE, Op

from .bugs import Bug, Use, size, use_of

OPS = [op for op in TABLE.values() if op.forward.__module__.startswith("tinygrad_edu.")]
USED = {"sinh", "arcsinh", "multiply", "sum"}  # what the small programs are made of
CAST = Case("cast", lambda x: TABLE["cast"](x, dtype=np.float64), (numbers(2, 3),), title="to its own precision")
CASES = [*cases_elementwise.CASES, *cases_arrays.CASES, *cases_windows.CASES, CAST]


@dataclass(frozen=True)
class Site:
    """A case in whose record the primitive stands, and one application of its k-th rule there."""

    case: Case
    op: Op
    k: int
    other: int | None
    use: Use

    @property
    def f(self) -> Callable[..., Any]:
        """The small program, a function of numbers and arrays that returns one number."""
        return program(self.case, self.op)

    @property
    def inputs(self) -> list[Any]:
        """Where it is checked."""
        inverse = np.arctan if self.op.name in USED else np.arcsinh
        return [inverse(x) if np.ndim(x) else float(inverse(x)) for x in self.case.inputs]


def program(case: Case, op: Op) -> Callable[..., Any]:
    """Σ weight · arcsinh(result), for every result of the case called with sinh(u).

    A primitive that is one of these stands between others, so that it occurs once: a sign that is wrong twice is right.
    """
    before, after = (tg.tan, tg.arctan) if op.name in USED else (tg.sinh, tg.arcsinh)
    rng = np.random.default_rng(7)
    weights = [rng.uniform(0.5, 1.5, np.shape(y)) for y in parts(case.call(*case.inputs))]

    def f(*us: Any) -> Any:
        ends = zip(map(after, parts(case.call(*map(before, us)))), weights)
        terms = [tg.vdot(y, w) if op.name in USED else (y * w).sum() for y, w in ends]
        return sum(terms[1:], terms[0])

    return f


def parts(y: Any) -> list[Any]:
    """The results of a call, also when it returns several."""
    return list(y) if isinstance(y, tuple) else [y]


# ── finding a place for a bug ────────────────────────────────────────────────────────────────────────────────────────
@cache
def cases_of() -> dict[str, list[Case]]:
    """Every case under the names of all primitives that its record contains."""
    found: dict[str, list[Case]] = {op.name: [] for op in OPS}
    for case in [*CASES, *more_shapes()]:
        try:
            nodes = record_of(case)
        except (TinygradError, IndexError):
            continue  # a square matrix does not suit every case
        for name in {node.op.name for node in nodes} & found.keys():
            found[name].append(case)
    return found


def more_shapes() -> list[Case]:
    """Where the cases have none: more numbers, inputs that are stretched by broadcasting, and square matrices."""
    rows = []
    for op in OPS:
        if op.elementwise and len(op.inputs) == 1 and not op.settings:
            rows.append(Case(op.name, op, tuple(drawn(op.name, (2, 4))), title="(2, 4)"))
        if op.elementwise and len(op.inputs) == 2 and op.name != "gate":
            rows += [
                Case(op.name, op, tuple(drawn(op.name, *s)), title=f"{s}") for s in (((3, 2), (2,)), ((2,), (3, 2)))
            ]
    for case in CASES:
        op = TABLE.get(case.name)
        if op is None or (not op.elementwise and getattr(op.domain, "make", None) is None):
            rows.append(Case(case.name, case.call, tuple(numbers(3, 3, seed=i) for i in range(len(case.inputs)))))
    return rows


def record_of(case: Case) -> list[tg.Value]:
    """The results in the record of a case, the newest last."""
    found: dict[tg.Value, None] = {}
    waiting = [y for y in parts(case.call(*map(tg.Value, case.inputs))) if isinstance(y, tg.Value)]
    while waiting:
        node = waiting.pop()
        if node.op is not None and node not in found:
            found[node] = None
            waiting += [x for x in node.inputs if isinstance(x, tg.Value)]
    return sorted(found, key=lambda node: node.order)


def sites(op: Op) -> list[Site]:
    """Every case and input of the primitive where a bug could be planted, the most telling first."""
    found = []
    for case in cases_of()[op.name]:
        node = next(node for node in record_of(case) if node.op.base is op)
        data = [x._held if isinstance(x, tg.Value) else x for x in node.inputs]
        variable = [i for i, x in enumerate(node.inputs) if isinstance(x, tg.Value) and size(x)]
        for k in variable if size(node) else []:
            same = [i for i in variable if i != k and shape_of(node.inputs[i]) == shape_of(node.inputs[k])]
            other = same[0] if same and not op.variadic else None
            g = np.random.default_rng(5).uniform(0.5, 1.5, node.shape) if node.shape else 0.75
            use = use_of(op, op.base.derivatives, k, other, g, node._held, data, node.op.settings)
            found.append(Site(case, op, k, other, use))
    return sorted(found, key=poverty)


def poverty(site: Site) -> tuple[bool, bool, bool, bool, bool, int]:
    """How little a site can tell: few entries, few slopes, another subject; then how much work it is."""
    few = any(size(x) < 3 for x in site.case.inputs)
    slopes = np.count_nonzero(np.broadcast_to(site.use.contribution, np.shape(site.use.copies)))
    beside = site.op.name not in (site.case.covers or (site.case.name,))
    flat = max(map(np.ndim, site.case.inputs)) < 2
    total = sum(map(size, site.case.inputs))
    return few, slopes < min(3, size(site.use.x)), beside, flat, size(site.use.y) < 2, total


def site_for(op: Op, k: int, bug: Bug) -> Site | None:
    """The best place for this mistake in the derivative of the k-th input; None where it makes no sense."""
    return next((site for site in sites_of(op.name) if site.k == k and bug.fits(site.use)), None)


@cache
def sites_of(name: str) -> list[Site]:
    """The sites of a primitive by its name, looked for once."""
    return sites(TABLE[name])
