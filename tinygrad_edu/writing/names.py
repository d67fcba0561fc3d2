"""What an explanation calls its values, and how it writes what was computed: v₁ = a·b, y = tanh(v₁ + c).

A value with a name keeps it. Results without one are v₁, v₂, … in the order of computation, other numbers are
written as numbers. The same operations are written for the terminal and for LaTeX; a `Style` says how.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.value import Value
from ..ops.op import Op
from .wording import chosen, clean, clip, entries, minus, number, width

MOST = 6  # inputs of one operation that are written
LONGEST = 24  # columns of what is written in place of a name

# how a primitive is written; how tightly it binds (1 a sum, 2 a product, 4 a power, 5 never needs parentheses);
# how tightly an operand must bind to go without parentheses
FORMS: dict[str, tuple[str, int, tuple[int, ...]]] = {
    "add":        ("{a} + {b}", 1, (1, 2)),
    "subtract":   ("{a} − {b}", 1, (1, 2)),
    "negative":   ("−{x}", 1, (3,)),
    "multiply":   ("{a}·{b}", 2, (2, 3)),
    "divide":     ("{a} / {b}", 2, (2, 3)),
    "matmul":     ("{a} @ {b}", 2, (2, 3)),
    "affine":     ("{x} @ {weight}ᵀ + {bias}", 1, (2, 5, 2)),
    "reciprocal": ("1 / {x}", 2, (3,)),
    "power":      ("{a}^{b}", 4, (5, 5)),
    "square":     ("{x}²", 4, (5,)),
    "sqrt":       ("√{x}", 4, (5,)),
    "cbrt":       ("∛{x}", 4, (5,)),
    "absolute":   ("|{x}|", 5, (0,)),
    "norm":       ("‖{x}‖", 5, (0,)),
    "sigmoid":    ("σ({x})", 5, (0,)),
    "log":        ("ln({x})", 5, (0,)),
    "inv":        ("{x}⁻¹", 4, (5,)),
}  # fmt: skip
SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPT = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Style:
    """How names, numbers and operations look: in text, or in LaTeX."""

    name: Callable[[str], str]
    indexed: Callable[[str, int], str]
    number: Callable[[Any], str]
    shape: Callable[[tuple[int, ...]], str]
    parentheses: str
    form: Callable[[Op, tuple[Any, ...], int], tuple[str, int, tuple[int, ...]]]
    longest: int = LONGEST  # characters of what is written in place of a name


def text_form(op: Op, inputs: tuple[Any, ...], count: int) -> tuple[str, int, tuple[int, ...]]:
    """How the terminal shows an operation: its sign, or its name with what it is called with."""
    if op.name == "power" and type(inputs[1]) is float and inputs[1] == int(inputs[1]) and abs(inputs[1]) < 1000:
        return "{a}" + minus(number(inputs[1])).translate(SUPERSCRIPT), 4, (5, 0)
    if op.name == "getitem":
        return "{x}" + chosen(op), 5, (5,)
    if op.name in FORMS and not (op.name in ("norm",) and chosen(op)):
        return FORMS[op.name]
    if op.name == "transpose" and not chosen(op):
        return "{x}ᵀ", 4, (5,)
    title = {"joined": "concatenate", "stacked": "stack", "contraction": "einsum"}.get(op.name, op.name)
    return f"{title}({', '.join(part for part in (listed(op, count, '…'), chosen(op)) if part)})", 5, (0,) * count


def letters(op: Op, count: int) -> tuple[str, ...]:
    """What the places in a form are called: as the inputs, or numbered where any number of them is possible."""
    return op.inputs if len(op.inputs) == count and not op.variadic else tuple(map(str, range(count)))


def listed(op: Op, count: int, dots: str) -> str:
    """The places of all inputs, the middle of many left out: '{0}, {1}, {2}, …, {99}'."""
    places = ["{" + letter + "}" for letter in letters(op, count)]
    return ", ".join(places if count <= MOST else [*places[:3], dots, places[-1]])


TEXT = Style(
    name=lambda name: clip(clean(name), LONGEST),
    indexed=lambda letter, n: letter + str(n).translate(SUBSCRIPT),
    number=entries,
    shape=lambda shape: f"[{'×'.join(map(str, shape))}]",
    parentheses="({})",
    form=text_form,
)


class Names:
    """The names of one explanation: of y, of what it is differentiated by, and of everything on the way.

    y, xs    called y, x, x₁, x₂ … when they have no name of their own
    path     the results in between, oldest first
    given    names for values that have none

    >>> a = Value(2.0, "a")
    >>> p = a * -3.0
    >>> y = p.tanh()
    >>> names = Names(y, [a], [p, y])
    >>> names(a), names(p), names.formula(p), names.formula(y)
    ('a', 'v₁', 'a·(−3)', 'tanh(v₁)')
    """

    def __init__(
        self,
        y: Value,
        xs: Iterable[Value],
        path: Iterable[Value],
        style: Style = TEXT,
        given: Mapping[Value, str] | None = None,
    ):
        xs, path = list(xs), list(path)
        self.style, self.given = style, given or {}
        shown = (x for node in path for x in node.inputs if type(x) is Value)
        taken = {name for v in (y, *xs, *path, *shown) if (name := self.name(v))}
        self.of = {v: style.name(name) for v in (*xs, *path, y) if (name := self.name(v))}
        if y not in self.of:
            letter = "y" if "y" not in taken else _free(taken)
            self.of[y] = style.name(letter)
            taken.add(letter)
        if unnamed := [x for x in xs if x not in self.of]:
            letter = _free(taken, "x")
            taken.add(letter)
            for n, x in enumerate(unnamed, 1):
                self.of[x] = style.indexed(letter, n) if len(unnamed) > 1 else style.name(letter)
        letter = _free(taken)
        for n, v in enumerate((v for v in path if v not in self.of), 1):
            self.of[v] = style.indexed(letter, n)
        seen: set[str] = set()
        for v, name in self.of.items():  # two values called w are w and w′
            while name in seen:
                name += "′" if style is TEXT else "'"
            seen.add(name)
            self.of[v] = name

    def name(self, v: Value) -> str | None:
        """The name that a value has, or was given for this explanation."""
        return v.name or self.given.get(v)

    def __call__(self, x: Any, tight: int = 0) -> str:
        """A value or constant as an operand; in parentheses if it binds less tightly than it has to."""
        shown, binds = self._operand(x)
        return shown if binds >= tight else self.style.parentheses.format(shown)

    def formula(self, node: Value) -> str:
        """How a result was computed, from names: 'a·b + c'."""
        return self._formula(node)[0]

    def derivative(self, node: Value, index: int, local: bool) -> str:
        """The derivative of a result by one of its inputs as a formula; not `local`: with the g that arrives.

        >>> a, b = Value(2.0, "a"), Value(-3.0, "b")
        >>> y = a / b
        >>> Names(y, [a, b], [y]).derivative(y, 1, local=True)
        '−y / b'
        """
        from .latex import derivative_latex, derivative_text, local_latex, local_text
        from .readable import COUNTED  # both only when something is written: `import tinygrad_edu` stays light

        op, text = node.op, self.style is TEXT
        write = [(derivative_latex, local_latex), (derivative_text, local_text)][text][local]
        given = dict(zip(op.inputs, node.inputs)) if not op.variadic else {}
        given["y"] = node
        marks = {letter: f"zz{k}zz" for k, letter in enumerate(given)}  # names that nothing else looks like
        settled = {"g": "1"} if local and not op.elementwise else {}
        if op.name in COUNTED and node.size:
            settled["n"] = str(node.inputs[0].size // node.size)
        formula = write(op, index, {**marks, **settled})
        if settled:
            formula = formula.removeprefix("1 · " if text else r"1 \cdot ")
        for letter, x in given.items():
            mark = marks[letter] if text else rf"\mathrm{{{marks[letter]}}}"
            formula = formula.replace(mark, self(x, 0 if formula == mark else 5))
        return formula

    def _operand(self, x: Any) -> tuple[str, int]:
        if type(x) is Value:
            if x in self.of:
                return self.of[x], 5
            if name := self.name(x):
                return self.style.name(name), 5
            if x.op is not None and all(self._short(z) for z in x.inputs):
                shown, binds = self._formula(x)
                if width(shown) <= self.style.longest:
                    return shown, binds
            x = x._held
        if np.ndim(x) and (np.ndim(x) > 1 or np.size(x) > 4):
            return self.style.shape(np.shape(x)), 5
        return self.style.number(x), 5 if np.ndim(x) or x >= 0 else 1

    def _short(self, x: Any) -> bool:
        return type(x) is not Value or x.op is None or self.name(x) is not None or x in self.of

    def _formula(self, node: Value) -> tuple[str, int]:
        form, binds, tight = self.style.form(node.op, node.inputs, len(node.inputs))
        named = letters(node.op, len(node.inputs))
        for k, (name, _) in enumerate(zip(named, node.inputs)):
            form = form.replace("{" + name + "}", f"\0{k}\0")
        parts = re.split("\0([0-9]+)\0", form)
        inputs = node.inputs
        parts[1::2] = [self(inputs[int(k)], tight[int(k)]) for k in parts[1::2]]
        return "".join(parts), binds


def _free(taken: set[str], first: str = "v") -> str:
    """A letter that no value is called, with or without a number behind it."""
    for letter in (first, *"vuztsqpkm"):
        if not any(name == letter or re.fullmatch(letter + r"_?\d+", name) for name in taken):
            return letter
    return first + "′"
