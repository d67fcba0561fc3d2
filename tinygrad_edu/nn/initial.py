"""Where weights start: random numbers, so that no two neurons begin alike and then stay alike for ever.

Every layer takes `rng`. For layers of scalar weights it is a `random.Random`, a `numpy.random.Generator`, or None
for Python's global `random`; an initialiser is a function of it that returns one number.

>>> import random
>>> drawn = uniform(random.Random(0))
>>> -1.0 <= drawn <= 1.0, zero(random.Random(0))
(True, 0.0)
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import DataError, ShapeError

Initialiser = Callable[[Any], float]


def uniform(rng: Any) -> float:
    """A number drawn evenly from -1 to 1."""
    return rng.uniform(-1, 1)


def zero(rng: Any) -> float:
    """0, and nothing is drawn."""
    return 0.0


def initialiser(name: str, given: Initialiser | None, usual: Initialiser) -> Initialiser:
    """The function that draws a parameter's first number; the usual one for None.

    raises   DataError for what cannot be called
    """
    if given is not None and not callable(given):
        raise DataError(
            f"{name}={given!r} ({type(given).__name__}) cannot be called.",
            "Each parameter starts at a number of its own: what a function of the generator returns.",
            f"Write {name}=lambda rng: {given!r} to start all of them there."
            if isinstance(given, (int, float))
            else f"Write for example {name}=lambda rng: rng.gauss(0, 0.1).",
        )
    return usual if given is None else given


def scalar_source(rng: Any) -> Any:
    """What scalar weights are drawn from: `rng`, or the global `random` for None.

    raises   DataError for what cannot draw, a bare seed for instance
    """
    if rng is None:
        return random
    if not hasattr(rng, "uniform"):
        raise DataError(
            f"rng={rng!r} ({type(rng).__name__}) cannot draw numbers.",
            "A layer draws its weights one after the other, so it needs a generator that remembers where it is.",
            "Write rng=random.Random(0) or rng=np.random.default_rng(0).",
        )
    return rng


def array_source(rng: Any) -> np.random.Generator:
    """What arrays of weights are drawn from: a NumPy Generator, by default a fresh one.

    raises   DataError for anything else
    """
    if rng is None:
        return np.random.default_rng()
    if not isinstance(rng, np.random.Generator):
        raise DataError(
            f"rng={rng!r} ({type(rng).__name__}) cannot draw whole arrays.",
            "A layer draws its weights from a generator that remembers where it is.",
            "Write rng=np.random.default_rng(0).",
        )
    return rng


def checked_size(owner: str, name: str, size: Any) -> int:
    """A number of inputs or outputs: a positive whole number.

    raises   ShapeError for anything else
    """
    if not isinstance(size, (int, np.integer)) or isinstance(size, bool) or size < 1:
        raise ShapeError(
            f"{owner}: {name} is {size!r}.",
            "A layer has a positive whole number of inputs and of outputs.",
            f"Write {int(size)}, a whole number."
            if isinstance(size, float) and size >= 1 and size == int(size)
            else f"Make {name} a whole number, 1 or more.",
        )
    return int(size)
