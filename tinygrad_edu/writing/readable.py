"""Derivatives as textbooks write them, where the rule that runs is written for a computer.

A rule avoids overflow and division by zero, uses what is computed anyway, and moves entries about; a reader wants the
formula. `READABLE` holds the same derivative in plain form; tests compute both and compare. `WORDS` holds what no short
formula says; letters stand in backquotes.

>>> READABLE["power"]["a"](1.0, 8.0, 2.0, 3.0)
12.0
"""

from __future__ import annotations

import math
from typing import Any

from ..ops.activations import SQRT_2_OVER_PI
from ..ops.domain import REAL
from ..ops.exponentials import exp, log
from ..ops.kinks import gate
from ..ops.op import Op
from ..ops.powers import sqrt
from ..ops.reductions import mean
from ..ops.selecting import where
from ..ops.special import erf
from ..ops.trigonometry import tanh


def normal_cdf(x: Any) -> Any:
    """Φ(x), the probability that a standard normal number is below x."""
    return 0.5 + 0.5 * erf(math.sqrt(0.5) * x)


def normal_pdf(x: Any) -> Any:
    """φ(x), the bell curve."""
    return exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)


CDF, PDF = Op(normal_cdf, r"\Phi({x})", REAL, True), Op(normal_pdf, r"\varphi({x})", REAL, True)
CDF.set_rules({"x": lambda g, y, x: g * PDF(x)}, {})
PDF.set_rules({"x": lambda g, y, x: -g * x * y}, {})


def gelu_slope(x: Any, approximate: str) -> Any:
    """Φ(x) + x · φ(x), or the same with the paper's approximation of Φ."""
    if approximate == "none":
        return CDF(x) + x * PDF(x)
    p = 0.5 + 0.5 * tanh(SQRT_2_OVER_PI * (x + 0.044715 * x**3))
    return p + 2.0 * SQRT_2_OVER_PI * x * p * (1.0 - p) * (1.0 + 0.134145 * x * x)


READABLE: dict[str, dict[str, Any]] = {
    "power": {"a": lambda g, y, a, b: g * (b * a ** (b - 1.0)), "b": lambda g, y, a, b: g * (y * log(a))},
    "relu": {"x": lambda g, y, x: gate(g, x > 0.0)},
    "logaddexp": {"a": lambda g, y, a, b: g * exp(a - y), "b": lambda g, y, a, b: g * exp(b - y)},
    "arccosh": {"x": lambda g, y, x: g / sqrt(x * x - 1.0)},
    "gelu": {"x": lambda g, y, x, approximate: g * gelu_slope(x, approximate)},
}
COUNTED: dict[str, dict[str, Any]] = {  # n counts the entries that are reduced to one; a formula without shapes
    "mean": {"x": lambda g, y, x, n, axis, keepdims: g / n},
    "var": {"x": lambda g, y, x, n, axis, ddof, keepdims: g * (2.0 * (x - mean(x)) / (n - ddof))},
    "std": {"x": lambda g, y, x, n, axis, ddof, keepdims: where(y != 0.0, g * ((x - mean(x)) / ((n - ddof) * y)), 0.0)},
}
DIAGONAL = "`g` on the diagonal, 0 elsewhere"
COPIES = "the sum of `g` over all copies"
RESHAPED = "`g` in the shape of `x`"
PICKED = "`g` at the places that were picked, 0 elsewhere"

WORDS: dict[str, dict[str, str | tuple[str, str]]] = {  # in words, or as (text, LaTeX)
    "sum": {"x": "`g` for every entry"},
    "sum_to": {"x": "`g` for every entry that was added"},
    "broadcast_to": {"x": COPIES},
    "cast": {"x": "`g` in the precision of `x`"},
    "reshape": {"x": RESHAPED},
    "ravel": {"x": RESHAPED},
    "expand_dims": {"x": RESHAPED},
    "squeeze": {"x": RESHAPED},
    "getitem": {"x": PICKED},
    "scatter": {"x": "`g` at the places that `x` was put to"},
    "cumsum": {"x": ("Σ({g}ⱼ for j ≥ i) for entry i", r"\sum_{{j \geq i}} {g}_j \;\text{{for entry}}\; i")},
    "cumprod": {
        "x": (
            "Σ({g}ⱼ · {y}ⱼ / {x}ᵢ for j ≥ i) for entry i",
            r"\sum_{{j \geq i}} {g}_j \cdot \frac{{{y}_j}}{{{x}_i}} \;\text{{for entry}}\; i",
        )
    },
    "prod": {
        "x": ("{g} · Π({x}ⱼ for j ≠ i) for entry i", r"{g} \cdot \prod_{{j \ne i}} {x}_j \;\text{{for entry}}\; i")
    },
    "recurrence": {
        "a": ("dᵢ = {g}ᵢ + {b}ᵢ₊₁ · dᵢ₊₁, from the end", r"d_i = {g}_i + {b}_{{i+1}} \cdot d_{{i+1}}"),
        "b": ("dᵢ · {y}ᵢ₋₁, with the d of a", r"d_i \cdot {y}_{{i-1}}"),
    },
    "diagonal": {"x": DIAGONAL},
    "trace": {"x": DIAGONAL},
    "put_diagonal": {"x": "the diagonal of `g`"},
    "contraction": {"xs": "einsum of `g` and all other inputs, with result and input exchanged"},
    "joined": {"xs": "the part of `g` that each input became"},
    "stacked": {"xs": "the layer of `g` that each input became"},
    "tile": {"x": COPIES},
    "repeat": {"x": "the sum of `g` over the copies of each entry"},
    "sum_runs": {"x": "`g` repeated for every entry of a run"},
    "pad": {"x": "`g` without the border, which is added to what it copied"},
    "fold_border": {"x": "`g` with its border"},
    "sort": {"x": "`g`, each entry back at the place it came from"},
    "sort_like": {"x": "`g`, each entry back at the place it came from"},
    "unsort_like": {"x": "`g`, sorted by `keys`"},
    "cross_entropy": {
        "logits": (
            "{g} · (softmax({logits}) − one_hot({target}))",
            r"{g} \cdot (\operatorname{{softmax}}({logits}) - \operatorname{{onehot}}({target}))",
        )
    },
    "matrix_power": {
        "x": (
            "Σ(({x}ᵀ)ⁱ @ {g} @ ({x}ᵀ)ⁿ⁻¹⁻ⁱ for i < n)",
            r"\sum_{{i < n}} ({x}^{{T}})^{{i}} \, {g} \, ({x}^{{T}})^{{n-1-i}}",
        )
    },
    "sign_and_log": {"x": ("{g}₁ · ({x}⁻¹)ᵀ", r"{g}_1 \cdot ({x}^{{-1}})^{{T}}")},
    "cofactors_moved": {"x": "the third derivative of det at `x`, along `g` and `d`"},
    "cholesky": {
        "x": (
            "S + Sᵀ − diag S in the lower triangle, S = ½ {y}⁻ᵀ @ sym(tril({y}ᵀ @ {g})) @ {y}⁻¹",
            r"S = \tfrac12 \, {y}^{{-T}} \operatorname{{sym}}(\operatorname{{tril}}({y}^{{T}} {g})) \, {y}^{{-1}}, "
            r"\;\text{{below the diagonal twice}}",
        )
    },
    "eigenpairs": {
        "x": (
            "V @ (diag(gʷ) + F · (Vᵀ @ gⱽ)) @ Vᵀ, Fᵢⱼ = 1 / (wⱼ − wᵢ)",
            r"V \left( \operatorname{{diag}}(g_w) + F \odot V^{{T}} g_V \right) V^{{T}}, "
            r"\; F_{{ij}} = \frac{{1}}{{w_j - w_i}}",
        )
    },
    "singular_triples": {
        "x": (
            "U @ (F · (A − Aᵀ) · S + S · F · (B − Bᵀ) + diag(gˢ)) @ Vᵀ, "
            "A = Uᵀ @ gᵁ, B = Vᵀ @ gⱽ, Fᵢⱼ = 1 / (sⱼ² − sᵢ²)",
            r"U \left( (F \odot (A - A^{{T}})) S + S (F \odot (B - B^{{T}})) "
            r"+ \operatorname{{diag}}(g_s) \right) V^{{T}}, "
            r"\; A = U^{{T}} g_U, \; B = V^{{T}} g_V, \; F_{{ij}} = \frac{{1}}{{s_j^2 - s_i^2}}",
        )
    },
    "affine_of_row": {
        "x": ("{g} @ W, the weights of the row", r"{g} \, W"),
        "row": ("{g}ᵀ @ ({x} 1) as one row", r"\operatorname{{vec}}({g}^{{T}} \, ({x} \;\; 1))"),
    },
}
