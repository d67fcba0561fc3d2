"""Talking to the person at the terminal: text every terminal can show, errors on one line, quiet progress.

>>> "∂L/∂w₁ ≈ −0.5".encode("ascii", errors="in plain ASCII")
b'dL/dw1 ~ -0.5'
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable
from textwrap import wrap
from typing import Any
from unicodedata import decomposition, name, normalize

from ..errors import TinygradError

ASCII = {  # what one would type: no sign becomes a letter that could be taken for a variable
    "−": "-", "–": "-", "—": "-", "·": "*", "×": "*", "÷": "/", "∂": "d", "∇": "grad ", "…": "...", "→": "->",
    "⇄": "<->", "←": "<-", "↦": "|->", "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "±": "+-", "∞": "inf",
    "σ": "sigmoid", "Σ": "sum", "Π": "prod", "√": "sqrt ", "∛": "cbrt ", "′": "'", "″": "''", "‖": "||", "∘": "o",
    "⌈": "ceil(", "⌉": ")", "⌊": "floor(", "⌋": ")", "│": "|", "├": "+", "└": "`", "─": "-", "═": "=", "⋮": ":",
    "✓": "ok", "✗": "X", "“": '"', "”": '"', "’": "'",
}  # fmt: skip


class CommandError(Exception):
    """What a person can put right, in one line; the command ends with `code` (2: called wrongly, 1: went wrong)."""

    def __init__(self, message: str, code: int = 1):
        super().__init__(message)
        self.code = code


def speak_plainly() -> None:
    """From now on a character the terminal's encoding cannot say is printed in ASCII instead of raising."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="in plain ASCII")


def complain(text: str) -> None:
    """One line on the standard error."""
    print(" ".join(text.split()), file=sys.stderr, flush=True)


def explain_error(error: TinygradError, command: str) -> None:
    """The parts of an error on lines of their own, at most 80 columns wide; a place that is shown keeps its columns."""
    headline, *shown = error.what.split("\n")
    lines = wrap(f"{command}: {headline}", 80, break_on_hyphens=False, subsequent_indent="  ")
    lines += shown
    for part in (error.why, error.write):
        lines += wrap(part, 80, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    print("\n".join(lines), file=sys.stderr, flush=True)


def progress(steps: Iterable[Any], what: str, total: int) -> Any:
    """The steps with a progress bar on the standard error; no bar where that is no terminal."""
    from tqdm import tqdm

    return tqdm(steps, desc=what, total=total, unit=" steps", disable=None, ncols=79, leave=False)


def in_ascii(text: str) -> str:
    """The text in the characters every terminal has; '?' for what has no counterpart.

    >>> in_ascii("x⁻¹ = ½·θ₁ᵀ")
    'x^-1 = 1/2*theta1^T'
    """
    said, raised = "", False
    for c in text:
        decomposed = decomposition(c)
        above = decomposed.startswith("<super>")
        if c.isascii():
            said += c
        elif c in ASCII:
            said += ASCII[c]
        elif decomposed.startswith(("<super>", "<sub>", "<fraction>")):
            said += "^" * (above and not raised) + in_ascii(normalize("NFKD", c).replace("\u2044", "/"))
        elif name(c, "").startswith(("GREEK SMALL LETTER ", "GREEK CAPITAL LETTER ")) and " WITH " not in name(c):
            letter = name(c).split()[-1].replace("LAMDA", "LAMBDA")
            said += letter.lower() if c.islower() else letter.capitalize()
        else:
            said += "?"
        raised = above
    return said


def _in_plain_ascii(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return in_ascii(error.object[error.start : error.end]), error.end


codecs.register_error("in plain ASCII", _in_plain_ascii)
