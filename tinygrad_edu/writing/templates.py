"""Templates of functions: how tightly they hold together, and what stands in their gaps.

A template is text with the inputs in braces, `|{x}|` or r"\\frac{ {a} }{ {b} }". What goes into a gap is put in
parentheses unless the template already encloses it.

>>> keep = lambda needed, part: part[0] if part[1] >= needed else f"({part[0]})"
>>> fill("|{x}|", {"x": ("a + b", SUM)}, keep), fill("√{x}", {"x": ("a + b", SUM)}, keep)
('|a + b|', '√(a + b)')
>>> binding("|{x}|") == CLOSED, binding("{a} + {b}") == SUM
(True, True)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..ops.op import Op

Part = tuple[str, int]
SUM, PRODUCT, MATRIX, POWER, CLOSED = 1, 2, 3, 4, 5  # how tightly a formula holds together; 0: a choice, or a list

TEXT_TEMPLATES = {  # whatever is not here is written name(x)
    "add": "{a} + {b}", "subtract": "{a} − {b}", "multiply": "{a} · {b}", "divide": "{a} / {b}", "power": "{a}^{b}",
    "negative": "−{x}", "absolute": "|{x}|", "sqrt": "√{x}", "cbrt": "∛{x}", "log": "ln({x})", "log2": "log₂({x})",
    "log10": "log₁₀({x})", "exp2": "2^{x}", "sigmoid": "σ({x})", "floor": "⌊{x}⌋", "ceil": "⌈{x}⌉",
    "floor_divide": "⌊{a} / {b}⌋", "mod": "{a} mod {b}", "maximum": "max({a}, {b})", "minimum": "min({a}, {b})",
    "sum": "Σ({x})", "prod": "Π({x})", "norm": "‖{x}‖", "transpose": "{x}ᵀ", "swapaxes": "{x}ᵀ", "inv": "{x}⁻¹",
    "pinv": "{x}⁺", "trace": "tr({x})", "cofactors": "cof({x})", "cofactors_moved": "D cof({x})[{d}]",
    "cross_rows": "{a} × {b}", "affine": "{x} @ {weight}ᵀ + {bias}", "affine_of_row": "(x 1) @ Wᵀ",
    "matmul": "{a} @ {b}", "arctan2": "atan2({a}, {b})", "getitem": "{x}[{index}]", "sum_to": "Σ({x})",
    "cross_entropy": "−ln softmax({logits})[{target}]", "sign_and_log": "(sign det {x}, ln |det {x}|)",
    "eq": "{a} = {b}", "ne": "{a} ≠ {b}", "lt": "{a} < {b}", "le": "{a} ≤ {b}", "gt": "{a} > {b}", "ge": "{a} ≥ {b}",
    "matrix_power": "{x}^{n}", "contraction": "einsum({subscripts}, {xs})", "joined": "concatenate({xs})",
    "stacked": "stack({xs})", "singular_triples": "svd({x})", "eigenpairs": "eigh({x})", "reciprocal": "1 / {x}",
    "square": "{x}²", "relu": "max(0, {x})", "softplus": "ln(1 + exp({x}))",
    "leaky_relu": "max(0, {x}) + {negative_slope} · min(0, {x})", "silu": "{x} · σ({x})", "gelu": "{x} · Φ({x})",
    "elu": "max(0, {x}) + {alpha} · (exp(min(0, {x})) − 1)", "expm1": "exp({x}) − 1", "log1p": "ln(1 + {x})",
    "logaddexp": "ln(exp({a}) + exp({b}))", "hypot": "√({a}² + {b}²)", "gate": "{x} if {condition}, else 0",
    "where": "{a} if {condition}, else {b}", "logsumexp": "ln Σ exp({x})", "normal_cdf": "Φ({x})",
    "normal_pdf": "φ({x})",
}  # fmt: skip
GAP = r"\{ \{(\w+)\} \}|\{(\w+)\}"  # LaTeX needs braces of its own around some gaps
COMPARISON = re.compile(r"\{\w+\} (=|≠|<|≤|>|≥|\\neq|\\leq|\\geq) \{\w+\}")
LOOSE = [(0, (" if ",)), (SUM, (" + ", " − ", " - ")), (PRODUCT, (" / ", " · ", r"\cdot", "mod "))]
LOOSE += [(MATRIX, (" @ ", " × ", r"\times", r" \, "))]


def fill(template: str, parts: Mapping[str, Part], at_least: Callable[[int, Part], str]) -> str:
    """The template with each gap filled, in parentheses where the gap is not enclosed by the template."""
    free, head = COMPARISON.fullmatch(template), head_of(template)
    alone = len(re.findall(GAP, template)) == 1
    if head:
        return f"{head}{at_least(CLOSED + 1, parts[template[len(head) + 2 : -1]])}"

    def filled(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in parts:
            return match[0]
        before, behind = template[: match.start()].rstrip(), template[match.end() :].lstrip()
        enclosed = match[1] or (before[-1:] in tuple("({|⌊⌈‖[,") and behind[:1] in tuple(")}|⌋⌉‖],"))
        enclosed = enclosed or before.endswith((r"\|", r"\left|", r"\lfloor", r"\lceil"))
        needed = (0 if alone or name == "xs" else SUM) if enclosed or name == "xs" else SUM if free else POWER
        if not match[1] and "^" in (behind[:1], before[-1:]):
            needed = CLOSED
        text = at_least(needed, parts[name])
        if before[-1:] in tuple("√∛") and not re.fullmatch(r"\w+|\(.*\)", text):
            text = f"({text})"  # √(sin(x)): where the root ends must be seen
        return f"{{{text}}}" if match[1] else text

    return re.sub(GAP, filled, template)


def head_of(template: str) -> str:
    r"""The name of a LaTeX template that only puts a name before its input: \tanh for \tanh {x}."""
    match = re.fullmatch(r"((?:\\[a-z]+ ?)*(?:\\operatorname\{\w+\}|\\[a-z]+(?:_\w|_\{\d+\})?)) \{\w+\}", template)
    return match[1] if match else ""


def binding(template: str) -> int:
    """How tightly a filled template holds together: only what stands outside all brackets counts."""
    outside, depth = "", 0
    gaps = re.sub(r"\{(\w+)\}", "x", template).replace(r"\left", "").replace(r"\right", "")
    for sign in gaps:
        depth += (sign in "({[⌊⌈") - (sign in ")}]⌋⌉")
        outside += sign if depth == 0 else ""
    if COMPARISON.fullmatch(template):
        return SUM - 1
    for tightness, signs in LOOSE:
        if any(sign in outside for sign in signs):
            return tightness
    if outside.lstrip().startswith(("−", "-")):
        return PRODUCT
    return POWER if any(sign in outside for sign in "^√∛ᵀ⁻⁺²") or " " in outside else CLOSED


def built_in(op: Op) -> bool:
    """Whether the primitive is one of the package, and not a user's of the same name."""
    return str(getattr(op.base.forward, "__module__", "")).startswith("tinygrad_edu.")


def changed(op: Op) -> list[str]:
    """The settings that were chosen; keepdims says only how the result lies in memory."""
    chosen = [name for name, value in op.settings.items() if value is not op.base.settings[name]]
    return [name for name in chosen if name not in ("keepdims", "optimize", "shape")]


def shown(value: Any) -> str:
    """A setting in Python; an index as in brackets.

    >>> shown((slice(None, 2), ...)), shown("ij->i")
    (':2, …', "'ij->i'")
    """
    if isinstance(value, tuple) and any(isinstance(i, slice) or i is ... or i is None for i in value):
        return ", ".join(map(shown, value))
    if isinstance(value, slice):
        parts = ["" if i is None else str(i) for i in (value.start, value.stop, value.step)]
        return ":".join(parts if parts[2] else parts[:2])
    text = "…" if value is ... else getattr(value, "__name__", None) or repr(value)
    return text.replace("\n", " ") if len(text) < 40 else text[:39].replace("\n", " ") + "…"
