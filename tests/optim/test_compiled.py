"""A whole training step (loss, gradients, update) is one function, and compiled it computes the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.optim.problems import CASES, CURVATURE, START, name_of, valley
from tinygrad_edu import optim

FIRST_ORDER = [case for case in CASES if case[0] != "LBFGS"]


@pytest.mark.parametrize(("name", "options"), FIRST_ORDER, ids=[name_of(*case) for case in FIRST_ORDER])
def test_a_compiled_training_step_is_the_same_step(name, options):
    made = getattr(optim, name)(**options)

    def step(params, state, lr):
        loss, grads = tg.value_and_grad(lambda p: valley({**p, "curvature": CURVATURE}, tg.sin))(params)
        return *made.update_all(params, grads, state, lr=lr), loss

    fast = tg.compile(step)
    params = {name: np.array(x) if name != "s" else x for name, x in START.items()}
    one = other = (params, made.init(params), None)
    for k in range(5):
        rate = made.lr / (1 + k)  # an argument, so that a schedule needs no new program
        one, other = step(*one[:2], rate), fast(*other[:2], rate)
        for p in params:
            np.testing.assert_allclose(other[0][p], one[0][p], rtol=1e-14, atol=1e-15)
    assert type(other[0]["s"]) is float
    assert other[1]["t"] == 5.0
    assert other[1].keys() == one[1].keys()


def test_float32_parameters_stay_float32_in_a_compiled_step():
    made = optim.Adam(lr=0.1)
    step = tg.compile(lambda params, state: made.update_all(params, [2.0 * p for p in params], state))
    params = [np.ones((3, 2), np.float32)]
    state = made.init(params)
    for _ in range(2):
        params, state = step(params, state)
    assert params[0].dtype == state["m"][0].dtype == state["v"][0].dtype == np.float32
