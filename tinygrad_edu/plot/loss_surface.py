"""The loss around the parameters: a map of the landscape in which training walks downhill.

A network has hundreds of parameters and a map has two directions. They are drawn at random, and each filter (all that
feeds one neuron) goes as far as it is long; otherwise a layer with large weights would look flat only because a step
of 1 means little to it.

>>> w = Value([3.0, 4.0])
>>> surface = measure(lambda: (w * w).sum(), [w], ([[1.0, 0.0]], [[0.0, 1.0]]), np.array([-1.0, 0.0, 1.0]))
>>> surface[1].tolist()  # a step to either side, along the first direction
[20.0, 25.0, 32.0]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError, ShapeError
from ..protocols.modes import no_grad
from ..writing.wording import minus, number
from .parameters import array_of, filters, holding, parameters_of
from .style import INK, VERMILLION, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Direction = Sequence[Any]


def loss_surface(
    loss: Callable[[], Any],
    model: Any,
    directions: tuple[Direction, Direction] | None = None,
    span: float = 1.0,
    resolution: int = 31,
    rng: np.random.Generator | int | None = 0,
    log: bool = False,
    ax: Axes | None = None,
    title: str = "",
) -> Figure:
    """The loss at parameters + s · first direction + t · second direction, for s and t from −span to span.

    loss         a function without arguments that computes it: lambda: tg.losses.mse(net(x), y)
    model        the network, or a list of its parameters
    directions   two lists of numbers and arrays shaped like the parameters; None for two random ones with each
                 filter as long as the parameters' own, and biases standing still
    rng          draws them: a NumPy Generator or a seed
    log          levels by factors instead of differences
    returns      the figure; the cross is where the parameters are
    raises       ShapeError for directions of other shapes; DataError for a loss that is no number
    source       Li, Xu, Taylor, Studer & Goldstein, Visualizing the Loss Landscape of Neural Nets (2018), section 4

    The parameters are moved for the measurement and put back; a graph that was computed before stays valid.

    >>> from tinygrad_edu.losses.mse import mse
    >>> from tinygrad_edu.nn import Linear
    >>> net, x, y = Linear(2, 1), np.ones((4, 2)), np.ones((4, 1))
    >>> loss_surface(lambda: mse(net(x), y), net, resolution=3).axes[0].get_xlabel()
    'first direction'
    """
    parameters = parameters_of(model)
    if directions is None:
        rng = np.random.default_rng(rng)
        directions = random_direction(model, rng), random_direction(model, rng)
    steps = np.linspace(-span, span, resolution)
    heights = measure(loss, parameters, directions, steps)
    ax = new_axes(ax, title, width=6.0, height=4.8)
    draw_map(ax, steps, heights, log)
    return ax.figure  # type: ignore[return-value]


def random_direction(model: Any, rng: np.random.Generator) -> list[np.ndarray]:
    """Normally distributed numbers, each filter scaled to the length of the parameters' own; 0 for biases.

    >>> w = Value([[3.0, 4.0], [0.6, 0.8]])
    >>> [d] = random_direction([w], np.random.default_rng(0))
    >>> np.linalg.norm(d, axis=1).round(12).tolist()
    [5.0, 1.0]
    """
    parameters = parameters_of(model)
    drawn = [rng.normal(size=p.shape) for p in parameters]
    direction = [np.zeros(p.shape) for p in parameters]
    for places in filters(model):
        theirs = np.concatenate([np.ravel(array_of(parameters[k])[row]) for k, row in places])
        ours = np.concatenate([np.ravel(drawn[k][row]) for k, row in places])
        factor = np.linalg.norm(theirs) / np.linalg.norm(ours)
        for k, row in places:
            direction[k][row] = factor * drawn[k][row]
    return direction


def measure(loss: Callable[[], Any], parameters: list[Value], directions: Any, steps: np.ndarray) -> np.ndarray:
    """The loss at every pair of steps: a row per step along the second direction, a column per step along the first."""
    first, second = (checked(direction, parameters) for direction in directions)
    start = [array_of(p) for p in parameters]
    heights = np.empty((len(steps), len(steps)))
    with no_grad(), np.errstate(all="ignore"):
        for i, t in enumerate(steps):
            for j, s in enumerate(steps):
                moved = [x + s * a + t * b for x, a, b in zip(start, first, second)]
                with holding(parameters, [like(x, p) for x, p in zip(moved, parameters)]):
                    heights[i, j] = one_number(loss())
    return heights


def like(x: np.ndarray, p: Value) -> Any:
    """The number or array as the parameter holds it."""
    return float(x) if type(p._held) is float else x.astype(p._held.dtype)


def told(height: float, _place: Any = None) -> str:
    """A height as it stands at its line and beside the scale."""
    return minus(number(height))


def one_number(found: Any) -> float:
    """The loss as a float; DataError if it is none."""
    found = getattr(found, "_held", found)
    if np.ndim(found) or not isinstance(found, (int, float, np.generic, np.ndarray)):
        raise DataError(
            f"The loss is {f'an array {np.shape(found)}' if np.ndim(found) else repr(found)}, and not one number.",
            "A map has one height at every place.",
            "Return one number from it, for example lambda: tg.losses.mse(net(x), y).",
        )
    return float(found)


def checked(direction: Any, parameters: list[Value]) -> list[np.ndarray]:
    """The direction as arrays, one for each parameter; ShapeError if they do not fit."""
    arrays = [np.asarray(getattr(d, "_held", d), dtype=float) for d in direction]
    if [d.shape for d in arrays] != [p.shape for p in parameters]:
        raise ShapeError(
            f"The direction has shapes {shapes(arrays)} and the parameters {shapes(parameters)}.",
            "A direction says for each parameter how far it goes.",
            "Give one number or array per parameter, for example [p.grad for p in net.parameters()].",
        )
    return arrays


def shapes(arrays: Any) -> str:
    """The first shapes, as a list."""
    return f"[{', '.join(str(x.shape) for x in arrays[:4])}{', …' if len(arrays) > 4 else ''}]"


def powers(low: float, high: float) -> np.ndarray:
    """1, 2 and 5 times the powers of ten, as many as enclose the range.

    >>> powers(0.03, 0.9).tolist()
    [0.02, 0.05, 0.1, 0.2, 0.5, 1.0]
    """
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    levels = np.array([float(f"{m}e{k}") for k in range(first, last + 1) for m in (1, 2, 5)])
    return levels[levels.searchsorted(low, "right") - 1 : levels.searchsorted(high) + 1]


def draw_map(ax: Axes, steps: np.ndarray, heights: np.ndarray, log: bool) -> None:
    """Filled levels from dark (low) to light (high), with lines and their numbers, and a cross in the middle."""
    from matplotlib.colors import LogNorm
    from matplotlib.patheffects import withStroke
    from matplotlib.ticker import MaxNLocator

    seen = heights[np.isfinite(heights) & ((heights > 0) | (not log))]
    if seen.size and seen.min() < seen.max():
        low, high = float(seen.min()), float(seen.max())
        log = log and low > 0
        levels = powers(low, high) if log else MaxNLocator(12).tick_values(low, high)
        shown = np.ma.masked_invalid(heights)
        shown = np.maximum(shown, levels[0]) if log else shown  # a loss of 0 has no logarithm: the lowest level
        norm = LogNorm(levels[0], levels[-1]) if log else None
        filled = ax.contourf(steps, steps, shown, levels=levels, cmap="cividis", norm=norm)
        lines = ax.contour(steps, steps, shown, levels=levels, colors=INK, linewidths=0.5)
        for label in ax.clabel(lines, fontsize=7, fmt=told):
            label.set_in_layout(False)  # or they push the words beside the axes out of the picture
            label.set_path_effects([withStroke(linewidth=2.2, foreground="white")])  # the valley is dark
        figure: Any = ax.figure
        figure.colorbar(filled, ax=ax, label="loss", format=told)
    ax.plot([0], [0], marker="X", markersize=11, color=VERMILLION, markeredgecolor="white", linestyle="", zorder=5)
    ticks = np.linspace(steps[0], steps[-1], 5)
    ax.set(xlabel="first direction", ylabel="second direction", aspect="equal", xticks=ticks, yticks=ticks)
