"""Which module computed what: found out from the parameters that a result consumes.

A result belongs to the module whose parameters it uses, and so does what leads from one of them to the next (the sum of
a neuron's products) and the activation that follows when all of them have been used. Nothing has to be recorded.

>>> w, b, x = Value(2.0), Value(1.0), Value(3.0)
>>> p = w * x
>>> h = (p + b).tanh()
>>> loss = (h - 1.0) ** 2
>>> values = [w, b, x, p, *h.inputs, h, *loss.inputs[:1], loss]
>>> home = homes(values, {w: ("neuron",), b: ("neuron",)})
>>> [home[v] for v in (p, h, x, loss)]
[('neuron',), ('neuron',), (), ()]
"""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.value import Value
from ..nn.activations import TABLE as ACTIVATIONS

Path = tuple[str, ...]
MORE = ("softmax", "log_softmax")
ALL = -1  # as a set of bits: every parameter has been used


def homes(values: Iterable[Value], paths: dict[Value, Path]) -> dict[Value, Path]:
    """The module of every value, () for none; `values` oldest first, `paths` says where the parameters are."""
    home: dict[Value, Path] = {}
    used: dict[Value, int] = {}  # which parameters of its own module a value was made from, one bit each
    whole: dict[Path, int] = {}
    for v in values:
        if v.op is None:
            home[v] = paths.get(v, ())
            if home[v]:
                bit = whole.get(home[v], 0) + 1
                used[v], whole[home[v]] = bit, 2 * bit - 1
    for v in values:
        if v.op is not None:
            home[v] = _home(v, home, used, whole, paths)
            inside = [x for x in v.inputs if isinstance(x, Value) and home[v] and home.get(x) == home[v]]
            used[v] = 0 if inside else ALL
            for x in inside:
                used[v] |= used[x]
    return home


def _home(
    v: Value, home: dict[Value, Path], used: dict[Value, int], whole: dict[Path, int], paths: dict[Value, Path]
) -> Path:
    inputs = [x for x in v.inputs if isinstance(x, Value)]
    own = [home[x] for x in inputs if paths.get(x)]
    if own:
        return common(own)
    place = common([home[x] for x in inputs])
    if not place:
        return ()
    finished = any(home[x] == place and used[x] & whole.get(place, 0) == whole.get(place, 0) for x in inputs)
    if not finished:
        return place
    x = inputs[0]
    bend = v.op.name in ACTIVATIONS or v.op.name in MORE
    bent = x.op is not None and x.op.name in ACTIVATIONS
    return place if len(v.inputs) == 1 and bend and not bent else ()


def common(paths: list[Path]) -> Path:
    """The innermost module that contains all of the paths.

    >>> common([("a", "b", "c"), ("a", "b", "d")])
    ('a', 'b')
    """
    low, high = min(paths), max(paths)
    for i, step in enumerate(low):
        if high[i : i + 1] != (step,):
            return low[:i]
    return low


def folded(home: dict[Value, Path], opened: int) -> dict[Path, list[Value]]:
    """What is drawn as one box when so many levels are opened: the values of each folded module."""
    boxes: dict[Path, list[Value]] = {}
    for v, path in home.items():
        if path and len(path) >= opened:
            boxes.setdefault(path[:opened], []).append(v)
    return boxes
