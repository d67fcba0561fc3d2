"""Shapes: views, not copies; and what the shape functions say when they refuse."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.errors import AxisError, ShapeError, UnsupportedError
from tinygrad_edu.ops.arguments import whole

MATRIX, CUBE = np.arange(6.0).reshape(2, 3), np.arange(24.0).reshape(2, 3, 4)


@pytest.mark.parametrize(
    "rearrange",
    [
        tg.transpose,
        lambda x: tg.transpose(x, (1, 0)),
        tg.swapaxes,
        lambda x: tg.moveaxis(x, 0, 1),
        lambda x: tg.reshape(x, (3, 2)),
        tg.ravel,
        tg.expand_dims,
        tg.squeeze,
        tg.flip,
        lambda x: tg.split(x, 3, 1)[1],
        tg.diagonal,
        lambda x: tg.broadcast_to(x, (5, 2, 3)),
    ],
)
def test_an_array_is_rearranged_without_copying_it(rearrange):
    assert np.shares_memory(rearrange(MATRIX), MATRIX)


def test_a_gradient_is_arranged_back():
    pull = tg.vjp(lambda x: tg.transpose(x, (2, 0, 1)), CUBE)[1]
    g = np.arange(24.0).reshape(4, 2, 3)
    assert np.array_equal(pull(g)[0], g.transpose(1, 2, 0))


def test_rolling_back_undoes_rolling():
    assert np.array_equal(tg.roll(tg.roll(CUBE, (5, -2), (2, 0)), (-5, 2), (2, 0)), CUBE)


def test_a_transposed_number_is_the_number():
    assert tg.transpose(2.0) == 2.0
    assert tg.Value(2.0).T.data == 2.0


@pytest.mark.parametrize(
    ("numbers", "least", "answer"),
    [(3, None, True), (1.5, None, False), ([1, 2], 1, True), ([1, 0], 1, False), ((), 0, True), ("a", None, False)],
)
def test_whole_numbers_are_told_from_others(numbers, least, answer):
    assert whole(numbers, least) is answer


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
MESSAGES = [
    (
        lambda: tg.reshape(MATRIX, (4, 2)),
        ShapeError,
        "reshape: the 6 numbers of shape (2, 3) do not fill the shape (4, 2).\n"
        "  Reshaping keeps every number, so the sizes of the new shape must multiply to 6.\n"
        "  Write reshape(x, (-1, 2)).",
    ),
    (
        lambda: tg.reshape(MATRIX, (-1, -1)),
        ShapeError,
        "reshape: the 6 numbers of shape (2, 3) do not fill the shape (-1, -1).\n"
        "  Reshaping keeps every number, so the sizes of the new shape must multiply to 6.\n"
        "  Write reshape(x, (-1,)).",
    ),
    (
        lambda: tg.reshape(MATRIX, 2.5),
        ShapeError,
        "reshape: the 6 numbers of shape (2, 3) do not fill the shape (2.5,).\n"
        "  Reshaping keeps every number, so the sizes of the new shape must multiply to 6.\n"
        "  Write reshape(x, (-1,)).",
    ),
    (
        lambda: tg.ravel(MATRIX, order="K"),
        UnsupportedError,
        "reshape: order='K' is not supported.\n"
        "  Any other order depends on how the array lies in memory, which is no property of its numbers.\n"
        '  Write order="C" to read row by row, or order="F" to read column by column.',
    ),
    (
        lambda: tg.transpose(CUBE, (0, 1)),
        AxisError,
        "transpose: axes=(0, 1) does not arrange the axes of an array of shape (2, 3, 4).\n"
        "  It must name each of the axes 0 to 2 once.\n"
        "  Write transpose(x, (2, 1, 0)), which is also x.T.",
    ),
    (
        lambda: tg.transpose(1.0, (0,)),
        AxisError,
        "transpose: axes=(0,) does not arrange the axes of an array of shape ().\n"
        "  A single number has no axes.\n"
        "  Write transpose(x, ()), which is also x.T.",
    ),
    (
        lambda: tg.swapaxes(MATRIX, 0, 5),
        AxisError,
        "swapaxes: there is no axis 5 for x of shape (2, 3).\n"
        "  x has 2 axes, numbered 0, 1; negative numbers count from the end.\n"
        "  Write axis 1 or -1 for the last one.",
    ),
    (
        lambda: tg.flip(2.0, 0),
        AxisError,
        "flip: there is no axis 0 for x of shape ().\n"
        "  x is a single number and has no axes.\n"
        "  Write x[None] to give it one.",
    ),
    (
        lambda: tg.flip([1.0], 1),
        AxisError,
        "flip: there is no axis 1 for x of shape (1,).\n"
        "  x has 1 axis, numbered 0; negative numbers count from the end.\n"
        "  Write axis 0 or -1 for the last one.",
    ),
    (
        lambda: tg.flip(MATRIX, (1, -1)),
        AxisError,
        "flip: (1, -1) names an axis of the shape (2, 3) twice.\n"
        "  Each axis can be named once; a negative number counts from the end.\n"
        "  Write different axes, each a number from 0 to 1.",
    ),
    (
        lambda: tg.moveaxis(CUBE, (0, 1), 2),
        AxisError,
        "moveaxis: source=(0, 1) and destination=2 name 2 and 1 axes.\n"
        "  Each axis that is moved needs one new place.\n"
        "  Write as many destinations as sources, for example moveaxis(x, (0, 1), (1, 0)).",
    ),
    (
        lambda: tg.expand_dims(MATRIX, 3),
        AxisError,
        "expand_dims: there is no axis 3 for x of shape (2, 3).\n"
        "  The result has 3 axes, numbered 0, 1, 2; negative numbers count from the end.\n"
        "  Write axis 2 or -1 for the last one.",
    ),
    (
        lambda: tg.squeeze(MATRIX, 0),
        ShapeError,
        "squeeze: axis 0 of the shape (2, 3) has length 2, not 1.\n"
        "  Only an axis of length 1 can be left out without losing or adding up numbers.\n"
        "  Write sum(x, axis=0) or mean(x, axis=0) to combine its entries, or x[0] to pick one.",
    ),
    (
        lambda: tg.roll(MATRIX, (1, 2, 3), (0, 1)),
        ShapeError,
        "roll: shift=(1, 2, 3) does not fit axis=(0, 1).\n"
        "  Each axis is moved by its own whole number of places, or all by the same one.\n"
        "  Write one int, or 2: one per axis.",
    ),
    (
        lambda: tg.roll(MATRIX, 1.5),
        ShapeError,
        "roll: shift=1.5 does not fit axis=None.\n"
        "  Each axis is moved by its own whole number of places, or all by the same one.\n"
        "  Write one int, or 1: one per axis.",
    ),
]


@pytest.mark.parametrize(("call", "kind", "text"), MESSAGES)
def test_a_shape_or_axis_that_does_not_fit_is_told_in_three_parts(call, kind, text):
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == text
