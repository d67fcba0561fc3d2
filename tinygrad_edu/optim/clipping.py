"""Gradient clipping: one sample in a million has a gradient that would throw everything away; cut it to size.

    g ← g · min(1, max_norm / (‖g‖ + 1e-6))      ‖g‖ the norm of all gradients together, so that the direction stays
    g ← min(max(g, −clip_value), clip_value)     every entry on its own, so that it does not

Both stand between `backward()` and `step()`.

>>> from tinygrad_edu.engine import Value
>>> a, b = Value(3.0), Value([2.0])
>>> (a * a + 4.0 * b.sum()).backward()
>>> clip_grad_norm_([a, b], max_norm=1.0) == 52.0**0.5
True
>>> round(a.grad, 4), b.grad.round(4)
(0.8321, array([0.5547]))
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np

from ..engine.value import Value
from ..errors import DataError, NonFiniteError


def clip_grad_norm_(
    parameters: Value | Iterable[Value], max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Scale all gradients by one factor, so that together they are no longer than max_norm. Returns their norm before.

    parameters           the Values whose gradients are meant, or one; those without a gradient do not count
    max_norm             the length allowed, a positive number
    norm_type            p of the p-norm; math.inf for the largest entry
    error_if_nonfinite   raise when the norm is nan or infinite. Otherwise nan makes every gradient nan, and infinity
                         makes them all 0 (and the infinite ones nan), as in PyTorch
    raises               NonFiniteError as asked for; DataError for a max_norm or norm_type that is not positive
    source               Pascanu, Mikolov & Bengio, On the difficulty of training recurrent neural networks (2013)
    """
    checked("clip_grad_norm_", "max_norm", max_norm, math.inf)
    checked("clip_grad_norm_", "norm_type", norm_type, math.inf)
    found = with_gradients("clip_grad_norm_", parameters)
    total = norm_of([p._grad for _, p in found], float(norm_type))
    if error_if_nonfinite and not math.isfinite(total):
        raise not_finite(total, found)
    factor = max_norm / (total + 1e-6)
    if factor < 1.0 or factor != factor:
        with np.errstate(all="ignore"):
            for _, p in found:
                scale(p, factor)
    return total


def clip_grad_value_(parameters: Value | Iterable[Value], clip_value: float) -> None:
    """Cut every entry of every gradient to −clip_value … clip_value.

    parameters   the Values whose gradients are meant, or one; those without a gradient do not count
    raises       DataError for a clip_value that is not positive

    >>> p = Value([1.0, 1.0])
    >>> (p * [0.3, -7.0]).sum().backward()
    >>> clip_grad_value_([p], 0.5)
    >>> p.grad
    array([ 0.3, -0.5])
    """
    checked("clip_grad_value_", "clip_value", clip_value, math.inf)
    for _, p in with_gradients("clip_grad_value_", parameters):
        g = p._grad
        if type(g) is float:
            p._grad = min(max(g, -clip_value), clip_value) if g == g else g
        else:
            np.clip(g, -clip_value, clip_value, out=g)


def norm_of(gradients: list[Any], p: float) -> float:
    """The p-norm of all entries together; very large and very small ones are no overflow and no 0.

    >>> norm_of([3e200, np.array([4e200])], 2.0) / 1e200
    5.0
    """
    if p == 2.0:
        total = sum(float(np.vdot(x, x)) for x in map(as_array, gradients))
        if 1e-30 < total < 1e30:  # no square was too large or too small for its precision
            return math.sqrt(total)
    largest = float(np.max([np.abs(np.asarray(g)).max(initial=0.0) for g in gradients], initial=0.0))
    if p == math.inf or largest == 0.0 or not math.isfinite(largest):
        return largest
    total = sum(float(((np.abs(np.asarray(g, np.float64)) / largest) ** p).sum()) for g in gradients)
    return largest * total ** (1.0 / p)


def as_array(g: Any) -> Any:
    """A gradient to be squared and added up: in half precision, 300 squared would be infinite."""
    g = np.asarray(g)
    return g.astype(np.float32) if g.itemsize < 4 else g


def scale(p: Value, factor: float) -> None:
    """Multiply a gradient; an array in place, so that it stays the one it was."""
    if type(p._grad) is float:
        p._grad = p._grad * factor
    else:
        p._grad *= factor


def with_gradients(name: str, parameters: Any) -> list[tuple[int, Value]]:
    """The parameters that have a gradient, with their numbers."""
    if callable(parameters):
        raise DataError(
            f"{name} was given {type(parameters).__name__} instead of parameters.",
            "It clips the gradients of a list of Values, and does not look for them inside an object.",
            f"Write {name}(model.parameters(), ...).",
        )
    if not isinstance(parameters, (Value, Iterable)):
        raise DataError(
            f"{name} was given {'None' if parameters is None else type(parameters).__name__} instead of parameters.",
            "It clips the gradients of a list of Values.",
            f"Write {name}(model.parameters(), ...).",
        )
    listed = [parameters] if isinstance(parameters, Value) else list(parameters)
    for i, p in enumerate(listed):
        if not isinstance(p, Value) or p.op is not None:
            what = f"the result of {p.op.name}" if isinstance(p, Value) and p.op else f"{type(p).__name__}, no Value"
            raise DataError(
                f"{name}: parameter {i} is {what}.",
                "Clipped are the gradients that an optimizer reads, those of Values that nobody computed.",
                f"Write {name}(model.parameters(), ...).",
            )
    return [(i, p) for i, p in enumerate(listed) if p._grad is not None]


def checked(name: str, what: str, given: Any, most: float) -> None:
    """Refuse a bound that is no positive number."""
    if isinstance(given, bool) or not isinstance(given, Real) or not 0.0 < float(given) <= most:
        raise DataError(
            f"{name}: {what}={given!r} is no positive number.",
            "Gradients are cut to this size: with 0 nothing would be left of them.",
            f"Write for example {what}={'2.0' if what == 'norm_type' else '1.0'}.",
        )


def not_finite(total: float, found: list[tuple[int, Value]]) -> NonFiniteError:
    """For gradients whose norm is nan or infinite: which parameter it comes from."""
    i, p = next(((i, p) for i, p in found if not np.isfinite(p._grad).all()), found[0])
    if np.isfinite(p._grad).all():
        what, why = (
            f"the norm of all gradients together is {total}",
            "Every entry is finite, but together they overflow.",
        )
    else:
        bad = np.asarray(p._grad)[~np.isfinite(p._grad)]
        who = f"{p.name!r}" if p.name else f"parameter {i}"
        what = f"the gradient of {who}, shape {p.shape}, has {bad.size} of {np.size(p._grad)} entries like {bad[0]}"
        why = "No factor brings what is nan or infinite to a finite length, and a step with it destroys the parameters."
    return NonFiniteError(
        f"clip_grad_norm_: {what}.",
        why,
        "Run the step once inside `with tg.debug():`, which names the first operation that was not finite.",
    )
