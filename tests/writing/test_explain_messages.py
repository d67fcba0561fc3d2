"""What explain says when there is nothing to explain, word by word."""

from __future__ import annotations

import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError, ShapeError
from tinygrad_edu.writing.explain import explain

MEMORY = "Only a Value remembers how it was computed, and that is what there is to explain."
NOTHING = "It was given as a number, or computed inside no_grad(), or detached: then nothing is remembered."
OUTSIDE = "Explain a result that was computed from it, outside no_grad()."
PLAIN = "The explanation leads from y back to Values; a plain number has no place in the record."
PASS = "Pass the Value that y was computed from, a list of such Values, or nothing for all that have a name."
NO_PATH = "What does not influence y has the derivative 0."
AGAIN = "Compute y again from this very Value, or pass one that y was computed from."


def silent():
    with tg.no_grad():
        return Value(2.0, "a") * 3.0


def product():
    return Value(2.0, "a") * 3.0


ROWS = [
    (
        "a number",
        lambda: explain(2.0),
        DataError,
        "explain needs a Value as its first argument, not a float.",
        MEMORY,
        "Write x = tg.Value(...), then compute y from x.",
    ),
    (
        "a function",
        lambda: explain(abs, product()),
        DataError,
        "explain needs a Value as its first argument, not a builtin_function_or_method.",
        MEMORY,
        "Call it first: tg.explain(f(x), x).",
    ),
    (
        "an array",
        lambda: explain(Value([1.0, 2.0]) * 2.0),
        ShapeError,
        "explain needs one number to differentiate; this result has shape (2,).",
        "A gradient is the slope of one number; several numbers have one each.",
        "Write tg.explain(y.sum(), x), or choose an entry: tg.explain(y[...], x).",
    ),
    (
        "an input",
        lambda: explain(Value(2.0, "a")),
        DataError,
        "There is nothing to explain: 'a' was not computed from anything.",
        NOTHING,
        OUTSIDE,
    ),
    (
        "silence",
        lambda: explain(silent()),
        DataError,
        "There is nothing to explain: a value (6) was not computed from anything.",
        NOTHING,
        OUTSIDE,
    ),
    ("x is a number", lambda: explain(product(), 2.0), DataError, "explain(y, x): x is a float.", PLAIN, PASS),
    ("x is a name", lambda: explain(product(), "a"), DataError, "explain(y, x): x is a str.", PLAIN, PASS),
    ("one of x is none", lambda: explain(product(), [None]), DataError, "explain(y, x): x is None.", PLAIN, PASS),
    ("no x", lambda: explain(product(), []), DataError, "explain(y, x): x is empty.", PLAIN, PASS),
    (
        "no path",
        lambda: explain(product(), Value(1.0, "b")),
        DataError,
        "y was not computed from 'b', so there is no path to explain.",
        NO_PATH,
        AGAIN,
    ),
    (
        "no path for one of two",
        lambda: (lambda a: explain(a * 2.0, [a, Value([1.0, 2.0])]))(Value(1.0)),
        DataError,
        "y was not computed from a value of shape (2,), so there is no path to explain.",
        NO_PATH,
        AGAIN,
    ),
    (
        "another one of that name",
        lambda: explain(product(), Value(1.0, "a")),
        DataError,
        "y was not computed from 'a', so there is no path to explain.",
        "Another value with the name 'a' is in the record: this one is newer, or a copy.",
        AGAIN,
    ),
    (
        "depth",
        lambda: explain(product(), depth=0),
        DataError,
        "explain: depth is 0.",
        "It is a whole number, at least 1.",
        "Write 1, or leave it away.",
    ),
    (
        "names",
        lambda: explain(product(), names=["a"]),
        DataError,
        "explain: names is a list.",
        "Names come from a network, which knows the paths to its parameters, or from a dictionary.",
        'Write names=net, names=locals(), or names={"w": w}.',
    ),
    (
        "lines",
        lambda: explain(product(), max_lines=2.5),
        DataError,
        "explain: max_lines is 2.5.",
        "It is a whole number, at least 16.",
        "Write 16, or leave it away.",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_cannot_be_explained_says_why(row):
    _, mistake, kind, what, why, write = row
    with pytest.raises(kind) as caught:
        mistake()
    assert str(caught.value) == f"{what}\n  {why}\n  {write}"
