"""Indexing: NumPy's result for any index, and every gradient back in the place its entry came from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, basic_indices, broadcastable_shapes, integer_array_indices

import tinygrad_edu as tg
from tinygrad_edu.errors import AxisError, ShapeError, UnknownNameError
from tinygrad_edu.ops.indexing import PlaceError, _repeats, getitem, scatter
from tinygrad_edu.ops.sorting import sort_like, unsort_like

MATRIX = np.arange(6.0).reshape(2, 3)


@st.composite
def mixtures(draw, shape):
    """Ints, slices, masks, None, `...` and arrays of ints (all of one shape, or stretched to it), side by side."""
    paired = draw(array_shapes(max_dims=2, max_side=3))
    index, axis, dots = [], 0, False
    while axis < len(shape):
        kind = draw(st.sampled_from(["int", "slice", "array", "list", "mask", "None", "...", "stop"]))
        n = shape[axis]
        if kind == "stop":
            break
        if kind in ("None", "..."):
            if kind == "None" or not dots:
                index.append(None if kind == "None" else ...)
            if kind == "...":
                dots, axis = True, axis + draw(st.integers(0, len(shape) - axis))
            elif len(index) > 8:
                break
            continue
        if kind == "slice" or n == 0:
            index.append(draw(st.slices(n)))
        elif kind == "int":
            index.append(draw(st.integers(-n, n - 1)))
        elif kind == "mask":
            mask = np.zeros(n, bool)
            mask[draw(st.integers(0, n - 1))] = True  # one entry, which pairs with any shape
            index.append(mask)
        else:
            part = draw(arrays(np.int64, draw(broadcastable_shapes(paired, max_dims=len(paired))),
                               elements=st.integers(-n, n - 1)))  # fmt: skip
            index.append(part.tolist() if kind == "list" and part.ndim == 1 and part.size else part)
        axis += 1
    return tuple(index)


@st.composite
def shapes_and_indices(draw):
    """A shape and any index that NumPy accepts for it."""
    shape = draw(array_shapes(min_dims=1, max_dims=4, min_side=0 if draw(st.booleans()) else 1, max_side=4))
    kinds = [basic_indices(shape, allow_newaxis=True), mixtures(shape), arrays(bool, shape), arrays(bool, shape[:1])]
    if 0 not in shape:
        kinds.append(integer_array_indices(shape, result_shape=array_shapes(max_dims=2, max_side=3)))
    return shape, draw(st.one_of(kinds))


def accepted(x, index):
    """x[index], or None if NumPy does not accept it."""
    try:
        return x[index]
    except IndexError:
        return None


@given(shapes_and_indices())
@settings(max_examples=400)
def test_any_index_picks_what_numpy_picks_and_each_gradient_returns_to_its_place(given_index):
    shape, index = given_index
    x = np.random.default_rng(0).normal(size=shape)
    expected = accepted(x, index)
    if expected is None:
        with pytest.raises(PlaceError):
            tg.Value(x)[index]
        return
    y, pull = tg.vjp(lambda x: x[index], x)
    assert np.array_equal(y, expected)
    assert np.shape(y) == np.shape(expected)
    g = np.random.default_rng(1).normal(size=np.shape(expected))
    truth = np.zeros(x.size)
    for place, one in zip(np.ravel(np.arange(x.size).reshape(shape)[index]), np.ravel(g), strict=True):
        truth[place] += one
    np.testing.assert_allclose(pull(g)[0], truth.reshape(shape), rtol=0, atol=1e-13)


@given(shapes_and_indices())
@settings(max_examples=100)
def test_any_index_has_the_first_and_second_derivative_of_finite_differences(given_index):
    shape, index = given_index
    rng = np.random.default_rng(2)
    x, d, e = rng.normal(size=(3, *shape))
    if accepted(x, index) is None:
        return

    def f(x):
        return tg.sum(tg.Value(x)[index] ** 3) if isinstance(x, np.ndarray) else tg.sum(x[index] ** 3)

    def slope(f, h=1e-3):  # exact for the cubes up to rounding
        return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)

    gradient = tg.grad(f)
    assert np.sum(gradient(x) * d) == pytest.approx(slope(lambda t: f(x + t * d).data), rel=1e-9, abs=1e-9)
    second = tg.grad(lambda x: tg.sum(gradient(x) * d))(x)
    expected = slope(lambda t: np.sum(gradient(x + t * e) * d))
    assert np.sum(second * e) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(shapes_and_indices())
@settings(max_examples=100)
def test_scatter_and_getitem_are_each_others_derivative(given_index):
    shape, index = given_index
    x = np.random.default_rng(3).normal(size=shape)
    y = accepted(x, index)
    if y is None:
        return
    g = np.random.default_rng(4).normal(size=np.shape(y))
    g = g if g.shape else float(g)
    inner = np.sum(scatter(g, shape=shape, index=index) * x)  # <scatter g, x> = <g, x[index]>
    assert inner == pytest.approx(np.sum(g * y), rel=1e-12, abs=1e-12)


# ── exact numbers ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ([1, 1, 1], [[0, 0], [6, 6], [0, 0]]),
        (([0, 0, 2], [1, 1, 0]), [[0, 3], [0, 0], [3, 0]]),
        (([0, -3], slice(None)), [[3, 3], [0, 0], [0, 0]]),
        (np.array([[2, 2], [2, 0]]), [[2, 2], [0, 0], [4, 4]]),
    ],
)
def test_an_entry_picked_twice_receives_the_sum_of_both_gradients(index, expected):
    def f(x):
        y = x[index]
        weights = np.arange(1.0, y.shape[0] + 1)
        return tg.sum(y * weights.reshape(-1, *[1] * (y.ndim - 1)))

    assert tg.grad(f)(np.zeros((3, 2))).tolist() == expected


def test_what_was_not_picked_receives_zero():
    x = tg.Value(MATRIX)
    x[1, ::2].sum().backward()
    assert x.grad.tolist() == [[0, 0, 0], [1, 0, 1]]


def test_rows_of_a_large_table_are_added_where_they_came_from():
    table, rows = np.zeros((1000, 3)), np.array([7, 999, -1, 7, 7])
    g = np.arange(15.0).reshape(5, 3)
    y = scatter(g, shape=table.shape, index=rows)
    np.add.at(table, rows, g)
    assert np.array_equal(y, table)


def test_columns_of_a_large_table_are_added_where_they_came_from():
    table, index = np.zeros((30, 2, 40)), ([7, -1, 7], slice(None), [0, 5, 0])
    g = np.arange(6.0).reshape(3, 2)
    y = scatter(g, shape=table.shape, index=index)
    np.add.at(table, index, g)
    assert np.array_equal(y, table)


def test_a_loop_over_a_value_gives_its_rows():
    x = tg.Value(MATRIX)
    total = 0.0
    for i, row in enumerate(x):
        total = total + (row * (i + 1)).sum()
    total.backward()
    assert x.grad.tolist() == [[1, 1, 1], [2, 2, 2]]


def test_true_and_one_are_different_indices():
    x = tg.Value(MATRIX)
    assert x[1].shape == (3,)
    assert x[True].shape == (1, 2, 3)
    assert x[1, 0].shape == ()
    assert x[True, 0].shape == (1, 3)
    assert x[1, 0].data == 3.0


def test_an_index_array_changed_after_its_use_changes_no_gradient():
    x, rows = tg.Value(np.zeros(3)), np.array([0, 0])
    y = x[rows].sum()
    rows[:] = 2
    y.backward()
    assert x.grad.tolist() == [2.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("index", "answer"),
    [
        (1, False),
        ((1, slice(None), ..., None), False),
        (np.array([True, False]), False),
        ([True, False], False),
        ((slice(None), np.array([True, False, True])), False),
        (True, False),
        (np.array([1]), False),
        ([], False),
        ([0, 1], True),
        ((slice(None), np.array([0, 1])), True),
        (np.array([[0], [1]]), True),
    ],
)
def test_only_arrays_of_ints_need_the_slow_way_that_adds_up_repetitions(index, answer):
    assert _repeats(index) is answer


def test_float32_entries_and_their_gradient_stay_float32():
    x = tg.Value(MATRIX.astype(np.float32))
    y = x[[0, 0], 1:]
    y.sum().backward()
    assert y.dtype == x.grad.dtype == np.float32


# ── take, sort ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("mode", "indices"), [("wrap", [-7, -1, 5, 9]), ("clip", [-7, -1, 5, 9])])
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_take_beyond_the_ends_is_numpys(mode, indices, axis):
    assert np.array_equal(tg.take(MATRIX, indices, axis, mode), np.take(MATRIX, indices, axis, mode=mode))


def test_the_numbers_that_argmax_finds_are_the_maxima():
    best = np.argmax(MATRIX, 1)[:, None]
    gradient = tg.grad(lambda x: tg.sum(tg.take_along_axis(x, best, 1)))(MATRIX)
    assert gradient.tolist() == [[0, 0, 1], [0, 0, 1]]


def test_a_gradient_follows_its_number_through_sorting():
    assert tg.vjp(tg.sort, np.array([3.0, 1.0, 2.0]))[1](np.array([10.0, 20.0, 30.0]))[0].tolist() == [30, 10, 20]


def test_equal_numbers_keep_their_order_in_the_gradient_of_sort():
    assert tg.vjp(tg.sort, np.array([1.0, 0.0, 1.0]))[1](np.array([1.0, 2.0, 3.0]))[0].tolist() == [2, 1, 3]


@pytest.mark.parametrize("axis", [0, 1, -1, None])
def test_unsorting_undoes_sorting(axis):
    x = np.random.default_rng(0).normal(size=(4, 3))
    assert np.array_equal(unsort_like(np.sort(x, axis), x, axis=axis), x)
    assert np.array_equal(sort_like(x, x, axis=axis), np.sort(x, axis))


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
NO_INDEX = (
    "\n  An index is a whole number, a slice, `...`, None, a mask, or an array of whole numbers."
    "\n  Write x[int(i)] where i is a float, or x[i.astype(int)] where it is an array of floats."
)
MESSAGES = [
    (
        lambda: tg.Value(MATRIX)[5],
        PlaceError,
        "x[5] of an array of shape (2, 3): index 5 is out of bounds for axis 0 with size 2.\n"
        "  An axis of length n has the places 0 to n - 1, which are also -n to -1, counted from the end.\n"
        "  Write x[-1] for the last entry, or x.shape to see the lengths.",
    ),
    (
        lambda: tg.Value(MATRIX)[0, 1:, 0],
        PlaceError,
        "x[0, 1:, 0] of an array of shape (2, 3): too many indices for array: array is 2-dimensional, "
        "but 3 were indexed.\n"
        "  Each axis can be indexed once, and there are not so many.\n"
        "  Leave indices away, or write x[None] to give x a new axis.",
    ),
    (
        lambda: tg.Value(2.0)[0],
        PlaceError,
        "x[0] of an array of shape (): invalid index to scalar variable.\n"
        "  Each axis can be indexed once, and there are not so many.\n"
        "  Leave indices away, or write x[None] to give x a new axis.",
    ),
    (
        lambda: tg.Value(MATRIX)[np.array([True, False, True])],
        PlaceError,
        "x[<array of shape (3,)>] of an array of shape (2, 3): boolean index did not match indexed array along axis 0; "
        "size of axis is 2 but size of corresponding boolean axis is 3.\n"
        "  A mask says for each place of the array whether it is wanted, so it has the array's lengths.\n"
        "  Write a mask of the same shape, for example x[x > 0].",
    ),
    (
        lambda: tg.Value(MATRIX)[[0, 1], [0, 1, 2]],
        PlaceError,
        "x[[0, 1], [0, 1, 2]] of an array of shape (2, 3): shape mismatch: indexing arrays could not be broadcast "
        "together with shapes (2,) (3,) .\n"
        "  Arrays of indices are paired entry by entry, so their shapes must fit together.\n"
        "  Write x[np.ix_(rows, columns)] for every combination of them.",
    ),
    (
        lambda: tg.Value(MATRIX)[..., ...],
        PlaceError,
        "x[..., ...] of an array of shape (2, 3): an index can only have a single ellipsis ('...').\n"
        "  `...` stands for all axes that are not named; with two of them it would not be clear which.\n"
        "  Write `:` for each axis of one of them.",
    ),
    (
        lambda: tg.Value(MATRIX)[::0],
        PlaceError,
        "x[::0] of an array of shape (2, 3): slice step cannot be zero.\n"
        "  A slice goes on by its step: by 1, 2, ... places, or backwards by -1, -2, ...\n"
        "  Write x[::-1] for the reverse order.",
    ),
    *(
        (
            lambda i=i: tg.Value(MATRIX)[i],
            PlaceError,
            f"x[{shown}] of an array of shape (2, 3): only integers, slices (`:`), ellipsis (`...`), numpy.newaxis "
            f"(`None`) and integer or boolean arrays are valid indices.{NO_INDEX}",
        )
        for i, shown in [(1.0, "1.0"), ("a", "'a'"), (tg.Value(1.0), "1.0"), ((0, 1.0), "0, 1.0")]
    ),
    (
        lambda: tg.Value(MATRIX)[tg.Value([0.0, 1.0])],
        PlaceError,
        "x[<array of shape (2,)>] of an array of shape (2, 3): arrays used as indices must be of integer (or boolean) "
        f"type.{NO_INDEX}",
    ),
    (
        lambda: tg.take(MATRIX, 0, 2),
        AxisError,
        "take: there is no axis 2 for x of shape (2, 3).\n"
        "  x has 2 axes, numbered 0, 1; negative numbers count from the end.\n"
        "  Write axis 1 or -1 for the last one.",
    ),
    (
        lambda: tg.take(MATRIX, 0, 0, "clamp"),
        UnknownNameError,
        "There is no mode of take named 'clamp'.\n  The names are: clip, raise, wrap.\n  Did you mean 'clip'?",
    ),
    (
        lambda: tg.take_along_axis(MATRIX, [0, 1], 0),
        ShapeError,
        "take_along_axis: the indices of shape (2,) do not fit x of shape (2, 3).\n"
        "  Every row of x has its own row of indices, so both need equally many axes.\n"
        "  Write take(x, indices, axis) to use the same indices for every row.",
    ),
    (
        lambda: tg.sort(MATRIX, 2),
        AxisError,
        "sort: there is no axis 2 for x of shape (2, 3).\n"
        "  x has 2 axes, numbered 0, 1; negative numbers count from the end.\n"
        "  Write axis 1 or -1 for the last one.",
    ),
    (
        lambda: tg.diag(np.zeros((1, 1, 1))),
        ShapeError,
        "diag: x has the shape (1, 1, 1).\n"
        "  One axis becomes the diagonal of a matrix, a matrix gives its diagonal; other arrays have neither.\n"
        "  Write diagonal(x, axis1=-2, axis2=-1) for the diagonal of each matrix in a batch.",
    ),
    (
        lambda: tg.diagonal(np.zeros(3)),
        AxisError,
        "diagonal: x of shape (3,) has no two axes.\n"
        "  A diagonal runs through the rows and columns of a matrix.\n"
        "  Write diag(x) for the matrix with x on its diagonal.",
    ),
    (
        lambda: tg.tril(2.0),
        ShapeError,
        "tril: x is a single number.\n  A triangle is a part of a matrix.\n  Write [[x]] for a matrix with one entry.",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), MESSAGES)
def test_an_index_or_axis_that_is_not_there_is_told_in_three_parts(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text


def test_a_place_that_is_not_there_is_an_index_error_as_everywhere_in_python():
    with pytest.raises(IndexError):
        tg.Value(MATRIX)[2]
    with pytest.raises(IndexError):
        getitem(MATRIX, index=2)
