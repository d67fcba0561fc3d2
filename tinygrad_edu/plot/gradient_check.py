"""The V curve: why a finite difference can be wrong in two ways, and where between them it is right.

>>> figure = gradient_check(lambda x: x**3, 2.0)
>>> figure.axes[0].get_xscale(), figure.axes[0].get_yscale()
('log', 'log')
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..checking.gradcheck import gradcheck
from ..checking.report import Report
from ..errors import DataError
from ..writing.wording import clean, minus, number
from .style import BLUE, FAINT, GRID, INK, VERMILLION, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..checking.v_curve import Curve

EPSILON = float(np.finfo(float).eps)
LEAST = 1e-17  # an error of 0 has no place on a logarithmic axis


def gradient_check(f: Callable[..., Any] | Report, *inputs: Any, ax: Axes | None = None, title: str = "") -> Figure:
    """The error of a central difference against its step, both logarithmic, at the worst entry of the gradient.

    f        a function and then its inputs, as in `tg.gradcheck`; or a report that `tg.gradcheck` returned
    returns  the figure: the measured errors, the slopes of the two mistakes (h² for curvature, ε/h for rounding), and
             a star where the extrapolated measurement of the gradient check stands
    raises   DataError for a report in which nothing was measured

    Right of the lowest point the function bends within the step; left of it two nearly equal numbers are subtracted.

    >>> from tinygrad_edu.checking.gradcheck import gradcheck
    >>> figure = gradient_check(gradcheck(lambda x: x**3, 2.0), title="The cube")
    """
    report = f if isinstance(f, Report) else gradcheck(f, *inputs)
    if report.curve is None:
        raise DataError(
            "There is no V curve: no finite difference was measured.",
            "The curve shows how the error of a finite difference depends on its step.",
            "Pass a function of numbers with its inputs, gradient_check(f, x), or the report of tg.gradcheck(f, x).",
        )
    curve = report.curve()
    ax = new_axes(ax, title or f"Slope by {clean(curve.name)}: {minus(number(curve.engine))}".replace("$", r"\$"), 6.4)
    draw_curve(ax, curve)
    return ax.figure  # type: ignore[return-value]


def draw_curve(ax: Axes, curve: Curve) -> None:
    """The measured errors, and the two slopes through their lowest point."""
    steps, errors = np.array(curve.steps), np.maximum(curve.errors, LEAST)
    ax.loglog(steps, errors, color=BLUE, marker="o", markersize=3, linewidth=1.2, label="central difference")
    if steps.size:
        draw_slopes(ax, steps, errors)
    if curve.chosen and math.isfinite(curve.reached):
        ax.plot([curve.chosen], [max(curve.reached, LEAST)], "*", color=VERMILLION, markeredgecolor=INK, markersize=15,
                linestyle="", label="extrapolated, as the check does it", zorder=4)  # fmt: skip
    ax.set(xlabel="step h", ylabel="difference from the engine, relative")
    ax.grid(True, color=GRID, linewidth=0.6)
    ax.legend(frameon=False, fontsize=9, loc="upper center")


def draw_slopes(ax: Axes, steps: np.ndarray, errors: np.ndarray) -> None:
    """ε/h on the short side and h² on the long side, as the textbook has them, from the middle outwards."""
    size = steps.max() / 10  # steps reach from 10 to 10⁻¹⁵ times the size of x
    middle = EPSILON ** (1 / 3) * size  # where the two meet for a function as curved as it is high
    short, long = steps[steps <= middle], steps[steps >= middle]
    usual = {"--": (short, EPSILON * size / short, "ε / h: rounding"), ":": (long, (long / size) ** 2, "h²: curvature")}
    for dashes, (at, heights, words) in usual.items():
        inside = (heights <= errors.max() * 10) & (heights >= LEAST)
        ax.loglog(at[inside], heights[inside], dashes, color=FAINT, linewidth=1.4, label=words, zorder=1)
