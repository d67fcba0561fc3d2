"""A program opened into single numbers gives the numbers of the arrays."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.ops.cases_arrays import CASES as OF_ARRAYS
from tests.ops.cases_elementwise import CASES as OF_ENTRIES
from tinygrad_edu.calculus.containers import flatten
from tinygrad_edu.compiler.native import jit, native, scalars
from tinygrad_edu.compiler.recording.program import record
from tinygrad_edu.errors import UnsupportedError

pytestmark = pytest.mark.skipif(not jit.available(), reason="llvmlite is not installed")

LINEAR_ALGEBRA = {"inv", "solve", "matrix_power", "det", "cofactors", "cofactors_moved", "sign_and_log", "pinv",
                  "singular_triples", "cholesky", "eigenpairs", "sort", "sort_like", "unsort_like"}  # fmt: skip


def gradients_of(case):
    """The gradients of a number made of all results, each with its own weight."""

    def loss(*xs):
        parts = flatten(case.call(*xs))[0]
        return sum((tg.sum(part * tg.cos(0.3 + k + part)) for k, part in enumerate(parts)), 0.0)

    return lambda *xs: (case.call(*xs), tg.grad(loss, tuple(range(len(xs))))(*xs))


@pytest.mark.parametrize("case", [*OF_ENTRIES, *OF_ARRAYS], ids=str)
def test_value_and_gradients_of_every_primitive(case):
    f = gradients_of(case)
    with np.errstate(all="ignore"):
        program = record(f, tuple(case.inputs))
        reason = native.reason_against(program)
        if reason is not None:
            assert reason.split()[0] in LINEAR_ALGEBRA
            return
        found = native.build(program)(case.inputs)
        expected = [getattr(y, "_held", y) for y in flatten(f(*case.inputs))[0]]
    for a, b in zip(found, expected, strict=True):
        assert np.shape(a) == np.shape(b) and type(a) is type(b)
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-13)


def test_classes_given_as_numbers_choose_the_logarithm_and_unknown_ones_give_nan():
    from tinygrad_edu.ops.softmax import cross_entropy

    compiled = native.build(record(lambda x, k: cross_entropy(x, k), (np.zeros(3), 1.0)))
    x = np.array([1.0, -2.0, 0.5])
    for k in (0, 2, -1):
        np.testing.assert_allclose(compiled([x, float(k)])[0], cross_entropy(x, k), rtol=1e-15)
    assert np.isnan(compiled([x, 3.0])[0])


def test_entries_are_called_after_their_array_and_place():
    program = scalars.opened(record(lambda w: w * w, (np.ones((2, 2)),), names=["w"])).program
    assert [line.name for line in program.arguments] == ["w_0_0", "w_0_1", "w_1_0", "w_1_1"]


def test_products_with_the_zeros_and_ones_of_a_constant_cost_nothing():
    program = scalars.opened(record(lambda x: np.eye(3) + x, (np.ones((3, 3)),))).program
    assert len(program.lines) == 3


def test_a_program_of_numbers_is_taken_as_it_is():
    program = record(lambda a, b: a * b + 1.0, (1.0, 2.0))
    assert scalars.opened(program).program is program


def test_large_arrays_stay_with_numpy():
    program = record(lambda x: (x * x).sum(), (np.ones(600_000),))
    reason = "it has 1,200,000 single numbers, and from 50,000 on NumPy is as fast"
    assert scalars.reason_against(program) == reason
    with pytest.raises(UnsupportedError) as found:
        scalars.opened(program)
    assert str(found.value) == (
        f"<lambda> cannot become machine code: {reason}.\n"
        "  Machine code is written for single numbers, one after another.\n"
        "  Compile it with backend='python', which has all of NumPy."
    )
