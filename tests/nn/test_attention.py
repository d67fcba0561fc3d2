"""MultiHeadAttention and TransformerBlock: PyTorch's figures, masks, checked gradients, and messages."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.nn.layer_figures import (
    built,
    called,
    cases,
    check_compiled,
    check_figures,
    check_gradients,
    check_precision,
    close,
    run,
)
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError, ShapeError, UnknownNameError
from tinygrad_edu.nn.attention import MultiHeadAttention
from tinygrad_edu.nn.masks import causal
from tinygrad_edu.nn.transformer import TransformerBlock

CASES = cases("MultiheadAttention", "TransformerEncoderLayer")


@pytest.mark.parametrize("case", CASES, ids=called)
def test_outputs_and_gradients_are_pytorchs(case):
    check_figures(case)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_float32_stays_float32(case):
    check_precision(case)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_every_gradient_passes_the_check(case):
    def without_key_bias(parameters):  # f is exactly flat in the bias of the keys, see below; but for rounding
        for name in parameters:
            if name.endswith("in_proj_bias"):
                parameters[name] = parameters[name] * np.repeat([1.0, 0.0, 1.0], len(case["parameters"][name]) // 3)
        return parameters

    check_gradients(case, without_key_bias)


@pytest.mark.parametrize("case", CASES, ids=called)
def test_a_compiled_layer_computes_the_same_value_and_gradients(case):
    check_compiled(case)


def test_is_causal_is_the_mask_that_hides_what_comes_later():
    case = next(case for case in CASES if case["call"].get("attn_mask") == np.triu(np.ones((4, 4), bool), 1).tolist())
    layer, x = built(case), case["inputs"][0]
    y, weights = layer(x, x, x, is_causal=True)
    close(y.data, case["outputs"][0])
    close(weights.data, case["outputs"][1])
    assert not np.triu(weights.data, 1).any()


def test_a_place_depends_on_no_later_place(rng):
    layer, x = TransformerBlock(4, 2, 6, dropout=0.0, batch_first=True, rng=rng), Value(rng.normal(size=(1, 5, 4)))
    (layer(x, is_causal=True)[:, 2] ** 3).sum().backward()
    assert abs(x.grad[0, :3]).min() > 0.0
    assert not x.grad[0, 3:].any()


def test_padding_changes_nothing_for_the_others(rng):
    layer, x = MultiHeadAttention(4, 2, batch_first=True, rng=rng), rng.normal(size=(2, 5, 4))
    padding = np.array([[False] * 3 + [True] * 2] * 2)
    y, _ = layer(x, x, x, key_padding_mask=padding)
    short, _ = layer(x[:, :3], x[:, :3], x[:, :3])
    np.testing.assert_allclose(y.data[:, :3], short.data, rtol=1e-12)
    other = x.copy()
    other[:, 3:] = 9.0
    np.testing.assert_array_equal(layer(x, other, other, key_padding_mask=padding)[0].data, y.data)


def test_what_is_added_to_all_keys_changes_nothing(rng):
    layer, x = MultiHeadAttention(4, 2, rng=rng), rng.normal(size=(5, 2, 4))
    before, _ = layer(x, x, x)
    (before**2).sum().backward()
    assert abs(layer.in_proj_bias.grad[4:8]).max() < 1e-15 < abs(layer.in_proj_bias.grad[:4]).min()
    layer.in_proj_bias.data = [0.0] * 4 + [1.0, -2.0, 3.0, 5.0] + [0.0] * 4
    np.testing.assert_allclose(layer(x, x, x)[0].data, before.data, rtol=1e-12)


def test_masks_add_up(rng):
    layer, x = MultiHeadAttention(4, 2, batch_first=True, rng=rng), rng.normal(size=(2, 4, 4))
    padding = np.array([[False, False, True, False]] * 2)
    many = np.broadcast_to(causal(4, 4) | padding[0], (4, 4, 4))
    one, _ = layer(x, x, x, attn_mask=many)
    both, weights = layer(x, x, x, key_padding_mask=padding, is_causal=True)
    np.testing.assert_array_equal(one.data, both.data)
    assert ((weights.data > 0) == ~(causal(4, 4) | padding[0])).all()


def test_weights_of_every_place_add_up_to_one(rng):
    layer, x = MultiHeadAttention(6, 3, rng=rng), rng.normal(size=(5, 2, 6))
    _, weights = layer(x, x, x, average_attn_weights=False)
    assert weights.shape == (2, 3, 5, 5)
    np.testing.assert_allclose(weights.data.sum(axis=-1), 1.0, rtol=1e-13)


def test_a_mask_of_numbers_may_be_learned(rng):
    layer, x, mask = MultiHeadAttention(4, 2, rng=rng), rng.normal(size=(3, 2, 4)), Value(rng.normal(size=(3, 3)))
    layer(x, x, x, attn_mask=mask)[0].sum().backward()
    tg.gradcheck(lambda m: layer(x, x, x, attn_mask=m)[0].sum(), mask.data).raise_()


def test_order_does_not_matter_to_attention_without_a_mask(rng):
    layer, x, order = MultiHeadAttention(4, 2, rng=rng), rng.normal(size=(5, 1, 4)), [3, 1, 4, 0, 2]
    np.testing.assert_allclose(layer(x[order], x, x)[0].data, layer(x, x, x)[0].data[order], rtol=1e-12)
    np.testing.assert_allclose(layer(x, x[order], x[order])[0].data, layer(x, x, x)[0].data, rtol=1e-12)


def test_dropout_acts_while_training_only(rng):
    block, x = TransformerBlock(4, 2, 6, dropout=1.0, norm_first=True, rng=rng), rng.normal(size=(3, 2, 4))
    np.testing.assert_array_equal(block(x).data, x)  # everything that would be added is left out
    assert abs(block.eval()(x).data - x).max() > 0.0
    plain = TransformerBlock(4, 2, 6, dropout=0.0, norm_first=True)
    plain.load_state_dict(block.state_dict())
    np.testing.assert_array_equal(plain(x).data, block(x).data)


def test_a_list_of_numbers_is_taken_too():
    block = TransformerBlock(2, 1, 3, dropout=0.0)
    assert block([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]).shape == (3, 2)


def test_parameters_start_as_in_pytorch():
    layer = MultiHeadAttention(64, 4, rng=np.random.default_rng(0))
    bound = (6 / (4 * 64)) ** 0.5
    assert 0.99 * bound < abs(layer.in_proj_weight.data).max() <= bound
    assert abs(layer.out_proj.weight.data).max() <= 1 / 8
    assert not layer.in_proj_bias.data.any()
    assert not layer.out_proj.bias.data.any()
    twin = MultiHeadAttention(64, 4, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(layer.out_proj.weight.data, twin.out_proj.weight.data)


def test_a_mask_may_be_an_argument_of_a_compiled_function(rng):
    layer, x = MultiHeadAttention(4, 2, rng=rng), rng.normal(size=(4, 2, 4))
    program = tg.compile(lambda x, mask: layer(x, x, x, attn_mask=mask)[0])
    for mask in (causal(4, 4), np.eye(4, dtype=bool)):
        np.testing.assert_allclose(program(x, mask), layer(x, x, x, attn_mask=mask)[0].data, rtol=1e-12)


def test_the_layers_say_what_differs_from_the_usual():
    assert repr(MultiHeadAttention(4, 2)) == "MultiHeadAttention(4, 2)"
    assert repr(MultiHeadAttention(4, 2, 0.5, False, True)) == (
        "MultiHeadAttention(4, 2, dropout=0.5, bias=False, batch_first=True)"
    )
    assert repr(TransformerBlock(4, 2, 8)) == "TransformerBlock(4, 2, 8, dropout=0.1)"
    assert repr(TransformerBlock(4, 2, 8, 0.0, "gelu", batch_first=True, norm_first=True)) == (
        "TransformerBlock(4, 2, 8, dropout=0, activation=GELU, batch_first=True, norm_first=True)"
    )


X = np.zeros((3, 2, 4))


def attend(*inputs, **masks):
    return MultiHeadAttention(4, 2)(*inputs, **masks)


@pytest.mark.parametrize(
    ("call", "kind", "text"),
    [
        (
            lambda: MultiHeadAttention(10, 4),
            ShapeError,
            "MultiHeadAttention: num_heads=4 does not divide embed_dim=10.\n"
            "  Each head works on an equal share of the numbers.\n"
            "  Write embed_dim=12, or another num_heads.",
        ),
        (
            lambda: attend(np.zeros((3, 2, 5)), X, X),
            ShapeError,
            "MultiHeadAttention(4, 2) was called with the shapes (3, 2, 5), (3, 2, 4) and (3, 2, 4).\n"
            "  Query, key and value are sequences of 4 numbers: (length, samples, embed_dim), or (length, embed_dim).\n"
            "  Write MultiHeadAttention(5, ...).",
        ),
        (
            lambda: attend(np.zeros(4), X, X),
            ShapeError,
            "MultiHeadAttention(4, 2) was called with the shapes (4,), (3, 2, 4) and (3, 2, 4).\n"
            "  Query, key and value are sequences of 4 numbers: (length, samples, embed_dim), or (length, embed_dim).\n"
            "  Reshape them to 3 axes.",
        ),
        (
            lambda: attend(X, X[:, :1], X[:, :1]),
            ShapeError,
            "MultiHeadAttention(4, 2) was called with the shapes (3, 2, 4), (3, 1, 4) and (3, 1, 4).\n"
            "  Every key has its value, and every sample of the query has its own keys.\n"
            "  Pass key and value of one shape, with as many samples as the query: (length, samples, embed_dim).",
        ),
        (
            lambda: attend(X, X, X, attn_mask=np.zeros((2, 3), bool)),
            ShapeError,
            "MultiHeadAttention(4, 2): attn_mask has the shape (2, 3).\n"
            "  It says for each place who must not be asked, so its axes are those of the scores: "
            "(3, 3) or (4, 3, 3).\n"
            "  Pass a mask of shape (3, 3).",
        ),
        (
            lambda: attend(X, X, X, key_padding_mask=np.zeros((2, 3))),
            DataError,
            "MultiHeadAttention(4, 2): key_padding_mask holds float64 numbers.\n"
            "  A mask holds true (must not be asked) and false.\n"
            "  Write key_padding_mask.astype(bool).",
        ),
        (
            lambda: attend(X, X, X, attn_mask=np.eye(3, dtype=int)),
            DataError,
            "MultiHeadAttention(4, 2): attn_mask holds int64 numbers.\n"
            "  A mask holds true (must not be asked) and false, or fractions that are added to the scores.\n"
            "  Write attn_mask.astype(bool).",
        ),
        (
            lambda: attend(X, X, X, attn_mask=np.triu(np.ones((3, 3), bool))),
            DataError,
            "MultiHeadAttention(4, 2): place 0 of sample 0 may ask nobody.\n"
            "  The weights of each place add up to 1, and all of its are forbidden.\n"
            "  Leave at least one false (or, among numbers, one that is not -inf) in every row of the masks.",
        ),
        (
            lambda: TransformerBlock(4, 2, 8, activation="rely"),
            UnknownNameError,
            "There is no activation named 'rely'.\n"
            "  The names are: elu, gelu, leaky_relu, linear, relu, sigmoid, silu, softplus, tanh.\n"
            "  Did you mean 'relu'?",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_the_layers_name(call, kind, text):
    with pytest.raises(kind) as error:
        call()
    assert str(error.value) == text


def test_a_case_is_run_with_every_output():
    assert [len(run(built(case), case, [Value(x) for x in case["inputs"]])) for case in CASES] == [
        len(case["outputs"]) for case in CASES
    ]
