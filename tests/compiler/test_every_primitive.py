"""Every primitive, in every case of the table: the program that is written computes what the engine computes.

Value, gradient and second derivative; in double and single precision; as it runs and as it runs carefully; in double
precision also as machine code, which all have but those that NumPy leaves to LAPACK, and sorting.
"""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.running import check_equal, function_of
from tests.ops.case import Case
from tests.ops.test_every_op import CASES, projected, weights_for
from tinygrad_edu.calculus.containers import flatten
from tinygrad_edu.compiler.arrays.buffers import Buffered
from tinygrad_edu.compiler.native import native
from tinygrad_edu.compiler.recording.program import record
from tinygrad_edu.compiler.source.python import Source

DIGITS = {"float64": 1e-13, "float32": 1e-5}
WAYS = {
    "as it is read": lambda program: Source(program),
    "carefully": lambda program: Source(program, careful=True),
    "as it runs": lambda program: Buffered(program),
}


def check_program(f, args, way: str, tolerance: float) -> None:
    """The program of f computes what f does."""
    source = WAYS[way](record(f, tuple(args), careful=way == "carefully"))
    with np.errstate(all="ignore"):
        check_equal(function_of(source)(*args), flatten(f(*args))[0], tolerance)


def functions_of(case: Case, inputs):
    """The value, the gradient of a random projection, and the gradient of a projection of that."""
    which = tuple(range(len(inputs)))
    yield case.call, 1.0
    weights = weights_for(case.call(*inputs))
    first = tg.grad(lambda *xs: projected(case.call(*xs), weights), argnums=which)
    yield first, 1.0
    if case.derivatives > 1:
        more = weights_for(first(*inputs))
        yield tg.grad(lambda *xs: projected(first(*xs), more), argnums=which), 100.0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_program_computes_the_value_and_two_derivatives_as_eager_does(case, way):
    for precision in ("float64", *({"float32"} & set(case.precisions))):
        inputs = [
            np.asarray(x, precision) if np.ndim(x) and np.asarray(x).dtype.kind == "f" else x for x in case.inputs
        ]
        for f, factor in functions_of(case, inputs):
            check_program(f, inputs, way, DIGITS[precision] * factor)


BY_NUMPY_ALONE = """
argsort cholesky cholesky_slope cofactor det eigh eigvalsh inv matrix_power pinv slogdet solve sort sort_like svd
unsort_like
"""


@pytest.mark.parametrize("case", CASES, ids=str)
def test_machine_code_computes_the_value_and_two_derivatives_as_eager_does(case):
    pytest.importorskip("llvmlite")
    for f, factor in functions_of(case, case.inputs):
        program = record(f, tuple(case.inputs))
        reason = native.reason_against(program)
        if reason is not None:
            assert any(name in reason.split() for name in BY_NUMPY_ALONE.split()) or "single numbers" in reason, reason
            continue
        found = native.build(program)([np.asarray(x) if np.ndim(x) else float(x) for x in case.inputs])
        with np.errstate(all="ignore"):
            check_equal(found, flatten(f(*case.inputs))[0], 1e-12 * factor)
