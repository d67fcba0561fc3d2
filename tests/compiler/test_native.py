"""Machine code computes what the primitives compute, on all the numbers that make trouble."""

from __future__ import annotations

import itertools
import math
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.calculus.grad import value_and_grad
from tinygrad_edu.compiler.native import jit, machine, native
from tinygrad_edu.compiler.recording.masks import MASKS
from tinygrad_edu.compiler.recording.program import record
from tinygrad_edu.errors import UnsupportedError
from tinygrad_edu.ops.activations import elu, gelu, leaky_relu
from tinygrad_edu.ops.op import TABLE
from tinygrad_edu.ops.rounding import round as rounded
from tinygrad_edu.ops.special import sinc_derivative

pytestmark = pytest.mark.skipif(not jit.available(), reason="llvmlite is not installed")

TRICKY = [
    *(0.0, -0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.7, 12.0, 40.5, 709.5, 710.0, 1e-300, 5e-324, 1e300, math.inf, math.nan),
    *(-0.5, -1.0, -1.5, -2.0, -2.5, -3.7, -12.0, -40.5, -699.0, -701.0, -745.5, -1e-300, -1e300, -math.inf),
]
OPS = [
    *(op for op in TABLE.values() if op.elementwise and op.forward.__module__.startswith("tinygrad_edu.ops")),
    *(rounded.bind(decimals=2), rounded.bind(decimals=-1), leaky_relu.bind(negative_slope=0.3), elu.bind(alpha=2.0)),
    *(gelu.bind(approximate="tanh"), sinc_derivative.bind(order=2)),
]
ULP = {"power": 4, "sinc_derivative": 8}  # the others 2: the libraries of C and of Python may differ in the last bits


def bits_apart(a: float, b: float) -> float:
    """How many doubles lie between two numbers."""
    if a == b or (a != a and b != b):
        return 0
    return abs(a - b) / math.ulp(min(abs(a), abs(b))) if math.isfinite(a) and math.isfinite(b) else math.inf


def points(op):
    count = len(op.inputs)
    return (
        list(itertools.product(TRICKY, repeat=count)) if count < 3 else list(itertools.product(TRICKY[:17:4], repeat=3))
    )


@pytest.mark.parametrize("op", OPS, ids=repr)
def test_machine_code_computes_every_primitive_of_numbers_on_tricky_numbers(op):
    compiled = native.build(record(op, (0.5,) * len(op.inputs)))
    with np.errstate(all="ignore"):
        wrong = [
            (given, compiled(given)[0], op.compute(*given))
            for given in points(op)
            if bits_apart(compiled(given)[0], op.compute(*given)) > ULP.get(op.name, 2)
        ]
    assert not wrong


@pytest.mark.parametrize("mask", MASKS.values(), ids=lambda op: op.name)
def test_comparisons_return_truths(mask):
    compiled = native.build(record(lambda *xs: mask_of(mask, xs), (0.5,) * len(mask.inputs)))
    for xs in itertools.product(TRICKY, repeat=len(mask.inputs)):
        assert compiled(xs) == [bool(mask.forward(*xs))]


def mask_of(mask, xs):
    return xs[0].book.write(mask, xs)


def test_the_numbers_of_many_samples_side_by_side_are_those_of_one():
    from tinygrad_edu.compiler.native.native_loops import NativeRows

    for op in OPS:
        rows = np.array([*points(op), *points(op)[:3]])
        runner = NativeRows(record(op, (0.5,) * len(op.inputs)), ["row"] * len(op.inputs))
        with np.errstate(all="ignore"):
            found = runner(list(rows.T), len(rows))[0]
            one = native.build(record(op, (0.5,) * len(op.inputs)))
            expected = [one(row.tolist())[0] for row in rows]
        np.testing.assert_array_equal(found, expected, err_msg=op.name)


def test_a_user_primitive_of_operators_becomes_machine_code_and_one_with_its_own_c_code_does_not():
    @tg.op(x=lambda g, y, x: g * 3.0 * x * x, elementwise=True)
    def cubed_for_machines(x):
        """x³"""
        return x * x * x

    @tg.op(x=lambda g, y, x: g * math.gamma(x), elementwise=True)
    def gamma_for_nobody(x):
        """Γ(x)"""
        return math.gamma(x)

    try:
        assert native.build(record(tg.grad(cubed_for_machines), (1.0,)))([2.0]) == [12.0]
        program = record(gamma_for_nobody, (2.0,))
        reason = "gamma_for_nobody cannot be opened into operations on single numbers"
        assert native.reason_against(program) == reason
        with pytest.raises(UnsupportedError, match=f"cannot become machine code: {reason}."):
            native.build(program)
    finally:
        del TABLE["cubed_for_machines"], TABLE["gamma_for_nobody"]


def test_a_definition_that_gives_other_numbers_than_the_primitive_is_not_believed():
    @tg.op(x=lambda g, y, x: g, elementwise=True)
    def two_faced(x):
        """x, but only if somebody is looking."""
        return x if type(x) is float else x + 1.0

    try:
        assert not machine.known(two_faced)
    finally:
        del TABLE["two_faced"]


# ── programs ─────────────────────────────────────────────────────────────────────────────────────────────────────────
ONE = [tg.exp, tg.tanh, tg.sin, tg.sqrt, tg.log, tg.relu, tg.sigmoid, tg.softplus, tg.abs, lambda x: -x, lambda x: x**2]
TWO = [
    *(lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b, tg.maximum, tg.hypot),
    *(lambda a, b: tg.where(a > b, a, 2.0 * b), lambda a, b: tg.where((a <= b) & (a > 0.0), b, a)),
]
steps = st.lists(
    st.tuples(st.integers(0, len(ONE) + len(TWO) - 1), st.integers(0, 60), st.integers(0, 60)), max_size=60
)
numbers = st.floats(-3.0, 3.0).filter(lambda x: abs(x) > 1e-3)


@settings(deadline=None, max_examples=60)
@given(steps, st.lists(numbers, min_size=3, max_size=3))
def test_random_programs_give_eager_values_and_gradients(steps, start):
    def f(xs):
        made = list(xs)
        for kind, i, k in steps:
            a, b = made[i % len(made)], made[k % len(made)]
            made.append(ONE[kind](a) if kind < len(ONE) else TWO[kind - len(ONE)](a, b))
        return made[-1] + 0.5 * made[len(made) // 2]

    with np.errstate(all="ignore"):
        value, gradient = value_and_grad(f)(start)
        found = native.build(record(value_and_grad(f), (start,)))(start)
        if any(map(math.isnan, found)):
            found = native.build(record(value_and_grad(f), (start,), careful=True))(start)
    np.testing.assert_allclose(found, [value, *gradient], rtol=1e-11, atol=1e-12)


def test_a_training_step_of_numbers_and_arrays_returns_both():
    def step(w, b, x):
        loss, (dw, db) = value_and_grad(lambda w, b: ((tg.tanh(x @ w) + b) ** 2).mean(), (0, 1))(w, b)
        return loss, w - 0.1 * dw, b - 0.1 * db

    given = np.array([0.5, -1.0]), 0.25, np.arange(6.0).reshape(3, 2) / 7
    found = native.build(record(step, given))(given)
    expected = step(*given)
    assert [type(x) for x in found] == [float, np.ndarray, float]
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-14)


def test_values_from_outside_are_given_after_the_arguments():
    w = tg.Value(3.0)
    program = record(lambda x: w * x, (2.0,))
    assert native.build(program)([2.0, 5.0]) == [10.0]


def test_results_may_be_inputs_constants_and_masks():
    program = record(lambda x, a: (x, 7.0, x > 1.0, a > 0.0, a), (2.0, np.ones(2)))
    found = native.build(program)([2.0, np.array([1.0, -1.0])])
    assert found[:3] == [2.0, 7.0, True]
    assert [x.tolist() for x in found[3:]] == [[True, False], [1.0, -1.0]]


def test_long_programs_are_cut_into_blocks_that_hand_everything_on():
    def f(x, y):
        for k in range(700):
            x = x * 0.5 + y / (k + 1.0)
        return x + y

    assert native.build(record(f, (1.0, 2.0)))([1.0, 2.0]) == [f(1.0, 2.0)]
    assert native.build(record(f, (1.0, 2.0)), optimize=True)([1.0, 2.0]) == [f(1.0, 2.0)]


def test_threads_do_not_share_memory():
    compiled, wrong = native.build(record(lambda x: (x, tg.exp(x), x + 1.0), (1.0,))), []

    def work(x):
        wrong.extend(1 for _ in range(3000) if compiled([x]) != [x, math.exp(x), x + 1.0])

    threads = [threading.Thread(target=work, args=(float(k),)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_message_without_llvmlite_is_one_line_that_names_the_extra():
    assert "\n" not in jit.MISSING
    assert jit.MISSING == (
        'Machine code needs llvmlite (pip install "tinygrad-edu[native]"); the Python backend serves meanwhile.'
    )


def test_reasons_against_machine_code_are_given_in_words():
    single = record(lambda x: x * 2.0, (np.ones(2, np.float32),))
    assert native.reason_against(single) == "its arrays are float32, and machine code is written for float64"
    labels = record(lambda x, k: x[k], (np.ones(3), np.array([1, 2])))
    assert native.reason_against(labels) == "it is given whole numbers in arrays, which are places or labels"


def test_the_machine_code_of_a_processor_can_be_read():
    assert "mul" in native.build(record(lambda a, b: a * b, (1.0, 2.0))).machine.assembly
