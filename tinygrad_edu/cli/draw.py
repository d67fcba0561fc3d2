"""`tinygrad-edu draw`: the graph of an expression with its values and gradients, as a picture or as a tree."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from textwrap import wrap
from typing import Any

from ..drawing.drawing import SUFFIXES, draw
from ..drawing.flow import SHOWS
from ..drawing.units import everything
from ..engine.value import Value
from ..errors import TinygradError
from .arguments import for_expressions, whole_number
from .assignments import InputError, chosen
from .caret import quoted
from .folder import file_name, writable_file
from .recorded import Recorded, recorded

NOT_IN_A_TREE = "A tree tells values and gradients; for --show and --path add -o graph.svg"
USAGE = 'draw "EXPRESSION" NAME=NUMBER ...'

DESCRIPTION = """\
Draw how an expression is computed: every value, and the gradient that comes
back to it. Without -o a tree is printed; with it the suffix of the file decides
what is written:

  .svg .png .pdf   a picture           .dot .gv   text for Graphviz
  .html            a page              .mmd       text for Mermaid
                                       .txt       the tree"""

EXAMPLES = """\
examples:
  tinygrad-edu draw "tanh(a*b + c)" a=2 b=-3 c=6.5
  tinygrad-edu draw "tanh(a*b + c)" a=2 b=-3 c=6.5 -o graph.svg
  tinygrad-edu draw "x*x" x=3 -o square.html --show "chain rule"
  tinygrad-edu draw "sigmoid(w*x + b)" w=1 x=2 b=0 -o path.svg --path w
  tinygrad-edu draw "w @ x" "w=[[1,2],[3,4]]" "x=[5,6]" -o inside.svg --unroll
"""


def add_to(commands: Any) -> None:
    """Describe this subcommand."""
    parser = for_expressions(commands, "draw", "the graph with its values and gradients", DESCRIPTION, EXAMPLES,
                             what="what is drawn, and its inputs: a=2 or x=[1,2,3]")  # fmt: skip
    parser.add_argument("-o", "--out", metavar="FILE", type=file_name(*SUFFIXES),
                        help="where to write; the suffix decides the format")  # fmt: skip
    parser.add_argument("--show", metavar="WHAT", type=shown, default="values",
                        help=f"what the edges tell: {', '.join(SHOWS)} (default: values)")  # fmt: skip
    parser.add_argument("--path", metavar="NAME", help="highlight every way from this input to the result")
    parser.add_argument("--unroll", action="store_true", help="open small arrays: one node for each number")
    parser.add_argument("--max-nodes", metavar="N", type=whole_number(at_least=1),
                        help="draw at most so many; the others are summed up")  # fmt: skip
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> None:
    """Write the picture, or print the tree."""
    graph = recorded(without_rest(arguments.words, arguments.show), USAGE)
    options: dict[str, Any] = {"show": arguments.show, "unroll": arguments.unroll}
    if arguments.path is not None:
        options["path"] = start_of(arguments.path, graph)
    if arguments.max_nodes is not None:
        options["max_nodes"] = arguments.max_nodes
    out = writable_file(arguments.out) if arguments.out else None
    try:
        drawing = draw(graph.y, **options)
    except TinygradError as error:
        raise type(error)(*map(in_options, (error.what, error.why, error.write))) from None
    if out:
        drawing.save(out)
        said = [f"Wrote {out}: {counted(len(drawing.graph.nodes), 'node')}.", *wrap(in_options(drawing.note), 80)]
    else:
        said = [in_options(drawing.text())]
    if (out is None or out.suffix.lower() == ".txt") and (arguments.path or arguments.show != "values"):
        said.append(NOT_IN_A_TREE)
    print("\n".join([*said, *wrap(graph.note, 80)]))


def in_options(text: str) -> str:
    """What a drawing says to those who write Python, as one types it here."""
    return text.replace("draw(y, max_nodes=…)", "--max-nodes").replace("draw(y, unroll=True)", "--unroll")


def shown(text: str) -> str:
    """What the edges shall tell: one of the words, or its beginning."""
    wanted = " ".join(text.replace("-", " ").replace("_", " ").lower().split())
    found = [word for word in SHOWS if wanted and word.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    near = get_close_matches(wanted, SHOWS, n=1)
    right = f"did you mean {near[0]!r}?" if near else f"choose from: {', '.join(SHOWS)}"
    raise argparse.ArgumentTypeError(f"there is nothing called {text!r} to show; {right}")


def without_rest(words: list[str], show: str) -> list[str]:
    """The words without the 'rule' of a `--show chain rule` that was typed without quotation marks."""
    several = sum("=" not in word for word in words) > 1
    return [word for word in words if not (several and show == "chain rule" and word == "rule")]


def start_of(path: str, graph: Recorded) -> Value:
    """The input that a path begins at; InputError unless it is one, and the result depends on it."""
    inputs = graph.inputs
    names = chosen([path], inputs, "--path")
    if not path.strip(" ,"):
        raise InputError("--path names no input.", f"The inputs are: {', '.join(inputs)}.", f"Write --path {names[0]}")
    if len(names) > 1:
        raise InputError(
            f"--path names {len(names)} inputs.", "The ways of several inputs would hide one another.",
            f"Draw them one after the other: --path {names[0]}",
        )  # fmt: skip
    if inputs[names[0]] not in everything(graph.y):
        raise InputError(
            f"--path {quoted(names[0])}: no way leads from there to the result.",
            "It is only compared or counted with: nothing comes back to it, and it is not in the picture.",
            "Name an input that is computed with.",
        )  # fmt: skip
    return inputs[names[0]]


def counted(number: int, what: str) -> str:
    """'1 node', '2,000 nodes'."""
    return f"{number:,} {what}{'s' * (number != 1)}"
