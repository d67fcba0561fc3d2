"""RNN, LSTM and GRU: PyTorch's figures, checked gradients, compiled programs, and what is said about wrong input."""

from __future__ import annotations

import numpy as np
import pytest

from tests.nn.layer_figures import (
    called,
    cases,
    check_compiled,
    check_figures,
    check_gradients,
    check_precision,
)
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import ShapeError, UnknownNameError
from tinygrad_edu.nn.gru import GRU
from tinygrad_edu.nn.lstm import LSTM
from tinygrad_edu.nn.rnn import RNN

CASES = cases("RNN", "LSTM", "GRU")
KINDS = [RNN, LSTM, GRU]


@pytest.mark.parametrize("case", CASES, ids=called)
def test_outputs_and_gradients_are_pytorchs(case):
    check_figures(case)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_float32_stays_float32(case):
    check_precision(case)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_every_gradient_passes_the_check(case):
    check_gradients(case)


@pytest.mark.parametrize("case", [CASES[0], CASES[3], CASES[7]], ids=called)
def test_a_compiled_layer_computes_the_same_value_and_gradients(case):
    check_compiled(case)


@pytest.mark.parametrize("kind", KINDS)
def test_the_last_output_is_the_last_state(kind, rng):
    y, last = kind(3, 4, num_layers=2, rng=rng)(rng.normal(size=(5, 2, 3)))
    h = last[0] if kind is LSTM else last
    assert h.shape == (2, 2, 4)
    np.testing.assert_array_equal(y.data[-1], h.data[1])


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_may_be_read_in_two_halves(kind, rng):
    layer, x = kind(3, 4, num_layers=2, rng=rng), rng.normal(size=(6, 2, 3))
    whole, end = layer(x)
    first, state = layer(x[:4])
    second, last = layer(x[4:], state)
    np.testing.assert_allclose(np.concatenate([first.data, second.data]), whole.data, rtol=1e-13)
    for a, b in zip(*([s] if kind is not LSTM else s for s in (end, last))):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_an_output_depends_on_no_later_input(kind, rng):
    x = Value(rng.normal(size=(5, 1, 3)))
    kind(3, 4, rng=rng)(x)[0][2].sum().backward()
    assert abs(x.grad[:3]).min() > 0.0
    assert not x.grad[3:].any()


def test_the_other_direction_reads_from_the_end(rng):
    layer, x = RNN(3, 4, bidirectional=True, rng=rng), rng.normal(size=(5, 2, 3))
    alone = RNN(3, 4, rng=rng)
    for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(alone, f"{part}_l0").data = getattr(layer, f"{part}_l0_reverse").data
    y, last = layer(x)
    backwards, end = alone(x[::-1])
    np.testing.assert_array_equal(y.data[..., 4:], backwards.data[::-1])
    np.testing.assert_array_equal(last.data[1], end.data[0])


def test_between_layers_numbers_are_left_out_while_training_only(rng):
    layer, x = GRU(3, 4, num_layers=2, dropout=1.0, rng=rng), np.ones((3, 2, 3))
    trained = layer(x)[0].data
    assert trained.all()  # the last layer's outputs stay
    layer.eval()
    assert abs(layer(x)[0].data - trained).max() > 0.0
    layer.train()
    for p in (layer.weight_ih_l0, layer.weight_hh_l0):  # nothing of the first layer reaches the second
        p.data = p.data * 2.0
    np.testing.assert_array_equal(layer(x)[0].data, trained)


def test_weights_start_evenly_within_one_over_the_root_of_the_state():
    layer = LSTM(30, 100, rng=np.random.default_rng(0))
    for p in layer.parameters():
        assert abs(p.data).max() <= 0.1
        assert p.data.std() == pytest.approx(0.1 / 3**0.5, rel=0.05)
    twin = LSTM(30, 100, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(layer.bias_hh_l0.data, twin.bias_hh_l0.data)


def test_a_layer_says_what_differs_from_the_usual():
    assert repr(RNN(2, 3)) == "RNN(2, 3)"
    assert repr(RNN(2, 3, nonlinearity="relu")) == "RNN(2, 3, nonlinearity='relu')"
    assert repr(LSTM(2, 3, 2, False, True, 0.5, True)) == (
        "LSTM(2, 3, num_layers=2, bias=False, batch_first=True, bidirectional=True, dropout=0.5)"
    )


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: RNN(3, 4)(np.zeros((5, 2, 4))),
            "RNN(3, 4) reads 3 numbers per step and was called with shape (5, 2, 4).\n"
            "  The last axis of (length, samples, width) must have length 3, one entry per column of weight_ih_l0.\n"
            "  Write RNN(4, ...).",
        ),
        (
            lambda: LSTM(1, 4)(np.zeros(5)),
            "LSTM(1, 4) was called with shape (5,).\n"
            "  It reads sequences: (length, samples, width) for several, (length, width) for one.\n"
            "  Write x[:, None] for a sequence of single numbers.",
        ),
        (
            lambda: GRU(3, 4, batch_first=True)(np.zeros((5, 2, 1, 3))),
            "GRU(3, 4, batch_first=True) was called with shape (5, 2, 1, 3).\n"
            "  It reads sequences: (samples, length, width) for several, (length, width) for one.\n"
            "  Reshape the input to 3 axes.",
        ),
        (
            lambda: GRU(3, 4)(np.zeros((0, 2, 3))),
            "GRU(3, 4) was called with shape (0, 2, 3): a sequence of length 0.\n"
            "  There is an output for every step, and there are no steps.\n"
            "  Pass at least one step; if the first axis counts samples, write batch_first=True.",
        ),
        (
            lambda: GRU(3, 4)(np.zeros((5, 2, 3)), np.zeros((2, 4))),
            "GRU(3, 4): h0 has the shape (2, 4), not (1, 2, 4).\n"
            "  Each layer, and each direction, starts from a state of its own for every sample: "
            "(layers · directions, samples, hidden_size).\n"
            "  Leave it away to start from zeros, or write np.zeros((1, 2, 4)).",
        ),
        (
            lambda: LSTM(3, 4)(np.zeros((5, 3)), (np.zeros((1, 4)), np.zeros((1, 1, 4)))),
            "LSTM(3, 4): c0 has the shape (1, 1, 4), not (1, 4).\n"
            "  Each layer, and each direction, starts from a state of its own for every sample: "
            "(layers · directions, hidden_size).\n"
            "  Leave it away to start from zeros, or write np.zeros((1, 4)).",
        ),
        (
            lambda: LSTM(3, 4)(np.zeros((5, 2, 3)), np.zeros((1, 2, 4))),
            "LSTM(3, 4) was called with a state that is not the pair (h0, c0).\n"
            "  Its state consists of 2 arrays, in this order.\n"
            "  Write layer(x, (h0, c0)), as it returns them.",
        ),
        (lambda: GRU(3, 0), "GRU: hidden_size is 0.\n  A layer has a positive whole number of inputs and of outputs.\n"
         "  Make hidden_size a whole number, 1 or more."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_with_the_layers_name(call, text):
    with pytest.raises(ShapeError) as error:
        call()
    assert str(error.value) == text


def test_another_bend_is_answered_with_the_two_that_there_are():
    with pytest.raises(UnknownNameError) as error:
        RNN(3, 4, nonlinearity="thanh")
    assert str(error.value) == (
        "There is no nonlinearity of RNN named 'thanh'.\n  The names are: relu, tanh.\n  Did you mean 'tanh'?"
    )
