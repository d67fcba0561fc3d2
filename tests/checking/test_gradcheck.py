"""Gradient checks: what is right passes, what is wrong fails, and where nothing can be known the report says so."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.checking.gradcheck import gradcheck
from tinygrad_edu.checking.subject import names
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError, DerivativeError, ShapeError, UnknownNameError

W, X = np.array([[0.5, -1.0], [2.0, 0.25], [1.5, -0.75]]), np.array([[1.0, 2.0, -1.0], [0.5, -0.5, 3.0]])


class Pair(NamedTuple):
    first: float
    second: np.ndarray


pytestmark = pytest.mark.usefixtures("own_primitives")


def with_rule(rule):
    @tg.op(x=rule, elementwise=True)
    def square(x):
        """x²"""
        return x * x

    return square


# ── right ────────────────────────────────────────────────────────────────────────────────────────────────────────────
RIGHT = [
    ("a polynomial", lambda x: x**3 - 2 * x, (1.5,)),
    ("a network", lambda w, x: tg.sigmoid(tg.tanh(x @ w)).mean(), (W, X)),
    ("a small one", lambda x: 1e-7 * tg.sin(x), (0.5,)),
    ("a tiny one", lambda x: 1e-12 * tg.sin(x), (0.5,)),
    ("a large one", lambda x: 1e12 * tg.sin(x), (0.5,)),
    ("a fast one", lambda x: tg.sin(1e6 * x), (1.0,)),
    ("beside a large number", lambda x: 1e8 + tg.sin(x), (0.5,)),
    ("behind large numbers that cancel", lambda x: (1e8 + tg.sin(x)) - 1e8, (0.5,)),
    ("a constant", lambda x: 5.0, (0.5,)),
    ("a large argument", tg.sqrt, (1e6,)),
    ("a small argument", tg.log, (1e-9,)),
    ("close to a kink", lambda x: abs(x), (1e-9,)),
    ("a staircase", lambda x: tg.floor(x).sum() + x.sum(), (np.array([1234.5, 1e6 + 0.25]),)),
    ("masked", lambda x: tg.softmax(x + np.array([0.0, -1e30, 0.0]))[0], (np.array([1.0, 2.0, 3.0]),)),
    ("containers", lambda p, q: (p["w"] * q[0]).sum() * q[1][0], ({"w": W}, (2.0, [3.0]))),
    ("a named tuple", lambda p: p.first * p.second.sum(), (Pair(2.0, np.ones(2)),)),
    ("single precision", lambda x: tg.tanh(x @ W).sum(), (X.astype(np.float32),)),
    ("half precision", lambda x: (x * x * x).sum(), (np.array([1.0, 2.0], np.float16),)),
    ("single precision inside", lambda x: (x * np.float32(2) * W.astype(np.float32)).sum(), (2.0,)),
    ("a derivative inside", lambda x: tg.grad(lambda y: y**3 * x)(x), (2.0,)),
    ("no entries", lambda x: x.sum(), (np.ones((0, 2)),)),
    ("whole numbers", lambda x: x * x, (3,)),
    ("a list of numbers", lambda xs: xs[0] * xs[1], ([3.0, 4.0],)),
    ("Values", lambda x: x * x, (Value(3.0),)),
    ("a primitive itself", tg.hypot, (3.0, 4.0)),
    ("any number of arguments", lambda *xs: sum(x * x for x in xs), (1.0, 2.0, 3.0)),
    ("an array as result", lambda x: x**2 * np.arange(3.0), (np.array([1.0, 2.0, 3.0]),)),
    ("a large array as result", lambda x: tg.outer(x, x), (np.array([1.0, 2.0, 3.0]),)),
    ("several results", lambda x: {"a": x.sum(), "b": (x * x, 2.0)}, (np.array([1.0, 2.0]),)),
    ("an input that is not used", lambda x, y: x * 2.0, (1.0, np.ones(2))),
]  # fmt: skip


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(("f", "inputs"), [row[1:] for row in RIGHT], ids=[row[0] for row in RIGHT])
def test_a_right_gradient_passes(f, inputs, order):
    report = gradcheck(f, *inputs, order=order)
    assert report, str(report)
    assert report.culprit is None and report.raise_() is report and not report.hints


@pytest.mark.parametrize("modes", [("reverse", "forward"), ("reverse",), ("forward",), "forward"], ids=str)
def test_each_mode_is_checked_alone_and_together(modes):
    report = gradcheck(lambda w, x: ((x @ w) ** 2).sum(), W, X, modes=modes)
    columns = {"reverse": "engine", "forward": "forward mode"}
    chosen = (modes,) if isinstance(modes, str) else modes
    assert report and list(report.rows[0].numbers) == [*(columns[mode] for mode in chosen), "finite difference"]


def test_the_inputs_of_a_check_are_not_touched():
    w, x = W.copy(), X.astype(np.float32)
    value = Value(W)
    gradcheck(lambda w, v, x: ((x @ w) ** 2).sum() + v.sum(), w, value, x)
    assert np.array_equal(w, W) and np.array_equal(x, X.astype(np.float32)) and value.grad is None
    assert np.array_equal(value.data, W)


def test_a_check_is_the_same_every_time():
    reports = [gradcheck(lambda x: (x**3).sum(), np.arange(1000.0) / 100, budget=20) for _ in range(2)]
    assert str(reports[0]) == str(reports[1])
    other = gradcheck(lambda x: (x**3).sum(), np.arange(1000.0) / 100, budget=20, rng=np.random.default_rng(5))
    assert other and str(other) != str(reports[0])


# ── wrong ────────────────────────────────────────────────────────────────────────────────────────────────────────────
WRONG = [
    ("wrong sign", lambda g, y, x: -g * (2 * x)),
    ("a factor", lambda g, y, x: g * x),
    ("a small error", lambda g, y, x: g * (2.00001 * x)),
    ("zero", lambda g, y, x: 0.0 * g),
    ("nan", lambda g, y, x: g * (x * math.nan)),
    ("inf", lambda g, y, x: g * (x * math.inf)),
    ("g forgotten", lambda g, y, x: 2 * x),
    ("one wrong entry", lambda g, y, x: g * (2 * x + (x == -0.5) * 1e-4)),
]


@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e12])
@pytest.mark.parametrize("rule", [row[1] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_gradient_is_caught_on_every_scale_and_its_culprit_is_named(rule, scale):
    report = gradcheck(lambda x: (with_rule(rule)(x) * scale).sum() / 3, np.array([1.5, -0.5]))
    assert report.verdict == "FAIL" and report.culprit.op == "square"


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_wrong_gradient_is_caught_in_every_precision(dtype):
    report = gradcheck(lambda x: with_rule(WRONG[1][1])(x).sum(), np.array([1.5, -0.5], dtype))
    assert report.verdict == "FAIL"


@pytest.mark.parametrize("modes", [("reverse", "forward"), ("reverse",), ("forward",)], ids=str)
def test_a_wrong_gradient_is_caught_in_every_mode(modes):
    assert gradcheck(lambda x: with_rule(WRONG[1][1])(x).sum(), X, modes=modes).verdict == "FAIL"


def test_the_worst_entry_of_the_worst_input_comes_first():
    rule = WRONG[-1][1]
    report = gradcheck(lambda a, b: a.sum() + with_rule(rule)(b).sum(), np.ones(3), np.array([[1.0, 2.0], [-0.5, 3.0]]))
    assert [(row.name, row.verdict) for row in report.rows] == [("b", "FAIL"), ("a", "PASS")]
    assert report.rows[0].entry == (1, 0) and (report.rows[0].checked, report.rows[0].total) == (4, 4)
    assert report.rows[0].numbers == pytest.approx(
        {"engine": -1.0 + 1e-4, "forward mode": -1.0 + 1e-4, "finite difference": -1.0}, rel=1e-9
    )
    assert report.rows[0].error == pytest.approx(1e-4, rel=1e-6)


def test_a_gradient_that_does_not_depend_linearly_on_what_arrives_differs_between_the_modes():
    @tg.op(x=lambda g, y, x: g * g * 2 * x, elementwise=True)
    def square(x):
        """x²"""
        return x * x

    report = gradcheck(square, 3.0)
    assert [(row.name, row.verdict) for row in report.rows] == [("a direction", "FAIL"), ("x", "PASS")]
    assert report.rows[0].lesson == (
        "Forward mode and reverse mode differ: a rule is not the derivative of one function. Is it linear in g?"
    )
    assert report.culprit.op == "square"


def test_a_rule_of_an_impossible_shape_fails_with_what_the_engine_says():
    @tg.op(x=lambda g, y, x: np.ones((7, 3)))
    def total(x):
        """The sum."""
        return np.asarray(x).sum()

    report = gradcheck(total, np.ones((3, 2)))
    assert report.rows[0].lesson == "The derivative 'x' of total returned shape (7, 3) for an input of shape (3, 2)."
    assert report.culprit.op == "total"


def test_a_wrong_second_derivative_is_found_although_the_first_is_right():
    @tg.op(x=lambda g, y, x: g * 3 * np.asarray(getattr(x, "_held", x)) ** 2, elementwise=True)
    def cube(x):
        """x³"""
        return x * x * x

    assert gradcheck(cube, 2.0)
    report = gradcheck(cube, 2.0, order=2)
    assert [(row.name, row.verdict) for row in report.rows] == [("x (2nd)", "FAIL"), ("x", "PASS")]
    assert report.culprit.op == "cube" and report.culprit.input == "x"
    assert "differentiated again it gives 0.\nA rule is written with operators and primitives only" in str(
        report.culprit
    )


def test_a_third_derivative_can_be_checked():
    report = gradcheck(lambda x: tg.sin(x) * x**2, 0.7, order=3)
    assert (report and [row.name for row in report.rows] == ["x (3rd)", "x (2nd)", "x"]) or len(report.rows) == 3


# ── neither ──────────────────────────────────────────────────────────────────────────────────────────────────────────
OPEN = [
    ("abs", abs, 0.0, "kink"),
    ("relu", tg.relu, 0.0, "kink"),
    ("max", lambda x: tg.maximum(x, 0.0), 0.0, "kink"),
    ("a length", tg.norm, np.zeros(3), "kink"),
    ("the largest of equals", tg.max, np.ones(2), "kink"),
    ("floor", lambda x: tg.floor(x) + 0.25 * x, 1.0, "jumps"),
    ("cube root", tg.cbrt, 0.0, "grows without bound"),
    ("square root", tg.sqrt, 0.0, "not a finite number on one side"),
    ("log", tg.log, 0.0, "not a finite number here"),
    ("lost in rounding", lambda x: 1e20 + x, 0.5, "Rounding hides"),
]


@pytest.mark.parametrize(("f", "x", "why"), [row[1:] for row in OPEN], ids=[row[0] for row in OPEN])
def test_where_there_is_no_slope_or_none_can_be_seen_the_verdict_is_inconclusive(f, x, why):
    report = gradcheck(f, x)
    assert report.verdict == "INCONCLUSIVE" and not report and report.culprit is None
    assert why in report.rows[0].lesson


def test_the_place_of_a_kink_is_told_with_its_slopes_and_what_to_do():
    report = gradcheck(lambda x: tg.relu(x).sum(), np.array([1.0, 0.0, -1.0]))
    assert report.rows[0].entry == (1,)
    assert report.rows[0].lesson == (
        "f has a kink here: its slope is 0 to the left and 1 to the right, so there is no derivative; the engine's "
        "number is a convention."
    )
    assert report.hints == ["Check at other inputs, a little to the side: there the gradient can be decided."]


def test_a_function_of_chance_cannot_be_checked_and_with_a_seed_it_can():
    def dropout(x, rng=None):
        return (x * (np.random.default_rng(rng).uniform(size=3) > 0.5)).sum() + np.random.default_rng(rng).uniform()

    report = gradcheck(dropout, np.ones(3))
    assert report.verdict == "INCONCLUSIVE" and report.rows[0].lesson.startswith("f returned ")
    assert report.rows[0].lesson.endswith(" for the same inputs: a slope of chance cannot be measured.")
    assert report.hints == [
        "Give the random part a seed of its own: rng = np.random.default_rng(0) inside f, at its beginning."
    ]
    assert gradcheck(lambda x: dropout(x, 3), np.ones(3))


def test_a_gradient_that_single_precision_spoils_is_not_called_wrong():
    report = gradcheck(lambda x: (x * x * x * x).sum() * 10.0, np.array([80.0, 1.0], np.float16))
    assert report.verdict == "INCONCLUSIVE"
    assert report.rows[0].lesson == (
        "In float16 the engine's gradient is inf, in float64 it is 2.048e7: the rule is right, but rounding or "
        "overflow in float16 spoils the number."
    )


def test_rounding_that_the_inputs_themselves_suffer_is_allowed_in_single_precision():
    assert gradcheck(lambda x: tg.sin(1000.0 * x).sum(), np.array([1.1, 2.3], np.float32))


# ── what was measured, and how ───────────────────────────────────────────────────────────────────────────────────────
def test_beyond_the_budget_a_sample_is_measured_and_a_direction_covers_all():
    x = np.arange(1000.0) / 100
    report = gradcheck(lambda x, b: (x**2).sum() * b, x, 2.0, budget=50)
    assert report and {row.name: (row.checked, row.total) for row in report.rows} == {
        "x": (49, 1000), "b": (1, 1), "a direction": (1001, 1001)
    }  # fmt: skip
    assert report.notes == [
        "measured one by one: 49 of the 1000 entries of x, a random sample (seed 0); "
        "the random direction covers them all"
    ]


@pytest.mark.parametrize("wrong", [0, 123, 999])
def test_a_single_wrong_entry_outside_of_the_sample_is_found(wrong):
    x = np.arange(1000.0) / 100 + 1

    @tg.op(x=lambda g, y, x: g * 2 * x * (1 + (x == 1 + wrong / 100)), elementwise=True)
    def square(x):
        """x²"""
        return x * x

    report = gradcheck(lambda x: square(x).sum(), x, budget=5)
    assert report.verdict == "FAIL" and report.culprit.entry == (wrong,)
    assert f"leads to x[{wrong}]: there the gradient is wrong." in " ".join(row.lesson for row in report.rows) or (
        report.rows[0].entry == (wrong,)
    )


NOTES = [
    (lambda x: x**2, np.ones(3), ["f returns 3 numbers: each was checked by itself"]),
    (lambda x: x**2, np.ones(9),
     ["f returns 9 numbers, more than 8: they were checked as one, with random weights (seed 0)"]),
    (lambda x: x.sum(), np.ones(2, np.float32),
     ["x: float32; measured and compared in float64, then the float32 gradient with the float64 one, "
      "to 0.0007 of its largest entry"]),
    (lambda x: x.sum(), np.ones(2), []),
]  # fmt: skip


@pytest.mark.parametrize(("f", "x", "notes"), NOTES, ids=["few results", "many results", "single precision", "plain"])
def test_how_it_was_measured_is_said_where_it_is_not_plain(f, x, notes):
    assert list(gradcheck(f, x).notes) == notes


def test_of_several_results_the_wrong_one_is_named():
    square = with_rule(WRONG[1][1])
    report = gradcheck(lambda x: tg.array([x[0] * 2.0, square(x[1])]), np.array([1.0, 3.0]))
    assert report.rows[0].lesson.startswith("result 0[1]: ") or report.rows[0].lesson.startswith("result[1]: ")
    assert report.rows[0].entry == (1,)


def test_inputs_are_called_what_the_function_calls_them():
    tree = {"w": [1.0, {"b": 2.0}], 3: (4.0, None)}
    assert names(lambda p, q=1: 0, (tree, Value(1.0, name="rate"))) == [
        'p["w"][0]', 'p["w"][1]["b"]', "p[3][0]", "rate"
    ]  # fmt: skip
    assert names(tg.hypot, (1.0, 2.0)) == ["a", "b"]
    assert names(lambda *xs: 0, (1.0, 2.0)) == ["xs[0]", "xs[1]"]
    assert names(lambda a, *rest: 0, (1.0, 2.0, 3.0)) == ["a", "rest[0]", "rest[1]"]
    assert names(tg.concatenate, ([1.0],)) != []
    assert names(max, (1.0, Pair(1.0, np.ones(1)))) == ["input 0", "input 1.first", "input 1.second"]


# ── asking the wrong way ─────────────────────────────────────────────────────────────────────────────────────────────
MESSAGES = [
    (lambda: gradcheck(lambda x: x, 1.0, order=0), DataError,
     "gradcheck(order=0): the order is a whole number from 1.\n"
     "  order=1 checks the gradient, order=2 also the gradient of the gradient, and so on.\n"
     "  Write order=2 to check second derivatives."),
    (lambda: gradcheck(lambda x: x, 1.0, budget=0), DataError,
     "gradcheck(budget=0): the budget is a whole number from 1.\n"
     "  It says how many entries are measured one by one; a random direction covers all the others together.\n"
     "  Write budget=1000 to measure more of them."),
    (lambda: gradcheck(lambda x: x, 1.0, modes=("backward",)), UnknownNameError,
     "There is no mode named 'backward'.\n  The names are: forward, reverse.\n"
     "  Write one of them, for example 'forward'."),
    (lambda: gradcheck(lambda x: x, 1.0, modes=()), DataError,
     "gradcheck(modes=()): there is no mode to check.\n"
     "  Derivatives are computed in reverse (grad, backward) or forward (jvp).\n"
     '  Write modes=("reverse", "forward") for both.'),
    (lambda: gradcheck(lambda: 1.0), DataError,
     "gradcheck(f) was given no inputs.\n"
     "  A gradient belongs to a place: it is checked at the numbers that f is called with.\n"
     "  Write tg.gradcheck(f, x) with a number or an array for each argument of f."),
    (lambda: gradcheck(lambda x: None, 1.0), ShapeError,
     "gradcheck: the function returned no number.\n"
     "  A gradient is the slope of a number; None and empty containers have none.\n"
     "  Does the function end with `return`?"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "kind", "text"), MESSAGES, ids=["order", "budget", "mode", "no mode", "no inputs", "no result"]
)
def test_a_question_without_an_answer_is_refused_with_what_to_ask_instead(ask, kind, text):
    with pytest.raises(kind) as error:
        ask()
    assert str(error.value) == text


def test_an_error_inside_the_function_is_the_functions_own():
    with pytest.raises(ZeroDivisionError):
        gradcheck(lambda x: 1 / 0, 1.0)
    with pytest.raises(DataError, match="float"):
        gradcheck(lambda x: float(x) * 2, 1.0)
    assert issubclass(DerivativeError, ValueError)
