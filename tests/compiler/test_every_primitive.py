"""Every primitive, in every case of the table: the program that is written computes what the engine computes.

Value, gradient and second derivative; in double and single precision; as it runs and as it runs carefully.
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
