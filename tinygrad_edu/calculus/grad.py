"""Derivatives of functions: `vjp` runs the chain rule backwards, `grad` starts it with 1.

>>> grad(lambda x: x**3)(2.0)
12.0
>>> grad(grad(lambda x: x**3))(2.0)
12.0

At the outermost level the sweep computes with plain numbers. Inside another transform the same rules are given
Values instead: then the gradient is recorded too, and can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..engine.sweep import pull
from ..engine.value import Value
from ..ops.numbers import constant
from ..protocols.changes import clock
from ..protocols.modes import differentiating, taken_over
from . import messages
from .arguments import of_chosen
from .containers import flatten
from .recorded import identity, pull_recorded


@taken_over
def vjp(f: Callable[..., Any], *xs: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The result y = f(*xs), and `pull`, which carries a gradient at y back to one gradient per x.

    xs       numbers, arrays, Values, or nested tuples, lists and dicts of them; so may be the result
    pull(g)  takes a g that looks like y, returns a tuple that looks like xs; any number of times

    >>> y, pull = vjp(lambda a, b: a * b, 2.0, 5.0)
    >>> y, pull(1.0)
    (10.0, (5.0, 2.0))
    """
    leaves, rebuild = flatten(xs)
    recorded = differentiating.depth > 0 or any(type(x) is Value for x in leaves)
    since = next(clock)
    inputs = [identity(x) if type(x) is Value else Value(x) for x in leaves]
    with differentiating:
        results, rebuild_y = flatten(f(*rebuild(inputs)))
    results = [y if type(y) is Value else constant(y) for y in results]
    plain = [y._held if type(y) is Value else y for y in results]

    def pull_back(g: Any) -> tuple[Any, ...]:
        pairs = [(y, start) for y, start in zip(results, messages.starts(g, rebuild_y(plain))) if type(y) is Value]
        roots, starts = [y for y, _ in pairs], [start for _, start in pairs]
        again = recorded or any(type(start) is Value for start in starts)
        return rebuild(pull_recorded(roots, starts, inputs, since) if again else pull(roots, starts, inputs, since))

    return rebuild_y(results if recorded else [y if type(y) is float else y.copy() for y in plain]), pull_back


def value_and_grad(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """A function that returns f's result together with what `grad(f, argnums)` returns.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """

    def value_and_gradient(*xs: Any, **settings: Any) -> tuple[Any, Any]:
        function, values = of_chosen(f, argnums, xs, settings)
        y, pull_back = vjp(function, *values)
        messages.check_one_number(y)
        gradients = pull_back(1.0)
        return y, gradients if isinstance(argnums, tuple) else gradients[0]

    return value_and_gradient


def grad(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The function that computes the gradient of f, which must return one number.

    argnums  which argument to differentiate by; a tuple of them gives a tuple of gradients
    returns  a function of the same arguments; numbers give numbers, arrays arrays, containers containers
    raises   ShapeError if f returns an array: then `jacobian` is what you want

    >>> import numpy as np
    >>> grad(lambda w, x: (w * x).sum())(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    array([3., 4.])
    """
    return lambda *xs, **settings: value_and_grad(f, argnums)(*xs, **settings)[1]
