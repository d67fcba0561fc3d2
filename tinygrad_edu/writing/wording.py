"""How pictures word things: numbers rounded sensibly, any text as harmless text, operations as in a textbook.

>>> number(-0.9520458), number(2.0), number(123456789.0)
('-0.952', '2', '1.235e8')
>>> clean("two\\nlines")
'two\\\\nlines'
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any
from unicodedata import combining, east_asian_width

import numpy as np

from ..ops.op import Op

NOT_COMPUTED = "not computed"  # a gradient nobody has asked for yet; a gradient of 0 is a number
LONGEST = 28  # columns of a name in a picture

SYMBOLS = {  # with the names of the inputs where a sign alone would not say which is which
    "add": "+", "subtract": "a − b", "multiply": "×", "divide": "a ÷ b", "power": "a ^ b", "negative": "−x",
    "absolute": "|x|", "reciprocal": "1 ÷ x", "square": "x²", "sqrt": "√x", "cbrt": "∛x", "floor": "⌊x⌋",
    "ceil": "⌈x⌉", "exp": "eˣ", "exp2": "2ˣ", "expm1": "eˣ − 1", "log": "ln x", "log1p": "ln(1 + x)",
    "log2": "log₂ x", "log10": "log₁₀ x", "sigmoid": "σ", "sum": "Σ", "prod": "Π", "mod": "a mod b",
    "floor_divide": "⌊a ÷ b⌋", "matmul": "a @ b", "transpose": "xᵀ", "inv": "x⁻¹", "norm": "‖x‖", "sum_to": "Σ",
}  # fmt: skip

UNORDERED = {"add", "multiply", "maximum", "minimum", "hypot", "logaddexp"}  # a ∘ b = b ∘ a


def number(x: float) -> str:
    """Four significant digits, without zeros that say nothing."""
    mantissa, _, exponent = f"{float(x) + 0.0:.4g}".partition("e")  # + 0.0 because "-0" puzzles more than it tells
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def numbers(x: Any) -> str:
    """A number, or what an array ranges over: 'low … high'; entries that are no finite number are counted.

    >>> numbers(np.array([1.0, 3.0, np.nan])), numbers(np.ones(3)), numbers(0.5)
    ('1 … 3, 1 not finite', 'all 1', '0.5')
    """
    if np.ndim(x) == 0:
        return number(x)
    x = np.asarray(x)
    finite = x if x.dtype.kind != "f" else x[np.isfinite(x)]
    bad = f", {x.size - finite.size} not finite" if finite.size < x.size else ""
    if finite.size == 0:
        return "empty" if x.size == 0 else f"{x.size} not finite"
    low, high = number(finite.min()), number(finite.max())
    return (f"all {low}" if low == high else f"{low} … {high}") + bad


def entries(x: Any) -> str:
    """As in running text: a number or up to four entries with a true minus sign, of larger arrays the range.

    >>> entries(-0.5), entries(65536.0), entries(np.array([1.0, -2.0])), entries(np.arange(9.0))
    ('−0.5', '65536', '[1, −2]', '0 … 8')
    """
    if np.ndim(x) == 0:
        return minus(f"{x:.0f}" if x == x // 1 and 1e4 <= abs(x) < 1e6 else number(x))
    if np.ndim(x) == 1 and np.size(x) <= 4:
        return f"[{', '.join(map(entries, np.asarray(x)))}]"
    return minus(numbers(x))


def minus(text: str) -> str:
    """The text with every hyphen as a minus sign."""
    return text.replace("-", "−")


def count(n: int, thing: str) -> str:
    """So many of a thing, in words.

    >>> count(1, "step"), count(50_000, "step")
    ('1 step', '50,000 steps')
    """
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def kind(x: Any) -> str:
    """'' for a number, shape and precision of an array.

    >>> kind(2.0), kind(np.zeros((3, 2))), kind(np.zeros(3, np.float32))
    ('', '(3, 2)', '(3,) float32')
    """
    if np.ndim(x) == 0:
        return ""
    dtype = np.asarray(x).dtype
    return f"{np.shape(x)}" + ("" if dtype == np.float64 else f" {dtype}")


def operation(op: Op) -> str:
    """The operation's sign or name, with the settings that were chosen: 'Σ axis=0'."""
    if op.name == "getitem":
        return clip(f"x{chosen(op)}", LONGEST)
    return clip(f"{SYMBOLS.get(op.name, op.name)} {chosen(op, between=' ')}".strip(), LONGEST)


def chosen(op: Op, between: str = ", ") -> str:
    """The settings that differ from the defaults, as they would be written: 'axis=0, keepdims=True', '[1:]'.

    >>> from tinygrad_edu.ops.reductions import sum
    >>> chosen(sum), chosen(sum.bind(axis=0))
    ('', 'axis=0')
    """
    if op.name == "getitem":
        return f"[{_setting(op.settings['index']).strip('[]')}]"
    if op is op.base:
        return ""
    changed = {name: value for name, value in op.settings.items() if not _same(value, op.base.settings[name])}
    return between.join(f"{name}={_setting(value)}" for name, value in changed.items())


def places(op: Op, count: int) -> tuple[str, ...]:
    """What each input of an operation is called, where it matters which is which; else ()."""
    if count < 2 or op.name in UNORDERED:
        return ()
    return tuple(op.inputs) if len(op.inputs) == count else tuple(str(i) for i in range(1, count + 1))


def clean(text: object) -> str:
    """The text on one line, with everything invisible or not allowed in a file written out: '\\\\n', '\\\\x00'."""
    text = str(text)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\u200d" else c.encode("unicode_escape").decode() for c in text)


def clip(text: str, columns: int) -> str:
    """The text, or its beginning and its end around '…' when it takes more than `columns`.

    >>> clip("a name of some length", 11), clip("short", 11)
    ('a nam…ength', 'short')
    """
    text = text[: 4 * columns] + "…" + text[-4 * columns :] if len(text) > 9 * columns else text  # 10 kB stay cheap
    if width(text) <= columns:
        return text
    ahead, behind = (columns - 1) // 2 + (columns - 1) % 2, (columns - 1) // 2
    first = sum(w <= ahead for w in accumulate(map(width, text)))
    last = sum(w <= behind for w in accumulate(map(width, reversed(text))))
    return text[:first] + "…" + text[len(text) - last :]


def width(text: str) -> int:
    """The columns a text takes in a terminal: ideographs and emoji take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """The text with spaces after it, up to so many columns."""
    return text + " " * (columns - width(text))


def _same(a: Any, b: Any) -> bool:
    return a is b or (type(a) is type(b) and isinstance(a, (int, float, str, bool, tuple)) and repr(a) == repr(b))


def _setting(value: Any) -> str:
    """A setting in a few characters: a slice as it is written, an array by its shape."""
    if isinstance(value, slice):
        parts = ["" if part is None else str(part) for part in (value.start, value.stop, value.step)]
        return ":".join(parts[:2] if value.step is None else parts)
    if isinstance(value, np.ndarray):
        return f"array {value.shape}"
    if isinstance(value, tuple) and any(isinstance(part, (slice, np.ndarray)) for part in value):
        return f"[{', '.join(map(_setting, value))}]"
    if callable(value):
        return clean(getattr(value, "__name__", "function"))
    return "…" if value is ... else clean(repr(value))
