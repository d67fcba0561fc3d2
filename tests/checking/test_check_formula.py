"""Formula, engine, measurement: the odd one out is named, and what is wrong with it; also for what f names inside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.calculus.naming import name, names_given
from tinygrad_edu.checking.check_formula import check_formula
from tinygrad_edu.errors import DataError, ShapeError, TinygradError, UnknownNameError

rng = np.random.default_rng(7)
X, T = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
INPUTS = {"W": rng.normal(size=(3, 2)), "b": rng.normal(size=2)}
ODD = "The formula is the odd one out: engine and finite differences agree."


pytestmark = pytest.mark.usefixtures("own_primitives")


def loss(W, b):
    z = name(X @ W + b, "z")
    h = name(np.tanh(z), "h")
    e = name(h - T, "e")
    return (e**2).mean() + 0.1 * (W**2).sum()


def delta(h, e):
    return 2 * e / 12 * (1 - h * h)


RIGHT = {
    "e": lambda e: 2 * e / 12,
    "h": lambda e: 2 * e / 12,
    "z": delta,
    "W": lambda W, h, e: X.T @ delta(h, e) + 0.2 * W,
    "b": lambda h, e: delta(h, e).sum(axis=0),
}


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_name_is_given_to_a_value_and_to_nothing_else():
    v, array = tg.Value(2.0), np.ones(2)
    assert name(v, "v") is v and v.name == "v"
    assert name(array, "a") is array and name(3.0, "x") == 3.0 and name(None, "n") is None


def test_names_are_heard_only_while_somebody_listens():
    with names_given() as outer:
        name(tg.Value(1.0), "a")
        with names_given() as inner:
            name(tg.Value(1.0), "b")
        name(tg.Value(1.0), "c")
    name(tg.Value(1.0), "d")
    assert [called for called, _ in outer] == ["a", "c"] and [called for called, _ in inner] == ["b"]


@pytest.mark.parametrize(
    ("value", "called", "write"),
    [
        ("h", tg.Value(2.0), "Write tg.name(..., 'h'): the value first, then its name."),
        (1.0, "", 'Write tg.name(h, "h").'),
    ],
)
def test_a_name_that_is_no_text_is_refused(value, called, write):
    with pytest.raises(DataError) as error:
        name(value, called)
    assert error.value.what.endswith("the second argument is not a text with something in it.")
    assert error.value.write == write


# ── what is right passes ─────────────────────────────────────────────────────────────────────────────────────────────
def test_right_formulas_of_inputs_and_of_intermediates_pass():
    report = check_formula(loss, INPUTS, RIGHT)
    assert report, str(report)
    assert sorted(row.name for row in report.rows) == ["W", "b", "e", "h", "z"]
    assert all(list(row.numbers) == ["formula", "engine", "finite difference"] for row in report.rows)


@pytest.mark.parametrize(
    ("f", "inputs", "formulas"),
    [
        (lambda a, b: a * b, {"a": 2, "b": 3}, {"a": 3, "b": lambda a, b: a}),
        (lambda x: x.sum(), {"x": [1, 2]}, {"x": [1, 1]}),
        (lambda x: x.sum(), {"x": (1, 2)}, {"x": lambda x: np.ones(2)}),
        (
            lambda p: (p["w"] * p["b"][0]).sum(),
            {"p": {"w": np.ones(2), "b": (3.0,)}},
            {"p": {"w": [3.0, 3.0], "b": [2.0]}},
        ),
        (lambda p: (p["w"] ** 2).sum(), {"p": {"w": np.ones(2)}}, {"p": lambda p: {"w": 2 * p["w"]}}),
        (lambda x: x.sum(), {"x": np.zeros((0, 2))}, {"x": np.zeros((0, 2))}),
        (lambda x: 5.0, {"x": 2.0}, {"x": 0.0}),
        (lambda x: (x * x).sum(), {"x": np.ones(3, np.float32)}, {"x": lambda x: 2 * x}),
        (lambda x: (x * x).sum() * 1e-12, {"x": np.array([1.0, 3.0])}, {"x": lambda x: 2e-12 * x}),
        (lambda x: tg.grad(lambda z: z**3 * x)(x), {"x": 2.0}, {"x": lambda x: 9 * x**2}),
        (lambda x: name(x * x, "y"), {"x": 3.0}, {"y": 1.0}),
        (lambda **xs: xs["a"] * xs["b"], {"a": 2.0, "b": 3.0}, {"a": lambda **xs: xs["b"], "b": lambda *xs: xs[0]}),
        (np.sin, {"x": 2.0}, {"x": np.cos(2.0)}),
    ],
)
def test_right_formulas_pass_in_every_form(f, inputs, formulas):
    if f is np.sin:
        f = lambda x: np.sin(x)  # noqa: E731
    report = check_formula(f, inputs, formulas)
    assert report, str(report)


def test_inputs_may_be_keywords_and_are_not_touched():
    W = INPUTS["W"].copy()
    assert check_formula(loss, formulas=RIGHT, **INPUTS)
    assert check_formula(loss, {"W": INPUTS["W"]}, {"b": RIGHT["b"]}, b=INPUTS["b"])
    assert np.array_equal(W, INPUTS["W"])


def test_a_name_may_be_written_on_the_value_itself():
    def f(x):
        h = x * x
        h.name = "h"
        return 3.0 * h

    assert check_formula(f, {"x": 2.0}, {"h": 3.0, "x": lambda x: 6 * x})


def test_a_detached_copy_does_not_take_the_name_away():
    def f(x):
        h = x * x
        h.name = "h"
        return h.detach() * h

    assert check_formula(f, {"x": 2.0}, {"h": 4.0})


def test_a_parameter_from_outside_that_has_a_name_can_be_checked():
    w = tg.Value([1.0, 2.0], name="w")
    assert check_formula(lambda x: (w * x).sum(), {"x": 3.0}, {"w": lambda x: np.array([x, x])})


def test_finite_differences_are_sampled_beyond_a_budget_and_the_report_says_so():
    report = check_formula(lambda x: (x**2).sum(), {"x": np.arange(500.0)}, {"x": lambda x: 2 * x})
    assert (report.rows[0].checked, report.rows[0].total) == (100, 500)
    assert report.notes == ["x: formula and engine are compared in all 500 entries, finite differences in 100"]
    wrong = np.arange(500.0) * 2
    wrong[321] += 1
    row = check_formula(lambda x: (x**2).sum(), {"x": np.arange(500.0)}, {"x": wrong}).rows[0]
    assert row.entry == (321,) and row.mistake.kind == "one entry"


# ── what is wrong is named ───────────────────────────────────────────────────────────────────────────────────────────
WRONG = [
    ("W", lambda W, h, e: -(X.T @ delta(h, e)) - 0.2 * W, "sign", "It is the gradient with the wrong sign."),
    ("e", lambda e: 2 * e, "sum for mean", "It is 12 times the gradient: a sum instead of a mean over"),
    ("b", lambda h, e: delta(h, e).mean(axis=0), "mean for sum", "a mean instead of a sum over 6."),
    ("b", lambda h, e: delta(h, e)[2], "not summed", "It is a single slice, [2] of what comes back from z"),
    ("W", lambda h, e: X.T @ delta(h, e), "overwritten", "W is used 2 times, and only what comes back through"),
    ("W", lambda W: 0.2 * W, "overwritten", "W is used 2 times, and only what comes back through"),
    ("W", lambda W, h, e: X.T @ delta(h, e) + 0.1 * W, "factor", "through the operation power has lost a factor 2."),
    ("W", lambda W, h, e: X.T @ delta(h, e) - 0.2 * W, "sign", "through the operation power has the wrong sign."),
    ("b", lambda e: (e / 6).sum(axis=0), "forgotten", "The derivative of the activation was forgotten: tanh′(h)."),
    ("z", lambda h, e: delta(h, e) * (1 - h * h), "twice", "Its ratio to the gradient equals tanh′(h) in every entry"),
    ("b", lambda h, e: (delta(h, e) * (1 - h * h)).sum(axis=0), "twice", "was applied twice: tanh′(h)."),
    ("z", lambda z: 0 * z, "zero", "It is zero everywhere."),
]


@pytest.mark.parametrize(("of", "formula", "kind", "words"), WRONG)
def test_a_planted_mistake_is_named(of, formula, kind, words):
    [row] = check_formula(loss, INPUTS, {of: formula}).rows
    assert row.verdict == "FAIL" and row.lesson.startswith(ODD)
    assert row.mistake.kind == kind and words in row.mistake.words and row.mistake.words in row.lesson


def layers(W1, W2, W3):
    a = name(np.tanh(X @ W1), "a")
    b = name(np.tanh(a @ W2), "b")
    return ((b @ W3) ** 2).sum()


SQUARE = {f"W{k}": np.random.default_rng(k).normal(size=(3, 3)) for k in (1, 2, 3)}


@pytest.mark.parametrize(
    ("of", "formula", "kind", "words"),
    [
        ("a", lambda a, b, W3: 2 * b @ W3 @ W3.T, "one layer off", "It is the gradient of b."),
        ("b", lambda b, W3: 2 * (b @ W3) @ W3, "transposed", "was not transposed"),
        ("W3", lambda a, b, W3: 2 * a.T @ (b @ W3), "wrong operand", "It is computed with a in the place of b."),
        ("W3", lambda b, W3: (2 * b.T @ (b @ W3)).T, "transposed", "It is the transposed gradient."),
    ],
)
def test_the_gradient_of_a_neighbour_and_the_wrong_operand_are_named(of, formula, kind, words):
    [row] = check_formula(layers, SQUARE, {of: formula}).rows
    assert row.mistake.kind == kind and words in row.mistake.words


@pytest.mark.parametrize("written", [tg.sigmoid, lambda z: 1 / (1 + np.exp(-z)), lambda z: 0.5 + 0.5 * np.tanh(z / 2)])
def test_a_sigmoid_is_recognised_however_it_is_written(written):
    def f(z):
        return (name(written(z), "h") ** 2).sum()

    [row] = check_formula(f, {"z": X}, {"z": lambda h: 2 * h * (h * (1 - h)) ** 2}).rows
    assert row.mistake.words == (
        "Its ratio to the gradient equals σ′(h) in every entry: the derivative of the activation was applied twice."
    )


def test_a_mistake_that_quantities_share_is_told_once_and_the_first_to_mend_is_named():
    twice = lambda h, e: delta(h, e) * (1 - h * h)  # noqa: E731
    report = check_formula(loss, INPUTS, {"b": lambda h, e: twice(h, e).sum(axis=0), "z": twice})
    lessons = {row.name: row.lesson.splitlines()[1] for row in report.rows}
    assert sorted(lessons.values())[1].startswith("The same mistake as in")
    assert report.hints == ["Mend z first: the way back reaches it before b, which may only inherit its mistake."]


def test_all_three_numbers_are_shown_at_the_worst_entry():
    formula = delta(np.tanh(X @ INPUTS["W"] + INPUTS["b"]), np.tanh(X @ INPUTS["W"] + INPUTS["b"]) - T)
    formula[4, 1] += 0.5
    row = check_formula(loss, INPUTS, {"z": formula}).rows[0]
    assert row.entry == (4, 1) and row.mistake.places == ((4, 1),)
    assert row.numbers["formula"] == formula[4, 1]
    assert row.numbers["engine"] == pytest.approx(formula[4, 1] - 0.5, rel=1e-12)
    assert row.numbers["finite difference"] == pytest.approx(formula[4, 1] - 0.5, rel=1e-7)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["z", "b"]), st.integers(2, 5), st.integers(2, 5))
def test_a_slope_applied_twice_is_found_in_any_layer(seed, of, samples, neurons):
    data = np.random.default_rng(seed)
    x, w, b = data.normal(size=(samples, 3)), data.normal(size=(3, neurons)), data.normal(size=neurons)

    def f(b):
        h = name(1 / (1 + np.exp(-name(x @ w + b, "z"))), "h")
        return (h**2).sum()

    wrong = lambda h: 2 * h * (h * (1 - h)) ** 2  # noqa: E731
    formula = wrong if of == "z" else lambda h: wrong(h).sum(axis=0)
    [row] = check_formula(f, {"b": b}, {of: formula}).rows
    assert row.mistake.kind == "twice" and "σ′(h)" in row.mistake.words


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(sorted(RIGHT)))
def test_unrelated_numbers_are_wrong_and_no_mistake_is_made_up(seed, of):
    shape = np.shape(INPUTS.get(of, T))
    [row] = check_formula(loss, INPUTS, {of: np.random.default_rng(seed).normal(size=shape)}).rows
    assert row.verdict == "FAIL" and row.mistake is None and row.lesson == ODD


def neurons(w1, w2, b1, w5, b3):
    h1 = name(tg.sigmoid(name(w1 * -2.0 + w2 * -1.0 + b1, "z1")), "h1")
    o1 = name(tg.sigmoid(w5 * h1 + b3), "o1")
    return (1.0 - o1) ** 2


def test_in_a_network_of_single_numbers_a_slope_applied_twice_is_named():
    inputs = {"w1": 0.3, "w2": -0.8, "b1": 0.1, "w5": 1.7, "b3": -0.4}
    delta = lambda h1, o1, w5: -2 * (1 - o1) * o1 * (1 - o1) * w5 * (h1 * (1 - h1)) ** 2  # noqa: E731
    formulas = {"z1": delta, "w1": lambda h1, o1, w5: -2 * delta(h1, o1, w5), "b1": delta}
    formulas["b3"] = lambda o1: -2 * (1 - o1) * (o1 * (1 - o1)) ** 2
    report = check_formula(neurons, inputs, formulas)
    words = {row.name: row.mistake.words for row in report.rows}
    assert {row.mistake.kind for row in report.rows} == {"twice"}
    assert all("σ′(h1)" in words[called] for called in ("z1", "w1", "b1")) and "σ′(o1)" in words["b3"]
    assert sum("The same mistake as in" in row.lesson for row in report.rows) == 2


# ── the engine or the measurement may be the odd one ─────────────────────────────────────────────────────────────────
def square_with(rule):
    @tg.op(x=rule, elementwise=True)
    def my_square(x):
        """x²"""
        return x * x

    return my_square


def test_the_engine_is_the_odd_one_out_when_a_rule_is_wrong():
    square = square_with(lambda g, y, x: g * x)
    report = check_formula(lambda x: square(x).sum(), {"x": [3.0, 4.0]}, {"x": lambda x: 2 * x})
    [row] = report.rows
    assert report.culprit.op == "my_square" and report.culprit.mistake.kind == "factor"
    assert row.verdict == "FAIL" and row.numbers["engine"] == 3.0 and row.numbers["formula"] == 6.0
    assert row.lesson.splitlines() == [
        "The engine is the odd one out: formula and finite differences agree.",
        "It is 0.5 times the gradient: a factor 2 is missing.",
        "Look at the rules of your own primitives (@tg.op).",
    ]


def test_formula_and_engine_may_share_a_mistake():
    square = square_with(lambda g, y, x: g * x)
    report = check_formula(lambda x: square(x), {"x": 3.0}, {"x": lambda x: x})
    [row] = report.rows
    assert row.verdict == "FAIL" and report.culprit.op == "my_square"
    assert row.lesson.startswith("Finite differences are the odd one out: formula and engine agree")


def test_a_function_of_chance_does_not_pass_and_the_reason_is_said():
    chance = np.random.default_rng(0)
    report = check_formula(lambda x: x * chance.normal(), {"x": 3.0}, {"x": 3.0})
    assert not report
    assert report.hints == [
        "f returns something else each time it is called, so nothing can be measured: seed its random numbers inside f."
    ]


def test_all_three_may_differ():
    square = square_with(lambda g, y, x: g * x)
    [row] = check_formula(lambda x: square(x), {"x": 3.0}, {"x": lambda x: 5 * x}).rows
    assert row.lesson.startswith("All three differ: neither the formula nor the engine is the slope that is measured.")


@pytest.mark.parametrize(
    ("says", "verdict", "last"),
    [
        (0.0, "INCONCLUSIVE", "Formula and engine both say 0."),
        (1.0, "INCONCLUSIVE", "Both are possible there: a different convention, not a mistake."),
        (2.0, "FAIL", "The formula is the odd one out: its number is not between the two slopes."),
    ],
)
def test_at_a_kink_a_measurement_abstains(says, verdict, last):
    report = check_formula(lambda x: tg.relu(x), {"x": 0.0}, {"x": says})
    assert not report and report.rows[0].verdict == verdict
    first, *_, end = report.rows[0].lesson.splitlines()
    assert first == "Here there is a kink: the slope is 0 to the left and 1 to the right."
    assert end == last


def test_a_wrong_entry_is_found_beside_a_kink():
    row = check_formula(lambda x: tg.relu(x).sum(), {"x": [0.0, 2.0]}, {"x": [0.0, 3.0]}).rows[0]
    assert row.verdict == "FAIL" and row.entry == (1,)


def test_an_intermediate_that_does_not_reach_the_result_has_slope_zero():
    def f(x):
        name(x * 5.0, "unused")
        with tg.no_grad():
            k = name(x * x, "k")
        return x * k * name(x * 2.0, "h").detach()

    assert check_formula(f, {"x": 3.0}, {"unused": 0.0, "h": 0.0, "k": 18.0})
    [row] = check_formula(f, {"x": 3.0}, {"unused": 1.0}).rows
    assert row.lesson.endswith("The result was not computed from unused: is it unused, or detached?")


def test_what_is_detached_counts_as_constant_unless_the_formula_says_otherwise():
    def f(x):
        return x.detach() * x

    report = check_formula(f, {"x": 3.0}, {"x": 3.0})
    assert report and report.notes == ["x: what is detached from it, or not recorded, counts as constant"]
    [row] = check_formula(f, {"x": 3.0}, {"x": 6.0}).rows
    assert row.lesson.splitlines()[1] == (
        "A part of the way to the result is not recorded: was it detached, or computed from .data?"
    )


# ── further places ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_formula_that_is_right_by_accident_is_caught_at_a_further_place():
    cube = lambda x: x**3  # noqa: E731
    wrong = {"x": lambda x: 6 * x}  # right at 2
    assert check_formula(cube, {"x": 2.0}, wrong)
    for at in ({"x": 3.0}, [{"x": 2.0}, {"x": -1.0}], 0, np.random.default_rng(1)):
        report = check_formula(cube, {"x": 2.0}, wrong, at=at)
        assert not report and len(report.rows) == 1
    assert report.notes == ["checked at 4 places; each row shows the worst"]
    assert check_formula(loss, INPUTS, RIGHT, at=3)


# ── questions without an answer ──────────────────────────────────────────────────────────────────────────────────────
def square(x):
    return x * x


def two_of_a_name(x):
    return name(x * 2.0, "h") * name(x * 3.0, "h")


def raises(x):
    return 1 / 0


BAD = [
    (square, {"x": 1.0}, {}, {}, DataError, "There is no formula to check."),
    (square, {"x": 1.0}, None, {}, DataError, "There is no formula to check."),
    (square, {}, {"x": 1.0}, {}, DataError, "There are no inputs."),
    (square, {"x": 1.0}, [1.0], {}, DataError, "formulas is [1.0], not a dictionary of names."),
    (square, [1.0], {"x": 1.0}, {}, DataError, "inputs is [1.0], not a dictionary of names."),
    (square, {"x": 1.0}, {"x": 1.0}, {"x": 2.0}, DataError, "Given twice: x."),
    (square, {"y": 1.0}, {"y": 1.0}, {}, UnknownNameError, "f(x) cannot be called with the inputs y"),
    (square, {"x": 1.0}, {"h": 1.0}, {}, UnknownNameError, "There is no input or named intermediate named 'h'."),
    (two_of_a_name, {"x": 1.0}, {"h": 1.0}, {}, UnknownNameError, "The name 'h' was given to 2 values in one run"),
    (square, {"x": 1.0}, {"x": lambda z: z}, {}, UnknownNameError, "The formula for 'x' has a parameter 'z'"),
    (square, {"x": 1.0}, {"x": raises}, {}, DataError, "The formula for 'x' raised ZeroDivisionError: division"),
    (square, {"x": 1.0}, {"x": lambda x: None}, {}, DataError, "The formula for 'x' returned None."),
    (square, {"x": 1.0}, {"x": lambda x: "2x"}, {}, DataError, "The formula for 'x' returned '2x'."),
    (square, {"x": 1.0}, {"x": [1.0, 2.0]}, {}, ShapeError, "The formula for 'x' has shape (2,), but 'x' has"),
    (square, {"x": [1.0, 2.0]}, {"x": 1.0}, {}, ShapeError, "grad needs a function that returns one number"),
    (lambda x: None, {"x": 1.0}, {"x": 1.0}, {}, DataError, "The function to check returned None."),
    (lambda x: "x", {"x": 1.0}, {"x": 1.0}, {}, DataError, "The function to check returned 'x'."),
    (square, {"x": "1"}, {"x": 1.0}, {}, DataError, "'1' (str) is no real number"),
    (lambda p: p["a"], {"p": {"a": 1.0}}, {"p": 1.0}, {}, ShapeError, "The formula for 'p' is built differently"),
    (square, {"x": 1.0}, {"x": 2.0}, {"at": 0}, DataError, "at= asks for further places, but these formulas are plain"),
    (square, {"x": 1.0}, {"x": lambda x: 2 * x}, {"at": "a"}, DataError, "at='a': neither a dictionary"),
    (square, {"x": 1.0}, {"x": lambda x: 2 * x}, {"at": {"y": 1.0}}, DataError, "at={'y': 1.0}: there is no input 'y'"),
    (square, {"x": 1.0}, {"x": lambda x: 2 * x}, {"at": [{"x": [1.0]}]}, DataError, "'x' has another shape"),
    (square, {"x": 1.0}, {"x": lambda x: 2 * x}, {"at": [3.0]}, DataError, "at=3.0: not a dictionary"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "inputs", "formulas", "more", "kind", "what"), BAD)
def test_a_question_without_an_answer_is_refused_in_three_parts(f, inputs, formulas, more, kind, what):
    with pytest.raises(TinygradError) as error:
        check_formula(f, inputs, formulas, **more)
    assert isinstance(error.value, kind) and what in error.value.what
    assert error.value.why and error.value.write


def test_a_wrong_shape_says_what_would_make_it_right():
    with pytest.raises(ShapeError) as error:
        check_formula(loss, INPUTS, {"b": delta})
    assert error.value.write == "It is not summed over axis 0: there it was broadcast, so slopes add up."
    with pytest.raises(ShapeError) as error:
        check_formula(loss, INPUTS, {"z": lambda h, e: delta(h, e).T})
    assert error.value.write == "It is the transposed gradient."
    with pytest.raises(ShapeError) as error:
        check_formula(loss, INPUTS, {"b": lambda h, e: delta(h, e)[:, :1] * 7})
    assert error.value.write.startswith("Transpose it, or sum over the axis")


def test_a_misspelt_name_is_answered_with_the_nearest_and_a_new_one_with_how_to_name_it():
    with pytest.raises(UnknownNameError) as error:
        check_formula(lambda x: name(x * x, "hidden"), {"x": 1.0}, {"hiden": 1.0})
    assert error.value.write == "Did you mean 'hidden'?"
    with pytest.raises(UnknownNameError) as error:
        check_formula(lambda x: x * x, {"x": 1.0}, {"delta": 1.0})
    assert error.value.write == 'In f, write delta = tg.name(delta, "delta") where it is computed.'


def test_the_error_of_a_formula_is_kept_as_the_cause():
    with pytest.raises(DataError) as error:
        check_formula(square, {"x": 1.0}, {"x": raises})
    assert isinstance(error.value.__cause__, ZeroDivisionError)
