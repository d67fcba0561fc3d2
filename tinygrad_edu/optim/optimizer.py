"""An optimizer changes parameters, step by step, so that the loss becomes smaller.

It holds the parameters; where they should go, it reads in their gradients. One round of training is

    optimizer.zero_grad()
    loss(model(x), y).backward()
    optimizer.step()
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from ..protocols.changes import clock

COUNTS_REFERENCES = sys.implementation.name == "cpython"


class Optimizer:
    """Base of all optimizers. A subclass says in `step` how a parameter follows from its gradient.

    parameters   Values that nobody computed, at least one, each once: model.parameters()
    lr           the learning rate, a positive number; it may be set anew before any step
    raises       DataError for anything else
    """

    def __init__(self, parameters: Iterable[Value], lr: float):
        self.parameters = checked_parameters(type(self).__name__, parameters)
        self.lr = lr
        self._scratch: dict[int, np.ndarray] = {}

    @property
    def lr(self) -> float:
        """How far one step goes: the learning rate, larger than 0."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        if not isinstance(lr, (int, float)) or not 0 < lr < math.inf:
            raise DataError(
                f"{type(self).__name__}: lr={lr!r} is no learning rate.",
                "Each step goes against the gradient by this factor: 0 goes nowhere, less than 0 goes uphill.",
                "Write a positive number, for example lr=0.1.",
            )
        self._lr = float(lr)

    def step(self) -> None:
        """Change every parameter that has a gradient."""
        raise NotImplementedError(f"{type(self).__name__} does not say what a step is")

    def scratch(self, k: int, like: np.ndarray) -> np.ndarray:
        """Memory for numbers on their way from the gradient to parameter k, used again in every step.

        Fresh memory for 784 · 256 weights costs 0.15 ms a step: the system clears each page of it first.
        """
        spare = self._scratch.get(k)
        if spare is None or spare.shape != like.shape or spare.dtype != like.dtype:
            spare = self._scratch[k] = np.empty_like(like)
        return spare

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters: `.grad` is None again."""
        for p in self.parameters:
            p.zero_grad()


def give(parameter: Value, data: Any) -> None:
    """Let the parameter hold `data`, a float or an array that nobody else has: `.data = data` without its copies.

    What was computed from the old data will say in `backward()` that it is stale.
    """
    parameter._held, parameter.seen, parameter.order = data, None, next(clock)


def nobody_else_holds_data_of(parameter: Value) -> bool:
    """Whether its array may be overwritten: no view, no variable and no `.data` handed out refers to it any more.

    >>> p = Value([1.0, 2.0])
    >>> nobody_else_holds_data_of(p)
    True
    >>> row = p.data
    >>> nobody_else_holds_data_of(p)
    False
    """
    return COUNTS_REFERENCES and sys.getrefcount(parameter._held) == 2  # the parameter's, and this question's own


def checked_parameters(name: str, parameters: Iterable[Value]) -> list[Value]:
    """The parameters as a list: at least one, all of them Values that nobody computed, none twice."""
    if callable(parameters):  # a module, or the method without its brackets
        raise DataError(
            f"{name} was given {type(parameters).__name__} instead of parameters.",
            "It changes a list of Values, and does not look for them inside an object.",
            f"Write {name}(model.parameters()).",
        )
    parameters = list(parameters)
    if not parameters:
        raise DataError(
            f"{name} was given no parameters.",
            "With nothing to change, training would run and learn nothing.",
            "Check that the model keeps its Values and layers as attributes, not in local variables.",
        )
    for i, p in enumerate(parameters):
        if not isinstance(p, Value) or p.op is not None:
            what = f"the result of {p.op.name}" if isinstance(p, Value) and p.op else f"{type(p).__name__}, no Value"
            raise DataError(
                f"{name}: parameter {i} is {what}.",
                "A parameter is a Value that nobody computed; setting a result would not change what it came from.",
                f"Write {name}(model.parameters()), or make it a parameter with Value(number).",
            )
    if len(set(map(id, parameters))) < len(parameters):
        raise DataError(
            f"{name}: a parameter is in the list twice.",
            "It would take two steps where one was meant.",
            f"Write {name}(model.parameters()), which names shared parameters once.",
        )
    return parameters
