"""Conv1d and Conv2d: PyTorch's figures, checked gradients, compiled programs, and what is said about wrong input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.nn.layer_figures import built, called, cases, check_figures, check_precision, loss
from tests.ops.cases_windows import convolved
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError, ShapeError, UnknownNameError
from tinygrad_edu.nn.calling import functional_call
from tinygrad_edu.nn.conv1d import Conv1d
from tinygrad_edu.nn.conv2d import Conv2d
from tinygrad_edu.ops import convolution as engine_room
from tinygrad_edu.ops.convolution import convolution, transposed_convolution, window_correlation

CASES = cases("Conv1d", "Conv2d")


@pytest.mark.parametrize("case", CASES, ids=called)
def test_outputs_and_gradients_are_pytorchs(case):
    check_figures(case)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_float32_stays_float32(case):
    check_precision(case)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_every_gradient_passes_the_check(case):
    layer = built(case)
    names = [name for name, _ in layer.named_parameters()]

    def total(x, *parameters):
        return functional_call(layer, dict(zip(names, parameters)), x).sum()

    tg.gradcheck(total, np.array(case["inputs"][0]), *(p.data for p in layer.parameters())).raise_()


@pytest.mark.parametrize("case", CASES[3:8], ids=called)
def test_second_derivatives_pass_the_check(case):
    layer = built(case)
    names = [name for name, _ in layer.named_parameters()]

    def total(x, *parameters):
        return (functional_call(layer, dict(zip(names, parameters)), x) ** 3).sum()

    inputs = (np.array(case["inputs"][0]), *(p.data for p in layer.parameters()))
    tg.gradcheck(total, *inputs, order=2).raise_()


@pytest.mark.parametrize("case", CASES, ids=called)
def test_a_compiled_layer_computes_the_same_value_and_gradients(case):
    layer, x = built(case), np.array(case["inputs"][0])

    def total(parameters, x):
        y = functional_call(layer, parameters, x)
        return (np.array(case["c"][0]) * y).sum()

    value, gradients = tg.compile(tg.value_and_grad(total))(layer.state_dict(), x)
    assert value == pytest.approx(loss(layer, case, [Value(x)])[0].data)
    for name, gradient in gradients.items():
        np.testing.assert_allclose(gradient, case["d_parameters"][name], rtol=1e-9, atol=1e-11)


def test_large_batches_are_computed_in_parts_that_add_up(monkeypatch, rng):
    x, weight, z = rng.normal(size=(7, 2, 6, 5)), rng.normal(size=(3, 2, 3, 2)), rng.normal(size=(7, 3, 4, 4))

    def all_three():
        yield convolution(x, weight, 1.0)
        yield transposed_convolution(z, weight, shape=(6, 5))
        yield window_correlation(x, z, size=(3, 2))

    whole = list(all_three())
    monkeypatch.setattr(engine_room, "PART", 4000)  # two samples at a time
    for a, b in zip(whole, all_three()):
        np.testing.assert_allclose(a, b, rtol=1e-13)


def test_a_result_is_not_written_over_by_the_next_one(rng):
    x, weight = rng.normal(size=(2, 1, 5, 5)), rng.normal(size=(2, 1, 3, 3))
    first = convolution(x, weight, 0.0)
    kept = first.copy()
    convolution(rng.normal(size=(2, 1, 5, 5)), weight, 0.0)
    window_correlation(x, first, size=(3, 3))
    np.testing.assert_array_equal(first, kept)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_settings_give_the_sums_of_the_definition_forward_and_backward(data):
    axes = data.draw(st.integers(1, 2), "axes")

    def per_axis(*ends):
        return tuple(data.draw(st.lists(st.integers(*ends), min_size=axes, max_size=axes)))

    size, stride, dilation = per_axis(1, 3), per_axis(1, 3), per_axis(1, 3)
    padding, groups = tuple(zip(per_axis(0, 2), per_axis(0, 2))), data.draw(st.integers(1, 2), "groups")
    spans = [d * (k - 1) + 1 for k, d in zip(size, dilation)]
    image = tuple(max(n - a - b, 0) + extra for n, (a, b), extra in zip(spans, padding, per_axis(1, 4)))
    chosen = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(2, groups, *image)), rng.normal(size=(2 * groups, 1, *size))
    y = convolution(x, weight, 0.0, **chosen)
    np.testing.assert_allclose(y, convolved(x, weight, 0.0, **chosen), rtol=1e-12, atol=1e-13)
    z = rng.normal(size=y.shape)
    one = pytest.approx(np.vdot(y, z), abs=1e-11)
    assert np.vdot(transposed_convolution(z, weight, shape=image, **chosen), x) == one
    assert np.vdot(window_correlation(x, z, size=size, **chosen), weight) == one


def test_image_kernel_and_result_are_one_number_that_is_linear_in_each(rng):
    x, weight, z = rng.normal(size=(2, 2, 5)), rng.normal(size=(4, 1, 2)), rng.normal(size=(2, 4, 2))
    chosen = {"stride": (3,), "padding": ((1, 2),), "dilation": (2,), "groups": 2}
    one = np.vdot(convolution(x, weight, 0.0, **chosen), z)
    assert np.vdot(transposed_convolution(z, weight, shape=(5,), **chosen), x) == pytest.approx(one)
    assert np.vdot(window_correlation(x, z, size=(2,), **chosen), weight) == pytest.approx(one)


def test_an_empty_batch_has_an_empty_result():
    y = Conv2d(1, 2, 3)(np.zeros((0, 1, 5, 5)))
    assert y.shape == (0, 2, 3, 3)


def test_weights_start_evenly_within_one_over_the_root_of_what_a_kernel_sees():
    layer = Conv2d(16, 64, 5, groups=4, rng=np.random.default_rng(0))
    for p in (layer.weight.data, layer.bias.data):
        assert abs(p).max() <= 0.1
    assert layer.weight.data.std() == pytest.approx(0.1 / 3**0.5, rel=0.02)
    twin = Conv2d(16, 64, 5, groups=4, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(layer.weight.data, twin.weight.data)


def test_a_layer_says_what_differs_from_the_usual():
    assert repr(Conv1d(1, 2, 3)) == "Conv1d(1, 2, kernel_size=3)"
    layer = Conv2d(4, 8, (3, 1), (2, 1), "valid", 2, 2, False, "reflect")
    assert repr(layer) == (
        "Conv2d(4, 8, kernel_size=(3, 1), stride=(2, 1), padding='valid', dilation=2, groups=2, "
        "padding_mode='reflect', bias=False)"
    )


@pytest.mark.parametrize(
    ("make", "kind", "text"),
    [
        (
            lambda: Conv2d(3, 4, 3, groups=2),
            ShapeError,
            "Conv2d: groups=2 does not divide 3 input and 4 output channels.\n"
            "  Each group connects an equal share of the inputs with an equal share of the outputs.\n"
            "  Write a divisor of 1, for example groups=1.",
        ),
        (
            lambda: Conv2d(3, 4, (3, 0)),
            ShapeError,
            "Conv2d: kernel_size is (3, 0).\n"
            "  It is a whole number, 1 or more, or 2 of them, one per axis.\n"
            "  Write kernel_size=2 or kernel_size=(2, 2).",
        ),
        (
            lambda: Conv1d(3, 4, 3, padding=-1),
            ShapeError,
            "Conv1d: padding is -1.\n  It is a whole number, 0 or more.\n  Write padding=1.",
        ),
        (
            lambda: Conv2d(3, 4, 3, 2, "same"),
            ShapeError,
            "Conv2d: padding='same' with stride=2.\n"
            "  As many results as entries means one window per entry; a larger stride leaves windows out.\n"
            "  Write stride=1, or the padding as a number.",
        ),
        (
            lambda: Conv2d(3, 4, 3, padding="full"),
            UnknownNameError,
            "There is no padding named 'full'.\n"
            "  The names are: same, valid.\n"
            "  Write one of them, for example 'same'.",
        ),
        (
            lambda: Conv2d(3, 4, 3, padding_mode="zero"),
            UnknownNameError,
            "There is no padding_mode named 'zero'.\n"
            "  The names are: circular, reflect, replicate, zeros.\n"
            "  Did you mean 'zeros'?",
        ),
        (
            lambda: Conv2d(1, 4, 3)(np.zeros((28, 28))),
            ShapeError,
            "Conv2d(1, 4, kernel_size=3) was called with shape (28, 28).\n"
            "  It takes images (samples, channels, height, width), or a single one (channels, height, width).\n"
            "  Write x[:, None] for a batch with one channel, x[None] for a single image with one.",
        ),
        (
            lambda: Conv1d(1, 4, 3)(np.zeros((1, 1, 1, 5))),
            ShapeError,
            "Conv1d(1, 4, kernel_size=3) was called with shape (1, 1, 1, 5).\n"
            "  It takes images (samples, channels, length), or a single one (channels, length).\n"
            "  Reshape the input to 3 axes.",
        ),
        (
            lambda: Conv2d(3, 4, 3)(np.zeros((2, 28, 28, 3))),
            ShapeError,
            "Conv2d(3, 4, kernel_size=3) was called with shape (2, 28, 28, 3), which has 28 channels, not 3.\n"
            "  Channels stand before the axes of the image: (samples, channels, height, width).\n"
            "  Write x.transpose((0, 3, 1, 2)) to move the channels there.",
        ),
        (
            lambda: Conv2d(3, 4, 3)(np.zeros((2, 1, 28, 28))),
            ShapeError,
            "Conv2d(3, 4, kernel_size=3) was called with shape (2, 1, 28, 28), which has 1 channel, not 3.\n"
            "  Channels stand before the axes of the image: (samples, channels, height, width).\n"
            "  Write Conv2d(1, ...).",
        ),
        (
            lambda: Conv2d(1, 4, 3, padding=(1, 0), dilation=(1, 2))(np.zeros((2, 1, 5, 4))),
            ShapeError,
            "Conv2d(1, 4, kernel_size=3, padding=(1, 0), dilation=(1, 2)): "
            "a window that spans 3 × 5 does not fit into 5 × 4, with its border 7 × 4.\n"
            "  The result has one entry per window, and there would be none.\n"
            "  Make the kernel or its dilation smaller, or the padding larger.",
        ),
        (
            lambda: convolution(np.zeros((2, 3, 5)), np.zeros((4, 2, 3)), 0.0),
            ShapeError,
            "convolution: a kernel of shape (4, 2, 3) does not fit 3 channels in groups=1.\n"
            "  A kernel has an entry for every channel of its group: (outputs, channels / groups, *size).\n"
            "  Make channels and outputs multiples of groups, and the second axis of the kernel channels / groups.",
        ),
        (
            lambda: convolution(1.0, np.zeros((4, 2, 3)), 0.0),
            ShapeError,
            "convolution: an input of shape () has 0 axes, not 3.\n"
            "  Windows of 3 entries move over the last axes; samples and channels stand before these.\n"
            "  Reshape it to (samples, channels, n).",
        ),
        (
            lambda: Conv2d(3, 4, 3, dtype=int),
            DataError,
            "Conv2d: dtype=int64 holds no fractions.\n",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_with_the_layers_name(make, kind, text):
    with pytest.raises(kind) as error:
        make()
    assert str(error.value).startswith(text) if text.endswith("\n") else str(error.value) == text
