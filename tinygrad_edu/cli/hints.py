"""What was meant by a word that means nothing here: 2x, x^2, sin x, ln(x), np.exp(x), x = 3.

>>> raise equals("y = x", 2, "y")
Traceback (most recent call last):
tinygrad_edu.cli.caret.ExpressionError: An expression has no '='.
    y = x
      ^
  It says how one result is computed; numbers are given to names after it, in words of their own.
  Did you mean '=='? Or write the right side alone: 'x'.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from .caret import ExpressionError, quoted, written_out
from .operations import OPERATIONS, TAKEN_OUT

ELSEWHERE = {  # what other books, calculators and libraries call it
    "ln": "log", "lg": "log10", "tg": "tan", "arctg": "arctan", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "sh": "sinh", "ch": "cosh",
    "th": "tanh", "sgn": "sign", "fabs": "abs", "pow": "power", "sqr": "square", "root": "sqrt", "swish": "silu",
    "logistic": "sigmoid", "expit": "sigmoid", "σ": "sigmoid", "avg": "mean", "average": "mean", "fmax": "maximum",
    "fmin": "minimum", "mm": "matmul", "inverse": "inv", "amax": "max", "amin": "min", "T": "transpose",
}  # fmt: skip
BY_OTHERS = {
    "cot": "1/tan(x)",
    "sec": "1/cos(x)",
    "csc": "1/sin(x)",
    "cosec": "1/sin(x)",
    "float": "x",
    "int": "trunc(x)",
}
LIBRARIES = {"np", "numpy", "math", "tg", "torch", "jnp", "tf", "F"}
SIGNS_MEANT = {
    "−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "√": "sqrt(x)",
    "²": "x**2", "³": "x**3", "⁴": "x**4", "½": "0.5", "¼": "0.25", "≤": "<=", "≥": ">=", "≠": "!=",
    "∑": "sum(x)", "Σ": "sum(x)", "∞": "a finite number",
    "π": "pi", "|": "abs(x)", "^": "**", "&": "a product of comparisons: (x > 0) * (x < 1)", "{": "(", "}": ")",
}  # fmt: skip
REASONS = {
    "'": "Text in quotation marks is no number, and an expression works on numbers alone.",
    "#": "An expression has no comments.",
    "^": "A power is written with two stars; ^ is something else in Python.",
    "!": "There is no factorial: it has no derivative.",
    ";": "An expression is a single one: it has no statements.",
    "\\": "LaTeX is what comes out, not what goes in.",
    "$": "LaTeX is what comes out, not what goes in.",
}
REASONS['"'] = REASONS["'"]
KEYWORDS = {
    "if": "Did you mean where(condition, a, b)?", "else": "Did you mean where(condition, a, b)?",
    "and": "Did you mean a product of comparisons: (x > 0) * (x < 1)?",
    "or": "Did you mean maximum(x > 0, x < -1)?", "not": "Did you mean 1 - (x > 0)?",
    "for": "Work on the whole array at once: sum(x**2).",
    "lambda": "Write the formula alone: its names are its inputs. Call an input 'l' or 'lam' instead of 'lambda'.",
}  # fmt: skip


def character(text: str, start: int, before: str) -> ExpressionError:
    """For a character that no expression has; `before` is the name it follows."""
    c = text[start]
    meant = SIGNS_MEANT.get(c, "")
    if before and meant.startswith("x"):
        meant = before + meant[1:]
    write = f"Did you mean {meant}?" if meant else "Remove it."
    if c == "^":
        write = "Did you mean **? For example x**2."
    elif c == "|":
        inner = text[start + 1 :].split("|")[0].strip()
        write = f"Did you mean abs({inner})?" if "|" in text[start + 1 :] else "Did you mean abs(x)?"
    why = REASONS.get(c, "An expression is made of numbers, names, brackets and the signs + - * / ** % // @.")
    return ExpressionError(text, start, start + 1, f"The character {quoted(c)} has no meaning here.", why, write)


def keyword(text: str, start: int, word: str) -> ExpressionError:
    """For a word of Python that begins something other than an expression of ours."""
    return ExpressionError(
        text, start, start + len(word), f"{quoted(word)} is a word of Python, but not of these expressions.",
        "They have numbers, inputs, arithmetic and operations: nothing that repeats, chooses or defines.",
        KEYWORDS.get(word, "Write a formula, such as tanh(a*b + c)."),
    )  # fmt: skip


def adjacent(text: str, left: str, left_start: int, right: str, start: int) -> ExpressionError:
    """For two things side by side with no sign between them: 2x, sin x, (a)(b)."""
    follows = right if right[0] not in "([" else right + "…" + ")]"["([".index(right[0])]
    comes = left if left not in (")", "]") else {")": "(…)", "]": "[…]"}[left]
    why = "Multiplication is written out, with a star."
    if left in OPERATIONS or left in ELSEWHERE:
        write = f"Did you mean {ELSEWHERE.get(left, left)}({follows.strip('(')})?"
        why = "What an operation works on stands in round brackets."
    elif right[0] in "0123456789." and left.isidentifier():
        write = f"Did you mean {comes}*{follows} or {comes}**{follows}?"
    elif left[-1].isdigit() and right[0] == "_":
        write, why = f"Did you mean {left}{right.replace('_', '')}?", "Digits are not grouped."
    elif left == "0" and right[0] in "xXbBoO" and right[1:2].isalnum():
        write, why = "Write it to base 10.", "Numbers are decimal."
    elif left[-1].isdigit() and right in ("j", "J", "i"):
        write, why = f"Did you mean {left}*{right}?", "Multiplication is written out; there are no complex numbers."
    else:
        write = f"Did you mean {comes}*{follows}?"
    end = start + len(right)
    return ExpressionError(
        text, start, end, f"A sign is missing between {quoted(left)} and {quoted(right)}.", why, write
    )


def attribute(text: str, owner: str, start: int, name: str) -> ExpressionError:
    """For x.T, x.sum(), np.exp(x)."""
    end = max(start + 1, text.find(name, start) + len(name)) if name and name in text[start:] else start + 1
    name = ELSEWHERE.get(name, name)
    why = "A point stands only inside numbers: nothing here has attributes or methods."
    if owner in LIBRARIES:
        write = (
            f"Did you mean {name}(…), without {owner!r}?" if name in OPERATIONS else "Write the operation's name alone."
        )
    elif name in OPERATIONS:
        write = f"Did you mean {name}({owner if owner.isidentifier() else '…'})?"
    else:
        write = "Write an operation with brackets, such as sum(x), or a number, such as 0.5."
    return ExpressionError(text, start, end, "An expression has no attributes.", why, write)


def equals(text: str, start: int, name: str) -> ExpressionError:
    """For y = x**2, and for x=3 inside the quotation marks."""
    right = text[start + 1 :].strip()
    write = f"Did you mean '=='? Or write the right side alone: {quoted(right)}." if right else "Remove it."
    return ExpressionError(
        text, start, start + 1, "An expression has no '='.",
        "It says how one result is computed; numbers are given to names after it, in words of their own.", write,
    )  # fmt: skip


def separator(text: str, start: int, sign: str, before: str) -> ExpressionError:
    """For a comma or a colon outside of brackets."""
    if sign == ",":
        decimal = before == "number" and text[start + 1 : start + 2].isdigit()
        write = "Did you mean a decimal point: 3.5?" if decimal else "Write [a, b] to make an array of them."
        why = "A comma stands between the inputs of an operation, or the entries of an array."
    else:
        why, write = "A colon stands only in an index, such as x[1:3].", "Remove it."
    return ExpressionError(text, start, start + 1, f"The {quoted(sign)} separates nothing here.", why, write)


def unknown_operation(text: str, start: int, end: int, name: str, inputs: Iterable[str]) -> ExpressionError:
    """For a call of something that is no operation."""
    what = f"There is no operation named {quoted(name)}."
    why = "Only the operations of tinygrad_edu can be called."
    near = get_close_matches(name, OPERATIONS, n=1)
    if name in inputs:
        what, why = f"{quoted(name)} is an input, not an operation.", "Multiplication is written out, with a star."
        write = f"Did you mean {name}*(…)?"
    elif name in TAKEN_OUT:
        what, why = f"The operation {quoted(name)} cannot be used in an expression.", TAKEN_OUT[name]
        write = "Use it in Python: import tinygrad_edu as tg."
    elif name in ELSEWHERE:
        write = f"Did you mean {ELSEWHERE[name]}?"
    elif name in BY_OTHERS:
        write = f"Did you mean {BY_OTHERS[name]}?"
    else:
        write = f"Did you mean {near[0]}?" if near else "Write one of them, such as tanh(x), log(x) or sum(x)."
    return ExpressionError(text, start, end, what, why, write)


def unknown_name(
    text: str, start: int, end: int, name: str, inputs: Iterable[str], missing: Iterable[str] = ()
) -> ExpressionError:
    """For a name that is given no number: a forgotten input, a misspelt one, or something run together like sinx.

    missing   all such names in the expression
    """
    inputs, missing = [*inputs], [*missing][:8]
    if name in OPERATIONS or name in ELSEWHERE:
        right = ELSEWHERE.get(name, name)
        return ExpressionError(
            text, start, end, f"{quoted(name)} is an operation, and here it is given nothing to work on.",
            "What an operation works on stands in round brackets.", f"Write {right}({inputs[0] if inputs else 'x'}).",
        )  # fmt: skip
    meant = run_together(name, inputs)
    near = get_close_matches(name, inputs, n=1)
    write = f"Give it one: {written_out_name(name)}=1.5" + (f". Or did you mean {near[0]}?" if near else "")
    if name in SIGNS_MEANT:
        write = f"Did you mean {SIGNS_MEANT[name]}?"
    elif meant:
        write = f"Did you mean {meant}? If it is an input, give it a number: {written_out_name(name)}=1.5"
    elif len(missing) > 1:
        write = f"Give numbers to all of them: {' '.join(f'{written_out_name(other)}=1.5' for other in missing)}"
    if name.lower() in ("inf", "infinity", "nan"):
        write = "Write a finite number."
    return ExpressionError(
        text, start, end, f"{quoted(name)} is given no number.",
        "The names in an expression are its inputs (and pi and e): each needs a number or an array.", write,
    )  # fmt: skip


def run_together(name: str, inputs: list[str]) -> str:
    """What is meant when a star or brackets were left out: 'sin(x)' for sinx, 'a*b' for ab, 'x*2 or x**2' for x2."""
    for k in range(len(name) - 1, 0, -1):
        left, right = name[:k], name[k:]
        known = right in inputs or right.isdigit()
        if known and (left in OPERATIONS or left in ELSEWHERE):
            return f"{ELSEWHERE.get(left, left)}({right})"
        if left in inputs and right in inputs:
            return f"{left}*{right}"
        if left in inputs and right.isdigit():
            return f"{left}*{right} or {left}**{right}"
    return ""


def written_out_name(name: str) -> str:
    """A name as it can be typed; a very long one is shortened."""
    return "".join(map(written_out, name[:20]))
