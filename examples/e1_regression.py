"""You will see two regressions find what closed form and scikit-learn find, to 6 digits and more.

A line through points has a formula of its own, so that gradient descent can be measured against it: how far away is
it after each step, and does it approach as fast as the eigenvalues of the Hessian say? The logistic regression has no
such formula; there scikit-learn is asked, with the same penalty on large weights.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu import plot
from tinygrad_edu.data import blobs
from tinygrad_edu.metrics import accuracy

STEPS, RATE, L2 = 500, 0.5, 1.0


def points(rng):
    """Forty points near the line y = 3x − 1."""
    x = rng.uniform(0, 1, 40)
    return x, 3 * x - 1 + rng.normal(0, 0.3, 40)


def squared_error(p, x, y):
    return tg.mean((p[0] * x + p[1] - y) ** 2)


def closed_form(x, y):
    """Where the gradient is 0: (XᵀX) p = Xᵀy, with a column of ones for the constant."""
    X = np.column_stack([x, np.ones(len(x))])
    return np.linalg.solve(X.T @ X, X.T @ y)


def descend(x, y, steps):
    """The parameters before every step, and at the end."""
    p, slope = np.zeros(2), tg.grad(squared_error)
    path = [p]
    for _ in range(steps):
        p = p - RATE * slope(p, x, y)
        path.append(p)
    return np.array(path)


def logistic(x, y):
    """A weight for each column and a constant: −ln p of the right classes, plus ½·L2·|w|²."""
    model = tg.nn.Linear(x.shape[1], 1, rng=np.random.default_rng(0))
    optimizer = tg.optim.LBFGS(model.parameters(), max_iter=100, tolerance_grad=1e-10, tolerance_change=1e-14,
                               line_search_fn="strong_wolfe")  # fmt: skip

    def closure():
        optimizer.zero_grad()
        surprise = tg.losses.binary_cross_entropy_with_logits(model(x)[:, 0], y, reduction="sum")
        loss = surprise + 0.5 * L2 * (model.weight**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return model


def by_scikit_learn(x, y):
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(C=1 / L2, solver="newton-cholesky", tol=1e-12).fit(x, y)
    return np.append(found.coef_[0], found.intercept_)


def draw_line(x, y, path, out):
    shown = {f"after {k:,} steps": path[k] for k in (0, 10, 50, len(path) - 1)}
    ends = np.array([0.0, 1.0])
    figure = plot.history({name: p[0] * ends + p[1] for name, p in shown.items()}, steps=ends, xlabel="x",
                         title="A line learns to lie between the points")  # fmt: skip
    figure.axes[0].scatter(x, y, s=22, c="#1A1A1A", zorder=3)
    figure.axes[0].set_ylabel("y")
    figure.savefig(out / "e1_line.png")


def main(out: Path = Path("tinygrad-edu-examples"), steps: int = STEPS) -> None:
    out.mkdir(parents=True, exist_ok=True)
    x, y = points(np.random.default_rng(0))
    right, path = closed_form(x, y), descend(x, y, steps)
    print(f"closed form        slope {right[0]:.10f}   constant {right[1]:.10f}")
    print(f"gradient descent   slope {path[-1][0]:.10f}   constant {path[-1][1]:.10f}   after {steps:,} steps")

    curvatures = np.linalg.eigvalsh(tg.hessian(squared_error)(right, x, y))
    away = np.linalg.norm(path - right, axis=1)
    print(f"\nCurvatures of the loss {curvatures.round(4)}: a step of rate {RATE} should leave at most")
    print(f"max |1 − {RATE}·curvature| = {np.abs(1 - RATE * curvatures).max():.6f} of the distance to the solution,")
    print(f"and from step 50 to 100 it leaves {(away[100] / away[50]) ** (1 / 50):.6f} of it each time.")
    draw_line(x, y, path, out)
    plot.history({"distance": away}, steps=range(steps + 1), log=True,
                 title="Distance to the closed form").savefig(out / "e1_distance.png")  # fmt: skip

    x, y = blobs(200, [[-1.0, -0.5], [1.0, 0.5]], spread=1.2, rng=1)
    model = logistic(x, y)
    ours, theirs = np.append(model.weight.data, model.bias.data), by_scikit_learn(x, y)
    print("\nlogistic regression       w1          w2    constant")
    print("tinygrad_edu       {:11.7f} {:11.7f} {:11.7f}".format(*ours))
    print("scikit-learn       {:11.7f} {:11.7f} {:11.7f}".format(*theirs))
    print(f"right: {accuracy(model(x), y, threshold=0):.1%} of {len(y)}")
    probability = lambda plane: tg.sigmoid(model(plane))  # noqa: E731
    plot.function(probability, x, y, title="How probable is class 1?").savefig(out / "e1_logistic.png")
    np.testing.assert_allclose(path[-1], right, rtol=1e-6)
    np.testing.assert_allclose(ours, theirs, rtol=1e-6)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
