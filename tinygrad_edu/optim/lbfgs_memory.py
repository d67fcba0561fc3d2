"""What L-BFGS remembers: the last steps, and how much each changed the gradient; and all parameters as one vector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from .memory import give


class Pairs:
    """The pairs (s, y): a step taken, and the change of the gradient along it. One row per pair, the newest last.

    >>> pairs = Pairs()
    >>> pairs.learn(np.array([8.0, 2.0]), 10)  # the gradient of 4 x² + y² at (1, 1)
    >>> pairs.left(np.array([8.0, 2.0]), np.array([-1.0, 0.0]), 1.0)
    >>> pairs.learn(np.array([0.0, 2.0]), 10)  # one step of -1 along x has brought it to (0, 1)
    >>> pairs.times_inverse(np.array([8.0, 0.0]))  # now it knows the curvature along x: 8
    array([1., 0.])
    """

    def __init__(self) -> None:
        self.steps = 0
        self.s: list[Any] = []
        self.y: list[Any] = []
        self.scale = 1.0  # the inverse of the curvature, before anything else is known
        self.gradient: Any = None  # where the last step began
        self.step: Any = None  # the last step

    def learn(self, gradient: Any, most: int) -> None:
        """Make a pair of the last step and of what it changed, if the curvature along it is positive."""
        self.steps += 1
        if self.gradient is None:
            return
        s, y = self.step, gradient - self.gradient
        curvature = float(y @ s)
        if curvature > 1e-10:
            self.s, self.y = [*self.s, s][-most:], [*self.y, y][-most:]
            self.scale = curvature / float(y @ y)

    def times_inverse(self, gradient: Any) -> Any:
        """The guessed H⁻¹ · gradient: the two loops of the algorithm."""
        weights = [1.0 / float(y @ s) for s, y in zip(self.s, self.y)]
        q, alphas = gradient.copy(), []
        for s, y, weight in zip(self.s[::-1], self.y[::-1], weights[::-1]):
            alpha = float(s @ q) * weight
            q -= alpha * y
            alphas.append(alpha)
        r = q * self.scale
        for s, y, weight, alpha in zip(self.s, self.y, weights, alphas[::-1]):
            r += s * (alpha - float(y @ r) * weight)
        return r

    def left(self, gradient: Any, direction: Any, t: float) -> None:
        """Note the gradient where a step begins, and the step."""
        self.gradient, self.step = gradient, direction * t

    def went(self, direction: Any, t: float) -> None:
        """Note how far the step has really gone."""
        self.step = direction * t

    def state_dict(self) -> dict[str, Any]:
        """All of it as numbers and arrays, the pairs as rows of two matrices."""
        if self.gradient is None:
            return {}
        n = len(self.gradient)
        rows = {"s": np.array(self.s).reshape(-1, n), "y": np.array(self.y).reshape(-1, n)}
        now = {"gradient": self.gradient.copy(), "step": self.step.copy(), "steps": self.steps, "scale": self.scale}
        return {f"pairs.{name}": x for name, x in {**rows, **now}.items()}

    @classmethod
    def loaded(cls, state: dict[str, Any], n: int) -> Pairs:
        """The pairs that were saved, for n entries of all parameters together."""
        pairs = cls()
        if not state:
            return pairs
        wanted = {"s": (n,), "y": (n,), "gradient": (n,), "step": (n,), "steps": (), "scale": ()}
        problems = [f"pairs.{name} is missing" for name in wanted if f"pairs.{name}" not in state]
        for key, x in state.items():
            name = key.removeprefix("pairs.")
            shape = np.shape(x)[1:] if name in ("s", "y") else np.shape(x)
            if name not in wanted:
                problems.append(f"{key} is unexpected")
            elif shape != wanted[name]:
                problems.append(f"{key} has {np.shape(x)} entries, the parameters have {n} together")
        if problems:
            raise DataError(
                f"This state does not fit the LBFGS: {'; '.join(problems)}.",
                "A state continues the training of the very parameters it was saved for, with the same optimizer.",
                "Make the LBFGS as it was made before saving, with the same model, and load the state then.",
            )
        pairs.s, pairs.y = [np.array(x) for x in state["pairs.s"]], [np.array(x) for x in state["pairs.y"]]
        pairs.gradient, pairs.step = np.array(state["pairs.gradient"]), np.array(state["pairs.step"])
        pairs.steps, pairs.scale = int(state["pairs.steps"]), float(state["pairs.scale"])
        return pairs


def together(parts: Sequence[Any], parameters: Sequence[Value]) -> Any:
    """Numbers and arrays, one per parameter, as one new vector; a gradient that is None counts as zeros.

    >>> together([1.0, np.array([[2.0, 3.0]])], [Value(0.0), Value([[0.0, 0.0]])])
    array([1., 2., 3.])
    """
    return np.concatenate([np.zeros(p.size) if x is None else np.ravel(x) for x, p in zip(parts, parameters)])


def put(vector: Any, parameters: Sequence[Value]) -> None:
    """Give every parameter its part of the vector, in its own shape and precision."""
    start = 0
    for p in parameters:
        part = vector[start : start + p.size]
        give(p, float(part[0]) if type(p._held) is float else part.reshape(p.shape).astype(p._held.dtype))
        start += p.size


def checked_counts(**counts: Any) -> None:
    """Refuse numbers of steps that are no positive whole numbers."""
    for name, count in counts.items():
        if isinstance(count, bool) or not isinstance(count, int) or count < 1:
            raise DataError(
                f"LBFGS: {name}={count!r} is no positive whole number.",
                "It counts what happens inside one step, and at least one thing must happen.",
                f"Write for example {name}={100 if name == 'history_size' else 20}.",
            )
