"""L-BFGS: the curvature, guessed from the last gradients, tells how far to go and in which direction.

Newton's step −H⁻¹ · g needs the matrix of second derivatives. Each step taken tells something about it: moving by s
changed the gradient by y, so H · s ≈ y. From the last pairs (s, y) the product H⁻¹ · g is computed without any matrix:

    q ← g,  for the pairs from new to old:  αᵢ = (sᵢ · q) / (yᵢ · sᵢ),   q ← q − αᵢ · yᵢ
    r ← q · (s · y) / (y · y)               the curvature along the newest pair
            for the pairs from old to new:  βᵢ = (yᵢ · r) / (yᵢ · sᵢ),   r ← r + sᵢ · (αᵢ − βᵢ)
    p ← p − t · r                           t = lr, or found by a line search

It is for smooth losses of all samples at once: it asks for the loss many times per step, so `step` needs a closure that
computes it anew.

>>> p = Value([-1.2, 1.0])
>>> optimizer = LBFGS([p], line_search_fn="strong_wolfe")
>>> def rosenbrock():
...     optimizer.zero_grad()
...     loss = (1.0 - p[0]) ** 2 + 100.0 * (p[1] - p[0] ** 2) ** 2
...     loss.backward()
...     return loss
>>> for _ in range(4):
...     loss = optimizer.step(rosenbrock)
>>> p.data.round(4)
array([1., 1.])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError, unknown_name
from .lbfgs_memory import Pairs, checked_counts, put, together
from .line_search import strong_wolfe
from .optimizer import Optimizer


class LBFGS(Optimizer):
    """p ← p − t · H⁻¹ · g, the product computed from the last pairs of steps and changes of the gradient.

    params             model.parameters(), or any list of Values that nobody computed; one group
    lr                 the length of a step, or the first one that the line search tries
    max_iter           how many steps one call of `step` takes at most
    max_eval           how often it computes the loss at most (a line search, once more); None is 1.25 · max_iter
    tolerance_grad     it stops where no entry of the gradient is larger
    tolerance_change   it stops where the loss, or every parameter, changes by less
    history_size       how many pairs are kept
    line_search_fn     None, or "strong_wolfe": recommended, a fixed step can go anywhere
    raises             DataError for a number out of its range, a second group, a step without closure, a closure that
                       returns no loss; UnknownNameError for another line search
    source             Liu & Nocedal, On the limited memory BFGS method for large scale optimization (1989); Nocedal &
                       Wright, Numerical Optimization, 2nd ed. (2006), algorithm 7.4
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ):
        checked_counts(max_iter=max_iter, history_size=history_size)
        max_eval = max_iter * 5 // 4 if max_eval is None else max_eval
        checked_counts(max_eval=max_eval)
        if line_search_fn not in (None, "strong_wolfe"):
            raise unknown_name("line search", line_search_fn, ["strong_wolfe"])
        tolerances = {"tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change}
        counts = {"max_iter": max_iter, "max_eval": max_eval, "history_size": history_size}
        super().__init__([] if params is None else params, lr=lr, **counts, **tolerances, line_search_fn=line_search_fn)
        if len(self.param_groups) > 1:
            raise DataError(
                f"LBFGS was given {len(self.param_groups)} parameter groups.",
                "It treats all parameters as one vector, with one step length for all.",
                "Write LBFGS(model.parameters()).",
            )
        self.pairs = Pairs()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Take up to max_iter steps; returns the loss before them.

        closure   computes the loss and its gradients anew: zero_grad(), loss.backward(), return loss
        """
        if closure is None:
            raise DataError(
                "LBFGS.step() was called without a closure.",
                "It computes the loss at several places in one step, and only the caller knows how.",
                "Write def closure(): optimizer.zero_grad(); loss = ...; loss.backward(); return loss, "
                "and optimizer.step(closure).",
            )
        with np.errstate(all="ignore"):
            return self.steps(closure)

    def steps(self, closure: Callable[[], Any]) -> Any:
        """The loop of `step`."""
        parameters, pairs, o = self.parameters, self.pairs, self.param_groups[0]

        def evaluated() -> tuple[float, Any]:
            return height_of(closure()), together([p._grad for p in parameters], parameters)

        first = closure()
        loss, g = height_of(first), together([p._grad for p in parameters], parameters)
        evaluations = 1
        for i in range(o["max_iter"]):
            if np.abs(g).max() <= o["tolerance_grad"]:
                break
            pairs.learn(g, o["history_size"])
            direction, x, before = -pairs.times_inverse(g), together([p._held for p in parameters], parameters), loss
            t = o["lr"] * (min(1.0, 1.0 / float(np.abs(g).sum())) if pairs.steps == 1 else 1.0)
            slope = float(g @ direction)
            pairs.left(g, direction, t)
            if slope > -o["tolerance_change"]:
                break
            if o["line_search_fn"]:

                def at(t: float, x: Any = x, direction: Any = direction) -> tuple[float, Any]:
                    put(x + t * direction, parameters)
                    return evaluated()

                left = o["max_eval"] - evaluations
                t, loss, g, tried = strong_wolfe(at, direction, t, loss, g, o["tolerance_change"], left)
                put(x + t * direction, parameters)
            else:
                put(x + t * direction, parameters)
                tried = 0
                if i + 1 < o["max_iter"]:
                    (loss, g), tried = evaluated(), 1
            pairs.went(direction, t)
            evaluations += tried
            if evaluations >= o["max_eval"] or np.abs(direction * t).max() <= o["tolerance_change"]:
                break
            if abs(loss - before) < o["tolerance_change"]:
                break
        return first

    @staticmethod
    def update(*given: Any, **options: Any) -> Any:
        """Refused: a step of L-BFGS is more than a rule."""
        raise DataError(
            "LBFGS has no rule that update_all() could use.",
            "It computes the loss several times in a step and compares what it finds: no fixed formula does that.",
            "Write LBFGS(model.parameters()) and optimizer.step(closure).",
        )

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), **self.pairs.state_dict()}

    def load_state_dict(self, state: Any) -> None:
        saved = {key: x for key, x in state.items() if key.startswith("pairs.")}
        pairs = Pairs.loaded(saved, sum(p.size for p in self.parameters))
        super().load_state_dict({key: x for key, x in state.items() if key not in saved})
        self.pairs = pairs


def height_of(loss: Any) -> float:
    """The number of a loss; what is no number is told so."""
    data = loss._held if isinstance(loss, Value) else loss
    if not isinstance(data, (int, float)) or isinstance(data, bool):
        kind = "nothing" if loss is None else f"{type(loss).__name__} of shape {np.shape(data)}"
        raise DataError(
            f"LBFGS: the closure returned {kind}.",
            "The line search compares losses, so it needs the one number that backward() started from.",
            "End the closure with: return loss.",
        )
    return float(data)
