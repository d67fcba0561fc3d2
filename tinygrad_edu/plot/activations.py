"""What the neurons of every layer answer to a batch: whether they say anything, and whether they still could change.

>>> from tinygrad_edu.nn import MLP
>>> net, x = MLP(2, [4, 1], hidden="tanh"), np.zeros((10, 2))
>>> [band.title for band in answered(net, x)]
['Layer(2, 4) → tanh', 'Layer(4, 1)']
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ShapeError
from ..protocols.modes import no_grad
from ..writing.wording import minus, number
from .bands import Band, draw_bands, share
from .plane import numbers
from .stages import stages
from .style import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def activations(model: Any, x: Any, ax: Axes | None = None, title: str = "") -> Figure:
    """A histogram per layer of everything its neurons answer to the batch x, the first layer on top.

    model    an MLP, a Sequential, a layer, or a list of parts in the order of their use
    x        a batch, one sample per row
    returns  the figure; beside each band stand mean ± standard deviation, and the share of exact zeros, which with
             relu are silent neurons
    raises   DataError for a module that is no row of layers; ShapeError if x is no batch, or does not fit
    source   Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)

    Heaps at −1 and 1 after tanh are saturated neurons, whose slope is nearly 0; bands that get narrower from layer to
    layer are a signal that dies away.

    >>> from tinygrad_edu.nn import MLP
    >>> figure = activations(MLP(2, [4, 1], hidden="tanh"), np.zeros((10, 2)))
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['Layer(2, 4) → tanh', 'Layer(4, 1)']
    """
    bands = answered(model, x)
    ax = new_axes(ax, title, width=7.2, height=1.3 + 0.8 * len(bands))
    draw_bands(ax, bands, "what the neurons answer")
    return ax.figure  # type: ignore[return-value]


def answered(model: Any, x: Any) -> list[Band]:
    """The answers of every stage to the batch, in words and numbers."""
    row, x = stages(model), batch(x)
    bands = []
    with no_grad(), np.errstate(all="ignore"):  # what is not finite is told beside the band
        for stage in row:
            x = stage(x)
            found = numbers(x).ravel()
            bands.append(Band(stage.title, found, "\n".join(filter(None, [share(found), spread(found)]))))
    return bands


def batch(x: Any) -> np.ndarray:
    """The samples as an array with one row each, in their own precision.

    raises   ShapeError for a single sample, and for none
    """
    x = getattr(x, "_held", x)
    x = x if isinstance(x, np.ndarray) and x.dtype.kind == "f" else numbers(x)
    if x.ndim < 2 or not x.size:
        raise ShapeError(
            f"A batch was asked for, and x has shape {x.shape}.",
            "A histogram needs many answers; a batch holds one sample per row.",
            "Pass x as (samples, inputs), or x[None, :] for a batch of one.",
        )
    return x


def spread(x: np.ndarray) -> str:
    """Mean and standard deviation of the finite entries."""
    x = x[np.isfinite(x)]
    return minus(f"{number(float(f'{x.mean():.2g}'))} ± {number(float(f'{x.std():.2g}'))}") if x.size else ""
