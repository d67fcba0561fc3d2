"""Ways to the things around a function: through its closure, its global names, attributes and keys.

>>> rate = 0.1
>>> def step(w):
...     return w - rate * w
>>> [(str(way), way.now()) for way in around(step)]
[('rate', 0.1)]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from ..protocols.places import users

MISSING = object()


class Way:
    """How something is reached: from a dictionary of globals, a cell or an object, through names and keys.

    >>> str(Way({"data": {"x": 1.0}}).item("data").item("x")), Way({"n": 3}).item("n").now()
    ("data['x']", 3)
    """

    def __init__(self, root: Any, steps: tuple[tuple[str, Any], ...] = ()):
        self.root, self.steps = root, steps

    def attribute(self, name: str) -> Way:
        """The way to root.name"""
        return Way(self.root, (*self.steps, (".", name)))

    def item(self, key: Any) -> Way:
        """The way to root[key]"""
        return Way(self.root, (*self.steps, ("[", key)))

    def now(self) -> Any:
        """What is there; MISSING if nothing is."""
        x = self.root
        try:
            for sign, key in self.steps:
                x = getattr(x, key) if sign == "." else x[key]
        except (AttributeError, LookupError, TypeError, ValueError):  # ValueError: an empty cell
            return MISSING
        return x

    def text(self, root: str) -> str:
        """The way as Python writes it."""
        return root + "".join(f".{key}" if sign == "." else f"[{key!r}]" for sign, key in self.steps)

    @property
    def name(self) -> str:
        """The last name on the way."""
        return next((str(key) for _, key in reversed(self.steps) if key != "cell_contents"), "x")

    def __str__(self) -> str:
        text = self.text("").replace(".cell_contents", "")
        first = self.steps[0][1] if self.steps and self.steps[0][0] == "[" else None
        return f"{first}{text[len(repr(first)) + 2 :]}" if isinstance(first, str) else text.lstrip(".")


class Length(Way):
    """How many things are in a list."""

    def __init__(self, way: Way):
        super().__init__(way.root, way.steps)

    def now(self) -> Any:
        found = super().now()
        return MISSING if found is MISSING else len(found)

    def text(self, root: str) -> str:
        return f"len({super().text(root)})"


def around(f: FunctionType) -> Iterator[Way]:
    """The ways to what a function names: in its closure, and among the globals if it is the user's."""
    yield from (way for way in cells(f) if way.now() is not MISSING)
    if users(f.__code__.co_filename):
        yield from (Way(f.__globals__).item(name) for name in sorted(names_in(f.__code__)) if name in f.__globals__)


def cells(f: FunctionType) -> list[Way]:
    """The ways into the closure, one for each cell."""
    return [Way(cell).attribute("cell_contents") for cell in f.__closure__ or ()]


def names_in(code: CodeType | None) -> set[str]:
    """The global names and attributes that a function and the functions inside it use."""
    if code is None:
        return set()
    inner = [names_in(x) for x in code.co_consts if isinstance(x, CodeType)]
    return {*code.co_names}.union(*inner)


def library(x: Any) -> bool:
    """Whether this belongs to Python, NumPy or this package, and will not change."""
    module = x.__name__ if isinstance(x, ModuleType) else getattr(x, "__module__", None)
    first = module.split(".")[0] if isinstance(module, str) else ""  # of a class written in C it may be a descriptor
    return (first in sys.stdlib_module_names and first != "__main__") or first in ("numpy", "tinygrad_edu", "builtins")
