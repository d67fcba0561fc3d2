"""What a Value says when it is used in a way that could only go wrong, word by word."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import ChangedDataError, DataError, DerivativeError, ShapeError, UnsupportedError

pytestmark = pytest.mark.usefixtures("own_primitives")


def change_a_named_array():
    w = Value([1.0, 2.0], name="w")
    y = (w * w).sum()
    w.data -= 1.0
    y.backward()


def change_an_array():
    w = Value([[1.0, 2.0]])
    y = tg.exp(w).sum()
    w.data[0] = 7.0
    y.backward()


def change_a_number():
    w = Value(2.5)
    y = w + 1.0
    w.data = 3.0
    y.backward()


def change_before_pull():
    w = Value(2.0, name="w")
    _, pull = tg.vjp(lambda x: x * w, 3.0)
    w.data = 5.0
    pull(1.0)


def set_a_result():
    y = Value(2.0) * 3.0
    y.data = 5.0


def set_a_named_result():
    y = Value([2.0]).exp()
    y.name = "y"
    y.data = [5.0]


def make_a_subclass():
    class Special(Value):
        pass


def broken(rule):
    @tg.op(x=rule)
    def broken(x):
        """x"""
        return 1.0 * x

    return broken


def broken_many(rule):
    @tg.op(xs=rule)
    def broken(*xs):
        """x₁"""
        return 1.0 * xs[0]

    return broken


def write_into_an_array():
    total = np.zeros(2)
    total += Value([1.0, 2.0])


def read_an_index_from_a_value():
    Value([1.0, 2.0])[0] = 5.0


ROWS = [
    (
        "backward from an array",
        lambda: (Value(np.ones((2, 3))) * 2).backward(),
        ShapeError,
        "backward() from an array of shape (2, 3) needs to know what to start from.",
        "A gradient is the slope of one number; an array holds several, and each has its own slopes.",
        "Write y.sum().backward(), or y.backward(gradient) with an array of that shape.",
    ),
    (
        "backward with a start of another shape",
        lambda: (Value(np.ones((2, 3))) * 2).backward(np.ones(3)),
        ShapeError,
        "backward(gradient): the gradient has shape (3,), the value has shape (2, 3).",
        "Every entry of the value starts with its own entry of the gradient.",
        "Write y.backward(np.ones((2, 3))) to start from ones.",
    ),
    (
        "a gradient of another shape",
        lambda: setattr(Value([1.0, 2.0]), "grad", np.ones((2, 1))),
        ShapeError,
        "v.grad = ...: the gradient has shape (2, 1), the value has shape (2,).",
        "A gradient holds one slope for each number of its value.",
        "Write v.grad = np.zeros((2,)), v.grad = 0 to fill it, or v.grad = None to forget it.",
    ),
    *(
        (
            title,
            program,
            ChangedDataError,
            f"The data of {what} was changed after {user} had used it.",
            "The gradient would mix old results with new data, and be wrong.",
            "Compute the result again after the change, or change the data after backward().",
        )
        for title, program, what, user in [
            ("a named array was changed", change_a_named_array, "'w'", "multiply"),
            ("an array was changed", change_an_array, "a value of shape (1, 2)", "exp"),
            ("a number was changed", change_a_number, "a value (3)", "add"),
            ("a parameter was changed before pull", change_before_pull, "'w'", "multiply"),
        ]
    ),
    *(
        (
            title,
            program,
            ChangedDataError,
            f"The data of {what} cannot be set: {maker} computed it.",
            "A result with other numbers would no longer be the result of its inputs, "
            "and its gradients would be wrong.",
            "Set the data of an input and compute again, or write v = Value(new) for a fresh start.",
        )
        for title, program, what, maker in [
            ("the data of a result", set_a_result, "a value (6)", "multiply"),
            ("the data of a named result", set_a_named_result, "'y'", "exp"),
        ]
    ),
    (
        "a copy of a result",
        lambda: copy.deepcopy({"loss": Value([1.0, 2.0]) * 2.0}),
        DataError,
        "A value of shape (2,) cannot be copied or pickled: it is the result of multiply.",
        "A copy would either lose its history or need a copy of everything it was computed from.",
        "Write v.detach() for a copy of the numbers, and copy the inputs themselves.",
    ),
    (
        "a subclass",
        make_a_subclass,
        DataError,
        "class Special(Value): Value is not made for subclassing.",
        "The engine recognises its values by their exact type; a subclass would be taken for something else.",
        "Write a class that holds a Value, or a new primitive with @tg.op.",
    ),
    (
        "a gradient of an impossible shape",
        lambda: broken(lambda g, y, x: np.ones((3, 2)))(Value([1.0, 2.0, 3.0])).sum().backward(),
        DerivativeError,
        "The derivative 'x' of broken returned shape (3, 2) for an input of shape (3,).",
        "A gradient has the shape of its input, or one that broadcasting made from it.",
        "Look at the rule x=lambda g, y, ...: above broken; a sum or a transpose is missing.",
    ),
    (
        "a gradient of an impossible shape, one of many",
        lambda: broken_many(lambda g, y, *xs: [g, np.ones(4)])(Value([1.0, 2.0]), Value([1.0, 2.0])).sum().backward(),
        DerivativeError,
        "The derivative 'xs' of broken returned shape (4,) for an input of shape (2,).",
        "A gradient has the shape of its input, or one that broadcasting made from it.",
        "Look at the rule xs=lambda g, y, ...: above broken; a sum or a transpose is missing.",
    ),
    (
        "a rule that returns nothing",
        lambda: broken(lambda g, y, x: None)(Value([1.0, 2.0])).sum().backward(),
        DerivativeError,
        "The derivative 'x' of broken returned None (NoneType), which is no gradient.",
        "A gradient is a number or an array; a rule for *inputs returns one for each of them.",
        "Look at the rule x=lambda g, y, ...: above broken.",
    ),
    (
        "math.sin inside a derivative",
        lambda: tg.grad(lambda x: x * float(x))(2.0),
        DataError,
        "float(v) of a value inside a function that is being differentiated.",
        "A plain number has no history: the derivative would silently miss this part.",
        "Write tg.sin(v) instead of math.sin(v), or v.item() if this part shall count as constant.",
    ),
    (
        "np.array([v, w])",
        lambda: np.array([Value(1.0), Value(2.0)]),
        DataError,
        "A Value was about to become a plain (or object) array, which would lose its history.",
        "np.array and np.asarray keep numbers only, and no gradient could flow back through them.",
        "Write v.data for the numbers, tg.stack([v, w]) or tg.array([[v, w]]) for an array of Values.",
    ),
    (
        "v[0] = 5",
        read_an_index_from_a_value,
        UnsupportedError,
        "v[0] = ... would change a value that may already be part of a record.",
        "What was computed from it would no longer know the numbers it was computed from.",
        "Write tg.where(mask, new, v) for a new value, or v.data[...] = ... before it is used.",
    ),
    (
        "array += v",
        write_into_an_array,
        UnsupportedError,
        "np.add(..., out=...) would write a Value's result into a plain array.",
        "An array holds numbers only: the history of the result, and with it the gradient, would be lost.",
        "Write x = x + v instead of x += v, and leave out= away.",
    ),
    (
        "a NumPy function with a near primitive",
        lambda: np.fabs(Value(1.0)),
        UnsupportedError,
        "np.fabs has no derivative here.",
        "Only functions that are primitives can be recorded; another one would lose the gradient.",
        "The nearest one is tg.abs.",
    ),
    (
        "a NumPy function like no primitive",
        lambda: np.bitwise_count(Value(1.0)),
        UnsupportedError,
        "np.bitwise_count has no derivative here.",
        "Only functions that are primitives can be recorded; another one would lose the gradient.",
        "Write it with tg's functions, or make it one with @tg.op.",
    ),
]


@pytest.mark.parametrize(("program", "kind", "what", "why", "write"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_the_message_says_what_happened_why_and_what_to_write(program, kind, what, why, write):
    with pytest.raises(kind) as error:
        program()
    assert type(error.value) is kind
    assert str(error.value) == f"{what}\n  {why}\n  {write}"
