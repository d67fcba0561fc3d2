"""`tinygrad-edu explain`: the chain rule for an expression, step by step, with its own numbers."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from time import monotonic
from typing import Any

from ..engine.value import Value
from .arguments import for_expressions, whole_number
from .assignments import InputError, check_used, chosen, sorted_out
from .caret import quoted
from .expression import read

USAGE = 'explain "EXPRESSION" NAME=NUMBER ...'

DESCRIPTION = """\
Explain the derivatives of an expression: every step of the chain rule in words,
with its formula and its numbers."""

EXAMPLES = """\
examples:
  tinygrad-edu explain "tanh(a*b + c)" a=2 b=-3 c=10 --wrt a
  tinygrad-edu explain "sum(relu(w*x))" w=2 "x=[1,-2,3]" --wrt w --wrt x
  tinygrad-edu explain "x**2 * sin(x)" x=pi/4 --latex > derivation.tex
"""

SECONDS = 30


def add_to(commands: Any) -> None:
    """Describe this subcommand."""
    parser = for_expressions(commands, "explain", "the chain rule in words and numbers", DESCRIPTION, EXAMPLES,
                             what="what is differentiated, and its inputs: a=2 or x=[1,2,3]")  # fmt: skip
    parser.add_argument("--wrt", metavar="NAME", action="append", default=[],
                        help="with respect to which input; several: --wrt a,b (default: all)")  # fmt: skip
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_const", const="markdown", dest="form", help="as Markdown")
    form.add_argument("--latex", action="store_const", const="latex", dest="form", help="as LaTeX")
    parser.add_argument("--depth", metavar="N", type=whole_number(at_least=1),
                        help="how many steps deep; what lies below is summed up")  # fmt: skip
    parser.add_argument("--max-lines", metavar="N", type=whole_number(at_least=1),
                        help="how many lines at most")  # fmt: skip
    parser.set_defaults(run=run, parser=parser, form="text")


def run(arguments: argparse.Namespace) -> None:
    """Print the explanation."""
    from ..writing.explain import explain

    text, inputs = sorted_out(arguments.words, USAGE)
    f = read(text, list(inputs))
    check_used(f, inputs)
    wanted = chosen(arguments.wrt, inputs, "--wrt")
    f.until = monotonic() + SECONDS
    values = {name: Value(number, name) for name, number in inputs.items()}
    y = f(**values)
    check_differentiable(y, f.text, values)
    options = {"depth": arguments.depth, "max_lines": arguments.max_lines}
    options = {name: option for name, option in options.items() if option is not None}
    explanation = explain(y, [values[name] for name in wanted], **options)
    print(getattr(explanation, arguments.form).rstrip("\n"))


def check_differentiable(y: Any, text: str, values: Mapping[str, Any]) -> None:
    """Raise unless the result was computed by operations that have derivatives."""
    if type(y) is not Value:
        raise InputError(
            f"{quoted(text)} has no derivative.",
            "It only compares or counts: it jumps, and is flat between the jumps.",
            "Explain what depends on its inputs smoothly, such as where(x > 0, x, 0.1*x).",
        )  # fmt: skip
