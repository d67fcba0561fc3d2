"""`tinygrad-edu check`: is a derivative right? A formula, the engine and finite differences, side by side."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from ..checking.check_formula import check_formula
from ..checking.gradcheck import gradcheck
from ..ops.broadcasting import shape_of
from .arguments import for_expressions
from .assignments import NAMED, InputError, check_used, sorted_out
from .caret import quoted
from .expression import Expression, read

USAGE = 'check "EXPRESSION" NAME=NUMBER ...'

DESCRIPTION = """\
Compare a derivative that you have found with the one the engine computes and
with finite differences, and say which of the three is the odd one out. Without
a formula, compare the engine with finite differences."""

EXAMPLES = """\
examples:
  tinygrad-edu check "x**2 * sin(x)" --formula "2*x*sin(x) + x**2*cos(x)" x=1.3
  tinygrad-edu check "a*b + b" --formula a="b" --formula b="a + 1" a=2 b=-3
  tinygrad-edu check "sum(tanh(w*x))" w=0.5 "x=[1,2,3]"
"""

EXIT_CODES = """\
Exit code: 0 if all agree, 1 if not or if it could not be measured, 2 if the
command was not understood."""

SECONDS = 30  # a check computes the expression many times; nobody should have to stop one


def add_to(commands: Any) -> None:
    """Describe this subcommand."""
    parser = for_expressions(commands, "check", "check a derivative found by hand", DESCRIPTION, EXAMPLES,
                             what="what is differentiated, and its inputs: x=1.3 or x=[1,2,3]",
                             closing=EXIT_CODES)  # fmt: skip
    parser.add_argument("--formula", metavar="[NAME=]FORMULA", action="append", default=[],
                        help="your derivative by that input; give it once for each")  # fmt: skip
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the report; 0 if everything agrees, else 1."""
    text, inputs = sorted_out(arguments.words, USAGE)
    f = read(text, list(inputs))
    check_used(f, inputs)
    formulas = formulas_of(arguments.formula, inputs)
    shape = shape_of(f(**inputs))
    if formulas and shape:
        raise no_number(f, shape)
    for each in (f, *formulas.values()):
        each.until = monotonic() + SECONDS
    report = check_formula(f, inputs, formulas) if formulas else gradcheck(f, *inputs.values())
    print(report)
    return 0 if report else 1


def formulas_of(typed: Sequence[str], inputs: Mapping[str, Any]) -> dict[str, Expression]:
    """The formulas by the names of the inputs they are derivatives by.

    raises   InputError if that is not clear
    """
    formulas: dict[str, Expression] = {}
    for word in typed:
        match = NAMED.fullmatch(word)
        name, text = (match[1], match[2]) if match else (next(iter(inputs), ""), word)
        if not match and len(inputs) != 1:
            raise InputError(
                f"The formula {quoted(word.strip())} does not say by which input.",
                f"There is a derivative by each of {', '.join(inputs)}.",
                f'Write --formula {name}="{word.strip()[:40]}" if it is the derivative by {name}.',
            )  # fmt: skip
        if name not in inputs:
            raise InputError(
                f"--formula {quoted(name)}: there is no such input.",
                f"A formula is the derivative by an input, and these are: {', '.join(inputs)}.",
                f"Write --formula {next(iter(inputs), 'x')}=…",
            )  # fmt: skip
        if name in formulas:
            raise InputError(
                f"There are two formulas for {quoted(name)}.", "They would hide each other's mistakes.",
                "Remove one of them, or check them one after the other.",
            )  # fmt: skip
        formulas[name] = read(text, list(inputs))
    return formulas


def no_number(f: Expression, shape: tuple[int, ...]) -> InputError:
    """For a formula of the gradient of an array."""
    return InputError(
        f"{quoted(f.text)} is an array of shape {shape}.",
        "A gradient is the slope of one number; an array holds several, and each has its own slopes.",
        f'Write "sum({f.text})", or pick an entry.' if len(f.text) < 50 else "Write sum(…) around it.",
    )
