"""The function that runs: it asks for as little as possible, and notices everything."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.compiler.compiled import compile
from tinygrad_edu.compiler.plain_numbers import hides_nan, looked_at
from tinygrad_edu.compiler.recording.program import record

from .as_eager import check_same, eager

STRANGE = [2, True, np.float64(2.0), np.float32(2.0), np.array(2.0), np.array([2.0]), np.array([2.0, 3.0]), 2**70, -0.0,
           math.inf, math.nan, 1e308, np.int8(2)]  # fmt: skip
FUNCTIONS = {
    "sums": lambda x, y, z: (x + y) - z,
    "products": lambda x, y, z: (x * y, y * z),
    "products of products": lambda x, y, z: x * y * z * 0.5,
    "one alone": lambda x, y, z: (-x, y * y, z / 3.0),
    "functions": lambda x, y, z: tg.exp(x * 1e-3) + tg.sin(y) * z,
    "choices": lambda x, y, z: tg.where(x > y, x, z) * 0.5,
    "unused": lambda x, y, z: 3.0 * x,
    "handed on": lambda x, y, z: (z, x, y * 1.0),
    "gradients": lambda x, y, z: tg.grad(lambda x: tg.sum(tg.tanh(x * y) * z))(x),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_whatever_is_given_for_a_number_the_result_is_that_of_eager(name):
    f = FUNCTIONS[name]
    for place, strange in itertools.product(range(3), STRANGE):
        if strange is True:
            continue  # a setting
        compiled = compile(f)
        args: list = [0.5, 1.5, -2.5]
        check_same(compiled(*args), eager(f, *args))
        args[place] = strange
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(2):
                check_same(compiled(*args), eager(f, *args))


def test_pairs_of_whole_numbers_do_not_stay_whole():
    f = lambda x, y: (x * y, x + y, x - y)  # noqa: E731
    for args in itertools.product([3, 2**60 + 1, 3.0], repeat=2):
        check_same(compile(f)(*args), eager(f, *args))
        compiled = compile(f)
        compiled(1.0, 1.0)
        check_same(compiled(*args), eager(f, *args))


LOOKED_AT = {
    "one of two that meet": (lambda w, x: w * x - 0.1 * x, "w"),
    "none where all meet floats": (lambda w, x: w * 2.0 + x, ""),
    "what a function swallows": (lambda w, x: tg.exp(w) + x, "w"),
    "what stands alone": (lambda w, x: (-w, x * 2.0), "w"),
    "what nobody uses": (lambda w, x: w * 2.0, "x"),
    "what is compared": (lambda w, x: tg.where(w > 0.0, x * 2.0, 1.0), "wx"),
    "what meets itself": (lambda w, x: w * w + x, "w"),
}


@pytest.mark.parametrize("case", LOOKED_AT)
def test_types_are_asked_for_only_where_nothing_else_tells(case):
    f, names = LOOKED_AT[case]
    program = record(f, (2.0, 3.0), names=["w", "x"])
    assert "".join(line.name for line in looked_at(program)) == names


def test_a_nan_is_hidden_by_comparing_and_not_by_arithmetic():
    g = tg.grad(lambda x: x * x)
    assert not hides_nan(record(lambda x: g(x) * 2.0 + tg.exp(g(x)), (1.0,)))
    assert not hides_nan(record(lambda x: tg.where(x > 0.0, g(x), 0.0), (1.0,)))
    assert hides_nan(record(lambda x: tg.where(g(x) > 0.0, x, 0.0), (1.0,)))
    assert hides_nan(record(lambda x: tg.maximum(g(x), 0.0), (1.0,)))


def test_nothing_is_asked_of_a_program_that_needs_nothing():
    compiled = compile(lambda p, x: {"y": p[0] * x + 1.0})
    compiled([2.0], 3.0)
    assert compiled.running_source == (
        "def f(p, x):\n"
        "    try:\n"
        "        if type(p) is not list:\n"
        "            raise Different\n"
        "        p_0, = p\n"
        "        if type(p_0) is not float:\n"
        "            raise Different\n"
        "        y1 = p_0 * x + 1.0\n"
        "        if type(y1) is not float:\n"
        "            raise Different\n"
        "        return {'y': y1}\n"
        "    except Exception:\n"
        "        pass\n"
        "    return otherwise(p, x)"
    )


def test_arrays_of_other_byte_orders_and_memory_orders():
    f = compile(lambda x: x * 2.0 + x.sum())
    x = np.arange(6.0).reshape(2, 3)
    for other in (x, np.asfortranarray(x), x.astype(">f8"), x[:, ::-1], x.view(np.matrix)):
        np.testing.assert_array_equal(f(other), np.asarray(other) * 2.0 + 15.0)
    with pytest.raises(TypeError):
        f(np.ma.masked_array(x, x > 2.0))


def test_values_among_the_arguments_are_recorded():
    compiled = compile(lambda x, y: tg.exp(x) * y)
    compiled(1.0, 2.0)
    for args in ((tg.Value(1.0), 2.0), (1.0, tg.Value(2.0)), (tg.Value(1.0), tg.Value(2.0))):
        y = compiled(*args)
        assert type(y) is tg.Value and y.op is not None
        assert y.data == compiled(1.0, 2.0)
