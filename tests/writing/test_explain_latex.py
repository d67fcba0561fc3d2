"""The LaTeX of an explanation: balanced, escaped, understood by a formula reader, compiled where LaTeX is installed."""

from __future__ import annotations

import re
import shutil
import subprocess

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.ops import cases_arrays, cases_elementwise
from tinygrad_edu.engine.value import Value
from tinygrad_edu.writing.explain import explain
from tinygrad_edu.writing.latex_names import figure, sentence, symbol

NASTY = [
    "50%",
    "a&b",
    "w_1",
    "x^2",
    "{",
    "}}{",
    "$y$",
    "#1",
    "~",
    "back\\slash",
    "\\frac{",
    "ø",
    "雪",
    "σ′",
    "a b",
    "<&>",
]


def balanced(latex):
    """Whether every brace, environment and \\left has its partner."""
    depth = 0
    for brace in re.findall(r"\\[{}]|[{}]", latex):
        depth += {"{": 1, "}": -1}.get(brace, 0)
        assert depth >= 0, latex
    assert depth == 0 and latex.count(r"\left") == latex.count(r"\right"), latex
    assert latex.count(r"\begin{") == latex.count(r"\end{")
    return True


def network(names=("W", "b")):
    x = np.random.default_rng(0).normal(size=(4, 3))
    w, b = Value(np.ones((3, 2)), names[0]), Value(np.zeros(2), names[1])
    return tg.mean(tg.relu(x @ w + b) ** 2)


@pytest.mark.parametrize("case", [*cases_elementwise.CASES, *cases_arrays.CASES], ids=str)
def test_the_latex_of_every_primitive_is_balanced_and_plain(case):
    y = case.call(*map(Value, case.inputs))
    while isinstance(y, (list, tuple)):
        y = y[0]
    latex = explain(tg.sum(y * 2.0)).latex
    assert balanced(latex)
    strange = {c for c in latex if not c.isascii()}
    assert not strange, f"plain LaTeX has no letter for {strange}"
    assert "zz" not in latex and "\\mathrm{zz" not in latex


@pytest.mark.parametrize("name", NASTY)
def test_no_name_can_break_the_latex_or_the_table(name):
    y = Value(2.0, name) * Value(3.0, name + "'")
    y.name = name * 2
    why = explain(y)
    assert balanced(why.latex)
    outside = re.sub(r"\\[%&#_$]", "", why.latex)
    assert "%" not in outside and "#" not in outside
    rows = [line for line in why.markdown.splitlines() if line.startswith("|")]
    assert not re.findall(r"(?<!\\)[_$#<`]", why.markdown)
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 5 for line in rows)


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("w1", "w_{1}"),
        ("w_12", "w_{12}"),
        ("L", "L"),
        ("σ", r"\sigma"),
        ("θ_1", r"\theta_{1}"),
        ("loss", r"\text{loss}"),
        ("50%", r"\text{50\%}"),
        ("a&b", r"\text{a\&b}"),
        ("layer_1", r"\text{layer\_1}"),
        ("x^2", r"\text{x\textasciicircum{}2}"),
        ("雪", r"\text{[U+96EA]}"),
    ],
)
def test_a_name_in_latex(name, latex):
    assert symbol(name) == latex


@pytest.mark.parametrize(
    ("x", "latex"),
    [
        (2.0, "2"),
        (-0.5, "-0.5"),
        (2.147e-5, r"2.147 \cdot 10^{-5}"),
        (float("inf"), r"\infty"),
        (float("nan"), r"\text{ nan }"),
        (np.array([1.0, -2.0]), "[1, -2]"),
        (np.ones(9), r"\text{ all }1"),
        (np.arange(9.0), r"0 \dots 8"),
    ],
)
def test_a_number_in_latex(x, latex):
    assert figure(x).replace("} 1", "}1") == latex


def test_the_signs_of_a_sentence_are_set_in_math_mode():
    assert sentence("slope ½·x² − 1 → 0 & so on") == (r"slope $\tfrac{1}{2}$$\cdot$x$^{2}$ $-$ 1 $\to$ 0 \& so on")


def test_the_chain_rule_of_a_small_expression_in_latex():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    assert explain(tg.exp(a * b / 6.0), a).latex == "\n".join(
        [
            r"\begin{align*}",
            r"\frac{\partial y}{\partial a} &= -0.1839 && a = 2 \\",
            r"\intertext{1. The exponential is its own derivative.}",
            r"y &= e^{ v_{2} } = 0.3679 \\",
            r"\frac{\partial y}{\partial v_{2}} &= 1 \cdot y = 1 \cdot 0.3679 = 0.3679 \\",
            r"\intertext{2. A numerator's derivative is 1 over the denominator.}",
            r"v_{2} &= \frac{ v_{1} }{ 6 } = -1 \\",
            r"\frac{\partial y}{\partial v_{1}} &= 0.3679 \cdot \left(\frac{1}{6}\right) = "
            r"0.3679 \cdot 0.1667 = 0.06131 \\",
            r"\intertext{3. Product rule: each factor's derivative is the other factor.}",
            r"v_{1} &= a \cdot b = -6 \\",
            r"\frac{\partial y}{\partial a} &= 0.06131 \cdot b = 0.06131 \cdot \left(-3\right) = -0.1839 \\",
            r"\intertext{All together:}",
            r"\frac{\partial y}{\partial a} &= \frac{\partial y}{\partial v_{2}} \cdot "
            r"\frac{\partial v_{2}}{\partial v_{1}} \cdot \frac{\partial v_{1}}{\partial a} \\",
            r"&= 0.3679 \cdot 0.1667 \cdot \left(-3\right) = -0.1839",
            r"\end{align*}",
            "",
        ]
    )


def test_every_formula_of_an_explanation_is_read_by_a_formula_reader():
    from matplotlib.mathtext import MathTextParser

    reader = MathTextParser("path")
    a, b = Value(2.0, "w_1"), Value(-3.0, "50% of a&b")
    for y in (tg.tanh(a * b + 1.0) / a, a**3.0, tg.sigmoid(a) * a * 1e-9, tg.sqrt(a) - tg.log(a)):
        for line in explain(y).latex.splitlines()[1:-1]:
            if not line.startswith(r"\intertext"):
                for cell in re.split(r"(?<!\\)&+", line.removesuffix(r" \\")):
                    if cell.strip():
                        reader.parse("$" + cell.replace(r"\left", "").replace(r"\right", "") + "$")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="LaTeX is not installed")
@pytest.mark.parametrize("names", [("W", "b"), *zip(NASTY, NASTY[1:])])
def test_plain_latex_with_amsmath_compiles_it(names, tmp_path):
    document = r"\documentclass{article}\usepackage{amsmath}\begin{document}" + "\n"
    (tmp_path / "page.tex").write_text(document + explain(network(names)).latex + r"\end{document}", "utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:]
