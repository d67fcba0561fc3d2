"""Is this gradient right? The engine against finite differences, entry by entry.

>>> bool(gradcheck(lambda x: x**2, 3.0))
True
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..calculus.containers import flatten
from ..calculus.grad import grad
from ..calculus.messages import check_one_number
from ..engine.value import Value
from ..ops.numbers import constant
from ..protocols.modes import no_grad
from .mistakes import likely_mistake
from .report import Report, Row

EXACT = 1e-8  # two derivations of the same float64 gradient differ by rounding only
MEASURED = 1e-6  # finite differences are measurements: about ten digits of them are right
STEPS = (1e-3, 1e-5)  # the long step is more exact, the short one stays clear of a kink nearby


def gradcheck(f: Callable[..., Any], *inputs: Any) -> Report:
    """Compare the engine's gradient of f with finite differences, at the given inputs.

    f        a function that returns one number
    inputs   its arguments: numbers, arrays, or nested containers of them
    returns  a Report, true when they agree

    >>> bool(gradcheck(lambda x: (x**3).sum(), np.array([1.0, 2.0])))
    True
    """
    gradients = flatten(grad(f, argnums=tuple(range(len(inputs))))(*inputs))[0]
    leaves, rebuild = flatten(inputs)
    rows = []
    for k, engine in enumerate(gradients):
        measured = finite_difference(lambda *xs: f(*rebuild(xs)), leaves, k)
        rows.append(compare(f"input {k}", {"engine": engine, "finite difference": measured}))
    return Report("gradcheck", sorted(rows, key=lambda row: (row.passed, -row.error)))


def finite_difference(f: Callable[..., Any], xs: list[Any], k: int) -> Any:
    """The gradient of f by the k-th of its arguments, measured: each number is moved a little to both sides.

    returns  a float or an array like xs[k], right to about ten digits where f is smooth
    source   the central difference of fourth order: Fornberg, Generation of finite difference formulas, 1988

    >>> round(finite_difference(lambda x: x**3, [2.0], 0), 9)
    12.0
    """
    x = np.array(constant(xs[k]), dtype=np.float64)
    slopes = np.zeros(x.shape)
    for place in np.ndindex(x.shape):

        def height(shift: float, place: tuple[int, ...] = place) -> float:
            moved = x.copy()
            moved[place] += shift
            return _height(f, [*xs[:k], moved, *xs[k + 1 :]])

        size = max(1.0, abs(x[place]))
        slopes[place] = min((_slope(height, step * size) for step in STEPS), key=lambda found: found[1])[0]
    return slopes if x.shape else float(slopes)


def _slope(height: Callable[[float], float], step: float) -> tuple[float, float]:
    """The measured slope, and how far the formulas of second and fourth order disagree about it."""
    near, far = height(step) - height(-step), height(2 * step) - height(-2 * step)
    fourth = (8 * near - far) / (12 * step)
    doubt = abs(fourth - near / (2 * step)) + 1e-16 * abs(height(0.0)) / step
    return fourth, doubt if doubt == doubt else np.inf


def _height(f: Callable[..., Any], xs: list[Any]) -> float:
    with no_grad():
        y = f(*map(Value, xs))
    check_one_number(y)
    return y.item() if type(y) is Value else float(y)


def compare(name: str, found: dict[str, Any]) -> Row:
    """Which of the numbers agree, where they differ most, and what that says."""
    arrays = {source: np.asarray(numbers, dtype=np.float64) for source, numbers in found.items()}
    engine, measured = arrays["engine"], arrays["finite difference"]
    scale = max(1e-12, *(float(np.max(np.abs(array), initial=0.0)) for array in arrays.values()))
    errors = {"finite difference": _differences(engine, measured, scale)}
    if "formula" in arrays:
        errors["formula"] = _differences(arrays["formula"], engine, scale)
    wrong_measured = _worst(errors["finite difference"]) > MEASURED
    wrong_formula = "formula" in errors and _worst(errors["formula"]) > EXACT
    wrong_engine = wrong_formula and wrong_measured and _worst(_differences(arrays["formula"], measured, scale)) < 1e-6
    source = "formula" if wrong_formula or (not wrong_measured and "formula" in errors) else "finite difference"
    entry = tuple(map(int, np.unravel_index(np.argmax(errors[source]), engine.shape))) if engine.size else ()
    numbers = {key: float(array[entry]) for key, array in arrays.items()} if engine.size else dict.fromkeys(arrays, 0.0)
    lesson = ""
    if wrong_formula and not wrong_measured:
        lesson = "The formula is the odd one out: engine and finite differences agree.\n"
        lesson += likely_mistake(arrays["formula"], engine)
    elif wrong_measured and "formula" in errors and not wrong_formula:
        lesson = "Finite differences are the odd one out: is there a kink or a jump nearby?"
    elif wrong_engine:
        lesson = "The engine is the odd one out: formula and finite differences agree. Is the rule of an @op wrong?"
    elif wrong_measured:
        lesson = "The engine and the measured slope differ: a kink, a jump, or a wrong derivative in an @op."
    return Row(name, not lesson, entry, numbers, _worst(errors[source]), lesson.strip())


def _differences(a: np.ndarray, b: np.ndarray, scale: float) -> np.ndarray:
    """|a - b| entry by entry, relative to the largest number; infinite where only one is nan."""
    both = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore"):
        return np.where(both, 0.0, np.nan_to_num(np.abs(a - b) / scale, nan=np.inf))


def _worst(errors: np.ndarray) -> float:
    return float(np.max(errors, initial=0.0))
