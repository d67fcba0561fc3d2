"""What comes in at the door, and how it is shown, copied and kept."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError, ShapeError

NUMBERS = [
    (2, 2.0),
    (2.5, 2.5),
    (True, 1.0),
    (-0.0, -0.0),
    (float("inf"), float("inf")),
    (np.int8(3), 3.0),
    (np.uint64(2**63), 2.0**63),
    (np.float64(0.1), 0.1),
    (np.float32(0.5), 0.5),
    (np.float16(0.5), 0.5),
    (np.bool_(True), 1.0),
    (np.array(7), 7.0),
    (np.array(0.5, np.float32), 0.5),
    (np.longdouble(0.5), 0.5),
    (10**17, 1e17),
    (2**64, 2.0**64),
    (-(2**70), -(2.0**70)),
]


@pytest.mark.parametrize(("given", "kept"), NUMBERS, ids=lambda x: repr(x) if not isinstance(x, float) else "")
def test_every_real_number_becomes_a_python_float(given, kept):
    v = Value(given)
    assert type(v.data) is float and v.data == kept
    assert (v.shape, v.ndim, v.size, v.dtype) == ((), 0, 1, np.dtype(float))
    product = Value(1.0) * given
    assert type(product.data) is float and product.data == kept


ARRAYS = [
    ([1, 2, 3], np.float64),
    ((1, 2.5), np.float64),
    ([True, False], np.float64),
    ([[1, 2], [3, 4]], np.float64),
    (range(3), np.float64),
    ([], np.float64),
    ([np.float32(1.0), 2], np.float64),
    (np.arange(3), np.float64),
    (np.arange(3, dtype=np.uint8), np.float64),
    (np.ones((2, 0)), np.float64),
    (np.ones(2, np.float32), np.float32),
    (np.ones(2, np.float16), np.float16),
    (np.ones(2, bool), np.float64),
    (np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.float64),
    (np.broadcast_to(1.0, (2, 3)), np.float64),
    (np.arange(6.0)[::-2], np.float64),
]


@pytest.mark.parametrize(("given", "dtype"), ARRAYS, ids=repr)
def test_every_array_of_real_numbers_becomes_a_floating_point_array_of_its_own(given, dtype):
    v = Value(given)
    assert type(v.data) is np.ndarray and v.dtype == dtype
    assert np.array_equal(v.data, np.array(given, dtype))
    assert v.shape == np.shape(given) and v.size == np.size(given) and v.ndim == np.ndim(given)
    assert v.data.flags.writeable and not np.shares_memory(v.data, np.asarray(given))


def test_long_doubles_stay_long_doubles():
    x = Value(np.ones(2, np.longdouble))
    (x * x).sum().backward()
    assert x.dtype == x.grad.dtype == np.dtype(np.longdouble)


NOT_NUMBERS = [
    ("text", "a"),
    ("text that looks like a number", "1.0"),
    ("bytes", b"1"),
    ("None", None),
    ("complex", 1j),
    ("NumPy complex", np.complex64(1)),
    ("complex array", np.array([1j])),
    ("object", object()),
    ("function", len),
    ("dict", {"a": 1.0}),
    ("set", {1.0}),
    ("ragged list", [[1.0], [1.0, 2.0]]),
    ("list with None", [1.0, None]),
    ("list with text", [1.0, "a"]),
    ("object array", np.array([1.0, None], dtype=object)),
    ("dates", np.array(["2020-01-01"], dtype="datetime64[D]")),
    ("text array", np.array(["a"])),
    ("structured array", np.zeros(2, dtype=[("a", float)])),
    ("generator", (x for x in [1.0])),
]


@pytest.mark.parametrize("given", [row[1] for row in NOT_NUMBERS], ids=[row[0] for row in NOT_NUMBERS])
def test_what_is_no_number_does_not_get_in_anywhere(given):
    v = Value(2.0)
    for door in (
        Value,
        lambda x: v + x,
        lambda x: x * v if not isinstance(x, np.ndarray) else v * x,
        lambda x: tg.add(v, x),
        lambda x: tg.exp(x),
        lambda x: setattr(v, "data", x),
        lambda x: tg.grad(lambda y: y * y)(x) if not isinstance(x, (dict, list)) and x is not None else Value(x),
    ):
        with pytest.raises(DataError, match="no real number"):
            door(given)
    assert v.data == 2.0


@pytest.mark.parametrize(
    "given", [Value(1.0), [Value(1.0), Value(2.0)], (Value([1.0]),), [[1.0, Value(2.0)]]], ids=repr
)
def test_a_value_made_of_values_would_forget_where_they_came_from(given):
    with pytest.raises(DataError, match="would lose its history"):
        Value(given)


def test_an_integer_too_large_for_a_float_says_so():
    with pytest.raises(DataError):
        Value(10**400)


def test_the_name_is_kept_and_shown():
    assert Value(1.0, name="w").name == "w"
    assert Value(1.0).name is None


SHOWN = [
    (lambda: Value(2.0), "Value(2.0)"),
    (lambda: Value(2.0, name="w"), "Value(2.0, name='w')"),
    (lambda: Value([1, 2]), "Value([1., 2.])"),
    (lambda: Value([[1.0, 2.5]], name="x"), "Value([[1. , 2.5]], name='x')"),
    (lambda: swept(Value(2.0, name="w")), "Value(2.0, grad=4.0, name='w')"),
    (lambda: swept(Value([1.0, 2.0])), "Value([1., 2.], grad=[2., 4.])"),
    (lambda: Value(2.0) * 3, "Value(6.0)"),
]


def swept(v):
    (v * v).sum().backward()
    return v


@pytest.mark.parametrize(("make", "text"), SHOWN, ids=[row[1] for row in SHOWN])
def test_a_value_shows_its_numbers_its_gradient_and_its_name(make, text):
    assert repr(make()) == str(make()) == f"{make()}" == text


def test_a_format_is_that_of_the_number():
    assert f"{Value(2.0):.3f}" == "2.000"


def test_a_result_knows_its_operation_and_its_inputs_in_their_order():
    a, b = Value(2.0), Value(3.0)
    assert (a - b).op is tg.subtract
    assert (a - b).inputs[0] is a and (a - b).inputs[1] is b
    assert (1 - a).inputs[0] == 1.0 and (1 - a).inputs[1] is a
    assert (a - 1).inputs[0] is a and type((a - 1).inputs[1]) is float
    assert a.tanh().inputs == (a,) and a.tanh().op is tg.tanh
    assert a.op is None and a.inputs == ()
    assert tg.where(True, a, b).inputs[1:] == (a, b)
    assert (a * np.ones(2)).inputs[1].shape == (2,)
    assert tg.stack([a, b, a]).inputs == (a, b, a)


def test_the_axes_and_the_transpose_are_those_of_the_array():
    x = Value(np.arange(6.0).reshape(2, 3))
    assert (x.shape, x.ndim, x.size, len(x)) == ((2, 3), 2, 6, 2)
    assert np.array_equal(x.T.data, x.data.T) and Value(2.0).T == 2.0
    (x.T * np.arange(6.0).reshape(3, 2)).sum().backward()
    assert np.array_equal(x.grad, np.arange(6.0).reshape(3, 2).T)


# ── copies ───────────────────────────────────────────────────────────────────────────────────────────────────────────
COPIES = [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))]


@pytest.mark.parametrize("make", COPIES, ids=["copy", "deepcopy", "pickle"])
@pytest.mark.parametrize("data", [2.5, [1.0, 2.0], np.ones((2, 2), np.float32)], ids=["number", "array", "float32"])
def test_a_copy_of_an_input_has_the_same_numbers_and_name_and_its_own_memory(make, data):
    v = Value(data, name="w")
    twin = make(v)
    assert type(twin) is Value and twin is not v
    assert np.array_equal(twin.data, v.data) and twin.dtype == v.dtype and twin.name == "w" and twin.op is None
    (v * v).sum().backward()
    assert twin.grad is None
    if twin.ndim:
        twin.data[0] = 100.0
        assert not np.array_equal(twin.data, v.data)


@pytest.mark.parametrize("make", COPIES, ids=["copy", "deepcopy", "pickle"])
def test_a_copy_of_a_result_is_refused_because_it_would_lose_its_history(make):
    with pytest.raises(DataError, match="cannot be copied or pickled: it is the result of multiply"):
        make(Value(2.0) * 3.0)


def test_new_data_of_another_shape_drops_the_gradient_of_the_old_shape():
    x = Value([1.0, 2.0])
    (x * x).sum().backward()
    x.data = np.ones((3, 2))
    (x * x).sum().backward()
    assert np.array_equal(x.grad, 2 * np.ones((3, 2)))


def test_a_misspelt_attribute_is_an_error():
    with pytest.raises(AttributeError):
        Value(1.0).dta = 5.0
    with pytest.raises(AttributeError):
        Value(1.0).sumn()


def test_a_name_is_a_text():
    with pytest.raises(DataError, match="name=3"):
        Value(2.0, name=3)


def test_an_array_is_not_one_number():
    for ask in (float, int, lambda v: v.item()):
        with pytest.raises(ShapeError, match="One number was asked for"):
            ask(Value([1.0, 2.0]))
    assert float(Value([3.0])) == 3.0
