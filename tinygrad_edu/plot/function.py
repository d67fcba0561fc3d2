"""A function of the plane: what a network says about every point, and the line where it changes its mind.

>>> figure = function(lambda p: p[:, 0], [[0, 0], [1, 1]], [0, 1], extent=(0, 1, 0, 1), resolution=5)
>>> [axes.get_ylabel() for axes in figure.axes]
['x₂', 'f(x₁, x₂)']
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ShapeError
from ..protocols.modes import no_grad
from ..writing.wording import clip
from . import plane
from .data import MOST_CLASSES, scatter
from .style import CLASSES, INK, new_axes, two_sided

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def function(
    f: Callable[[np.ndarray], Any],
    x: Any,
    y: Any,
    ax: Axes | None = None,
    extent: plane.Extent | None = None,
    title: str = "",
    resolution: int = 121,
    boundary: float | None = None,
    names: Sequence[str] | None = None,
    quantity: bool | None = None,
) -> Figure:
    """A function of the plane as a coloured field, its decision boundary, and the data it should fit.

    f           takes an (m, 2) array, returns an array or a Value: (m,) or (m, 1) numbers, or (m, classes) scores,
                of which the largest wins
    x, y        the points and their classes, as in `data`
    extent      (left, right, bottom, top); the points' range with a margin if None
    boundary    where f changes its mind: halfway between the lowest and the highest class if None, which is ½ for
                classes 0 and 1, and 0 for −1 and 1; a network that answers with logits has boundary=0
    names       of the classes 0, 1, 2, …, for a legend below the picture; none if None
    quantity    whether y are numbers with distances, drawn in the colours of the field; None: if there are more than
                twelve different ones
    returns     the figure
    raises      ShapeError if x is not (n, 2), y has another n, or f returns another number of rows

    >>> figure = function(lambda p: p @ [[1, 0, 0], [0, 1, 0]], [[0, 0], [1, 1]], [0, 1], resolution=5)  # 3 classes
    >>> figure.axes[0].images[0].get_array().shape
    (5, 5)
    """
    x, y = plane.points(x, y)
    extent = extent or plane.frame(x)
    across, up, asked = plane.grid(extent, resolution, resolution)
    field = answers(f, asked)

    ax = new_axes(ax, title)
    half = (across[1] - across[0]) / 2, (up[1] - up[0]) / 2  # a pixel is centred on its sample
    edges = (extent[0] - half[0], extent[1] + half[0], extent[2] - half[1], extent[3] + half[1])
    figure: Any = ax.figure
    quantity = len(np.unique(y)) > MOST_CLASSES if quantity is None else quantity
    if field.shape[1] == 1:
        image = draw_field(ax, field.reshape(resolution, resolution), (across, up), edges, y, boundary, quantity)
        figure.colorbar(image, ax=ax, label="f(x₁, x₂)", shrink=0.9, extend=beyond(field, *image.get_clim()))
    else:
        draw_winners(ax, field.reshape(resolution, resolution, -1), (across, up), edges)
    if not quantity:
        scatter(ax, x, y, size=22)
        legend(ax, y, names)
    elif field.shape[1] == 1:
        ax.scatter(x[:, 0], x[:, 1], s=22, c=y, cmap=image.cmap, norm=image.norm, edgecolors=INK, lw=0.6, zorder=3)
    ax.set(xlabel="x₁", ylabel="x₂", xlim=extent[:2], ylim=extent[2:], aspect=plane.aspect(extent))
    return figure  # type: ignore[no-any-return]


def answers(f: Callable[[np.ndarray], Any], asked: np.ndarray) -> np.ndarray:
    """What f returns for these points, as (points, 1) or (points, classes), without recording it.

    raises   ShapeError if there is not one row per point

    >>> answers(lambda p: p.sum(axis=1), np.ones((3, 2))).shape
    (3, 1)
    """
    with no_grad():
        found = plane.numbers(f(asked))
    if found.shape[:1] != asked.shape[:1] or found.ndim > 2:
        raise ShapeError(
            f"The function returned shape {found.shape} for {len(asked)} points.",
            f"It is asked about all points at once, as an array {asked.shape}, and answers with one row for each.",
            "Return (m,), (m, 1) or (m, classes) for an array (m, 2); for a function of one point write "
            "lambda points: [f(point) for point in points].",
        )
    return found.reshape(len(asked), -1)


def beyond(field: np.ndarray, low: float, high: float) -> str:
    """Where a scale needs an arrow, because there are numbers behind its end.

    >>> beyond(np.array([0.0, 2.0]), 0.0, 1.0), beyond(np.array([0.5]), 0.0, 1.0)
    ('max', 'neither')
    """
    less, more = np.nanmin(field) < low, np.nanmax(field) > high
    return "both" if less and more else "min" if less else "max" if more else "neither"


def legend(ax: Axes, y: np.ndarray, names: Sequence[str] | None) -> None:
    """The names of the classes that are there, below the picture."""
    if names is not None:
        handles = ax.get_legend_handles_labels()[0]
        shown = [clip(str(names[int(k)]), 24).replace("$", r"\$") for k in np.unique(y)]
        columns = 2 if max(map(len, shown)) > 14 else 3
        ax.figure.legend(handles, shown, loc="outside lower center", ncols=columns, frameon=False)  # type: ignore


def draw_field(
    ax: Axes, field: np.ndarray, at: Any, edges: plane.Extent, y: np.ndarray, boundary: Any, quantity: bool
) -> Any:
    """One number per point: orange below the boundary, blue above it; a scale that reaches every quantity in y."""
    middle, reach = plane.middle_and_reach(y)
    middle = middle if boundary is None else float(boundary)
    reach = float(np.abs(y - middle).max()) or reach if quantity else reach
    low, high = middle - reach, middle + reach
    image = ax.imshow(field, origin="lower", extent=edges, cmap=two_sided(), vmin=low, vmax=high, alpha=0.75)
    if np.nanmin(field) < middle < np.nanmax(field):
        ax.contour(*at, field, levels=[middle], colors=INK, linewidths=1.5)
    return image


def draw_winners(ax: Axes, scores: np.ndarray, at: Any, edges: plane.Extent) -> None:
    """One score per class: every point in the colour of the class that wins there, and the lines between them."""
    from matplotlib.colors import ListedColormap

    winners, count = scores.argmax(axis=2), scores.shape[2]
    colours = ListedColormap([CLASSES[k % len(CLASSES)][0] for k in range(count)])
    ax.imshow(winners, origin="lower", extent=edges, cmap=colours, vmin=-0.5, vmax=count - 0.5, alpha=0.4)
    for k in range(count):
        lead = scores[:, :, k] - np.delete(scores, k, axis=2).max(axis=2)
        if lead.min() < 0 < lead.max():
            ax.contour(*at, lead, levels=[0.0], colors=INK, linewidths=1.5)
