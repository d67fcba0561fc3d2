"""`tinygrad-edu lab`: the misconception lab in the terminal, one mistake after the other, and a quiz."""

from __future__ import annotations

import argparse
from typing import Any

from ..errors import unknown_name
from ..lab.catalogue import example, misconceptions
from ..lab.experiment import compare
from ..lab.questions import quiz
from ..lab.training import train
from .arguments import whole_number
from .terminal import CommandError

DESCRIPTION = """\
The classic mistakes of those who build a gradient engine: each one beside the
right engine, on the smallest graph that gives it away, with the first wrong
value, the reason, the lines that differ, and what it costs in training."""

EXAMPLES = """\
examples:
  tinygrad-edu lab                         what there is
  tinygrad-edu lab no order                one of them; "no-order" does as well
  tinygrad-edu lab all                     all of them, in the order of a lesson
  tinygrad-edu lab quiz --seed 3           a gradient to compute by hand
  tinygrad-edu lab quiz --seed 3 --answer 12
"""


def add_to(commands: Any) -> None:
    """Describe this subcommand."""
    parser = commands.add_parser("lab", help="wrong engines beside the right one, and why they are wrong",
                                 description=DESCRIPTION, epilog=EXAMPLES)  # fmt: skip
    parser.add_argument("name", metavar="NAME", nargs="*", help="a mistake, 'all', or 'quiz'; without it, the list")
    parser.add_argument("--seed", metavar="N", type=whole_number(at_least=0), default=0,
                        help="which question the quiz asks (default: 0)")  # fmt: skip
    parser.add_argument("--answer", metavar="X", help="your answer to that question")
    parser.set_defaults(run=run, parser=parser)


def run(arguments: argparse.Namespace) -> None:
    """List the mistakes, show one or all of them, or ask a question."""
    name = " ".join(arguments.name)
    if arguments.answer is not None and name != "quiz":
        arguments.parser.error("--answer belongs to the quiz: tinygrad-edu lab quiz --seed 3 --answer 12")
    if not name:
        print(f"Engines with one mistake each:\n\n{misconceptions()}\n\nSee one with: tinygrad-edu lab no order")
    elif name == "quiz":
        ask(arguments.seed, arguments.answer)
    else:
        names = list(misconceptions()) if name == "all" else [chosen(name)]
        print(f"\n\n{'═' * 80}\n\n".join(map(page, names)))


def page(name: str) -> str:
    """One mistake: on its smallest graph, and in a training."""
    return f"{compare(example(name), name)}\n\n{train(name)}"


def chosen(name: str) -> str:
    """The mistake that was meant: its name, or a beginning that no other one has."""
    known = misconceptions()
    wanted = " ".join(name.replace("-", " ").replace("_", " ").lower().split())
    found = [key for key in known if key.lower() == wanted] or [key for key in known if key.lower().startswith(wanted)]
    if len(found) == 1 and wanted:
        return found[0]
    if wanted and found:
        raise CommandError(f"tinygrad-edu lab: {name!r} may be {' or '.join(map(repr, found))}; which one?", code=2)
    error = unknown_name("misconception", name, [*known, "all", "quiz"])
    right = error.write if "Did" in error.write else error.why
    raise CommandError(f"tinygrad-edu lab: {error.what} {right}", code=2)


def ask(seed: int, answer: str | None) -> None:
    """Put a question; with an answer, say what it is worth."""
    question = quiz(seed)
    print(question)
    if answer is None:
        print(f"\nAnswer with: tinygrad-edu lab quiz --seed {seed} --answer NUMBER")
        return
    try:
        number = float(answer.replace("−", "-"))
    except ValueError:
        raise CommandError(f"tinygrad-edu lab quiz: --answer {answer!r} is no number", code=2) from None
    print(f"\n{question.answer(number)}")
