"""The mistake in an expression, with a caret under the exact place.

>>> raise ExpressionError("a + * b", 4, 5, "A number is missing before '*'.", "'*' stands between two.", "Write a * b.")
Traceback (most recent call last):
tinygrad_edu.cli.caret.ExpressionError: A number is missing before '*'.
    a + * b
        ^
  '*' stands between two.
  Write a * b.
"""

from __future__ import annotations

from ..errors import TinygradError
from ..writing.wording import clean, clip, width

COLUMNS = 72  # of the window through which a long expression is shown; with the indent it fits into 80


class ExpressionError(TinygradError, ValueError):
    """An expression that says nothing we can compute: what is wrong, where, why, and what to write.

    text         the expression
    start, end   the characters from start up to, not including, end are the mistake; an empty place is one column
    what         the headline; `what` of the exception is this line with the place below it
    """

    def __init__(self, text: str, start: int, end: int, what: str, why: str, write: str):
        self.headline, self.window, self.place = what, pointed(text, start, end), (start, end)
        super().__init__("\n    ".join([what, *self.window]), why, write)


def pointed(text: str, start: int, end: int, columns: int = COLUMNS) -> list[str]:
    """Two lines: the expression, or the part of it around the place, and carets under the place.

    >>> print("\\n".join(pointed("重み * sinn(x)", 5, 9)))
    重み * sinn(x)
           ^^^^
    >>> print("\\n".join(pointed("1 + " * 20 + "y", 80, 81, columns=21)))
    …+ 1 + 1 + 1 + 1 + y
                       ^
    """
    end = max(end, start + 1)
    first = max(0, start - columns)  # of a very long text only the neighbourhood is looked at
    shown = [written_out(c) for c in text[first : start + columns]]
    wide = [width(c) for c in shown]
    at = start - first
    left, right = at, at
    used = 0
    ahead = max(columns // 2, columns - 2 - sum(wide[at:]))
    while left > 0 and used + wide[left - 1] <= ahead:
        left -= 1
        used += wide[left]
    while right < len(shown) and used + wide[right] <= columns - 2:
        used += wide[right]
        right += 1
    before = "…" if first + left > 0 else ""
    after = "…" if first + right < len(text) else ""
    carets = max(1, sum(wide[at : min(right, end - first)]))
    line = before + "".join(shown[left:right]) + after
    return [line, " " * (len(before) + sum(wide[left:at])) + "^" * carets]


def written_out(c: str) -> str:
    """A character as a terminal can show it: what is invisible as its escape."""
    return "\\u200d" if c == "\u200d" else " " if c.isspace() else clean(c)


def quoted(text: str) -> str:
    """A word of the user's in a message: short, on one line, in quotation marks."""
    mark = '"' if "'" in text else "'"
    return mark + clip("".join(map(written_out, text[:200])), 28) + mark
