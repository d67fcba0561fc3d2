"""The reverse sweep: every path counts once, in the right order, however often and however deep."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value

# program of a = 2 and b = -3, its value, d/da, d/db: worked out by hand
PROGRAMS = [
    ("sum", lambda a, b: a + b, -1.0, (1.0, 1.0)),
    ("difference", lambda a, b: a - b, 5.0, (1.0, -1.0)),
    ("product", lambda a, b: a * b, -6.0, (-3.0, 2.0)),
    ("quotient", lambda a, b: b / a, -1.5, (0.75, 0.5)),
    ("power", lambda a, b: a**b, 0.125, (-0.1875, 0.125 * np.log(2.0))),
    ("the same value on both sides", lambda a, b: a * a, 4.0, (4.0, None)),
    ("a value minus itself", lambda a, b: b - b, 0.0, (None, 0.0)),
    ("used in two places", lambda a, b: a * b + a, -4.0, (-2.0, 2.0)),
    ("a result used twice", lambda a, b: (a + b) * (a + b), 1.0, (-2.0, -2.0)),
    ("numbers on the left", lambda a, b: 1 - 2 * a + 6 / b, -5.0, (-2.0, -6 / 9)),
    ("numbers on the right", lambda a, b: (a - 1) * 2 + b / 3, 1.0, (2.0, 1 / 3)),
    ("a number to the power of a value", lambda a, b: 2**a, 4.0, (4.0 * np.log(2.0), None)),
    ("remainder", lambda a, b: b % a, 1.0, (2.0, 1.0)),
    ("steps", lambda a, b: b // a + a, 0.0, (1.0, 0.0)),
    ("nothing arrives", lambda a, b: tg.floor(b) + 0 * a, -3.0, (0.0, 0.0)),
    ("minus", lambda a, b: -a - -b, -5.0, (-1.0, 1.0)),
]
NAMES = [row[0] for row in PROGRAMS]


@pytest.mark.parametrize(("program", "result", "gradients"), [row[1:] for row in PROGRAMS], ids=NAMES)
def test_the_gradients_of_a_small_program_are_those_worked_out_by_hand(program, result, gradients):
    a, b = Value(2.0), Value(-3.0)
    y = program(a, b)
    assert y.data == result
    y.backward()
    for v, gradient in zip((a, b), gradients):
        assert v.grad == (gradient if gradient is None else pytest.approx(gradient, rel=1e-15))


@pytest.mark.parametrize(("program", "result", "gradients"), [row[1:] for row in PROGRAMS], ids=NAMES)
def test_arrays_give_in_every_entry_what_numbers_give(program, result, gradients):
    a, b = Value(np.full((2, 2), 2.0)), Value(np.full((2, 2), -3.0))
    y = program(a, b)
    assert np.array_equal(y.data, np.full((2, 2), result))
    y.backward(np.ones((2, 2)))
    for v, gradient in zip((a, b), gradients):
        if gradient is None:
            assert v.grad is None
        else:
            np.testing.assert_allclose(v.grad, np.full((2, 2), gradient), rtol=1e-15)


def test_a_value_used_twice_receives_the_sum_of_both_gradients():
    a = Value(3.0)
    (a * a + a).backward()
    assert a.grad == 7.0


def test_a_value_hands_on_only_when_all_of_its_gradient_has_arrived():
    a = Value(2.0)
    early = a * 1.0
    late = early * 1.0
    for _ in range(5):
        late = late + early  # a long and a short way to `early`
    (late * early).backward()
    assert a.grad == 6 * 2 * 2.0


def test_results_made_in_any_order_and_used_in_any_order_are_swept_newest_first():
    a, b = Value(2.0), Value(5.0)
    first, second, third = a * b, a + b, a - b
    y = third * first + second * third * first
    y.backward()  # (a - b)·a·b·(1 + a + b)
    assert y.data == -240.0
    assert (a.grad, b.grad) == (a_slope(2.0, 5.0), b_slope(2.0, 5.0))


def a_slope(a, b):
    return (2 * a * b - b * b) * (1 + a + b) + (a - b) * a * b


def b_slope(a, b):
    return (a * a - 2 * a * b) * (1 + a + b) + (a - b) * a * b


# ── accumulation ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_backward_twice_gives_exactly_twice_the_gradient_of_everything():
    a, b, d = Value(2.0), Value(-3.0), Value(10.0)
    c = a + b
    y = c * d
    y.backward()
    once = [v.grad for v in (a, b, c, d, y)]
    y.backward()
    assert once == [10.0, 10.0, 10.0, -1.0, 1.0]
    assert [v.grad for v in (a, b, c, d, y)] == [20.0, 20.0, 20.0, -2.0, 2.0]


def test_backward_of_an_array_twice_gives_exactly_twice_the_gradient(rng):
    x, w = Value(rng.normal(size=(5, 3))), Value(rng.normal(size=(3, 2)))
    y = tg.tanh(x @ w).sum()
    y.backward()
    once = x.grad.copy(), w.grad.copy()
    y.backward()
    assert np.array_equal(x.grad, 2 * once[0]) and np.array_equal(w.grad, 2 * once[1])


def test_two_results_add_their_gradients_in_what_they_share():
    a = Value(3.0)
    square, cube = a * a, a * a * a
    square.backward()
    cube.backward()
    assert a.grad == 6.0 + 27.0


def test_a_backward_from_the_middle_leaves_what_is_newer_alone():
    a = Value(3.0)
    square = a * a
    y = square * 2
    square.backward()
    assert (a.grad, square.grad, y.grad) == (6.0, 1.0, None)


def test_zero_grad_means_not_computed_again():
    a = Value(3.0)
    (a * a).backward()
    a.zero_grad()
    assert a.grad is None
    (a * a).backward()
    assert a.grad == 6.0


def test_what_no_path_leads_to_has_no_gradient_and_what_has_no_influence_has_zero():
    a, b, c = Value([1.5, 2.5]), Value(2.0), Value(1.0)
    tg.floor(a * b).sum().backward()
    assert np.array_equal(a.grad, [0.0, 0.0]) and a.grad.shape == (2,)
    assert b.grad == 0.0
    assert c.grad is None


def test_backward_from_a_leaf_gives_it_the_start():
    a, b = Value(3.0), Value([1.0, 2.0])
    a.backward()
    b.backward([5.0, 6.0])
    assert a.grad == 1.0 and np.array_equal(b.grad, [5.0, 6.0])


def test_the_start_of_an_array_is_weighted_entry_by_entry():
    x = Value([1.0, 2.0, 3.0])
    (x * x).backward(np.array([1.0, 10.0, 100.0]))
    assert np.array_equal(x.grad, [2.0, 40.0, 600.0])


def test_a_start_other_than_one_scales_the_gradient():
    a = Value(3.0)
    (a * a).backward(-2)
    assert a.grad == -12.0


# ── whose arrays are these? ──────────────────────────────────────────────────────────────────────────────────────────
PASSED_ON = [
    ("add", lambda a, b: a + b),
    ("subtract", lambda a, b: a - b),
    ("multiply by one", lambda a, b: a * 1.0 + b * 1.0),
    ("concatenate", lambda a, b: tg.concatenate([a, b])),
    ("stack", lambda a, b: tg.stack([a, b])),
    ("reshape", lambda a, b: a.reshape((2, 1)) + b.reshape((2, 1))),
    ("where", lambda a, b: tg.where(np.array([True, False]), a, b)),
    ("maximum", lambda a, b: tg.maximum(a, b)),
    ("broadcast", lambda a, b: tg.broadcast_to(a, (3, 2)) * b),
    ("sum", lambda a, b: a.sum() + b.sum()),
    ("slices", lambda a, b: a[0:2] + b[::-1]),
]


@pytest.mark.parametrize("program", [row[1] for row in PASSED_ON], ids=[row[0] for row in PASSED_ON])
def test_changing_a_gradient_in_place_changes_nobody_elses(program):
    a, b = Value([1.0, 2.0]), Value([3.0, 4.0])
    y = program(a, b)
    start = np.ones(y.shape) if y.shape else None
    y.backward(start)
    before = b.grad.copy(), np.array(y.grad)
    a.grad *= 100.0
    a.grad[0] = 7.0
    assert np.array_equal(b.grad, before[0]) and np.array_equal(y.grad, before[1])
    assert np.array_equal(a.data, [1.0, 2.0]) and np.array_equal(b.data, [3.0, 4.0])
    assert start is None or np.array_equal(start, np.ones(y.shape))


def test_the_start_of_a_backward_stays_the_users():
    leaf, x, start = Value([1.0, 2.0]), Value([1.0, 2.0]), np.array([1.0, 1.0])
    y = x * 3.0
    y.backward(start)
    leaf.backward(start)
    start *= 100.0
    assert np.array_equal(y.grad, [1.0, 1.0]) and np.array_equal(leaf.grad, [1.0, 1.0])
    leaf.grad *= 7.0
    assert np.array_equal(start, [100.0, 100.0])


def test_a_gradient_kept_by_the_user_is_not_changed_by_the_next_backward():
    a = Value([1.0, 2.0])
    (a * a).sum().backward()
    kept = a.grad
    (a * a).sum().backward()
    assert np.array_equal(kept, [2.0, 4.0]) and np.array_equal(a.grad, [4.0, 8.0])


def test_results_inside_the_graph_keep_their_gradient_and_it_is_read_only():
    a = Value([1.0, 2.0])
    inside = a * 3.0
    (inside * inside).sum().backward()
    assert np.array_equal(inside.grad, [6.0, 12.0])
    with pytest.raises(ValueError, match="read-only"):
        inside.grad[0] = 5.0


def test_the_gradient_can_be_set_scaled_and_dropped():
    a, b = Value([1.0, 2.0]), Value(3.0)
    a.grad, b.grad = [5, 6], 7
    a.grad *= 2
    assert np.array_equal(a.grad, [10.0, 12.0]) and b.grad == 7.0 and type(b.grad) is float
    a.grad = None
    assert a.grad is None


def test_a_gradient_that_is_set_belongs_to_the_value_alone():
    mine = np.array([5.0, 6.0])
    a = Value([1.0, 2.0])
    a.grad = mine
    mine[0] = 100.0
    assert np.array_equal(a.grad, [5.0, 6.0])
