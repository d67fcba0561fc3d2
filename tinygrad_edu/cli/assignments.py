"""Numbers for the inputs of an expression, as they are typed behind it: a=2  x=[1,2,3]  w=[[1,2],[3,4]]  t=pi/4

>>> assignment("x=[1, 2]")
('x', array([1., 2.]))
>>> expression, inputs = sorted_out(["a*b", "a=2", "b=-3"], usage="explain EXPRESSION NAME=NUMBER ...")
>>> expression, inputs
('a*b', {'a': 2.0, 'b': -3.0})
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from keyword import iskeyword
from typing import Any
from unicodedata import normalize

from ..errors import TinygradError
from .caret import ExpressionError, quoted
from .expression import Expression, read
from .operations import OPERATIONS

LONGEST = 20_000  # characters of an array
MOST_NUMBERS = 1_000  # in all inputs together: what is checked is computed several times for each of them
NAMED = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)(.*)", re.DOTALL)


class InputError(TinygradError, ValueError):
    """Inputs that do not belong to the expression: missing, not used, given twice, or no input at all."""


def assignment(word: str) -> tuple[str, Any]:
    """The name and the number or array in 'name=number'.

    raises   ExpressionError if the right side is no number; InputError if the name cannot be one
    """
    match = NAMED.fullmatch(word)
    if match is None:
        raise InputError(
            f"{quoted(word)} gives no number to a name.", "An input is a name, an equals sign and a number or array.",
            "Write a=2 or x=[1,2,3], without spaces (or in quotation marks).",
        )  # fmt: skip
    name, text = normalize("NFKC", match[1]), match[2].strip()
    if name in OPERATIONS or iskeyword(name) or not match[1].isidentifier():
        raise InputError(
            f"{quoted(name)} cannot be the name of an input.",
            "It is an operation, or a word that means something else in an expression."
            if match[1].isidentifier() else "A name is made of letters, digits and underscores.",
            "Choose another name, such as x or w1.",
        )  # fmt: skip
    if not text:
        raise InputError(
            f"{quoted(name)} is given nothing.", "After the equals sign stands a number or an array.",
            f"Write {name}=2 or {name}=[1,2,3], without spaces.",
        )  # fmt: skip
    return name, number(text, name)


def number(text: str, name: str) -> Any:
    """The number or array that is written: any expression without inputs will do, such as -0.5, pi/4, [1/3, 2]."""
    try:
        value = read(text, [], LONGEST)()
    except ExpressionError as error:
        shown = ExpressionError(text, *error.place, f"{name}: {error.headline}", error.why, error.write)
        if re.search(r"is given no number", error.headline):
            shown.why = "The right side is a number or an array; it knows no other inputs."
            shown.write = f"Write {name}=2 or {name}=[1,2,3]."
        raise shown from None
    if hasattr(value, "size") and value.size == 0:
        raise InputError(
            f"{quoted(name)} is an empty array.", "It has no entries to differentiate by.", "Write x=[1,2]."
        )
    return value


def sorted_out(typed: Sequence[str], usage: str) -> tuple[str, dict[str, Any]]:
    """The expression and the inputs among the words that were typed, in whatever order.

    raises   InputError if there is no expression or more than one, if a name is given twice, or too many numbers
    """
    rest = [word.strip() for word in typed if not NAMED.fullmatch(word)]
    given = [word for word in typed if NAMED.fullmatch(word)]
    if len(rest) != 1:
        raise wrong_count(rest, given, usage)
    inputs: dict[str, Any] = {}
    for word in given:
        name, value = assignment(word)
        if name in inputs:
            raise InputError(f"{quoted(name)} is given twice.", "An input has one value.", "Remove one of them.")
        inputs[name] = value
    total = sum(getattr(value, "size", 1) for value in inputs.values())
    if total > MOST_NUMBERS:
        raise InputError(
            f"The inputs are {total:,} numbers.",
            f"Here they may be {MOST_NUMBERS:,}, so that an answer comes at once.",
            "Write it as a Python function, and call tg.explain or tg.gradcheck there.",
        )  # fmt: skip
    return rest[0], inputs


def wrong_count(rest: Sequence[str], given: Sequence[str], usage: str) -> InputError:
    """For no expression, and for one that the shell has cut into several words."""
    if option := next((word for word in rest[1:] if re.fullmatch(r"--?[A-Za-z][\w-]*", word)), None):
        return InputError(
            f"There is no option {quoted(option)}.",
            "What begins with a minus sign behind the expression is taken for one.",
            "--help lists the options; an expression of several words stands in quotation marks.",
        )
    if rest:
        whole = " ".join(rest)
        return InputError(
            f"There are {len(rest)} expressions: {', '.join(map(quoted, rest[:4]))}{', …' * (len(rest) > 4)}.",
            "The shell cuts what you type at every space, and * and ( mean something to it.",
            f'Put the expression in quotation marks: "{whole}". Inputs have no spaces around the equals sign: a=2.'
            if len(whole) < 60 else "Put the expression in quotation marks; inputs have no spaces: a=2.",
        )  # fmt: skip
    for word in given:
        right = word.partition("=")[2].strip()
        if not re.fullmatch(r"[-+0-9.eE\[\], ]*", right):
            return InputError(
                f"There is no expression, only {quoted(word)}.",
                "An expression is written without a name for its result.",
                f'Did you mean "{right}"?' if len(right) < 60 else "Write the right side alone.",
            )  # fmt: skip
    return InputError(
        "There is no expression.", "It is what is differentiated, in quotation marks; then come its inputs.",
        f"Write tinygrad-edu {usage}.",
    )  # fmt: skip


def check_used(expression: Expression, inputs: Mapping[str, Any]) -> None:
    """Raise for an input that the expression does not use: most likely one of the two is misspelt."""
    for name in inputs:
        if not expression.uses(name):
            raise InputError(
                f"The input {quoted(name)} is not used in {quoted(expression.text)}.",
                "An input without effect is most likely a misspelt one.", f"Remove {name}=…, or use it.",
            )  # fmt: skip


def chosen(names: Sequence[str], inputs: Mapping[str, Any], option: str) -> list[str]:
    """The inputs that an option names, separated by commas or given one by one; all of them if it names none."""
    picked = [normalize("NFKC", part.strip()) for name in names for part in name.split(",") if part.strip()]
    for name in picked:
        if name not in inputs:
            near = get_close_matches(name, inputs, n=1)
            raise InputError(
                f"{option} {quoted(name)}: there is no such input.",
                f"The inputs are: {', '.join(inputs) or 'none'}.",
                f"Did you mean {option} {near[0]}?" if near else f"Write one of them, or give {name[:20]} a number.",
            )  # fmt: skip
    return list(dict.fromkeys(picked)) or list(inputs)
