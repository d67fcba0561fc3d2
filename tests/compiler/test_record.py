"""Recording: what a function did once becomes a list of lines, none of them twice, none of them for nothing."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.agreement import as_python, disagreement, given
from tinygrad_edu.compiler.recording.book import CONSTANT, Book
from tinygrad_edu.compiler.recording.messages import CompileError
from tinygrad_edu.compiler.recording.program import Program, record
from tinygrad_edu.ops import arithmetic

X = np.array([0.5, -1.2, 2.0])


def operations(program: Program) -> list[str]:
    return [line.op.name for line in program.lines]


# ── what a program consists of ───────────────────────────────────────────────────────────────────────────────────────
def test_arguments_values_and_constants_are_told_apart() -> None:
    w, table = tg.Value([1.0, 2.0, 3.0], "w"), np.array([7.0, 8.0, 9.0])
    program = record(lambda x, scale: x * w * scale + table, (X, 2.0), names=["x", "scale"])
    assert [line.name for line in program.arguments] == ["x", "scale"]
    assert [line.origin for line in program.values] == [w]
    assert [(line.origin, line.sample.tolist()) for line in program.constants] == [(CONSTANT, [7.0, 8.0, 9.0])]
    assert operations(program) == ["multiply", "multiply", "add"]


def test_an_array_from_outside_is_copied_and_a_live_one_is_not() -> None:
    table, parameters = np.ones(3), np.ones(3)
    program = record(lambda x: x * table + parameters, (X,), live={id(parameters): "b"})
    table[:] = parameters[:] = 5.0
    assert program.constants[0].sample.tolist() == [1.0, 1.0, 1.0]
    assert program.values[0].origin is parameters and program.values[0].name == "b"
    np.testing.assert_array_equal(as_python(program)(given(program, (X,)))[0], X + 5.0)


def test_containers_come_back_in_the_shape_the_function_gave_them() -> None:
    program = record(lambda x: {"a": (x, [x * 2.0]), "b": 3.0}, (1.0,))
    assert program.rebuild(["x", "2x", "3"]) == {"a": ("x", ["2x"]), "b": "3"}


def test_a_value_that_is_read_twice_is_one_line() -> None:
    w = tg.Value(2.0)
    program = record(lambda x: x * w + w * x, (1.0,))
    assert len(program.values) == 1 and operations(program) == ["multiply", "multiply"]


def test_whole_numbers_and_masks_are_numbers_where_they_are_computed_with() -> None:
    small = np.array([200, 3], np.uint8)  # 200 · 200 is 64, and −200 is 56, to NumPy
    program = record(lambda k: (k * k + 250.0, -k / 2.0), (small,))
    assert [y.tolist() for y in as_python(program)([small])] == [[40250.0, 259.0], [-100.0, -1.5]]
    assert disagreement(lambda m: tg.sum(m) + m * 2.0, (np.array([True, False]),)) is None
    assert disagreement(lambda x, k: x[k] * 2.0, (X, np.array([2, 0, -1]))) is None


# ── nothing twice, nothing for nothing ───────────────────────────────────────────────────────────────────────────────
def test_what_a_function_and_its_derivative_both_need_is_one_line() -> None:
    program = record(lambda x: (tg.grad(lambda u: tg.tanh(u) ** 2)(x), tg.tanh(x)), (0.5,))
    assert operations(program).count("tanh") == 1


def test_nothing_is_left_of_the_copies_at_which_derivatives_begin() -> None:
    f = tg.hessian(lambda x: tg.sum(tg.sin(x) * x) + x[0] * tg.grad(lambda y: y * x[1])(x[2]))
    assert not {"identity", "stopped"} & set(operations(record(f, (X,))))


def test_a_copy_in_the_place_of_its_original_wakes_the_rules() -> None:
    program = record(lambda x: tg.vjp(lambda u: u * x, x)[0], (0.5,))
    assert operations(program) == ["square"]


def test_a_computed_line_in_the_place_of_its_copy_wakes_the_rules() -> None:
    assert operations(record(lambda x: tg.vjp(lambda u: -u, -x)[0], (0.5,))) == []


def test_plain_numbers_as_points_of_derivatives_are_computed_when_the_program_is_written() -> None:
    assert operations(record(lambda x: x * tg.grad(lambda y: y**3)(2.0), (1.5,))) == ["multiply"]


def test_lines_come_in_an_order_in_which_they_can_be_computed() -> None:
    program = record(tg.hessian(lambda x: tg.sum(tg.exp(x * x))), (X,))
    known = {*program.arguments, *program.values, *program.constants}
    for line in program.lines:
        assert all(x in known for x in line.inputs if type(x) is not float)
        known.add(line)


def test_writing_the_same_twice_gives_the_same_line() -> None:
    book = Book()
    x, y = book.input(2.0, 0), book.input(3.0, 1)
    first = book.write(arithmetic.subtract, (x, y))
    assert book.write(arithmetic.subtract, (x, y)) is first
    assert book.write(arithmetic.subtract, (y, x)) is not first
    assert book.write(arithmetic.add, (x, y)) is book.write(arithmetic.add, (y, x))


# ── as short as by hand ──────────────────────────────────────────────────────────────────────────────────────────────
def neurons(p: Any, x: Any) -> Any:
    w1, w2, w3, w4, w5, w6, b1, b2, b3 = p
    h1, h2 = tg.sigmoid(w1 * x[0] + w2 * x[1] + b1), tg.sigmoid(w3 * x[0] + w4 * x[1] + b2)
    return h1, h2, tg.sigmoid(w5 * h1 + w6 * h2 + b3)


def neurons_by_hand(p: Any, x: Any, y: float) -> Any:
    """The textbook's nine derivatives, factor by factor."""
    h1, h2, o1 = neurons(p, x)
    dL_do1 = -2 * (y - o1)
    do1_dz, dh1_dz, dh2_dz = o1 * (1 - o1), h1 * (1 - h1), h2 * (1 - h2)
    dL_dh1, dL_dh2 = dL_do1 * p[4] * do1_dz, dL_do1 * p[5] * do1_dz
    return [dL_dh1 * x[0] * dh1_dz, dL_dh1 * x[1] * dh1_dz, dL_dh2 * x[0] * dh2_dz, dL_dh2 * x[1] * dh2_dz,
            dL_do1 * h1 * do1_dz, dL_do1 * h2 * do1_dz, dL_dh1 * dh1_dz, dL_dh2 * dh2_dz, dL_do1 * do1_dz]  # fmt: skip


def test_the_nine_derivatives_of_three_neurons_take_fewer_steps_than_the_textbooks() -> None:
    args = ([0.1 * k - 0.4 for k in range(9)], [-2.0, -1.0], 1.0)
    ours = record(tg.grad(lambda p, x, y: (y - neurons(p, x)[-1]) ** 2), args)
    assert len(ours.lines) <= len(record(neurons_by_hand, args).lines)


def layers(p: dict[str, Any], X: Any) -> Any:
    A1 = tg.sigmoid(p["W1"] @ X + p["b1"])
    return A1, tg.sigmoid(p["W2"] @ A1 + p["b2"])


def layers_by_hand(p: dict[str, Any], X: Any, Y: Any) -> Any:
    """dA, dZ, dW, db, layer by layer, of the mean squared error."""
    A1, A2 = layers(p, X)
    dZ2 = (A2 - Y) * (2.0 / Y.size) * A2 * (1.0 - A2)
    dZ1 = p["W2"].T @ dZ2 * A1 * (1.0 - A1)
    return {"W1": dZ1 @ X.T, "b1": dZ1.sum(axis=1, keepdims=True),
            "W2": dZ2 @ A1.T, "b2": dZ2.sum(axis=1, keepdims=True)}  # fmt: skip


def test_the_backward_pass_of_two_layers_takes_as_many_steps_as_by_hand(rng: np.random.Generator) -> None:
    p = {"W1": rng.normal(size=(4, 2)), "b1": np.zeros((4, 1)), "W2": rng.normal(size=(1, 4)), "b2": np.zeros((1, 1))}
    args = (p, rng.normal(size=(2, 6)), rng.normal(size=(1, 6)))
    ours = record(tg.grad(lambda p, X, Y: tg.mean((layers(p, X)[1] - Y) ** 2)), args)
    assert len(ours.lines) <= len(record(layers_by_hand, args).lines)


# ── what cannot be recorded ──────────────────────────────────────────────────────────────────────────────────────────
REFUSED = [
    (lambda x: x if x > 0.0 else -x, "`if`, `while`, `and` or max"),
    (lambda x: max(x, 0.0), "`if`, `while`, `and` or max"),
    (lambda x: float(x) * 2.0, "number of .* was asked for"),
    (lambda x: np.array(x) * 2.0, "numbers, as a plain array"),
    (lambda x: (x + np.ones(2))[x + np.ones(2) > 0.0], "mask"),
]


@pytest.mark.parametrize(("f", "told"), REFUSED)
def test_a_choice_made_now_is_refused(f: Any, told: str) -> None:
    with pytest.raises(CompileError, match=told):
        record(f, (1.5,))


def test_the_garbage_collector_is_on_again_afterwards_also_after_an_error() -> None:
    assert gc.isenabled()
    record(lambda x: x * 2.0, (1.0,))
    with pytest.raises(CompileError):
        record(lambda x: bool(x), (1.0,))
    assert gc.isenabled()
