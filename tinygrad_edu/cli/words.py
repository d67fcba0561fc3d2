"""The words of an expression, checked one after the other before Python's own parser sees them.

A parser can be made to fail by what is written: ten thousand brackets exhaust its stack, a number of a million digits
its time. Here nothing is nested, so nothing can; and where a word cannot follow the one before it, we know the place.

>>> [word.text for word in words("2*sin(x)")]
['2', '*', 'sin', '(', 'x', ')']
"""

from __future__ import annotations

import re
from keyword import iskeyword
from typing import NamedTuple

from . import hints
from .caret import ExpressionError, quoted

LONGEST = 2_000  # characters of an expression
DEEPEST = 40  # brackets inside one another
SIGNS = 20  # in a row: - - - x
POWERS = 100  # each one is a level for the parser, which reads a ** b ** c from the right

WORD = re.compile(
    r"(?P<space>\s+)|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|\.\.\.|[-+*/%@()\[\],:.<>=])|(?P<other>.)",
    re.DOTALL,
)
CLOSING = {"(": ")", "[": "]"}
BETWEEN = {"*", "/", "%", "@", "**", "//", "<", ">", "<=", ">=", "==", "!="}  # two operands; + and - may have one


class Word(NamedTuple):
    """A number, name or sign, and where it stands."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The place after its last character."""
        return self.start + len(self.text)


def words(text: str, longest: int = LONGEST) -> list[Word]:
    """The words of an expression; ExpressionError at the first one that cannot stand where it does."""
    if len(text) > longest:
        raise ExpressionError(
            text, longest, longest + 1, f"The expression has {len(text):,} characters.",
            f"It may have {longest:,}: what is longer cannot be read with understanding.",
            "Write it as a Python function, and call tg.explain or tg.gradcheck there.",
        )  # fmt: skip
    found: list[Word] = []
    for match in WORD.finditer(text):
        word = Word(match.lastgroup or "", match[0], match.start())
        if word.kind != "space":
            check_word(text, word)
            found.append(word)
    check_order(text, found)
    return found


def check_word(text: str, word: Word) -> None:
    """Raise if the word can stand nowhere in an expression."""
    if word.kind == "number":
        if float(word.text) in (float("inf"), float("-inf")):
            raise ExpressionError(
                text, word.start, word.end, f"The number {quoted(word.text)} is too large.",
                "Numbers are 64-bit floating-point numbers, which end at about 1.8e308.", "Write a smaller one.",
            )  # fmt: skip
        if re.match("0[0-9]", word.text):
            raise ExpressionError(
                text, word.start, word.end, f"The number {quoted(word.text)} begins with 0.",
                "In some languages that means a number to base 8, so it is better not written.",
                f"Write {word.text.lstrip('0') or '0'}.",
            )  # fmt: skip
    elif word.kind == "other" or (word.kind == "name" and not word.text.isidentifier()):
        at = next((i for i, c in enumerate(word.text) if not f"x{c}".isidentifier()), 0)
        raise hints.character(text, word.start + at, word.text[:at])
    elif iskeyword(word.text) and word.text not in ("True", "False", "None"):
        raise hints.keyword(text, word.start, word.text)


def check_order(text: str, found: list[Word]) -> None:
    """Raise at the first word that cannot follow those before it. An operand is what can stand between two signs."""
    open_: list[Word] = []
    complete = False  # whether an operand has just ended
    before = Word("", "", 0)
    run = powers = 0
    for k, word in enumerate(found):
        sign = word.text if word.kind == "sign" else ""
        run = run + 1 if sign in ("+", "-") and not complete else 0
        powers += sign == "**"
        if run > SIGNS or powers > POWERS or len(open_) > DEEPEST:
            raise too_deep(text, word)
        if sign in CLOSING:
            if complete and before.kind != "name" and not (sign == "[" and before.text in CLOSING.values()):
                raise hints.adjacent(text, before.text, before.start, word.text, word.start)
            open_.append(word._replace(kind="behind") if complete else word)  # a call or an index, or else a group
            complete = False
        elif sign in CLOSING.values():
            check_closing(text, word, open_.pop() if open_ else None)
            if not complete and before.text not in ("(", ",", ":"):
                raise missing(text, word)
            complete = True
        elif not sign or sign == "...":
            if complete:
                raise hints.adjacent(text, before.text, before.start, word.text, word.start)
            complete = True
        elif sign == ".":
            raise hints.attribute(text, before.text, word.start, found[k + 1].text if k + 1 < len(found) else "")
        elif sign in (",", ":", "="):
            check_separator(text, word, open_, found[max(0, k - 2) : k], complete)
            complete = False
        elif not complete and sign in BETWEEN:
            raise missing(text, word)
        else:
            complete = False
        before = word
    if open_:
        raise unclosed(text, open_[-1])
    if not complete:
        raise missing(text, None)


def check_closing(text: str, word: Word, opened: Word | None) -> None:
    """Raise if the bracket closes none, or another kind."""
    if opened is None:
        raise ExpressionError(
            text, word.start, word.end, f"This {quoted(word.text)} closes nothing.",
            "Every bracket that closes needs one that opens before it.", "Remove it, or open one.",
        )  # fmt: skip
    if CLOSING[opened.text] != word.text:
        raise ExpressionError(
            text, word.start, word.end,
            f"This {quoted(word.text)} cannot close the {quoted(opened.text)} at column {opened.start + 1}.",
            "Brackets close in the order in which they were opened, the last one first.",
            f"Did you mean {CLOSING[opened.text]!r}?",
        )  # fmt: skip


def check_separator(text: str, word: Word, open_: list[Word], before: list[Word], complete: bool) -> None:
    """Raise if a comma, a colon or an equals sign has nothing to separate here."""
    inside = open_[-1].text if open_ else ""
    if word.text == "=":
        names_a_setting = len(before) == 2 and before[1].kind == "name" and before[0].text in ("(", ",")
        if inside != "(" or open_[-1].kind != "behind" or not names_a_setting:
            raise hints.equals(text, word.start, before[-1].text if before else "")
    elif not inside or (word.text == ":" and (inside != "[" or open_[-1].kind != "behind")):
        raise hints.separator(text, word.start, word.text, before[-1].kind if before else "")
    elif word.text == "," and not complete and (not before or before[-1].text != ":"):
        raise missing(text, word)


def missing(text: str, word: Word | None) -> ExpressionError:
    """For two signs with nothing between them, and for an expression that ends too early."""
    if not text.strip():
        return ExpressionError(
            text, 0, 0, "The expression is empty.", "There is nothing to differentiate.", 'Write one, such as "x**2".'
        )
    place = (word.start, word.end) if word else (len(text.rstrip()), 0)
    return ExpressionError(
        text, *place, f"Something is missing before {quoted(word.text)}." if word else "The expression ends too early.",
        "A sign of arithmetic stands between two numbers, names or brackets.", "Write what belongs there, such as x.",
    )  # fmt: skip


def unclosed(text: str, word: Word) -> ExpressionError:
    """For a bracket that is never closed."""
    return ExpressionError(
        text, word.start, word.end, f"This {quoted(word.text)} is never closed.",
        "Every bracket that opens needs one that closes.", f"Write {CLOSING[word.text]!r} where it ends.",
    )  # fmt: skip


def too_deep(text: str, word: Word) -> ExpressionError:
    """For more brackets, signs or powers inside one another than anybody can follow."""
    return ExpressionError(
        text, word.start, word.end, "The expression is nested too deeply.",
        f"At most {DEEPEST} brackets may stand inside one another, {SIGNS} signs in a row, {POWERS} powers in all.",
        "Simplify it, or write it as a Python function with a name for each step.",
    )  # fmt: skip
