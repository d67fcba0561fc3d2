"""`tinygrad-edu film`: the forward and the backward pass of an expression as a page that plays them step by step."""

from __future__ import annotations

import argparse
from textwrap import wrap
from typing import Any

from .arguments import for_expressions
from .folder import file_name, writable_file
from .recorded import recorded

USAGE = 'film "EXPRESSION" NAME=NUMBER ...'

DESCRIPTION = """\
Play how an expression is computed, and how its gradients come back: one page
for the browser, to start, stop and step through. It needs no network."""

EXAMPLES = """\
examples:
  tinygrad-edu film "tanh(a*b + c)" a=2 b=-3 c=6.5
  tinygrad-edu film "x*x + sin(x)" x=1.3 -o pictures/twice.html
  tinygrad-edu film "mean((w @ x - 1)**2)" "w=[[1,2],[3,4]]" "x=[0.5,-1]"
"""


def add_to(commands: Any) -> None:
    """Describe this subcommand."""
    parser = for_expressions(commands, "film", "the backward pass, step by step, as a page", DESCRIPTION, EXAMPLES,
                             what="what is played, and its inputs: a=2 or x=[1,2,3]")  # fmt: skip
    parser.add_argument("-o", "--out", metavar="FILE.html", default="backward.html",
                        type=file_name(".html", ".htm"),
                        help="where to write (default: %(default)s)")  # fmt: skip
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> None:
    """Write the page."""
    from ..filming.film import film

    graph = recorded(arguments.words, USAGE)
    out = writable_file(arguments.out)
    played = film(graph.y, start=graph.start)
    played.save(out)
    said = [f"Wrote {out}: {len(played.steps):,} steps. Open it in a browser."]
    print("\n".join([*said, *wrap(played.note, 80), *wrap(graph.note, 80)]))
