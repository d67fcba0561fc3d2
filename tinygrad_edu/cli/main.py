"""`tinygrad-edu`: reads the command line, runs a subcommand, answers every failure in a line or a lesson.

exit code   0 done, or the check passed · 1 something went wrong, or a check did not pass · 2 called wrongly
            130 stopped with Ctrl-C
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from ..errors import TinygradError
from . import check, demo, draw, examples, explain, film, lab, predict, train
from .arguments import Parser
from .assignments import InputError
from .caret import ExpressionError
from .terminal import CommandError, complain, explain_error, speak_plainly

COMMANDS = [explain, check, draw, film, lab, train, predict, demo, examples]

DESCRIPTION = """\
A small autograd engine to read, trust and use."""

EXAMPLES = """\
examples:
  tinygrad-edu explain "tanh(a*b + c)" a=2 b=-3 c=10
                                   the chain rule in words and numbers
  tinygrad-edu check "x**2" --formula "2*x" x=3
                                   is this derivative right?
  tinygrad-edu draw "tanh(a*b + c)" a=2 b=-3 c=6.5 -o graph.svg
                                   the graph with its values and gradients
  tinygrad-edu film "tanh(a*b + c)" a=2 b=-3 c=6.5
                                   the backward pass, step by step, as a page
  tinygrad-edu lab                 engines with a mistake, and what it does
  tinygrad-edu train spirals --layers 8 8
                                   train a network of your own
  tinygrad-edu predict tinygrad-edu-train/spirals 0.5 -0.3
                                   ask it
  tinygrad-edu demo                train a network, check its gradients, draw it
  tinygrad-edu examples            networks derived by hand, and again by Value
  tinygrad-edu examples run all    run them all
  tinygrad-edu demo --help         what a command can do
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (the process's own if None) and return its exit code."""
    speak_plainly()
    command = "tinygrad-edu"
    try:
        top = parser()
        arguments = top.read(argv)
        if "run" not in arguments:
            top.error(f"a command is missing; choose from: {', '.join(map(name_of, COMMANDS))}")
        command = arguments.parser.prog
        return int(arguments.run(arguments) or 0)
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    except CommandError as error:
        text = str(error)
        complain(text if text.startswith("tinygrad-edu") else f"tinygrad-edu: {text}")
        return error.code
    except KeyboardInterrupt:
        complain("stopped")
        return 130
    except BrokenPipeError:  # the reader, `| head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except TinygradError as error:
        explain_error(error, command)
        return 2 if isinstance(error, (ExpressionError, InputError)) else 1
    except OSError as error:
        complain(f"tinygrad-edu: {error}")
        return 1
    except Exception as error:  # a mistake of ours; a traceback helps nobody who only wanted to run a command
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}, line {trace.tb_lineno}" if trace else "?"
        complain(f"tinygrad-edu: {type(error).__name__}: {error} ({place}); please report this")
        return 1


def parser() -> Parser:
    """The whole command line; each subcommand describes its own part."""
    top = Parser(prog="tinygrad-edu", description=DESCRIPTION, epilog=EXAMPLES)
    top.add_argument("--version", action="version", version=f"tinygrad-edu {import_module('tinygrad_edu').__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(commands)
    return top


def name_of(command: ModuleType) -> str:
    """The word a person types for a subcommand: the name of its file."""
    return command.__name__.rpartition(".")[2]


if __name__ == "__main__":
    sys.exit(main())
