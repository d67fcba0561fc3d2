"""Definitions taken out of their files: they run alone, and compute what the operation computes."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.compiler.source.lifting import definitions
from tinygrad_edu.compiler.source.standalone import source_of
from tinygrad_edu.ops.op import TABLE, op

OURS = [primitive for primitive in TABLE.values() if primitive.forward.__module__.startswith("tinygrad_edu.")]
SCALE = 3.0


def tripled(x: float) -> float:
    return SCALE * x


@pytest.fixture
def forgotten(monkeypatch):
    monkeypatch.setattr("tinygrad_edu.ops.op.TABLE", TABLE.copy())


@pytest.mark.parametrize("primitive", OURS, ids=lambda primitive: primitive.name)
def test_every_primitive_can_be_lifted(primitive):
    text = definitions({primitive.name: primitive})
    space = {"np": np, "math": math}
    exec(compile(text, "lifted", "exec"), space)
    assert callable(space[primitive.name])
    assert "not at hand" not in text
    assert "cannot be written down" not in text
    assert "tinygrad" not in text


def test_a_primitive_of_the_users_is_lifted_with_what_it_uses(forgotten):
    @op(x=lambda g, y, x, by: g * 3.0 * by, elementwise=True)
    def stretched(x: float, *, by: float = 2.0) -> float:
        """Three times `by` times x.

        >>> stretched(1.0)
        6.0
        """
        try:
            return tripled(x) * by
        except ValueError:
            raise tg.errors.DataError("what", "why", "write") from None

    text = source_of(lambda x: stretched(x, by=5.0), (2.0,))
    assert "SCALE = 3.0" in text
    assert "DataError" not in text
    assert ">>>" not in text
    space: dict = {}
    exec(text, space)
    assert space["f"](2.0) == 30.0


def test_two_helpers_of_one_name_stay_two(forgotten):
    def helper(x):
        return x + 1.0

    one = helper

    def helper(x):
        return x * 10.0

    two = helper

    def made(inside, name):
        def forward(x):
            return inside(x)

        forward.__name__ = name
        return op(x=lambda g, y, x: g, elementwise=True)(forward)

    first, second = made(one, "first"), made(two, "second")
    space: dict = {"np": np, "math": math}
    exec(definitions({"first": first, "second": second}), space)
    assert (space["first"](2.0), space["second"](2.0)) == (3.0, 20.0)


def test_an_operation_without_source_says_so_when_it_is_called(forgotten):
    space: dict = {"op": op}
    exec("@op(x=lambda g, y, x: g)\ndef unseen(x):\n    return x", space)
    text = definitions({"unseen": space["unseen"]})
    exec(text, space)
    with pytest.raises(NotImplementedError, match="the source of unseen is not at hand"):
        space["unseen"](1.0)


def test_settings_that_are_given_in_order_are_given_by_name(forgotten):
    @op(x=lambda g, y, x: g, elementwise=False)
    def rows(x):
        return tg.sum(x, 1)

    x = np.arange(6.0).reshape(2, 3)
    space: dict = {"np": np, "math": math}
    text = definitions({"rows": rows})
    assert "sum_2(x, axis=1)" in text  # sum is Python's
    exec(text, space)
    np.testing.assert_array_equal(space["rows"](x), [3.0, 12.0])
