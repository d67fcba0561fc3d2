"""You will see gradient descent walk 20,000 steps along a valley, and Newton's method jump to its end in 7.

Rosenbrock's function (1 − x)² + 100·(y − x²)² has its lowest point at (1, 1), on the floor of a curved valley with
steep walls. The gradient points at the other wall. Newton's method also asks how the gradient changes, `tg.hessian`,
and goes to where it would be 0 if it went on changing like this: p ← p − H⁻¹·g.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import tinygrad_edu as tg
from tinygrad_edu import plot

START, GOAL, RATE, STEPS = np.array([-1.2, 1.0]), np.array([1.0, 1.0]), 0.0015, 20_000


def valley(p):
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def hessian_by_hand(p):
    x, y = p
    return np.array([[2 - 400 * y + 1200 * x**2, -400 * x], [-400 * x, 200]])


def gradient_descent(p, steps):
    """Every place on the way."""
    path, slope = [p], tg.grad(valley)
    for _ in range(steps):
        path.append(path[-1] - RATE * slope(path[-1]))
    return np.array(path)


def newton(p, careful=False):
    """Every place on the way, until the gradient is 0 to ten digits; a careful one halves jumps that lead uphill."""
    path, slope, curvature = [p], tg.grad(valley), tg.hessian(valley)
    while np.abs(g := slope(p)).max() > 1e-10:
        jump = np.linalg.solve(curvature(p), -g)
        while careful and valley(p + jump) > valley(p) + 1e-4 * jump @ g:
            jump = jump / 2
        p = p + jump
        path.append(p)
    return np.array(path)


def draw_paths(paths, out):
    """The valley from above, by powers of ten, and each path on a map of its own."""
    figure = Figure(figsize=(9.6, 4.4), dpi=150, layout="constrained")
    x, y = np.meshgrid(np.linspace(-1.8, 1.6, 171), np.linspace(-3.5, 2.0, 171))
    for ax, (name, path) in zip(figure.subplots(1, len(paths), sharey=True), paths.items()):
        ax.contourf(x, y, np.log10(valley((x, y))), levels=np.arange(-3.0, 4.5, 0.5), cmap="cividis", extend="min")
        mark = "" if len(path) > 100 else "o"
        ax.plot(*path.T, color="white", marker=mark, markersize=4, linewidth=1.2)
        ax.plot(*GOAL, color="#D55E00", marker="X", markersize=9, markeredgecolor="white")
        ax.set(title=f"{name}: {len(path) - 1:,} steps", xlabel="x")
    figure.axes[0].set_ylabel("y")
    figure.savefig(out / "e2_paths.png")


def draw_distances(paths, out):
    """How far away each is at every step; both axes count powers of ten."""
    figure = None
    for name, path in paths.items():
        away = np.maximum(np.linalg.norm(path - GOAL, axis=1), 1e-16)  # 0 has no place on such an axis
        figure = plot.history({name: away}, steps=range(1, len(path) + 1), ax=figure and figure.axes[0], log=True,
                             title="Distance to (1, 1)")  # fmt: skip
    ax = figure.axes[0]
    for line, colour, style in zip(ax.lines, ("#0072B2", "#D55E00", "#009E73"), ("-", "--", "-.")):
        line.set(color=colour, linestyle=style)
    ax.set(xscale="log", xlabel="step (the start is 1)", ylabel="distance")
    ax.legend(frameon=False, loc="center right")
    figure.savefig(out / "e2_distances.png")


def main(out: Path = Path("tinygrad-edu-examples"), steps: int = STEPS) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for p in (START, GOAL, np.array([0.3, -2.0])):
        np.testing.assert_allclose(tg.hessian(valley)(p), hessian_by_hand(p), rtol=1e-12)
    low, high = np.linalg.eigvalsh(tg.hessian(valley)(GOAL))
    print(f"Curvatures at (1, 1): {low:.3f} along the valley, {high:.0f} across it: {high / low:,.0f} times as much.")

    walk, jumps, careful = gradient_descent(START, steps), newton(START), newton(START, careful=True)
    print(f"\nGradient descent, rate {RATE}:")
    for k in (k for k in (0, 10, 100, 1000, 10_000, 20_000) if k <= steps):
        print(f"step {k:6,}   loss {valley(walk[k]):.2e}   distance {np.linalg.norm(walk[k] - GOAL):.1e}")
    for name, path in ("Newton's method", jumps), ("With jumps halved while they lead uphill", careful):
        print(f"\n{name}:")
        for k, p in enumerate(path):
            print(f"step {k:6}   loss {valley(p):.2e}   distance {np.linalg.norm(p - GOAL):.1e}")

    paths = {"gradient descent": walk, "Newton": jumps, "halved jumps": careful}
    draw_paths(paths, out)
    draw_distances(paths, out)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
