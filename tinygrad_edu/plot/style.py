"""How all plots look: the colours, the markers and dashes that go with them, and the axes.

Colours are Okabe and Ito's, chosen to be told apart by colour-blind eyes; each class has its own marker and each
curve its own dashes, so that a black-and-white print says the same.

>>> new_axes(None, "Loss").get_title(loc="left")
'Loss'
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

from ..errors import DataError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap

ORANGE, BLUE, GREEN, VERMILLION, PURPLE, SKY = "#E69F00", "#0072B2", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
INK, FAINT, GRID = "#1A1A1A", "#595959", "#D9D9D9"
CLASSES = [(ORANGE, "o"), (BLUE, "s"), (GREEN, "^"), (PURPLE, "D"), (VERMILLION, "v"), (SKY, "P")]
CURVES = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY]
DASHES = ["-", "--", "-.", ":"]
LETTERS = 9.5  # of a title, in an inch
LOW, MIDDLE, HIGH = ORANGE, "#F7F7F7", BLUE  # a field of numbers: below, at and above the boundary


def new_axes(ax: Axes | None, title: str, width: float = 5.4, height: float = 4.4) -> Axes:
    """The given axes, or those of a new figure that draws without a screen, without a box around them.

    raises   DataError for what are no axes, a figure for instance
    """
    if ax is None:
        from matplotlib.figure import Figure  # half a second, for those who plot

        ax = Figure(figsize=(width, height), dpi=150, layout="constrained").add_subplot()
    elif not hasattr(ax, "spines"):
        raise DataError(
            f"ax={ax!r} cannot be drawn into.",
            "A plot is drawn into axes; a figure may hold several of them.",
            "Write ax=figure.add_subplot().",
        )
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    if title:
        columns = max(20, round(ax.get_window_extent().width / ax.figure.dpi * LETTERS))
        ax.set_title(fill(title, columns), loc="left", fontsize=11, fontweight="bold", color=INK)
    return ax


def two_sided() -> LinearSegmentedColormap:
    """Orange, through nearly white at the boundary, to blue."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("two sides", [LOW, MIDDLE, HIGH])


def bare(ax: Any) -> None:
    """No lines around the axes but the lower one."""
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
