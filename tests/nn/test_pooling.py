"""MaxPool, AvgPool, AdaptiveAvgPool: PyTorch's figures, ties, borders, checked gradients, and messages."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.nn.layer_figures import built, called, cases, check_figures, check_precision
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import ShapeError
from tinygrad_edu.nn.pooling import AdaptiveAvgPool2d, AvgPool1d, AvgPool2d, MaxPool1d, MaxPool2d

CASES = cases("MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d", "AdaptiveAvgPool2d")


@pytest.mark.parametrize("case", CASES, ids=called)
def test_outputs_and_gradients_are_pytorchs(case):
    check_figures(case)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_float32_stays_float32(case):
    check_precision(case)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_every_gradient_passes_the_check(case):
    layer, c = built(case), np.array(case["c"][0])
    tg.gradcheck(lambda x: (c * layer(x) ** 2).sum(), np.array(case["inputs"][0])).raise_()


@pytest.mark.parametrize("case", CASES, ids=called)
def test_a_compiled_layer_computes_the_same_value_and_gradient(case):
    layer, c, x = built(case), np.array(case["c"][0]), np.array(case["inputs"][0])
    value, gradient = tg.compile(tg.value_and_grad(lambda x: (c * layer(x)).sum()))(x)
    assert value == pytest.approx(np.vdot(c, case["outputs"][0]))
    np.testing.assert_allclose(gradient, case["d_inputs"][0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("x", "padding", "gradient"),
    [
        ([1.0, 5.0, 5.0, 2.0], 0, [0.0, 1.0, 1.0, 0.0]),  # one largest entry in each window
        ([5.0, 5.0, 2.0, 2.0], 0, [0.5, 0.5, 0.5, 0.5]),  # two: they share
        ([-3.0, -4.0], 1, [1.0, 1.0]),  # the border is −∞ and takes nothing
        ([np.nan, 1.0], 0, [0.0, 0.0]),  # nan is not the largest of anything
    ],
)
def test_the_largest_entries_of_a_window_share_its_gradient(x, padding, gradient):
    value = Value([[x]])
    MaxPool1d(2, padding=padding)(value).sum().backward()
    assert value.grad.tolist() == [[gradient]]


def test_windows_that_overlap_add_their_gradients_up():
    x = Value([[[1.0, 7.0, 2.0]]])
    MaxPool1d(2, stride=1)(x).backward([[[10.0, 100.0]]])
    assert x.grad.tolist() == [[[0.0, 110.0, 0.0]]]


def test_nan_wins_every_window_it_is_in():
    y = MaxPool1d(2)(np.array([[[np.nan, 1.0, 2.0, 3.0]]]))
    np.testing.assert_array_equal(y, [[[np.nan, 3.0]]])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_pool_is_the_largest_and_the_mean_of_every_window(data):
    size, stride = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    padding = data.draw(st.integers(0, size // 2))
    length = data.draw(st.integers(max(size - 2 * padding, 1), 9))
    x = np.random.default_rng(data.draw(st.integers(0, 99))).normal(size=(2, 1, length))
    starts = range(-padding, length + padding - size + 1, stride)
    windows = [x[..., max(a, 0) : max(a + size, 0)] for a in starts]
    largest = np.stack([w.max(axis=-1) for w in windows], -1)
    np.testing.assert_allclose(MaxPool1d(size, stride, padding)(x), largest, rtol=1e-14)
    sums = np.stack([w.sum(axis=-1) for w in windows], -1)
    np.testing.assert_allclose(AvgPool1d(size, stride, padding)(x), sums / size, rtol=1e-13, atol=1e-15)
    means = np.stack([w.mean(axis=-1) for w in windows], -1)
    found = AvgPool1d(size, stride, padding, count_include_pad=False)(x)
    np.testing.assert_allclose(found, means, rtol=1e-13, atol=1e-15)


@given(
    size=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_the_largest_gets_a_gradient_from_every_window_that_sees_it(size, stride, seed):
    x = np.random.default_rng(seed).standard_normal((1, 1, 5, 6))
    layer, expected = MaxPool2d(size, stride=stride), np.zeros((5, 6))
    for i in range(0, 5 - size[0] + 1, stride[0]):
        for j in range(0, 6 - size[1] + 1, stride[1]):
            window = x[0, 0, i : i + size[0], j : j + size[1]]
            expected[i : i + size[0], j : j + size[1]] += window == window.max()
    np.testing.assert_array_equal(tg.grad(lambda x: layer(x).sum())(x)[0, 0], expected)


@pytest.mark.parametrize("bad", [np.inf, np.nan])
@pytest.mark.parametrize("width", [4, 5])
def test_a_bad_number_spoils_the_means_of_its_own_windows_alone(bad, width):
    x = np.ones((1, 1, 4, width))
    x[0, 0, 0, 0] = bad
    y = AdaptiveAvgPool2d(2)(x)[0, 0]
    np.testing.assert_array_equal(y, [[bad, 1.0], [1.0, 1.0]])


@given(shape=st.tuples(st.integers(1, 7), st.integers(1, 7)), count=st.tuples(st.integers(1, 4), st.integers(1, 4)))
@settings(max_examples=60, deadline=None)
def test_windows_of_any_picture_are_averaged(shape, count):
    x = np.random.default_rng(0).standard_normal((2, *shape))
    y = AdaptiveAvgPool2d(count)(x)
    for i, j in np.ndindex(count):
        rows = slice(i * shape[0] // count[0], -(-(i + 1) * shape[0] // count[0]))
        columns = slice(j * shape[1] // count[1], -(-(j + 1) * shape[1] // count[1]))
        np.testing.assert_allclose(y[:, i, j], x[:, rows, columns].mean(axis=(1, 2)))


def test_masks_are_pooled_as_numbers():
    x = np.eye(3, dtype=bool)[None]
    assert AdaptiveAvgPool2d(1)(x).tolist() == [[[1 / 3]]]
    assert AvgPool2d(3)(x).tolist() == [[[1 / 3]]]
    assert AdaptiveAvgPool2d(2)(x).tolist() == [[[0.5, 0.25], [0.25, 0.5]]]


def test_a_layer_says_what_differs_from_the_usual():
    assert repr(MaxPool2d(2)) == "MaxPool2d(kernel_size=2)"
    assert repr(MaxPool2d((2, 3), 1, 1, 2)) == "MaxPool2d(kernel_size=(2, 3), stride=1, padding=1, dilation=2)"
    assert repr(AvgPool2d(3, padding=1, count_include_pad=False)) == (
        "AvgPool2d(kernel_size=3, padding=1, count_include_pad=False)"
    )
    assert repr(AdaptiveAvgPool2d((1, 2))) == "AdaptiveAvgPool2d((1, 2))"


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: MaxPool2d(2, padding=2),
            "MaxPool2d: padding=2 is more than half of kernel_size=2.\n"
            "  A window could lie in the border altogether, and would have nothing to look at.\n"
            "  Write a padding of at most 1.",
        ),
        (
            lambda: AvgPool1d(0),
            "AvgPool1d: kernel_size is 0.\n  It is a whole number, 1 or more.\n  Write kernel_size=2.",
        ),
        (
            lambda: MaxPool2d(4)(np.zeros((1, 1, 5, 3))),
            "MaxPool2d(kernel_size=4): a window that spans 4 × 4 does not fit into 5 × 3.\n"
            "  The result has one entry per window, and there would be none.\n"
            "  Make the kernel or its dilation smaller, or the padding larger.",
        ),
        (
            lambda: MaxPool2d(2)(np.zeros((5, 3))),
            "MaxPool2d(kernel_size=2) was called with shape (5, 3).\n"
            "  It takes images (samples, channels, height, width), or a single one (channels, height, width).\n"
            "  Write x[:, None] for a batch with one channel, x[None] for a single image with one.",
        ),
        (
            lambda: AdaptiveAvgPool2d(2)(3.0),
            "AdaptiveAvgPool2d(2) was called with shape ().\n"
            "  It takes images (samples, channels, height, width), or a single one (channels, height, width).\n"
            "  Reshape the input to 4 axes.",
        ),
        (
            lambda: AdaptiveAvgPool2d(2)(np.ones((1, 1, 0, 4))),
            "AdaptiveAvgPool2d(2) was called with shape (1, 1, 0, 4).\n"
            "  A window takes the mean of what it sees, and there is nothing to see.\n"
            "  Pass pictures with at least one row and one column.",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_the_layers_name(make, text):
    with pytest.raises(ShapeError) as error:
        make()
    assert str(error.value) == text
