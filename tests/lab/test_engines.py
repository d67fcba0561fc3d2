"""The lab's engines: the right one is `backward()`, and each wrong one is wrong in just the way it is meant to be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.lab.engine import PATIENCE, Engine
from tinygrad_edu.lab.experiment import compare
from tinygrad_edu.lab.graph import Graph
from tinygrad_edu.lab.lessons import LESSONS

NAMES = list(LESSONS)
TANH1, TANH_SLOPE = math.tanh(1.0), 1 - math.tanh(1.0) ** 2


def V(data, name=None):
    return tg.Value(data, name)


def gradients_by(mistake, y, *xs):
    """What the wrong engine finds, as plain numbers."""
    wrong = compare(y, mistake).wrong
    return tuple(np.asarray(wrong[x]).tolist() for x in xs)


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def ab_plus_a():
    a, b = V(2.0), V(-3.0)
    return a * b + a, a, b


def u_and_3u():
    a = V(2.0)
    u = a * a
    return u + u * 3.0, a


def u_and_6u_by_levels():
    a = V(2.0)
    u = a * a
    return (u * 3.0) * 2.0 + u, a


def square_of_sum():
    a = V(2.0)
    u = a + 1.0
    return u * u, a


def sum_times(d=1.0):
    a, b, c = V(1.0), V(2.0), V(d)
    return (a + b) * c, a, b, c


def bias():
    x, b = V([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), V([10.0, 20.0])
    return (x + b).sum(), x, b


def matrices():
    a, b = V([[1.0, 2.0], [3.0, 4.0]]), V([[0.0, 1.0], [2.0, 5.0]])
    return (a @ b).sum(), a, b


def of(f, *data):
    xs = [V(x) for x in data]
    return (f(*xs), *xs)


BY_HAND = [  # mistake, graph and inputs, right gradients, wrong ones: computed on paper
    ("no order", u_and_3u(), (16.0,), (4.0,)),  # u hands on 1 · 2a
    ("breadth first", u_and_6u_by_levels(), (28.0,), (4.0,)),
    ("recursion", square_of_sum(), (6.0,), (12.0,)),  # u hands on its 2u twice
    ("recursion", u_and_3u(), (16.0,), (20.0,)),  # 1 · 2a, and then 4 · 2a
    ("overwrite", ab_plus_a(), (-2.0, 2.0), (-3.0, 2.0)),  # the product is older than the sum, so b comes last
    ("overwrite", of(lambda x: x * x, 3.0), (6.0,), (3.0,)),
    ("never zeroed", ab_plus_a(), (-2.0, 2.0), (-4.0, 4.0)),
    ("kept inside", sum_times(), (1.0, 1.0, 3.0), (3.0, 3.0, 6.0)),  # the sum hands on 1, and then 2
    ("no broadcast sum", bias(), ([[1.0] * 2] * 3, [3.0, 3.0]), ([[1.0] * 2] * 3, [[1.0] * 2] * 3)),
    ("swapped", of(lambda a, b: a * b, 2.0, -3.0), (-3.0, 2.0), (2.0, -3.0)),
    ("swapped", of(lambda a, b: a - b, 2.0, -3.0), (1.0, -1.0), (-1.0, 1.0)),
    ("no chain", of(lambda a: (a * a) * 5.0, 3.0), (30.0,), (6.0,)),
    ("slope at output", of(tg.tanh, 1.0), (TANH_SLOPE,), (1 - math.tanh(TANH1) ** 2,)),
    ("slope at output", of(tg.exp, 0.0), (1.0,), (math.e,)),
    ("slope twice", of(tg.tanh, 1.0), (TANH_SLOPE,), (TANH_SLOPE**2,)),
    ("slope twice", of(tg.sigmoid, 0.0), (0.25,), (0.0625,)),
    ("no transpose", matrices(), ([[1.0, 7.0]] * 2, [[4.0, 4.0], [6.0, 6.0]]), ([[2.0, 6.0]] * 2, [[3, 3], [7, 7]])),
    ("no 1/N", of(tg.mean, [1.0, 2.0, 6.0]), ([1 / 3] * 3,), ([1.0] * 3,)),
    ("no 1/N", of(lambda x: tg.mean(x, axis=1).sum(), [[1.0, 2.0]]), ([[0.5, 0.5]],), ([[1.0, 1.0]],)),
    ("no 1/N", of(lambda x: tg.mean(x, axis=1).sum(), [[1.0] * 2] * 3), ([[0.5] * 2] * 3,), ([[1.0] * 2] * 3,)),
    ("no minus", of(lambda a, b: a - b, 2.0, 3.0), (1.0, -1.0), (1.0, 1.0)),
    ("no minus", of(lambda a, b: a / b, 3.0, 2.0), (0.5, -0.75), (0.5, 0.75)),
    ("no minus", of(lambda b: 5.0 - b, 3.0), (-1.0,), (1.0,)),
    ("no minus", of(lambda a: a - 5.0, 3.0), (1.0,), (1.0,)),
    ("exponent kept", of(lambda x: x**3.0, 2.0), (12.0,), (24.0,)),
    ("exponent kept", of(tg.square, 3.0), (6.0,), (18.0,)),
    ("start at 0", ab_plus_a(), (-2.0, 2.0), (0.0, 0.0)),
    ("start at y", ab_plus_a(), (-2.0, 2.0), (8.0, -8.0)),  # y is −4
]


@pytest.mark.parametrize(("mistake", "graph", "right", "wrong"), BY_HAND, ids=[row[0] for row in BY_HAND])
def test_a_wrong_engine_finds_the_wrong_number_that_the_mistake_gives_on_paper(mistake, graph, right, wrong):
    y, *xs = graph
    experiment = compare(y, mistake)
    for x, a, b in zip(xs, right, wrong, strict=True):
        np.testing.assert_allclose(experiment.right[x], a, rtol=1e-12)
        np.testing.assert_allclose(experiment.wrong[x], b, rtol=1e-12)


def test_every_mistake_has_a_row_by_hand():
    assert {row[0] for row in BY_HAND} == set(NAMES)


# ── any graph ────────────────────────────────────────────────────────────────────────────────────────────────────────
@st.composite
def graphs(draw):
    """A result of up to twelve operations on numbers, and everything it was computed from."""
    values = [V(draw(st.sampled_from([-2.0, -0.5, 1.0, 1.5, 3.0])), name) for name in "abc"]
    one = [tg.tanh, tg.sigmoid, tg.relu, tg.square, lambda x: -x, lambda x: x * 2.0, lambda x: 1.0 - x]
    two = [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b]
    for _ in range(draw(st.integers(1, 12))):
        a, b = draw(st.sampled_from(range(len(values)))), draw(st.sampled_from(range(len(values))))
        if draw(st.booleans()):
            values.append(tg.tanh(draw(st.sampled_from(two))(values[a], values[b])))  # so that nothing overflows
        else:
            values.append(draw(st.sampled_from(one))(values[a]))
    return values[-1], values


@given(graphs())
@settings(max_examples=80, deadline=None)
def test_the_right_engine_finds_what_backward_finds_and_touches_no_grad(graph):
    y, values = graph
    engine = Engine(Graph(y))
    engine.run()
    assert all(v.grad is None for v in values)
    y.backward()
    for v, g in engine.grad.items():
        assert g == pytest.approx(v.grad, rel=1e-12, abs=1e-15)
    assert set(engine.grad) == {v for v in engine.graph.values if v.grad is not None}


@given(graphs(), st.sampled_from(NAMES))
@settings(max_examples=150, deadline=None)
def test_what_is_said_to_be_missing_is_missing_and_everything_newer_than_the_first_wrong_value_is_right(graph, name):
    y, _ = graph
    experiment = compare(y, name)
    lesson = LESSONS[name]
    if not lesson.meets(experiment.graph):
        assert not experiment.changed and experiment.reason.endswith(f"{lesson.absent}.")
    if experiment.changed:
        place = [row.node is experiment.first_wrong for row in experiment.rows].index(True)
        assert all(row.same for row in experiment.rows[:place]) and not experiment.rows[place].same
    assert max(map(len, str(experiment).splitlines())) <= 80
    assert experiment.markdown and all(v.grad is None for v in experiment.graph.values)


def test_arrays_of_single_precision_and_large_batches_agree_with_backward():
    rng = np.random.default_rng(0)
    w, b = V(rng.normal(size=(3, 2)).astype(np.float32)), V(rng.normal(size=2).astype(np.float32))
    x = rng.normal(size=(5, 3)).astype(np.float32)
    y = tg.mean(tg.softmax(tg.tanh(x @ w + b), axis=1)[:, 0] ** 2)
    experiment = compare(y, "no order")
    y.backward()
    assert not experiment.changed
    for v in (w, b):
        np.testing.assert_array_equal(experiment.right[v], v.grad)
        assert experiment.right[v].dtype == np.float32


def test_a_gradient_of_zero_stays_zero_where_the_slope_is_infinite():
    x, z = V(0.0), V([0.0, 4.0])
    y = tg.where(x > 0, tg.sqrt(x), 0.0) + tg.where(z > 0, tg.sqrt(z), 0.0).sum()
    experiment = compare(y, "overwrite")
    assert experiment.right[x] == 0.0
    assert experiment.right[z].tolist() == [0.0, 0.25]


def test_infinite_slopes_are_told_as_numbers():
    x = V(0.0)
    assert compare(tg.log(x) * 1.0, "no order").right[x] == math.inf
    assert compare(1.0 / x, "no minus").wrong[x] == math.inf


def test_an_operation_of_many_inputs_hands_each_its_own():
    a, b = V(1.0), V(2.0)
    y = (tg.stack([a, b, a]) * np.array([1.0, 10.0, 100.0])).sum()
    experiment = compare(y, "overwrite")
    assert (experiment.right[a], experiment.right[b]) == (101.0, 10.0)
    assert (experiment.wrong[a], experiment.wrong[b]) == (100.0, 10.0)


# ── depth and patience ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("mistake", ["no order", "breadth first", "recursion"])
def test_a_deep_graph_overflows_nothing(mistake):
    x = y = V(1.0)
    for _ in range(5000):
        y = y + 1.0
    experiment = compare(y, mistake)
    assert not experiment.changed and experiment.wrong[x] == 1.0
    assert len(str(experiment).splitlines()) < 50


def test_recursion_is_stopped_and_says_after_how_many_steps_and_how_many_it_would_take():
    y = a = V(1.0, "a")
    for _ in range(16):
        y = y * y
    experiment = compare(y, "recursion")
    steps = 16 + PATIENCE
    assert experiment.engines[1].steps == steps and experiment.engines[0].steps == 16
    assert experiment.right[a] == 2.0**16
    assert f"stopped after {steps:,} steps; the right engine takes 16. It would take 65,535." in experiment.reason


def test_recursion_that_would_take_longer_than_any_number_says_so():
    y = V(1.0)
    for _ in range(2000):
        y = (y + y) * 0.5
    assert "It would take more than 1e308." in compare(y, "recursion").reason


# ── shapes that do not fit ───────────────────────────────────────────────────────────────────────────────────────────
def test_an_engine_that_breaks_off_is_told_with_the_place_and_the_shapes():
    a, b = V(np.ones((4, 2)), "A"), V(np.ones((2, 3)), "B")
    experiment = compare((a @ b).sum(), "no transpose")
    assert isinstance(experiment.broke, ValueError)
    assert experiment.reason == (
        "It broke off at v1 = A @ B: (4, 3) @ (2, 3): the inner sizes 3 and 2 differ. "
        "Shapes that do not fit give a mistake away; where they fit by luck, nothing does."
    )
    assert experiment.wrong[a] is None and "none" in str(experiment)


def test_the_right_gradient_is_complete_even_where_the_wrong_engine_broke_off():
    a, b = V(np.ones((4, 2))), V(np.ones((2, 3)))
    experiment = compare((a @ b).sum(), "swapped")
    assert experiment.broke is not None
    np.testing.assert_array_equal(experiment.right[a], np.full((4, 2), 3.0))
