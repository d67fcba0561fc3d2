"""Ten steps of every optimizer, and every schedule, arrive where PyTorch 2 arrives (make_torch_figures.py).

The figures are float64. What differs is rounding: PyTorch adds in another order. L-BFGS amplifies it, because it
divides by differences of gradients.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.optim.problems import CALLS, CASES, CURVATURE, PROBLEMS, SCHEDULES, START, name_of
from tinygrad_edu import Value, optim
from tinygrad_edu.optim import lr_scheduler

FIGURES = json.loads(Path(__file__).with_name("torch_figures.json").read_text("utf-8"))


def parameters():
    return {name: Value(x) for name, x in START.items()}


def flat(p):
    return np.concatenate([np.ravel(x.data if isinstance(x, Value) else x) for x in p.values()])


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(("optimizer", "options"), CASES, ids=[name_of(*case) for case in CASES])
def test_ten_steps_arrive_where_pytorch_arrives(optimizer, options, problem):
    p = parameters()
    made = getattr(optim, optimizer)(p.values(), **options)

    def closure():
        made.zero_grad()
        loss = PROBLEMS[problem]({**p, "curvature": CURVATURE}, tg.sin)
        loss.backward()
        return loss

    for k, figures in enumerate(FIGURES["steps"][name_of(optimizer, options)][problem]):
        made.step(closure)
        rounding = 1e-12 if optimizer != "LBFGS" else 1e-7 if k < 5 else 1e-5
        np.testing.assert_allclose(flat(p), figures, rtol=rounding, atol=rounding, err_msg=f"step {k}")


FIRST_ORDER = [case for case in CASES if case[0] != "LBFGS"]


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(("optimizer", "options"), FIRST_ORDER, ids=[name_of(*case) for case in FIRST_ORDER])
def test_the_functional_form_arrives_there_too(optimizer, options, problem):
    made = getattr(optim, optimizer)(**options)
    params = {name: np.array(x) if name != "s" else x for name, x in START.items()}
    slope, state = tg.grad(lambda p: PROBLEMS[problem]({**p, "curvature": CURVATURE}, tg.sin)), made.init(params)
    for figures in FIGURES["steps"][name_of(optimizer, options)][problem]:
        params, state = made.update_all(params, slope(params), state)
        np.testing.assert_allclose(flat(params), figures, rtol=1e-12, atol=1e-12)
    assert type(params["s"]) is float
    assert state["t"] == 10.0


def two_groups():
    p = parameters()
    return optim.SGD([{"params": [p["w"]]}, {"params": [p["b"]], "lr": 0.1}], lr=0.5, momentum=0.9)


def rates(make):
    optimizer = two_groups()
    schedule = make(optimizer)
    found = []
    for _ in range(CALLS):
        found.append([x for group in optimizer.param_groups for x in (group["lr"], group["momentum"])])
        optimizer.step()
        schedule.step()
    return found


@pytest.mark.parametrize(("name", "options"), SCHEDULES, ids=[name_of(*case) for case in SCHEDULES])
def test_a_schedule_gives_pytorchs_rates(name, options):
    found = rates(lambda optimizer: getattr(lr_scheduler, name)(optimizer, **options))
    np.testing.assert_allclose(found, FIGURES["rates"][name_of(name, options)], rtol=1e-12, atol=1e-16)


def test_schedules_in_sequence_give_pytorchs_rates():
    def make(optimizer):
        warm_up = lr_scheduler.LinearLR(optimizer, 0.1, total_iters=4)
        cosine = lr_scheduler.CosineAnnealingLR(optimizer, 6)
        return lr_scheduler.SequentialLR(optimizer, [warm_up, cosine], [4])

    np.testing.assert_allclose(rates(make), FIGURES["warm-up, then cosine"], rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("norm", [1.0, 2.0, 3.0, math.inf])
@pytest.mark.parametrize("most", [1.0, 1e4])
def test_clipped_gradients_are_pytorchs(norm, most):
    p = parameters()
    PROBLEMS["valley"]({**p, "curvature": CURVATURE}, tg.sin).backward()
    total = optim.clip_grad_norm_(p.values(), most, norm)
    gradients = np.concatenate([np.ravel(x.grad) for x in p.values()])
    np.testing.assert_allclose([total, *gradients], FIGURES["clipped"][f"{norm}, {most}"], rtol=1e-13)
