"""Curves over time: the loss, the accuracy, and whatever else was written down on the way.

>>> figure = history({"loss": [0.3, 0.2, 0.1], "accuracy": [0.5, 0.8, 1.0]})
>>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
['loss', 'accuracy']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import DataError, ShapeError
from .plane import numbers
from .style import CURVES, DASHES, GRID, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def history(
    curves: Mapping[str, Sequence[Any]],
    ax: Axes | None = None,
    title: str = "",
    xlabel: str = "step",
    log: bool = False,
    steps: Sequence[float] | None = None,
) -> Figure:
    """Each list of `curves` as a curve over the steps 1, 2, 3, …

    curves   what each is called, and its numbers; Values too
    steps    where the numbers stand, if not at 1, 2, 3, …
    log      a logarithmic scale: a loss that halves every 100 steps is a straight line
    returns  the figure
    raises   DataError if there is no curve; ShapeError if `steps` has another length than a curve

    >>> history({"loss": [3.0, 2.0, 1.0]}, steps=[0, 100, 200]).axes[0].lines[0].get_xdata().tolist()
    [0.0, 100.0, 200.0]
    """
    if not isinstance(curves, Mapping) or not curves:
        raise DataError(
            f"There is no curve to draw in {curves!r}." if not curves else f"{type(curves).__name__} has no names.",
            "Each curve is a list of numbers, and a legend says what it is called.",
            'Write history({"loss": losses}).',
        )
    ax = new_axes(ax, title, width=6.4)
    for k, (name, values) in enumerate(curves.items()):
        heights = numbers(values).ravel()
        at = numbers(range_from_one(heights) if steps is None else steps).ravel()
        if len(at) != len(heights):
            raise ShapeError(
                f"{name!r} has {len(heights)} numbers, and steps {len(at)}.",
                "Each number is drawn at its own step.",
                "Leave steps out to count from 1, or draw curves of different length one after the other into one ax.",
            )
        mark = "o" if len(heights) == 1 else ""  # a single point is no line, but should be seen
        ax.plot(at, heights, color=CURVES[k % len(CURVES)], linestyle=DASHES[k % len(DASHES)], marker=mark,
                linewidth=1.8, label=name)  # fmt: skip
    ax.set(xlabel=xlabel, yscale="log" if log else "linear")
    ax.grid(True, color=GRID, linewidth=0.6)
    if len(curves) > 1:
        ax.legend(frameon=False)
    else:
        ax.set_ylabel(next(iter(curves)))
    return ax.figure  # type: ignore[return-value]


def range_from_one(heights: Any) -> list[int]:
    """1, 2, 3, … as many as there are heights."""
    return list(range(1, len(heights) + 1))
