"""What a mistake costs: the same small network, trained with the right and with the wrong engine.

It learns exclusive or: h = tanh(X W + b), s = h + tanh(h V), output σ(s w − d), loss the mean squared error. Every
mistake of the lab can show here: h is used twice, b and d are stretched over four samples, the loss is a mean.
"""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError
from ..ops.activations import sigmoid
from ..ops.reductions import mean
from ..ops.trigonometry import tanh
from ..writing.wording import number
from .engine import Engine
from .experiment import BREAKS, engine_of, lesson_of
from .graph import Graph

POINTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([[0.0], [1.0], [1.0], [0.0]])
RATE, SEED = 1.0, 2
TOLD = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Training:
    """What `train` found. `print` shows it.

    right, wrong   the loss before each step, and after the last        broke   the exception that ended the wrong one
    grown          parameters whose shape the wrong engine changed, with the shape they have now

    >>> training = train("no 1/N", steps=20)
    >>> round(training.right[20], 2), round(training.wrong[20], 2)
    (0.16, 0.13)
    """

    def __init__(self, kind: type[Engine], steps: int):
        lesson = lesson_of(kind)
        self.mistake, self.title = (kind.name, lesson.title) if lesson else (kind.__name__, kind.__name__)
        self.right, _, _ = descend(Engine, steps)
        self.wrong, parameters, self.broke = descend(kind, steps)
        self.grown = {name: p.shape for name, p in parameters.items() if p.shape != start()[name].shape}

    @property
    def verdict(self) -> str:
        """What the mistake cost, in a sentence."""
        steps, right, wrong = len(self.right) - 1, self.right[-1], self.wrong[-1]
        if self.broke is not None:
            what = " ".join(str(self.broke).split("\n")[0].split()).rstrip(".")
            return f"The wrong engine broke off in step {len(self.wrong)}: {what}."
        said = f"After {steps:,} step{'s' * (steps != 1)} the loss is {number(right)} with the right engine and "
        said += f"{number(wrong)} with the wrong one. "
        if self.grown:
            shapes = ", ".join(f"{name} {shape}" for name, shape in self.grown.items())
            said += f"Parameters took the shape of their gradients: {shapes}. Each sample has its own now, so what is "
            return said + "learned says nothing about other samples."
        if not wrong < self.wrong[0]:
            return said + "The network has learned nothing."
        if wrong > 1.5 * right:
            return said + "It learns, only worse: that looks like a bad learning rate, not like a mistake."
        return said + "The loss does not give the mistake away: only a gradient check does."

    @property
    def text(self) -> str:
        """The losses side by side, in 80 columns."""
        last = len(self.right) - 1
        lines = [f"Exclusive or, trained with: {self.title}"[:80], f"{'step':>8}{'right':>14}{'wrong':>14}"]
        for step in sorted({*(n for n in TOLD if n < last), last}):
            wrong = number(self.wrong[step]) if step < len(self.wrong) else "–"
            lines.append(f"{step:>8,}{number(self.right[step]):>14}{wrong:>14}")
        return "\n".join([*lines, "", *wrap(self.verdict, 80)])

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Training with {self.mistake!r}: {self.verdict}>"


def train(mistake: str | type[Engine], steps: int = 200) -> Training:
    """Train a small network with a wrong engine, and once more with the right one; same start, same steps.

    mistake   a name from `misconceptions()`, or your own subclass of Engine
    returns   a Training: print it, or plot its `.right` and `.wrong`, one loss more than steps
    raises    UnknownNameError for a mistake that does not exist, DataError if steps is no whole number from 1

    >>> training = train("start at 0", steps=10)
    >>> training.verdict.split(". ")[-1]
    'The network has learned nothing.'
    """
    kind = engine_of(mistake)
    if type(steps) is not int or steps < 1:
        raise DataError(
            f"train: steps={steps!r} is no whole number of at least 1.",
            "Every step is one pass over four samples.",
            "Write steps=200, for example.",
        )
    return Training(kind, steps)


def start() -> dict[str, np.ndarray]:
    """The parameters before the first step: always the same."""
    rng = np.random.default_rng(SEED)
    shapes = {"W": (2, 2), "V": (2, 2), "w": (2, 1)}
    return {**{name: rng.normal(size=shape) for name, shape in shapes.items()}, "b": np.zeros(2), "d": np.zeros(1)}


def loss(p: dict[str, Any]) -> Any:
    """The mean squared error of the network's four outputs."""
    h = tanh(POINTS @ p["W"] + p["b"])
    s = h + tanh(h @ p["V"])
    return mean((TARGETS - sigmoid(s @ p["w"] - p["d"])) ** 2.0)


def descend(kind: type[Engine], steps: int) -> tuple[list[float], dict[str, Value], Exception | None]:
    """Gradient descent with the gradients of one engine: losses, parameters, and what ended it early."""
    parameters = {name: Value(data, name) for name, data in start().items()}
    left: dict[Value, Any] = {}
    losses: list[float] = []
    for _ in range(steps):
        y = loss(parameters)
        losses.append(y.data)
        engine = kind(Graph(y))
        if engine.carries:  # one pass each step, and what the step before has left is still there
            engine.passes, engine.grad = 1, left
        try:
            engine.run()
        except BREAKS as error:
            return losses, parameters, error
        left = {v: g for v, g in engine.grad.items() if v.op is None}
        for p in parameters.values():
            p.data = p.data - RATE * engine.grad.get(p, 0.0)  # a plain array would not notice another shape
    return [*losses, loss(parameters).data], parameters, None
