"""Formulas of derivatives, made by running the rules: what a rule does to symbols is its formula.

g stands for the gradient that arrived at y, y for the result, the other letters are the inputs of the primitive.

>>> from tinygrad_edu.ops.trigonometry import tanh
>>> derivative_text(tanh, 0), local_text(tanh, 0), derivative_latex(tanh, 0)
('g · (1 − y²)', '1 − y²', 'g \\\\cdot (1 - y^{2})')
>>> local_text(tanh, 0, names={"y": "h₁"})
'1 − h₁²'
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import numpy as np

from ..ops.op import Op
from ..ops.rules import same
from ..ops.rules import zero as flat
from .alphabet import latex_name
from .forms import Letter
from .notation import LATEX, TEXT, Names, Notation
from .readable import COUNTED, READABLE, WORDS
from .symbols import Symbol
from .templates import CLOSED, built_in, fill

SHAPES = {
    "affine": [(2, 2), (2, 2), (2,)],
    "convolution": [(2, 2, 2), (2, 2, 2), (2,)],
    "diag": [(2,)],
    "cross_rows": [(3,), (3,)],
}
LETTERS_FOR_SETTINGS = {"n": "n", "index": "i", "subscripts": "…"}  # what has no natural default
GUESSES = [(2, 2), (2, 2, 2), (2, 2, 2, 2), (2,), (3,), ()]  # shapes to try for a rule that asks for one


def derivative_text(op: Op, k: int, names: Names | None = None) -> str:
    """The gradient of input k, from the gradient g that arrived at y, as plain text.

    names    what to write for the letters, {"x": "h₁", "g": "∂L/∂y"}; in parentheses where that is needed
    """
    return _written(TEXT, op, k, names, local=False)


def derivative_latex(op: Op, k: int, names: Names | None = None) -> str:
    """The gradient of input k as LaTeX; `names` as in `derivative_text`, as text or LaTeX."""
    return _written(LATEX, op, k, names, local=False)


def derivative_markdown(op: Op, k: int) -> str:
    """The gradient of input k for a page: math between dollars, words as words, so that they can be broken.

    >>> from tinygrad_edu.ops.reductions import sum
    >>> derivative_markdown(sum, 0)
    '$g$ for every entry'
    """
    found = gradient(op, k)
    if isinstance(found, str):
        return re.sub(r"`(\w+)`", lambda match: f"${latex_name(match[1])}$", found)
    return f"${derivative_latex(op, k)}$"


def local_text(op: Op, k: int, names: Names | None = None) -> str:
    """The derivative of y by input k: the formula with g = 1. Where entries are mixed, the formula with g.

    >>> from tinygrad_edu.ops.products import matmul
    >>> local_text(matmul, 0), local_text(matmul, 1)
    ('g @ bᵀ', 'aᵀ @ g')
    """
    return _written(TEXT, op, k, names, local=True)


def local_latex(op: Op, k: int, names: Names | None = None) -> str:
    """The derivative of y by input k as LaTeX, as `local_text` has it."""
    return _written(LATEX, op, k, names, local=True)


def op_text(op: Op, names: Names | None = None) -> str:
    """The formula of the primitive itself.

    >>> from tinygrad_edu.ops.arithmetic import divide
    >>> op_text(divide), op_text(divide, {"a": "u + v"}), op_latex(divide)
    ('a / b', '(u + v) / b', '\\\\frac{a}{b}')
    """
    return _formula(TEXT, op, names or {})


def op_latex(op: Op, names: Names | None = None) -> str:
    """The formula of the primitive itself as LaTeX."""
    return _formula(LATEX, op, names or {})


def gradient(op: Op, k: int, g: Any = None) -> Any:
    """The gradient of input k as a symbol (or a number), for the gradient g; words where no symbol says it.

    g   a number, by default the letter
    """
    name = op.inputs[min(k, len(op.inputs) - 1)]
    rule = readable_rule(op, k)
    counted = COUNTED.get(op.name, {}).get(name) if built_in(op) else None
    if built_in(op) and name in WORDS.get(op.name, {}):
        return WORDS[op.name][name]
    if op.derivatives[name] in (same, flat):
        return rule(Symbol("g") if g is None else g)
    count = max(2, k + 1) if op.variadic else len(op.inputs)
    letters = [f"{name}{i + 1}" for i in range(count)] if op.variadic else op.inputs
    for shapes in _shapes_to_try(op, count):
        try:
            with np.errstate(all="ignore"):
                samples = [_sample(op, letter, shape) for letter, shape in zip(op.inputs * count, shapes)]
                y = op.compute(*samples)
                start = Symbol("g", np.ones_like(y)) if g is None else g
                symbols = [start, Symbol("y", y), *map(Symbol, letters, samples)]
                if counted:
                    return counted(*symbols, Symbol("n"), **op.settings)
                found = rule(*symbols)
                return found[k] if op.variadic else found
        except Exception:  # noqa: PERF203 a rule may do anything with its inputs; what it cannot do has no formula
            continue
    return ("{g} · ∂y/∂" + name, r"{g} \cdot \frac{{\partial y}}{{\partial " + latex_name(name) + "}}")


def readable_rule(op: Op, k: int) -> Any:
    """The rule of input k, in the form of the textbook if there is one with the same letters."""
    name = op.inputs[min(k, len(op.inputs) - 1)]
    readable = READABLE.get(op.name, {}).get(name) if built_in(op) else None
    return partial(readable, **op.settings) if readable else op.rules[min(k, len(op.rules) - 1)]


def _shapes_to_try(op: Op, count: int) -> list[Any]:
    """Shapes of the inputs for which the rule may run: numbers, if every entry is treated alone."""
    if op.name in SHAPES:
        return [SHAPES[op.name]]
    return [[shape] * count for shape in ([(), *GUESSES] if op.elementwise else GUESSES)]


def _sample(op: Op, name: str, shape: Any) -> Any:
    """An example of an input, from the domain of the primitive."""
    domain = op.domain[name] if isinstance(op.domain, dict) else op.domain
    return domain.sample(np.random.default_rng(0), shape)


def _written(notation: Notation, op: Op, k: int, names: Names | None, local: bool) -> str:
    found = gradient(op, k, 1.0 if local and op.elementwise else None)
    if not isinstance(found, (str, tuple)):
        return notation.write(found, names)
    letters = {name: notation.letter_of(name, names or {}) for name in ("g", "y", *op.inputs)}
    if isinstance(found, tuple):
        if local and op.elementwise:
            found = tuple(text.replace("{g} · ", "").replace(r"{g} \cdot ", "") for text in found)
        return found[notation is LATEX].format_map(letters)
    parts = re.split(r"`(\w+)`", found)
    told = [part if i % 2 == 0 else letters[part] for i, part in enumerate(parts)]
    if notation is LATEX:
        told = [rf"\text{{{part}}}" if i % 2 == 0 and part else part for i, part in enumerate(told)]
    return "".join(told)


def _formula(notation: Notation, op: Op, names: Names) -> str:
    """The template of the primitive with its inputs and settings in their places."""
    template = notation.template(op)
    parts = {name: notation.letter(Letter(name), names) for name in op.inputs}
    if op.variadic:
        parts[op.inputs[0]] = notation.list_of(op.inputs[0])
    for name, value in op.settings.items():
        chosen = op is not op.base or name not in LETTERS_FOR_SETTINGS
        parts[name] = (notation.setting(value) if chosen else LETTERS_FOR_SETTINGS[name], CLOSED)
    return fill(template, parts, notation.at_least).replace("+ 1 (", "+ (").replace("+ 1 · (", "+ (")  # elu, alpha = 1
