"""How large the gradients of every layer are: whether training reaches the first ones, or explodes there.

>>> from tinygrad_edu.losses.mse import mse
>>> from tinygrad_edu.nn import Linear, Sequential
>>> net, x = Sequential(Linear(2, 4), Linear(4, 1)), np.ones((10, 2))
>>> [band.title for band in computed(net, x, np.ones(10), mse, "weights")]
['Linear(2, 4)', 'Linear(4, 1)']
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.sweep import pull
from ..engine.value import Value
from ..errors import DataError, unknown_name
from ..writing.wording import minus, number
from .activations import batch
from .bands import Band, draw_bands, share
from .stages import Stage, stages
from .style import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

KINDS = {"weights": "size of the gradients of weights and biases", "outputs": "size of the gradients of the answers"}


def gradients(
    model: Any,
    x: Any = None,
    y: Any = None,
    loss: Callable[[Any, Any], Any] | None = None,
    of: str = "weights",
    ax: Axes | None = None,
    title: str = "",
) -> Figure:
    """A histogram per layer of the sizes |∂loss/∂p|, on a logarithmic scale, the first layer on top.

    model    an MLP, a Sequential, a layer, or a list of parts in the order of their use
    x, y     a batch and its targets; loss is a function (answers, y) → one number, for example tg.losses.mse;
             without them the gradients are those that `loss.backward()` left in the parameters
    of       "weights" (and biases), or "outputs": what arrives at the answers of each layer on the way back
    returns  the figure; beside each band stand the median and the share of exact zeros, which have no place on it
    raises   DataError where there are no gradients; UnknownNameError for another `of`; as `activations`
    source   Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)

    Bands that wander to the left towards the first layer are vanishing gradients, to the right exploding ones. The
    parameters and their `.grad` stay as they are.

    >>> from tinygrad_edu.losses.mse import mse
    >>> from tinygrad_edu.nn import MLP
    >>> figure = gradients(MLP(2, [4, 1]), np.ones((10, 2)), np.ones((10, 1)), loss=mse)
    >>> figure.axes[0].get_xscale()
    'log'
    """
    if of not in KINDS:
        raise unknown_name("kind of gradient", of, KINDS)
    if x is None and of == "weights":
        bands = [band(stage, [p._grad for p in stage.parameters]) for stage in stages(model) if stage.parameters]
    elif x is None or y is None or not callable(loss):
        raise nothing_to_differentiate(of)
    else:
        bands = computed(model, x, y, loss, of)
    ax = new_axes(ax, title, width=7.2, height=1.3 + 0.8 * len(bands))
    draw_bands(ax, bands, KINDS[of], log=True)
    return ax.figure  # type: ignore[return-value]


def computed(model: Any, x: Any, y: Any, loss: Callable[[Any, Any], Any], of: str) -> list[Band]:
    """One forward and one backward pass, which leaves no trace in the parameters."""
    row, answers = stages(model), [Value(batch(x))]
    with np.errstate(all="ignore"):  # what is not finite is told beside the band
        for stage in row:
            answers.append(stage(answers[-1]))
        result = loss(fitting(answers[-1], y), y)
    if not isinstance(result, Value) or result.shape != ():
        raise nothing_to_differentiate(of)
    lists = [list(stage.parameters) if of == "weights" else [after] for stage, after in zip(row, answers[1:])]
    found = iter(pull([result], [1.0], [v for values in lists for v in values], 0))
    return [band(stage, [next(found) for _ in values]) for stage, values in zip(row, lists) if values]


def fitting(answers: Any, y: Any) -> Any:
    """One column of answers as a row, where the targets are a row too."""
    shape = np.shape(getattr(y, "_held", y))
    return answers[:, 0] if answers.shape == (*shape, 1) and len(shape) == 1 and np.size(y) > 0 else answers


def band(stage: Stage, found: list[Any]) -> Band:
    """The sizes of a stage's gradients.

    raises   DataError if there are none
    """
    if not found or any(g is None for g in found):
        raise DataError(
            f"{stage.title} has no gradients yet.",
            "A gradient of 0 is a number; one that nobody computed is not, and cannot be counted.",
            "Call loss.backward() first, or pass a batch: gradients(net, x, y, loss=tg.losses.mse).",
        )
    sizes = np.abs(np.concatenate([np.ravel(g) for g in found]).astype(float))
    some = sizes[np.isfinite(sizes) & (sizes > 0)]
    words = [share(sizes), f"median {minus(number(float(f'{np.median(some):.2g}')))}" if some.size else ""]
    return Band(stage.title, sizes, "\n".join(filter(None, words)))


def nothing_to_differentiate(of: str) -> DataError:
    """For a batch without targets or loss, or a loss that is not one number."""
    return DataError(
        f"gradients(of={of!r}) needs x, y and a loss that returns one number.",
        "A gradient says how one number, the loss, changes; without it there is nothing to derive.",
        f"Write gradients(net, x, y, loss=tg.losses.mse, of={of!r}).",
    )
