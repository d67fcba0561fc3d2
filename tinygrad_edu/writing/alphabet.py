"""Names and numbers in small print, and any name as harmless LaTeX.

>>> raised_digits("-12"), latex_name("h1"), latex_name("logits"), latex_name("β₂"), latex_name("50%")
('⁻¹²', 'h_{1}', '\\\\mathrm{logits}', '\\\\beta_{2}', '\\\\mathrm{50\\\\%}')
"""

from __future__ import annotations

import re

RAISED = str.maketrans("0123456789-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
GREEK = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "ζ": r"\zeta", "η": r"\eta",
    "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu", "ξ": r"\xi", "π": r"\pi",
    "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "υ": r"\upsilon", "φ": r"\varphi", "χ": r"\chi", "ψ": r"\psi",
    "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi", "Π": r"\Pi",
    "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega", "∂": r"\partial",
}  # fmt: skip
ESCAPED = {
    "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_", "{": r"\{", "}": r"\}", "−": "-", "…": r"\dots ",
    "\\": r"\textbackslash ", "~": r"\textasciitilde ", "^": r"\textasciicircum ",
}  # fmt: skip


def raised_digits(number: str) -> str:
    """The digits as exponents: '12' becomes '¹²'."""
    return number.translate(RAISED)


def latex_name(name: str, text: bool = False) -> str:
    """A name as LaTeX: x, h_{1}, \\mathrm{logits}; LaTeX (whatever has a backslash) as it is.

    text   only make its signs harmless, as needed inside \\text{...}

    >>> latex_name("w_1"), latex_name(r"\\hat{y}"), latex_name("σ′"), latex_name("a·b + 1")
    ('w_{1}', '\\\\hat{y}', "\\\\sigma'", 'a \\\\cdot b + 1')
    """
    if text:
        return "".join(ESCAPED.get(sign, sign) for sign in name)
    if "\\" in name:
        return name
    parts = re.split(r"([^\w′₀-₉%#&$]+)", name)
    return "".join(one_name(part) if i % 2 == 0 else signs(part) for i, part in enumerate(parts) if part)


def one_name(name: str) -> str:
    """A single name: a letter with its index, or a word set upright."""
    match = re.fullmatch(r"([^\W\d_])_?([\d₀-₉]*)(′*)", name)
    if match:
        letter = GREEK.get(match[1], match[1])
        index = f"_{{{match[2].translate(LOWERED)}}}" if match[2] else ""
        return letter + index + "'" * len(match[3])
    return name if name.isdigit() else rf"\mathrm{{{latex_name(name, text=True)}}}"


def signs(between: str) -> str:
    """What stands between names: operators in LaTeX's way."""
    between = "".join(r"\," if sign in "{}~^\\" else sign for sign in between)
    for sign, latex in {"·": r" \cdot ", "×": r" \times ", "−": " - ", "@": r" \, ", "∂": r"\partial "}.items():
        between = between.replace(sign, latex)
    return re.sub(r"\s+", " ", between)
