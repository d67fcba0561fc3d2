"""A Value where Python expects a number: it compares, converts and rounds as a float does."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError

X = [-2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 2.0, 3.7, math.inf, -math.inf]
COMPARE = [
    ("==", lambda a, b: a == b),
    ("!=", lambda a, b: a != b),
    ("<", lambda a, b: a < b),
    ("<=", lambda a, b: a <= b),
    (">", lambda a, b: a > b),
    (">=", lambda a, b: a >= b),
]


@pytest.mark.parametrize("compare", [row[1] for row in COMPARE], ids=[row[0] for row in COMPARE])
@pytest.mark.parametrize("x", [*X, math.nan])
def test_a_comparison_is_pythons_own_and_gives_a_plain_bool(compare, x):
    for z in (*X, math.nan, 1, True, np.float64(1.0), np.float32(0.5), np.int64(2)):
        wanted = bool(compare(x, float(z)))
        for found in (compare(Value(x), z), compare(Value(x), Value(float(z)))):
            assert type(found) is bool and found is wanted
        assert bool(compare(float(z), Value(x))) is bool(compare(float(z), x))


@pytest.mark.parametrize("compare", [row[1] for row in COMPARE], ids=[row[0] for row in COMPARE])
def test_a_comparison_of_arrays_is_a_plain_array_of_bools(compare):
    x, z = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([2.0, 2.0])
    wanted = compare(x, z)
    pairs = [
        (Value(x), Value(z)),
        (Value(x), z),
        (x, Value(z)),
        (Value(x), [2, 2]),
        (Value(x), 2),
        (Value(x), Value(2.0)),
    ]
    for a, b in pairs:
        found = compare(a, b)
        assert type(found) is np.ndarray and found.dtype == bool and np.array_equal(found, wanted)


@pytest.mark.parametrize(
    "other", [None, "2", object(), 2j, [None]], ids=["None", "text", "object", "complex", "[None]"]
)
def test_what_is_no_number_is_not_equal_and_cannot_be_ordered(other):
    v = Value(2.0)
    assert (v == other) is False and (v != other) is True and (other == v) is False
    with pytest.raises(TypeError):
        v < other
    with pytest.raises(TypeError):
        v >= other


@pytest.mark.parametrize("x", X)
def test_a_number_is_true_unless_it_is_zero(x):
    assert bool(Value(x)) is bool(x)
    assert (1 if Value(x) else 2) == (1 if x else 2)


def test_several_numbers_are_neither_true_nor_false():
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Value([1.0, 2.0]))


def test_a_number_converts_as_a_float_does():
    v = Value(2.75)
    assert (float(v), int(v), complex(v), v.item()) == (2.75, 2, 2.75 + 0j, 2.75)
    assert (math.floor(v), math.ceil(v)) == (2, 3) and math.sin(v) == math.sin(2.75)
    assert type(float(v)) is type(v.item()) is float and type(int(v)) is int
    assert "%.2f" % v == "2.75"
    assert float(Value([[2.75]])) == Value([2.75]).item() == 2.75
    with pytest.raises(ValueError):
        int(Value(math.nan))
    with pytest.raises(ValueError):
        float(Value([1.0, 2.0]))


def test_a_number_is_no_index():
    with pytest.raises(TypeError):
        [1, 2, 3][Value(1.0)]
    with pytest.raises(TypeError):
        range(Value(3.0))


def test_abs_round_and_signs_are_recorded():
    x = Value(-2.567)
    for y, value, slope in (
        (abs(x), 2.567, -1.0),
        (round(x), -3.0, 0.0),
        (round(x, 1), -2.6, 0.0),
        (math.trunc(x), -2.0, 0.0),
        (math.floor(x), -3.0, 0.0),
        (math.ceil(x), -2.0, 0.0),
        (divmod(x, 2.0)[0], -2.0, 0.0),
        (divmod(x, 2.0)[1], -2.567 % 2.0, 1.0),
        (divmod(3.0, x)[1], 3.0 % -2.567, 2.0),
        (-x, 2.567, -1.0),
        (+x * 1, -2.567, 1.0),
    ):
        assert type(y) is Value and y.data == value
        x.zero_grad()
        y.backward()
        assert x.grad == slope
    assert round(Value(2.5)).data == 2.0  # to even, like Python


def test_the_larger_and_the_smaller_of_two_are_one_of_them():
    a, b, c = Value(3.0), Value(1.0), Value(2.0)
    assert max(a, b) is a and min(a, b, c) is b and max(2.5, a) is a and max(a, 5.0) == 5.0
    assert sorted([a, b, c]) == [b, c, a] and sorted([a, b, c])[0] is b
    (max(a, b) * 2).backward()
    assert a.grad == 2.0 and b.grad is None


def test_sum_adds_values():
    values = [Value(1.0), Value(2.0), Value(3.0)]
    sum(values).backward()
    assert [v.grad for v in values] == [1.0, 1.0, 1.0]


def test_values_are_keys_by_identity():
    a, b = Value(2.0), Value(2.0)
    m, n = Value([1.0]), Value([1.0])
    names = {a: "a", b: "b", m: "m", n: "n"}
    assert [names[v] for v in (a, b, m, n)] == ["a", "b", "m", "n"] and len({a, b, m, n, a}) == 4
    a.data = 7.0
    assert names[a] == "a"


def test_a_value_is_found_in_a_list_by_its_number():
    a, b = Value(2.0), Value(3.0)
    assert a in [b, a] and a in [b, 2.0] and a not in [b, 3.0] and None not in [a]
    assert 2.0 in Value([1.0, 2.0]) and Value(2.0) in Value([1.0, 2.0]) and 5.0 not in Value([1.0, 2.0])


def test_an_array_of_values_is_gone_through_entry_by_entry():
    x = Value([[1.0, 2.0], [3.0, 4.0]])
    rows = list(x)
    assert len(x) == 2 and [row.data.tolist() for row in rows] == [[1.0, 2.0], [3.0, 4.0]]
    a, b = x[1]
    (a * b).backward()
    assert np.array_equal(x.grad, [[0.0, 0.0], [4.0, 3.0]])
    with pytest.raises(TypeError):
        iter(Value(1.0))
    with pytest.raises(TypeError):
        len(Value(1.0))


@pytest.mark.parametrize("convert", [float, int, math.sin, complex, math.exp], ids=lambda f: f.__name__)
def test_converting_to_a_plain_number_inside_a_derivative_would_lose_the_history(convert):
    with pytest.raises(DataError, match="inside a function that is being differentiated"):
        tg.grad(lambda x: x * convert(x))(2.0)
    with pytest.raises(DataError, match="inside a function that is being differentiated"):
        tg.jvp(lambda x: x * convert(x), 2.0, 1.0)
    assert convert(Value(2.0)) == convert(2.0)


def test_item_and_comparisons_inside_a_derivative_count_as_constant():
    assert tg.grad(lambda x: x * x.item())(3.0) == 3.0
    assert tg.grad(lambda x: x * x if x > 2 else x)(3.0) == 6.0
    assert tg.grad(lambda x: f"{x:.1f}" and x * bool(x))(3.0) == 1.0


# ── operators ────────────────────────────────────────────────────────────────────────────────────────────────────────
OPERATORS = [
    ("+", lambda a, b: a + b),
    ("-", lambda a, b: a - b),
    ("*", lambda a, b: a * b),
    ("/", lambda a, b: a / b),
    ("**", lambda a, b: a**b),
    ("%", lambda a, b: a % b),
    ("//", lambda a, b: a // b),
]
OTHERS = [2, 2.0, True, np.float64(2.0), np.float32(2.0), np.int64(2), np.array(2.0), np.bool_(True)]


@pytest.mark.parametrize("operator", [row[1] for row in OPERATORS], ids=[row[0] for row in OPERATORS])
@pytest.mark.parametrize("other", OTHERS, ids=repr)
def test_an_operator_takes_every_kind_of_number_on_either_side(operator, other):
    for found, wanted in (
        (operator(Value(3.0), other), operator(3.0, float(other))),
        (operator(other, Value(3.0)), operator(float(other), 3.0)),
    ):
        assert type(found) is Value and type(found.data) is float and found.data == wanted


@pytest.mark.parametrize("operator", [row[1] for row in OPERATORS], ids=[row[0] for row in OPERATORS])
@pytest.mark.parametrize("other", [[2, 3], (2.0, 3.0), np.array([2, 3]), np.array([2.0, 3.0], np.float32)], ids=repr)
def test_an_operator_takes_lists_and_arrays_on_either_side(operator, other):
    x, array = np.array([3.0, 4.0]), np.array(other, getattr(other, "dtype", float)) * 1.0
    for found, wanted in (
        (operator(Value(x), other), operator(x, array)),
        (operator(other, Value(x)), operator(array, x)),
        (operator(Value(3.0), other), operator(3.0, array)),
        (operator(other, Value(3.0)), operator(array, 3.0)),
    ):
        assert type(found) is Value and np.array_equal(found.data, wanted)
        found.sum().backward()


def test_an_augmented_assignment_makes_a_new_value():
    x = Value(2.0)
    y = x
    y += 1
    y *= 3
    y **= 2
    y -= 1
    y /= 2
    y.backward()
    assert x.data == 2.0 and y.data == 40.0 and x.grad == 27.0


def test_a_power_with_a_modulus_is_not_defined():
    with pytest.raises(TypeError):
        pow(Value(2.0), 3, 5)
