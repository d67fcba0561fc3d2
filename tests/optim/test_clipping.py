"""Clipped gradients keep their direction (by norm) or their small entries (by value), and bad ones are found."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tinygrad_edu import Value
from tinygrad_edu.errors import DataError, NonFiniteError
from tinygrad_edu.nn import MLP
from tinygrad_edu.optim import clip_grad_norm_, clip_grad_value_


def with_gradients(*gradients, dtype=None):
    parameters = [Value(np.zeros(np.shape(g), dtype) if np.shape(g) else 0.0) for g in gradients]
    for p, g in zip(parameters, gradients):
        p.grad = g
    return parameters


def test_the_norm_is_that_of_all_entries_together_and_the_direction_stays():
    parameters = with_gradients([3.0, 0.0], 4.0, [[12.0]])
    before = np.concatenate([np.ravel(p.grad) for p in parameters])
    assert clip_grad_norm_(parameters, 6.5) == 13.0
    after = np.concatenate([np.ravel(p.grad) for p in parameters])
    np.testing.assert_allclose(np.linalg.norm(after), 6.5, rtol=1e-6)
    np.testing.assert_allclose(after / np.linalg.norm(after), before / 13.0, rtol=1e-12)
    assert type(parameters[1].grad) is float


def test_gradients_that_are_short_enough_are_left_as_they_are():
    [p] = with_gradients([3.0, 4.0])
    assert clip_grad_norm_(p, 6.0) == 5.0
    assert p.grad.tolist() == [3.0, 4.0]


def test_an_array_is_clipped_where_it_is():
    [p] = with_gradients([3.0, 4.0])
    g = p.grad
    clip_grad_norm_([p], 1.0)
    assert p.grad is g
    clip_grad_value_([p], 0.1)
    assert p.grad is g


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_gradient_keeps_its_precision(dtype):
    [p] = with_gradients([300.0, 400.0], dtype=dtype)
    assert clip_grad_norm_([p], 1.0) == 500.0  # the squares are infinite in half precision
    assert p.grad.dtype == dtype
    np.testing.assert_allclose(p.grad, [0.6, 0.8], rtol=2e-3)


def test_ten_thousand_entries_in_half_precision_are_added_up_in_more():
    [p] = with_gradients(np.full(10000, 0.1), dtype=np.float16)
    assert clip_grad_norm_([p], 100.0) == pytest.approx(100.0 * float(np.float16(0.1)), rel=1e-5)


@pytest.mark.parametrize("size", [1e-300, 1e-25, 1.0, 1e25, 1e300])
@pytest.mark.parametrize("norm", [1.0, 2.0, 2.5, math.inf])
def test_the_norm_of_very_large_and_very_small_gradients_is_right(size, norm):
    parameters = with_gradients([3.0 * size, -4.0 * size], -5.0 * size)
    np.testing.assert_allclose(clip_grad_norm_(parameters, 1e308, norm) / size, np.linalg.norm([3, 4, 5], norm))


def test_no_gradients_have_length_zero():
    assert clip_grad_norm_([Value(1.0), Value([1.0])], 1.0) == 0.0
    assert clip_grad_norm_(with_gradients([0.0, 0.0]), 1.0) == 0.0
    assert clip_grad_norm_([], 1.0) == 0.0


def test_what_is_not_finite_goes_through_unless_it_is_asked_about():
    parameters = with_gradients([1.0, math.nan], 2.0)
    assert math.isnan(clip_grad_norm_(parameters, 1.0))
    assert math.isnan(parameters[1].grad)
    parameters = with_gradients([1.0, math.inf], 2.0)
    assert clip_grad_norm_(parameters, 1.0) == math.inf
    assert parameters[0].grad[0] == 0.0 and math.isnan(parameters[0].grad[1]) and parameters[1].grad == 0.0


def test_values_are_cut_one_by_one():
    parameters = with_gradients([0.3, -7.0, 7.0], -2.0, math.nan)
    clip_grad_value_([*parameters, Value(1.0)], 0.5)
    assert parameters[0].grad.tolist() == [0.3, -0.5, 0.5]
    assert parameters[1].grad == -0.5
    assert math.isnan(parameters[2].grad)


def nonfinite(*gradients, name=None):
    def call():
        parameters = with_gradients(1.0, *gradients)
        parameters[1].name = name
        clip_grad_norm_(parameters, 1.0, error_if_nonfinite=True)

    return call


NAN = math.nan
DEBUG = "Run the step once inside `with tg.debug():`, which names the first operation that was not finite."
LENGTH = "No factor brings what is nan or infinite to a finite length, and a step with it destroys the parameters."
NOT_FINITE = [
    (
        nonfinite([1.0, math.nan, math.nan]),
        "the gradient of parameter 1, shape (3,), has 2 of 3 entries like nan",
        LENGTH,
    ),
    (nonfinite(-math.inf, name="w"), "the gradient of 'w', shape (), has 1 of 1 entries like -inf", LENGTH),
    (
        nonfinite([1e308, 1.7e308]),
        "the norm of all gradients together is inf",
        "Every entry is finite, but together they overflow.",
    ),
]


@pytest.mark.parametrize(("call", "what", "why"), NOT_FINITE)
def test_a_norm_that_is_not_finite_names_the_parameter_when_asked(call, what, why):
    with pytest.raises(NonFiniteError) as error:
        call()
    assert str(error.value) == f"clip_grad_norm_: {what}.\n  {why}\n  {DEBUG}"


WRONG = [
    (lambda p: clip_grad_norm_(p, 0.0), "clip_grad_norm_: max_norm=0.0", "max_norm=1.0"),
    (lambda p: clip_grad_norm_(p, math.nan), "clip_grad_norm_: max_norm=nan", "max_norm=1.0"),
    (lambda p: clip_grad_norm_(p, 1.0, -1), "clip_grad_norm_: norm_type=-1", "norm_type=2.0"),
    (lambda p: clip_grad_value_(p, "1"), "clip_grad_value_: clip_value='1'", "clip_value=1.0"),
]


@pytest.mark.parametrize(("call", "what", "write"), WRONG)
def test_a_bound_must_be_a_positive_number(call, what, write):
    with pytest.raises(DataError) as error:
        call([Value(1.0)])
    why = "Gradients are cut to this size: with 0 nothing would be left of them."
    assert str(error.value) == f"{what} is no positive number.\n  {why}\n  Write for example {write}."


def test_only_parameters_are_clipped():
    with pytest.raises(DataError) as error:
        clip_grad_norm_(MLP(2, [1]), 1.0)
    assert str(error.value) == (
        "clip_grad_norm_ was given MLP instead of parameters.\n"
        "  It clips the gradients of a list of Values, and does not look for them inside an object.\n"
        "  Write clip_grad_norm_(model.parameters(), ...)."
    )
    with pytest.raises(DataError) as error:
        clip_grad_value_([Value(1.0), Value(1.0) * 2.0], 1.0)
    assert str(error.value) == (
        "clip_grad_value_: parameter 1 is the result of multiply.\n"
        "  Clipped are the gradients that an optimizer reads, those of Values that nobody computed.\n"
        "  Write clip_grad_value_(model.parameters(), ...)."
    )
