"""How lines are written: the text of single operations, and what is left to a call by name."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.running import check_equal, function_of, text_of
from tinygrad_edu.compiler.recording.program import record
from tinygrad_edu.compiler.source.phrases import ARRAYS, NUMBERS
from tinygrad_edu.compiler.source.python import Source
from tinygrad_edu.compiler.source.words import words
from tinygrad_edu.compiler.source.words_of_arrays import SPECIAL, index_text
from tinygrad_edu.ops.op import TABLE

ROW, MATRIX = np.array([1.0, 2.0, 3.0]), np.arange(6.0).reshape(2, 3)


def written(f, *args) -> str:
    """What is returned, as one expression, or what is computed in the only statement."""
    source = Source(record(f, args, names="xyz"[: len(args)]))
    return source.statements[0][0].partition(" = ")[2] if source.statements else source.answers[0]


@pytest.mark.parametrize(
    ("f", "x", "text"),
    [
        (tg.tanh, 0.5, "math.tanh(x)"),
        (tg.tanh, ROW, "np.tanh(x)"),
        (tg.relu, 0.5, "0.0 if x <= 0.0 else x"),
        (tg.relu, ROW, "np.maximum(x, 0.0)"),
        (lambda x: tg.elu(x, alpha=0.5), ROW, "0.5 * np.expm1(np.minimum(x, 0.0)) + np.maximum(x, 0.0)"),
        (lambda x: tg.sum(x, axis=[0, 1]), MATRIX, "float(x.sum(axis=(0, 1)))"),
        (lambda x: tg.mean(x, axis=0, keepdims=True), MATRIX, "x.mean(axis=0, keepdims=True)"),
        (lambda x: tg.var(x, axis=1, ddof=1), MATRIX, "x.var(axis=1, ddof=1)"),
        (lambda x: tg.norm(x, ord=1), ROW, "float(np.linalg.norm(x, ord=1))"),
        (lambda x: tg.transpose(x), MATRIX, "x.T"),
        (lambda x: tg.reshape(x, (3, -1)), MATRIX, "x.reshape((3, 2))"),
        (lambda x: tg.reshape(x, (3, 2), order="F"), MATRIX, "x.reshape((3, 2), order='F')"),
        (lambda x: x[1:, None, ...], MATRIX, "x[1:, None, ...]"),
        (lambda x: x[True], ROW, "x[True]"),
        (lambda x: tg.cumsum(x, axis=0), ROW, "np.cumsum(x, 0)"),
    ],
)  # fmt: skip
def test_an_operation_is_written_as_one_would_by_hand(f, x, text):
    assert written(f, x) == text


def test_what_binds_less_tightly_stands_in_parentheses():
    assert written(lambda x, y: x - (y - x), 2.0, 3.0) == "x - (y - x)"
    assert written(lambda x, y: (x + y) @ y, MATRIX, np.ones(3)) == "(x + y) @ y"
    assert written(lambda x, y: (x + y).T, MATRIX, np.ones(3)) == "(x + y).T"
    assert written(lambda x, y: tg.tanh(x + y) * (x - y), MATRIX, 2.0) == "np.tanh(x + y) * (x - y)"


def test_an_index_with_an_array_has_no_text():
    assert index_text(np.array([0, 2])) is None
    assert index_text((0,)) == "0,"
    assert index_text(()) == "()"


def test_an_operation_without_words_is_called_by_its_name():
    source = Source(record(tg.softmax, (ROW,), names="x"))
    assert source.answers == ["softmax(x, axis=-1)"]
    assert source.helpers == {"softmax": TABLE["softmax"]}


@pytest.mark.parametrize("name", ["sigmoid", "silu", "softplus", "logaddexp"])
def test_carefully_an_operation_that_could_overflow_is_called_by_its_name(name):
    f = getattr(tg, name)
    args = (1.0, 2.0) if name == "logaddexp" else (1.0,)
    line = record(f, args).lines[0]
    assert words(line) is not None
    assert words(line, careful=True) is None


@pytest.mark.parametrize("x", [-1e5, -800.0, -1.0, 0.0, 1.0, 800.0, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "maximum", "sign", "silu", "softplus", "sigmoid"])
def test_carefully_a_number_gives_what_eager_gives_however_large(name, x):
    f = (lambda x: tg.maximum(x, 0.5)) if name == "maximum" else getattr(tg, name)
    source = Source(record(f, (1.0,), careful=True), careful=True)
    check_equal(function_of(source)(x), [f(x)], 1e-15)


def test_nan_stays_nan_where_a_comparison_would_hide_it():
    for name in ("relu", "maximum", "minimum", "sign"):
        f = getattr(tg, name)
        args = (1.0, 2.0) if name in ("maximum", "minimum") else (1.0,)
        (y,) = function_of(Source(record(f, args)))(math.nan, *args[1:])
        assert math.isnan(y)


def test_a_primitive_of_the_users_with_a_known_name_is_not_taken_for_ours():
    @tg.op(x=lambda g, y, x: 5.0 * g, latex="5 {x}", elementwise=True)
    def tanh(x):
        """Not the tanh one knows."""
        return 5.0 * x

    try:
        assert function_of(Source(record(tanh, (2.0,))))(2.0) == [10.0]
    finally:
        TABLE["tanh"] = tg.tanh


def test_every_row_of_the_phrase_book_is_about_an_operation_that_exists():
    known = {*TABLE, "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_not"}
    known |= {"isnan", "isinf", "isfinite", "number_of", "filled"}
    assert {*NUMBERS, *ARRAYS, *SPECIAL} <= known


def test_the_statements_are_python():
    source = Source(record(tg.value_and_grad(lambda x: (tg.tanh(x) * x).sum()), (ROW,)))
    compile("def f():\n    " + text_of(source).replace("\n", "\n    "), "text", "exec")
