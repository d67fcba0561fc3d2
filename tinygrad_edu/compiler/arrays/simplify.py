"""What a whole program knows and a single line does not: that nobody else reads a product, that two share their steps.

A matrix product that one line reads may be computed differently: (A B)ᵀ as Bᵀ Aᵀ, which is no copy; and c · (A B) as
A (c · B), where the number meets the smaller matrix: a learning rate times the gradient of 784 · 256 weights meets
64 · 256 numbers. And the softmax, its logarithm and the cross-entropy of the same logits share their exponentials.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ...ops import arithmetic, exponentials, reductions, shapes, softmax
from ...ops.products import matmul
from ..recording.line import Line
from ..recording.picking import gathered
from ..recording.program import Program
from .rewriting import Rewriting

CLASSES = {softmax.softmax: "probabilities", softmax.log_softmax: "logarithms", softmax.cross_entropy: "surprise"}


def rearranged(program: Program) -> Program:
    """The program with matrix products in the order that costs less."""
    uses = Counter(x for line in program.lines for x in line.inputs if type(x) is Line)
    uses.update(y for y in program.results if type(y) is Line)

    def rule(writing: Rewriting, line: Line) -> Line | None:
        found = scaled_factor(writing, line, uses)
        return turned_product(writing, line, uses) if found is None else found

    products = any(single_product(line, uses) for line in program.lines)
    return Rewriting(program).rewritten(rule) if products else program


def single_product(x: Any, uses: Counter[Line]) -> bool:
    """Whether x is a product of two matrices that one line reads."""
    if type(x) is not Line or x.op is not matmul or x.ndim != 2 or uses[x] != 1:
        return False
    a, b = x.inputs
    return bool(a.ndim == b.ndim == 2 and a.dtype == b.dtype and a.dtype.kind == "f")


def scaled_factor(writing: Rewriting, line: Line, uses: Counter[Line]) -> Line | None:
    """c · (A B) → A (c · B) or (c · A) B, where one of A and B is smaller than the product"""
    if line.op is not arithmetic.multiply:
        return None
    for number, product in (line.inputs, line.inputs[::-1]):
        if single_product(product, uses) and (type(number) is float or not number.shape):
            a, b = product.inputs
            if min(a.size, b.size) * 2 <= product.size:
                first = a.size < b.size
                scaled = writing.line(line, line.op, number, a if first else b)
                return writing.line(line, matmul, scaled if first else a, b if first else scaled, named=True)
    return None


def turned_product(writing: Rewriting, line: Line, uses: Counter[Line]) -> Line | None:
    """(A B)ᵀ → Bᵀ Aᵀ"""
    turning = line.op is not None and line.op.base in (shapes.transpose, shapes.swapaxes)
    if not turning or line.op.settings.get("axes") not in (None, (1, 0)) or not single_product(line.inputs[0], uses):  # type: ignore[union-attr]
        return None
    a, b = (turned(writing, x, line) for x in line.inputs[0].inputs)
    return writing.line(line, matmul, b, a, named=True)


def turned(writing: Rewriting, x: Line, about: Line) -> Line:
    """xᵀ, which for a transpose is what it was made of."""
    x = writing.now(x)
    return x.inputs[0] if x.op is shapes.transpose else writing.line(about, shapes.transpose, x)


def opened(program: Program) -> Program:
    """The program with softmax, log_softmax and cross_entropy in steps, which they share."""
    bases = {line.op.base for line in program.lines if line.op is not None}
    return Rewriting(program).rewritten(opened_line) if bases & CLASSES.keys() else program


def opened_line(writing: Rewriting, line: Line) -> Line | None:
    """The steps of one line; None if it is another operation, or has not the usual shape."""
    op = line.op
    if op is None or op.base not in CLASSES:
        return None
    x = line.inputs[0]
    if x.dtype.kind != "f" or x.ndim != 2 or op.settings.get("axis", -1) not in (-1, 1):
        return None
    largest = writing.line(line, reductions.max.bind(axis=1, keepdims=True), x)
    shifted = writing.line(line, arithmetic.subtract, x, largest)  # so that every exponential is finite
    each = writing.line(line, exponentials.exp, shifted)
    total = writing.line(line, reductions.sum.bind(axis=1, keepdims=True), each)
    if op.base is softmax.softmax:
        return writing.line(line, arithmetic.divide, each, total, named=True)
    logarithm = writing.line(line, exponentials.log, total)
    if op.base is softmax.log_softmax:
        return writing.line(line, arithmetic.subtract, shifted, logarithm, named=True)
    rows = writing.constant(np.arange(x.shape[0]))
    chosen = writing.line(line, gathered.bind(pattern=(0, 1), places=(0, 1)), shifted, rows, line.inputs[1])
    column = writing.line(line, shapes.reshape.bind(shape=(x.shape[0],)), logarithm)
    return writing.line(line, arithmetic.subtract, column, chosen, named=True)
