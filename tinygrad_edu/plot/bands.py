"""Histograms one below the other on a common axis: a band for each layer, the first layer on top.

>>> share([0.0, 0.0, 1.0, float("nan")])
'50 % exactly 0, 1 not finite'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..writing.wording import clean, clip
from .style import BLUE, FAINT, GRID, INK, bare

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS, HEIGHT = 60, 0.82  # of a band, whose tallest bar has this height


@dataclass(frozen=True)
class Band:
    """What is counted for one layer: its name, the numbers, and what is written beside them."""

    title: str
    numbers: np.ndarray
    note: str


def share(x: Any) -> str:
    """How many entries are exactly 0, and how many are no finite number; '' if none."""
    x = np.asarray(x)
    zeros, lost = int(np.sum(x == 0)), int(np.sum(~np.isfinite(x)))
    words = [f"{percent(zeros / x.size)} exactly 0"] if zeros else []
    return ", ".join(words + ([f"{lost:,} not finite"] if lost else []))


def percent(part: float) -> str:
    """A share in whole percent, where neither some nor almost all are rounded away.

    >>> percent(0.5), percent(0.0001), percent(0.9999), percent(1.0)
    ('50 %', '< 1 %', '> 99 %', '100 %')
    """
    if 0 < part < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < part < 1 else f"{part:.0%}".replace("%", " %")


def edges_of(rows: Sequence[np.ndarray], log: bool) -> np.ndarray:
    """The common borders of the bars: 61 numbers from the lowest to the highest entry of all bands.

    >>> edges_of([np.array([0.0, 6.0])], log=False)[:3]
    array([0. , 0.1, 0.2])
    """
    everything = np.concatenate([x[np.isfinite(x) & ((x > 0) | (not log))] for x in rows] or [np.empty(0)])
    if not everything.size:
        return np.logspace(-1, 1, BINS + 1) if log else np.linspace(-1, 1, BINS + 1)
    low, high = float(everything.min()), float(everything.max())
    if log:
        low, high = (low, high) if high > low * 1.001 else (low / 10, high * 10)
        return np.geomspace(low, high, BINS + 1)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, BINS + 1)


def draw_bands(ax: Axes, bands: Sequence[Band], xlabel: str, log: bool = False) -> None:
    """The bands, each as high as the others whatever it counts; exact zeros are told in words where `log` is set."""
    edges = edges_of([band.numbers for band in bands], log)
    for k, band in enumerate(bands):
        floor = len(bands) - 1 - k
        inside = band.numbers[np.isfinite(band.numbers)]
        counts = np.histogram(inside, edges)[0]
        tops = floor + HEIGHT * counts / max(1, counts.max())
        ax.stairs(tops, edges, baseline=floor, fill=True, color=BLUE, alpha=0.35, label=band.title)
        ax.stairs(tops, edges, baseline=floor, color=BLUE, linewidth=1.1)
        ax.axhline(floor, color=INK, linewidth=0.6, zorder=1)
        ax.text(
            1.015, floor + 0.06, band.note, transform=ax.get_yaxis_transform(), fontsize=8, color=FAINT, va="bottom"
        )
    ax.set_xscale("log" if log else "linear")
    ax.set(xlabel=xlabel, xlim=(edges[0], edges[-1]), ylim=(-0.05, len(bands) - 0.05))
    ax.set_yticks([len(bands) - 1 - k + 0.06 for k in range(len(bands))])
    ax.set_yticklabels([clip(clean(band.title), 30).replace("$", r"\$") for band in bands], fontsize=9, va="bottom")
    ax.grid(True, axis="x", color=GRID, linewidth=0.6)
    ax.set_axisbelow(True)
    bare(ax)
