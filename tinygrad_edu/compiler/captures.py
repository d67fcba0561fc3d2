"""What a function takes from around it: a compiled function notices when that has changed.

    Values             (the parameters of a model) are read at every call: see `program.values`
    arrays             that f names are given to the program like arguments, at every call
    everything else    (numbers, texts, functions; arrays and lists further away) is part of the program, and looked
                       at before every call: if it is another one, so is the program

>>> rate = 0.1
>>> def step(w):
...     return w - rate * w
>>> [str(way) for way, _ in Outside(step).fixed]
['rate']

Found is what the function names: in its closure, among the global names, as attributes of objects, in functions of
the user's that it calls, and all of a model. What is found in another way (in a dictionary of lists of objects, by a
random number generator) is part of the program for ever.
"""

from __future__ import annotations

import random
from functools import partial
from types import FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from ..engine.value import Value
from ..nn.module import Module
from ..protocols.places import users
from .ways import Length, Way, around, library, names_in

DEEP = 4  # functions that call functions, attributes of attributes
MANY = 2000  # things in one list
SIMPLE = (bool, int, float, str, type(None), np.number, np.bool_)
DRAWING = (random.Random, np.random.Generator)


class Outside:
    """What f takes from around it.

    arrays    (way, array, name): named by f itself, or by a function it names
    fixed     (way, thing): what is part of the program
    values    Values among them, and sources of random numbers: `touched` tells whether f did something to them
    """

    def __init__(self, f: Any, *objects: Any):
        self.arrays: list[tuple[Way, Any, str]] = []
        self.fixed: list[tuple[Way, Any]] = []
        self.values: list[Value] = []
        self.sources: list[Any] = []
        self.seen: set[int] = set()  # of functions and objects
        self.named: set[str] = set()
        for _ in range(2):  # the second time it is known what all the functions name
            self.arrays, self.fixed, self.values, self.sources, self.seen = [], [], [], [], set()
            self.function(Way(f), f, 0)
            for x in objects:
                if not isinstance(x, (*SIMPLE, np.ndarray, Value)):
                    self.thing(Way(x), x, 0, named=False)

    def thing(self, way: Way, x: Any, depth: int, named: bool) -> None:
        """Something that was found, and what is in it."""
        if isinstance(x, ModuleType):
            if not library(x) and depth < DEEP:
                self.attributes(way, x, depth)
        elif isinstance(x, SIMPLE):
            self.fixed.append((way, x))
        elif isinstance(x, np.ndarray):
            if named and type(x) is np.ndarray and x.ndim and x.dtype.kind in "fiub":
                self.arrays.append((way, x, way.name))
            else:
                self.fixed.append((way, x))
        elif isinstance(x, Value):
            self.values.append(x)
            if way.steps:
                self.fixed.append((way, x))
        elif isinstance(x, DRAWING):
            self.sources.append(x)
        elif isinstance(x, (list, tuple, dict)):
            self.container(way, x, depth)
        elif id(x) not in self.seen and depth < DEEP and not isinstance(x, type):
            if way.steps and not library(x if isinstance(x, FunctionType) else type(x)):
                self.fixed.append((way, x))
            self.function(way, x, depth)

    def drawn(self) -> Any:
        """Another one after random numbers were drawn."""
        own = [str(x.bit_generator.state) if isinstance(x, np.random.Generator) else x.getstate() for x in self.sources]
        state: Any = np.random.get_state()  # noqa: NPY002 - whoever draws from it shall be told
        return random.getstate(), state[1].tobytes(), state[2:], own

    def orders(self) -> list[int]:
        """Others after the data of a Value were set."""
        return [x.order for x in self.values]

    def function(self, way: Way, f: Any, depth: int) -> None:
        """The closure of a function, the global names it uses, and the same of functions it wraps."""
        if id(f) in self.seen:
            return
        self.seen.add(id(f))
        if isinstance(f, MethodType):
            self.thing(way.attribute("__self__"), f.__self__, depth, named=False)
            self.function(way.attribute("__func__"), f.__func__, depth)
        elif isinstance(f, partial):
            self.function(way.attribute("func"), f.func, depth)
            for k, x in enumerate(f.args):
                self.thing(way.attribute("args").item(k), x, depth, named=False)
            for key, x in f.keywords.items():
                self.thing(way.attribute("keywords").item(key), x, depth, named=False)
        elif isinstance(f, FunctionType):
            self.named |= names_in(f.__code__)
            for inner in around(f):
                self.thing(inner, inner.now(), depth + users(f.__code__.co_filename), named=True)
        elif hasattr(f, "__wrapped__"):  # a compiled function, or one with a cache
            self.function(way.attribute("__wrapped__"), f.__wrapped__, depth)
        elif isinstance(f, Module):
            self.parts(way, f, depth)
        elif hasattr(f, "__dict__") and not library(type(f)):
            self.methods(f, depth)
            self.attributes(way, f, depth)

    def attributes(self, way: Way, x: Any, depth: int) -> None:
        """Those attributes of an object that the functions name."""
        own = vars(x)
        for name in sorted(self.named):
            part = own[name] if name in own else getattr(type(x), name, x)  # simple ones of the class, too
            if name in own or isinstance(part, SIMPLE):
                self.thing(way.attribute(name), part, depth + 1, named=False)

    def methods(self, x: Any, depth: int) -> None:
        """What the methods of an object name."""
        for method in vars(type(x)).values():
            if isinstance(method, FunctionType):
                self.named |= names_in(method.__code__)
                for way in around(method):
                    self.thing(way, way.now(), depth + 1, named=False)

    def parts(self, way: Way, module: Module, depth: int) -> None:
        """All that a model is made of."""
        self.methods(module, depth)
        for name, part in list(vars(module).items()):
            if not name.startswith("_") and name not in module._counts:
                self.thing(way.attribute(name), part, min(depth, DEEP - 1), named=False)
        if "training" not in vars(module):
            self.thing(way.attribute("training"), getattr(module, "training", None), depth, named=False)

    def container(self, way: Way, x: Any, depth: int) -> None:
        """A list, tuple or dict: compared as a whole, if there are only simple things and Values in it."""
        if len(x) > MANY or depth >= DEEP:
            return
        self.values += [part for part in (x.values() if isinstance(x, dict) else x) if isinstance(part, Value)]
        if plain(x):
            self.fixed.append((way, x))
            return
        if not isinstance(x, tuple):
            self.fixed.append((Length(way), len(x)))
        for key, part in list(x.items() if isinstance(x, dict) else enumerate(x)):
            self.thing(way.item(key), part, depth + 1, named=False)


def plain(x: Any) -> bool:
    """Whether there are only simple things and Values in it."""
    if isinstance(x, dict):
        return all(map(plain, x.values()))
    return all(map(plain, x)) if isinstance(x, (list, tuple)) else isinstance(x, (*SIMPLE, Value))
