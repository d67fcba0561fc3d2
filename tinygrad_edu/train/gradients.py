"""What one batch asks of the parameters: prediction and loss, and the gradients, which are left in `.grad`.

    Recorded    every batch is recorded anew, as in a loop by hand
    Written     prediction, loss and gradients are written down once, by `tg.compile`; the program runs for every batch

>>> from tinygrad_edu.losses.mse import mse
>>> from tinygrad_edu.nn import Linear
>>> line = Linear(1, 1, rng=np.random.default_rng(0))
>>> x, y = np.array([[1.0], [2.0]]), np.array([[0.0], [1.0]])
>>> recorded, written = Recorded(line, mse, "the loss mse"), Written(line, mse, "the loss mse")
>>> recorded(x, y)[1] == written(x, y)[1]
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..calculus.grad import vjp
from ..compiler.compiled import Compiled
from ..compiler.recording.signature import key_of
from ..engine.value import Value
from ..errors import TinygradError
from ..nn.aside import Aside
from ..nn.module import Module
from ..nn.registry import with_parameters
from .compiling_messages import beside_the_model, left_behind, not_written, with_hooks
from .left_behind import Attributes
from .measuring import height_of
from .nonfinite import Before


class Recorded:
    """(x, y) → the prediction and the number of the loss, with the gradients of the batch in the parameters.

    owner    what messages call the loss
    """

    def __init__(self, model: Module, loss: Callable[[Any, Any], Any], owner: str):
        self.model, self.loss, self.owner = model, loss, owner
        self.parameters = model.parameters()

    def epoch(self, model: Module) -> None:
        """Look again, before an epoch, at what there is to train: a callback may have added to it."""
        self.model, self.parameters = model, model.parameters()

    def __call__(self, x: Any, y: Any) -> tuple[Any, float]:
        for p in self.parameters:
            p._grad = None
        prediction = self.model(x)
        loss = self.loss(prediction, y)
        height = height_of(loss, self.owner)
        loss.backward()
        return prediction, height


class Written(Recorded):
    """The same numbers by a compiled program, one for each shape of a batch.

    Before the first batch of a shape, a record of it tells which parameters the loss depends on (the others get no
    gradient), which masks Dropout draws and which statistics BatchNorm notes: the program takes the ones and returns
    the others.

    raises   DataError where a program would be something else than the record: hooks, which it would call once;
             layers that change their attributes; a loss that reads parameters and results on the side, which it would
             take for constants; CompileError for a model or a loss that decides by numbers
    """

    def __init__(self, model: Module, loss: Callable[[Any, Any], Any], owner: str):
        super().__init__(model, loss, owner)
        self.steps: dict[Any, Step] = {}

    def epoch(self, model: Module) -> None:
        before = [*map(id, self.parameters), id(self.model)]
        super().epoch(model)
        if before != [*map(id, self.parameters), id(self.model)]:
            self.steps = {}
        for path, part in self.model.named_modules():
            if part._hooks is not None and part._hooks.used:
                raise with_hooks(path)

    def __call__(self, x: Any, y: Any) -> tuple[Any, float]:
        key = key_of([x, y])
        if key not in self.steps:
            self.steps[key] = self.step(x, y)
        return self.steps[key](x, y)

    def step(self, x: Any, y: Any) -> Step:
        """What there is to write down, found out with a batch that is recorded and then forgotten."""
        before, attributes = Before(self.model), Attributes(self.model)
        before.note()
        with Aside() as aside:
            super().__call__(x, y)
        left = attributes.changed([layer for layer, *_ in aside.draws], [layer for layer, *_ in aside.notes])
        before.bring_back()
        if left is not None:
            attributes.bring_back()
            raise left_behind(*left)
        step = Step(self, aside)
        try:
            read = step.written(x, y)
        except TinygradError as error:
            raise not_written(error) from error
        for name, p in self.model.named_parameters():
            if any(p is value for value in read) and any(p is other for other in step.reached):
                raise beside_the_model(self.owner, f"the parameter {name!r}")
        if computed := next((value.op for value in read if value.op is not None), None):
            raise beside_the_model(self.owner, f"a result of {computed.name}")
        return step


class Step:
    """The program for batches of one shape, and what has to be done around it."""

    def __init__(self, recorded: Recorded, aside: Aside):
        self.parameters = recorded.parameters
        self.reached = [p for p in self.parameters if p._grad is not None]
        self.draws, self.notes = aside.draws, [(layer, n) for layer, _, _, n in aside.notes]  # and not their numbers
        self.program = Compiled(slopes_of(recorded.model, recorded.loss, self.reached))

    def __call__(self, x: Any, y: Any) -> tuple[Any, float]:
        masks = [layer.mask(shape, dtype) for layer, shape, dtype in self.draws]
        prediction, height, slopes, noted = self.program([p._held for p in self.reached], masks, x, y)
        for (layer, n), (mean, variance) in zip(self.notes, noted):
            layer.note(mean, variance, n)
        for p in self.parameters:
            p._grad = None
        for p, g in zip(self.reached, slopes):
            p._grad = g
        return prediction, height

    def written(self, x: Any, y: Any) -> list[Any]:
        """Write the program; returns the Values that it reads by itself, and not as parameters."""
        masks = [np.ones(shape, dtype) if shape else 1.0 for _, shape, dtype in self.draws]
        self.program([p._held for p in self.reached], masks, x, y)
        return [line.origin for line in self.program.program.values]


def slopes_of(model: Module, loss: Callable[[Any, Any], Any], reached: list[Value]) -> Callable[..., Any]:
    """Prediction, loss, gradients and statistics, as a function of what changes from batch to batch.

    It names the model and the loss, so the compiled function notices when anything about them is another.
    """
    places = [id(p) for p in reached]

    def slopes(numbers: list[Any], masks: list[Any], x: Any, y: Any) -> tuple[Any, Any, list[Any], list[Any]]:
        prediction: Any = None

        def height(numbers: list[Any]) -> Any:
            nonlocal prediction
            prediction = with_parameters(model, Module, dict(zip(places, numbers)))(x)
            return loss(prediction, y)

        with Aside(masks) as aside:
            value, pull = vjp(height, numbers)
        return prediction, value, pull(1.0)[0], [(mean, variance) for _, mean, variance, _ in aside.notes]

    return slopes
