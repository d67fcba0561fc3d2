"""Looking over a module's shoulder: at what it returns, and at the gradient that comes back to it.

A forward hook sees inputs and output of every call. A gradient hook stands behind the output as an identity
whose derivative shows the gradient on its way through.

>>> from tinygrad_edu.nn import Identity
>>> from tinygrad_edu.engine.value import Value
>>> layer, x = Identity(), Value(2.0)
>>> handle = layer.register_gradient_hook(lambda module, g: -g)  # a gradient turned round
>>> layer(x).backward()
>>> handle.remove()
>>> layer(x).backward()
>>> x.grad  # -1, then +1
0.0
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from ..ops.domain import REAL
from ..ops.op import Op
from ..protocols.modes import writing

numbers = count()


class Hooks:
    """The hooks of one module, in the order in which they were registered."""

    def __init__(self) -> None:
        self.forward: dict[int, Callable[..., Any]] = {}
        self.gradient: dict[int, Callable[..., Any]] = {}

    @property
    def used(self) -> bool:
        """Whether there are any; they may all have been removed."""
        return bool(self.forward or self.gradient)

    def after(self, module: Any, inputs: tuple[Any, ...], y: Any) -> Any:
        """The output, as the hooks leave it."""
        for hook in list(self.forward.values()):
            changed = hook(module, inputs, y)
            y = y if changed is None else changed
        return watched(y, module) if self.gradient else y


class Handle:
    """What registering a hook returns; `remove()` takes the hook away, once or more often, and so does `with`."""

    def __init__(self, hooks: dict[int, Callable[..., Any]], number: int):
        self.hooks, self.number = hooks, number

    def remove(self) -> None:
        """Take the hook away."""
        self.hooks.pop(self.number, None)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def add(module: Any, kind: str, hook: Callable[..., Any]) -> Handle:
    """Register a hook of a kind, "forward" or "gradient".

    raises   DataError for a hook that cannot be called
    """
    if not callable(hook):
        takes = "module, inputs, output" if kind == "forward" else "module, gradient"
        raise DataError(
            f"register_{kind}_hook({hook!r}): an object of type {type(hook).__name__} cannot be called.",
            "A hook is a function that is called every time something passes the module.",
            f"Write def hook({takes}): ... and pass hook.",
        )
    if module._hooks is None:
        module._hooks = Hooks()
    hooks, number = getattr(module._hooks, kind), next(numbers)
    hooks[number] = hook
    return Handle(hooks, number)


def watched(y: Any, module: Any) -> Any:
    """The output with an identity behind every result in it, which shows the gradient that arrives there."""
    if isinstance(y, (list, tuple)):
        parts = [watched(part, module) for part in y]
        return type(y)(*parts) if hasattr(y, "_fields") else type(y)(parts)
    if isinstance(y, dict):
        return {key: watched(part, module) for key, part in y.items()}
    return looked_over(module)(y) if hasattr(y, "apply_op") else y


def looked_over(module: Any) -> Op:
    """An identity of its own for one result: its derivative asks the hooks, one after the other."""

    def arrive(g: Any, y: Any, x: Any) -> Any:
        if type(g) not in (float, np.ndarray, Value) and not writing():
            return g  # letters, of a formula that is being written
        for hook in list(module._hooks.gradient.values()):
            changed = hook(module, g)
            g = g if changed is None else changed
        return g

    own = object.__new__(Op)
    vars(own).update(vars(hooked), base=own, derived={})
    own.set_rules({"x": arrive}, {})
    return own


def _hooked(x):  # type: ignore[no-untyped-def]
    """x itself."""
    return x


_hooked.__name__ = "hooked"
hooked = Op(_hooked, "{x}", REAL, False)  # not in the table of primitives: nobody computes with it
