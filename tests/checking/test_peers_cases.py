"""Functions on which the gradient checks of PyTorch, JAX and HIPS autograd give a wrong verdict; ours must not.

They pass what has no derivative, fail what is right in float32, and accept any gradient that is small enough. The
functions stand in `tests/planted_bugs/peers.py`, which also asks the others, where they are installed.
"""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.planted_bugs.peers import QUESTIONS, ours


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.title)
def test_the_verdict_is_right_where_others_err(question):
    assert ours(question) == question.right


KINKS = [
    ("abs", abs, 0.0),
    ("relu", tg.relu, 0.0),
    ("leaky_relu", tg.leaky_relu, 0.0),
    ("maximum", lambda x: tg.maximum(x, 1.0), 1.0),
    ("norm", tg.norm, np.zeros(3)),
    ("norm of a row", lambda x: tg.norm(x, axis=1).sum(), np.array([[3.0, 4.0], [0.0, 0.0]])),
    ("max of a tie", tg.max, np.array([2.0, 1.0, 2.0])),
    ("std of equal numbers", tg.std, np.full(3, 7.0)),
    ("floor", tg.floor, 2.0),
    ("sign", tg.sign, 0.0),
]


@pytest.mark.parametrize(("f", "x"), [row[1:] for row in KINKS], ids=[row[0] for row in KINKS])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_at_a_kink_or_jump_nothing_is_decided_on_any_scale(f, x, scale):
    assert tg.gradcheck(lambda x: f(x) * scale, x).verdict == "INCONCLUSIVE"


@pytest.mark.parametrize("x", [1e-3, 1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize("f", [abs, tg.relu, lambda x: tg.maximum(x, 0.0)], ids=["abs", "relu", "maximum"])
def test_beside_a_kink_there_is_a_derivative_and_it_passes(f, x):
    assert tg.gradcheck(f, x).verdict == "PASS"
    assert tg.gradcheck(f, -x).verdict == "PASS"


@pytest.mark.parametrize("scale", [1e-12, 1e-9, 1e-7, 1e-3, 1e3, 1e9, 1e12])
def test_a_gradient_is_judged_relative_to_its_size(scale):
    def scaled(rule):
        @tg.op(x=rule, latex=r"c \sin {x}", elementwise=True)
        def sine(x):
            """c · sin x"""
            return scale * np.sin(x)

        return sine

    try:
        right = scaled(lambda g, y, x: g * (scale * tg.cos(x)))
        assert tg.gradcheck(right, 0.5).verdict == "PASS"
        for rule in (lambda g, y, x: 0.0 * x, lambda g, y, x: g * (1.001 * scale * tg.cos(x))):
            report = tg.gradcheck(scaled(rule), 0.5)
            assert report.verdict == "FAIL"
            assert getattr(report.culprit.op, "name", report.culprit.op) == "sine"
    finally:
        from tinygrad_edu.ops.op import TABLE

        TABLE.pop("sine", None)


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_a_wrong_derivative_is_still_caught_in_low_precision(precision):
    @tg.op(x=lambda g, y, x: g * (1.1 * (1 - y * y)), latex=r"\tanh {x}", elementwise=True)
    def squash(x):
        """tanh x, with a derivative that is 10 % too large."""
        return np.tanh(x)

    from tinygrad_edu.ops.op import TABLE

    TABLE.pop("squash")
    assert tg.gradcheck(lambda x: squash(x).sum(), np.array([0.3, -1.2, 2.0], precision)).verdict == "FAIL"
