"""The formulas of the derivatives: all of them can be written, and what is written is what the rules compute."""

from __future__ import annotations

import math
import re
import shutil
import subprocess

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.writing.reading import evaluated
from tinygrad_edu.ops.op import TABLE, op
from tinygrad_edu.ops.rules import same
from tinygrad_edu.writing import readable
from tinygrad_edu.writing.latex import (
    derivative_latex,
    derivative_markdown,
    derivative_text,
    local_latex,
    local_text,
    op_latex,
    op_text,
)
from tinygrad_edu.writing.templates import built_in

OPS = [primitive for primitive in TABLE.values() if built_in(primitive)]
INPUTS = [(primitive, k) for primitive in OPS for k in range(len(primitive.inputs))]
ELEMENTWISE = [(primitive, k) for primitive, k in INPUTS if primitive.elementwise]
every_input = pytest.mark.parametrize(("op", "k"), INPUTS, ids=lambda x: getattr(x, "name", x))
WRITERS = [derivative_text, local_text, derivative_latex, local_latex]


@pytest.fixture(autouse=True)
def _primitives_of_a_test_are_forgotten(monkeypatch):
    monkeypatch.setattr("tinygrad_edu.ops.op.TABLE", TABLE.copy())


def samples(op, shape, seed=0):
    rng = np.random.default_rng(seed)
    domains = op.domain if isinstance(op.domain, dict) else dict.fromkeys(op.inputs, op.domain)
    return [domains[name].sample(rng, shape) for name in op.inputs]


@every_input
def test_every_derivative_can_be_written_in_both_notations(op, k):
    for write in (*WRITERS, lambda op, k: op_text(op), lambda op, k: op_latex(op)):
        text = write(op, k)
        assert text and "lambda" not in text and "Symbol" not in text and "object at" not in text
    for text in (derivative_text(op, k), local_text(op, k), op_text(op)):
        assert "\\" not in text and "{" not in text
        assert "∂y" not in text, "a built-in derivative says what it is"
        assert text.count("(") == text.count(")")
    for latex in (derivative_latex(op, k), local_latex(op, k), op_latex(op)):
        assert latex.isascii()
        assert depth(latex) == 0 and latex.count(r"\left") - latex.count(r"\left" + "arrow") == latex.count(r"\right")


def depth(latex):
    found = 0
    for sign in re.findall(r"(?<!\\)[{}]", latex):
        found += 1 if sign == "{" else -1
        assert found >= 0, latex
    return found


@pytest.mark.parametrize(("op", "k"), ELEMENTWISE, ids=lambda x: getattr(x, "name", x))
def test_what_is_written_is_what_the_rule_computes(op, k):
    """The text, read by Python, equals the rule at random points of the domain and at kinks."""
    inputs = samples(op, (50,))
    if op.name in ("maximum", "minimum"):
        inputs[1][:5] = inputs[0][:5]
    if op.name == "sinc_derivative":
        pytest.skip("sinc″ has no name that a reader would know")
    if "condition" in op.inputs:
        inputs[op.inputs.index("condition")] = inputs[0] > 0.3
    y = op.compute(*inputs)
    g = np.random.default_rng(1).normal(size=50)
    for i in range(50):
        entry = [x[i] for x in inputs]
        numbers = dict(zip(("g", "y", *op.inputs), (g[i], y[i], *entry)))
        right = float(op.rules[k](g[i : i + 1], y[i : i + 1], *[np.array([x]) for x in entry])[0])
        assert evaluated(derivative_text(op, k), numbers) == pytest.approx(right, rel=1e-5, abs=1e-9)
        assert g[i] * evaluated(local_text(op, k), numbers) == pytest.approx(right, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize(
    ("op", "shapes"),
    [
        (tg.matmul, [(2, 3), (3, 2)]),
        (tg.inv, [(3, 3)]),
        (tg.pinv, [(3, 2)]),
        (tg.solve, [(2, 2), (2, 2)]),
        (TABLE["affine"], [(4, 3), (2, 3), (2,)]),
        (tg.softmax, [(2, 3)]),
        (tg.log_softmax, [(2, 3)]),
        (tg.logsumexp, [(2, 3)]),
        (tg.mean, [(2, 3)]),
        (tg.var, [(2, 3)]),
        (tg.var.bind(ddof=1), [(2, 3)]),
        (tg.std, [(2, 3)]),
        (tg.norm, [(4,)]),
        (tg.max, [(2, 3)]),
        (tg.transpose, [(2, 3)]),
    ],
    ids=lambda x: getattr(x, "name", ""),
)
def test_what_is_written_for_arrays_is_what_the_rule_computes(op, shapes):
    inputs = [samples(op, shape, seed)[i] for seed, (i, shape) in enumerate(enumerate(shapes))]
    y = op.compute(*inputs)
    g = np.random.default_rng(5).normal(size=np.shape(y)) if np.ndim(y) else 1.7
    names = {
        "softmax": tg.softmax,
        "mean": np.mean,
        "total": lambda x, axis=None: np.sum(x, axis, keepdims=True),
        "ties": lambda x, y: np.sum(x == y),
        "solve": np.linalg.solve,
        "n": inputs[0].size,
    }
    for k in range(len(inputs)):
        text = derivative_text(op, k).replace("ᵀ", ".T").replace("Σ", "total")
        if " if " in text:
            value, condition = re.fullmatch(r"(.*) if (.*), else 0", text).groups()
            text = f"chosen({condition}, {value})".replace(" = ", " == ")
            names["chosen"] = lambda condition, value: np.where(condition, value, 0.0)
        numbers = {**names, "g": g, "y": y, **dict(zip(op.inputs, inputs))}
        right = op.rules[k](g, y, *inputs)
        np.testing.assert_allclose(np.broadcast_to(evaluated(text, numbers), np.shape(right)), right, rtol=1e-9)


@pytest.mark.parametrize("name", sorted({*readable.READABLE, *readable.COUNTED}))
def test_the_textbooks_form_is_the_rule_in_other_words(name):
    op = TABLE[name]
    count = name in readable.COUNTED
    for bound in [op, *([op.bind(approximate="tanh")] if name == "gelu" else [])]:
        inputs = samples(op, (6,))
        y, g = bound.compute(*inputs), (1.7 if count else np.random.default_rng(2).normal(size=6))
        for k, letter in enumerate(op.inputs):
            rule = {**readable.READABLE, **readable.COUNTED}[name][letter]
            found = rule(g, y, *inputs, *([6.0] if count else []), **bound.settings)
            np.testing.assert_allclose(found, bound.rules[k](g, y, *inputs), rtol=1e-5)


def test_words_and_other_forms_are_written_only_for_inputs_that_exist():
    for table in (readable.READABLE, readable.COUNTED, readable.WORDS):
        for name, forms in table.items():
            assert set(forms) <= set(TABLE[name].inputs), name


@pytest.mark.parametrize(
    ("op", "k", "text", "local"),
    [
        (tg.tanh, 0, "g · (1 − y²)", "1 − y²"),
        (tg.sigmoid, 0, "g · y · (1 − y)", "y · (1 − y)"),
        (tg.sqrt, 0, "g / (2y)", "1 / (2y)"),
        (tg.power, 0, "g · b · a^(b − 1)", "b · a^(b − 1)"),
        (tg.divide, 1, "−g · y / b", "−y / b"),
        (tg.relu, 0, "g if x > 0, else 0", "1 if x > 0, else 0"),
        (tg.leaky_relu.bind(negative_slope=0.1), 0, "g if x > 0, else 0.1 · g", "1 if x > 0, else 0.1"),
        (tg.maximum, 0, "g if a > b, g / 2 if a = b, else 0", "1 if a > b, 0.5 if a = b, else 0"),
        (tg.matmul, 0, "g @ bᵀ", "g @ bᵀ"),
        (tg.matmul, 1, "aᵀ @ g", "aᵀ @ g"),
        (tg.sum, 0, "g for every entry", "g for every entry"),
        (tg.logsumexp.bind(axis=0), 0, "g · exp(x − y)", "g · exp(x − y)"),
        (tg.transpose.bind(axes=(1, 2, 0)), 0, "transpose(g, axes=(2, 0, 1))", "transpose(g, axes=(2, 0, 1))"),
        (tg.floor, 0, "0", "0"),
    ],
    ids=lambda x: getattr(x, "name", x),
)
def test_derivatives_read_as_in_a_textbook(op, k, text, local):
    assert (derivative_text(op, k), local_text(op, k)) == (text, local)


@pytest.mark.parametrize(
    ("write", "op", "k", "names", "told"),
    [
        (derivative_text, tg.tanh, 0, {"g": "∂L/∂h", "y": "h₁"}, "∂L/∂h · (1 − h₁²)"),
        (local_text, tg.multiply, 0, {"b": "u + v"}, "u + v"),
        (derivative_text, tg.multiply, 0, {"b": "u + v"}, "g · (u + v)"),
        (derivative_text, tg.matmul, 0, {"b": "u + v"}, "g @ (u + v)ᵀ"),
        (derivative_text, tg.sum, 0, {"g": "∂L/∂y"}, "∂L/∂y for every entry"),
        (derivative_text, tg.mean, 0, {"n": "100"}, "g / 100"),
        (derivative_latex, tg.tanh, 0, {"y": "h₁"}, "g \\cdot (1 - h_{1}^{2})"),
        (derivative_latex, tg.reshape, 0, {"x": "X"}, r"g\text{ in the shape of }X"),
        (op_text.__call__, tg.divide, None, {"a": "u", "b": "v + 1"}, "u / (v + 1)"),
        (op_latex.__call__, tg.tanh, None, {"x": "a·b"}, r"\tanh(a \cdot b)"),
    ],
)
def test_names_stand_for_the_letters(write, op, k, names, told):
    assert (write(op, names) if k is None else write(op, k, names)) == told


def test_words_on_a_page_are_words_and_math_is_math():
    assert derivative_markdown(tg.cumsum, 0) == r"$\sum_{j \geq i} g_j \;\text{for entry}\; i$"
    assert derivative_markdown(tg.reshape, 0) == "$g$ in the shape of $x$"


# ── primitives of the user's ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_users_primitive_has_a_formula_as_soon_as_it_has_a_rule():
    @op(x=lambda g, y, x: g / (1 + abs(x)) ** 2, latex=r"\frac{ {x} }{1 + |{x}|}", elementwise=True)
    def softsign(x):
        """x / (1 + |x|)"""
        return x / (1 + abs(x))

    assert derivative_text(softsign, 0) == "g / (1 + |x|)²"
    assert derivative_latex(softsign, 0) == r"\frac{g}{(1 + \left| x \right|)^{2}}"
    assert op_latex(softsign) == r"\frac{x}{1 + |x|}"


def test_a_rule_may_use_numpys_names():
    @op(x=lambda g, y, x: g * np.cos(x), elementwise=True)
    def height(x):
        """sin(x)"""
        return np.sin(x)

    assert local_text(height, 0) == "cos(x)"


def test_a_users_primitive_with_the_name_of_a_built_in_one_is_read_from_its_own_rule():
    @op(a=lambda g, y, a, b: 7.0 * g, b=same, elementwise=True)
    def power(a, b):
        """7a + b, misnamed"""
        return 7.0 * a + b

    assert [local_text(power, k) for k in (0, 1)] == ["7", "1"]

    @op(x=lambda g, y, x: 3.0 * g, elementwise=True)
    def mean(x):
        """3x, misnamed"""
        return 3.0 * x

    assert local_text(mean, 0) == "3"

    @op(x=lambda g, y, x: 3.0 * g * square(x) ** 2, elementwise=True)
    def square(x):
        """3x, misnamed"""
        return 3.0 * x

    assert (op_text(square), derivative_text(square, 0)) == ("square(x)", "g · 3 · square(x)²")

    @op(x=lambda g, y, x: 5.0 * g, elementwise=True)
    def cumsum(x):
        """5x, misnamed"""
        return 5.0 * x

    assert derivative_text(cumsum, 0) == "5g"


def test_a_rule_that_cannot_be_written_does_not_crash():
    @op(x=lambda g, y, x: g * math.cos(x), elementwise=True)
    def height(x):
        """sin(x)"""
        return math.sin(x)

    assert (derivative_text(height, 0), local_text(height, 0)) == ("g · ∂y/∂x", "∂y/∂x")
    assert local_latex(height, 0) == r"\frac{\partial y}{\partial x}"


def test_a_primitive_of_any_number_of_inputs_names_them_in_order():
    @op(xs=lambda g, y, *xs: [g * (k + 1.0) * x for k, x in enumerate(xs)], elementwise=True)
    def weighted(*xs):
        """Σ k xₖ² / 2"""
        return sum((k + 1) * x * x / 2 for k, x in enumerate(xs))

    assert [derivative_text(weighted, k) for k in range(3)] == ["g · xs1", "g · 2 · xs2", "g · 3 · xs3"]


# ── LaTeX as programs read it ────────────────────────────────────────────────────────────────────────────────────────
@every_input
def test_mathtext_can_set_it(op, k):
    """Matplotlib's own reader of LaTeX knows most of amsmath; what it does not know is left out here."""
    from matplotlib.mathtext import MathTextParser

    for latex in {derivative_latex(op, k), local_latex(op, k), op_latex(op)}:
        if r"\begin" in latex:
            continue  # environments are LaTeX's alone
        latex = latex.replace(r"\bmod", r"\operatorname{mod}").replace(r"\tfrac12", r"\frac{1}{2}")
        MathTextParser("agg").parse(f"${latex}$")


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs LaTeX")
def test_latex_can_set_all_of_it(tmp_path):
    lines = [rf"\[ {derivative_latex(op, k)} \qquad {op_latex(op)} \]" for op, k in INPUTS]
    head = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n"
    (tmp_path / "all.tex").write_text(head + "\n".join(lines) + "\n\\end{document}\n", "utf-8")
    done = subprocess.run(["pdflatex", "-halt-on-error", "all.tex"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:]
