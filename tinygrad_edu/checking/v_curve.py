"""The V curve: how the error of a finite difference depends on its step.

>>> curve = v_curve("x", math.exp, 1.0, math.e)
>>> curve.steps[0] > curve.steps[-1], min(curve.errors) < 1e-9 < max(curve.errors)
(True, True)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .differences import slope


@dataclass(frozen=True)
class Curve:
    """The relative errors of central differences at one place.

    name      of the entry, engine: the number that was compared with it
    steps     from long to short, errors: |central difference / engine - 1|
    chosen    the step at which the extrapolated measurement was most certain, reached: its own error
    """

    name: str
    engine: float
    steps: tuple[float, ...]
    errors: tuple[float, ...]
    chosen: float
    reached: float


def v_curve(name: str, height: Callable[[float], float], x: float, engine: float) -> Curve:
    """Measure with steps from 10 to 10⁻¹⁵ times the size of x and compare with the engine's number."""
    size, steps, errors = max(1.0, abs(x)), [], []
    scale = abs(engine) or 1.0

    def error(found: float) -> float:
        return abs(found - engine) / scale

    for k in range(4, -61, -1):
        h = size * 10 ** (k / 4)
        ahead, behind = x + h, x - h
        if ahead != behind and math.isfinite(found := (height(ahead) - height(behind)) / (ahead - behind)):
            steps.append(h)
            errors.append(error(found))
    best = slope(height, x)
    return Curve(name, engine, tuple(steps), tuple(errors), best.step, error(best.value))


def draw(curve: Curve, ax: Any = None) -> Any:
    """The curve as a plot with logarithmic axes; returns the figure."""
    if ax is None:
        from matplotlib.figure import Figure  # half a second, for those who plot; pyplot would keep every figure

        ax = Figure(figsize=(6, 4), layout="constrained").subplots()
    least = 1e-17  # an error of 0 has no place on a logarithmic axis
    ax.loglog(curve.steps, [max(e, least) for e in curve.errors], ".-", label="central difference")
    if curve.chosen and math.isfinite(curve.reached):
        ax.loglog([curve.chosen], [max(curve.reached, least)], "*", markersize=14, label="extrapolated")
    ax.set_xlabel("step h   (too short: rounding  ·  too long: curvature)")
    ax.set_ylabel("relative difference from the engine")
    ax.set_title(f"slope by {curve.name}: engine {curve.engine:.6g}")
    ax.legend()
    ax.grid(alpha=0.3)
    return ax.figure
