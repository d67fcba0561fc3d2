"""Schedules set the rates of every group, can be asked about any step, and continue where they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optim.problems import SCHEDULES, name_of
from tinygrad_edu import Value, optim
from tinygrad_edu.errors import DataError, UnknownNameError
from tinygrad_edu.optim import lr_scheduler as schedules

IDS = [name_of(*case) for case in SCHEDULES]


def optimizer(**options):
    return optim.SGD([{"params": [Value(1.0)]}, {"params": [Value(2.0)], "lr": 0.1}], **{"lr": 0.5, **options})


@pytest.mark.parametrize(("name", "options"), SCHEDULES, ids=IDS)
@pytest.mark.parametrize("at", [0, 1, 5, 12])
def test_a_schedule_continues_where_another_was(name, options, at):
    made = optimizer(momentum=0.9)
    schedule = getattr(schedules, name)(made, **options)
    for _ in range(at):
        schedule.step()
    other = optimizer(momentum=0.9)
    again = getattr(schedules, name)(other, **options)
    again.load_state_dict(schedule.state_dict())
    assert other.param_groups[0]["momentum"] == made.param_groups[0]["momentum"]
    for _ in range(2 if at < 12 else 1):
        assert again.get_last_lr() == schedule.get_last_lr() == again.rates(again.last_epoch)
        again.step()
        schedule.step()


def test_loading_optimizer_and_schedule_in_any_order_is_the_same():
    def made():
        p = optimizer(momentum=0.9)
        return p, schedules.SequentialLR(p, [schedules.LinearLR(p, 0.1), schedules.StepLR(p, 2)], [5])

    first, one = made()
    for _ in range(8):
        one.step()
    for order in (0, 1):
        second, other = made()
        pairs = [(second, first), (other, one)]
        for to, origin in pairs[::-1] if order else pairs:
            to.load_state_dict(origin.state_dict())
        assert second.state_dict() == first.state_dict()
        one.step()
        other.step()
        assert other.get_last_lr() == one.get_last_lr()
        first_state = one.state_dict()
        first_state["last_epoch"] -= 1
        one.load_state_dict(first_state)


@given(st.integers(1, 40), st.integers(1, 40), st.floats(0.01, 1.0))
def test_a_warm_up_rises_and_the_cosine_after_it_falls(warm, rest, start):
    made = optim.SGD([Value(1.0)], lr=1.0)
    schedule = schedules.SequentialLR(
        made, [schedules.LinearLR(made, start, total_iters=warm), schedules.CosineAnnealingLR(made, rest)], [warm]
    )
    rates = []
    for _ in range(warm + rest + 1):
        rates += schedule.get_last_lr()
        schedule.step()
    assert rates[: warm + 1] == sorted(rates[: warm + 1])
    assert rates[warm:] == sorted(rates[warm:], reverse=True)
    assert rates[0] == pytest.approx(start) and rates[warm] == 1.0 and rates[-1] == pytest.approx(0.0, abs=1e-15)


@given(st.integers(2, 60), st.floats(0.05, 0.95), st.sampled_from(["cos", "linear"]), st.booleans())
def test_one_cycle_stays_between_its_ends_and_its_top(steps, start, strategy, three):
    made = optim.Adam([Value(1.0)])
    schedule = schedules.OneCycleLR(
        made, 1.0, steps, pct_start=start / 2 if three else start, anneal_strategy=strategy, three_phase=three
    )
    for k in range(steps):
        assert 0.0 <= made.lr <= 1.0 + 1e-12 or three or start * steps < 1.0  # there is no room for a first phase
        if k + 1 < steps:
            schedule.step()
    assert made.lr == pytest.approx(4e-6)
    with pytest.raises(DataError):
        schedule.step()


def test_a_list_of_functions_gives_each_group_its_own():
    made = optimizer()
    schedule = schedules.LambdaLR(made, [lambda t: 0.5**t, lambda t: 1.0 + t])
    schedule.step()
    assert schedule.get_last_lr() == [0.25, 0.2]


def test_one_cycle_moves_the_first_beta_of_adam_and_leaves_the_second():
    made = optim.Adam([Value(1.0)], betas=(0.5, 0.7))
    schedule = schedules.OneCycleLR(made, 0.1, total_steps=10)
    assert made.param_groups[0]["betas"] == (0.95, 0.7)
    for _ in range(2):
        schedule.step()
    assert made.param_groups[0]["betas"] == (0.85, 0.7)


def test_a_rate_may_come_down_to_zero_and_then_nothing_moves():
    p = Value(1.0)
    made = optim.SGD([p], lr=1.0)
    schedule = schedules.CosineAnnealingLR(made, T_max=1)
    schedule.step()
    p.grad = 1.0
    made.step()
    assert made.lr == 0.0 and p.data == 1.0


def test_the_rate_at_any_step_can_be_asked_without_going_there():
    made = optimizer()
    schedule = schedules.StepLR(made, 10, 0.5)
    assert schedule.rates(25) == [0.125, 0.025]
    assert schedule.get_last_lr() == [0.5, 0.1]


def test_a_schedule_says_what_it_is():
    made = optim.SGD([Value(1.0)], lr=0.5)
    assert repr(schedules.StepLR(made, 10)) == "StepLR(step_size=10, gamma=0.1)"
    assert repr(made) == "SGD(lr=0.5, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False)"


COUNTS = "It counts calls of step(): epochs or batches, as you choose."
FACTORS = "Learning rates are multiplied by such numbers, and none may be negative."
MESSAGES = [
    (
        lambda o: schedules.StepLR(Value(1.0), 3),
        "StepLR was given Value.\n"
        "  A schedule sets the learning rate of each parameter group of an optimizer.\n"
        "  Write StepLR(tg.optim.SGD(model.parameters(), lr=0.1), ...).",
    ),
    (
        lambda o: schedules.StepLR(optim.SGD(), 3),
        "StepLR was given an optimizer without parameters.\n"
        "  A schedule sets the learning rate of each parameter group of an optimizer.\n"
        "  Write StepLR(tg.optim.SGD(model.parameters(), lr=0.1), ...).",
    ),
    (
        lambda o: schedules.StepLR(o, 0),
        f"StepLR: step_size=0 is no positive whole number.\n  {COUNTS}\n  Write for example step_size=30.",
    ),
    (
        lambda o: schedules.StepLR(o, 3, -0.1),
        f"StepLR: gamma=-0.1 is no number of at least 0.\n  {FACTORS}\n  Write for example gamma=0.1.",
    ),
    (
        lambda o: schedules.MultiStepLR(o, [5, 3]),
        "MultiStepLR: milestones=[5, 3] are no whole numbers in increasing order.\n"
        "  They are the steps at which the rate changes, counted from 0.\n"
        "  Write for example milestones=[30, 80].",
    ),
    (
        lambda o: schedules.LambdaLR(o, 0.5),
        "LambdaLR: lr_lambda=0.5 is no function.\n"
        "  It is called with the number of the step and returns a factor for the learning rate.\n"
        "  Write LambdaLR(optimizer, lambda t: 0.95**t).",
    ),
    (
        lambda o: schedules.LambdaLR(o, [abs]),
        "LambdaLR: lr_lambda has 1 entries, the optimizer has 2 parameter groups.\n"
        "  Each group has a rate of its own, so a list needs one entry for each.\n"
        "  Write one lr_lambda for all, or a list of 2.",
    ),
    (
        lambda o: schedules.LambdaLR(o, lambda t: -1.0),
        "SGD: lr=-0.5 is no learning rate.\n"
        "  Each step goes against the gradient by this factor: 0 goes nowhere, less than 0 goes uphill.\n"
        "  Write a positive number, for example lr=0.1.",
    ),
    (
        lambda o: schedules.OneCycleLR(o, 1.0),
        "OneCycleLR was not told how many steps there are.\n"
        "  The cycle ends with the training, so the end must be known.\n"
        "  Write total_steps=1000, or epochs=10, steps_per_epoch=len(x) // 32.",
    ),
    (
        lambda o: schedules.OneCycleLR(o, 1.0, 10, pct_start=3),
        "OneCycleLR: pct_start=3 is no part from 0 to 1.\n"
        "  It is the part of all steps in which the rate goes up.\n"
        "  Write for example pct_start=0.3.",
    ),
    (
        lambda o: schedules.OneCycleLR(optim.Adagrad([Value(1.0)]), 1.0, 10),
        "OneCycleLR: Adagrad has no momentum that could go down while the rate goes up.\n"
        "  With cycle_momentum=True the cycle sets momentum, or the first of betas.\n"
        "  Write cycle_momentum=False.",
    ),
    (
        lambda o: schedules.OneCycleLR(o, 1.0, 10, last_epoch=9),
        "OneCycleLR: step 10 of 10 was asked for; the last one is 9.\n"
        "  The rate has come down to its end, and a cycle has no more to say.\n"
        "  Set total_steps to the number of all batches, and call step() once after each.",
    ),
    (
        lambda o: schedules.SequentialLR(o, [schedules.StepLR(o, 3)], [5]),
        "SequentialLR was given 1 schedules and 1 milestones.\n"
        "  A milestone stands between each schedule and the next.\n"
        "  Write SequentialLR(optimizer, [warm_up, cosine], milestones=[100]).",
    ),
    (
        lambda o: schedules.SequentialLR(o, [schedules.StepLR(optimizer(), 3)], []),
        "SequentialLR: its schedules belong to another optimizer.\n"
        "  They would set rates that nobody steps with.\n"
        "  Make all of them with the same optimizer.",
    ),
    (
        lambda o: schedules.StepLR(o, 3).load_state_dict({"last_epoch": 3, "base_lrs.0": 0.5, "speed": 1}),
        "This state does not fit the StepLR: base_lrs.1 is missing; speed is unexpected.\n"
        "  A state says where a schedule was; it continues a schedule of the same kind, for as many parameter groups.\n"
        "  Make the StepLR as it was made before saving, and load the state then.",
    ),
]


@pytest.mark.parametrize(("call", "text"), MESSAGES, ids=[text[:40] for _, text in MESSAGES])
def test_what_is_no_schedule_is_refused_in_three_parts(call, text):
    with pytest.raises(DataError) as error:
        call(optimizer())
    assert str(error.value) == text


def test_a_misspelt_strategy_is_told_the_names():
    with pytest.raises(UnknownNameError, match="There is no anneal_strategy named 'cosine'"):
        schedules.OneCycleLR(optimizer(), 1.0, 10, anneal_strategy="cosine")


def test_a_state_that_is_refused_changes_nothing():
    optimizer = optim.SGD([Value(1.0)], lr=0.5)
    schedule = schedules.StepLR(optimizer, 2)
    schedule.step()
    before = schedule.state_dict()
    for wrong in (
        {"last_epoch": 7, "base_lrs.0": -1.0},
        {"last_epoch": 1.5, "base_lrs.0": 1.0},
        {"last_epoch": None, "base_lrs.0": 1.0},
        {"last_epoch": [1, 2], "base_lrs.0": 1.0},
        {"last_epoch": -3, "base_lrs.0": 1.0},
        {"last_epoch": 3, "base_lrs.0": float("nan")},
        None,
        [1.0],
    ):
        with pytest.raises(DataError) as error:
            schedule.load_state_dict(wrong)
        assert error.value.why and error.value.write
        assert schedule.state_dict() == before and optimizer.lr == 0.5


def test_a_step_that_is_refused_is_not_counted():
    optimizer = optim.SGD([Value(1.0)], momentum=0.9)
    schedule = schedules.OneCycleLR(optimizer, max_lr=1.0, total_steps=3)
    schedule.step()
    schedule.step()
    before = schedule.state_dict(), optimizer.lr
    with pytest.raises(DataError):
        schedule.step()
    assert (schedule.state_dict(), optimizer.lr) == before
    with pytest.raises(DataError):
        schedule.load_state_dict({**before[0], "last_epoch": 5})
    assert (schedule.state_dict(), optimizer.lr) == before


def test_numbers_of_numpy_count_steps():
    optimizer = optim.SGD([Value(1.0)], lr=1.0)
    assert schedules.StepLR(optimizer, np.int64(2)).step_size == 2
    assert schedules.MultiStepLR(optimizer, np.array([30, 80])).milestones == [30, 80]
    assert schedules.OneCycleLR(optimizer, 1.0, total_steps=np.int32(5), cycle_momentum=False).total_steps == 5


@pytest.mark.parametrize(
    "make",
    [
        lambda o: schedules.MultiStepLR(o, 30),
        lambda o: schedules.OneCycleLR(o, "a", total_steps=3),
        lambda o: schedules.StepLR(o, 2, last_epoch=None),
        lambda o: schedules.StepLR(o, 2, last_epoch=-5),
        lambda o: optim.LBFGS([Value(1.0)], max_iter=None),
        lambda o: optim.SGD(5),
        lambda o: optim.SGD("w"),
        lambda o: optim.clip_grad_norm_(None, 1.0),
        lambda o: o.load_state_dict(None),
        lambda o: o.load_state_dict([1.0]),
    ],
)
def test_what_makes_no_sense_is_said_in_three_parts(make):
    with pytest.raises(DataError) as error:
        make(optim.SGD([Value(1.0)], momentum=0.9))
    assert error.value.what and error.value.why and error.value.write
