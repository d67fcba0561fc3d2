"""One sample's code over rows, one step's code over epochs: machine code, Python and eager agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.compiler.compiled import Compiled
from tinygrad_edu.compiler.native.jit import available
from tinygrad_edu.compiler.native.loops import Looped as _Looped
from tinygrad_edu.compiler.native.loops import Mapped as _Mapped
from tinygrad_edu.errors import TinygradError

BACKENDS = [
    pytest.param(True, id="native", marks=pytest.mark.skipif(not available(), reason="llvmlite is not installed")),
    pytest.param(False, id="python"),
]


def Mapped(f, rows, native=None, **settings):
    return _Mapped(f, rows, Compiled(f, "python"), native, **settings)


def Looped(f, rows, native=None):
    return _Looped(f, rows, Compiled(f, "python"), native)


each_backend = pytest.mark.parametrize("native", BACKENDS)
RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(13, 2)), RNG.normal(size=13)


def neuron(w, b, x, t):
    return tg.value_and_grad(lambda w, b: (tg.tanh(tg.sum(w * x) + b) - t) ** 2, (0, 1))(w, b)


W, B = np.array([0.3, -0.8]), 0.1
EACH = [neuron(W, B, x, float(t)) for x, t in zip(X, T)]


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@each_backend
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 13])
def test_every_sample_gets_its_row_of_every_result(native, n):
    loss, (dw, db) = Mapped(neuron, (2, 3), native=native)(W, B, X[:n], T[:n])
    np.testing.assert_allclose(loss, [row[0] for row in EACH[:n]], rtol=1e-13)
    np.testing.assert_allclose(dw, [row[1][0] for row in EACH[:n]], rtol=1e-13)
    np.testing.assert_allclose(db, [row[1][1] for row in EACH[:n]], rtol=1e-13)
    assert dw.shape == (n, 2)


@each_backend
@pytest.mark.parametrize("n", [1, 3, 4, 13])
@pytest.mark.parametrize("over", ["sum", "mean"])
def test_rows_are_summed_inside(native, over, n):
    loss, (dw, db) = Mapped(neuron, (2, 3), native=native, over=over)(W, B, X[:n], T[:n])
    put = np.sum if over == "sum" else np.mean
    np.testing.assert_allclose(loss, put([row[0] for row in EACH[:n]]), rtol=1e-13)
    np.testing.assert_allclose(dw, put([row[1][0] for row in EACH[:n]], axis=0), rtol=1e-13)
    assert type(loss) is float and type(db) is float and dw.shape == (2,)


@each_backend
def test_an_argument_in_front_and_containers_of_arrays_can_have_rows(native):
    f = Mapped(lambda data, w: {"y": w * data["x"] + data["z"][0], "both": (w, data["x"] > 0.0)}, 0, native=native)
    found = f({"x": T, "z": X}, 2.0)
    np.testing.assert_array_equal(found["y"], 2.0 * T + X[:, 0])
    np.testing.assert_array_equal(found["both"][0], np.full(13, 2.0))
    np.testing.assert_array_equal(found["both"][1], T > 0)


@each_backend
def test_lists_of_samples_whole_numbers_and_strided_arrays_are_taken_as_numbers(native):
    f = Mapped(lambda x, t: x[0] * x[1] + t, (0, 1), native=native)
    np.testing.assert_array_equal(f([(1, 2), (3, 4)], [10, 20]), [12.0, 32.0])
    np.testing.assert_array_equal(f(X[::-2], T[::-2]), (X[:, 0] * X[:, 1] + T)[::-2])


@each_backend
def test_what_is_read_from_outside_is_read_anew_in_each_call(native):
    w = tg.Value(2.0)
    f = Mapped(lambda x: w * x, 0, native=native)
    found = f([1.0, 2.0])
    w.data = 5.0
    np.testing.assert_array_equal([getattr(y, "_held", y) for y in (found, f([1.0, 2.0]))], [[2.0, 4.0], [5.0, 10.0]])


@each_backend
def test_the_short_way_of_a_second_call_notices_everything_that_is_different(native):
    rate, power = np.array([1.0, 2.0]), 1
    f = Mapped(lambda p, x: p[0] * x**power + p[1] * rate[0], 1, native=native)
    np.testing.assert_array_equal(f([1.0, 2.0], T), T + 2.0)
    np.testing.assert_array_equal(f([3.0, 2.0], T), 3.0 * T + 2.0)
    np.testing.assert_array_equal(f([3, 2.0], T[::-1]), 3.0 * T[::-1] + 2.0)  # a whole number, another order in memory
    np.testing.assert_array_equal(f((3.0, 2.0), T[:5]), 3.0 * T[:5] + 2.0)
    rate[0] = 10.0
    np.testing.assert_array_equal(f([3.0, 2.0], T), 3.0 * T + 20.0)
    power = 2
    np.testing.assert_array_equal(f([3.0, 2.0], T), 3.0 * (T * T) + 20.0)
    power = 1
    np.testing.assert_allclose(f([3.0, 2.0], T.astype(np.float32)), 3.0 * T + 20.0, rtol=1e-6)
    with pytest.raises(TinygradError, match="was given to a loop over rows"):
        f([tg.Value(3.0), 2.0], T)


@each_backend
def test_a_flat_sample_stays_without_effect_where_the_slope_is_infinite(native):
    f = Mapped(tg.grad(lambda x: 0.0 * tg.sqrt(x)), 0, native=native)
    np.testing.assert_array_equal(f([4.0, 0.0, 1.0]), [0.0, 0.0, 0.0])


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def step(state, x, t):
    w, b = state
    loss, (dw, db) = neuron(w, b, x, t)
    return (w - 0.1 * dw, b - 0.1 * db), loss


def eager_training(epochs, state, rows):
    losses = []
    for _ in range(epochs):
        for x, t in rows:
            state, loss = step(state, x, t)
            losses.append(loss)
    return state, np.reshape(losses, (epochs, len(rows)))


@each_backend
def test_a_training_with_outputs_is_the_eager_loop(native):
    expected, losses = eager_training(4, (W, B), [(x, float(t)) for x, t in zip(X, T)])
    (w, b), found = Looped(step, (1, 2), native=native)((W, B), X, T, epochs=4)
    np.testing.assert_allclose(w, expected[0], rtol=1e-12)
    np.testing.assert_allclose(b, expected[1], rtol=1e-12)
    np.testing.assert_allclose(found, losses, rtol=1e-11)
    assert found.shape == (4, 13) and type(b) is float


@each_backend
def test_a_step_that_returns_the_state_alone_gives_the_last_one(native):
    train = Looped(lambda state, x: [state[1], state[0] + x], 1, native=native)
    assert train([1, 0.0], [10.0, 20.0, 30.0], epochs=2) == [61.0, 60.0]


@each_backend
def test_numbers_that_change_places_are_all_read_before_one_is_written(native):
    rotate = Looped(lambda s, x: (s[2], s[0], s[1]), 1, native=native)
    assert rotate((1.0, 2.0, 3.0), np.zeros(4)) == (3.0, 1.0, 2.0)


@each_backend
def test_no_epoch_changes_nothing(native):
    assert Looped(lambda w, x: w + x, 1, native=native)(5.0, [1.0], epochs=0) == 5.0


@pytest.mark.parametrize("native", BACKENDS[:1])
def test_long_trainings_are_interrupted_from_time_to_time_without_anybody_noticing(native, monkeypatch):
    from tinygrad_edu.compiler.native import native_loops

    monkeypatch.setattr(native_loops, "AT_A_TIME", 40)
    train = Looped(lambda w, x: (0.5 * w + x, w), 1, native=native)
    w, seen = train(0.0, [1.0, 2.0, 3.0], epochs=50)
    expected, all_seen = 0.0, []
    for x in [1.0, 2.0, 3.0] * 50:
        all_seen.append(expected)
        expected = 0.5 * expected + x
    assert w == expected
    np.testing.assert_array_equal(seen.ravel(), all_seen)


@each_backend
@settings(deadline=None, max_examples=15)
@given(st.integers(1, 5), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_random_trainings_are_eager_loops(native, epochs, n, seed):
    rng = np.random.default_rng(seed)
    x, t, state = rng.normal(size=(n, 2)), rng.normal(size=n), (rng.normal(size=2), rng.normal())
    expected, losses = eager_training(epochs, state, list(zip(x, t.tolist())))
    found, outputs = Looped(step, (1, 2), native=native)(state, x, t, epochs=epochs)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-10)
    np.testing.assert_allclose(outputs, losses, rtol=1e-9, atol=1e-14)


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def add(a, b):
    return a + b


WRONG = [
    (lambda: Mapped(add, (0, 1))([1.0]), "add was called with 1 argument, but argument 1 is to have rows."),
    (lambda: Mapped(add, 0)(1.0, 2.0), "add: 1.0 is to be taken row by row, but is a single number."),
    (lambda: Mapped(add, (0, 1))([1.0], [1.0, 2.0]), "add: the arrays have 1 and 2 rows."),
    (lambda: Mapped(add, 0, native=False)(np.ones((0, 2)), 1.0), "add: there are no rows."),
    (lambda: Mapped(add, 0, over="max"), "There is no way to put rows together named 'max'."),
    (lambda: Mapped(add, 0)([1.0], tg.Value(2.0)), "Value(2.0) was given to a loop over rows."),
    (
        lambda: Looped(lambda w, x: (w, x, x), 1)(1.0, [2.0]),
        "<lambda> was given the state a number and returned (a number, a number, a number).",
    ),
    (
        lambda: Looped(lambda w, x: w * x, 1, native=False)(1.0, np.ones((3, 2))),
        "<lambda> was given the state a number and returned array (2,).",
    ),
]


@pytest.mark.parametrize(("call", "says"), WRONG)
def test_wrong_rows_and_states_are_named(call, says):
    with pytest.raises(TinygradError) as found:
        call()
    assert str(found.value).split("\n")[0] == says and len(str(found.value).split("\n")) >= 2


def test_a_call_that_looks_like_the_last_one_takes_the_short_way_also_for_what_grad_returns():
    pytest.importorskip("llvmlite")
    x, y = np.linspace(-1.0, 1.0, 12).reshape(6, 2), np.arange(6.0)
    one = tg.value_and_grad(lambda w, row, target: ((w * row).sum() - target) ** 2)
    mapped = tg.compile(one, backend="native", batch=(1, 2), over="sum")
    for w in (np.array([0.5, 2.0]), np.array([-1.0, 0.25])):
        loss, slope = mapped(w, x, y)
        rows = [one(w, row, target) for row, target in zip(x, y.tolist())]
        assert loss == pytest.approx(sum(value for value, _ in rows), rel=1e-14)
        np.testing.assert_allclose(slope, sum(d for _, d in rows), rtol=1e-13)
    assert mapped.quick.arguments((w, x, y)) is not None
    assert mapped.quick.arguments((w, x[:, ::-1], y)) is None  # not in one piece
    assert mapped.quick.arguments((w, x, y[:3])) is None
    assert mapped.quick.arguments((w.astype(np.float32), x, y)) is None
    np.testing.assert_allclose(mapped(w, x[:, ::-1], y)[0], mapped(w, x[:, ::-1].copy(), y)[0], rtol=1e-15)
