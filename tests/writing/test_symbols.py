"""Symbols and their two notations, against Python itself: what is written is read back and computed."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tests.writing.reading import evaluated
from tinygrad_edu.ops.kinks import gate, ratio_or_zero
from tinygrad_edu.writing.alphabet import latex_name
from tinygrad_edu.writing.notation import CLOSED, LATEX, PRODUCT, TEXT
from tinygrad_edu.writing.symbols import FormulaError, Symbol, letters, shortened

g, y, x, a, b = letters("g y x a b")


@pytest.mark.parametrize(
    ("formula", "text", "latex"),
    [
        (g * 1.0, "g", "g"),
        (g * (1 - y * y), "g · (1 − y²)", r"g \cdot (1 - y^{2})"),
        (0.5 * g / y, "g / (2y)", r"\frac{g}{2 y}"),
        (g / (3.0 * y * y), "g / (3y²)", r"\frac{g}{3 y^{2}}"),
        (-g * y * y, "−g · y²", r"-g \cdot y^{2}"),
        (g * (2.0 * x), "g · 2x", r"g \cdot 2 x"),
        (-(-x), "x", "x"),
        (x + 0, "x", "x"),
        (x - x, "0", "0"),
        (x + x, "2x", "2 x"),
        (-x + 1, "1 − x", "1 - x"),
        (a - (b - x), "a + x − b", "a + x - b"),
        (a / (b / x), "a · x / b", r"\frac{a \cdot x}{b}"),
        ((a + b) * (a - b), "a² − b²", "a^{2} - b^{2}"),
        ((a + b) * (a + b), "(a + b)²", "(a + b)^{2}"),
        ((a + b) / (a + b), "1", "1"),
        (a / b / (1 + x), "a / (b · (1 + x))", r"\frac{a}{b \cdot (1 + x)}"),
        (x**3, "x³", "x^{3}"),
        (x**2.5, "x^2.5", "x^{2.5}"),
        (x**0.0, "1", "1"),
        ((-x) ** 2, "x²", "x^{2}"),
        ((x**2) ** 0.5, "(x²)^0.5", "(x^{2})^{0.5}"),
        (a**b, "a^b", "a^{b}"),
        ((a + b) ** (x - 1), "(a + b)^(x − 1)", "(a + b)^{x - 1}"),
        ((a**b) ** x, "(a^b)^x", "(a^{b})^{x}"),
        (tg.sqrt(x), "√x", r"\sqrt{x}"),
        (tg.sqrt(x + 1) ** 2, "x + 1", "x + 1"),
        (tg.sqrt(x) ** 3, "(√x)³", r"\sqrt{x}^{3}"),
        (tg.hypot(1.0, x), "√(1 + x²)", r"\sqrt{1 + x^{2}}"),
        (tg.tanh(a * b), "tanh(a · b)", r"\tanh(a \cdot b)"),
        (tg.tanh(a) ** 2, "tanh(a)²", r"\tanh^{2}(a)"),
        (tg.exp(-x), "exp(−x)", "e^{-x}"),
        (tg.exp(x) ** 2, "exp(x)²", "(e^{x})^{2}"),
        (abs(a - b), "|a − b|", r"\left| a - b \right|"),
        (tg.log(x) / math.log(2.0), "ln(x) / ln 2", r"\frac{\ln(x)}{\ln 2}"),
        (math.pi * x, "π · x", r"\pi \cdot x"),
        (1e-7 * x, "10⁻⁷ · x", r"10^{-7} \cdot x"),
        (a % b, "a mod b", r"a \bmod b"),
        (a // (b + 1), "⌊a / (b + 1)⌋", r"\left\lfloor \frac{a}{b + 1} \right\rfloor"),
        (tg.where(x > 0, a, b), "a if x > 0, else b", r"a \;\text{if}\; x > 0,\; \text{else}\; b"),
        (tg.where(x > 0, a, 0.0) * b, "a · b if x > 0, else 0", r"a \cdot b \;\text{if}\; x > 0,\; \text{else}\; 0"),
        (1 + tg.where(x <= 0, a, b), "1 + (a if x ≤ 0, else b)", None),
        (np.float64(2.0) * x + np.sin(x), "2x + sin(x)", r"2 x + \sin(x)"),
        (tg.Value(3.0, name="k") * x, "k · x", r"k \cdot x"),
        (tg.Value(3.0) * x, "3x", "3 x"),
    ],
    ids=str,
)
def test_a_formula_is_written_as_in_a_textbook(formula, text, latex):
    assert TEXT.write(formula) == text
    assert latex is None or LATEX.write(formula) == latex


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (gate(a, x > 0) + gate(b, x <= 0), "a if x > 0, else b"),
        (gate(a, x < 0) + gate(b, x >= 0), "a if x < 0, else b"),
        (gate(a, x >= 0) + gate(b, x < 0), "a if x ≥ 0, else b"),
        (gate(a, x == 0) + gate(b, x != 0), "a if x = 0, else b"),
        (gate(a, x > 0) + gate(b, x < 0), "a if x > 0, b if x < 0, else 0"),
        (gate(a, x > 0) + gate(b, x >= 0), "(a if x > 0, else 0) + (b if x ≥ 0, else 0)"),
        (gate(a, x > 0) + gate(b, y < 0), "(a if x > 0, else 0) + (b if y < 0, else 0)"),
        (gate(a, x < 0) / (b + (x >= 0)), "a / b if x < 0, else 0"),
        (gate(a, x < 0) / (b + (x < 0)), "a / (b + 1) if x < 0, else 0"),
        (ratio_or_zero(a, b) * x, "a · x / b if b ≠ 0, else 0"),
    ],
    ids=str,
)
def test_choices_that_exclude_each_other_become_one(formula, text):
    assert TEXT.write(formula) == text


m, n, k = (Symbol(name, np.ones((2, 2))) for name in "mnk")


@pytest.mark.parametrize(
    ("formula", "text", "latex"),
    [
        (m @ n @ k, "m @ n @ k", r"m \, n \, k"),
        (m @ (n * k), "m @ (n · k)", r"m \, (n \cdot k)"),
        ((m @ n) * k, "k · (m @ n)", r"k \cdot (m \, n)"),
        (m @ (n + k), "m @ (n + k)", r"m \, (n + k)"),
        ((m @ n).T @ -k, "−(m @ n)ᵀ @ k", r"-(m \, n)^{T} \, k"),
        (2.0 * m @ n, "2 · (m @ n)", r"2 \cdot (m \, n)"),
        (tg.sum(m * n), "Σ(m · n)", r"\sum(m \cdot n)"),
        (tg.sum(m, axis=0), "Σ(m, axis=0)", r"\sum(m)"),
        (m[0] * 2.0, "2 · m[0]", None),
        (m[:, 1], "m[:, 1]", None),
        (tg.transpose(m, (1, 0)), "transpose(m, axes=(1, 0))", None),
        (m + np.array([1.0, 2.0]), "m + [1., 2.]", None),
    ],
    ids=str,
)
def test_products_of_matrices_keep_their_parentheses(formula, text, latex):
    assert TEXT.write(formula) == text
    assert latex is None or LATEX.write(formula) == latex


@pytest.mark.parametrize(
    ("names", "text"),
    [({"x": "h₁"}, "a · h₁²"), ({"x": "u + v"}, "a · (u + v)²"), ({"a": "f(z)"}, "x² · f(z)"), ({"z": "q"}, "a · x²")],
)
def test_names_stand_for_letters_in_parentheses_where_they_need_them(names, text):
    assert TEXT.write(a * x * x, names) == text


def test_a_formula_is_put_in_parentheses_as_its_place_needs():
    assert TEXT.write(a + b) == "a + b"
    assert TEXT.write(a + b, within=PRODUCT) == "(a + b)"
    assert TEXT.write(a * b, within=PRODUCT) == "a · b"
    assert TEXT.write(a * b, within=CLOSED) == "(a · b)"


# ── arbitrary expressions ────────────────────────────────────────────────────────────────────────────────────────────
NUMBERS = st.sampled_from([-2.0, -1.0, -0.5, 0.0, 0.25, 1.0, 2.0, 3.0])
FUNCTIONS = [tg.tanh, tg.exp, tg.sin, tg.sqrt, tg.absolute, tg.sigmoid, tg.square, tg.negative, tg.cbrt, tg.reciprocal]
FUNCTIONS += [
    lambda x: x**3,
    lambda x: tg.power(x, -1.0),
    lambda x: tg.log(1.0 + x * x),
    lambda x: tg.where(x > 0.5, x, 1.0),
]


def larger(parts):
    binary = st.sampled_from([tg.add, tg.subtract, tg.multiply, tg.divide, tg.maximum, tg.hypot])
    unary = st.sampled_from(FUNCTIONS)
    return st.builds(lambda f, p, q: f(p, q), binary, parts, parts) | st.builds(lambda f, p: f(p), unary, parts)


EXPRESSIONS = st.recursive(st.sampled_from([a, b, x]) | NUMBERS, larger, max_leaves=12)


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS)
def test_what_is_written_means_what_was_computed(formula):
    """The text, read by Python, has the value of the expression: no parenthesis is missing, no simplification wrong."""
    if type(formula) is not Symbol:
        return
    text = TEXT.write(formula)
    assume(text.count("|") <= 2)  # bars inside bars cannot be told apart by a reader either
    numbers = {"a": 0.7, "b": -1.3, "x": 0.45}
    with np.errstate(all="ignore"):
        right, found = formula.evaluate(numbers), evaluated(text, numbers)
    if math.isfinite(right) and abs(right) < 1e6 and math.isfinite(found):
        assert found == pytest.approx(right, rel=1e-4, abs=1e-4)


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS)
def test_latex_closes_what_it_opens(formula):
    latex = LATEX.write(formula)
    assert balanced(latex), latex


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=8))
def test_any_name_is_harmless_latex(name):
    if "\\" not in name:
        latex = latex_name(name, text=True)
        assert balanced(latex) and not re.search(r"(?<!\\)[%#&$^~_]", latex)


def balanced(latex):
    depth = 0
    for sign in re.findall(r"(?<!\\)[{}]", latex):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0 and latex.count(r"\left") - latex.count(r"\leftarrow") == latex.count(r"\right")


@pytest.mark.parametrize(
    ("op", "inputs", "short"),
    [
        (tg.multiply, (x, 0.0), 0.0),
        (tg.multiply, (1.0, x), x),
        (tg.divide, (x, 1.0), x),
        (tg.divide, (0.0, x), 0.0),
        (tg.divide, (1.0, x), None),
        (tg.subtract, (0.0, x), None),
        (tg.add, (x, 0.0), x),
        (tg.power, (x, 1.0), x),
    ],
)
def test_operations_with_0_and_1_are_not_recorded(op, inputs, short):
    assert shortened(op, inputs) is short or shortened(op, inputs) == 0.0 == short


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def grown():
    y = x
    for _ in range(30):
        y = y * y + 1
    return y


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: 1 if x > 0 else 0,
            "Whether x > 0 is true was asked while its formula was being written.\n"
            "  A symbol stands for every number at once, so `if` and `while` cannot choose one way for all of them.\n"
            "  Write tg.where(condition, a, b), which keeps both ways.",
        ),
        (
            lambda: math.sin(x),
            "x was asked for its number while its formula was being written.\n"
            "  Functions from the module math, and float(), see numbers only; a symbol has none.\n"
            "  Write the function of the same name from tinygrad_edu, for example tg.exp(x).",
        ),
        (
            grown,
            "The formula has more than 2000 operations, or more than 100 inside each other (here: multiply).\n"
            "  Every use of a result writes its whole formula again, so formulas grow much faster than programs.\n"
            "  Write tg.explain(y, x) for the chain rule step by step, or ask for the formula of one part.",
        ),
    ],
)
def test_what_has_no_formula_is_told_why(call, message):
    with pytest.raises(FormulaError) as caught:
        call()
    assert str(caught.value) == message
