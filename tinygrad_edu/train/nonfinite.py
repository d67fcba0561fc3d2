"""When the loss is nan or infinite: the batch is taken once more under the eyes of the doctor, who names the cause."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import NonFiniteError
from ..nn.module import Module
from .randomness import generators_in, set_state, state_of


class Before:
    """What a forward pass changes on the side, as it was before: buffers, and where random generators are.

    >>> from tinygrad_edu.nn import BatchNorm1d
    >>> layer = BatchNorm1d(1)
    >>> before = Before(layer)
    >>> before.note()
    >>> y = layer([[1.0], [3.0]])
    >>> before.bring_back()
    >>> layer.running_mean
    Value([0.])
    """

    def __init__(self, model: Module):
        self.generators = list({id(x): x for x in generators_in(model).values()}.values())
        self.buffers = [x for _, x in model.named_buffers()]
        self.states: list[Any] = []
        self.arrays: list[Any] = []

    def note(self) -> None:
        """Write it down; most models have nothing to write down."""
        self.states = [state_of(x) for x in self.generators]
        self.arrays = [np.array(x._held if type(x) is Value else x) for x in self.buffers]

    def bring_back(self) -> None:
        """Make it as it was."""
        for generator, state in zip(self.generators, self.states):
            set_state(generator, state)
        for buffer, array in zip(self.buffers, self.arrays):
            if type(buffer) is Value:
                buffer.data = array
            else:
                buffer[...] = array


def all_finite(parameters: list[Value]) -> bool:
    """Whether every gradient is finite: the sum of squares tells it in one pass, where it is no overflow itself."""
    for p in parameters:
        g = p._grad
        if g is None:
            continue
        if type(g) is float:
            if g - g != 0.0:
                return False
        else:
            flat = g.ravel(order="K")
            total = float(np.dot(flat, flat))
            if total - total != 0.0 and not np.isfinite(g).all():
                return False
    return True


def diagnosed(model: Module, loss: Any, x: Any, y: Any, before: Before, where: str, found: float) -> NonFiniteError:
    """The error for a batch with a loss, or gradients, that are not finite.

    before   the generators are set back, so that the batch goes as it went; buffers, so that no nan stays in them
    where    "epoch 3, batch 17"
    """
    what = f"the loss is {found:.4g}" + (", but a gradient is not finite" if math.isfinite(found) else "")
    lost = not_finite(model)
    head = f"fit stopped in {where}: {what}.\n  {said(lost)}"
    before.bring_back()
    doctor = examined(model, loss, x, y)
    before.bring_back()
    for p in model.parameters():
        p._grad = None
    if doctor is not None and lost:
        return NonFiniteError(
            f"{head}\n  {doctor.what}",
            "The gradients were finite, but the step along them went beyond the largest number there is.",
            "Write a smaller learning rate, or clip=1.0; or go on from a checkpoint.",
        )
    if doctor is not None:
        return NonFiniteError(f"{head}\n  {doctor.what}", doctor.why, doctor.write)
    return NonFiniteError(
        head,
        "Computed once more, each operation gave finite numbers: the loss is computed outside of them, or at random.",
        "Look at the loss function, or try a smaller learning rate.",
    )


def after_the_last_step(event: Any, lost: list[str]) -> NonFiniteError:
    """The error for parameters that the last step of an epoch has ruined: what would be measured and saved now."""
    error = NonFiniteError(
        f"fit stopped after epoch {event.epoch}.\n  {said(lost)}",
        "The gradients were finite, but the step along them went beyond the largest number there is.",
        "Write a smaller learning rate, or clip=1.0; or go on from a checkpoint.",
    )
    error.history = event.history  # type: ignore[attr-defined]
    return error


def examined(model: Module, loss: Any, x: Any, y: Any) -> NonFiniteError | None:
    """What the doctor finds when the batch is computed once more."""
    from ..doctor.debug import debug  # for those who need it

    try:
        with debug(), np.errstate(all="ignore"):
            found = loss(model(x), y)
            if type(found) is Value:
                found.backward()
    except NonFiniteError as error:
        return error
    return None


def not_finite(model: Module) -> list[str]:
    """The names of the parameters that hold nan or infinity."""
    return [name for name, p in model.named_parameters() if not np.isfinite(p._held).all()]


def said(lost: list[str]) -> str:
    """What the model's parameters are now."""
    if not lost:
        return "The step was not taken: the model keeps the parameters it had, all of them finite."
    more = f" and {len(lost) - 4} more" if len(lost) > 4 else ""
    return f"The step before has ruined {', '.join(lost[:4])}{more}: not finite any more."
