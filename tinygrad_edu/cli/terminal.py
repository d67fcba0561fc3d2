"""Talking to the person at the terminal: text every terminal can show, errors on one line, quiet progress.

>>> "∂L/∂w₁ ≈ −0.5".encode("ascii", errors="in plain ASCII")
b'dL/dw1 ~ -0.5'
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable
from typing import Any

ASCII = {
    "−": "-", "–": "-", "—": "-", "·": "*", "×": "x", "÷": "/", "∂": "d", "…": "...", "→": "->", "⇄": "<->", "≤": "<=",
    "≥": ">=", "≠": "!=", "≈": "~", "σ": "sigmoid", "Σ": "sum", "√": "sqrt", "½": "1/2", "²": "2", "³": "3",
    "│": "|", "├": "+", "└": "`", "─": "-", "═": "=", "⋮": ":", "✓": "ok", "✗": "x", "“": '"', "”": '"', "’": "'",
    **{chr(0x2080 + digit): str(digit) for digit in range(10)},
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


def progress(steps: Iterable[Any], what: str, total: int) -> Any:
    """The steps with a progress bar on the standard error; no bar where that is no terminal."""
    from tqdm import tqdm

    return tqdm(steps, desc=what, total=total, unit=" steps", disable=None, ncols=79, leave=False)


def _in_plain_ascii(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(ASCII.get(c, "?") for c in error.object[error.start : error.end]), error.end


codecs.register_error("in plain ASCII", _in_plain_ascii)
