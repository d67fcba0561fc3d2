"""What the transforms say when they are called in a way that has no answer, word by word."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import DataError, ShapeError

ONE_NUMBER = (
    "A gradient is the slope of one number; several numbers have one gradient each: a Jacobian.",
    "Return y.sum() or y.mean(), or write tg.jacobian(f) for all the slopes.",
)
ARGNUMS = "argnums counts the arguments to differentiate by, from 0."
SHAPES = "Every number starts with a number of its own, so both need the same shapes."
BUILT = "Every number starts with a number of its own, so both need the same nesting, lengths and keys."
LIKE_Y, DIRECTIONS = "Write a g that looks like the result y.", "Write one direction per argument."


def product(a, b):
    return a * b


ROWS = [
    (
        "an array",
        lambda: tg.grad(lambda x: x * 2)(np.ones((2, 3))),
        ShapeError,
        "grad needs a function that returns one number; this one returned shape (2, 3).",
        *ONE_NUMBER,
    ),
    (
        "one number in an array",
        lambda: tg.value_and_grad(lambda x: x * 2)(Value([1.0])),
        ShapeError,
        "grad needs a function that returns one number; this one returned shape (1,).",
        *ONE_NUMBER,
    ),
    (
        "a tuple",
        lambda: tg.grad(lambda x: (x, x))(2.0),
        ShapeError,
        "grad needs a function that returns one number; this one returned a tuple.",
        *ONE_NUMBER,
    ),
    (
        "nothing",
        lambda: tg.grad(lambda x: None)(2.0),
        ShapeError,
        "grad needs a function that returns one number; this one returned a NoneType.",
        *ONE_NUMBER,
    ),
    (
        "a checked array",
        lambda: tg.check_formula(lambda x: x * 2, {"x": [1.0, 2.0]}, {"x": [2.0, 2.0]}),
        ShapeError,
        "grad needs a function that returns one number; this one returned shape (2,).",
        *ONE_NUMBER,
    ),
    (
        "argnums too large",
        lambda: tg.grad(product, 2)(1.0, 2.0),
        DataError,
        "argnums=2, but the function was called with 2 positional arguments.",
        ARGNUMS,
        "Write argnums=1 for the last one, and pass it by position.",
    ),
    (
        "argnums too small",
        lambda: tg.jacobian(product, (0, -3))(1.0, 2.0),
        DataError,
        "argnums=(0, -3), but the function was called with 2 positional arguments.",
        ARGNUMS,
        "Write argnums=1 for the last one, and pass it by position.",
    ),
    (
        "an argument by keyword",
        lambda: tg.grad(lambda x: x * x)(x=3.0),
        DataError,
        "argnums=0, but the function was called with 0 positional arguments.",
        ARGNUMS,
        "Write argnums=0 for the last one, and pass it by position.",
    ),
    (
        "a name as argnums",
        lambda: tg.grad(product, "a")(1.0, 2.0),
        DataError,
        "argnums='a' is neither a whole number nor a tuple of them.",
        "It counts the arguments to differentiate by, from 0; a tuple gives a tuple of gradients.",
        "Write argnums=0, or argnums=(0, 1).",
    ),
    (
        "an argument named twice",
        lambda: tg.grad(product, (0, -2))(1.0, 2.0),
        DataError,
        "argnums=(0, -2) names an argument twice.",
        "One of the two gradients would have to be empty.",
        "Name each argument once.",
    ),
    (
        "pull of another shape",
        lambda: tg.vjp(lambda x: x * 2, np.ones(3))[1](1.0),
        ShapeError,
        "pull(g): g has the shapes [()], the function's result [(3,)].",
        SHAPES,
        LIKE_Y,
    ),
    (
        "pull built otherwise",
        lambda: tg.vjp(lambda x: (x, (x, x)), 1.0)[1](((1.0, 2.0), 3.0)),
        ShapeError,
        "pull(g): g is built differently from the function's result.",
        BUILT,
        LIKE_Y,
    ),
    (
        "jvp of another shape",
        lambda: tg.jvp(lambda x: x * 2, np.ones(3), 1.0),
        ShapeError,
        "jvp(f, xs, dxs): the direction has the shapes [()], the arguments [(3,)].",
        SHAPES,
        DIRECTIONS,
    ),
    (
        "jvp with one direction for two arguments",
        lambda: tg.jvp(product, (1.0, 2.0), 1.0),
        ShapeError,
        "jvp(f, xs, dxs): the direction is built differently from the arguments.",
        BUILT,
        DIRECTIONS,
    ),
    (
        "hvp of other keys",
        lambda: tg.hvp(lambda p: p["a"] ** 2, {"a": 1.0}, {"b": 1.0}),
        ShapeError,
        "hvp(f, xs, vs): the direction is built differently from the arguments.",
        BUILT,
        DIRECTIONS,
    ),
]


@pytest.mark.parametrize(("program", "kind", "what", "why", "write"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_the_message_says_what_happened_why_and_what_to_write(program, kind, what, why, write):
    with pytest.raises(kind) as error:
        program()
    assert type(error.value) is kind
    assert str(error.value) == f"{what}\n  {why}\n  {write}"


def test_a_direction_that_is_no_number_says_so():
    with pytest.raises(DataError, match="'a' .str. is no real number"):
        tg.jvp(lambda x: x, 1.0, "a")
    with pytest.raises(DataError, match="'a' .str. is no real number"):
        tg.vjp(lambda x: x, 1.0)[1]("a")


@pytest.mark.parametrize("ask", [lambda y: tg.grad(y)(1.0), lambda y: tg.value_and_grad(y)(1.0), tg.gradcheck])
def test_a_result_is_no_function(ask):
    x = tg.Value(3.0)
    with pytest.raises(DataError, match="which is no function") as error:
        ask(x * x)
    assert "y.backward()" in error.value.write


def test_a_list_of_numbers_where_an_array_is_meant_is_said():
    with pytest.raises(DataError, match="was given a list of 2 numbers") as error:
        tg.grad(lambda x: x * 2.0)([1.0, 2.0])
    assert error.value.write == "Pass an array: np.array([1.0, 2.0])."
    assert tg.grad(lambda x: x[0] * 2.0)([1.0, 2.0]) == [2.0, 0.0]
    with pytest.raises(TypeError, match="NoneType"):
        tg.grad(lambda x: x + None)(1.0)  # another mistake keeps its own message
