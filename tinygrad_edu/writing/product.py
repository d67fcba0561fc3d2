"""The chain rule as one line: a single path from y back to x, one factor between each two values with a name.

∂L/∂w = ∂L/∂h × ∂h/∂w. On paper every result is written down with a few digits and used again; so the same product
is also computed in that way, and agrees with a derivation by hand to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

from ..calculus.steps import newest_first
from ..engine.value import Value
from .lesson import Lesson

DIGITS = 3  # that one writes down on paper
MOST_FACTORS = 6  # of unnamed values; beyond, a line of them teaches nothing
LARGEST = 500  # results that are computed once more with rounded numbers


@dataclass(frozen=True)
class Product:
    """∂y/∂x as a product.

    values    y, what stands between the factors, x        factors   one fewer
    on_paper  the factors and their product with every value rounded to three digits before it is used; () if nobody
              would notice a difference, or nothing in between has a name
    """

    values: tuple[Value, ...]
    factors: tuple[float, ...]
    result: float
    on_paper: tuple[float, ...] = ()

    @staticmethod
    def of(lesson: Lesson) -> Product | None:
        """The product line of a lesson, None if there are several paths or too many factors."""
        path = lesson.path
        stops = [i for i, v in enumerate(path) if v.name or i in (0, len(path) - 1)]
        named = len(stops) > 2
        if not named and 2 < len(path) <= MOST_FACTORS + 1:
            stops = list(range(len(path)))
        if len(stops) < 3 or len(stops) > MOST_FACTORS + 1:
            return None
        slopes = [told.uses[0].local for told in lesson.steps]
        factors = [prod(slopes[i:j]) for i, j in zip(stops, stops[1:])]
        paper = on_paper(lesson, stops) if named else ()
        plain = tuple(map(rounded, (*factors, lesson.gradients[0])))
        return Product(
            tuple(path[i] for i in stops), tuple(factors), lesson.gradients[0], paper if paper != plain else ()
        )


def on_paper(lesson: Lesson, stops: list[int]) -> tuple[float, ...]:
    """The factors, and their product, when each named result is rounded before it is used again."""
    nodes = newest_first(lesson.y)
    if len(nodes) > LARGEST or any(v.shape for v in nodes):
        return ()
    full: dict[Value, Any] = {}

    def seen(x: Any) -> Any:
        if type(x) is not Value:
            return x
        return x._held if x not in full else rounded(full[x]) if x.name else full[x]

    for node in reversed(nodes):
        full[node] = node.op.compute(*map(seen, node.inputs))
    slopes = []
    for told in lesson.steps:
        k, node = told.uses[0].index, told.node
        rules = node.op.rules
        if node.op.variadic:
            return ()
        slopes.append(rules[k](1.0, full[node], *map(seen, node.inputs)))
    factors = [rounded(prod(slopes[i:j])) for i, j in zip(stops, stops[1:])]
    return (*factors, rounded(prod(factors)))


def rounded(x: float) -> float:
    """The number with three significant digits."""
    return float(f"{x:.{DIGITS}g}")
