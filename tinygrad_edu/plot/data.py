"""The points of a data set, each class with a colour and a marker of its own.

>>> len(data([[0, 0], [1, 1], [2, 0]], [0, 1, 1]).axes[0].collections)  # one per class
2
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import plane
from .style import CLASSES, INK, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CLASSES = 12  # more different numbers are a quantity, drawn on a scale


def data(x: Any, y: Any, ax: Axes | None = None, title: str = "") -> Figure:
    """Points of the plane, coloured by class.

    x        (n, 2)                      y        (n,) or (n, 1), the class of each point, or a quantity
    ax       where to draw; a new figure if None
    returns  the figure                  raises   ShapeError if x is not (n, 2) or y has another n

    Up to twelve different numbers in y are classes; more are a quantity, drawn on a scale from dark to light.

    >>> figure = data([[0, 0], [1, 1], [2, 0]], [0, 1, 1], title="Three points")
    >>> figure.axes[0].get_title(loc="left")
    'Three points'
    """
    x, y = plane.points(x, y)
    ax = new_axes(ax, title)
    ax.set(xlabel="x₁", ylabel="x₂", aspect=plane.aspect(plane.frame(x)))
    if len(np.unique(y)) > MOST_CLASSES:
        dots = ax.scatter(x[:, 0], x[:, 1], s=34, c=y, cmap="cividis", edgecolors=INK, linewidths=0.6, zorder=3)
        figure: Any = ax.figure
        figure.colorbar(dots, ax=ax, label="y", shrink=0.9)
    else:
        scatter(ax, x, y, size=34)
        ax.legend(title="class", loc="center left", bbox_to_anchor=(1.02, 0.9), frameon=False)
    return ax.figure  # type: ignore[return-value]


def scatter(ax: Axes, x: np.ndarray, y: np.ndarray, size: float) -> None:
    """The points, one colour and marker per class; after six classes the colours return with the next marker."""
    for k, label in enumerate(np.unique(y)):
        colour, marker = CLASSES[k % len(CLASSES)][0], CLASSES[(k + k // len(CLASSES)) % len(CLASSES)][1]
        across, up = x[y == label].T
        ax.scatter(across, up, s=size, c=colour, marker=marker, edgecolors=INK, lw=0.6, label=f"{label:g}", zorder=3)
