"""Layers one after another: the output of each is the input of the next.

>>> import numpy as np
>>> from tinygrad_edu.nn import Linear
>>> from tinygrad_edu.ops.trigonometry import tanh
>>> rng = np.random.default_rng(0)
>>> net = Sequential(Linear(4, 8, rng=rng), tanh, Linear(8, 1, rng=rng))
>>> net
Sequential(Linear(4, 8), tanh, Linear(8, 1))
>>> net(np.zeros((5, 4))).shape, [name for name, _ in net.named_parameters()]
((5, 1), ['0.weight', '0.bias', '2.weight', '2.bias'])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..errors import DataError
from .module import Module


class Sequential(Module):
    """Modules and functions, applied in order; parameters are named by position, as in PyTorch.

    parts     modules, primitives such as tg.relu, or any function of one array
    raises    DataError for a part that cannot be called, and for no parts at all
    """

    def __init__(self, *parts: Callable[[Any], Any]):
        if not parts:
            raise DataError(
                "Sequential() has no parts.",
                "It applies its parts one after another, so it needs at least one.",
                "Write Sequential(Linear(2, 16), tg.relu, Linear(16, 1)).",
            )
        for i, part in enumerate(parts):
            if not callable(part):
                raise DataError(
                    f"Sequential: part {i} is {part!r} ({type(part).__name__}), which cannot be called.",
                    "Every part receives what the one before it returned.",
                    "Write the parts one by one, Sequential(*parts)."
                    if isinstance(part, (list, tuple))
                    else "Pass a module or a function, for example tg.relu.",
                )
        self.parts = list(parts)

    def forward(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def fields(self) -> dict[str, Any]:
        return {str(i): part for i, part in enumerate(self.parts)}

    def __getitem__(self, index: int) -> Callable[[Any], Any]:
        return self.parts[index]

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[Callable[[Any], Any]]:
        return iter(self.parts)
