"""The culprit of a wrong gradient: which operation, at which line, which of its rules, and what is wrong with it."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.checking.culprit import find_culprit
from tinygrad_edu.checking.gap import find_gap
from tinygrad_edu.checking.gradcheck import gradcheck
from tinygrad_edu.checking.local_rule import ENTRIES, LocalRule
from tinygrad_edu.checking.rule_mistakes import one_entry, passed_on, shifted, summed
from tinygrad_edu.checking.subject import Subject
from tinygrad_edu.engine.value import Value

W, X = np.array([[0.5, -1.0], [2.0, 0.25], [1.5, -0.75]]), np.array([[1.0, 2.0, -1.0], [0.5, -0.5, 3.0]])
SQUARE = np.array([[1.0, 2.0, 0.5], [-0.3, 0.7, 1.1], [0.4, -1.2, 0.9]])


pytestmark = pytest.mark.usefixtures("own_primitives")


def line_of(text: str) -> int:
    """Where a text stands in this file."""
    return next(
        n for n, line in enumerate(inspect.getsource(inspect.getmodule(line_of)).splitlines(), 1) if text in line
    )


def activation(rule):
    @tg.op(x=rule, elementwise=True)
    def squash(x):
        """tanh under another name"""
        return np.tanh(x)

    return squash


def product(a, b):
    @tg.op(a=a, b=b)
    def product(a, b):
        """a @ b"""
        return a @ b

    return product


# ── which operation, where ───────────────────────────────────────────────────────────────────────────────────────────
def test_the_culprit_is_named_with_its_line_its_node_and_where_its_rule_stands():
    squash = activation(lambda g, y, x: g * (1 - y))  # the wrong rule

    def network(w, x):
        z = x @ w
        h = squash(z)  # the wrong node
        h.name = "h"
        return (h * h).mean()

    culprit = gradcheck(network, W, X).culprit
    assert (culprit.op, culprit.input, culprit.node) == ("squash", "x", "h")
    assert culprit.place.line == line_of("# the wrong node") and culprit.place.code in ("squash(z)", culprit.place.text)
    assert f"test_culprit.py:{line_of('# the wrong rule')}: squash = activation(lambda" in culprit.rule
    assert culprit.count == 1
    assert culprit.brief.startswith(f"Culprit: squash ({culprit.place}), the rule for 'x'.")


def test_the_words_of_a_culprit():
    @tg.op(x=lambda g, y, x: g * 3 * x, elementwise=True)  # words
    def cube(x):
        """x³"""
        return x * x * x

    text = str(gradcheck(lambda x: cube(x) + 1.0, 2.0).culprit)
    lines = text.splitlines()
    assert lines[0].startswith("Culprit: cube (made at ") and lines[0].endswith("cube(x)), the rule for its input 'x'.")
    assert lines[1].startswith("For g = ") and " it hands on " in lines[1] and "; the measured slope is " in lines[1]
    assert lines[2] == "What it hands on lacks the factor x: multiplied by it, every entry is right."
    assert lines[3].startswith("The rule stands at ") and f":{line_of('# words')}: @tg.op(" in lines[3]


def test_a_deep_record_is_searched_to_its_beginning():
    squash = activation(lambda g, y, x: -g * (1 - y * y))

    def deep(x):
        y = squash(x)
        for _ in range(300):
            y = y * 0.99 + 0.001
        return y

    culprit = gradcheck(deep, 0.5).culprit
    assert culprit.op == "squash" and culprit.mistake.kind == "sign"


def test_an_operation_that_is_wrong_at_many_places_is_counted():
    squash = activation(lambda g, y, x: 2 * g * (1 - y * y))
    culprit = gradcheck(lambda x: squash(squash(squash(x))), 0.5).culprit
    assert culprit.count == 3
    assert "It is wrong at 3 places of this record." in str(culprit).splitlines()


def test_of_several_inputs_the_one_with_the_wrong_rule_is_named():
    wrong = product(lambda g, y, a, b: g @ b.T, lambda g, y, a, b: 2 * a.T @ g)
    culprit = gradcheck(lambda a, b: wrong(a, b).sum(), X, W).culprit
    assert (culprit.op, culprit.input, culprit.mistake.kind) == ("product", "b", "factor")


def test_a_right_record_has_no_culprit():
    assert find_culprit(Subject(lambda w, x: tg.softmax(tg.tanh(x @ w)).max(), (W, X))) is None
    assert find_culprit(Subject(lambda x: tg.relu(x).sum() + tg.floor(x).sum() + tg.norm(x), (np.zeros(3),))) is None


def test_one_wrong_entry_of_thousands_is_found():
    x = np.arange(4.0 * ENTRIES) / 100 + 1

    @tg.op(x=lambda g, y, x: g * 2 * x * (1 + (x == x.ravel()[1234])), elementwise=True)
    def square(x):
        """x²"""
        return x * x

    culprit = gradcheck(lambda x: square(x).sum(), x, budget=10).culprit
    assert culprit.entry == (1234,) and culprit.mistake.places == ((1234,),)


def test_primitives_with_many_inputs_are_checked_input_by_input():
    @tg.op(xs=lambda g, y, *xs: [g, -g, g])
    def three(*xs):
        """The sum of three."""
        return xs[0] + xs[1] + xs[2]

    culprit = gradcheck(lambda a, b, c: three(a, b, c) * 2.0, 1.0, 2.0, 3.0).culprit
    assert (culprit.op, culprit.input, culprit.mistake.kind) == ("three", "xs[1]", "sign")


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────────────────────────
MISTAKES = [
    ("sign", lambda g, y, x: -g * (1 - y * y)),
    ("factor", lambda g, y, x: g * (1 - y * y) / 2),
    ("zero", lambda g, y, x: 0 * g),
    ("twice", lambda g, y, x: g * (1 - y * y) ** 2),
    ("forgotten", lambda g, y, x: g),
    ("forgotten", lambda g, y, x: 1 - y * y),
    ("twice", lambda g, y, x: g * g * (1 - y * y)),
    ("wrong operand", lambda g, y, x: g * (1 - x * x)),
]


@pytest.mark.parametrize("x", [0.5, np.array([0.5, -0.3]), SQUARE], ids=["number", "two", "matrix"])
@pytest.mark.parametrize(("kind", "rule"), MISTAKES, ids=[f"{n}: {kind}" for n, (kind, _) in enumerate(MISTAKES)])
def test_what_is_wrong_with_an_elementwise_rule_is_recognised(kind, rule, x):
    culprit = gradcheck(lambda x: (activation(rule)(x) * 3.0).sum(), x).culprit
    assert culprit.op == "squash" and culprit.mistake is not None and culprit.mistake.kind == kind


PRODUCTS = [
    ("transposed", lambda g, y, a, b: g @ b, lambda g, y, a, b: a.T @ g),
    ("wrong operand", lambda g, y, a, b: g @ a.T, lambda g, y, a, b: a.T @ g),
    ("transposed", lambda g, y, a, b: g @ b.T, lambda g, y, a, b: a @ g),
    ("transposed", lambda g, y, a, b: (g @ b.T).T, lambda g, y, a, b: a.T @ g),
    ("summed", lambda g, y, a, b: (g @ b.T).sum(axis=0, keepdims=True), lambda g, y, a, b: a.T @ g),
    ("shifted", lambda g, y, a, b: tg.roll(g @ b.T, 1, axis=1), lambda g, y, a, b: a.T @ g),
    ("forgotten", lambda g, y, a, b: g, lambda g, y, a, b: a.T @ g),
]


@pytest.mark.parametrize(("kind", "a", "b"), PRODUCTS, ids=[f"{n}: {row[0]}" for n, row in enumerate(PRODUCTS)])
def test_what_is_wrong_with_a_rule_about_matrices_is_recognised(kind, a, b):
    culprit = gradcheck(lambda x, y: (product(a, b)(x, y) * SQUARE).sum(), SQUARE, SQUARE.T + 1).culprit
    assert culprit.op == "product" and culprit.mistake is not None and culprit.mistake.kind == kind


def test_a_transposed_operand_is_named():
    wrong = product(lambda g, y, a, b: g @ b, lambda g, y, a, b: a.T @ g)
    culprit = gradcheck(lambda x, y: wrong(x, y).sum(), SQUARE, SQUARE.T + 1).culprit
    assert culprit.mistake.words == "It is right with b.T in the place of b: a transpose is missing, or one too much."


def test_a_broadcast_axis_that_was_not_summed_is_recognised():
    @tg.op(x=lambda g, y, x, b: g, b=lambda g, y, x, b: g[0])
    def shifted_by(x, b):
        """x + b"""
        return x + b

    culprit = gradcheck(lambda x, b: (shifted_by(x, b) ** 2).sum(), X, np.ones(3)).culprit
    assert (culprit.input, culprit.mistake.kind) == ("b", "not summed")


def test_a_rule_that_does_not_even_run_is_a_culprit_too():
    @tg.op(a=lambda g, y, a, b: g @ b.T, b=lambda g, y, a, b: a @ g)
    def product(a, b):
        """a @ b"""
        return a @ b

    report = gradcheck(lambda a, b: product(a, b).sum(), X, W)
    assert report.verdict == "FAIL" and report.rows[0].lesson.startswith("It raised ValueError: matmul: ")
    assert report.culprit.op == "product"
    assert report.culprit.trouble == report.rows[0].lesson and report.culprit.trouble in str(report.culprit)


G = np.array([1.0, -2.0, 0.5])
RIGHT = np.array([3.0, -8.0, 1.0])
HYPOTHESES = [
    (lambda: passed_on(G, G), "It is g, as it arrived: the local derivative was forgotten."),
    (lambda: passed_on(RIGHT, G), None),
    (lambda: passed_on(np.full(3, 2.0), 2.0), "It is g, as it arrived: the local derivative was forgotten."),
    (lambda: summed(np.full(3, -4.0), RIGHT), "It is the gradient summed over axis 0, which the input has itself."),
    (lambda: summed(RIGHT, RIGHT), None),
    (lambda: shifted(np.roll(RIGHT, -1), RIGHT), "It is the gradient moved by -1 place along axis 0."),
    (lambda: shifted(RIGHT, RIGHT), None),
    (lambda: one_entry(np.array([3.0, -8.0, 2.0]), RIGHT), "Only the entry [2] is wrong, 2 instead of 1."),
    (lambda: one_entry(np.array([3.0, 0.0, 2.0]), RIGHT), None),
]


@pytest.mark.parametrize(("hypothesis", "words"), HYPOTHESES)
def test_a_hypothesis_is_named_only_where_it_explains_every_entry(hypothesis, words):
    found = hypothesis()
    assert (found.words if found else None) == words


def test_a_rule_is_right_at_a_kink_and_where_rounding_hides_its_slope(rng):
    for y in (tg.relu(Value(np.zeros(3))), tg.floor(Value([1.0, 2.0])), Value(1e20) + 1.0):
        assert LocalRule(y, 0, rng).entry_by_entry() is None and LocalRule(y, 0, rng).along_a_direction() is None


# ── no operation is wrong, but the record has a gap ──────────────────────────────────────────────────────────────────
def scaled_by_data(x):
    return (x * x.data).sum()


def with_a_detached_part(x):
    h = tg.tanh(x)
    return (h.detach() * x).sum()  # the gap


def with_a_part_outside(x):
    with tg.no_grad():
        h = tg.exp(x)
    return (x + h).sum()


def with_an_item(x):
    return x[0] * x[1].item() + x[2]


GAPS = [
    (scaled_by_data, "multiply"),
    (with_a_detached_part, "multiply"),
    (with_a_part_outside, "add"),
    (with_an_item, "multiply"),
]


@pytest.mark.parametrize(("f", "op"), GAPS, ids=[f.__name__ for f, _ in GAPS])
def test_a_number_that_lost_its_history_is_found_where_it_comes_in(f, op):
    gap = gradcheck(f, np.array([1.5, -0.5, 2.0])).culprit
    assert (gap.op, gap.input, gap.mistake) == (op, "x", None)


def test_the_words_of_a_gap():
    gap = gradcheck(with_a_detached_part, np.array([1.5, -0.5, 2.0])).culprit
    assert gap.place.line == line_of("# the gap")
    assert str(gap).startswith("Culprit: the record has a gap: multiply (")
    assert str(gap).endswith(
        "was given a constant that follows x without its history.\n"
        "Every rule of the record is right. Was x.data, x.item(), float(x), x.detach() or no_grad used? "
        "Write x itself there."
    )


def test_a_result_without_any_history_is_a_gap():
    gap = gradcheck(lambda x: x.item() * 2.0, 3.0).culprit
    assert gap.op == "" and gap.brief == "The record has a gap: f returned a number that follows x without its history."


def test_a_record_without_a_gap_has_none():
    assert find_gap(Subject(lambda x: (x * 3.0).sum(), (np.ones(2),)), 0, (0,)) is None
    assert find_gap(Subject(lambda x: x * 3.0 if x < 1.00001 else x + 1.0, (1.0,)), 0, ()) is None


def test_without_a_culprit_the_report_says_what_is_left():
    def branched(x):  # the record of x = 1 is that of a branch which is taken there only
        return x * 3.0 if x.data == 1.0 else x * 2.0 + 1.0

    report = gradcheck(branched, 1.0)
    assert report.verdict == "FAIL" and report.culprit is None
    assert report.hints == [
        "Every rule is right at these inputs, and no constant follows them: does f keep something between calls, or "
        "take another branch close by?"
    ]
