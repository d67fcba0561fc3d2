"""The function under a check: any arguments in, any result out, seen as numbers that depend on numbers.

>>> subject = Subject(lambda p: p["w"] * p["x"] ** 2, ({"w": 2.0, "x": 3.0},))
>>> subject.names
['p["w"]', 'p["x"]']
>>> subject.heights(subject.leaves), subject.gradients(subject.weights[0])
([18.0], [9.0, 12.0])
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..calculus.containers import flatten
from ..calculus.derivatives import jvp
from ..engine.sweep import pull
from ..engine.value import Value
from ..ops.broadcasting import shape_of
from ..ops.numbers import constant
from ..protocols.changes import clock
from ..protocols.modes import differentiating, no_grad
from .replay import recorded, rounding

ROWS = 8  # so many results are checked one by one; more are added up first, with random weights

Numbers = list[Any]  # floats and arrays, one per leaf


class Subject:
    """A function and the point at which it is checked, in double precision whatever the precision of the inputs.

    names     of the inputs' numbers and arrays, as one would write them: 'x', 'p["w"]'
    leaves    these numbers and arrays
    given     the same in the precision in which they were given
    results   the function's results there, as numbers and arrays
    weights   for each number that is checked: what the results are multiplied by before they are added up to it
    rounding  what rounding inside the function may do to them
    """

    def __init__(
        self,
        f: Callable[..., Any],
        inputs: tuple[Any, ...],
        rng: Any = 0,
        *,
        projected: bool = False,
        exact: bool = True,
        called: list[str] | None = None,
    ):
        self.f, self.inputs = f, inputs
        given, self.rebuild = flatten(inputs)
        self.given = [x._held if type(x) is Value else Value(x)._held for x in given]
        self.leaves = [x if type(x) is float or not exact else x.astype(np.float64) for x in self.given]
        self.names = called or names(f, inputs)
        self.record()
        self.rounding = rounding(self.nodes)
        self.results = self.plain(self.roots)
        sizes = [int(np.prod(shape_of(y))) for y in self.results]
        self.projected = projected or not 0 < sum(sizes) <= ROWS
        self.weights = self._weights(sizes, np.random.default_rng(rng))

    def record(self) -> None:
        """Call the function with Values and keep its record."""
        self.since = next(clock)
        self.values = [Value(x, name) for x, name in zip(self.leaves, self.names)]
        with differentiating:
            results, self.rebuild_results = flatten(self.f(*self.rebuild(self.values)))
        self.roots = [y if type(y) is Value else constant(y) for y in results]
        self.nodes = recorded(*[y for y in self.roots if type(y) is Value])

    def _weights(self, sizes: list[int], rng: np.random.Generator) -> list[Numbers]:
        shapes = [shape_of(y) for y in self.results]
        if self.projected:
            signs = [rng.uniform(1.0, 2.0, shape) * rng.choice([-1.0, 1.0], shape) for shape in shapes]
            return [[w if w.shape else float(w) for w in signs]]
        units = np.eye(sum(sizes))
        cuts = np.cumsum(sizes)[:-1]
        return [[w.reshape(s) if s else float(w[0]) for w, s in zip(np.split(unit, cuts), shapes)] for unit in units]

    def places(self) -> list[str]:
        """Which number of the results each of the weights picks: '' if there is only one, else '[2]' or '1[2]'."""
        if self.projected or len(self.weights) == 1:
            return [""] * len(self.weights)
        several = len(self.results) > 1
        found = [(k if several else "", place) for k, y in enumerate(self.results) for place in np.ndindex(shape_of(y))]
        return [f"result {k}{list(place) if place else ''}".replace("result [", "result[") for k, place in found]

    @staticmethod
    def plain(results: list[Any]) -> Numbers:
        """The numbers and arrays of results that may be Values."""
        return [y._held if type(y) is Value else y for y in results]

    def results_at(self, leaves: Numbers) -> Numbers:
        """The results for other inputs; nothing is recorded."""
        with no_grad(), np.errstate(all="ignore"):
            results = flatten(self.f(*self.rebuild([Value(x) for x in leaves])))[0]
            return [y._held if type(y) is Value else constant(y) for y in results]

    def heights(self, leaves: Numbers) -> list[float]:
        """The numbers that are checked, one per weight."""
        results = self.results_at(leaves)
        return [weighted(w, results) for w in self.weights]

    def gradients(self, weights: Numbers) -> Numbers:
        """The engine's gradient of one of these numbers, by the reverse sweep: an array per leaf."""
        pairs = [(y, fitted_start(w, y)) for w, y in zip(weights, self.roots) if type(y) is Value]
        return pull([y for y, _ in pairs], [start for _, start in pairs], self.values, self.since)

    def forward(self, direction: Numbers) -> list[float]:
        """The engine's slope of each of these numbers along a direction, by forward mode."""
        with np.errstate(all="ignore"):
            _, dy = jvp(self.f, self.rebuild(self.leaves), self.rebuild(direction))
        slopes = flatten(dy)[0]
        return [weighted(w, slopes) for w in self.weights]

    def line(self, k: int, place: tuple[int, ...]) -> Callable[[float], list[float]]:
        """The heights as a function of one number among the inputs."""
        x, leaves = self.leaves[k], list(self.leaves)

        def heights(t: float) -> list[float]:
            if type(x) is float:
                leaves[k] = t
            else:
                leaves[k] = x.copy()
                leaves[k][place] = t
            return self.heights(leaves)

        return remembered(heights)

    def along(self, direction: Numbers) -> Callable[[float], list[float]]:
        """The heights as a function of how far all inputs have moved in a direction."""
        return remembered(lambda t: self.heights([x + t * d for x, d in zip(self.leaves, direction)]))


def remembered(heights: Callable[[float], list[float]]) -> Callable[[float], list[float]]:
    """The function, computed once per number: the slopes of several results are measured at the same places."""
    known: dict[float, list[float]] = {}

    def once(t: float) -> list[float]:
        if t not in known:
            known[t] = heights(t)
        return known[t]

    return once


def weighted(weights: Numbers, results: Numbers) -> float:
    """Σ weight · result over all numbers of all results; where a weight is 0, whatever the result is.

    >>> weighted([1.0, np.array([0.0, 2.0])], [3.0, np.array([np.nan, 5.0])])
    13.0
    """
    total = 0.0
    for w, y in zip(weights, results):
        if type(w) is float:
            total += w * y if w else 0.0
        else:
            total += float(np.sum(np.where(w == 0, 0.0, w * y)))
    return total


def fitted_start(weight: Any, y: Value) -> Any:
    """The weight in the precision of the result."""
    return weight if type(weight) is float else weight.astype(y._held.dtype)


def names(f: Callable[..., Any], inputs: tuple[Any, ...]) -> list[str]:
    """What to call each number and array among the arguments of f: its parameters, and the way into containers.

    >>> names(lambda w, *xs: w, (1.0, 2.0, {"b": [3.0, 4.0]}))
    ['w', 'xs[0]', 'xs[1]["b"][0]', 'xs[1]["b"][1]']
    """
    return [name for tops, tree in zip(parameters(f, len(inputs)), inputs) for name in ways(tops, tree)]


def parameters(f: Callable[..., Any], count: int) -> list[str]:
    """The names of the first parameters of f; 'input 0' and so on where Python does not know them."""
    found = list(getattr(f, "inputs", ()))  # of a primitive
    variadic = getattr(f, "variadic", False)
    try:
        for p in () if found else inspect.signature(f).parameters.values():
            variadic = p.kind is p.VAR_POSITIONAL
            if variadic or p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
                found.append(p.name)
            if variadic:
                break
    except (TypeError, ValueError):
        pass
    if variadic:
        found += [f"{found[-1]}[{i}]" for i in range(count)]
        found.pop(-count - 1)
    return [*found, *(f"input {i}" for i in range(len(found), count))][:count]


def ways(name: str, tree: Any) -> Iterator[str]:
    """The ways to the leaves of a nested container, in the order of `flatten`."""
    if isinstance(tree, dict):
        for key, part in tree.items():
            yield from ways(f'{name}["{key}"]' if isinstance(key, str) else f"{name}[{key!r}]", part)
    elif isinstance(tree, (tuple, list)):
        fields = getattr(tree, "_fields", None)
        for i, part in enumerate(tree):
            yield from ways(f"{name}.{fields[i]}" if fields else f"{name}[{i}]", part)
    elif tree is not None:
        yield tree.name if type(tree) is Value and tree.name else name
