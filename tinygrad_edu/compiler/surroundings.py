"""How a program reads what its function takes from around it, and how it notices that this is another one.

Values and arrays are read at every call. What is part of the program is compared: with `is` where that is enough
(8 ns), entry by entry where somebody may have written into it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..ops.broadcasting import shape_of
from ..protocols.modes import watchers
from .captures import SIMPLE, Outside
from .recording.line import Line
from .ways import MISSING, Length, Way


class Surroundings:
    """What one program needs of the things around it.

    reads    a line for each of program.values, and how its data are found now
    fixed    what the program was written for
    """

    def __init__(self, outside: Outside, reads: list[Line]):
        ways = {id(x): way for way, x, _ in outside.arrays}
        self.reads = [(line, None if type(line.origin) is Value else ways[id(line.origin)]) for line in reads]
        self.fixed = [(way, kept(way.now())) for way, _ in outside.fixed]  # as f left it, should it write there
        self.names: list[tuple[str, Way]] = []  # of things that the text compares with `is`
        self.needs: dict[str, Any] = {}

    def data(self) -> list[Any]:
        """What program.values are now."""
        return [line.origin._held if way is None else way.now() for line, way in self.reads]

    def hold(self) -> bool:
        """Whether the program is right for what is there now."""
        for (line, _), x in zip(self.reads, self.data()):
            alike = shape_of(x) == line.shape and (not line.shape or getattr(x, "dtype", None) == line.dtype)
            if not alike or (line.shape and type(x) is not np.ndarray):
                return False
        return all(same(way.now(), thing) for way, thing in self.fixed)

    def refresh(self, namespace: dict[str, Any]) -> bool:
        """Let the text accept what is equal to what it was written for; whether there was anything of the kind."""
        changed = [(name, way.now()) for name, way in self.names if way.now() is not namespace[name]]
        namespace.update(changed)
        return bool(changed)

    def statements(self, names: dict[Line, str]) -> list[tuple[str, str]]:
        """(condition, statement): what reads and compares, for an entry."""
        found: list[tuple[str, str]] = [(self.bound("watchers", watchers), "")] if self.reads else []
        for way, thing in self.fixed:
            found.append((self.another(way, thing), ""))
        for line, read in self.reads:
            text = f"{self.bound('value', line.origin)}._held" if read is None else self.text(read)
            found.append(("", f"{names[line]} = {text}"))
        return found

    def another(self, way: Way, thing: Any) -> str:
        """The condition that something else is there now."""
        text = self.text(way)
        if isinstance(thing, Frozen):
            return f"not {self.bound('same', thing)}({text})"
        if isinstance(way, Length) or type(thing) in (list, tuple, dict):
            return f"{text} != {self.bound('fixed', thing)}"
        name = self.bound("fixed", thing)
        self.names.append((name, way))
        return f"{text} is not {name}"

    def text(self, way: Way) -> str:
        """The way in the words of the text."""
        known = next((name for name, x in self.needs.items() if x is way.root and name.startswith("_around")), None)
        return way.text(known or self.bound("around", way.root))

    def bound(self, wanted: str, thing: Any) -> str:
        """A name for a thing, of its own."""
        name = f"_{wanted}_{len(self.needs)}"  # no step of a program begins with an underscore
        self.needs[name] = thing
        return name


class Frozen:
    """An array as it was; called with one, it says whether that is the same.

    >>> x = np.array([1.0, np.nan])
    >>> was = Frozen(x)
    >>> before = was(x)
    >>> x[0] = 2.0
    >>> before, was(x)
    (True, False)
    """

    def __init__(self, x: np.ndarray):
        self.shape, self.dtype = x.shape, x.dtype
        self.numbers = x.tolist() if x.dtype.hasobject else x.tobytes()  # bytes: nan is nan there, and −0 is not 0

    def __call__(self, x: Any) -> bool:
        if not isinstance(x, np.ndarray) or x.shape != self.shape or x.dtype != self.dtype:
            return False
        return bool((x.tolist() if x.dtype.hasobject else x.tobytes()) == self.numbers)


def kept(thing: Any) -> Any:
    """An array or a container as it is now; anything else is itself."""
    return Frozen(thing) if isinstance(thing, np.ndarray) else copied(thing)


def copied(x: Any) -> Any:
    """The container anew, with the same things in it."""
    if type(x) is dict:
        return {key: copied(part) for key, part in x.items()}
    return type(x)(map(copied, x)) if type(x) in (list, tuple) else x


def same(x: Any, thing: Any) -> bool:
    """Whether x is what the program was written for."""
    if x is thing:
        return True
    if isinstance(thing, Frozen):
        return thing(x)
    if x is MISSING or type(x) is not type(thing):
        return False
    if isinstance(thing, SIMPLE):
        return repr(x) == repr(thing)  # −0.0 is not 0.0, and nan is nan
    try:
        return type(thing) in (list, tuple, dict) and bool(x == thing)
    except ValueError:  # Values or arrays that are others
        return False
