"""The rule of an optimizer is one function: in place, given and returned, recorded or compiled, it gives one result."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.optim.problems import CASES, name_of
from tinygrad_edu import Value, optim
from tinygrad_edu.errors import ChangedDataError
from tinygrad_edu.optim import memory

FIRST_ORDER = [case for case in CASES if case[0] != "LBFGS"]
IDS = [name_of(*case) for case in FIRST_ORDER]
every_optimizer = pytest.mark.parametrize(("name", "options"), FIRST_ORDER, ids=IDS)


def by_the_rule(made, p, gradients):
    """p after steps of the pure rule on whole arrays."""
    state = made.init(p)
    for g in gradients:
        p, state = made.update_all(p, g, state)
    return p, state


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_step_in_place_is_the_rule_bit_for_bit(name, options, dtype, rng, monkeypatch):
    monkeypatch.setattr(memory, "TILE", 1000)  # many tiles
    starts = [rng.normal(size=shape).astype(dtype) for shape in ((300, 40), (7, 3), (9001,), (2, 100, 50))]
    starts.append(0.5)
    gradients = [[rng.normal(size=np.shape(x)).astype(dtype) if np.shape(x) else 0.3 for x in starts] for _ in range(4)]
    parameters = [Value(x) for x in starts]
    made = getattr(optim, name)(parameters, **options)
    for step in gradients:
        for p, g in zip(parameters, step):
            p.grad = g
        made.step()
    expected, state = by_the_rule(getattr(optim, name)(**options), starts, gradients)
    for k, (p, x) in enumerate(zip(parameters, expected)):
        assert np.array_equal(p.data, x)
        assert p.data.__class__ is x.__class__ and (k == 4 or p.dtype == dtype)
        for letter in made.memory(**made.defaults):
            assert np.array_equal(made.state[k][letter], state[letter][k])
            assert k == 4 or made.state[k][letter].dtype == dtype


def ordered(x, axes):
    """x with its axes in another order in memory."""
    return np.ascontiguousarray(x.transpose(axes)).transpose(np.argsort(axes)) if x.ndim else float(x)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from(range(len(FIRST_ORDER))), st.lists(st.integers(1, 12), max_size=4))
def test_any_shape_and_layout_steps_as_the_rule_does(seed, case, shape):
    name, options = FIRST_ORDER[case]
    rng = np.random.default_rng(seed)
    x, g = (ordered(rng.normal(size=shape), rng.permutation(len(shape))) for _ in range(2))
    before, memory.TILE, memory.SMALL = (memory.TILE, memory.SMALL), 7, 3
    try:
        p = Value(x)
        p.grad = g
        made = getattr(optim, name)([p], **options)
        made.step()
    finally:
        memory.TILE, memory.SMALL = before
    expected, _ = by_the_rule(getattr(optim, name)(**options), [x], [[g]])
    assert np.array_equal(p.data, expected[0])


@every_optimizer
def test_a_step_reaches_into_nothing_that_others_hold(name, options):
    p = Value(np.ones(20000))
    seen, view = p.data, p.reshape((2, 10000))
    y = (p * p).sum()
    y.backward()
    getattr(optim, name)([p], **options).step()
    assert (seen == 1.0).all() and (view.data == 1.0).all()
    assert (p.data != 1.0).all()
    with pytest.raises(ChangedDataError):
        y.backward()


@every_optimizer
def test_a_large_parameter_that_nobody_else_holds_is_changed_where_it_is(name, options):
    p = Value(np.ones(20000))
    place = p._held.ctypes.data
    made = getattr(optim, name)([p], **options)
    for _ in range(3):
        made.zero_grad()
        (p * p).sum().backward()
        made.step()
    assert p._held.ctypes.data == place


@every_optimizer
def test_a_parameter_without_gradient_is_skipped_and_grows_no_older(name, options):
    a, b = Value([1.0, 2.0]), Value([1.0, 2.0])
    made = getattr(optim, name)([a, b], **options)
    for loss in (lambda: a.sum(), lambda: (a + b).sum(), lambda: a.sum()):
        made.zero_grad()
        loss().backward()
        made.step()
    alone = Value([1.0, 2.0])
    once = getattr(optim, name)([alone], **options)
    alone.sum().backward()
    once.step()
    assert b.data.tolist() == alone.data.tolist()
    assert a.data.tolist() != b.data.tolist()


def test_numbers_of_any_size_follow_ieee_and_never_raise():
    p = Value(1.0)
    p.grad = 0.0
    optim.Adam([p], eps=0.0).step()
    assert np.isnan(p.data)  # 0 / 0, as for arrays
    p = Value([1.0])
    p.grad = [1e200]
    optim.Adam([p]).step()
    assert p.data.tolist() == [1.0]  # 1e200² is infinite, and a step is m / √v
    p = Value(1.0)
    p.grad = 1e200
    optim.Adam([p]).step()
    assert p.data == 1.0


def test_a_centered_rmsprop_stays_finite_where_the_gradient_never_changes():
    p = Value([3.0, 1e-3])
    made = optim.RMSprop([p], centered=True)
    for _ in range(4000):
        p.grad = [0.1, 0.3]
        made.step()
    assert np.isfinite(p.data).all()


def test_what_is_given_to_the_functional_form_is_not_changed():
    params, grads = (
        {"w": np.ones(3), "rest": (1.0, [np.zeros((2, 2))])},
        {"w": np.ones(3), "rest": (1.0, [np.ones((2, 2))])},
    )
    made = optim.Adam(lr=0.5)
    state = made.init(params)
    before = copy.deepcopy((params, grads, state))
    new, later = made.update_all(params, grads, state)
    assert repr((params, grads, state)) == repr(before)
    assert type(new["rest"]) is tuple and type(new["rest"][0]) is float and later["v"]["rest"][1][0].shape == (2, 2)


@every_optimizer
def test_steps_can_be_differentiated_by_their_hyperparameters(name, options):
    made = getattr(optim, name)(**options)

    def after(changed):
        params, state = {"w": np.array([3.0, -1.0]), "b": 0.5}, None
        state = made.init(params)
        for _ in range(3):
            grads = {key: 2.0 * p + 0.3 for key, p in params.items()}
            params, state = made.update_all(params, grads, state, **changed)
        return (params["w"] * params["w"]).sum() + params["b"] ** 3

    numbers = {key: x for key, x in made.defaults.items() if type(x) is float and x and key != "momentum"}
    assert tg.gradcheck(after, {**numbers, "lr": 0.1})


def test_a_rule_of_ones_own_is_ten_lines():
    class SignSGD(optim.Optimizer):
        def __init__(self, params=None, lr=0.1):
            super().__init__(params, lr=lr)

        @staticmethod
        def update(p, g, state, t, *, lr):
            return p - lr * np.sign(g), {}

    p = Value([3.0, -3.0])
    (p * p).sum().backward()
    SignSGD([p], lr=0.5).step()
    assert p.data.tolist() == [2.5, -2.5]


def test_a_rule_that_needs_the_whole_array_is_given_the_whole_array():
    class Normalised(optim.Optimizer):
        elementwise = False

        def __init__(self, params=None, lr=0.1):
            super().__init__(params, lr=lr)

        @staticmethod
        def update(p, g, state, t, *, lr):
            return p - lr * g / np.sqrt((g * g).sum()), {}

    p = Value(np.zeros(100_000))
    p.grad = np.ones(100_000)
    Normalised([p], lr=1.0).step()
    np.testing.assert_allclose(np.linalg.norm(p.data), 1.0)
