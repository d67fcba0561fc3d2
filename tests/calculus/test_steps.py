"""The backward pass step by step: the same numbers as backward(), nothing touched, and who waits for whom."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import tinygrad_edu as tg
from tinygrad_edu.calculus.steps import backward_steps
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import ChangedDataError, DataError, ShapeError

SHAPES = [(), (3,), (2, 3), (2, 1), (1, 3)]
ONE = [
    tg.tanh,
    tg.relu,
    tg.absolute,
    lambda x: tg.exp(tg.sin(x)),
    lambda x: tg.where(x > 0, tg.sqrt(x), 0.0),  # an infinite slope on a branch that is not taken
    lambda x: tg.sum(x),
    lambda x: tg.mean(x, axis=-1, keepdims=True) if x.ndim else x,
    lambda x: tg.softmax(x) if x.ndim else x,
    lambda x: x.T * 0.5,
    lambda x: x[[0, 0, -1]] if x.ndim else x * 0.0,
    lambda x: x * x,
    lambda x: 1.0 / (2.0 + x * x),
]
TWO = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: tg.maximum(a, b),
    lambda a, b: tg.stack([tg.sum(a), tg.sum(b), tg.sum(a)]),
    lambda a, b: tg.concatenate([tg.ravel(a), tg.ravel(b), tg.ravel(a)]),
    lambda a, b: tg.einsum("i,j->ij", tg.ravel(a), tg.ravel(b)),
    lambda a, b: tg.reshape(a, (-1, 1)) @ tg.reshape(b, (1, -1)),
]


@st.composite
def graphs(draw):
    """Three inputs and the last result of a random program over them."""
    made = []
    for i in range(3):
        shape = draw(st.sampled_from(SHAPES))
        numbers = np.random.default_rng(i).integers(-2, 3, shape) / 2.0  # kinks and zeros are hit
        made.append(Value(numbers))
    for _ in range(draw(st.integers(1, 8))):
        a, b = (made[draw(st.integers(0, len(made) - 1))] for _ in range(2))
        try:
            with np.errstate(invalid="ignore"):
                y = draw(st.sampled_from(ONE))(a) if draw(st.booleans()) else draw(st.sampled_from(TWO))(a, b)
        except ValueError:
            continue  # shapes that do not fit
        if y.size < 1_000:
            made.append(y)
    return made[-1]


def gradients(y, start=None):
    """What every value has received when the last step is done."""
    found = {y: start if start is not None else 1.0}
    for step in backward_steps(y, start):
        assert np.array_equal(step.gradient, found[step.node], equal_nan=True)
        found.update((part.input, part.total) for part in step.contributions)
    return found


@settings(max_examples=150)
@given(graphs())
def test_the_steps_of_any_graph_add_up_to_exactly_what_backward_finds(y):
    start = np.random.default_rng(9).normal(size=y.shape) if y.shape else 1.0
    stepped = gradients(y, start)
    assert all(v.grad is None for v in stepped)
    y.backward(start)
    for v, g in stepped.items():
        assert np.shape(g) == v.shape
        np.testing.assert_array_equal(g, v.grad)


@settings(max_examples=60)
@given(graphs())
def test_a_contribution_of_an_elementwise_operation_is_the_gradient_times_its_local_derivative(y):
    for step in backward_steps(y, np.ones(y.shape) if y.shape else 1.0):
        for part in step.contributions:
            if part.local is not None and np.all(np.isfinite(part.local)):
                expected = step.gradient * part.local
                assert np.allclose(tg.ops.broadcasting.fit(expected, part.input._held), part.amount)


@settings(max_examples=60)
@given(graphs())
def test_who_waits_has_received_something_and_waits_for_every_user_whose_turn_is_still_to_come(y):
    steps = list(backward_steps(y, np.ones(y.shape) if y.shape else 1.0))
    for step in steps:
        done, later = steps[: step.number], steps[step.number :]
        expected = {}
        for v in {part.input for past in done for part in past.contributions}:
            users = [future.node for future in later if any(x is v for x in future.node.inputs)]
            if users:
                expected[v] = ([p.total for past in done for p in past.contributions if p.input is v][-1], users)
        assert {w.value for w in step.waiting} == expected.keys()
        for w in step.waiting:
            assert w.received is expected[w.value][0]
            assert list(w.still_to_come) == expected[w.value][1]


def test_every_result_has_its_turn_after_all_that_use_it_and_leaves_have_none():
    x = Value(0.5)
    y = x
    for _ in range(5):
        y = (y * y + x).tanh()
    steps = list(backward_steps(y))
    turn = {step.node: step.number for step in steps}
    assert [step.number for step in steps] == list(range(1, 16))
    assert all(turn[v] > turn[node] for node in turn for v in node.inputs if v.op)
    assert x not in turn


def test_a_value_used_twice_by_one_operation_receives_two_contributions():
    x = Value(3.0)
    [step] = backward_steps(x * x)
    assert [(p.index, p.input, p.local, p.amount, p.total) for p in step.contributions] == [
        (0, x, 3.0, 3.0, 3.0),
        (1, x, 3.0, 3.0, 6.0),
    ]
    assert step.waiting == ()


def test_a_broadcast_input_shows_what_the_rule_returned_and_what_was_summed():
    b = Value([1.0, 2.0])
    [step] = backward_steps(np.ones((3, 2)) + b, np.ones((3, 2)))
    [part] = step.contributions
    assert part.before_fit.shape == part.local.shape == (3, 2)
    assert np.array_equal(part.amount, [3.0, 3.0])


def test_local_derivatives_are_known_for_numbers_entries_and_results_that_are_one_number():
    x, w = Value([1.0, 2.0, 4.0]), Value(np.ones((3, 2)))
    [mean] = backward_steps(x.mean())
    [product] = backward_steps(x @ w, np.ones(2))
    [joined] = backward_steps(tg.stack([x, x]), np.ones((2, 3)))
    [dot] = backward_steps(tg.einsum("i,i->", x, 2.0 * np.ones(3)))
    assert np.array_equal(mean.contributions[0].local, np.full(3, 1 / 3))
    assert np.array_equal(dot.contributions[0].local, [2.0, 2.0, 2.0])
    assert product.contributions[0].local is None and joined.contributions[0].local is None


def test_a_branch_that_was_not_taken_hands_on_zeros_whatever_its_slope_is():
    x = Value(0.0)
    y = tg.where(False, tg.sqrt(x), 1.0)
    where, root = backward_steps(y)
    assert where.contributions[0].amount == 0.0 == root.gradient == root.contributions[0].total
    assert root.contributions[0].local == np.inf


def test_entries_of_a_branch_that_was_not_taken_receive_zeros_not_nan():
    x = Value([0.0, 4.0])
    y = tg.where(x.data > 1.0, tg.sqrt(x), 0.0).sum()
    *_, root = backward_steps(y)
    assert np.array_equal(root.contributions[0].total, [0.0, 0.25])


def test_a_result_that_nothing_arrives_at_hands_on_nothing_even_if_its_rule_would_make_nan_of_it(monkeypatch):
    monkeypatch.setattr("tinygrad_edu.ops.op.TABLE", {})

    @tg.op(x=lambda g, y, x: g * np.full_like(x, np.inf))
    def steep(x):
        """The sum, with an infinite slope."""
        return x.sum()

    x = Value([1.0, 2.0])
    y = tg.where(False, steep(x), 1.0)
    assert np.array_equal(gradients(y)[x], [0.0, 0.0])


def test_a_hundred_thousand_steps_need_no_recursion_and_can_be_stopped_at_any_time():
    x = Value(0.5)
    y = x
    for _ in range(50_000):
        y = y * 1.0 + x
    first = next(backward_steps(y))
    assert [w.value for w in first.waiting] == [x] and len(first.waiting[0].still_to_come) == 50_000
    for step in backward_steps(y):
        total = step.contributions[-1].total
    assert step.number == 100_000 and total == 50_001.0
    assert gradients(y)[x] == 50_001.0


def test_sixteen_squarings_are_sixteen_steps():
    x = Value(1.0)
    y = x
    for _ in range(16):
        y = y * y
    assert len(list(backward_steps(y))) == 16
    assert gradients(y)[x] == 2.0**16


def test_steps_leave_gradients_alone_and_another_pass_may_run_in_between():
    x = Value(3.0)
    y = (x * x).exp()
    y.backward()
    before = x.grad
    steps = backward_steps(y)
    next(steps)
    y.backward()
    assert next(steps).contributions[-1].total == before
    assert x.grad == 2 * before


def test_float32_stays_float32():
    x = Value(np.ones(3, np.float32))
    [step] = backward_steps(tg.exp(x), np.ones(3, np.float32))
    assert step.contributions[0].amount.dtype == step.contributions[0].local.dtype == np.float32


def test_a_leaf_has_no_steps():
    assert list(backward_steps(Value(2.0))) == []


def changed_before():
    x = Value(3.0, "x")
    y = x * x
    x.data = 5.0
    list(backward_steps(y))


def changed_after():
    x = Value(3.0, "x")
    [step] = backward_steps(x * x)
    x.data = 5.0
    step.contributions[0].local


CHANGED = (
    ChangedDataError,
    "The data of 'x' was changed after multiply had used it.\n"
    "  The gradient would mix old results with new data, and be wrong.\n"
    "  Compute the result again after the change, or change the data after backward().",
)


@pytest.mark.parametrize(
    ("mistake", "kind", "message"),
    [
        (changed_before, *CHANGED),
        (changed_after, *CHANGED),
        (
            lambda: backward_steps(2.0),
            DataError,
            "backward_steps needs a Value to start from, not float.\n"
            "  Only a Value remembers how it was computed, and the steps walk back along that memory.\n"
            "  Write x = tg.Value(...), compute y from x, then tg.backward_steps(y).",
        ),
        (
            lambda: backward_steps(Value([1.0, 2.0])),
            ShapeError,
            "backward() from an array of shape (2,) needs to know what to start from.\n"
            "  A gradient is the slope of one number; an array holds several, and each has its own slopes.\n"
            "  Write y.sum().backward(), or y.backward(gradient) with an array of that shape.",
        ),
    ],
    ids=["changed before", "changed after", "a number", "an array"],
)
def test_what_cannot_be_stepped_through_says_why(mistake, kind, message):
    with pytest.raises(kind) as caught:
        mistake()
    assert str(caught.value) == message
