"""Which steps of a program are called gradients, and that each of them is the gradient it is called."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.compiler.source.standalone import source_of


@pytest.mark.parametrize(
    ("f", "args", "wanted"),
    [
        (tg.grad(lambda w, x: (w * x).sin()), (1.0, 2.0), []),
        (tg.value_and_grad(lambda W, X: np.tanh(W @ X).sum()), (np.ones((2, 3)), np.ones((3, 4))), ["dW"]),
        (tg.value_and_grad(lambda weight, x: (weight * x).sum()), (np.ones(3), np.ones(3)), []),
    ],
)
def test_a_gradient_is_called_after_what_it_belongs_to(f, args, wanted):
    assert re.findall(r"^    (d\w*) =", source_of(f, args), re.MULTILINE) == wanted


def test_a_second_derivative_says_so():
    def f(x):
        return tg.tanh(x)

    text = source_of(lambda x: (tg.grad(f)(x), tg.grad(tg.grad(f))(x)), (0.5,))
    assert "d2_f_d_x_d_x" in text


def test_minus_a_gradient_is_not_called_the_gradient():
    def f(x, y):
        h = tg.exp(x)
        z = y - h
        return z * z

    text = source_of(tg.value_and_grad(f), (0.5, 1.0))
    space: dict = {}
    steps = text[text.index("    h =") : text.rindex("    return")]
    exec("import math\n" + "\n".join(line.strip() for line in steps.splitlines()), space | {"x": 0.5, "y": 1.0}, space)
    h = math.exp(0.5)
    for name, right in {"d_f_d_z": 2 * (1 - h), "d_f_d_h": -2 * (1 - h), "d_f_d_x": -2 * (1 - h) * h}.items():
        if name in space:
            assert space[name] == pytest.approx(right)
    assert {"d_f_d_x", "d_f_d_h"} & space.keys()


def test_a_loss_that_is_not_asked_for_still_names_its_gradients():
    def loss(w, x):
        h = tg.tanh(w * x)
        return h * h * h

    assert "d_loss_d_w" in source_of(lambda w, x: tg.grad(loss)(w, x) * 2.0, (0.5, 1.0))
    assert "d_loss_d_h" in source_of(tg.grad(loss), (0.5, 1.0))


def test_every_step_that_is_called_a_gradient_is_that_gradient():
    def cost(W, b, X, Y):
        Z = W @ X + b
        A = 1.0 / (1.0 + np.exp(-Z))
        J = -np.mean(Y * np.log(A) + (1.0 - Y) * np.log(1.0 - A))
        return J  # noqa: RET504

    rng = np.random.default_rng(3)
    W, b, X, Y = rng.normal(size=(1, 3)), rng.normal(size=(1, 1)), rng.normal(size=(3, 5)), np.eye(1, 5)
    text = source_of(tg.value_and_grad(cost, argnums=(0, 1)), (W, b, X, Y))
    space = {"np": np, "W": W, "b": b, "X": X, "Y": Y}
    exec("\n".join(line[4:] for line in text[text.index("    # forward") :].splitlines()[:-1]), space)
    A = 1.0 / (1.0 + np.exp(-(W @ X + b)))
    dZ = (A - Y) / Y.size
    right = {"dZ": dZ, "dW": dZ @ X.T, "db": dZ.sum(axis=1, keepdims=True), "dA": dZ / (A * (1.0 - A))}
    found = {name: x for name, x in space.items() if re.fullmatch(r"d[A-Za-z_]+", name)}
    assert {"dZ", "dW", "db"} <= found.keys() <= right.keys()
    for name, x in found.items():
        np.testing.assert_allclose(x, right[name], rtol=1e-10, err_msg=name)


def test_what_is_no_gradient_of_one_result_is_not_called_one():
    def f(x):
        h = tg.tanh(x)
        return tg.sin(h) * h

    text = source_of(tg.jacobian(f), (np.array([0.5, 0.7]),))  # every row starts with another unit vector
    assert re.findall(r"^    (d_?h\w*) =", text, re.MULTILINE) == []
