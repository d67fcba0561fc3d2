"""What a compiled function takes from around it is read anew, or noticed when it has changed."""

from __future__ import annotations

import random
import types
from functools import partial

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.compiler.captures import Outside
from tinygrad_edu.compiler.compiled import compile
from tinygrad_edu.compiler.recording.messages import CompileError
from tinygrad_edu.compiler.ways import Way
from tinygrad_edu.errors import DataError

from .as_eager import check_same

rate = 0.5
table = np.ones(3)
X = np.array([1.0, 2.0, 3.0])


def misses(compiled) -> int:
    return compiled.cache_info().misses


# ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_values_are_read_at_every_call():
    w = tg.Value([1.0, 2.0, 3.0])
    total = compile(lambda x: (w * x).sum())
    assert total(X) == 14.0
    w.data = [1.0, 1.0, 1.0]
    assert total(X) == 6.0
    w.data[0] = 5.0
    assert total(X) == 10.0 and misses(total) == 1
    w.data = 2.0
    assert total(X) == 12.0 and misses(total) == 2


def test_another_value_under_the_same_name_is_noticed():
    w = tg.Value(2.0)
    double = compile(lambda x: w * x)
    assert double(3.0) == 6.0
    w = tg.Value(5.0)
    assert double(3.0) == 15.0
    values = [tg.Value(1.0), tg.Value(2.0)]
    total = compile(lambda x: sum((v * x for v in values), 0.0))
    assert total(3.0) == 9.0
    values[0] = tg.Value(4.0)
    assert total(3.0) == 18.0
    values.append(tg.Value(1.0))
    assert total(3.0) == 21.0


def test_a_parameter_is_never_handed_out():
    w = tg.Value(X)
    same = compile(lambda: (w, w.T))
    for y in same():
        y += 1.0
    check_same(same(), (X, X))


NETWORKS = {
    "scalars": lambda: tg.nn.MLP(2, [3, 1], rng=random.Random(0)),
    "arrays": lambda: tg.nn.Sequential(tg.nn.Linear(2, 3, rng=np.random.default_rng(0)), tg.nn.Linear(3, 1)),
}


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_network_in_training_runs_its_latest_parameters(kind):
    net, x, y = NETWORKS[kind](), np.random.default_rng(0).normal(size=(5, 2)), np.ones((5, 1))
    predict, penalised = compile(net), compile(lambda x: ((net(x) - y) ** 2).mean() + 0.1 * net.l2())
    optimizer = tg.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        loss = ((net(x) - y) ** 2).mean() + 0.1 * net.l2()
        check_same(predict(x), np.array(net(x).data))
        np.testing.assert_allclose(penalised(x), loss.data, rtol=1e-13)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert misses(predict) == misses(penalised) == 1


def test_a_network_on_single_samples():
    net = tg.nn.MLP(2, [3, 1], rng=random.Random(0))
    predict = compile(net)
    for sample in ([1.0, 2.0], [3.0, -1.0]):
        np.testing.assert_allclose(predict(sample), net(sample).data, rtol=1e-13)


def test_a_layer_that_was_exchanged_is_noticed():
    net = tg.nn.Sequential(tg.nn.Linear(2, 2), tg.nn.Linear(2, 1))
    predict, x = compile(net), np.ones((3, 2))
    predict(x)
    net.parts[1] = tg.nn.Linear(2, 1, rng=np.random.default_rng(1))
    check_same(predict(x), np.array(net(x).data))


# ── arrays ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def scaled(x):
    return (table * x).sum() + table[0] + table.mean() + len(table)


def test_arrays_that_a_function_names_are_read_at_every_call(monkeypatch):
    total = compile(scaled)
    for numbers in ([1.0, 1.0, 1.0], [2.0, 3.0, 4.0]):
        table[:] = numbers
        assert total(X) == scaled(X)
    monkeypatch.setitem(globals(), "table", np.array([5.0, 6.0, 7.0]))
    assert total(X) == scaled(X) and misses(total) == 1
    monkeypatch.setitem(globals(), "table", np.full((2, 3), 2.0))
    np.testing.assert_allclose(total(X), scaled(X))
    assert misses(total) == 2


def test_arrays_named_by_functions_that_are_called():
    data = np.array([1.0, 2.0])

    def part(x):
        return x * data[1]

    def whole(x):
        return part(x) + tg.grad(lambda x: (data * x).sum())(x)

    compiled = compile(whole)
    assert compiled(3.0) == 9.0
    data[:] = [3.0, 4.0]
    assert compiled(3.0) == 19.0 and misses(compiled) == 1
    assert compile(tg.grad(whole))(3.0) == 4.0
    assert compile(partial(whole, 2.0))() == 15.0


def test_labels_and_masks_around_a_function():
    labels, mask = np.array([0, 1]), np.array([True, False])
    f = compile(lambda x: (x[np.arange(2), labels] * mask).sum())
    x = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert f(x) == 1.0
    labels[:] = 1
    mask[:] = True
    assert f(x) == 6.0


def test_an_array_of_which_more_is_asked_than_a_program_can_know_becomes_part_of_it():
    data = np.array([1.0, 2.0, 3.0])
    f = compile(lambda x: x * float(data[0]) if data[1] > 0 else x * data[data > 0].sum())
    assert f(2.0) == 2.0
    data[0] = 7.0
    assert f(2.0) == 14.0
    data[1] = -1.0
    assert f(2.0) == 20.0


class Thing:
    scale = 2.0

    def __init__(self):
        self.array, self.other = np.ones(2), 1.0

    def __call__(self, x):
        return x * self.scale * self.array.sum() * rate


def test_arrays_and_numbers_in_objects_are_noticed(monkeypatch):
    thing = Thing()
    for f in (compile(thing), compile(lambda x: thing(x)), compile(lambda x, t: t(x)), compile(thing.__call__)):
        args = (1.0, thing) if "t" in f.parameters.names else (1.0,)
        for change in (
            lambda: thing.array.__setitem__(0, thing.array[0] + 1.0),
            lambda: setattr(thing, "array", np.ones(3)),
            lambda: setattr(thing, "scale", thing.scale + 1.0),
            lambda: monkeypatch.setattr(Thing, "scale", Thing.scale + 3.0),
            lambda: monkeypatch.setitem(globals(), "rate", rate * 2.0),
        ):
            assert f(*args) == thing(1.0)
            change()
            assert f(*args) == thing(1.0)


# ── everything else ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_another_number_is_another_program_and_an_equal_one_is_not(monkeypatch):
    step = compile(lambda x: x - rate * x)
    assert step(1.0) == 0.5
    for number in (0.25, 2, 0.5):
        monkeypatch.setitem(globals(), "rate", number)
        assert step(1.0) == 1.0 - number
    assert misses(step) == 3
    monkeypatch.setitem(globals(), "rate", float("0.5"))
    assert step(1.0) == step(1.0) == 0.5 and misses(step) == 3


def test_numbers_of_another_type_are_other_numbers():
    n = 2
    f = compile(lambda x: [x] * n if isinstance(n, int) else x)
    assert f(1.0) == [1.0, 1.0]
    n = 2.0
    assert f(1.0) == 1.0
    n = True
    assert f(1.0) == [1.0]


def test_lists_functions_and_modules_around_a_function():
    sizes, act, module = [1.0, 2.0], tg.sin, types.ModuleType("settings_of_mine")
    module.k = 3.0

    helper = lambda x: x * 2.0  # noqa: E731
    f = compile(lambda x: helper(act(x)) * sum(sizes) * module.k)
    expected = lambda x: float(helper(act(x)) * sum(sizes) * module.k)  # noqa: E731
    assert f(1.0) == expected(1.0)
    sizes[1] = 5.0
    assert f(1.0) == expected(1.0)
    module.k = 4.0
    assert f(1.0) == expected(1.0)

    helper = lambda x: x * 7.0  # noqa: E731
    assert f(1.0) == expected(1.0)


def test_the_mode_of_a_network_is_noticed():
    net = tg.nn.Sequential(tg.nn.Linear(2, 2), tg.nn.Dropout(0.5))
    predict, x = compile(net), np.ones((3, 2))
    with pytest.raises(DataError, match="while the program is written"):
        predict(x)
    net.eval()
    check_same(predict(x), np.array(net(x).data))


def test_what_a_function_finds_is_told_in_the_words_of_the_program():
    def f(x):
        return x * rate + table.sum()

    outside = Outside(f)
    assert {str(way) for way, _ in outside.fixed} == {"rate"}
    assert [(str(way), name) for way, _, name in outside.arrays] == [("table", "table")]
    assert str(Way({"a": [1]}).item("a").item(0)) == "a[0]"


def test_a_function_that_changes_what_is_around_it_is_written_once():
    calls = []

    def f(x):
        calls.append(1)
        return x * 2.0

    compiled = compile(f)
    assert [compiled(float(k)) for k in range(4)] == [0.0, 2.0, 4.0, 6.0]
    assert len(calls) == 1


# ── what happens on the side ─────────────────────────────────────────────────────────────────────────────────────────
def test_setting_a_parameter_inside_is_refused():
    w = tg.Value(1.0, "w")

    def step(x):
        w.data = 3.0
        return w * x

    with pytest.raises(CompileError) as raised:
        compile(step)(1.0)
    assert str(raised.value) == (
        "The data of 'w' were set by the function that was being compiled.\n"
        "  A program has arguments and results; what it writes on the side would happen only once, now.\n"
        "  Return the new numbers, and give them to the value outside: w.data = step(w.data, x, y)."
    )


@pytest.mark.parametrize("source", ["np.random", "random", "a generator"])
def test_random_numbers_drawn_inside_are_refused(source):
    rng = np.random.default_rng(0)
    draw = {"np.random": np.random.rand, "random": random.random, "a generator": rng.random}[source]
    noisy = (lambda x: x + rng.random()) if source == "a generator" else (lambda x: x + draw())
    with pytest.raises(CompileError) as raised:
        compile(noisy)(1.0)
    assert str(raised.value) == (
        "<lambda> drew random numbers while it was being compiled.\n"
        "  They would be part of the program: the same ones at every call.\n"
        "  Draw them outside, and give them to the function as an argument."
    )
