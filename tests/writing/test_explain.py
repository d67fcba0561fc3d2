"""Explanations that a class could read, word by word, and what holds for the explanation of anything."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.ops import cases_arrays, cases_elementwise
from tinygrad_edu.engine.value import Value
from tinygrad_edu.writing.explain import explain
from tinygrad_edu.writing.wording import width


def height_and_weight():
    """The loss of a network with two hidden neurons, and the weight w1; all weights 1, all biases 0."""
    w = [Value(1.0, f"w{i}") for i in range(1, 7)]
    b = [Value(0.0, f"b{i}") for i in range(1, 4)]

    def neuron(name, first, second, bias, inputs):
        total = first * inputs[0] + second * inputs[1] + bias
        y = tg.sigmoid(total)
        y.name = name
        return y

    h1 = neuron("h1", w[0], w[1], b[0], (-2.0, -1.0))
    h2 = neuron("h2", w[2], w[3], b[1], (-2.0, -1.0))
    y = neuron("y", w[4], w[5], b[2], (h1, h2))
    loss = (1 - y) ** 2
    loss.name = "L"
    return loss, w[0]


def test_the_derivation_of_the_height_and_weight_network_comes_out_factor_by_factor():
    lines = str(explain(*height_and_weight())).splitlines()
    assert lines[-4:] == [
        "∂L/∂w1 = ∂L/∂y × ∂y/∂h1 × ∂h1/∂w1",
        "       = −0.9526 × 0.2494 × −0.09035 = 0.02147",
        "On paper, each result rounded to three digits before it is used:",
        "       = −0.952 × 0.249 × −0.0904 = 0.0214",
    ]


def test_the_factors_are_the_ones_that_a_derivation_by_hand_has():
    f = lambda z: 1 / (1 + math.exp(-z))  # noqa: E731
    slope = lambda z: f(z) * (1 - f(z))  # noqa: E731
    h = f(-3.0)
    y = f(2 * h)
    product = explain(*height_and_weight())._product
    assert product.factors == pytest.approx([-2 * (1 - y), slope(2 * h), -2 * slope(-3.0)], rel=1e-14)
    assert [v.name for v in product.values] == ["L", "y", "h1", "w1"]
    assert product.result == pytest.approx(math.prod(product.factors), rel=1e-14)


WHOLE = [
    (
        "tanh(a·b + c)",
        lambda: (lambda a, b, c: explain(tg.tanh(a * b + c), a))(Value(2.0, "a"), Value(-3.0, "b"), Value(6.5, "c")),
        """
∂y/∂a = −2.359   at a = 2
y is 0.4621. When a grows by 0.001, y falls by about 0.002359.

Back from the result: the upstream gradient g × local derivative is handed on.
           derivative  upstream × local = result
  1  y = tanh(v₂) = 0.4621
     Chain rule through tanh: steepest (1) at 0, flat far out.
     → v₂  1 − y²            1 × 0.7864 = 0.7864
  2  v₂ = v₁ + c = 0.5
     A sum hands its gradient on to every term as it is.
     → v₁  1            0.7864 ×      1 = 0.7864
  3  v₁ = a·b = −6
     Product rule: each factor's derivative is the other factor.
     → a   b            0.7864 ×     −3 = −2.359

∂y/∂a = ∂y/∂v₂ × ∂v₂/∂v₁ × ∂v₁/∂a
      = 0.7864 × 1 × −3 = −2.359""",
    ),
    (
        "x·x",
        lambda: (lambda x: explain(x * x, x))(Value(3.0, "x")),
        """
∂y/∂x = 6   at x = 3
y is 9. When x grows by 0.001, y grows by about 0.006.

Back from the result: the upstream gradient g × local derivative is handed on.
          derivative  upstream × local = result
  1  y = x·x = 9
     Product rule: each factor's derivative is the other factor.
     → x  x                           1 × 3 = 3
     → x  x                           1 × 3 = 3
     Σ x is used twice, and its gradients add up: 3 + 3 = 6""",
    ),
    (
        "an array",
        lambda: (lambda x, w, b: explain(tg.sum((x @ w + b) ** 2), None))(
            np.ones((32, 4)), Value(np.ones((4, 3)), "W"), Value(np.zeros(3), "b")
        ),
        """
∂y/∂W = all 256   shape (4, 3)
∂y/∂b = [256, 256, 256]   shape (3,)
y is 1536.

Back from the result: the upstream gradient g × local derivative is handed on.
  1  y = sum(v₃) = 1536
     A sum hands its gradient on to every entry as it is.
     → v₃ (32, 3)  1 for every entry
                   1 × all 1 = all 1
                   The same for all 96 entries of v₃.
  2  v₃ = v₂²   (32, 3)
     Power rule: the exponent comes down as a factor, and one less stays.
     → v₂ (32, 3)  2·v₂
                   all 1 × all 8 = all 8
  3  v₂ = v₁ + b   (32, 3)
     A sum hands its gradient on to every term as it is.
     → v₁ (32, 3)  1
                   all 8 × all 1 = all 8
     → b (3,)      1
                   all 8 × all 1 = [256, 256, 256]
                   (32, 3) summed over axis 0 to (3,), because b was added to
                   each of 32 rows.
  4  v₁ = [32×4] @ W   (32, 3)
     Each entry of the right matrix met one column of the left one: so its
     transpose times g.
     → W (4, 3)    [32×4]ᵀ @ g
                   all 8  ↦  all 256
                   (4, 32) @ (32, 3) → (4, 3): the only order in which the
                   shapes fit.""",
    ),
]


@pytest.mark.parametrize(("make", "text"), [row[1:] for row in WHOLE], ids=[row[0] for row in WHOLE])
def test_a_whole_explanation_reads(make, text):
    assert str(make()) == text.lstrip("\n")


CASES = [*cases_elementwise.CASES, *cases_arrays.CASES]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_primitive_can_be_explained_in_eighty_columns_with_the_gradients_of_the_engine(case):
    values = [Value(x) for x in case.inputs]
    y = case.call(*values)
    while isinstance(y, (list, tuple)):
        y = y[0]
    y = tg.sum(y * 2.0)
    why = explain(y)
    assert all(v.grad is None for v in values)
    assert max(map(width, why.text.splitlines())) <= 80
    assert "|---:|" in why.markdown and "\\end{align*}" in why.latex
    y.backward()
    for x, gradient in zip(why.xs, why.gradients):
        np.testing.assert_array_equal(gradient, x.grad)


def test_steps_that_do_not_lead_to_x_are_not_told():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    text = explain(tg.exp(a) + tg.sin(b), b).text
    assert "sin(b)" in text and "y = exp(a) + v₁" in text and "Exponential" not in text


def test_several_values_and_values_in_between_can_be_asked_for():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    h = a * b
    h.name = "h"
    why = explain(h * h, [h, a])
    assert why.xs == (h, a) and why.gradients == (12.0, 36.0)
    assert why.text.startswith("∂y/∂h = 12   at h = 6\n∂y/∂a = 36   at a = 2\n")


def test_without_x_every_input_with_a_name_is_explained_and_all_of_them_if_none_has_one():
    a, b = Value(2.0, "a"), Value(3.0)
    assert explain(a * b).xs == (a,)
    c = Value(5.0)
    assert explain(c * b).xs == (b, c)
    assert explain(c * b).text.splitlines()[:2] == ["∂y/∂x₁ = 5   at x₁ = 3", "∂y/∂x₂ = 3   at x₂ = 5"]


def test_y_explained_by_itself_has_the_derivative_one_and_no_steps():
    y = Value(2.0, "a") * 3.0
    y.name = "y"
    assert explain(y, y).gradients == (1.0,)
    assert explain(y, y).text.splitlines() == [
        "∂y/∂y = 1   at y = 6",
        "y is 6. When y grows by 0.001, y grows by about 0.001.",
    ]


def test_two_values_of_the_same_name_are_told_apart():
    first, second = Value(2.0, "w"), Value(3.0, "w")
    assert "y = w·w′" in explain(first * second, [first, second]).text


def test_names_for_what_has_none_avoid_the_names_that_are_taken():
    v, y = Value(2.0, "v1"), Value(3.0, "y")
    text = explain(tg.exp(tg.sin(v * y)), v).text
    assert text.startswith("∂u/∂v1 = ")  # y and v are taken
    assert "u = exp(z₂)" in text and "z₂ = sin(z₁)" in text and "z₁ = v1·y" in text


def test_negative_constants_and_sums_inside_products_stand_in_parentheses():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert "y = a·(−2)" in explain(a * -2.0, a).text
    assert "y = a·(b + 1)" in explain(a * (b + 1.0), a).text


@pytest.mark.parametrize(
    ("gradient", "said"),
    [
        (2.0, "When x grows by 0.001, y grows by about 0.002."),
        (-2.0, "When x grows by 0.001, y falls by about 0.002."),
        (0.0, "A small change of x does not change it."),
    ],
)
def test_a_slope_is_said_as_something_that_can_be_tried_out(gradient, said):
    x = Value(1.0, "x")
    assert said in explain(x * gradient, x).text


def test_slopes_that_are_not_finite_are_told_as_they_are():
    x = Value(0.0, "x")
    assert explain(tg.sqrt(x), x).text.splitlines()[:2] == ["∂y/∂x = inf   at x = 0", "y is 0."]


def test_a_path_through_arrays_or_several_paths_have_no_product_line():
    x = Value(0.5, "x")
    assert "∂y/∂x = ∂y" not in explain(x * x, x).text
    assert "∂y/∂x = ∂y" not in explain(tg.sum(tg.exp(x * np.ones(3))), x).text
    assert "∂y/∂x = ∂y/∂v₁ × ∂v₁/∂x" in explain(tg.exp(tg.sin(x)), x).text


def test_without_names_in_between_nothing_is_said_about_paper():
    assert "On paper" not in explain(tg.exp(tg.sin(Value(0.5, "x")))).text


def test_the_gradient_of_every_value_stays_as_it_is():
    x = Value(3.0, "x")
    y = x * x
    y.backward()
    explain(y, x).text
    assert x.grad == 6.0 and y.grad == 1.0


def test_an_explanation_shows_itself_at_the_prompt_and_in_a_notebook():
    x = Value(3.0, "x")
    why = explain(x * x, x)
    assert repr(why) == str(why) == why.text
    assert why._repr_markdown_() == why.markdown
