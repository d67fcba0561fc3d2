"""A model written as ONNX computes in another program what it computes here."""

from __future__ import annotations

import math
import os
import subprocess
import sys

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import nn
from tinygrad_edu.errors import DataError
from tinygrad_edu.nn.attention import MultiHeadAttention
from tinygrad_edu.nn.conv1d import Conv1d
from tinygrad_edu.nn.conv2d import Conv2d
from tinygrad_edu.nn.gru import GRU
from tinygrad_edu.nn.lstm import LSTM
from tinygrad_edu.nn.pooling import AdaptiveAvgPool2d, AvgPool2d, MaxPool1d, MaxPool2d
from tinygrad_edu.nn.rnn import RNN
from tinygrad_edu.nn.transformer import TransformerBlock
from tinygrad_edu.onnx.export import export_onnx
from tinygrad_edu.onnx.graph import RULES
from tinygrad_edu.onnx.messages import OnnxError
from tinygrad_edu.ops.affine import affine_of_row

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")


def x(*shape, low=-2.0, high=2.0, seed=0):
    return np.random.default_rng(seed).uniform(low, high, shape)


def run(model, inputs, dtype=np.float32):
    """What onnxruntime makes of a ModelProto."""
    options = runtime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    session = runtime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = [v.astype(dtype) if v.dtype.kind == "f" else v for v in inputs]
    return session.run(None, {given.name: v for given, v in zip(session.get_inputs(), feeds)})


def compared(f, inputs, batch=False, rtol=2e-5, sizes=(1, 2, 5)):
    """Export f, run it, and compare; with an open batch for several numbers of samples."""
    model = export_onnx(f, inputs if len(inputs) > 1 else inputs[0], batch=batch)
    for count in sizes if batch else [None]:
        some = inputs if count is None else tuple(v[np.arange(count) % len(v)] for v in inputs)
        with np.errstate(all="ignore"):
            expected = f(*some)
        expected = expected if isinstance(expected, tuple) else (expected,)
        expected = [np.asarray(y._held if isinstance(y, tg.Value) else y) for y in expected if y is not None]
        found = run(model, some)
        assert len(found) == len(expected)
        for a, b in zip(found, expected):
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol)
    return model


# ── primitives ───────────────────────────────────────────────────────────────────────────────────────────────────────
A, B, P = x(3, 4), x(3, 4, seed=1), x(3, 4, low=0.3, high=3.0, seed=2)
N = np.where(abs(B) < 0.3, 0.5, B)
FUNCTIONS = {
    "arithmetic": (lambda a, b: (a + b) * (a - b) / (b * b + 1.0) - (-a) ** 2.0, (A, B)),
    "powers": (lambda p: (tg.sqrt(p), tg.cbrt(-p), tg.square(p), tg.reciprocal(p), p**-1.5), (P,)),
    "exponentials": (lambda a: (tg.exp(a), tg.exp2(a), tg.expm1(a), tg.expm1(a * 1e-4)), (A,)),
    "logarithms": (
        lambda p: (tg.log(p), tg.log2(p), tg.log10(p), tg.log1p(p), tg.log1p(p * 1e-6), tg.log1p(p * 0)),
        (P,),
    ),
    "logaddexp": (lambda a, b: tg.logaddexp(a * 30, b * 30), (A, B)),
    "trigonometry": (lambda a: (tg.sin(a), tg.cos(a), tg.tan(a / 2), tg.arctan(a), tg.sinc(a), tg.sinc(a * 0)), (A,)),
    "inverse": (
        lambda a: (tg.arcsin(a / 3), tg.arccos(a / 3), tg.arcsinh(a), tg.arctanh(a / 3), tg.arccosh(a + 3.5)),
        (A,),
    ),
    "hyperbolic": (lambda a: (tg.sinh(a), tg.cosh(a), tg.tanh(a)), (A,)),
    "hypot and erf": (lambda a, b: (tg.hypot(a, b), tg.erf(a)), (A, B)),
    "choices": (lambda a, b: (tg.maximum(a, b), tg.minimum(a, 0.5), abs(a), tg.sign(a), tg.clip(a, -1, 1)), (A, B)),
    "where": (lambda a, b: tg.where((a > b) & (a < 1.0) | ~(b >= 0.5), a, b * 2), (A, B)),
    "comparisons": (lambda a: (1.0 * (a == a) + (a != 1.0) * 2 + (a <= 0.0) * 4.0 + (a >= 0.5) * 8.0,), (A,)),
    "where with a constant mask": (lambda a: tg.where(A > 0, a, 0.0), (A,)),
    "gate": (lambda a: tg.where(a > 0, a, 0.0) + tg.where(a > 0, 0.0, a * 3), (A,)),
    "finite": (
        lambda a: tg.where(np.isfinite(a), a, 0.0) + tg.where(np.isnan(a), 1.0, 2) + tg.where(np.isinf(a), 4.0, 0),
        (np.array([math.inf, -math.inf, math.nan, 0.0, 1.0]),),
    ),
    "rounding": (lambda a: (tg.floor(a), tg.ceil(a), tg.trunc(a), tg.round(a), tg.round(a, 1)), (A,)),
    "remainders": (lambda a, b: (a // b, a % b), (A * 5, N)),
    "activations": (
        lambda a: (tg.relu(a), tg.leaky_relu(a, 0.2), tg.elu(a, 0.7), tg.sigmoid(a), tg.softplus(a * 9), tg.silu(a)),
        (A,),
    ),
    "gelu": (lambda a: (tg.gelu(a), tg.gelu(a, approximate="tanh")), (A,)),
    "softmax": (
        lambda a: (tg.softmax(a), tg.softmax(a, axis=0), tg.log_softmax(a * 50, axis=1), tg.softmax(a, axis=(0, 1))),
        (A,),
    ),
    "sums": (
        lambda a: (a.sum(), a.sum(axis=0), a.mean(axis=1, keepdims=True), a.mean(axis=(0, 1)), tg.prod(a, axis=1)),
        (A,),
    ),
    "extremes": (
        lambda a: (a.max(), a.min(axis=0), tg.max(a, axis=-1, keepdims=True), tg.logsumexp(a * 99, axis=1)),
        (A,),
    ),
    "spread": (lambda a: (tg.var(a), tg.var(a, axis=0, ddof=1), tg.std(a, axis=1, keepdims=True)), (A,)),
    "norms": (
        lambda a: (tg.norm(a), tg.norm(a, axis=1), tg.norm(a, ord=1, axis=0), tg.norm(a, ord=np.inf, axis=1)),
        (A,),
    ),
    "reshaping": (
        lambda a: (a.reshape(2, 6), a.reshape(-1), tg.ravel(a), a[None], tg.expand_dims(a, 1), tg.squeeze(a[:, :1])),
        (A,),
    ),
    "moving axes": (
        lambda a: (a.T, tg.transpose(a, (2, 0, 1)), tg.swapaxes(a, 0, -1), tg.moveaxis(a, 0, 2)),
        (x(2, 3, 4),),
    ),
    "turning": (
        lambda a: (tg.flip(a), tg.flip(a, 1), tg.roll(a, 2), tg.roll(a, -1, 1), tg.roll(a, (1, 2), (0, 1))),
        (A,),
    ),
    "broadcasting": (
        lambda a: (
            tg.broadcast_to(a, (2, 3, 4)),
            a + np.arange(4.0),
            tg.tile(a, (2, 1, 2)),
            tg.repeat(a, 2, 1),
            tg.repeat(a, 2),
        ),
        (A,),
    ),
    "joining": (
        lambda a, b: (tg.concatenate([a, b], 1), tg.stack([a, b], -1), tg.vstack([a, b]), tg.hstack([a, b])),
        (A, B),
    ),
    "padding": (
        lambda a: (
            tg.pad(a, 1),
            tg.pad(a, ((0, 1), (2, 0)), constant_values=7),
            tg.pad(a, (0, 2), mode="reflect"),
            tg.pad(a, 1, mode="edge"),
        ),
        (A,),
    ),
    "triangles": (lambda a: (tg.tril(a), tg.triu(a, 1), tg.tril(a, -1)), (A,)),
    "running sums": (lambda a: (tg.cumsum(a, axis=1), tg.cumsum(a)), (A,)),
    "sorting": (lambda a: (tg.sort(a), tg.sort(a, axis=0)), (A,)),
    "products": (
        lambda a, b: (a @ b.T, a @ np.arange(4.0), tg.dot(a[0], b[0]), tg.outer(a[0], b[1]), tg.inner(a, b)),
        (A, B),
    ),
    "einsum": (lambda a, b: (tg.einsum("ij,kj->ik", a, b), tg.einsum("ij->j", a), tg.tensordot(a, b, 2)), (A, B)),
    "determinant": (lambda a: tg.det(a), (x(3, 3),)),
    "slices": (
        lambda a: (a[1:], a[:, ::2], a[::-1], a[:, -1], a[0, 1], a[..., 1:3], a[:, None, 0], a[2:0:-1, -3:-1]),
        (A,),
    ),
    "places": (
        lambda a: (
            a[[2, 0, 0]],
            a[:, np.array([[1, -1]])],
            a[np.array([True, False, True])],
            tg.take(a, [1, 2], axis=1),
        ),
        (A,),
    ),
    "pairs of places": (lambda a: a[np.arange(3), np.array([1, 0, 3])], (A,)),
    "places that are given": (lambda a, k: (a[k], a[:, k], a[np.arange(3), k]), (A, np.array([2, 0, 1]))),
    "whole numbers that are given": (lambda a, k: a * k[:, None] + (k == 1)[:, None], (A, np.array([2, 0, 1]))),
    "gradients": (
        lambda a, r: tg.grad(lambda v, w: (tg.where(v > 0, v * v, v) * w).sum(), argnums=(0, 1))(a, r),
        (A, np.arange(1.0, 5.0)),
    ),
    "neurons in a row": (lambda a: affine_of_row(a, np.arange(10.0)), (A,)),
    "constants alone": (lambda a: (a * 0.0 + 3.0, a.sum() * 2), (A,)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_exported_function_computes_the_same(name):
    f, inputs = FUNCTIONS[name]
    compared(f, inputs, rtol=1e-4)


def test_every_rule_is_used_by_one_of_these_functions_or_models(monkeypatch):
    used = set()

    def noted(name, write):
        return lambda graph, line, *inputs: (used.add(name), write(graph, line, *inputs))[1]

    for name, write in list(RULES.items()):
        monkeypatch.setitem(RULES, name, noted(name, write))
    for f, inputs in FUNCTIONS.values():
        export_onnx(f, inputs if len(inputs) > 1 else inputs[0])
    for make, inputs in MODELS.values():
        export_onnx(make(), inputs if len(inputs) > 1 else inputs[0])
    seldom = {"identity", "stopped", "cast", "filled"}
    assert set(RULES) - used <= seldom


# ── models ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def rng():
    return np.random.default_rng(0)


def small_cnn():
    return nn.Sequential(
        Conv2d(1, 4, 3, padding=1, rng=rng()), nn.ReLU(), MaxPool2d(2), Conv2d(4, 6, 3, stride=2, rng=rng()),
        nn.BatchNorm2d(6), nn.Flatten(), nn.Linear(24, 3, rng=rng()),
    )  # fmt: skip


class Sequences(nn.Module):
    """A recurrent network's outputs, and a word for the last one."""

    def __init__(self, layer):
        self.layer, self.out = layer, nn.Linear(8, 2, rng=rng())

    def forward(self, sequence):
        y, _ = self.layer(sequence)
        return self.out(y[:, -1])


class Attention(nn.Module):
    """Places that ask only earlier ones."""

    def __init__(self):
        self.attention = MultiHeadAttention(4, 2, batch_first=True, rng=rng())

    def forward(self, x):
        return self.attention(x, x, x, is_causal=True)


class Averages(nn.Module):
    """BatchNorm that has seen something."""

    def __init__(self):
        self.linear, self.norm = nn.Linear(3, 4, rng=rng()), nn.BatchNorm1d(4)
        self.norm(x(16, 4))
        self.dropout = nn.Dropout(0.5, rng())

    def forward(self, x):
        return self.dropout(self.norm(self.linear(x)))


ROW = {"batch_first": True, "rng": np.random.default_rng(3)}
MODELS = {
    "layers": (
        lambda: nn.Sequential(nn.Linear(4, 5, rng=rng()), nn.Tanh(), nn.Linear(5, 2, rng=rng()), nn.Softmax()),
        (A,),
    ),
    "without bias": (lambda: nn.Linear(4, 3, bias=False, rng=rng()), (A,)),
    "in three axes": (lambda: nn.Linear(4, 3, rng=rng()), (x(2, 3, 4),)),
    "neurons": (lambda: nn.MLP(4, [5, 1], hidden="tanh", rng=rng()), (A,)),
    "activations": (
        lambda: nn.Sequential(nn.GELU(), nn.SiLU(), nn.ELU(), nn.LeakyReLU(), nn.Softplus(), nn.LogSoftmax()),
        (A,),
    ),
    "layer norm": (lambda: nn.Sequential(nn.LayerNorm(4), nn.Residual(nn.Linear(4, 4, rng=rng()))), (A,)),
    "batch norm and dropout": (lambda: Averages(), (x(3, 3),)),
    "embedding": (
        lambda: nn.Sequential(nn.Embedding(7, 3, rng=rng()), nn.Flatten(), nn.Linear(6, 2, rng=rng())),
        (np.array([[0, 6], [3, 3]]),),
    ),
    "embedding with padding": (lambda: nn.Embedding(7, 3, padding_idx=0, rng=rng()), (np.array([[0, 6], [3, 3]]),)),
    "pictures": (small_cnn, (x(2, 1, 10, 10),)),
    "groups and borders": (
        lambda: Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2, rng=rng()),
        (x(2, 4, 7, 7),),
    ),
    "circular": (lambda: Conv1d(2, 3, 3, padding="same", padding_mode="reflect", bias=False, rng=rng()), (x(2, 2, 7),)),
    "pools": (
        lambda: nn.Sequential(
            MaxPool2d(3, stride=2, padding=1), AvgPool2d(2, padding=1, count_include_pad=False), AdaptiveAvgPool2d(2)
        ),
        (x(2, 3, 9, 9),),
    ),
    "pools of sequences": (lambda: MaxPool1d(3, stride=1, dilation=2), (x(2, 3, 9),)),
    "rnn": (lambda: Sequences(RNN(3, 8, **ROW)), (x(2, 5, 3),)),
    "lstm": (lambda: Sequences(LSTM(3, 4, bidirectional=True, **ROW)), (x(2, 5, 3),)),
    "gru": (lambda: Sequences(GRU(3, 8, num_layers=2, **ROW)), (x(2, 5, 3),)),
    "attention": (lambda: Attention(), (x(2, 5, 4),)),
}


@pytest.mark.parametrize("batch", [False, True], ids=["this size", "any size"])
@pytest.mark.parametrize("name", MODELS)
def test_an_exported_model_computes_the_same(name, batch):
    make, inputs = MODELS[name]
    model = make()
    was = [part.training for part in model.modules()]
    made = export_onnx(model, inputs[0], batch=batch)
    assert [part.training for part in model.modules()] == was, "exporting left the model in another mode"
    first = made.graph.input[0].type.tensor_type.shape.dim[0]
    assert first.dim_param == ("batch" if batch else "")
    compared(model.eval(), inputs, batch, rtol=1e-4)


def test_a_transformer_block_with_any_number_of_samples(tmp_path):
    compared(TransformerBlock(4, 2, rng=rng()).eval(), (x(2, 3, 4),), batch=True, rtol=1e-4)


def test_parameters_keep_their_names_and_the_file_says_what_it_is(tmp_path):
    model = nn.Sequential(nn.Linear(2, 3, rng=rng()), nn.Tanh(), nn.Linear(3, 1, rng=rng()))
    made = export_onnx(model, np.zeros((1, 2)), tmp_path / "model.onnx", batch=True)
    assert [x.name for x in made.graph.initializer] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert [node.op_type for node in made.graph.node] == ["Gemm", "Tanh", "Gemm", "Identity"]
    assert [x.name for x in made.graph.input] == ["x"] and [x.name for x in made.graph.output] == ["output"]
    assert made.opset_import[0].version == 18 and made.producer_name == "tinygrad_edu"
    assert os.listdir(tmp_path) == ["model.onnx"]
    assert onnx.load(tmp_path / "model.onnx") == made
    weight = onnx.numpy_helper.to_array(made.graph.initializer[0])
    assert weight.dtype == np.float32 and np.array_equal(weight, model[0].weight.data.astype(np.float32))


def test_numbers_may_stay_in_double_precision():
    model = nn.Sequential(nn.Linear(4, 5, rng=rng()), nn.Tanh(), nn.Linear(5, 2, rng=rng()))
    (found,) = run(export_onnx(model, A, dtype=np.float64), (A,), np.float64)
    np.testing.assert_allclose(found, model(A).data, rtol=1e-13)


def test_what_is_too_large_for_single_precision_becomes_the_largest_number_and_infinity_stays():
    made = export_onnx(lambda a: tg.where(a > 0, a * 0 + 1e300, -math.inf), np.ones(2))
    assert run(made, (np.array([1.0, -1.0]),))[0].tolist() == [float(np.finfo(np.float32).max), -math.inf]


def test_a_result_that_is_an_input_or_a_parameter_is_a_result():
    w = tg.Value([1.0, 2.0], name="w")
    made = export_onnx(lambda a: (a, w, a), np.ones(2))
    assert [y.tolist() for y in run(made, (np.array([5.0, 6.0]),))] == [[5, 6], [1, 2], [5, 6]]
    assert [x.name for x in made.graph.output] == ["output", "output_1", "output_2"]


def test_an_input_of_the_name_of_a_parameter_keeps_it_and_the_parameter_gets_a_number():
    w = tg.Value([1.0, 2.0], name="x")
    made = export_onnx(lambda x: x * w, np.ones(2))
    assert [v.name for v in made.graph.input] == ["x"] and [v.name for v in made.graph.initializer] == ["x_2"]


# ── an open batch ────────────────────────────────────────────────────────────────────────────────────────────────────
OPEN = {
    "sums over the samples": (lambda a: (a.sum(axis=0), a.mean(), tg.var(a, axis=0)), (A,)),
    "shapes with two open lengths": (lambda a: (tg.stack([a, a]).reshape(-1), a[:, None] + a[None]), (A,)),
    "a shape that is a multiple": (lambda a: a.reshape(-1, 2), (A,)),
    "states of zeros": (lambda a: tg.concatenate([a, np.zeros((a.shape[0], 2))], 1), (A,)),
    "one row per sample": (lambda a, k: a[np.arange(a.shape[0]), k], (A, np.array([2, 0, 1]))),
    "broadcasting": (lambda a: tg.broadcast_to(a[:, :1], a.shape) + tg.broadcast_to(np.arange(4.0), a.shape), (A,)),
    "slices": (lambda a: (a[:, 1:], a[:, -1], a[::-1], a[0], a[-1]), (A,)),
}


@pytest.mark.parametrize("name", OPEN)
def test_the_number_of_samples_may_be_left_open(name):
    f, inputs = OPEN[name]
    compared(f, inputs, batch=True, rtol=1e-4, sizes=(2, 3, 4))


CLOSED = {
    "a number": (lambda a: a.sum() / a.shape[0] ** 2, "a number in"),
    "a loop": (lambda a: sum(a[k] ** (k + 1.0) for k in range(a.shape[0])), "it does different things"),
    "a constant": (lambda a: a + np.arange(a.shape[0] * 1.0)[:, None], "is not the same for every sample"),
    "a length": (lambda a: tg.concatenate([a, a[:1]]), "a length of 8 with 7 samples is 12 with 11"),
    "a square": (lambda a: (a[:, None] + a[None]).reshape(-1), "a length of 196 with 7 samples is 484 with 11"),
    "a place": (lambda a: a[a.shape[0] // 2], "place 3 in one program is place 5 in the other"),
    "a slice": (lambda a: a[: a.shape[0] // 2], "a slice is"),
    "places": (lambda a: a[:, np.array([a.shape[0] % 3])], "an array of places differs"),
    "backwards": (lambda a: a[np.arange(a.shape[0])[::-1]], "an array of places differs"),
    "repeat": (lambda a: tg.repeat(a, 2, 0), "repeat repeats samples"),
    "ddof": (lambda a: tg.var(a, axis=0, ddof=1), "var divides by the number of samples − 1"),
}


@pytest.mark.parametrize("name", CLOSED)
def test_what_depends_on_the_number_of_samples_in_another_way_is_refused(name):
    f, words = CLOSED[name]
    with pytest.raises(OnnxError) as caught:
        export_onnx(f, A, batch=True)
    assert str(caught.value).startswith("The batch cannot be left open: ") and words in str(caught.value)
    assert caught.value.write.startswith("Leave batch=True out")
    compared(f, (A,), rtol=1e-4)


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_operation_without_counterpart_is_named_with_its_place():
    def f(a):
        return tg.inv(a) * 2

    with pytest.raises(OnnxError) as caught:
        export_onnx(f, x(3, 3))
    first, why, write = str(caught.value).splitlines()
    assert first.startswith("inv cannot be exported (") and "test_export.py:" in first and "tg.inv(a) * 2" in first
    assert (
        why
        == "  ONNX is a fixed list of operations, and this one neither is in it nor is put together from others here."
    )
    assert write.startswith("  Export the part of the model before it")


REFUSED = {
    "order": (lambda a: a.reshape((4, 3), order="F"), "reshape with order='F' cannot be exported"),
    "wrapped borders": (lambda a: tg.pad(a, 1, mode="wrap"), "pad with mode='wrap' cannot be exported"),
    "a mask of two axes": (lambda a: a[A > 0], "getitem with a mask of several axes"),
    "places of two shapes": (lambda a: a[np.array([[0], [1]]), np.array([1, 2])], "getitem with arrays of places"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_setting_without_counterpart_is_named(name):
    f, words = REFUSED[name]
    with pytest.raises(OnnxError, match=words.replace("(", r"\(")):
        export_onnx(f, A)


MISUSES = [
    (lambda: export_onnx(tg.Value(1.0), A), "export_onnx was given a Value, not a model or function."),
    (lambda: export_onnx(tg.tanh, "text"), "The example is a str."),
    (lambda: export_onnx(tg.tanh, ()), "The example is a tuple."),
    (lambda: export_onnx(tg.tanh, 1.0, batch=True), "batch=True with an example of shape ()."),
    (lambda: export_onnx(tg.tanh, np.ones((0, 2)), batch=True), "batch=True with an example of shape (0, 2)."),
    (lambda: export_onnx(tg.tanh, A, dtype=int), "dtype=<class 'int'> is none for the numbers of an ONNX model."),
    (lambda: export_onnx(tg.tanh, A, dtype=np.float16), "is none for the numbers"),
]


@pytest.mark.parametrize("misuse", MISUSES, ids=lambda row: row[1][:40])
def test_a_misuse_is_told_in_three_parts(misuse):
    do, words = misuse
    with pytest.raises(DataError) as caught:
        do()
    assert words in str(caught.value) and all((caught.value.what, caught.value.why, caught.value.write))


def test_random_numbers_would_be_the_same_for_ever_and_are_refused():
    rng = np.random.default_rng(0)
    for f in (lambda a: a * rng.random(a.shape), lambda a: a + float(rng.random())):
        with pytest.raises(OnnxError) as caught:
            export_onnx(f, A)
        what, why, write = str(caught.value).splitlines()
        assert what == "The model did not do the same twice."
        assert why.endswith("random numbers would be the same for ever in the file.")
        assert write == "  Write model.eval() first, or make the random numbers an input."


def test_masks_and_whole_numbers_may_be_results():
    made = export_onnx(lambda a, k: (a > 0, k), (A, np.array([[3]])))
    mask, whole = run(made, (A, np.array([[3]])))
    assert mask.dtype == bool and (mask == (A > 0)).all() and whole.tolist() == [[3]] and whole.dtype == np.int64


def test_a_single_number_is_an_example_too():
    compared(tg.tanh, (np.array(0.5),))


def test_without_the_package_one_line_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r'Run: python -m pip install "tinygrad-edu\[onnx\]"'):
        export_onnx(tg.tanh, A)


def test_the_room_loads_onnx_only_when_it_is_used():
    code = "import sys, tinygrad_edu.onnx; print(sorted({'onnx', 'onnxruntime'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_failed_export_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.onnx"
    export_onnx(tg.tanh, A, path)
    before = path.read_bytes()
    with pytest.raises(OnnxError):
        export_onnx(tg.inv, x(3, 3), path)
    assert path.read_bytes() == before and os.listdir(tmp_path) == ["model.onnx"]


@pytest.mark.parametrize("pick", [lambda x: x[:20], lambda x: x[-20:], lambda x: x[:11]])
def test_a_slice_of_some_samples_is_not_taken_for_one_of_all(pick):
    with pytest.raises(OnnxError, match="batch cannot be left open"):
        export_onnx(lambda x: tg.mean(pick(x), axis=0), np.zeros((1, 2)), batch=True)


@pytest.mark.parametrize("pick", [lambda x: x[:], lambda x: x[0:], lambda x: x[: len(x)], lambda x: x[:, :20]])
def test_a_slice_of_all_samples_is_one(pick):
    compared(lambda x: pick(x) * 2.0, (x(3, 4),), batch=True, sizes=(1, 12, 40))


def test_a_slice_of_the_last_samples_is_written_as_it_is():
    compared(lambda x: tg.mean(x[-9:], axis=0), (x(3, 4),), batch=True, sizes=(9, 12, 40))


def test_sorting_all_entries_is_exported():
    compared(lambda x: tg.sort(x, axis=None), (x(3, 4),))


def test_an_example_with_rows_of_different_lengths_is_refused():
    with pytest.raises(DataError, match="The example is a list"):
        export_onnx(lambda x: x, [[1.0], [1.0, 2.0]])


def test_a_length_neither_overflows_nor_loses_its_zeros_and_infinities():
    a = np.array([1e30, 3e-30, 0.0, np.inf, -3.0], np.float32)
    b = np.array([1.0, 4e-30, 0.0, np.inf, 4.0], np.float32)
    model = export_onnx(tg.hypot, (a, b))
    np.testing.assert_allclose(run(model, (a, b))[0], [1e30, 5e-30, 0.0, np.inf, 5.0], rtol=1e-6)


def test_a_model_that_returns_nothing_is_refused():
    with pytest.raises(DataError, match="returned nothing"):
        export_onnx(lambda x: None, np.ones(2))
