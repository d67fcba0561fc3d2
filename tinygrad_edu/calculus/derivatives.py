"""What follows from `vjp`: directional derivatives, Jacobians, Hessians and their products with vectors.

>>> jvp(lambda x: x**3, (2.0,), (1.0,))
(8.0, 12.0)
>>> hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
array([[ 6.,  0.],
       [ 0., 12.]])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.value import Value
from ..ops.broadcasting import shape_of
from ..ops.joining import stack
from ..ops.shapes import reshape
from . import messages
from .arguments import of_chosen
from .containers import flatten
from .grad import grad, vjp


def jvp(f: Callable[..., Any], xs: Any, dxs: Any) -> tuple[Any, Any]:
    """The result y = f(*xs) and its derivative in the direction dxs (forward mode, as two reverse sweeps).

    xs, dxs  tuples of arguments and of their directions, in the same shapes (or one argument, without a tuple)
    returns  (y, dy), dy in the shape of y
    source   pull(u) is linear in u, so its own pull is the forward derivative: J. Townsend, "A new trick for
             calculating Jacobian vector products" (2017)

    >>> jvp(lambda a, b: a * b, (2.0, 3.0), (1.0, 10.0))
    (6.0, 23.0)
    """
    xs, dxs = messages.directions(xs, dxs, "jvp(f, xs, dxs)")
    y, pull_back = vjp(f, *xs)
    leaves, rebuild = flatten(y)
    rng = np.random.default_rng(0)  # any point will do, but at a random one nothing cancels by accident
    us: list[Any] = [rng.uniform(1.0, 2.0, shape_of(leaf)).astype(getattr(leaf, "dtype", float)) for leaf in leaves]
    us = [Value(u) if type(leaf) is Value else u for u, leaf in zip(us, leaves)]
    _, pull_forward = vjp(pull_back, rebuild(us))
    return y, pull_forward(dxs)[0]


def hvp(f: Callable[..., Any], xs: Any, vs: Any) -> Any:
    """The Hessian of f times a vector, without ever building the Hessian: twice the cost of a gradient.

    xs, vs   tuples of arguments and of vectors in the same shapes (or one argument, without a tuple)
    returns  what looks like xs

    >>> hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([  6., 120.])
    """
    arguments, vectors = messages.directions(xs, vs, "hvp(f, xs, vs)")
    _, pull_back = vjp(grad(f, argnums=tuple(range(len(arguments)))), *arguments)
    products = pull_back(vectors)  # a Hessian is symmetric: its rows are its columns
    return products if isinstance(xs, tuple) else products[0]


def jacobian(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """The function that computes all slopes of f: one row per number of the result.

    argnums  which argument to differentiate by; a tuple of them gives a tuple of Jacobians
    returns  arrays of the result's shape followed by the argument's; containers of arguments or results stay nested

    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    def jacobian_of(*xs: Any, **settings: Any) -> Any:
        function, values = of_chosen(f, argnums, xs, settings)
        y, pull_back = vjp(function, *values)
        leaves, rebuild_y = flatten(y)
        blocks = []
        for k, leaf in enumerate(leaves):
            rows = [flatten(pull_back(rebuild_y(start)))[0] for start in _unit_starts(leaves, k)]
            columns, rebuild_x = flatten(tuple(values))
            parts = [
                _joined([row[j] for row in rows], shape_of(leaf) + shape_of(column)) for j, column in enumerate(columns)
            ]
            blocks.append(rebuild_x(parts) if isinstance(argnums, tuple) else rebuild_x(parts)[0])
        return rebuild_y(blocks)

    return jacobian_of


def hessian(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """The function that computes the second derivatives of f, which must return one number.

    returns  an array of shape x.shape + x.shape

    >>> hessian(lambda x: x[0] * x[1])(np.array([3.0, 5.0]))
    array([[0., 1.],
           [1., 0.]])
    """
    return jacobian(grad(f, argnums), argnums)


def _unit_starts(leaves: list[Any], k: int) -> Any:
    """One start per entry of the k-th result: 1 there, 0 everywhere else."""
    for i in range(np.size(np.empty(shape_of(leaves[k])))):
        starts = [np.zeros(shape_of(leaf), getattr(leaf, "dtype", float)) for leaf in leaves]
        starts[k].reshape(-1)[i] = 1.0
        yield starts


def _joined(rows: list[Any], shape: tuple[int, ...]) -> Any:
    """The rows as one array of the given shape; a number where the shape is ()."""
    if any(hasattr(row, "apply_op") for row in rows):
        return reshape(stack(rows), shape=shape)
    array = np.asarray(rows)
    return array.reshape(shape) if shape else float(array[0])
