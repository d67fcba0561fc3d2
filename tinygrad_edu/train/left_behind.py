"""What a forward pass leaves behind in the parts of a model: a sum it keeps, a result it stores, a count.

A recorded run does so for every batch. A program repeats steps from numbers to numbers and would do it once, while it
is written; so whoever writes one looks first.

>>> from tinygrad_edu.nn import Linear
>>> class Counting(Linear):
...     calls = 0
...     def forward(self, x):
...         self.calls += 1
...         return super().forward(x)
>>> layer = Counting(2, 1)
>>> before = Attributes(layer)
>>> y = layer(np.zeros((3, 2)))
>>> before.changed([], [])
('', 'calls')
"""

from __future__ import annotations

import random
from collections.abc import Collection
from typing import Any

import numpy as np

from ..engine.value import Value
from ..nn.module import Module
from .randomness import state_of

SIMPLE = (int, float, complex, str, bytes, type(None))


class Attributes:
    """The attributes of all parts of a model, as they are now."""

    def __init__(self, model: Module):
        self.model = model
        self.parts = [(path, part, dict(vars(part)), look(part)) for path, part in model.named_modules()]

    def changed(self, drawing: Collection[Any], noting: Collection[Any]) -> tuple[str, str] | None:
        """The path of a part and the attribute that is another one now; None if all are the same.

        drawing, noting   layers whose generators and whose statistics are known to go on
        """
        for path, part, _, seen in self.parts:
            now = look(part)
            apart = set(part._counts) | (set(part._buffers) if any(part is x for x in noting) else set())
            if any(part is x for x in drawing):
                apart |= {name for name, x in vars(part).items() if isinstance(x, np.random.Generator)}
            for name in [*seen, *now]:
                if name not in apart and (name not in seen or name not in now or seen[name] != now[name]):
                    return path, name
        return None

    def bring_back(self) -> None:
        """Let the attributes be the ones they were (an array that was written to stays as it is)."""
        for _, part, attributes, _ in self.parts:
            vars(part).clear()
            vars(part).update(attributes)


def look(part: Module) -> dict[str, Any]:
    """What tells whether an attribute has changed, for each of them."""
    return {name: shown(x) for name, x in vars(part).items()}


def shown(x: Any, depth: int = 4) -> Any:
    """Something that equals what it was before exactly if x has not changed.

    >>> x = [1, np.zeros(2)]
    >>> before = shown(x)
    >>> x[1] += 1.0
    >>> before == shown(x), before == shown(x)[:1]
    (False, False)
    """
    if isinstance(x, SIMPLE):
        return type(x), repr(x)  # repr: nan is nan
    if type(x) is Value:
        return id(x), x.order
    if isinstance(x, np.ndarray):
        return id(x), x.shape, x.dtype.str, x.tobytes()
    if isinstance(x, (np.random.Generator, random.Random)):
        return id(x), repr(state_of(x))
    if isinstance(x, dict) and depth:
        return id(x), [(shown(key, depth - 1), shown(part, depth - 1)) for key, part in x.items()]
    if isinstance(x, (list, tuple)) and depth:
        return id(x), [shown(part, depth - 1) for part in x]
    return id(x)
