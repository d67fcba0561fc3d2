"""Looking at a module from outside: hooks on what passes through it, a table of its layers, its repr.

>>> from tinygrad_edu.nn import Linear, Sequential, Tanh
>>> net = Sequential(Linear(2, 3), Tanh())
>>> means = []
>>> with net[0].register_forward_hook(lambda layer, inputs, y: means.append(y.data.mean())):
...     y = net(np.ones((5, 2)))
>>> len(means), net
(1, Sequential(Linear(2, 3), Tanh()))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.value import Value

if TYPE_CHECKING:
    from .hooks import Handle
    from .summary import Summary

KEEPING = ("training", "_hooks", "_buffers", "_unsaved")  # attributes of the bookkeeping, which no repr shows


class Observed:
    """Mixin of Module: everything that looks at it and changes nothing."""

    if TYPE_CHECKING:

        def fields(self) -> dict[str, Any]: ...

    def register_forward_hook(self, hook: Callable[[Any, tuple[Any, ...], Any], Any]) -> Handle:
        """Call hook(module, inputs, output) after every call; what it returns, if not None, becomes the output.

        returns   a handle: handle.remove() takes the hook away, and so does leaving `with handle:`

        >>> from tinygrad_edu.nn import Linear
        >>> layer, shapes = Linear(2, 3), []
        >>> with layer.register_forward_hook(lambda module, inputs, y: shapes.append(y.shape)):
        ...     y = layer(np.zeros((5, 2)))
        >>> shapes
        [(5, 3)]
        """
        from .hooks import add

        return add(self, "forward", hook)

    def register_gradient_hook(self, hook: Callable[[Any, Any], Any]) -> Handle:
        """Call hook(module, gradient) when a backward pass brings the gradient of the module's output.

        What it returns, if not None, goes on in its place. A handle is returned, as by `register_forward_hook`.

        >>> from tinygrad_edu.nn import Linear
        >>> layer, seen = Linear(2, 1), []
        >>> handle = layer.register_gradient_hook(lambda module, g: seen.append(g))
        >>> (layer([1.0, 2.0]).sum() * 3.0).backward()
        >>> seen
        [array([3.])]
        """
        from .hooks import add

        return add(self, "gradient", hook)

    def summary(self, *example: Any) -> Summary:
        """A table: every layer, the shape of what it returns, how many parameters it has; and the total.

        example   the shape of an input, (64, 784), or an input (several for a module with several)
        returns   a Summary: print it; .rows, .total

        >>> from tinygrad_edu.nn import Linear, Sequential
        >>> print(Sequential(Linear(3, 2), Linear(2, 1)).summary((5, 3)))
        layer              output shape  parameters
        Sequential         (5, 1)                 -
          0: Linear(3, 2)  (5, 2)                 8
          1: Linear(2, 1)  (5, 1)                 3
        total                                    11
        """
        from .summary import summarised

        return summarised(self, example)

    def __repr__(self) -> str:
        """One line when it fits, otherwise one line per part, indented, as far down as there are parts."""
        fields = {name: part for name, part in self.fields().items() if name not in KEEPING}
        parts = [("" if name.isdigit() else f"{name}=") + described(part) for name, part in fields.items()]
        line = f"{type(self).__name__}({', '.join(parts)})"
        if len(line) <= 100 and "\n" not in line:
            return line
        inner = "".join(f"\n{part}," for part in parts).replace("\n", "\n  ")
        return f"{type(self).__name__}({inner}\n)"


def described(part: Any) -> str:
    """How a module's repr writes one of its attributes: parameters and arrays by shape, functions by name."""
    if isinstance(part, Value):
        return f"{part._held:.4g}" if part.shape == () else f"Value{part.shape}"
    if isinstance(part, np.ndarray):
        return f"array{part.shape}" if part.size > 1 else repr(part.tolist())
    if isinstance(part, (list, tuple)):
        return f"[{', '.join(described(x) for x in part)}]"
    if isinstance(part, dict):
        return f"{{{', '.join(f'{key}: {described(x)}' for key, x in part.items())}}}"
    return getattr(part, "name", None) or getattr(part, "__name__", None) or repr(part)
