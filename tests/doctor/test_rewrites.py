"""The table of stable formulas: every row is found, in the record and in the text, and is right where it is used."""

from __future__ import annotations

import linecache

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.doctor.debug import debug
from tinygrad_edu.doctor.rewrites import REWRITES, finite, parts_of, rewrite, tree
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import NonFiniteError
from tinygrad_edu.protocols.places import recording_places

NAMES = {name: getattr(tg, name) for name in tg.__all__ if callable(getattr(tg, name, None))}
NAMES |= {"tg": tg, "sum": tg.sum}

# the formula, and where it fails although the mathematics does not (or where it has no value at all)
FAILING = {
    "log(softmax(x))": {"x": [0.0, 1000.0]},
    "log(sigmoid(x))": {"x": -1000.0},
    "log(1 - sigmoid(x))": {"x": 1000.0},
    "log(exp(x) / sum(exp(x)))": {"x": [0.0, 1000.0]},
    "exp(x) / sum(exp(x))": {"x": [0.0, 1000.0]},
    "log(sum(exp(x)))": {"x": [0.0, 1000.0]},
    "log(1 + exp(x))": {"x": 1000.0},
    "log1p(exp(x))": {"x": 1000.0},
    "exp(x) / (1 + exp(x))": {"x": 1000.0},
    "1 / (1 + exp(-x))": {"x": -1000.0},
    "(exp(x) - exp(-x)) / (exp(x) + exp(-x))": {"x": 1000.0},
    "log(exp(a) + exp(b))": {"a": 1000.0, "b": 0.0},
    "a / log(1 + x)": {"a": 1e-20, "x": 1e-20},
    "a / (exp(x) - 1)": {"a": 1e-20, "x": 1e-20},
    "log(exp(x) - 1)": {"x": 1e-20},
    "log(prod(x))": {"x": [1e-200, 1e-200]},
    "log(a / b)": {"a": 1e-200, "b": 1e200},
    "sqrt(a ** 2 + b ** 2)": {"a": 1e200, "b": 0.0},
    "sqrt(sum(x ** 2))": {"x": [0.0, 0.0]},
    "x / norm(x)": {"x": [0.0, 0.0]},
    "x / sqrt(sum(x ** 2))": {"x": [0.0, 0.0]},
    "x / sum(x)": {"x": [0.0, 0.0]},
    "a / std(x)": {"a": 0.0, "x": [2.0, 2.0]},
    "x * log(x)": {"x": [0.0, 1.0]},
}


def test_every_row_has_a_case():
    assert list(FAILING) == [written for written, _, _ in REWRITES]


@pytest.mark.parametrize(("written", "better", "because"), REWRITES, ids=[row[0] for row in REWRITES])
def test_a_row_is_found_where_its_formula_fails_and_what_it_recommends_is_finite(written, better, because):
    letters = {letter: Value(x) for letter, x in FAILING[written].items()}
    program = f"({written}).sum().backward()"
    linecache.cache["<a row>"] = (len(program), None, [program], "<a row>")
    code = compile(program, "<a row>", "exec")
    with pytest.raises(NonFiniteError) as caught, debug():
        exec(code, {**NAMES, **letters})
    assert caught.value.write == f"Write {better} instead of {written}: {because}."
    with np.errstate(all="raise", under="ignore"), debug():
        y = eval(better, {**NAMES, **letters})
        y.sum().backward()
    assert np.all(np.isfinite(y.data)) and all(
        np.all(np.isfinite(v.grad)) for v in letters.values() if v.grad is not None
    )


@pytest.mark.parametrize(("written", "better", "because"), REWRITES, ids=[row[0] for row in REWRITES])
def test_a_row_means_the_same_where_both_ways_are_fine(written, better, because, rng):
    letters = {letter: Value(rng.uniform(0.5, 2.0, 4) if letter == "x" else 1.5) for letter in "abx"}
    first, second = eval(written, {**NAMES, **letters}), eval(better, {**NAMES, **letters})
    np.testing.assert_allclose(first.data, second.data, rtol=1e-7)
    for v in letters.values():
        v.zero_grad()
    first.sum().backward()
    grads = {letter: v.grad for letter, v in letters.items()}
    for v in letters.values():
        v.zero_grad()
    second.sum().backward()
    for letter, v in letters.items():
        if v.grad is not None:
            np.testing.assert_allclose(grads[letter], v.grad, rtol=1e-6, atol=1e-9)


def test_the_text_of_the_line_tells_what_was_to_follow():
    x = Value([0.0, 1000.0])
    with pytest.raises(NonFiniteError) as caught, debug():
        tg.exp(x) / tg.exp(x).sum(axis=-1, keepdims=True)
    assert caught.value.write.startswith("Write tg.softmax(x) instead of exp(x) / sum(exp(x))")
    with pytest.raises(NonFiniteError) as caught, debug():
        np.log(1 + np.exp(x[1]))
    assert caught.value.write.startswith("Write tg.softplus(x) instead of log(1 + exp(x))")


def test_squares_are_recognised_however_they_are_written_and_sums_in_any_order():
    a, b = Value(0.0), Value(0.0)
    for square in (lambda v: v * v, lambda v: v**2, lambda v: v.square(), lambda v: tg.square(v)):
        with pytest.raises(NonFiniteError) as caught, debug():
            tg.sqrt(square(a) + square(b)).backward()
        assert "tg.hypot(a, b)" in caught.value.write
    assert rewrite(("log", (tg.exp(Value(-1e9)) + 1.0,))).startswith("Write tg.softplus(x)")


def test_other_formulas_are_left_alone():
    x, z = Value([0.0, 1.0]), Value([2.0, 3.0])
    with debug():
        others = [tg.exp(x) / tg.exp(z).sum(), x / tg.norm(z), tg.softmax(x).exp(), tg.sqrt(x.sum() + 1.0)]
    assert [rewrite((y.op.name, y.inputs)) for y in others] == [""] * 4


def test_nothing_is_recommended_that_would_fail_as_well():
    assert not finite(tree("tg.log(a) - tg.log(b)"), {"a": 0.0, "b": 1.0})
    with pytest.raises(NonFiniteError) as caught, debug():
        tg.log(Value(0.0) / Value(2.0))
    assert "tg.log(a) - tg.log(b)" not in caught.value.write


def test_a_line_that_is_no_complete_python_is_no_trouble():
    x = Value(2.0)
    with recording_places():
        if x * x:
            y = [x * x,
                 x * 3.0]  # fmt: skip
    assert all(list(parts_of(v.place)) is not None for v in y)
