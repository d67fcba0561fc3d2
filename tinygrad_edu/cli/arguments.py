"""Reading the command line: help in 80 columns with examples, and mistakes answered with what is right.

>>> parser = Parser(prog="tool")
>>> _ = parser.add_argument("--steps", type=whole_number(at_least=1))
>>> parser.read(["--step", "5"])
Traceback (most recent call last):
tinygrad_edu.cli.terminal.CommandError: tool: there is no option --step; did you mean --steps? (see tool --help)
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from .terminal import CommandError

EXPRESSIONS = """\
Expressions have Python's arithmetic, pi, e, and the operations of tinygrad_edu.
Put them in quotation marks."""


class Parser(argparse.ArgumentParser):
    """argparse without abbreviations, whose errors are one line and say what was meant.

    formulas   the destination of words that are formulas: they may begin with a minus, and stand behind options, too
    """

    def __init__(self, formulas: str = "", **options: Any):
        self.formulas = formulas
        options.setdefault("formatter_class", lambda prog: argparse.RawDescriptionHelpFormatter(prog, width=80))
        super().__init__(allow_abbrev=False, **options)

    def read(self, argv: Sequence[str] | None) -> argparse.Namespace:
        """The arguments; CommandError (code 2) if one of them is unknown, missing or wrong."""
        arguments, unknown = self.parse_known_args(argv)
        if unknown:
            parser: Parser = getattr(arguments, "parser", self)
            parser.error(parser.unknown(unknown[0]))
        return arguments

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does, for which '-x**2' would be an option: a space in front makes it none."""
        if not self.formulas or args is None:
            return super().parse_known_args(args, namespace)
        found, unknown = super().parse_known_args([self.guarded(word) for word in args], namespace)
        late = [word for word in unknown if not word.startswith("-")]
        setattr(found, self.formulas, [*getattr(found, self.formulas), *late])
        return found, [word for word in unknown if word.startswith("-")]

    def guarded(self, word: str) -> str:
        """A word with a space in front if it begins with a minus, but is not meant as an option."""
        meant = (
            word.startswith("--") or word in self._option_string_actions or f"-{word}" in self._option_string_actions
        )
        return word if meant or not word.startswith("-") else f" {word}"

    def unknown(self, word: str) -> str:
        """What to say about a word that means nothing here."""
        if not word.startswith("-"):
            return f"{word!r} is one word too many"
        option = word.split("=")[0]
        near = get_close_matches(option, self._option_string_actions, n=1)
        return f"there is no option {option}" + (f"; did you mean {near[0]}?" if near else "")

    def error(self, message: str) -> NoReturn:
        choice = re.match(r"argument (\S+): invalid choice: '(.*)' \(choose from (.*)\)", message, flags=re.DOTALL)
        if choice:
            kind, word, choices = choice.groups()
            known = choices.replace("'", "").split(", ")
            near = get_close_matches(word, known, n=1)
            message = f"there is no {kind.lower()} {word!r}; " + (
                f"did you mean {near[0]!r}?" if near else f"choose from: {', '.join(known)}"
            )
        raise CommandError(f"{self.prog}: {message} (see {self.prog} --help)", code=2)


def for_expressions(
    commands: Any, name: str, help: str, description: str, examples: str, *, what: str, closing: str = ""
) -> Parser:
    """A new subcommand that reads an expression and its inputs, with what all of these say about expressions."""
    epilog = "\n".join(filter(None, [examples, EXPRESSIONS, closing and f"\n{closing}"]))
    parser: Parser = commands.add_parser(name, help=help, description=description, epilog=epilog, formulas="words")
    parser.add_argument("words", metavar="EXPRESSION NAME=NUMBER", nargs="*", help=what)
    return parser


def whole_number(at_least: int) -> Callable[[str], int]:
    """A reader of whole numbers that says what is wrong with another one."""

    def read(text: str) -> int:
        try:
            number = int(text.replace(",", "").replace("_", ""))
        except ValueError:
            number = at_least - 1
        if number < at_least:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least {at_least}")
        return number

    return read
