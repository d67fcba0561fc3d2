"""Pictures, explanations and checks of compiled functions."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.compiler.compiled import Compiled, compile
from tinygrad_edu.errors import UnknownNameError


def loss(w, x):
    h = tg.tanh(w * x)
    return h * h


def test_the_picture_shows_the_program_with_its_names_and_numbers():
    compiled = compile(loss)
    compiled(0.5, 2.0)
    titles = [node.title for node in tg.draw(compiled).graph.nodes]
    assert {"w", "x"} <= set(titles) and any("tanh" in title for title in titles)
    text = str(tg.draw(compiled))
    assert "0.7616" in text and "h = tanh" in text


def test_the_first_of_several_results_is_drawn():
    compiled = compile(tg.value_and_grad(loss))
    compiled(0.5, 2.0)
    assert compiled.first_result().data == pytest.approx(np.tanh(1.0) ** 2)


def test_the_explanation_is_that_of_the_function():
    compiled, w, x = compile(loss), tg.Value(0.5, "w"), tg.Value(2.0, "x")
    compiled(0.5, 2.0)
    assert tg.explain(compiled, "w").gradients == pytest.approx(tg.explain(loss(w, x), w).gradients)
    assert tg.explain(compiled).gradients == pytest.approx(tg.explain(loss(w, x), [w, x]).gradients)
    with pytest.raises(UnknownNameError, match="There is no input of the program named 'v'"):
        tg.explain(compiled, "v")


def test_parameters_keep_their_names():
    w = tg.Value(0.5, "weight")
    compiled = compile(lambda x: w * x)
    compiled(2.0)
    assert tg.explain(compiled, ["weight"]).gradients == (2.0,)


@pytest.mark.parametrize("args", [(0.5, 2.0), (0.5, np.array([1.0, 2.0])), (np.array([0.5, 0.1], np.float32), 2.0)])
def test_a_right_program_passes_the_check(args):
    assert tg.gradcheck(compile(loss), *args, order=2)


class WrongGradient(Compiled):
    def pulled(self, xs, g):
        return tuple(2.0 * gradient for gradient in super().pulled(xs, g))


class WrongDirection(Compiled):
    def pushed(self, xs, dxs):
        return 2.0 * super().pushed(xs, dxs)


@pytest.mark.parametrize("kind", [WrongGradient, WrongDirection])
def test_the_numbers_of_the_programs_are_checked(kind):
    assert tg.gradcheck(Compiled(loss), 0.5, 2.0)
    assert not tg.gradcheck(kind(loss), 0.5, 2.0)
