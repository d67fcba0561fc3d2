"""What primitives say about their inputs, settings and derivatives, word by word."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import AxisError, DataError, DerivativeError, ShapeError

pytestmark = pytest.mark.usefixtures("own_primitives")


def scaled(*decorations, **derivatives):
    @tg.op(*decorations, **derivatives)
    def scaled(x, k, *, shift=0.0):
        """k · x + shift"""
        return k * x + shift

    return scaled


def added(rule):
    @tg.op(xs=rule)
    def added(*xs, scale=1.0):
        """scale · (x₁ + x₂ + …)"""
        return scale * sum(xs)

    return added


def without_parentheses():
    @tg.op
    def cubed(x):
        """x³"""
        return x**3


def with_a_default():
    @tg.op(x=lambda g, y, x, k: g * k, k=lambda g, y, x, k: g * x)
    def scaled(x, k=2.0):
        """k · x"""
        return k * x


def without_return():
    @tg.op(x=lambda g, y, x: g)
    def silent(x):
        """x, but the return is missing"""
        x * 1.0

    return silent


def rule(g, y, x, k, shift):
    return g


NUMBER = (
    "A value needs a number: derivatives of text, objects or complex numbers are not defined here.",
    "Write a float, an int, or a rectangular list or array of them.",
)
FIT = (
    "Shapes are compared from the right; two sizes fit when they are equal or one of them is 1.",
    "Reshape one of them, for example x[:, None] for a column.",
)
ROWS = [
    ("text", lambda: Value("2.0"), DataError, "'2.0' (str) is no real number and no array of real numbers.", *NUMBER),
    (
        "None",
        lambda: Value(None),
        DataError,
        "None (NoneType) is no real number and no array of real numbers.",
        *NUMBER,
    ),
    ("complex", lambda: Value(2j), DataError, "2j (complex) is no real number and no array of real numbers.", *NUMBER),
    (
        "ragged",
        lambda: tg.exp([[1.0], [1.0, 2.0]]),
        DataError,
        "[[1.0], [1.0, 2.0]] (list) is no real number and no array of real numbers.",
        *NUMBER,
    ),
    (
        "an operand",
        lambda: Value(2.0) * "a",
        DataError,
        "'a' (str) is no real number and no array of real numbers.",
        *NUMBER,
    ),
    (
        "too large",
        lambda: Value(10**400),
        DataError,
        "A number of type int is too large.",
        "Values hold 64-bit floating-point numbers, which end at about 1.8e308.",
        "Scale it down, or take its logarithm first.",
    ),
    (
        "an unknown setting",
        lambda: tg.sum(Value([1.0, 2.0]), axes=0),
        DataError,
        "sum: 'axes' is not one of its settings.",
        "Its inputs are (x), its settings are (axis, keepdims).",
        "Write sum(x, axis=..., keepdims=...).",
    ),
    (
        "an argument too many",
        lambda: tg.tanh(Value(1.0), 2.0),
        DataError,
        "tanh: argument 2 is not one of its settings.",
        "Its inputs are (x), its settings are ().",
        "Write tanh(x).",
    ),
    (
        "an unknown setting of many inputs",
        lambda: added(lambda g, y, *xs, scale: [g * scale] * len(xs))(Value(1.0), 2.0, factor=3.0),
        DataError,
        "added: 'factor' is not one of its settings.",
        "Its inputs are (*xs), its settings are (scale).",
        "Write added(*xs, scale=...).",
    ),
    (
        "a missing derivative",
        lambda: scaled(x=rule),
        DerivativeError,
        "@op scaled: the derivative for the input 'k' is missing.",
        "Every input needs the rule that carries the gradient g back to it.",
        "Write k=lambda g, y, x, k, shift: ... above it (or k=zero where it has none).",
    ),
    (
        "a misnamed derivative",
        lambda: scaled(x=rule, k=rule, z=rule),
        DerivativeError,
        "@op scaled: a derivative is named 'z', but no input is.",
        "Derivatives are named like the inputs, and these are (x, k).",
        "Rename it, or add 'z' to the function's inputs.",
    ),
    (
        "a derivative with other arguments",
        lambda: scaled(x=rule, k=lambda g, x, k: g * x),
        DerivativeError,
        "@op scaled: the derivative 'k' takes (g, x, k).",
        "A derivative takes g, y, the inputs and the settings, in this order.",
        "Write k=lambda g, y, x, k, shift: ...",
    ),
    (
        "a derivative that is a number",
        lambda: scaled(x=rule, k=2.0),
        DerivativeError,
        "@op scaled: the derivative 'k' is 2.0, which is no function.",
        "A derivative is a rule that carries the gradient g back to the input, not a number.",
        "Write k=lambda g, y, x, k, shift: ...",
    ),
    (
        "an input with a default",
        with_a_default,
        DerivativeError,
        "@op scaled: the input 'k' has a default value.",
        "Inputs are what is differentiated and are always given; choices with a default are settings.",
        "Put a star before it, def scaled(x, *, k=2.0), to make it one.",
    ),
    (
        "no parentheses",
        without_parentheses,
        DerivativeError,
        "@op above cubed was given no derivatives.",
        "A primitive needs the rule that carries the gradient g back to each of its inputs.",
        "Write @op(x=lambda g, y, x: ...) above def cubed(x), with the input's own name.",
    ),
    (
        "no return",
        lambda: without_return()(Value(2.0)),
        DataError,
        "A primitive computed None (NoneType), which is no real number and no array of them.",
        "Its result must be something that has a derivative.",
        "Check that the function below @op ends with `return`, and returns a number or an array.",
    ),
    (
        "too few gradients",
        lambda: added(lambda g, y, *xs, scale: [g])(Value(1.0), Value(2.0)).backward(),
        DerivativeError,
        "The derivative of added returned 1 gradients for 2 inputs.",
        "The rule for *inputs returns a list with one gradient for each of them, in their order.",
        "Look at the rule xs=lambda g, y, *xs: [...] above added.",
    ),
    (
        "no list of gradients",
        lambda: added(lambda g, y, *xs, scale: g)(Value(1.0), Value(2.0)).backward(),
        DerivativeError,
        "The derivative of added returned float gradients for 2 inputs.",
        "The rule for *inputs returns a list with one gradient for each of them, in their order.",
        "Look at the rule xs=lambda g, y, *xs: [...] above added.",
    ),
    (
        "shapes that do not fit",
        lambda: Value(np.ones((2, 3))) + np.ones(2),
        ShapeError,
        "add: the shapes (2, 3) and (2,) do not fit together.",
        *FIT,
    ),
    (
        "three shapes that do not fit",
        lambda: tg.where(np.ones(4, bool), Value(np.ones(3)), 0.0),
        ShapeError,
        "where: the shapes (4,) and (3,) and () do not fit together.",
        *FIT,
    ),
    (
        "inner sizes",
        lambda: Value(np.ones((3, 4))) @ np.ones((5, 2)),
        ShapeError,
        "(3, 4) @ (5, 2): the inner sizes 4 and 5 differ.",
        "A matrix product pairs rows on the left with columns on the right; both need equal length.",
        "Transpose or reshape one of them.",
    ),
    (
        "inner sizes, transposed",
        lambda: np.ones((3, 4)) @ Value(np.ones((5, 4))),
        ShapeError,
        "(3, 4) @ (5, 4): the inner sizes 4 and 5 differ.",
        "A matrix product pairs rows on the left with columns on the right; both need equal length.",
        "Did you mean x @ w.T?",
    ),
    (
        "inner size of a vector",
        lambda: Value(np.ones((3, 4))) @ np.ones(3),
        ShapeError,
        "(3, 4) @ (3,): the inner sizes 4 and 3 differ.",
        "A matrix product pairs rows on the left with columns on the right; both need equal length.",
        "Transpose or reshape one of them.",
    ),
    (
        "an axis that is not there",
        lambda: tg.sum(Value(np.ones((2, 3))), axis=2),
        AxisError,
        "sum: axis 2 is out of bounds for array of dimension 2.",
        "An array of shape (2, 3) has 2 axes, numbered 0 to 1, or -2 to -1.",
        "Write sum(x, axis=1) for the last one.",
    ),
    (
        "a shape that cannot be broadcast",
        lambda: tg.broadcast_to(Value([1.0, 2.0]), (3,)),
        ShapeError,
        "broadcast_to of (2,): operands could not be broadcast together with remapped shapes "
        "[original->remapped]: (2,)  and requested shape (3,).",
        "The operation is not defined for these shapes and settings.",
        "Look at help(broadcast_to), then reshape the input or change the setting.",
    ),
]


@pytest.mark.parametrize(("program", "kind", "what", "why", "write"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_the_message_says_what_happened_why_and_what_to_write(program, kind, what, why, write):
    with pytest.raises(kind) as error:
        program()
    assert type(error.value) is kind
    assert str(error.value) == f"{what}\n  {why}\n  {write}"


@pytest.mark.parametrize("record", [Value, np.asarray], ids=["recorded", "computed"])
def test_a_misfit_is_told_whether_or_not_it_is_recorded(record):
    with pytest.raises(ShapeError, match="the inner sizes 4 and 5 differ"):
        tg.matmul(record(np.ones((3, 4))), np.ones((5, 2)))
    with pytest.raises(AxisError, match="out of bounds"):
        tg.sum(record(np.ones(3)), axis=-2)


def test_batches_that_do_not_fit_are_not_blamed_on_the_inner_sizes():
    with pytest.raises(ShapeError) as error:
        Value(np.ones((2, 3, 4))) @ np.ones((5, 4, 6))
    assert "4 and 4" not in str(error.value)


def test_an_input_that_is_missing_is_pythons_own_error():
    with pytest.raises(TypeError):
        tg.add(Value(1.0))


def test_a_setting_given_twice_is_refused():
    with pytest.raises((DataError, TypeError)):
        tg.sum(np.ones((2, 3)), 0, axis=1)


def test_a_rule_may_take_everything_with_stars():
    f = scaled(x=lambda g, *rest, **settings: g, k=lambda *everything, **settings: everything[0])
    x = Value(3.0)
    f(x, 1.0).backward()
    assert x.grad == 1.0
