"""Plots of learning: the data, a function over the plane, curves over time. Each returns a matplotlib figure.

>>> figure = plot_points([[0, 0], [1, 1]], [0, 1])
>>> figure.axes[0].get_xlabel()
'x₁'

Nothing touches pyplot: figures are made, saved (`figure.savefig("data.png")`) and forgotten, also without a screen.
Colours are Okabe and Ito's, chosen to be told apart by colour-blind eyes; each class has its own marker and each
curve its own dashes, so that a black-and-white print says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..errors import ShapeError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ORANGE, BLUE, GREEN, VERMILLION, PURPLE, SKY = "#E69F00", "#0072B2", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
INK = "#1A1A1A"
CLASSES = [(ORANGE, "o"), (BLUE, "s"), (GREEN, "^"), (PURPLE, "D"), (VERMILLION, "v"), (SKY, "P")]
DASHES = ["-", "--", "-.", ":"]

Extent = tuple[float, float, float, float]


def plot_points(x: Any, y: Any, ax: Axes | None = None, title: str = "") -> Figure:
    """Points of the plane, coloured by class.

    x        (n, 2)                      y        (n,) or (n, 1), the class of each point
    ax       where to draw; a new figure if None
    returns  the figure                  raises   ShapeError if x is not (n, 2) or y has another n

    >>> len(plot_points([[0, 0], [1, 1], [2, 0]], [0, 1, 1]).axes[0].collections)  # one per class
    2
    """
    x, y = _points(x, y)
    ax = _axes(ax, title)
    _scatter(ax, x, y, size=34)
    ax.set(xlabel="x₁", ylabel="x₂", aspect=_aspect(_extent(x)))
    ax.legend(title="class", loc="center left", bbox_to_anchor=(1.02, 0.9), frameon=False)
    return ax.figure  # type: ignore[return-value]


def plot_function(
    f: Callable[[np.ndarray], Any],
    x: Any,
    y: Any,
    ax: Axes | None = None,
    extent: Extent | None = None,
    title: str = "",
    resolution: int = 121,
) -> Figure:
    """A function of the plane as a coloured field, the line where it is ½, and the data it should fit.

    f           takes an (m, 2) array, returns m numbers between 0 and 1 (an array or a Value, (m,) or (m, 1))
    x, y        the points and their classes, as in `plot_points`
    extent      (left, right, bottom, top); the points' range with a margin if None
    returns     the figure

    >>> figure = plot_function(lambda p: p[:, 0], [[0, 0], [1, 1]], [0, 1], extent=(0, 1, 0, 1), resolution=5)
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['x₂', 'f(x₁, x₂)']
    """
    from matplotlib.colors import LinearSegmentedColormap

    x, y = _points(x, y)
    extent = extent or _extent(x)
    across, up = np.linspace(*extent[:2], resolution), np.linspace(*extent[2:], resolution)
    plane = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    field = _numbers(f(plane)).reshape(resolution, resolution)

    ax = _axes(ax, title)
    colours = LinearSegmentedColormap.from_list("classes", [ORANGE, "#F7F7F7", BLUE])
    half = (across[1] - across[0]) / 2, (up[1] - up[0]) / 2  # a pixel is centred on its sample
    edges = (extent[0] - half[0], extent[1] + half[0], extent[2] - half[1], extent[3] + half[1])
    image = ax.imshow(field, origin="lower", extent=edges, cmap=colours, vmin=0, vmax=1, alpha=0.75)
    if field.min() < 0.5 < field.max():
        ax.contour(across, up, field, levels=[0.5], colors=INK, linewidths=1.5)
    _scatter(ax, x, y, size=22)
    ax.set(xlabel="x₁", ylabel="x₂", xlim=extent[:2], ylim=extent[2:], aspect=_aspect(extent))
    figure: Any = ax.figure
    figure.colorbar(image, ax=ax, label="f(x₁, x₂)", shrink=0.9, ticks=[0, 0.25, 0.5, 0.75, 1])
    return figure


def plot_curves(
    history: Mapping[str, Sequence[float]],
    ax: Axes | None = None,
    title: str = "",
    xlabel: str = "step",
    log: bool = False,
    steps: Sequence[float] | None = None,
) -> Figure:
    """Each list of `history` as a curve over the steps 1, 2, 3, … (or over `steps`); `log` for a logarithmic scale.

    >>> figure = plot_curves({"loss": [0.3, 0.2, 0.1], "accuracy": [0.5, 0.8, 1.0]})
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['loss', 'accuracy']
    """
    ax = _axes(ax, title, width=6.4)
    colours = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY]
    for k, (name, values) in enumerate(history.items()):
        numbers = [float(value) for value in values]
        at = list(steps) if steps is not None else range(1, len(numbers) + 1)
        mark = "o" if len(numbers) == 1 else ""  # a single point is no line, but should be seen
        ax.plot(at, numbers, color=colours[k % len(colours)], linestyle=DASHES[k % len(DASHES)], marker=mark,
                linewidth=1.8, label=name)  # fmt: skip
    ax.set(xlabel=xlabel, yscale="log" if log else "linear")
    ax.grid(True, color="#D9D9D9", linewidth=0.6)
    if len(history) > 1:
        ax.legend(frameon=False)
    else:
        ax.set_ylabel(next(iter(history), ""))
    return ax.figure  # type: ignore[return-value]


def _axes(ax: Axes | None, title: str, width: float = 5.4) -> Axes:
    """The given axes, or those of a new figure that draws without a screen."""
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=(width, 4.4), dpi=150, layout="constrained").add_subplot()
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    if title:
        ax.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK)
    return ax


def _scatter(ax: Axes, x: np.ndarray, y: np.ndarray, size: float) -> None:
    """The points, one colour and marker per class."""
    for k, label in enumerate(np.unique(y)):
        colour, marker = CLASSES[k % len(CLASSES)]
        across, up = x[y == label].T
        ax.scatter(across, up, s=size, c=colour, marker=marker, edgecolors=INK, lw=0.6, label=f"{label:g}", zorder=3)


def _numbers(x: Any) -> np.ndarray:
    """The array behind a Value, a list or an array."""
    if isinstance(x, (list, tuple)):
        return np.array([_numbers(part) for part in x], dtype=float)
    return np.asarray(x if isinstance(x, np.ndarray) else getattr(x, "data", x), dtype=float)


def _points(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    x, y = _numbers(x), _numbers(y)
    if x.ndim != 2 or x.shape[1] != 2 or y.size != len(x):
        raise ShapeError(
            f"The points have shape {x.shape} and their classes {y.shape}.",
            "A plane has two coordinates, and each point has one class.",
            "Give x as (n, 2) and y as (n,).",
        )
    return x, y.ravel()


def _aspect(extent: Extent) -> Literal["equal", "auto"]:
    """A circle is to look like one, unless one direction would shrink to a strip."""
    ratio = (extent[1] - extent[0]) / (extent[3] - extent[2])
    return "equal" if 1 / 3 <= ratio <= 3 else "auto"


def _extent(x: np.ndarray) -> Extent:
    """The points' range with a twentieth of it as margin (and some width where they are all equal)."""
    low, high = x.min(axis=0), x.max(axis=0)
    margin = np.where(high > low, 0.06 * (high - low), 0.5)
    (left, bottom), (right, top) = low - margin, high + margin
    return float(left), float(right), float(bottom), float(top)
