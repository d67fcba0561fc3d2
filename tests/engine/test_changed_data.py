"""A gradient belongs to the numbers it was computed from: when they changed since, backward() says so."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.calculus.recorded import identity
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import ChangedDataError


def set_new(v):
    v.data = np.array([5.0, 6.0])


def set_a_number(v):
    v.data = 5.0


def set_another_shape(v):
    v.data = np.ones((3, 2))


def subtract_in_place(v):
    v.data -= 1.0


def write_everything(v):
    v.data[...] = 5.0


def write_one_entry(v):
    v.data[1] = 5.0


def write_nan(v):
    v.data[0] = np.nan


def write_through_a_view(v):
    v.data[::-1][0] = 5.0


def write_through_another_shape(v):
    v.data.reshape((2, 1))[0, 0] = 5.0


def write_through_the_transpose(v):
    v.data.T[0] = 5.0


def write_with_a_ufunc(v):
    np.add(v.data, 1.0, out=v.data)


def sort_in_place(v):
    v.data[::-1].sort()


CHANGES = [value for value in list(globals().values()) if getattr(value, "__module__", "") == __name__]
USES = [
    ("square", lambda x: x * x),
    ("plus one", lambda x: x + 1.0),
    ("exp", tg.exp),
    ("sum", lambda x: x.sum() * 1.0),
    ("reshape", lambda x: x.reshape((2, 1))),
    ("transpose", lambda x: x.T),
    ("slice", lambda x: x[0:2]),
    ("a slice, then a product", lambda x: x[0:2] * x[::-1]),
    ("matrix product", lambda x: x @ x),
    ("stack", lambda x: tg.stack([x, x, x])),
    ("where", lambda x: tg.where(np.array([True, False]), x, 0.0)),
    ("numpy", np.tanh),
]


@pytest.mark.parametrize("use", [row[1] for row in USES], ids=[row[0] for row in USES])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@pytest.mark.parametrize("handed_out", [False, True], ids=["", "data was looked at before"])
def test_a_change_after_the_use_is_noticed_by_backward(change, use, handed_out):
    x = Value([1.0, 2.0], name="x")
    if handed_out:
        assert x.data[0] == 1.0
        early = use(x)
    else:
        early = use(x)
        assert x.data[0] == 1.0
    change(x)
    with pytest.raises(ChangedDataError, match="The data of 'x' was changed after "):
        early.sum().backward()
    assert x.grad is None


@pytest.mark.parametrize("use", [row[1] for row in USES], ids=[row[0] for row in USES])
def test_a_change_through_an_array_that_was_handed_out_long_ago_is_noticed(use):
    x = Value([1.0, 2.0])
    mine = x.data
    y = use(x)
    mine[0] = 5.0
    with pytest.raises(ChangedDataError):
        y.sum().backward()
    use(x).sum().backward()  # computed from the new numbers: fine
    assert x.grad is not None


NUMBER_USES = [
    ("square", lambda x: x * x),
    ("plus one", lambda x: x + 1.0),
    ("two to the", lambda x: 2.0**x),
    ("tanh", lambda x: x.tanh()),
    ("deep inside", lambda x: ((x + 1.0) * 2.0).exp() - 1.0),
    ("times an array", lambda x: (x * np.ones(2)).sum()),
    ("stack", lambda x: tg.stack([x, x]).sum()),
    ("where", lambda x: tg.where(True, x, 0.0)),
]


def add_in_place(v):
    v.data += 1.0


@pytest.mark.parametrize("use", [row[1] for row in NUMBER_USES], ids=[row[0] for row in NUMBER_USES])
@pytest.mark.parametrize("change", [set_a_number, subtract_in_place, add_in_place], ids=lambda change: change.__name__)
def test_a_changed_number_is_noticed_by_backward(change, use):
    x = Value(1.0, name="x")
    y = use(x)
    change(x)
    with pytest.raises(ChangedDataError, match="The data of 'x' was changed after "):
        y.backward()
    assert x.grad is None


def test_a_change_of_one_input_leaves_every_gradient_as_it_was():
    a, b = Value(2.0), Value(3.0)
    (a * b).backward()
    y = (a * b) * (a + b)
    b.data = 7.0
    with pytest.raises(ChangedDataError):
        y.backward()
    assert (a.grad, b.grad, y.grad) == (3.0, 2.0, None)


def test_after_a_change_the_old_graph_raises_and_the_new_one_is_right():
    x = Value([1.0, 2.0])
    old = (x * x).sum()
    x.data *= 10.0
    new = (x * x).sum()
    with pytest.raises(ChangedDataError):
        old.backward()
    new.backward()
    assert np.array_equal(x.grad, [20.0, 40.0])


def test_a_change_after_backward_is_noticed_by_a_second_backward():
    x = Value([1.0, 2.0])
    y = (x * x).sum()
    y.backward()
    x.data -= 0.1 * x.grad
    with pytest.raises(ChangedDataError):
        y.backward()


def test_writing_the_same_numbers_again_changes_nothing():
    x = Value([1.0, np.nan])
    y = (x * 3.0).sum()
    x.data[...] = [1.0, np.nan]
    y.backward()
    assert np.array_equal(x.grad, [3.0, 3.0])


def test_looking_at_the_data_is_no_change():
    x, y = Value([1.0, 2.0]), Value(3.0)
    z = (x * y).sum()
    assert x.data.sum() + y.data + z.data == 15.0
    repr(x), f"{y}", x.shape, y.item(), list(x), x > 1.0
    z.backward()
    assert np.array_equal(x.grad, [3.0, 3.0]) and y.grad == 3.0


# ── writes that are right never raise ────────────────────────────────────────────────────────────────────────────────
def step_by_assignment(p):
    p.data = p.data - 0.1 * p.grad


def step_in_place(p):
    p.data -= 0.1 * p.grad


def step_entry_by_entry(p):
    p.data[...] = p.data - 0.1 * p.grad


@pytest.mark.parametrize("step", [step_by_assignment, step_in_place, step_entry_by_entry], ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_training_loop_over_arrays_never_raises_and_keeps_its_old_graphs(step, dtype):
    w, x = Value(np.array([1.0, -2.0], dtype)), np.array([3.0, 1.0], dtype)
    by_hand, old = w.data.copy(), []
    for _ in range(5):
        w.zero_grad()
        loss = ((w * x).sum() - 2.0) ** 2
        loss.backward()
        old.append(loss)
        step(w)
        by_hand -= 0.1 * (2.0 * float((by_hand * x).sum() - 2.0) * x)
        assert w.data.dtype == dtype
    np.testing.assert_allclose(w.data, by_hand, rtol=1e-12 if dtype is np.float64 else 1e-5)
    for loss in old:
        with pytest.raises(ChangedDataError):
            loss.backward()


@pytest.mark.parametrize("step", [step_by_assignment, step_in_place], ids=lambda f: f.__name__)
def test_a_training_loop_over_numbers_never_raises(step):
    w, b, old = Value(1.0), Value(0.0), []
    for _ in range(5):
        loss = sum((w * x + b - (2 * x + 1)) ** 2 for x in (0.0, 0.5, 1.0))
        w.zero_grad(), b.zero_grad()
        loss.backward()
        old.append(loss)
        step(w), step(b)
    assert old[-1].data < 0.1 * old[0].data
    with pytest.raises(ChangedDataError):
        old[0].backward()


def test_a_batch_that_is_overwritten_for_the_next_step_never_raises():
    batch, w = Value(np.zeros((4, 2))), Value([1.0, 1.0])
    for step in range(3):
        batch.data[...] = step
        w.zero_grad()
        (batch @ w).sum().backward()
        assert np.array_equal(w.grad, [4.0 * step, 4.0 * step])


# ── what is not the value's own array ────────────────────────────────────────────────────────────────────────────────
def test_the_array_a_value_was_made_from_stays_the_users():
    mine = np.array([1.0, 2.0])
    x = Value(mine)
    y = (x * x).sum()
    mine[0] = 100.0
    y.backward()
    assert np.array_equal(x.data, [1.0, 2.0]) and np.array_equal(x.grad, [2.0, 4.0])
    x.data = mine
    mine[0] = 50.0
    assert np.array_equal(x.data, [100.0, 2.0])


def test_what_an_operation_computed_is_read_only_and_cannot_be_set():
    y = Value([1.0, 2.0]) * 2.0
    with pytest.raises(ValueError, match="read-only"):
        y.data[0] = 5.0
    with pytest.raises(ChangedDataError):
        y.data = [5.0, 6.0]
    with pytest.raises((ChangedDataError, ValueError)):
        y.data += 1.0
    assert np.array_equal(y.data, [2.0, 4.0])


CONSTANT_USES = [
    ("product", lambda x, c: (x * c).sum(), [7.0, 8.0]),
    ("reflected product", lambda x, c: (c * x).sum(), [7.0, 8.0]),
    ("power", lambda x, c: (x**c).sum(), [7.0, 8.0]),
    ("quotient", lambda x, c: (x / (1.0 / c)).sum(), [7.0, 8.0]),
    ("matrix product", lambda x, c: x @ c, [7.0, 8.0]),
    ("matrix product on the right", lambda x, c: c @ x, [7.0, 8.0]),
    ("numpy", lambda x, c: np.sum(np.multiply(c, x)), [7.0, 8.0]),
    ("variadic", lambda x, c: (tg.stack([x, c])[0] * tg.stack([c, x])[0]).sum(), [7.0, 8.0]),
    ("mask", lambda x, c: tg.where(c > 0, 7.0 * x, 0.0).sum(), [7.0, 7.0]),
]


@pytest.mark.parametrize(("use", "gradient"), [row[1:] for row in CONSTANT_USES], ids=[row[0] for row in CONSTANT_USES])
def test_a_constant_array_changed_after_the_use_never_makes_a_wrong_gradient(use, gradient):
    x, c = Value([1.0, 1.0]), np.array([7.0, 8.0])
    y = use(x, c)
    c[...] = -1000.0
    y.backward()
    np.testing.assert_allclose(x.grad, gradient, rtol=1e-15)


def test_a_mask_changed_after_the_use_never_makes_a_wrong_gradient():
    x, mask = Value([1.0, 2.0]), np.array([True, False])
    y = (tg.where(mask, x, 0.0) + x * mask).sum()
    mask[...] = [False, True]
    y.backward()
    assert np.array_equal(x.grad, [2.0, 0.0])


@pytest.mark.parametrize("index", [[0, 1], np.array([0, 1]), (np.array([0, 1]),)], ids=["list", "array", "tuple"])
def test_an_index_changed_after_the_use_never_makes_a_wrong_gradient(index):
    x = Value([1.0, 2.0, 3.0])
    y = x[index].sum()
    (index[0] if isinstance(index, tuple) else index)[0] = 2
    y.backward()
    assert np.array_equal(x.grad, [1.0, 1.0, 0.0])


def test_results_computed_without_recording_share_no_memory_with_what_they_were_computed_from():
    x = Value([1.0, 2.0])
    y = (x * x).sum()
    with tg.no_grad():
        views = [x.reshape((2, 1)), x[0:1], x.T, x.ravel(), tg.broadcast_to(x, (2,))]
    for view in views:
        view.data = view.data * 50.0
    with tg.no_grad():
        x.reshape((2, 1)).data[0] = 50.0
    y.backward()
    assert np.array_equal(x.data, [1.0, 2.0]) and np.array_equal(x.grad, [2.0, 4.0])


VIEWS = [
    ("reshape", lambda w: w.reshape((2, 1)).reshape((2,))),
    ("slice", lambda w: w[0:2]),
    ("transpose", lambda w: w.T),
    ("broadcast", lambda w: tg.broadcast_to(w, (3, 2))[1]),
    ("the array itself", identity),
]


@pytest.mark.parametrize("view", [row[1] for row in VIEWS], ids=[row[0] for row in VIEWS])
@pytest.mark.parametrize("handed_out", [False, True], ids=["", "data was looked at before"])
def test_a_result_keeps_its_numbers_when_the_value_it_shows_is_written_to(view, handed_out):
    w = Value([1.0, 2.0])
    if handed_out:
        assert w.data[0] == 1.0
    shown = view(w)
    _, pull = tg.vjp(lambda x: (x * shown).sum(), np.ones(2))
    w.data[...] = 7.0
    assert np.array_equal(shown.data, [1.0, 2.0])
    assert np.array_equal(pull(1.0)[0], [1.0, 2.0])
    assert np.array_equal(view(w).data, [7.0, 7.0])


def test_a_detached_value_shares_no_memory_and_no_history():
    x = Value([1.0, 2.0], name="x")
    y = x * 2.0
    loose = y.detach()
    loose.data[0] = 100.0
    (y * loose).sum().backward()
    assert loose.op is None and loose.inputs == () and loose.name is None
    assert np.array_equal(x.grad, [200.0, 8.0]) and np.array_equal(y.data, [2.0, 4.0])
    assert x.detach().name == "x"
