"""Where a value was made: file, line and expression of the user's program, and nothing when nobody asks."""

from __future__ import annotations

import gc
import linecache
import sys
import threading

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import ShapeError
from tinygrad_edu.protocols import modes
from tinygrad_edu.protocols.places import known, place_of, recording_places, users

POSITIONS = sys.version_info >= (3, 11)


def line() -> int:
    return sys._getframe(1).f_lineno


# what makes a value, and the line it belongs to: always this file, whatever part of the package did the work
MAKERS = [
    lambda x: (x * x, line()),
    lambda x: (2.0 * x, line()),
    lambda x: (-x, line()),
    lambda x: (x.tanh(), line()),
    lambda x: (tg.exp(x), line()),
    lambda x: (tg.clip(x, 0.0, 1.0), line()),
    lambda x: (tg.sum(x, axis=0), line()),
    lambda x: (x.sum(), line()),
    lambda x: (x[0], line()),
    lambda x: (x.T, line()),
    lambda x: (x.reshape(3, 2), line()),
    lambda x: (np.exp(x), line()),
    lambda x: (np.sum(x, axis=0), line()),
    lambda x: (np.ones((2, 2)) @ x, line()),
    lambda x: (np.float64(2) * x, line()),
    lambda x: (tg.stack([x, x]), line()),
    lambda x: (tg.nn.Linear(3, 1)(x), line()),
    lambda x: (tg.losses.mse(x, np.zeros((2, 3))), line()),
]


@pytest.mark.parametrize("make", MAKERS)
def test_a_place_is_the_line_of_the_program_outside_the_package(make):
    with recording_places():
        y, number = make(Value(np.ones((2, 3))))
    place = place_of(y)
    assert (place.file, place.line, place.function) == (__file__, number, "<lambda>")
    assert place.text == linecache.getline(__file__, number).strip()
    assert str(place).endswith(f"test_places.py:{number}")


@pytest.mark.skipif(not POSITIONS, reason="older Pythons know the line only")
def test_two_values_of_one_line_are_told_apart_by_their_expression():
    a, b = Value(2.0), Value(3.0)
    with recording_places():
        y = a * b + tg.exp(a)  # π ≠ 3: a line is counted in bytes
    assert [place_of(v).code for v in (y, *y.inputs)] == ["a * b + tg.exp(a)", "a * b", "tg.exp(a)"]


@pytest.mark.parametrize(
    "file", ["<stdin>", "<string>", "/x/ipykernel_71/123.py", "<ipython-input-3-abc>", "<doctest a[0]>"]
)
def test_a_place_may_be_in_a_notebook_a_doctest_or_a_session(file):
    names = {"x": Value(2.0), "__name__": "tinygrad_edu.pretended"}
    with recording_places():
        exec(compile("\ny = x * x", file, "exec"), names)
    place = place_of(names["y"])
    assert (place.file, place.line, place.function) == (file, 2, "<module>")
    assert str(place) == ("notebook cell, line 2" if "ip" in file else f"{file}:2")
    assert place.code == place.text == ""


def test_nothing_is_noted_outside_and_the_slot_is_not_even_set():
    x = Value(2.0)
    with recording_places():
        inside = x * x
    assert place_of(inside) is not None
    assert place_of(x) is place_of(x * x) is place_of(3.0) is None
    assert not hasattr(x * x, "place")
    assert not modes.modes and not modes.watchers and not known


def test_places_of_a_loop_are_one_object_and_keep_no_value_alive():
    with recording_places():
        made = [Value(1.0) * 2.0 for _ in range(100)]
        assert len({id(place_of(v)) for v in made}) == 1
        gc.collect()
        before = len(gc.get_objects())
        for _ in range(1000):
            Value(1.0) * 2.0
        assert len(gc.get_objects()) - before < 100


def test_recording_places_changes_no_result_and_respects_no_grad():
    x = Value(np.linspace(-1, 1, 5))
    plain = tg.exp(x * 3.0).sum()
    with recording_places():
        watched = tg.exp(x * 3.0).sum()
        with tg.no_grad():
            held = x * x
    with tg.no_grad(), recording_places():
        other = x * x
    assert watched.data == plain.data and watched.inputs[0].op is plain.inputs[0].op
    assert held.op is None is other.op and place_of(held).line != place_of(other).line


def test_gradients_that_are_recorded_belong_to_the_line_that_asked_for_them():
    with recording_places():
        x = Value(3.0)
        g = tg.grad(lambda v: v**3)(x)
    assert (
        g.data == 27.0
        and place_of(g).function == "test_gradients_that_are_recorded_belong_to_the_line_that_asked_for_them"
    )


def test_places_of_one_thread_are_no_business_of_another():
    x, found = Value(2.0), []
    with recording_places():
        thread = threading.Thread(target=lambda: found.append(x * x))
        thread.start()
        thread.join()
        inner = x * x
    assert place_of(found[0]) is None and place_of(inner) is not None


def test_an_error_inside_leaves_nothing_behind():
    with pytest.raises(KeyError), recording_places(), tg.no_grad(), recording_places():
        raise KeyError
    with pytest.raises(ShapeError), recording_places():
        Value(np.ones((2, 3))) @ np.ones((2, 3))
    assert not modes.modes and not modes.watchers


@recording_places()
def decorated(x, depth):
    return x * x if depth == 0 else decorated(x, depth - 1)


def test_it_may_stand_above_a_function_even_a_recursive_one():
    assert place_of(decorated(Value(2.0), 3)).function == "decorated"
    assert not modes.watchers


def test_neither_the_package_nor_numpy_nor_the_interpreter_is_the_users_program():
    ours = [tg.__file__, tg.nn.__file__, np.__file__, np.linalg.__file__, "<frozen runpy>"]
    assert not any(map(users, ours)) and all(map(users, [__file__, "<stdin>", "train.py"]))
