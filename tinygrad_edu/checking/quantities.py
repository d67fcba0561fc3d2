"""Run a function once, and remember everything in it that has a name: its inputs and what was named on the way.

>>> found = record(lambda x: name(x * 2.0, "h") ** 2, {"x": 3.0})
>>> found.y._held, sorted(found.all), found.gradient("h"), found.gradient("x")
(36.0, ['h', 'x'], 12.0, 24.0)
>>> round(found.measure("h", ()).value, 9), round(found.measure("x", ()).value, 9)
(12.0, 24.0)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..calculus.naming import name as name
from ..calculus.naming import names_given
from ..engine.value import Value
from ..ops.numbers import constant
from ..protocols.modes import differentiating, no_grad
from . import messages
from .differences import Measured, slope
from .replay import Replay
from .trail import Trail

CUT_ENTRIES = 8  # of an input, to find out whether something cut its way to the result
Tree = Any  # a number or array, or nested tuples, lists and dicts of them


def canonical(tree: Tree) -> Tree:
    """A tree whose leaves are floats and arrays; a list of nothing but numbers is an array.

    >>> canonical({"w": [1, 2], "rows": [[1], [2, 3]]})
    {'w': array([1., 2.]), 'rows': [array([1.]), array([2., 3.])]}
    """
    if isinstance(tree, dict):
        return {key: canonical(part) for key, part in tree.items()}
    if isinstance(tree, (tuple, list)) and not (_only_numbers(tree) and _rectangular(tree)):
        parts = [canonical(part) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    data = constant(tree._held if type(tree) is Value else tree)
    return data.astype(np.float64) if type(data) is np.ndarray and data.dtype.kind == "b" else data


def _only_numbers(tree: Tree) -> bool:
    if isinstance(tree, (tuple, list)):
        return not hasattr(tree, "_fields") and all(map(_only_numbers, tree))
    return not isinstance(tree, (dict, Value)) and np.ndim(tree) == 0


def _rectangular(tree: Tree) -> bool:
    try:
        return np.asarray(tree).dtype.kind in "fiub"
    except ValueError:
        return False


def labelled(tree: Tree, label: str) -> dict[str, Any]:
    """The leaves with their paths, written as in a program.

    >>> labelled({"w": 1.0, "b": (2.0, 3.0)}, "net")
    {'net["w"]': 1.0, 'net["b"][0]': 2.0, 'net["b"][1]': 3.0}
    """
    if isinstance(tree, dict):
        written = {key: f'"{key}"' if isinstance(key, str) else repr(key) for key in tree}
        return {k: v for key, part in tree.items() for k, v in labelled(part, f"{label}[{written[key]}]").items()}
    if isinstance(tree, (tuple, list)):
        return {k: v for i, part in enumerate(tree) for k, v in labelled(part, f"{label}[{i}]").items()}
    return {label: tree}


def mapped(function: Callable[[Any], Any], tree: Tree) -> Tree:
    """The tree with the function applied to every leaf."""
    if isinstance(tree, dict):
        return {key: mapped(function, part) for key, part in tree.items()}
    if isinstance(tree, (tuple, list)):
        parts = [mapped(function, part) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return function(tree)


@dataclass
class Recorded:
    """f(**inputs), run once.

    inputs   name -> tree of plain numbers and arrays
    leaves   label -> the Value that stood for it
    named    name -> the Values that were given it on the way (more than one if the name was used twice)
    y        the result, and the trail that leads to it
    """

    f: Callable[..., Any]
    inputs: dict[str, Tree]
    leaves: dict[str, Value]
    named: dict[str, list[Value]]
    y: Value
    trail: Trail

    @property
    def all(self) -> dict[str, Value]:
        """Every quantity that has a gradient to check; of a name used twice, the first Value."""
        return {**{label: nodes[0] for label, nodes in self.named.items()}, **self.leaves}

    def gradient(self, label: str) -> Any:
        """The engine's gradient."""
        return self.trail.gradient(self.all[label])

    def measure(self, label: str, entry: tuple[int, ...]) -> Measured:
        """The finite difference of one entry: of an input by calling f again, of an intermediate by replaying."""
        return self._called_again(label, entry) if label in self.leaves else self.replayed(label, entry)

    def replayed(self, label: str, entry: tuple[int, ...]) -> Measured:
        """The slope of the recorded graph, in which whatever was cut out of the record stays as it was."""
        node = self.all[label]
        again = self._replays.setdefault(label, Replay(self.y, [node]))
        return self._slope(node._held, entry, lambda moved: again({node: moved}))

    def is_cut(self, label: str) -> bool:
        """Whether moving an input moves the result otherwise than the record says: part of the way is not in it."""
        node = self.leaves[label]
        entries = list(np.ndindex(node.shape))[:CUT_ENTRIES]
        pairs = [(self._called_again(label, entry), self.replayed(label, entry)) for entry in entries]
        return any(
            abs(a.value - b.value) > 1e-6 * max(abs(a.value), abs(b.value)) + 5 * (a.doubt + b.doubt) for a, b in pairs
        )

    @cached_property
    def _replays(self) -> dict[str, Replay]:
        return {}

    def is_random(self) -> bool:
        """Whether f, called again with the same inputs, returns something else."""
        once, again = self._result({}), self._result({})
        return once != again and once == once

    def _result(self, moved: dict[str, Any]) -> float:
        """What f returns in double precision, with other data for some leaves."""
        leaves = {label: Value(moved.get(label, _double(v._held))) for label, v in self.leaves.items()}
        with no_grad(), np.errstate(all="ignore"):
            y = self.f(**put_back(self.inputs, leaves))
        return float(y._held if type(y) is Value else y)

    def _called_again(self, label: str, entry: tuple[int, ...]) -> Measured:
        return self._slope(self.leaves[label]._held, entry, lambda moved: self._result({label: moved}))

    def _slope(self, data: Any, entry: tuple[int, ...], result: Callable[[Any], Any]) -> Measured:
        data = _double(data)

        def height(x: float) -> float:
            if type(data) is float:
                return float(result(x))
            moved = data.copy()
            moved[entry] = x
            return float(result(moved))

        return slope(height, float(data if type(data) is float else data[entry]))


def _double(data: Any) -> Any:
    """In double precision, in which the other half of the digits is left for measuring."""
    return data if type(data) is float else data.astype(np.float64)


def put_back(inputs: Mapping[str, Tree], leaves: Mapping[str, Any]) -> dict[str, Tree]:
    """The inputs with other leaves, given by label."""
    new = iter([leaves[label] for key, tree in inputs.items() for label in labelled(tree, key)])
    return {key: mapped(lambda _: next(new), tree) for key, tree in inputs.items()}


def record(f: Callable[..., Any], inputs: Mapping[str, Tree]) -> Recorded:
    """Run f on its inputs as Values and collect the names; raises if the result is not one number."""
    inputs = {key: canonical(tree) for key, tree in inputs.items()}
    messages.check_call(f, inputs)
    plain = {label: x for key, tree in inputs.items() for label, x in labelled(tree, key).items()}
    leaves = {label: Value(x, name=label) for label, x in plain.items()}
    with names_given() as given, differentiating:
        y = f(**put_back(inputs, leaves))
    messages.check_result(y)
    y = y if type(y) is Value else Value(y)
    trail = Trail(y)
    return Recorded(f, inputs, leaves, _names(trail, given, leaves), y, trail)


def _names(trail: Trail, given: list[tuple[str, Value]], leaves: dict[str, Value]) -> dict[str, list[Value]]:
    """Names given by `tg.name`, and those written on values in the record: a detached copy does not count."""
    named: dict[str, list[Value]] = {}
    own = set(map(id, leaves.values()))
    for called, v in given:
        if not (id(v) in own and called in leaves) and not any(v is other for other in named.get(called, [])):
            named.setdefault(called, []).append(v)
    written: dict[str, list[Value]] = {}
    for v in trail.nodes:
        if v.name and id(v) not in own and v.name not in named:
            written.setdefault(v.name, []).append(v)
    for called, nodes in written.items():
        results = [v for v in nodes if v.op is not None] or nodes
        if called not in leaves or results[0].op is not None:
            named[called] = results[::-1]
    return named
