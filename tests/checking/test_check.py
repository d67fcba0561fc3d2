"""Gradient checks: what is right passes, and of what is wrong they say what is wrong with it."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.checking.gradcheck import finite_difference
from tinygrad_edu.checking.report import CheckFailed, Report, Row
from tinygrad_edu.ops.op import TABLE

W, X = np.array([[0.5, -1.0], [2.0, 0.25], [1.5, -0.75]]), np.array([[1.0, 2.0, -1.0], [0.5, -0.5, 3.0]])


@pytest.fixture(autouse=True)
def _leave_the_table_as_it_was():
    before = dict(TABLE)
    yield
    TABLE.clear()
    TABLE.update(before)


def loss(w, x):
    return ((x @ w) ** 2).sum()


def gradient(w, x):
    return 2 * x.T @ (x @ w)


# ── gradcheck ────────────────────────────────────────────────────────────────────────────────────────────────────────
RIGHT = [
    ("a polynomial", lambda x: x**3 - 2 * x, (1.5,)),
    ("a network", lambda w, x: tg.sigmoid(tg.tanh(x @ w)).mean(), (W, X)),
    ("a small one", lambda x: 1e-7 * tg.sin(x), (0.5,)),
    ("a tiny one", lambda x: 1e-11 * tg.sin(x), (0.5,)),
    ("a large one", lambda x: 1e9 * tg.sin(x), (0.5,)),
    ("a constant", lambda x: 5.0, (0.5,)),
    ("a large argument", lambda x: tg.sqrt(x), (1e6,)),
    ("containers", lambda p, q: (p["w"] * q[0]).sum() * q[1][0], ({"w": W}, (2.0, [3.0]))),
    ("single precision", lambda x: tg.tanh(x @ W).sum(), (X.astype(np.float32),)),
    ("half precision", lambda x: (x * 2.0).sum(), (np.array([1.0, 2.0], np.float16),)),
    ("a derivative inside", lambda x: tg.grad(lambda y: y**3 * x)(x), (2.0,)),
    ("no entries", lambda x: x.sum(), (np.ones((0, 2)),)),
    ("whole numbers", lambda x: x * x, (3,)),
]


@pytest.mark.parametrize(("f", "inputs"), [row[1:] for row in RIGHT], ids=[row[0] for row in RIGHT])
def test_a_right_gradient_passes(f, inputs):
    report = tg.gradcheck(f, *inputs)
    assert report, str(report)
    assert report.culprit is None and report.raise_() is report


def with_rule(rule):
    @tg.op(x=rule, elementwise=True)
    def square(x):
        """x²"""
        return x * x

    return square


WRONG = [
    ("wrong sign", lambda g, y, x: -g * (2 * x)),
    ("a factor", lambda g, y, x: g * x),
    ("a small error", lambda g, y, x: g * (2.00001 * x)),
    ("zero", lambda g, y, x: 0.0 * g),
    ("nan", lambda g, y, x: g * (x * float("nan"))),
    ("inf", lambda g, y, x: g * (x * float("inf"))),
    ("one wrong entry", lambda g, y, x: g * (2 * x) + (x == -0.5) * 1e-4),
]


@pytest.mark.parametrize("scale", [1.0, 1e-7, 1e6])
@pytest.mark.parametrize("rule", [row[1] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_gradient_is_caught(rule, scale):
    report = tg.gradcheck(lambda x: (with_rule(rule)(x) * scale).sum(), np.array([1.5, -0.5]))
    if rule is not WRONG[-1][1] or scale <= 1.0:
        assert not report and not report.rows[0].passed and report.culprit is report.rows[0]


def test_the_worst_entry_of_the_worst_input_comes_first():
    rule = WRONG[-1][1]
    report = tg.gradcheck(
        lambda a, b: a.sum() + with_rule(rule)(b).sum(), np.ones(3), np.array([[1.0, 2.0], [-0.5, 3.0]])
    )
    assert [(row.name, row.passed) for row in report.rows] == [("input 1", False), ("input 0", True)]
    assert report.culprit.entry == (1, 0)
    assert report.culprit.numbers["engine"] == pytest.approx(-1.0 + 1e-4)
    assert report.culprit.numbers["finite difference"] == pytest.approx(-1.0, rel=1e-9)
    assert report.culprit.error == pytest.approx(1e-4 / 6.0, rel=1e-6)


@pytest.mark.parametrize(
    "f", [abs, tg.relu, lambda x: tg.maximum(x, 0.0), tg.floor], ids=["abs", "relu", "max", "floor"]
)
def test_at_a_kink_or_a_jump_a_check_does_not_pass_and_says_why(f):
    report = tg.gradcheck(lambda x: f(x) + 0.25 * x, 0.0)
    if not report:
        assert report.culprit.lesson == (
            "The engine and the measured slope differ: a kink, a jump, or a wrong derivative in an @op."
        )
    assert tg.gradcheck(lambda x: f(x) + 0.25 * x, 0.5)


def test_the_inputs_of_a_check_are_not_touched():
    w, x = W.copy(), X.copy()
    tg.gradcheck(loss, w, x)
    tg.check_formula(loss, {"w": w, "x": x}, {"w": gradient})
    assert np.array_equal(w, W) and np.array_equal(x, X)


# ── check_formula ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_formula_that_is_right_passes_as_a_function_a_number_or_an_array():
    assert tg.check_formula(loss, {"w": W, "x": X}, {"w": gradient})
    assert tg.check_formula(loss, {"w": W, "x": X}, {"w": gradient(W, X), "x": lambda w, x: 2 * x @ w @ w.T})
    assert tg.check_formula(lambda a, b: a * b, {"a": 2, "b": 3}, {"a": 3, "b": lambda a, b: a})
    assert tg.check_formula(lambda x: x.sum(), {"x": [1, 2]}, {"x": [1, 1]})
    assert len(tg.check_formula(loss, {"w": W, "x": X}, {}).rows) == 0


MISTAKES = [
    ("sign", lambda w, x: -gradient(w, x), "It is the gradient with the wrong sign."),
    ("missing factor", lambda w, x: gradient(w, x) / 2, "It is 0.5 times the gradient: a factor 2 is missing."),
    ("factor too much", lambda w, x: gradient(w, x) * 3, "It is 3 times the gradient: a factor 3 too much."),
    ("sign and factor", lambda w, x: gradient(w, x) * -2, "It is -2 times the gradient: a factor -2 too much."),
    ("mean for sum", lambda w, x: gradient(w, x) / 2 / 2, "It is 0.25 times the gradient: a factor 4 is missing."),
    ("overwritten", lambda w, x: 2 * x[1:].T @ (x[1:] @ w), ""),
    ("one entry", lambda w, x: gradient(w, x) + (w == 2.0) * 1e-3, ""),
    ("nothing", lambda w, x: np.zeros_like(w), "It is zero everywhere."),
]


@pytest.mark.parametrize(("formula", "lesson"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
def test_a_wrong_formula_is_named_the_odd_one_out_with_the_likely_mistake(formula, lesson):
    report = tg.check_formula(loss, {"w": W, "x": X}, {"w": formula})
    assert not report
    first, *rest = report.culprit.lesson.splitlines()
    assert first == "The formula is the odd one out: engine and finite differences agree."
    assert "".join(rest).startswith(lesson)


def test_a_transposed_gradient_is_recognised():
    m = np.array([[1.0, 2.0], [3.0, 4.0]])
    report = tg.check_formula(lambda m: (m * m * m).sum(), {"m": m}, {"m": lambda m: 3 * (m * m).T})
    assert report.culprit.lesson.splitlines()[1] == "It is the transposed gradient."
    assert report.culprit.entry in ((0, 1), (1, 0))


def test_an_entry_is_pointed_at():
    formula = gradient(W, X)
    formula[1, 0] += 0.5
    report = tg.check_formula(loss, {"w": W, "x": X}, {"w": formula})
    row = report.culprit
    assert row.name == "w" and row.entry == (1, 0)
    assert row.numbers["formula"] == formula[1, 0] and row.numbers["engine"] == gradient(W, X)[1, 0]
    assert list(row.numbers) == ["formula", "engine", "finite difference"]


def test_the_engine_is_the_odd_one_out_when_its_rule_is_wrong():
    square = with_rule(WRONG[0][1])
    report = tg.check_formula(lambda x: square(x), {"x": 3.0}, {"x": 6.0})
    assert not report
    assert report.culprit.numbers == {
        "formula": 6.0,
        "engine": -6.0,
        "finite difference": pytest.approx(6.0),
    }


def test_at_a_kink_finite_differences_are_the_odd_one_out():
    report = tg.check_formula(lambda x: tg.relu(x), {"x": 0.0}, {"x": 0.0})
    assert not report
    assert report.culprit.lesson == "Finite differences are the odd one out: is there a kink or a jump nearby?"


def test_only_the_formulas_that_are_given_are_checked():
    report = tg.check_formula(loss, {"w": W, "x": X}, {"x": lambda w, x: 2 * x @ w @ w.T})
    assert [row.name for row in report.rows] == ["x"]


# ── the report ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_report_prints_the_worst_row_first_with_its_lesson():
    report = tg.check_formula(
        lambda w, b: (w * w).sum() * b + b * b / 4,
        {"b": 4.0, "w": np.array([1.0, 2.25])},
        {"b": lambda w, b: (w * w).sum() + b / 2, "w": lambda w, b: 4 * w * b},
    )
    assert (
        str(report)
        == repr(report)
        == (
            "check_formula: 1 of 2 gradients agree\n"
            "  gradient of         worst entry  formula  engine   finite difference  error\n"
            "  w            WRONG  [1]           36       18       18                5.0e-01\n"
            "      The formula is the odd one out: engine and finite differences agree.\n"
            "      It is 2 times the gradient: a factor 2 too much.\n"
            "  b            ok     -             8.0625   8.0625   8.0625            0.0e+00"
        )
    )


def test_the_text_of_a_report_is_an_aligned_table():
    rows = [
        Row("w", False, (1, 0), {"formula": 36.0, "engine": 18.0, "finite difference": 18.0}, 0.5, "First.\nSecond."),
        Row("b", True, (), {"formula": -5.5, "engine": -5.5, "finite difference": -5.5000001}, 1e-12),
    ]
    assert str(Report("check_formula", rows)) == (
        "check_formula: 1 of 2 gradients agree\n"
        "  gradient of         worst entry  formula  engine  finite difference  error\n"
        "  w            WRONG  [1, 0]        36       18      18                5.0e-01\n"
        "      First.\n"
        "      Second.\n"
        "  b            ok     -            -5.5     -5.5    -5.5               1.0e-12"
    )


def test_a_report_of_nothing_passes():
    assert Report("gradcheck") and Report("gradcheck").culprit is None
    assert str(Report("gradcheck")).splitlines()[0] == "gradcheck: 0 of 0 gradients agree"


def test_a_report_is_true_or_raises_its_own_text():
    report = tg.check_formula(lambda x: x * x, {"x": 3.0}, {"x": 5.0})
    assert not report
    with pytest.raises(CheckFailed) as error:
        report.raise_()
    assert str(error.value) == str(report) and isinstance(error.value, AssertionError)


def test_finite_differences_are_right_to_nine_digits(rng):
    x = rng.uniform(-2.0, 2.0, (2, 3))
    np.testing.assert_allclose(finite_difference(lambda x: tg.exp(x).sum(), [x], 0), np.exp(x), rtol=1e-9)
    assert finite_difference(lambda a, b: a * b**3, [2.0, 3.0], 1) == pytest.approx(54.0, rel=1e-10)
    assert type(finite_difference(lambda a: a, [2.0], 0)) is float
