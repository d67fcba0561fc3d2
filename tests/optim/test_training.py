"""Optimizers in training: groups, options that change on the way, closures, and memory that does not grow."""

from __future__ import annotations

import gc
import tracemalloc

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu import Value, optim


def test_options_that_are_switched_on_later_start_to_remember_then():
    p = Value([1.0])
    made = optim.SGD([p], lr=1.0)
    for momentum, expected in ((0.0, 0.0), (0.5, -1.0), (0.5, -2.5)):
        made.param_groups[0]["momentum"] = momentum
        p.grad = [1.0]
        made.step()
        assert p.data.tolist() == [expected]


def test_what_is_remembered_follows_a_parameter_into_another_precision():
    p = Value([1.0, 2.0])
    made = optim.Adam([p])
    p.grad = [1.0, 1.0]
    made.step()
    p.data = p.data.astype(np.float32)
    p.grad = [1.0, 1.0]
    made.step()
    assert p.dtype == np.float32 and made.state[0]["m"].dtype == np.float32


def test_groups_have_rates_of_their_own():
    a, b, c = Value(1.0), Value(1.0), Value(1.0)
    made = optim.SGD([{"params": [a], "lr": 0.5}, {"params": b}], lr=0.25)
    made.add_param_group({"params": [c], "lr": 0.125, "momentum": 0.5})
    for p in (a, b, c):
        p.grad = 1.0
    made.step()
    assert [p.data for p in (a, b, c)] == [0.5, 0.75, 0.875]
    made.lr = 1.0
    assert [group["lr"] for group in made.param_groups] == [1.0, 1.0, 1.0]
    made.zero_grad()
    assert [p.grad for p in (a, b, c)] == [None, None, None]


def test_a_closure_is_called_before_the_step_and_its_loss_returned():
    p = Value(3.0)
    made = optim.Adam([p])

    def closure():
        made.zero_grad()
        loss = p * p
        loss.backward()
        return loss

    assert made.step(closure).data == 9.0
    assert p.data != 3.0


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Lion"])
def test_every_optimizer_learns_a_small_network(name, rng):
    x = rng.uniform(-1, 1, (60, 2))
    y = (x[:, :1] * x[:, 1:] > 0).astype(float)
    rates = {"SGD": 2.0, "Adam": 0.05, "AdamW": 0.05, "RMSprop": 0.02, "Adagrad": 0.3, "Lion": 0.01}
    net = tg.nn.MLP(2, [8, 1], hidden="tanh", rng=np.random.default_rng(1))
    made = getattr(optim, name)(net.parameters(), lr=rates[name])
    for _ in range(300):
        made.zero_grad()
        tg.losses.binary_cross_entropy_with_logits(net(x), y).backward()
        made.step()
    assert ((net(x).data > 0) == y).mean() > 0.95


def test_ten_thousand_steps_leave_memory_as_it_was():
    w, b = Value([[0.1]]), Value(0.0)
    optimizers = [optim.Adam([w], amsgrad=True), optim.RMSprop([b], centered=True, momentum=0.5)]
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizers[0], 100)

    def steps(count):
        for _ in range(count):
            for made in optimizers:
                made.zero_grad()
            (w * w + b * b).sum().backward()
            optim.clip_grad_norm_([w, b], 1.0)
            for made in optimizers:
                made.step()
            schedule.step()

    gc.collect()
    gc.disable()  # nothing may wait for the collector
    steps(2000)  # Python keeps 2000 tuples of each length for later: let it have them first
    tracemalloc.start()
    try:
        steps(100)
        before = tracemalloc.get_traced_memory()[0]
        steps(2000)
        after = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()  # watching makes each step four times as long
        steps(5900)
    finally:
        tracemalloc.stop()
        gc.enable()
    # Python itself may keep a few thousand bytes more for later; the smallest object has 16
    assert after - before < 2000 * 16 / 4
