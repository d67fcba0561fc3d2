"""The source a program is shown as: it runs on its own, computes what the function computes, and reads well."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.ops import cases_arrays, cases_elementwise
from tests.ops.test_every_op import gradients
from tinygrad_edu.compiler.source.standalone import source_of, written

CASES = [*cases_elementwise.CASES, *cases_arrays.CASES]


def run_alone(text: str, name: str | None = None):
    """The function that a source defines, in a namespace that has nothing."""
    space: dict = {}
    exec(compile(text, "<source>", "exec"), space)
    name = name or [line for line in text.splitlines() if line.startswith("def ")][-1][4:].split("(")[0]
    return space[name]


def same(found, right, tolerance=1e-13):
    """Equal containers, dtypes and shapes; numbers equal but for the last bits."""
    if isinstance(right, (tuple, list)):
        assert type(found) is type(right)
        assert len(found) == len(right)
        for a, b in zip(found, right):
            same(a, b, tolerance)
    elif isinstance(right, dict):
        assert list(found) == list(right)
        for key in right:
            same(found[key], right[key], tolerance)
    else:
        assert type(found) is type(right)
        assert np.shape(found) == np.shape(right)
        assert np.asarray(found).dtype == np.asarray(right).dtype
        np.testing.assert_allclose(found, right, rtol=tolerance, atol=tolerance)


every_case = pytest.mark.parametrize("case", CASES, ids=str)


@every_case
def test_the_source_of_every_primitive_runs_alone_and_computes_the_same(case):
    source = written(case.call, case.inputs, {})
    same(run_alone(source.text)(*case.inputs, *source.extras), case.call(*case.inputs))


@every_case
def test_so_does_the_source_of_its_gradient(case):
    source = written(gradients(case), case.inputs, {})
    same(run_alone(source.text)(*case.inputs, *source.extras), gradients(case)(*case.inputs), 1e-11)


# ── networks ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def sigmoid(z):
    return 1 / (1 + tg.exp(-z))


def perceptron(w, b, x, target):
    error = target - sigmoid(w[0] * x[0] + w[1] * x[1] + b)
    return 0.5 * error**2


def two_layers(p, x1, x2, y):
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = p
    h1 = tg.sigmoid(w1 * x1 + w2 * x2 + b1)
    h2 = tg.sigmoid(w3 * x1 + w4 * x2 + b2)
    o1 = tg.sigmoid(w5 * h1 + w6 * h2 + b3)
    loss = (y - o1) ** 2
    return loss  # noqa: RET504, its name is what is tested


def vectorised(parameters, X, Y):
    A, last = X, len(parameters) // 2
    for layer in range(1, last + 1):
        Z = parameters[f"W{layer}"] @ A + parameters[f"b{layer}"]
        A = tg.relu(Z) if layer < last else tg.sigmoid(Z)
    cost = -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    return cost  # noqa: RET504


def circle(layers, points, targets):
    A = points
    for W, b in layers:
        A = tg.sigmoid(A @ W.T + b)
    return ((A[:, 0] - targets) ** 2).mean()


def drawn(*shape):
    return np.random.default_rng(sum(shape)).normal(size=shape)


LAYERS = {"W1": drawn(8, 2), "b1": drawn(8, 1), "W2": drawn(1, 8), "b2": drawn(1, 1)}
R3 = ([0.5, -0.3, 0.8, 0.1, -0.6, 0.9, 0.0, 0.2, -0.1], -2.0, -1.0, 1.0)
R4 = (LAYERS, drawn(2, 5), np.array([[0.0, 1.0, 1.0, 0.0, 1.0]]))
NETWORKS = {
    "R1, a perceptron": (perceptron, ([0.3, 0.7], 0.1, (0.2, 0.5), 0.7)),
    "R2, layers in a list": (circle, ([(drawn(4, 2), drawn(4)), (drawn(1, 4), drawn(1))], drawn(9, 2), drawn(9))),
    "R3, two hidden neurons": (two_layers, R3),
    "R4, arrays in a dictionary": (vectorised, R4),
    "one precision less": (
        vectorised,
        ({k: v.astype("f") for k, v in LAYERS.items()}, *(x.astype("f") for x in R4[1:])),
    ),
}
network = pytest.mark.parametrize(("f", "args"), NETWORKS.values(), ids=NETWORKS)


@network
def test_a_network_runs_alone_forward_and_backward(f, args):
    both = tg.value_and_grad(f)
    source = written(both, args, {})
    same(run_alone(source.text)(*args), both(*args), 1e-3 if "float32" in repr(args) else 1e-13)


@network
def test_so_does_a_whole_training_step(f, args):
    def step(parameters, *rest):
        loss, slopes = tg.value_and_grad(f)(parameters, *rest)
        return updated(parameters, slopes), loss

    same(run_alone(source_of(step, args))(*args), step(*args), 1e-3 if "float32" in repr(args) else 1e-13)


def updated(p, slope):
    if isinstance(p, dict):
        return {key: updated(p[key], slope[key]) for key in p}
    if isinstance(p, (tuple, list)):
        return type(p)(updated(a, b) for a, b in zip(p, slope))
    return p - 0.1 * slope


def test_second_derivatives_run_alone_too():
    f = tg.hessian(lambda p: tg.tanh(p[0] * p[1]) + p[0] ** 3)
    x = np.array([0.5, -0.7])
    same(run_alone(source_of(f, (x,)))(x), f(x))


def test_the_source_of_r3_reads_like_the_derivation_in_the_textbook():
    assert source_of(tg.value_and_grad(two_layers), R3) == Path(__file__).with_name("golden_r3.txt").read_text("utf-8")


def test_the_source_of_r4_has_the_letters_of_the_textbook():
    assert source_of(tg.value_and_grad(vectorised), R4) == Path(__file__).with_name("golden_r4.txt").read_text("utf-8")


# ── what is read from outside ────────────────────────────────────────────────────────────────────────────────────────
def test_values_from_around_the_function_are_arguments_behind_its_own():
    w, scale = tg.Value(3.0, name="weight"), tg.Value(0.5)
    source = written(lambda x: w * x + scale, (2.0,), {})
    assert source.signature("f") == ["def f(x, weight, scale):"]
    assert source.extras == [3.0, 0.5]
    assert run_alone(source.text)(2.0, *source.extras) == 6.5


def test_a_small_array_is_written_out_and_a_large_one_is_an_argument():
    small, large = np.array([1.0, math.inf]), drawn(50)
    source = written(lambda x: (small * x).sum() + (large * x).sum(), (2.0,), {})
    assert "np.array([1.0, math.inf])" in source.text
    assert len(source.extras) == 1
    assert source.extras[0] is not large  # what it was when the function was recorded
    assert run_alone(source.text)(2.0, large) == math.inf


def test_a_setting_stays_a_parameter():
    def f(x, kind, *, power):
        return x**power if kind == "plain" else -x

    source = written(f, (2.0, "plain"), {"power": 3.0})
    assert run_alone(source.text)(2.0, "plain", power=3.0) == 8.0


def test_only_what_is_needed_is_imported():
    assert "import" not in source_of(lambda x: x * 2.0, (1.0,))
    assert "numpy" not in source_of(lambda x: tg.tanh(x), (1.0,))
    assert "import math" not in source_of(lambda x: tg.tanh(x), (drawn(3),))


def test_a_function_called_like_an_operation_does_not_call_itself():
    def gelu(x):
        return tg.gelu(x, approximate="tanh") * 2.0

    x = drawn(4)
    text = source_of(gelu, (x,))
    assert "def gelu_(x):" in text
    same(run_alone(text, "gelu_")(x), gelu(x))


# ── form ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_written_is_formatted_and_clean(tmp_path):
    pytest.importorskip("ruff")
    for k, case in enumerate(CASES):
        (tmp_path / f"case_{k}.py").write_text(written(gradients(case), case.inputs, {}).text, "utf-8")
    for k, (f, args) in enumerate(NETWORKS.values()):
        (tmp_path / f"network_{k}.py").write_text(source_of(tg.value_and_grad(f), args), "utf-8")
    settings = ["--no-cache", "--config", str(Path(tg.__file__).parents[1] / "pyproject.toml"), str(tmp_path)]
    for command in (["check", "--ignore", "SIM300"], ["format", "--check"]):  # 0.5 < x is how some rules are written
        done = subprocess.run([sys.executable, "-m", "ruff", *command, *settings], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-3000:]


def test_a_line_has_at_most_120_columns_also_with_a_hundred_arguments():
    text = source_of(lambda p: sum(tg.sin(x) * k for k, x in enumerate(p)), ([0.1] * 100,))
    assert max(map(len, text.splitlines())) <= 120
    same(run_alone(text)([0.1] * 100), sum(math.sin(0.1) * k for k in range(100)), 1e-12)
