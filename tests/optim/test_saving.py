"""A state is numbers and arrays under flat names; loaded, training continues as if it had never stopped."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.optim.problems import CASES, CURVATURE, START, name_of, valley
from tinygrad_edu import Value, optim
from tinygrad_edu.errors import DataError
from tinygrad_edu.optim import lr_scheduler

IDS = [name_of(*case) for case in CASES]


def parameters(values=START):
    return {name: Value(x) for name, x in values.items()}


def train(made, p, steps, schedule=None):
    def closure():
        made.zero_grad()
        loss = valley({**p, "curvature": CURVATURE}, tg.sin)
        loss.backward()
        return loss

    for _ in range(steps):
        made.step(closure)
        if schedule is not None:
            schedule.step()


def through_a_file(state, path):
    """The state as a .npz file gives it back: all arrays."""
    np.savez(path, **state)
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_a_resumed_training_equals_an_uninterrupted_one_bit_for_bit(name, options, tmp_path):
    kind = getattr(optim, name)
    p = parameters()
    made = kind(p.values(), **options)
    schedule = lr_scheduler.StepLR(made, step_size=2)
    train(made, p, 3, schedule)
    saved = through_a_file(made.state_dict(), tmp_path / "optimizer.npz")
    at = through_a_file(schedule.state_dict(), tmp_path / "schedule.npz")
    q = parameters({k: v.data for k, v in p.items()})
    again = kind(q.values(), **options)
    rates = lr_scheduler.StepLR(again, step_size=2)
    again.load_state_dict(saved)
    rates.load_state_dict(at)
    train(made, p, 4, schedule)
    train(again, q, 4, rates)
    for k in p:
        assert np.array_equal(p[k].data, q[k].data), k
    assert repr(again.state_dict()) == repr(made.state_dict())
    assert rates.state_dict() == schedule.state_dict()


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_a_state_holds_flat_names_with_numbers_and_arrays_and_nothing_else(name, options):
    p = parameters()
    made = getattr(optim, name)(p.values(), **options)
    train(made, p, 2)
    for key, x in made.state_dict().items():
        assert type(key) is str
        assert type(x) in (bool, int, float, np.ndarray), key


def test_a_state_is_a_copy_that_later_steps_do_not_reach():
    p = parameters()
    made = optim.Adam(p.values())
    train(made, p, 1)
    saved = made.state_dict()
    before = copy.deepcopy(saved)
    train(made, p, 3)
    assert repr(saved) == repr(before)
    again = optim.Adam(parameters().values())
    again.load_state_dict(saved)
    train(again, parameters(), 0)
    saved["state.0.m"][:] = 7.0
    assert not (again.state[0]["m"] == 7.0).any()


def test_a_state_of_large_arrays_is_a_copy_too():
    p = Value(np.ones(20000))
    made = optim.Adam([p])
    p.grad = np.ones(20000)
    made.step()
    saved = made.state_dict()["state.0.m"]
    made.step()
    assert (saved == 1.0 - 0.9).all()


def test_the_names_say_what_is_what():
    p = Value([1.0, 2.0])
    made = optim.Adam([p], lr=0.5)
    p.grad = [1.0, 1.0]
    made.step()
    state = made.state_dict()
    assert list(state) == [
        "param_groups.0.size",
        "param_groups.0.lr",
        "param_groups.0.betas.0",
        "param_groups.0.betas.1",
        "param_groups.0.eps",
        "param_groups.0.weight_decay",
        "param_groups.0.amsgrad",
        "param_groups.0.maximize",
        "state.0.t",
        "state.0.m",
        "state.0.v",
    ]
    assert state["param_groups.0.lr"] == 0.5
    assert state["state.0.t"] == 1


def test_a_float32_state_stays_float32():
    p = Value(np.ones(3, np.float32))
    made = optim.Adam([p])
    p.grad = [1.0, 1.0, 1.0]
    made.step()
    again = optim.Adam([Value(np.ones(3, np.float32))])
    again.load_state_dict({key: np.asarray(x, np.float64) for key, x in made.state_dict().items()})
    assert again.state[0]["m"].dtype == np.float32


def test_groups_and_rates_are_loaded_too():
    def made():
        a, b = Value(1.0), Value(1.0)
        return optim.SGD([{"params": [a], "name": "slow"}, {"params": [b], "momentum": 0.5}], lr=0.1)

    first, second = made(), made()
    first.param_groups[1]["lr"], first.param_groups[0]["nesterov"] = 0.7, False
    second.load_state_dict(first.state_dict())
    assert [(g["lr"], g["momentum"]) for g in second.param_groups] == [(0.1, 0.0), (0.7, 0.5)]


def test_a_deep_copy_continues_on_its_own():
    p = parameters()
    made = optim.Adam(p.values())
    train(made, p, 2)
    copied = copy.deepcopy(made)
    copied.lr = 0.5
    assert made.lr == 1e-3
    assert copied.state[0]["m"] is not made.state[0]["m"]
    assert copied.param_groups[0]["params"][0] is not p["w"]


def state_of(kind, *values, **options):
    parameters = [Value(x) for x in values]
    made = kind(parameters, **options)
    for p in parameters:
        p.grad = 1.0
    made.step()
    return made.state_dict()


MISFITS = [
    (
        lambda: optim.Adam([Value([1.0, 2.0])]).load_state_dict(state_of(optim.Adam, [1.0, 2.0, 3.0])),
        "This state does not fit the Adam: state.0.m has shape (3,), the parameter has shape (2,); "
        "state.0.v has shape (3,), the parameter has shape (2,).",
    ),
    (
        lambda: optim.SGD([Value(1.0)], momentum=0.5).load_state_dict(state_of(optim.RMSprop, 1.0)),
        "This state does not fit the SGD: param_groups.0.dampening is missing; param_groups.0.nesterov is missing; "
        "param_groups.0.alpha is unexpected; param_groups.0.eps is unexpected; "
        "param_groups.0.centered is unexpected; state.0.v is unexpected.",
    ),
    (
        lambda: optim.SGD([Value(1.0)]).load_state_dict(state_of(optim.SGD, 1.0, 2.0)),
        "This state does not fit the SGD: param_groups.0.size is 2, this group has 1 parameters.",
    ),
    (
        lambda: optim.SGD([Value(1.0)]).load_state_dict({}),
        "This state does not fit the SGD: param_groups.0.size is None, this group has 1 parameters; "
        "param_groups.0.dampening is missing; param_groups.0.lr is missing; param_groups.0.maximize is missing; "
        "param_groups.0.momentum is missing; param_groups.0.nesterov is missing; and 1 more.",
    ),
]


@pytest.mark.parametrize(("load", "what"), MISFITS)
def test_a_state_of_other_parameters_or_of_another_optimizer_is_refused(load, what):
    with pytest.raises(DataError) as error:
        load()
    name = what.split(" the ")[1].split(":")[0]
    assert str(error.value) == (
        f"{what}\n"
        "  A state continues the training of the very parameters it was saved for, with the same kind of optimizer.\n"
        f"  Make the {name} as it was made before saving, with the same model and groups, and load the state then."
    )


def test_a_state_that_does_not_fit_changes_nothing():
    made = optim.Adam([Value([1.0])], lr=0.5)
    state = state_of(optim.Adam, [1.0], lr=0.25)
    state["state.0.m"] = np.zeros(2)
    with pytest.raises(DataError):
        made.load_state_dict(state)
    assert made.lr == 0.5 and made.state == {}


WRONG = [("eps", -1.0), ("lr", np.nan), ("betas.1", 2.0), ("lr", "fast"), ("lr", [1.0, 2.0]), ("betas.0", [0.5])]


def test_a_state_with_a_number_out_of_range_changes_nothing():
    made = optim.Adam([Value([1.0])], lr=0.5)
    state = state_of(optim.Adam, [1.0], lr=0.25)
    for key, wrong in WRONG:
        with pytest.raises(DataError):
            made.load_state_dict({**state, f"param_groups.0.{key}": wrong})
        assert made.lr == 0.5 and made.state == {} and made.param_groups[0]["eps"] == 1e-8


@pytest.mark.parametrize("t", [0, -1, np.nan, np.inf, [1.0], "one"])
def test_a_state_with_an_impossible_number_of_steps_is_refused(t):
    state = state_of(optim.Adam, [1.0])
    with pytest.raises(DataError, match=r"state\.0\.t is no number"):
        optim.Adam([Value([1.0])]).load_state_dict({**state, "state.0.t": t})


def test_lbfgs_refuses_pairs_of_another_model():
    def minimised(*start):
        p = Value(start)
        made = optim.LBFGS([p], line_search_fn="strong_wolfe", max_iter=3)

        def closure():
            made.zero_grad()
            loss = (p**4).sum()
            loss.backward()
            return loss

        made.step(closure)
        return made

    state = minimised(1.0, 2.0).state_dict()
    made = minimised(1.0, 2.0, 3.0)
    before = repr(made.state_dict())
    with pytest.raises(DataError) as error:
        made.load_state_dict(state)
    assert str(error.value) == (
        f"This state does not fit the LBFGS: pairs.s has {state['pairs.s'].shape} entries, the parameters have 3 "
        f"together; pairs.y has {state['pairs.y'].shape} entries, the parameters have 3 together; pairs.gradient has "
        "(2,) entries, the parameters have 3 together; pairs.step has (2,) entries, the parameters have 3 together.\n"
        "  A state continues the training of the very parameters it was saved for, with the same optimizer.\n"
        "  Make the LBFGS as it was made before saving, with the same model, and load the state then."
    )
    assert repr(made.state_dict()) == before


@pytest.mark.parametrize("bad", [None, "fast", [[1.0], [1.0, 2.0]]])
def test_a_memory_that_is_no_number_is_refused(bad):
    state = state_of(optim.Adam, 1.0)
    with pytest.raises(DataError, match=r"state\.0\.m is no number"):
        optim.Adam([Value(1.0)]).load_state_dict({**state, "state.0.m": bad})


@pytest.mark.parametrize("key", ["param_groups.0.size", "param_groups.0.betas.0"])
def test_an_array_where_a_number_belongs_is_refused(key):
    state = state_of(optim.Adam, [1.0])
    with pytest.raises(DataError, match=key.rstrip(".0").replace(".", r"\.")):
        optim.Adam([Value([1.0])]).load_state_dict({**state, key: np.array([0.5, 0.5])})
