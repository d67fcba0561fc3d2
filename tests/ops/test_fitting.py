"""What reaches an input that was stretched: the sum over its copies; and what one number for many means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.errors import DerivativeError
from tinygrad_edu.ops import broadcasting
from tinygrad_edu.ops.broadcasting import fit, in_shape


@st.composite
def shapes(draw):
    """A shape, and one that can be broadcast to it."""
    full = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    cut = draw(st.integers(0, len(full) - 1))
    return tuple(full), tuple(1 if draw(st.booleans()) else n for n in full[cut:])


def summed(g, shape):
    """The sum over the copies, by the definition: every entry is added where it came from."""
    y = np.zeros(shape)
    places = np.broadcast_to(np.arange(y.size).reshape(shape), g.shape)
    np.add.at(y.reshape(-1), places.ravel(), g.ravel())
    return y


@given(shapes(), st.booleans(), st.sampled_from([0, 16384]))
def test_the_gradient_of_a_stretched_input_is_the_sum_and_that_of_a_squeezed_one_is_repeated(pair, transposed, small):
    full, few = pair
    rng, before = np.random.default_rng(0), broadcasting.SMALL
    broadcasting.SMALL = small  # below it, a copy is made in place of a view
    try:
        g = rng.normal(size=full[::-1]).T if transposed else rng.normal(size=full)
        np.testing.assert_allclose(in_shape(g, few) if g.shape != few else g, summed(g, few), rtol=1e-12, atol=1e-14)
        g = rng.normal(size=few)
        np.testing.assert_array_equal(in_shape(g, full) if g.shape != full else g, np.broadcast_to(g, full))
    finally:
        broadcasting.SMALL = before


@pytest.mark.parametrize(("shape", "wanted"), [((3, 1), (1, 4)), ((2, 3), (2,)), ((3,), (2, 2)), ((2, 1, 3), (4, 3))])
def test_shapes_that_would_both_have_to_be_stretched_do_not_fit(shape, wanted):
    with pytest.raises(ValueError):
        in_shape(np.ones(shape), wanted)


@pytest.mark.parametrize("shape", [(3, 1), (4,), (2, 2, 2), (3, 2)])
def test_a_derivative_of_an_impossible_shape_names_rule_and_shapes(own_primitives, shape):
    @tg.op(x=lambda g, y, x: np.ones(shape))
    def bent(x):
        """x"""
        return x + 0.0

    x = tg.Value(np.zeros((1, 5)))
    with pytest.raises(DerivativeError) as caught:
        bent(x).sum().backward()
    assert "bent" in str(caught.value) and str(shape) in str(caught.value) and "(1, 5)" in str(caught.value)


def test_a_gradient_keeps_the_precision_of_its_input():
    assert fit(np.ones((2, 3)), np.zeros(3, np.float32)).dtype == np.float32
    assert fit(np.ones((2, 1), np.float32), np.zeros((2, 3))).dtype == np.float64
    assert fit(np.ones((2, 3)), 1.0) == 6.0 and type(fit(np.ones((2, 3)), 1.0)) is float
