"""Mistakes planted in derivatives: the report names the guilty primitive, and mostly what is wrong with it.

One primitive per file of primitives, every class of mistakes; `python -m tests.planted_bugs` tries all of them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.planted_bugs import right, tables, trials
from tests.planted_bugs.bugs import BUGS, with_bug
from tests.planted_bugs.planting import planted
from tests.planted_bugs.programs import OPS, site_for, sites_of
from tinygrad_edu.ops.op import TABLE

SAMPLE = (
    *("exp", "logaddexp", "where", "gate", "erf", "sqrt", "tanh", "sigmoid", "broadcast_to", "multiply", "transpose"),
    *("matmul", "floor", "getitem", "cross_rows", "cumsum", "diagonal", "contraction", "joined", "solve", "det", "pad"),
    *("mean", "repeat", "softmax", "sort", "pinv", "cholesky", "affine", "identity", "convolution", "max_pool"),
)
WELL_NAMED = 0.9  # of the classes of mistakes

trials_of = cache(trials.trials)


# ── the check ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_sample_has_a_primitive_of_every_file_of_primitives():
    files = {op.forward.__module__ for op in OPS}
    assert files - {TABLE[name].forward.__module__ for name in SAMPLE} == set()


@pytest.mark.parametrize("name", SAMPLE)
def test_a_planted_mistake_fails_the_check_and_the_guilty_primitive_is_named(name):
    wrong = [trial for trial in trials_of(name) if trial.outcome != "no effect"]
    assert wrong
    assert [f"{trial.bug}: {trial.outcome}, {trial.culprit}\n{trial.text}" for trial in wrong if not trial.found] == []


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_the_class_of_a_planted_mistake_is_named(bug):
    wrong = [t for name in SAMPLE for t in trials_of(name) if t.bug == bug.name and t.outcome != "no effect"]
    understood = sum(trial.understood for trial in wrong)
    assert wrong
    assert understood >= WELL_NAMED * len(wrong), "\n".join(f"{t.op}: {t.kind}" for t in wrong if not t.understood)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_right_derivative_is_never_failed(name):
    found = right.checks(name, most=4)
    assert found
    assert [check.text for check in found if check.outcome in ("failed", "crashed")] == []


def deep(x):
    """Twelve layers of different operations, each used more than once."""
    for layer in range(12):
        x = tg.tanh(x @ W[layer % 2]) + 0.5 * x
        x = tg.sigmoid(x) * tg.cos(x) - x.mean(axis=0)
    return (tg.softmax(x) ** 2).sum()


W = np.random.default_rng(3).uniform(-1.0, 1.0, (2, 3, 3))


IN_THE_DEEP = [
    ("tanh", "wrong sign"),
    ("matmul", "half as much"),
    ("sigmoid", "one entry wrong"),
    ("cos", "zero"),
    ("mean", "divided by N in a reduction"),
    ("softmax", "twice as much"),
    ("power", "summed over an axis too many"),
]


@pytest.mark.parametrize(("name", "bug"), IN_THE_DEEP)
def test_the_guilty_primitive_is_found_in_a_deep_program(name, bug):
    bug = next(each for each in BUGS if each.name == bug)
    x = np.random.default_rng(4).uniform(-1.0, 1.0, (2, 3))
    assert tg.gradcheck(deep, x)
    with with_bug(TABLE[name], 0, bug):
        report = tg.gradcheck(deep, x)
    assert report.verdict == "FAIL"
    assert report.culprit.op == name and report.culprit.mistake.kind in bug.kinds


# ── the planting ─────────────────────────────────────────────────────────────────────────────────────────────────────
def slope(f, x):
    return tg.grad(f)(x)


CALLS = {
    "function": lambda x: tg.multiply(x, x),
    "operator": lambda x: x * x,
    "reflected operator": lambda x: 3.0 * x,
    "NumPy": lambda x: np.multiply(x, 3.0),
    "method": lambda x: x.multiply(3.0),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))
def test_a_planted_rule_is_used_however_the_primitive_is_called_and_is_gone_afterwards(call):
    right_slope = slope(call, 2.0)
    with planted(tg.multiply, a=lambda g, y, a, b: -g * b, b=lambda g, y, a, b: -g * a):
        assert slope(call, 2.0) == -right_slope
    assert slope(call, 2.0) == right_slope


def test_a_planted_rule_reaches_primitives_with_settings_bound_before_and_during_it():
    x = np.ones((2, 3))
    before, bound = tg.sum.bind(axis=0), set(tg.sum.derived)
    with planted(tg.sum, x=lambda g, y, x, axis, keepdims: -1.0):
        assert (slope(lambda x: before(x) @ np.ones(3), x) == -1.0).all()
        assert (slope(lambda x: tg.sum(x, axis=-2) @ np.ones(3), x) == -1.0).all()
    assert (slope(lambda x: before(x) @ np.ones(3), x) == 1.0).all()
    assert (slope(lambda x: tg.sum(x, axis=-2) @ np.ones(3), x) == 1.0).all()
    assert tg.sum.derived.keys() >= bound


def test_a_rule_is_taken_out_when_something_fails_inside():
    with pytest.raises(ZeroDivisionError), planted(tg.sin, x=lambda g, y, x: 0.0 * g):
        raise ZeroDivisionError
    assert slope(tg.sin, 0.0) == 1.0


A, B = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([10.0, 20.0, 30.0])
S = np.array([[1.0, 2.0], [3.0, 4.0]])
EFFECTS = [
    ("wrong sign", tg.square, 0, (B,), [-20.0, -40.0, -60.0]),
    ("twice as much", tg.square, 0, (B,), [40.0, 80.0, 120.0]),
    ("half as much", tg.square, 0, (B,), [10.0, 20.0, 30.0]),
    ("zero", tg.square, 0, (B,), [0.0, 0.0, 0.0]),
    ("local derivative forgotten: g alone", tg.square, 0, (B,), [1.0, 1.0, 1.0]),
    ("local derivative applied twice", tg.square, 0, (B,), [400.0, 1600.0, 3600.0]),
    ("the rule of the other operand", tg.multiply, 0, (B, B + 1), B),
    ("transposed", TABLE["triu"], 0, (S,), [[1.0, 0.0], [1.0, 1.0]]),
    ("N times too much in a reduction", tg.mean, 0, (B,), [1.0, 1.0, 1.0]),
    ("divided by N in a reduction", tg.sum, 0, (B,), [1 / 3] * 3),
    ("broadcast axis: mean instead of sum", tg.multiply, 1, (A, B), [2.5, 3.5, 4.5]),
    ("broadcast axis: first copy only", tg.multiply, 1, (A, B), A[0]),
    ("broadcast axis: last copy only", tg.multiply, 1, (A, B), A[1]),
    ("broadcast axis: last copy only", tg.multiply, 1, (A, B[:1]), [6.0]),
    ("summed over an axis too many", tg.square, 0, (A,), [[10.0, 14.0, 18.0]] * 2),
    ("one entry wrong", tg.square, 0, (B,), [20.0, 40.0, 90.0]),
    ("of no class: each entry times another number", tg.square, 0, (B,), [28.6285273, 83.9480061, 136.9618226]),
    ("off by one place", tg.cumsum, 0, (B,), [1.0, 3.0, 2.0]),
]


@pytest.mark.parametrize(("bug", "op", "k", "inputs", "wrong"), EFFECTS, ids=[f"{r[0]}, {r[1].name}" for r in EFFECTS])
def test_a_bug_does_to_a_derivative_what_its_name_says(bug, op, k, inputs, wrong):
    bug = next(each for each in BUGS if each.name == bug)
    gradient = tg.grad(lambda *xs: op(*xs).sum(), argnums=k)
    right_gradient = gradient(*inputs)
    with with_bug(op, k, bug, 1 - k if len(inputs) == 2 else None):
        np.testing.assert_allclose(gradient(*inputs), wrong)
    assert np.array_equal(gradient(*inputs), right_gradient)


def test_every_primitive_has_a_place_where_a_mistake_has_an_effect_or_its_slope_is_zero():
    for op in OPS:
        assert site_for(op, sites_of(op.name)[0].k, BUGS[0]) is not None, op.name


def test_mistakes_that_give_the_same_numbers_may_be_called_by_either_name():
    forgotten = next(trial for trial in trials_of("negative") if trial.bug.startswith("local derivative forgotten"))
    assert set(forgotten.kinds) >= {"forgotten", "twice"}


# ── the tables ───────────────────────────────────────────────────────────────────────────────────────────────────────
TRIALS = [
    trials.Trial("sin", 0, "wrong sign", "", "failed", "sin, x", "sign", ("sign",)),
    trials.Trial("cos", 0, "wrong sign", "", "failed", "cos, x", "factor", ("sign",)),
    trials.Trial("tan", 0, "wrong sign", "", "failed", "sin, x", "sign", ("sign",)),
    trials.Trial("floor", 0, "wrong sign", "", "no effect"),
    trials.Trial("floor", 0, "zero", "", "no effect"),
    trials.Trial("exp", 0, "zero", "", "passed"),
]


def test_the_table_counts_what_was_caught_named_and_understood():
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in tables.bug_table(TRIALS).splitlines()]
    found = {line[0]: line[1:] for line in lines}
    assert found["wrong sign"] == ["4", "1", "3 (100 %)", "2 (66.7 %)", "1 (33.3 %)"]
    assert found["zero"] == ["2", "1", "0 (0.0 %)", "0 (0.0 %)", "0 (0.0 %)"]
    assert found["all"] == ["6", "2", "3 (75.0 %)", "2 (50.0 %)", "1 (25.0 %)"]
    assert tables.primitives(TRIALS) == "5 primitives, 5 derivatives; a mistake had an effect in 4 (none in floor)"


def test_what_is_not_named_is_listed():
    assert tables.misses(TRIALS).splitlines() == [
        "- wrong sign: called “factor” (`cos`); blamed on sin, x (`tan`).",
        "- zero: passed (`exp`).",
    ]


def test_the_table_of_right_derivatives_counts_verdicts():
    checks = [right.Check("sin", "cases", "float64", outcome) for outcome in ("passed", "passed", "undecided")]
    checks.append(right.Check("sin", "shapes", "float32", "failed"))
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in tables.right_table(checks).splitlines()]
    assert lines[2:] == [
        ["cases", "float64", "3", "2", "1", "0"],
        ["shapes", "float32", "1", "0", "0", "1"],
        ["all", "all", "4", "2", "1", "1"],
    ]
    assert tables.undecided(checks) == "Inconclusive: `sin` ×1." and tables.undecided(checks[:1]) == ""


def test_the_page_shows_figures_about_the_primitives_there_are():
    page = (Path(__file__).parents[2] / "docs" / "gradient_checking.md").read_text("utf-8")
    figures = page.split(tables.BEGIN)[1].split(tables.END)[0]
    assert f"{len(OPS)} primitives" in figures, "measure them anew: python -m tests.planted_bugs --write docs/..."
    assert all(f"| {bug.name}" in figures for bug in BUGS)
