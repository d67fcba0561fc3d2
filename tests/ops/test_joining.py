"""Joining, cutting, repeating and padding: one record over any number of inputs, and exact gradients."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.errors import AxisError, DataError, ShapeError, UnsupportedError
from tinygrad_edu.ops.op import TABLE

MATRIX = np.arange(6.0).reshape(2, 3)


def gradient(f, *xs, start=None):
    """The gradients of f for a given gradient at its result: 1, 2, 3, ... in the order of the entries."""
    y, pull = tg.vjp(f, *xs)
    return pull(np.arange(1.0, np.size(y) + 1).reshape(np.shape(y)) if start is None else start)


# ── joining ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_gradient_of_joined_arrays_is_cut_where_they_were_joined():
    a, b = gradient(lambda a, b: tg.concatenate([a, b], 1), np.zeros((2, 1)), np.zeros((2, 2)))
    assert a.tolist() == [[1.0], [4.0]]
    assert b.tolist() == [[2.0, 3.0], [5.0, 6.0]]


def test_an_array_joined_twice_receives_the_sum_of_both_parts():
    assert gradient(lambda a: tg.concatenate([a, a]), np.zeros(2))[0].tolist() == [1 + 3, 2 + 4]


def test_337_numbers_become_one_array_in_a_single_record():
    numbers = [tg.Value(float(i)) if i % 3 else float(i) for i in range(337)]
    y = tg.stack(numbers)
    assert y.op.base is TABLE["stacked"]
    assert len(y.inputs) == 337
    assert np.array_equal(y.data, np.arange(337.0))
    y.backward(np.arange(337.0) * 2)
    assert [x.grad for x in numbers if isinstance(x, tg.Value)] == [2.0 * i for i in range(337) if i % 3]
    assert all(type(x.grad) is float for x in numbers if isinstance(x, tg.Value))


def test_nested_lists_of_numbers_and_values_become_one_matrix_in_one_record_and_a_reshape():
    w = [[tg.Value(1.0), tg.Value(2.0), 3.0], [tg.Value(4.0), 5, tg.Value(6.0)]]
    y = tg.array(w)
    assert y.data.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert y.op.name == "reshape"
    assert y.inputs[0].op.base is TABLE["stacked"]
    (y * np.array([[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]])).sum().backward()
    assert [x.grad for row in w for x in row if isinstance(x, tg.Value)] == [10.0, 20.0, 40.0, 60.0]


@pytest.mark.parametrize(
    ("nested", "expected"),
    [
        (3, 3.0),
        ([], np.zeros(0)),
        ([[], []], np.zeros((2, 0))),
        ([[[1, 2]], [[3, 4]]], np.array([[[1.0, 2.0]], [[3.0, 4.0]]])),
        ([np.ones(2), np.zeros(2)], np.array([[1.0, 1.0], [0.0, 0.0]])),
        (((1, 2), [3, 4]), np.array([[1.0, 2.0], [3.0, 4.0]])),
    ],
)
def test_array_takes_what_np_array_takes(nested, expected):
    assert np.array_equal(tg.array(nested), expected)
    assert np.shape(tg.array(nested)) == np.shape(expected)


def test_array_of_a_value_is_that_value():
    v = tg.Value([1.0, 2.0])
    assert tg.array(v) is v


def test_the_second_derivative_passes_through_stacked_numbers():
    def f(a, b):
        return tg.sum(tg.stack([a, b, a * b]) ** 3)  # a³ + b³ + a³ b³

    assert tg.grad(tg.grad(f))(2.0, 3.0) == pytest.approx(6 * 2 + 6 * 2 * 27, rel=1e-14)


def test_the_parts_of_split_put_together_are_the_array():
    x = np.arange(24.0).reshape(2, 12)
    for places in (1, 3, 12, [2, 5], [0, 5, 5, 12], [3, 99]):
        parts = tg.split(x, places, 1)
        assert [p.tolist() for p in parts] == [p.tolist() for p in np.split(x, places, 1)]
        assert np.array_equal(tg.concatenate(parts, 1), x)


def test_a_part_of_split_that_is_not_used_receives_no_gradient():
    def f(x):
        first, _, third = tg.split(x, 3)
        return tg.sum(first * 2.0) + tg.sum(third * 3.0)

    assert tg.grad(f)(np.zeros(6)).tolist() == [2.0, 2.0, 0.0, 0.0, 3.0, 3.0]


# ── repeating ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_repeated_entry_receives_the_sum_over_its_run():
    assert gradient(lambda x: tg.repeat(x, [2, 0, 3]), np.zeros(3))[0].tolist() == [1 + 2, 0, 3 + 4 + 5]
    assert gradient(lambda x: tg.repeat(x, 2, 1), np.zeros((2, 2)))[0].tolist() == [[3, 7], [11, 15]]


def test_a_tiled_entry_receives_the_sum_over_its_copies():
    assert gradient(lambda x: tg.tile(x, 3), np.zeros(2))[0].tolist() == [1 + 3 + 5, 2 + 4 + 6]
    assert gradient(lambda x: tg.tile(x, (2, 1)), np.zeros(2))[0].tolist() == [1 + 3, 2 + 4]


# ── padding ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("constant", [3, 4, 5]),
        ("edge", [1 + 2 + 3, 4, 5 + 6 + 7]),
        ("reflect", [3 + 7, 2 + 4 + 6, 1 + 5]),
        ("symmetric", [3 + 2, 4 + 1 + 7, 5 + 6]),
        ("wrap", [3 + 6, 4 + 1 + 7, 5 + 2]),
    ],
)
def test_a_border_carries_its_gradient_to_the_entries_it_is_a_copy_of(mode, expected):
    assert gradient(lambda x: tg.pad(x, 2, mode=mode), np.zeros(3))[0].tolist() == expected


@given(
    st.sampled_from(["constant", "edge", "reflect", "symmetric", "wrap"]),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=3),
)
def test_any_padding_is_numpys_and_carries_every_gradient_to_its_copy(mode, axes):
    shape, widths = tuple(n for n, _, _ in axes), tuple((a, b) for _, a, b in axes)
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    padded = np.pad(x + 1, widths, mode=mode)  # 0 where the border is constant: every other number says its origin
    g = np.random.default_rng(0).normal(size=padded.shape)
    y, pull = tg.vjp(lambda x: tg.pad(x, widths, mode=mode), x + 1)
    assert np.array_equal(y, padded)
    expected = np.array([g[padded == number].sum() for number in range(1, x.size + 1)]).reshape(shape)
    np.testing.assert_allclose(pull(g)[0], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("widths", "pairs"),
    [
        (2, ((2, 2), (2, 2))),
        ((1, 2), ((1, 2), (1, 2))),
        (((1, 2),), ((1, 2), (1, 2))),
        (((1,), (0,)), ((1, 1), (0, 0))),
        ({0: 1}, ((1, 1), (0, 0))),
        ({-1: (2, 3)}, ((0, 0), (2, 3))),
        ({0: (0, 1), 1: 2}, ((0, 1), (2, 2))),
    ],
)
def test_every_way_to_give_the_width_is_numpys(widths, pairs):
    assert np.array_equal(tg.pad(MATRIX, widths), np.pad(MATRIX, pairs))
    assert tg.grad(lambda x: tg.sum(tg.pad(x, widths)))(MATRIX).tolist() == np.ones((2, 3)).tolist()


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
MESSAGES = [
    (
        lambda: tg.concatenate([MATRIX, np.ones((3, 2))]),
        ShapeError,
        "concatenate along axis 0: input 1 of shape (3, 2) does not fit input 0 of shape (2, 3).\n"
        "  All sizes must be equal, except along axis 0 where the arrays follow one another.\n"
        "  Write stack(arrays) to join along a new axis, or reshape one of them.",
    ),
    (
        lambda: tg.concatenate([np.ones(2), 3.0]),
        ShapeError,
        "concatenate: input 1 is a single number.\n"
        "  Numbers have no axis along which they could follow one another.\n"
        "  Write stack(numbers) to make a new axis for them.",
    ),
    (
        lambda: tg.concatenate([MATRIX], 2),
        AxisError,
        "concatenate: there is no axis 2 for x of shape (2, 3).\n"
        "  x has 2 axes, numbered 0, 1; negative numbers count from the end.\n"
        "  Write axis 1 or -1 for the last one.",
    ),
    (
        lambda: tg.stack([np.ones(2), tg.Value(3.0)]),
        ShapeError,
        "stack: input 1 has the shape (), but input 0 has (2,).\n"
        "  Only arrays of one shape can lie side by side along a new axis.\n"
        "  Write concatenate(arrays, axis) to join arrays of different lengths.",
    ),
    (
        lambda: tg.stack([1.0, np.ones(2)]),
        ShapeError,
        "stack: input 1 has the shape (2,), but input 0 has ().\n"
        "  Only arrays of one shape can lie side by side along a new axis.\n"
        "  Write concatenate(arrays, axis) to join arrays of different lengths.",
    ),
    (
        lambda: tg.stack([1.0, 2.0], 1),
        AxisError,
        "stack: there is no axis 1 for x of shape ().\n"
        "  The result has 1 axis, numbered 0; negative numbers count from the end.\n"
        "  Write axis 0 or -1 for the last one.",
    ),
    (
        lambda: tg.vstack([]),
        ShapeError,
        "vstack: there is nothing to join.\n"
        "  The result takes its shape from the arrays, and the list is empty.\n"
        "  Write vstack([x]) with at least one array.",
    ),
    (
        lambda: tg.hstack(3.0),
        DataError,
        "hstack: 3.0 is a single number.\n"
        "  It joins several arrays, so it takes them in one list.\n"
        "  Write hstack([x, y]).",
    ),
    (
        lambda: tg.stack(tg.Value(3.0)),
        DataError,
        "stack: Value(3.0) is a single number.\n"
        "  It joins several arrays, so it takes them in one list.\n"
        "  Write stack([x, y]).",
    ),
    (
        lambda: tg.array([[1, 2], [3]]),
        ShapeError,
        "array: a list of length 1 stands beside a list of length 2.\n"
        "  The lists of one level become one axis, so all of them need the same length.\n"
        "  Give every row the same number of entries.",
    ),
    (
        lambda: tg.array([[1, 2], 3]),
        ShapeError,
        "array: 3 stands beside a list of length 2.\n"
        "  The lists of one level become one axis, so all of them need the same length.\n"
        "  Give every row the same number of entries.",
    ),
    (
        lambda: tg.split(np.ones(6), 4),
        ShapeError,
        "split: axis 0 of length 6 cannot be cut into 4 equal parts.\n"
        "  The length must be a multiple of the number of parts; here: 1, 2, 3, 6.\n"
        "  Write split(x, [3]) to name the places to cut at instead.",
    ),
    (
        lambda: tg.repeat(np.ones(3), [1, 2]),
        ShapeError,
        "repeat: repeats=[1, 2] does not fit an axis of length 3.\n"
        "  Each entry along the axis needs to know how often it is repeated: 0 times or more.\n"
        "  Write one int for all of them, or a list of 3, one per entry.",
    ),
    (
        lambda: tg.repeat(np.ones(3), 1.5),
        ShapeError,
        "repeat: repeats=1.5 does not fit an axis of length 3.\n"
        "  Each entry along the axis needs to know how often it is repeated: 0 times or more.\n"
        "  Write one int for all of them, or a list of 3, one per entry.",
    ),
    (
        lambda: tg.tile(np.ones(3), (2, -1)),
        ShapeError,
        "tile: reps=(2, -1) are no numbers of copies.\n"
        "  There can be 0, 1, 2, ... copies along an axis.\n"
        "  Write an int, or a tuple with one int per axis.",
    ),
    (
        lambda: tg.pad(MATRIX, ((1, 2), (3, -4))),
        ShapeError,
        "pad: the widths ((1, 2), (3, -4)) do not fit the shape (2, 3).\n"
        "  Each axis has a whole number of new places before it and after it, 0 or more.\n"
        "  Write one number, one pair (before, after), or 2 pairs, one per axis.",
    ),
    (
        lambda: tg.pad(MATRIX, 1, mode="mean"),
        UnsupportedError,
        "pad: mode='mean' is not supported.\n"
        "  The modes are: constant, edge, reflect, symmetric, wrap; the gradient of a border must lead to single "
        'entries.\n  Write mode="edge", or compute the border and join it with concatenate.',
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), MESSAGES)
def test_what_cannot_be_joined_or_repeated_is_told_in_three_parts(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
