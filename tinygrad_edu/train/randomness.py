"""One seed for everything that is drawn in a run: the order of the samples, and what each layer draws for itself.

>>> import numpy as np
>>> from tinygrad_edu.nn import Dropout, Linear, Sequential
>>> net = Sequential(Linear(4, 4), Dropout(0.5), Linear(4, 1))
>>> give_generators(net, np.random.default_rng(0))
>>> list(generators_in(net))
['1.rng']
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np

from ..nn.module import Module
from .resuming_messages import other_generator

SEEDED = 2**64  # a seed that somebody wrote is smaller; what default_rng() takes from the system has 128 bits


def give_generators(model: Module, root: np.random.Generator) -> None:
    """Give each part of the model that draws, and has no generator of its own, one that follows from the root.

    A part draws if it has an attribute `rng`; that is None, or a generator that was made from nothing, in which case
    no run could be repeated. Generators that somebody seeded stay.
    """
    for part in model.modules():
        attributes = vars(part)
        if "rng" in attributes and (attributes["rng"] is None or unseeded(attributes["rng"])):
            [attributes["rng"]] = root.spawn(1)


def unseeded(generator: Any) -> bool:
    """Whether it is what `np.random.default_rng()` made from the system's own randomness, and not yet given by us.

    >>> unseeded(np.random.default_rng()), unseeded(np.random.default_rng(0))
    (True, False)
    """
    if not isinstance(generator, np.random.Generator):
        return False
    seed = generator.bit_generator.seed_seq
    entropy, key = getattr(seed, "entropy", None), getattr(seed, "spawn_key", ())
    return isinstance(entropy, int) and entropy >= SEEDED and not key


def generators_in(model: Module) -> dict[str, Any]:
    """Every random generator that is an attribute of the model or of a part, with the path that leads to it."""
    return {
        f"{path}.{name}" if path else name: thing
        for path, part in model.named_modules()
        for name, thing in vars(part).items()
        if isinstance(thing, (np.random.Generator, random.Random))
    }


def state_of(generator: Any) -> Any:
    """Where a generator is in its sequence of numbers."""
    return generator.getstate() if isinstance(generator, random.Random) else generator.bit_generator.state


def set_state(generator: Any, state: Any) -> None:
    """Bring a generator to where it, or another one of its kind, was.

    >>> a, b = np.random.default_rng(0), np.random.default_rng(1)
    >>> set_state(b, state_of(a))
    >>> bool(a.random() == b.random())
    True
    """
    if isinstance(generator, random.Random):
        generator.setstate(state)
    else:
        generator.bit_generator.state = state


def set_checked(name: str, generator: Any, state: Any) -> None:
    """The same with a state from a file.

    raises   DataError if it is that of another kind of generator
    """
    try:
        set_state(generator, state)
    except (ValueError, TypeError, KeyError) as error:
        raise other_generator(name, generator, str(error)) from None
