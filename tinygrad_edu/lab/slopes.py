"""Wrong engines that multiply by the wrong local derivative."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..engine.value import Value
from ..ops.products import matmul
from .engine import Engine, g_times_slopes
from .graph import data, is_curve, ones, plain, variables

MINUS = {"subtract": 1, "divide": 1, "negative": 0, "reciprocal": 0, "cos": 0}  # whose derivative has one


class NoChain(Engine):
    """Only the local derivative: what arrived from above is not multiplied in."""

    name = "no chain"

    def contributions(self, node: Value, g: Any) -> list[Any]:
        return super().contributions(node, ones(node))


class Swapped(Engine):
    """a receives the gradient of b, and b that of a."""

    name = "swapped"

    def contributions(self, node: Value, g: Any) -> list[Any]:
        c = super().contributions(node, g)
        return c[::-1] if is_pair(node) else c


class SlopeAtOutput(Engine):
    """The derivative of an activation, taken at its output: σ′(y) with y = σ(x), where σ′(x) = y (1 − y) is meant."""

    name = "slope at output"

    def contributions(self, node: Value, g: Any) -> list[Any]:
        if not is_curve(node):
            return super().contributions(node, g)
        x = node._held
        return g_times_slopes(node, g, node.op.compute(x), [x])


class SlopeTwice(Engine):
    """The derivative of an activation multiplied in twice: once in the formula, once more when it is used."""

    name = "slope twice"

    def contributions(self, node: Value, g: Any) -> list[Any]:
        c = super().contributions(node, g)
        return super().contributions(node, c[0]) if is_curve(node) else c


class NoMinus(Engine):
    """A minus forgotten: in a − b, a ÷ b, −x, 1 ÷ x and cos x, whose derivatives have one."""

    name = "no minus"

    def contributions(self, node: Value, g: Any) -> list[Any]:
        c = super().contributions(node, g)
        if with_minus(node):
            k = MINUS[node.op.name]
            c[k] = -c[k]
        return c


class NoTranspose(Engine):
    """The transpose forgotten in the gradient of a matrix product: G B for G Bᵀ, A G for Aᵀ G."""

    name = "no transpose"

    def contributions(self, node: Value, g: Any) -> list[Any]:
        if not is_matrix_product(node):
            return super().contributions(node, g)
        a, b = node.inputs
        left = matmul(g, data(b)) if type(a) is Value else 0.0
        right = matmul(data(a), g) if type(b) is Value else 0.0
        return [left, right]


class NoMean(Engine):
    """The gradient of a sum for that of a mean: the factor 1/N is missing."""

    name = "no 1/N"

    def contributions(self, node: Value, g: Any) -> list[Any]:
        c = super().contributions(node, g)
        if node.op.name == "mean":
            c[0] = c[0] * (node.a.size // node.size)
        return c


class ExponentKept(Engine):
    """n · xⁿ for the derivative of xⁿ: the exponent comes down, but does not become smaller by 1."""

    name = "exponent kept"

    def contributions(self, node: Value, g: Any) -> list[Any]:
        c = super().contributions(node, g)
        if is_power(node):
            c[0] = c[0] * node.a._held
        return c


def is_pair(node: Value) -> bool:
    """Whether a node has two operands, both of them Values."""
    return len(variables(node)) == len(node.inputs) == 2


def with_minus(node: Value) -> bool:
    """Whether a node's derivative has a minus, in the place of a Value."""
    return node.op.name in MINUS and type(node.inputs[MINUS[node.op.name]]) is Value


def is_power(node: Value) -> bool:
    """Whether a node is a power of a Value."""
    return node.op.name in ("power", "square") and type(node.a) is Value


def is_matrix_product(node: Value) -> bool:
    """Whether a node is the product of two matrices; with a vector there is nothing to transpose."""
    return node.op.name == "matmul" and all(np.ndim(x) == 2 for x in plain(node))
