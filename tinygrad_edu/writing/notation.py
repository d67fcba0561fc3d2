"""Two ways to write one formula: Unicode text for a terminal, LaTeX (amsmath) for a page.

Each part comes with how tightly it holds together, so that parentheses stand where they are needed and nowhere else.

>>> from tinygrad_edu.writing.symbols import letters
>>> g, y, x = letters("g y x")
>>> TEXT.write(g * (1 - y * y)), LATEX.write(g * (1 - y * y)), LATEX.write(0.5 * g / y)
('g · (1 − y²)', 'g \\\\cdot (1 - y^{2})', '\\\\frac{g}{2 y}')
>>> TEXT.write(g * x, {"x": "u + v"})
'g · (u + v)'
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from ..ops.op import Op
from .alphabet import latex_name, raised_digits
from .forms import Call, Cases, Letter, Product, Sum, gradient_first
from .templates import (
    CLOSED,
    MATRIX,
    POWER,
    PRODUCT,
    SUM,
    TEXT_TEMPLATES,
    Part,
    binding,
    built_in,
    changed,
    fill,
    head_of,
    shown,
)
from .tidy import tidy

Names = Mapping[str, str]


class Notation:
    """How sums, products, powers, choices and calls are written; the two notations differ in the signs."""

    plus, minus, times, negative = " + ", " − ", " · ", "−"
    condition, otherwise, comma, dots = " if ", ", else ", ", ", "…"

    def write(self, x: Any, names: Names | None = None, within: int = 0) -> str:
        """The formula of a symbol or number; `names` says what stands for its letters (`{"x": "h₁"}`).

        within   how tightly the place it is put in holds together: 0 on its own, PRODUCT in a product, CLOSED as a base
        """
        return self.at_least(within, self.sum(x if isinstance(x, Sum) else tidy(x), names or {}))

    def at_least(self, needed: int, part: Part) -> str:
        """The text, in parentheses if it holds together less tightly than its place needs."""
        return part[0] if part[1] >= needed else self.parentheses(part[0])

    def parentheses(self, text: str) -> str:
        return f"({text})"

    # ── from the outside in ──────────────────────────────────────────────────────────────────────────────────────────
    def sum(self, x: Sum, names: Names) -> Part:
        if len(x.terms) < 2:
            return self.product(x.terms[0], names) if x.terms else ("0", CLOSED)
        text = ""
        for term in sorted(x.terms, key=lambda term: term.coefficient < 0.0):
            size, _ = part = self.product(Product(abs(term.coefficient), term.factors), names)
            size = self.at_least(PRODUCT, part)
            text += (
                (self.minus if term.coefficient < 0.0 else self.plus) + size
                if text
                else (self.negative if term.coefficient < 0.0 else "") + size
            )
        return text, SUM

    def product(self, x: Product, names: Names) -> Part:
        size = abs(x.coefficient)
        over = [self.power(base, e, names) for base, e in gradient_first(x.factors) if e > 0.0]
        under = [self.power(base, -e, names) for base, e in x.factors if e < 0.0]
        below = 1.0
        if size < 1.0 and x.factors and 1.0 / size in (2.0, 3.0, 4.0, 6.0, 8.0, 9.0):
            below, size = 1.0 / size, 1.0
        if len(over) == 1 and not under and size == below == 1.0:
            text, tight = over[0]
            if x.coefficient > 0.0:
                return over[0]
            return self.negative + self.at_least(PRODUCT, (text, tight)), min(tight, PRODUCT)
        text = self.ratio(self.joined(size, over), self.joined(below, under) if under or below != 1.0 else None)
        tight = CLOSED if not under and not over else PRODUCT
        return (text, tight) if x.coefficient >= 0.0 else (self.negative + text, PRODUCT)

    def joined(self, number: float, parts: list[Part]) -> Part:
        """A number and factors multiplied: 2y, 3 · cos(x), g · (1 + x)."""
        texts = [self.at_least(POWER, part) for part in parts]
        place = 1 if len(texts) > 1 and texts[0] == "g" else 0
        texts[place:] = sorted(texts[place:], key=lambda text: not self.short(text))  # letters before functions of them
        if number == 1.0 and parts:
            return (self.times.join(texts), PRODUCT) if len(parts) > 1 else parts[0]
        shown = self.number(number)
        if not parts:
            return shown, CLOSED
        if self.short(texts[place]) and number % 1.0 == 0.0:
            texts[place] = self.coefficient(shown, texts[place])
        else:
            texts.insert(place, shown)
        return self.times.join(texts), PRODUCT

    def cases(self, x: Cases, names: Names) -> Part:
        def value(z: Sum) -> str:
            return self.at_least(SUM, self.sum(z, names))

        told = [value(z) + self.condition + self.sum(condition, names)[0] for z, condition in x.branches]
        return self.comma.join(told) + self.otherwise + value(x.otherwise), 0

    def power(self, base: Any, exponent: float, names: Names) -> Part:
        """base ^ exponent, exponent > 0."""
        part = self.base(base, names)
        if exponent == 1.0:
            return part
        return self.with_exponent(base, part, exponent, names), POWER

    def base(self, x: Any, names: Names) -> Part:
        if type(x) is Sum:
            return self.sum(x, names)
        if type(x) is Cases:
            return self.cases(x, names)
        if type(x) is Call:
            return self.call(x, names)
        return self.letter(x, names)

    def call(self, x: Call, names: Names) -> Part:
        """A function by its template; matrix products without the parentheses that change nothing."""
        template = self.template(x.op)
        parts = [self.sum(z, names) for z in x.inputs]
        if x.op.name == "matmul" and built_in(x.op):
            return self.matrix_product.join(self.at_least(MATRIX, part) for part in parts), MATRIX
        filled = dict(zip(x.op.inputs, parts))
        if x.op.variadic:
            filled = {x.op.inputs[0]: (self.comma.join(part[0] for part in parts), SUM - 1)}
        filled |= {name: (self.setting(value), CLOSED) for name, value in x.op.settings.items()}
        return fill(template, filled, self.at_least), binding(template)

    # ── what differs ─────────────────────────────────────────────────────────────────────────────────────────────────
    matrix_product = " @ "

    def letter(self, x: Letter, names: Names) -> Part:
        text = names.get(x.name, x.name) if not x.latex else x.name
        return text, CLOSED if re.fullmatch(r"[\w′∞\[\]∂/]+|.*[^\s(]\(.*\)", text) or x.latex else SUM

    def letter_of(self, name: str, names: Names) -> str:
        """A letter as a factor of a product."""
        return self.at_least(POWER, self.letter(Letter(name), names))

    def list_of(self, name: str) -> Part:
        """The inputs of a primitive that takes any number of them."""
        stem = name[:1]
        return self.comma.join([self.letter(Letter(f"{stem}{i}"), {})[0] for i in "₁₂"] + [self.dots]), 0

    def number(self, x: float) -> str:
        text = f"{x:.6g}".replace("inf", "∞").replace("-", "−")
        text = re.sub(r"e\+?(−?)0*(\d+)", lambda m: f"·10{raised_digits(m[1] + m[2])}", text)
        return re.sub(r"^(−?)1·", r"\1", text)

    def setting(self, x: Any) -> str:
        return self.number(float(x)) if type(x) in (float, int) else shown(x)

    def short(self, text: str) -> bool:
        """Whether a number may stand directly before it: 2y, 2x²."""
        return bool(re.fullmatch(r"[^\W\d_][₀-₉]?[²³⁴-⁹]?", text))

    def coefficient(self, number: str, text: str) -> str:
        return number + text

    def ratio(self, over: Part, under: Part | None) -> str:
        if under is None:
            return over[0]
        return f"{self.at_least(PRODUCT, over)} / {self.at_least(POWER, under)}"

    def with_exponent(self, base: Any, part: Part, exponent: float, names: Names) -> str:
        inside = self.at_least(CLOSED, part)
        whole = exponent % 1.0 == 0.0
        return inside + raised_digits(f"{exponent:.0f}") if whole else f"{inside}^{self.number(exponent)}"

    def template(self, op: Op) -> str:
        if op.name == "sinc_derivative" and built_in(op):
            return f"sinc{'′' * op.settings['order']}({{x}})".replace("′′", "″")
        told = [f"{name}={{{name}}}" for name in changed(op)]
        template = (
            TEXT_TEMPLATES.get(op.name) if built_in(op) else None
        ) or f"{op.name}({', '.join(f'{{{name}}}' for name in op.inputs)})"
        told = [setting for name, setting in zip(changed(op), told) if f"{{{name}}}" not in template]
        if not told:
            return template
        if not re.fullmatch(r"\w+\([^()]*\)", template):
            template = f"{op.name}({', '.join(f'{{{name}}}' for name in op.inputs)})"
        return f"{template[:-1]}, {', '.join(told)})"


class LaTeX(Notation):
    """What amsmath needs; every brace that is opened is closed again."""

    plus, minus, times, negative = " + ", " - ", r" \cdot ", "-"
    condition, otherwise, comma = r" \;\text{if}\; ", r",\; \text{else}\; ", r",\; "
    dots = r"\dots"
    matrix_product = r" \, "

    def parentheses(self, text: str) -> str:
        tall = any(sign in text for sign in (r"\frac", r"\sum", r"\prod", r"\begin"))
        return rf"\left( {text} \right)" if tall else f"({text})"

    def letter(self, x: Letter, names: Names) -> Part:
        text, tight = super().letter(x, names)
        return x.latex or latex_name(text), tight

    def number(self, x: float) -> str:
        text = re.sub(r"e\+?(-?)0*(\d+)", r" \\cdot 10^{\1\2}", f"{x:.6g}")
        return r"\infty" if x == math.inf else r"\text{nan}" if x != x else re.sub(r"^(-?)1 \\cdot ", r"\1", text)

    def setting(self, x: Any) -> str:
        return self.number(float(x)) if type(x) in (float, int) else rf"\text{{{latex_name(shown(x), text=True)}}}"

    def short(self, text: str) -> bool:
        return bool(re.fullmatch(r"(\w|\\[a-z]+)(\^\{\d+\})?", text))

    def coefficient(self, number: str, text: str) -> str:
        return f"{number} {text}"

    def ratio(self, over: Part, under: Part | None) -> str:
        return over[0] if under is None else rf"\frac{{{over[0]}}}{{{under[0]}}}"

    def with_exponent(self, base: Any, part: Part, exponent: float, names: Names) -> str:
        raised = f"^{{{self.number(exponent)}}}"
        head = head_of(self.template(base.op)) if type(base) is Call else ""
        if head and exponent > 0.0:  # \tanh^{2}(x), as nobody would know what \tanh(x)^{2} squares
            return head + raised + part[0][len(head) :]
        return self.at_least(CLOSED, part) + raised

    def template(self, op: Op) -> str:
        moved = op.name in ("transpose", "swapaxes") and changed(op)
        if op.name == "sinc_derivative":
            return rf"\operatorname{{sinc}}{chr(39) * op.settings['order']}({{x}})"
        if op.latex and not moved:
            return op.latex
        told = [f"{{{name}}}" for name in op.inputs] + [rf"\text{{{name}}}={{{name}}}" for name in changed(op)]
        return rf"\operatorname{{{latex_name(op.name, text=True)}}}({', '.join(told)})"


TEXT, LATEX = Notation(), LaTeX()
