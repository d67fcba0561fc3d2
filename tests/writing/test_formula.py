"""`tg.formula` and the reference page: what is printed, that it is right, and what is said when there is no formula."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.writing.reading import evaluated
from tinygrad_edu.errors import DataError, TinygradError
from tinygrad_edu.ops.op import TABLE, op
from tinygrad_edu.writing.formula import Formula, formula
from tinygrad_edu.writing.recording import derivatives, recorded
from tinygrad_edu.writing.reference import BEGIN, END, renewed
from tinygrad_edu.writing.templates import built_in

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"


@pytest.fixture(autouse=True)
def _primitives_of_a_test_are_forgotten(monkeypatch):
    monkeypatch.setattr("tinygrad_edu.ops.op.TABLE", TABLE.copy())


# ── a function ───────────────────────────────────────────────────────────────────────────────────────────────────────
def neuron(w, x, b):
    return tg.sigmoid(w * x + b)


def poly(x, n=3):
    return x**n


NUMBER_FUNCTIONS = [
    (lambda a, b: tg.tanh(a * b) + a, (0.7, -1.3)),
    (lambda x: x**3 * tg.sin(x), (1.1,)),
    (lambda x: tg.exp(-(x**2) / 2) / math.sqrt(2 * math.pi), (0.8,)),
    (lambda a, b: a / b - b / a, (0.7, 1.9)),
    (lambda a, b: a**b, (0.7, 1.9)),
    (lambda x: 1 / (1 + tg.exp(-x)), (0.3,)),
    (lambda x, y: tg.maximum(x, y) * tg.relu(x) + abs(y), (0.6, -0.4)),
    (lambda x, y: tg.where(x > y, x * y, tg.log(y)), (0.6, 0.9)),
    (lambda x: tg.clip(x * x, 0.1, 2.0), (0.9,)),
    (lambda x: np.sqrt(1 + np.square(x)) * np.float64(2.0), (0.9,)),
    (lambda z: (1 - z) * (1 + z) / tg.sqrt(z), (0.4,)),
    (neuron, (0.3, -0.8, 0.1)),
    (poly, (1.4,)),
    (lambda g, y: g * y - y / g, (1.2, 0.5)),
    (lambda x: x % 0.4 + x // 0.4, (1.3,)),
    (lambda x: 5.0, (1.0,)),
    (lambda x, z: x, (1.0, 2.0)),
]


@pytest.mark.parametrize(("f", "point"), NUMBER_FUNCTIONS, ids=lambda x: str(formula(x)) if callable(x) else "")
def test_the_written_derivatives_have_the_values_that_the_engine_computes(f, point):
    first, *slopes = formula(f).text.splitlines()
    names = first.split(")")[0].split("(")[1].split(", ")
    numbers = dict(zip(names, point))
    assert evaluated(first.split(" = ", 1)[1], numbers) == pytest.approx(float(f(*point)), rel=1e-5)
    if type(f(*map(tg.Value, point))) is tg.Value:
        right = tg.grad(f, tuple(range(len(point))))(*point)
        assert [evaluated(line.split("= ", 1)[1], numbers) for line in slopes] == pytest.approx(right, rel=1e-5)


A, B = np.array([[0.2, -0.5, 1.0], [0.7, 0.3, -0.9]]), np.array([[0.4, 0.1], [-0.6, 0.8], [0.5, -0.2]])
ROW = np.array([0.3, -0.7])


@pytest.mark.parametrize(
    ("f", "inputs"),
    [
        (lambda x, w, b: tg.sum(tg.sigmoid(x @ w + b)), (A, B, ROW)),
        (lambda x, w: tg.sum(x @ w), (A, B)),
        (lambda x: tg.mean((x - 1) ** 2), (A,)),
        (lambda x, t: -tg.sum(t * tg.log_softmax(x)), (A, abs(A))),
        (lambda x: tg.norm(x[:, 1:]), (A,)),
        (lambda x: tg.sum(tg.concatenate([x, 2 * x]) ** 2), (A,)),
        (lambda x: tg.sum(tg.max(x, axis=1) * tg.max(x)), (A,)),
        (lambda x: tg.det(x @ x.T), (A,)),
        (lambda x, s: tg.sum(x * s), (A, 2.0)),
        (lambda b: tg.sum(A * tg.reshape(b, (2, 1))), (ROW,)),
        (lambda x: tg.sum(tg.cumsum(x, axis=1) * tg.sort(x, axis=0)), (A,)),
    ],
)
def test_the_derivatives_of_a_function_of_arrays_are_those_of_the_engine(f, inputs):
    y, letters = recorded(f, inputs)
    numbers = {"ones": 1.0, **{letter.name: x for letter, x in zip(letters, inputs)}}
    right = tg.grad(f, tuple(range(len(inputs))))(*inputs)
    assert y.evaluate(numbers) == pytest.approx(f(*inputs))
    for slope, gradient in zip(derivatives(y, letters), right):
        found = slope.evaluate(numbers) if hasattr(slope, "evaluate") else slope
        np.testing.assert_allclose(np.broadcast_to(found, np.shape(gradient)), gradient, rtol=1e-9)


@pytest.mark.parametrize(
    ("f", "examples", "text"),
    [
        (
            lambda a, b: tg.tanh(a * b) + a,
            (),
            "f(a, b) = tanh(a · b) + a\n∂f/∂a   = 1 + b · (1 − tanh(a · b)²)\n∂f/∂b   = a · (1 − tanh(a · b)²)",
        ),
        (poly, (), "poly(x)  = x³\ndpoly/dx = 3x²"),
        (poly, (2.0, 3.0), "poly(x, n) = x^n\n∂poly/∂x   = n · x^(n − 1)\n∂poly/∂n   = x^n · ln(x)"),
        (
            lambda x, w: x @ w,
            (A, B),
            "f(x, w)       = x @ w\ngradient of x = g @ wᵀ\ngradient of w = xᵀ @ g\n"
            "g is the gradient that arrived at the result.",
        ),
        (lambda x, w: tg.sum(x @ w), (A, B), "f(x, w) = Σ(x @ w)\n∂f/∂x   = ones @ wᵀ\n∂f/∂w   = xᵀ @ ones"),
        (
            lambda g: 2.0 * g,
            (ROW,),
            "f(g)          = 2g\ngradient of g = 2 · ∂L\n∂L is the gradient that arrived at the result.",
        ),
        (lambda *xs: xs[0] * xs[1], (), "f(xs1, xs2) = xs1 · xs2\n∂f/∂xs1     = xs2\n∂f/∂xs2     = xs1"),
    ],
)
def test_a_function_is_written_with_its_own_letters(f, examples, text):
    assert str(formula(f, *examples)) == text


def test_a_function_is_written_as_latex_and_for_a_notebook():
    made = formula(lambda a, b: a / b)
    body = (
        "\\begin{aligned}\nf(a, b) &= \\frac{a}{b} \\\\\n"
        "\\frac{\\partial f}{\\partial a} &= \\frac{1}{b} \\\\\n"
        "\\frac{\\partial f}{\\partial b} &= -\\frac{a}{b^{2}}\n\\end{aligned}"
    )
    assert made.latex == body
    assert made._repr_markdown_() == made.markdown == f"$$\n{body}\n$$"
    assert repr(made) == str(made) == made.text


# ── primitives ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("op", "text"),
    [
        (
            tg.hypot,
            "hypot: The length of the vector (a, b), without overflow.\n"
            "y           = √(a² + b²)\n"
            "gradient, a : g · a / y if y ≠ 0, else 0\n"
            "gradient, b : g · b / y if y ≠ 0, else 0\n"
            "where       : a ≠ 0, b any\n"
            "kink        : At the kink (0, 0) both derivatives are 0.",
        ),
        (
            tg.elu,
            "elu: x if it is positive, else alpha · (exp(x) - 1).\n"
            "y           = max(0, x) + (exp(min(0, x)) − 1)\n"
            "gradient, x : g if x > 0, else g · (y + 1)\n"
            "where       : x ≠ 0\n"
            "kink        : At x = 0 the derivative is alpha (a kink unless alpha = 1).\n"
            "source      : Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by ELUs, ICLR 2016",  # noqa: E501
        ),
    ],
)
def test_a_primitive_is_told_with_its_domain_its_kink_and_its_source(op, text):
    assert str(formula(op)) == text


def test_a_primitive_on_a_page_is_a_table():
    assert formula(tg.absolute).markdown.splitlines()[:6] == [
        "**absolute**: The distance from 0.",
        "",
        r"$y = \left| x \right|$",
        "",
        "| input | its gradient |",
        "|---|---|",
    ]
    assert "*Kink*: At the kink x = 0 the derivative is 0" in formula(tg.absolute).markdown


@pytest.mark.parametrize("name", sorted(name for name, op in TABLE.items() if built_in(op)))
def test_every_primitive_has_a_formula_in_three_notations(name):
    made = formula(TABLE[name])
    assert isinstance(made, Formula) and name in made.text and made.latex.startswith(r"\begin{aligned}")
    cells = [line for line in made.markdown.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in cells} == {3}


def test_several_primitives_make_a_table_and_none_the_table_of_all():
    assert str(formula(tg.tanh, tg.multiply)).splitlines() == [
        "primitive  y        input  its gradient",
        "tanh       tanh(x)  x      g · (1 − y²)",
        "multiply   a · b    a      g · b",
        "                    b      g · a",
    ]
    assert formula(tg.tanh, tg.multiply).markdown.splitlines()[2:4] == [
        r"| `tanh` | $\tanh(x)$ | $x$ | $g \cdot (1 - y^{2})$ |",
        r"| `multiply` | $a \cdot b$ | $a$ | $g \cdot b$ |",
    ]
    everything = formula().text
    assert all(f"\n{name} " in everything for name, op in TABLE.items() if built_in(op))


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def chain(x):
    for _ in range(40):
        x = tg.sin(x)
    return x


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: formula(3.0),
            DataError,
            "formula: 3.0 is neither a primitive nor a function.\n"
            "  A formula is found by calling a function with letters; a number or result has forgotten its function.\n"
            "  Write tg.formula(tg.tanh), tg.formula(lambda a, b: tg.tanh(a * b)), or tg.explain(y, x) for a result.",
        ),
        (
            lambda: formula(lambda x: (x, x)),
            ValueError,
            "The function returned tuple.\n  A formula says what one number or one array is.\n"
            "  Return one result, or ask for the formula of each part: tg.formula(lambda x: f(x)[0]).",
        ),
        (
            lambda: formula(lambda: 3.0),
            ValueError,
            "The function takes 0 inputs, and 0 examples were given.\n"
            "  The letters of a formula are the parameters of its function.\n"
            "  Write a function of what is to be differentiated by, for example tg.formula(lambda a, b: a * b).",
        ),
        (
            lambda: formula(lambda x: x, 1.0, 2.0),
            ValueError,
            "The function takes 1 inputs, and 2 examples were given.\n"
            "  The letters of a formula are the parameters of its function.\n"
            "  Write a function of what is to be differentiated by, for example tg.formula(lambda a, b: a * b).",
        ),
        (
            lambda: formula(lambda x, w: x @ w),
            ValueError,
            "The function needs arrays, and its letters stand for numbers: () @ (): a single number is no matrix.\n"
            "  Products of matrices, sums along an axis and indices depend on shapes, and letters alone have none.\n"
            "  Give an example array for each parameter: tg.formula(f, x, w).",
        ),
        (
            lambda: formula(lambda x: x.nonsense),
            ValueError,
            "The function did not accept symbols: AttributeError: 'Symbol' object has no attribute 'nonsense'\n"
            "  Its formula is found by calling it with letters in the place of numbers; every letter is a number "
            "unless an example says otherwise.\n"
            "  Use functions of tinygrad_edu in it. For arrays, give examples: tg.formula(f, x).",
        ),
        (
            lambda: formula(chain),
            ValueError,
            "chain() has a formula of more than 2000 letters and signs.\n"
            "  The chain rule multiplies what every step adds, so the formula of a long function fills pages.\n"
            "  Write tg.explain(y, x) for its steps one by one, or ask for the formula of one part.",
        ),
        (
            lambda: renewed("no marks"),
            DataError,
            "The page has no place for the tables of primitives.\n"
            "  They are written between two marks, so that everything else on the page stays as it is.\n"
            f"  Write these two lines where the tables belong:\n{BEGIN}\n{END}",
        ),
    ],
)
def test_what_has_no_formula_is_told_in_three_parts(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, TinygradError)
    assert str(caught.value) == message


def test_a_rule_that_needs_numbers_is_named():
    @op(x=lambda g, y, x: g * x.real, elementwise=True)
    def bent(x):
        """x"""
        return x + 0.0

    with pytest.raises(TinygradError) as caught:
        formula(lambda x: bent(x))
    assert str(caught.value) == (
        "A derivative of bent did not accept symbols: AttributeError: 'Symbol' object has no attribute 'real'\n"
        "  Its formula is found by running the rule with letters in the place of numbers.\n"
        "  Write the rule with operators and functions of tinygrad_edu, or ask tg.explain(y, x) for its numbers."
    )


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.skipif(not PAGE.exists(), reason="reads the source checkout")
def test_the_reference_page_shows_the_derivatives_as_they_are():
    page = PAGE.read_text("utf-8")
    assert renewed(page) == page, "run: python -m tinygrad_edu.writing.reference docs/reference.md"


@pytest.mark.skipif(not PAGE.exists(), reason="reads the source checkout")
def test_every_row_of_the_page_has_all_its_cells():
    rows = [line for line in PAGE.read_text("utf-8").split(BEGIN)[1].split(END)[0].splitlines() if line.startswith("|")]
    assert len(rows) > 120
    assert {line.count("|") for line in rows} == {6}
