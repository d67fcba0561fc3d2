"""`tg.formula`: the derivatives of a primitive, of your own function, or the table of them all.

>>> from tinygrad_edu.ops.trigonometry import tanh
>>> print(formula(lambda a, b: tanh(a * b) + a))
f(a, b) = tanh(a · b) + a
∂f/∂a   = 1 + b · (1 − tanh(a · b)²)
∂f/∂b   = a · (1 − tanh(a · b)²)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..errors import DataError
from ..ops.broadcasting import shape_of
from ..ops.op import TABLE, Op
from .alphabet import latex_name
from .latex import derivative_latex, derivative_markdown, derivative_text, op_latex, op_text
from .notation import LATEX, TEXT
from .recording import arriving, called, derivatives, recorded
from .symbols import FormulaError
from .templates import built_in

LONGEST = 2000  # letters and signs of one formula; a page


@dataclass(frozen=True)
class Formula:
    """What `formula` returns: the same lines in three notations. It prints as text and shows itself in Jupyter.

    text       Unicode, for a terminal
    latex      for amsmath: what stands between \\\\[ and \\\\]
    markdown   with $...$, for notebooks and pages

    >>> from tinygrad_edu.ops.arithmetic import divide
    >>> formula(divide).latex.splitlines()[1]
    'y &= \\\\frac{a}{b} \\\\\\\\'
    """

    text: str
    latex: str
    markdown: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.markdown


def formula(f: Op | Callable[..., Any] | None = None, *more: Any) -> Formula:
    """The formula of a primitive or a function, and of its derivatives, found by running the rules on letters.

    f          a primitive (`tg.tanh`), or a Python function of numbers; nothing for the table of all primitives
    more       other primitives, for a table of them; or, if f needs arrays, an example for each of its parameters
    returns    a Formula: `.text`, `.latex`, `.markdown`; it prints itself
    raises     DataError for anything else; FormulaError if f asks for the numbers of its letters

    In the derivative of a primitive, g is the gradient that arrived at y. For a function whose result is an array, too.

    >>> from tinygrad_edu.ops.trigonometry import sin, tanh
    >>> print(formula(tanh))
    tanh: Squash any number into (-1, 1).
    y           = tanh(x)
    gradient, x : g · (1 − y²)
    where       : every real number
    >>> print(formula(lambda x: x**3 * sin(x)))
    f(x)  = x³ · sin(x)
    df/dx = x³ · cos(x) + 3x² · sin(x)
    """
    if f is None or (isinstance(f, Op) and more and all(isinstance(op, Op) for op in more)):
        return of_table([op for op in TABLE.values() if built_in(op)] if f is None else [f, *more])
    if isinstance(f, Op):
        return of_op(f)
    if not callable(f) or isinstance(f, type):
        raise DataError(
            f"formula: {f!r} is neither a primitive nor a function.",
            "A formula is found by calling a function with letters; a number or result has forgotten its function.",
            "Write tg.formula(tg.tanh), tg.formula(lambda a, b: tg.tanh(a * b)), or tg.explain(y, x) for a result.",
        )
    return of_function(f, more)


# ── a primitive ──────────────────────────────────────────────────────────────────────────────────────────────────────
def of_op(op: Op) -> Formula:
    """One primitive: what it is, each derivative, where it holds, what happens at its kink, who says so."""
    facts = [(f"gradient, {name}", f"${latex_name(name)}$", k) for k, name in enumerate(op.inputs)]
    told = [("where", where_defined(op)), ("kink", kink(op)), ("source", source(op))]
    told = [(name, words) for name, words in told if words]
    lines = [("y", "= ", op_text(op)), *((name, ": ", derivative_text(op, k)) for name, _, k in facts)]
    lines += [(name, ": ", words) for name, words in told]
    latex = [rf"y &= {op_latex(op)}"]
    latex += [rf"\text{{gradient of }} {name[1:-1]} &= {derivative_latex(op, k)}" for _, name, k in facts]
    markdown = [
        f"**{op.name}**: {meaning(op)}",
        "",
        f"$y = {op_latex(op)}$",
        "",
        "| input | its gradient |",
        "|---|---|",
    ]
    markdown += [f"| {name} | {in_cell(derivative_markdown(op, k))} |" for _, name, k in facts]
    markdown += [line for name, words in told for line in ("", f"*{name[0].upper()}{name[1:]}*: {words}")]
    text = "\n".join([f"{op.name}: {meaning(op)}", *aligned(lines)])
    return Formula(text, aligned_latex(latex), "\n".join(markdown))


def of_table(ops: Iterable[Op]) -> Formula:
    """Several primitives: one line for each input."""
    rows: list[tuple[str, ...]] = [("primitive", "y", "input", "its gradient")]
    latex, markdown = [], []
    for op in ops:
        for k, name in enumerate(op.inputs):
            first = [op.name, op_text(op)] if k == 0 else ["", ""]
            rows.append((*first, name, derivative_text(op, k)))
            y, gradient = op_latex(op), derivative_latex(op, k)
            latex.append(f"{f'y &= {y}' if k == 0 else '&'} & {latex_name(name)}&: {gradient}")
            cells = (f"`{op.name}`", f"${y}$") if k == 0 else ("", "")
            told = [*cells, f"${latex_name(name)}$", derivative_markdown(op, k)]
            markdown.append(f"| {' | '.join(map(in_cell, told))} |")
    widths = [min(max(len(row[i]) for row in rows), 36) for i in range(3)]
    text = "\n".join("  ".join([*(cell.ljust(n) for cell, n in zip(row, widths)), row[3]]).rstrip() for row in rows)
    head = ["| primitive | y | input | its gradient |", "|---|---|---|---|"]
    return Formula(text, aligned_latex(latex), "\n".join(head + markdown))


def meaning(op: Op) -> str:
    """The first sentence of its docstring."""
    first = (op.__doc__ or "").split("\n\n")[0].replace("\n", " ")
    return re.split(r"(?<=[.:;]) (?=[A-Z])", first)[0]


def where_defined(op: Op) -> str:
    """Where it has a derivative, for all inputs that are not alike."""
    if not isinstance(op.domain, dict):
        return op.domain.text
    texts = {name: re.sub(r"\bx\b", name, domain.text) for name, domain in op.domain.items()}
    real = [name for name, text in texts.items() if text == "every real number"]
    texts = {name: text if name not in real else f"{name} any" for name, text in texts.items()}
    return ", ".join(text if name in text.split() else f"{name}: {text}" for name, text in texts.items())


def kink(op: Op) -> str:
    """What its docstring says about the place where the slope jumps."""
    prose = re.split(r"\n *\n|\n *\w+  ", (op.__doc__ or "").split(">>>")[0])
    sentences = [part for text in prose for part in re.split(r"(?<=\.) (?=[A-Z])", " ".join(text.split()))]
    return " ".join(part for part in sentences if "kink" in part)


def source(op: Op) -> str:
    """The book or paper that its docstring names."""
    match = re.search(r"^ *source +(.*(?:\n {4,}.*)*)", op.__doc__ or "", re.MULTILINE)
    return " ".join(match[1].split()) if match else ""


# ── a function ───────────────────────────────────────────────────────────────────────────────────────────────────────
def of_function(f: Callable[..., Any], examples: tuple[Any, ...]) -> Formula:
    """A function of the user's: its formula, and one line for each partial derivative."""
    y, letters = recorded(f, examples)
    slopes = derivatives(y, letters)
    if sum(len(TEXT.write(x)) for x in (y, *slopes)) > LONGEST:
        raise FormulaError(
            f"{called(f)} has a formula of more than {LONGEST} letters and signs.",
            "The chain rule multiplies what every step adds, so the formula of a long function fills pages.",
            "Write tg.explain(y, x) for its steps one by one, or ask for the formula of one part.",
        )
    name = f.__name__ if getattr(f, "__name__", "<lambda>").isidentifier() else "f"
    inputs = [str(x.name) for x in letters]
    of_array = shape_of(y) != ()
    sign = "d" if len(inputs) == 1 else "∂"
    left = [f"{sign}{name}/{sign}{x}" if not of_array else f"gradient of {x}" for x in inputs]
    lines = [(f"{name}({', '.join(inputs)})", "= ", TEXT.write(y))]
    lines += [(told, "= ", TEXT.write(slope)) for told, slope in zip(left, slopes)]
    d, shown = r"\partial " if sign == "∂" else "d ", latex_name(name)
    latex = [rf"{shown}({', '.join(map(latex_name, inputs))}) &= {LATEX.write(y)}"]
    for x, slope in zip(map(latex_name, inputs), slopes):
        told = rf"\frac{{{d}{shown}}}{{{d}{x}}}" if not of_array else rf"\text{{gradient of }} {x}"
        latex.append(f"{told} &= {LATEX.write(slope)}")
    text = "\n".join(aligned(lines))
    if of_array:
        text += f"\n{arriving(y, letters)} is the gradient that arrived at the result."
    body = aligned_latex(latex)
    return Formula(text, body, f"$$\n{body}\n$$")


# ── lines below each other ───────────────────────────────────────────────────────────────────────────────────────────
def aligned(lines: list[tuple[str, str, str]]) -> list[str]:
    """Lines whose signs stand below each other."""
    width = max(len(left) for left, _, _ in lines)
    return [f"{left.ljust(width)} {sign}{right}" for left, sign, right in lines]


def aligned_latex(lines: list[str]) -> str:
    return "\n".join([r"\begin{aligned}", " \\\\\n".join(lines), r"\end{aligned}"])


def in_cell(text: str) -> str:
    """Math that may stand in a cell of a Markdown table, where | would end it."""
    return text.replace(r"\|", r"\Vert ").replace("|", r"\vert ")
