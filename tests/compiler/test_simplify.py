"""Every rule of simplification: that it is used, that it keeps every value, shape, precision and derivative."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.agreement import as_python, disagreement, given, same_numbers
from tinygrad_edu.compiler.recording.program import record
from tinygrad_edu.compiler.simplifying import filled as simplify_filled
from tinygrad_edu.compiler.simplifying import simplify
from tinygrad_edu.compiler.simplifying.rules import RULES, takes
from tinygrad_edu.ops.broadcasting import cast, sum_to
from tinygrad_edu.ops.indexing import scatter
from tinygrad_edu.ops.kinks import gate

V, M, R = (3,), (2, 3), (1, 3)

# rule, function, shapes of its arguments, operations that are left
ROWS: list[tuple[str, Callable[..., Any], list[Any], str]] = [
    ("of_numbers",          lambda x: tg.grad(lambda u: u * 3.0 + u / 2.0)(x),    [()], ""),
    ("plus_nothing",        lambda x: x + 0.0,                                [V], ""),
    ("plus_nothing",        lambda x: 0.0 + x,                                [()], ""),
    ("plus_negative",       lambda a, b: a + (-b),                            [M, R], "subtract"),
    ("plus_negative",       lambda a, b: -a + b,                              [(), M], "subtract"),
    ("plus_itself",         lambda x: x + x,                                  [V], "multiply"),
    ("minus_nothing",       lambda x: x - 0.0,                                [V], ""),
    ("minus_nothing",       lambda x: 0.0 - x,                                [()], "negative"),
    ("minus_negative",      lambda a, b: a - (-b),                            [M, ()], "add"),
    ("negative_multiple",   lambda a, b: a + -2.0 * b,                        [M, R], "multiply subtract"),
    ("negative_multiple",   lambda a, b: a - b * -3.0,                        [M, ()], "multiply add"),
    ("twice_negative",      lambda x: -(-x),                                  [V], ""),
    ("negative_difference", lambda a, b: -(a - b),                            [V, ()], "subtract"),
    ("times_one",           lambda x: 1.0 * x * 1.0,                          [V], ""),
    ("times_minus_one",     lambda x: x * -1.0,                               [V], "negative"),
    ("number_first",        lambda x: x * 3.0 - 3.0 * x * 2.0,                [V], "multiply multiply subtract"),
    ("number_times_number", lambda x: 2.0 * (3.0 * x),                        [V], "multiply"),
    ("number_times_number", lambda x: (x * 0.5) * 0.3,                        [()], "multiply"),
    ("negative_factor",     lambda a, b: (-a) * b,                            [M, R], "multiply negative"),
    ("negative_factor",     lambda a, b: (-a) / (-b),                         [M, R], "divide"),
    ("negative_of_multiple", lambda x: -(2.0 * x),                            [V], "multiply"),
    ("times_itself",        lambda x: x * x,                                  [V], "square"),
    ("over_one",            lambda x: x / 1.0,                                [V], ""),
    ("over_one",            lambda x: x / -1.0,                               [V], "negative"),
    ("sign_forgotten",      lambda x: abs(-x),                                [V], "absolute"),
    ("sign_forgotten",      lambda x: tg.square(abs(x)),                      [V], "square"),
    ("known_power",         lambda x: x**1.0,                                 [V], ""),
    ("known_power",         lambda x: x**2,                                   [V], "square"),
    ("known_power",         lambda x: x**3,                                   [V], "square multiply"),
    ("known_power",         lambda x: x**-1,                                  [()], "divide"),
    ("known_gate",          lambda x: gate(x, 1.0),                           [V], ""),
    ("gate_after_gate",     lambda x: gate(gate(x, x > 0.1), x > 0.1),        [V], "gt gate"),
    ("gate_of_mask",        lambda x: gate(x, 1.0 * (x > 0.1)),               [V], "gt gate"),
    ("known_choice",        lambda a, b: tg.where(True, a, b),                [M, R], ""),
    ("known_choice",        lambda a, b: tg.where(False, b, a),               [M, ()], ""),
    ("same_either_way",     lambda a, b: tg.where(b > 0.0, a, a),             [M, R], ""),
    ("not_not",             lambda x: tg.where(~~(x > 0.1), x, 2.0),          [V], "gt where"),
    ("condition_with_itself", lambda x: tg.where((x > 0.1) & (x > 0.1), x, 2.0), [V], "gt where"),
    ("same_shape",          lambda x: tg.reshape(x, (2, 3)),                  [M], ""),
    ("same_shape",          lambda x: tg.squeeze(tg.ravel(x)),                [V], ""),
    ("same_shape",          lambda x: tg.broadcast_to(x, (2, 3)),             [M], ""),
    ("rearranged_again",    lambda x: tg.reshape(tg.ravel(x), (3, 2)),        [M], "reshape"),
    ("rearranged_again",    lambda x: tg.squeeze(tg.expand_dims(x, (0, 2))),  [V], ""),
    ("broadcast_again",     lambda x: tg.broadcast_to(tg.broadcast_to(x, (2, 3)), (4, 2, 3)), [V], "broadcast_to"),
    ("new_axes_in_front",   lambda x: tg.broadcast_to(tg.expand_dims(x, 0), (4, 3)), [V], "broadcast_to"),
    ("sum_of_copies",       lambda x: sum_to(tg.broadcast_to(x, (4, 3)), shape=(3,)), [V], "multiply"),
    ("turned_again",        lambda x: x.T.T,                                  [M], ""),
    ("turned_again",        lambda x: tg.swapaxes(tg.moveaxis(x, 0, 2), 0, 1), [(2, 3, 4)], "transpose"),
    ("turned_nowhere",      lambda x: x.T,                                    [V], ""),
    ("turned_nowhere",      lambda x: tg.transpose(x, (0, -1)),               [M], ""),
    ("flipped_back",        lambda x: tg.flip(tg.flip(x, 0), 0),              [M], ""),
    ("same_precision",      lambda x: cast(x, dtype=getattr(x, "dtype", np.float64)), [V], ""),
    ("cast_again",          lambda x: cast(cast(cast(x, dtype="f2"), dtype="f4"), dtype="f8"), [V], "cast cast"),
    ("number_everywhere",   lambda a, b: tg.broadcast_to(a, (2, 3)) - b,      [(), M], "subtract"),
    ("number_everywhere",   lambda x: tg.expand_dims(x, 0),                   [()], "filled"),
    ("cast_of_filled",      lambda x: cast(tg.broadcast_to(x, (2,)), dtype=np.float32), [()], "filled"),
    ("sum_of_filled",       lambda x: tg.sum(tg.broadcast_to(x, (4, 3)), axis=0), [()], "multiply filled"),
    ("moved_filled",        lambda x: tg.reshape(tg.broadcast_to(x, (4, 3)).T, -1), [()], "filled"),
    ("part_of_filled",      lambda x: tg.broadcast_to(x, (4, 3))[1:, 2],      [()], "filled"),
    ("unstretched",         lambda a, b: tg.broadcast_to(a, (2, 3)) * b,      [R, M], "multiply"),
    ("unstretched",         lambda a: tg.sin(tg.broadcast_to(a, (2, 3))),     [R], "sin broadcast_to"),
    ("one_of_stacked",      lambda a, b: tg.stack([a, b])[1],                 [V, V], ""),
    ("picked_where_put",    lambda x: scatter(x, shape=(5,), index=slice(1, 4))[1:4], [V], ""),
    ("over_one_number",     lambda x: tg.sum(x) * tg.mean(tg.sum(x)),         [V], "sum square"),
]  # fmt: skip
IDS = [f"{name}-{k}" for k, (name, *_) in enumerate(ROWS)]


def sample(shape: tuple[int, ...], seed: int, dtype: Any = float) -> Any:
    """Numbers of both signs, and zeros."""
    x = np.random.default_rng(seed).uniform(-2.0, 2.0, shape)
    return x.astype(dtype) if shape else float(x)


def arguments(shapes: list[Any], dtype: Any = float) -> tuple[Any, ...]:
    return tuple(sample(shape, k, dtype) for k, shape in enumerate(shapes))


@pytest.mark.parametrize(("name", "f", "shapes", "left"), ROWS, ids=IDS)
def test_a_rule_is_used_and_leaves_fewer_operations(monkeypatch: pytest.MonkeyPatch, name, f, shapes, left) -> None:
    used: set[str] = set()

    def noting(rule: Any) -> Any:
        def asked(*given: Any) -> Any:
            less = rule(*given)
            used.update({rule.__name__} if less is not None else ())
            return less

        return asked

    for table in RULES.values():
        for maker, rules in table.items():
            monkeypatch.setitem(table, maker, [noting(rule) for rule in rules])
    monkeypatch.setattr(simplify, "of_numbers", noting(simplify.of_numbers))
    monkeypatch.setattr(simplify_filled, "unstretched", noting(simplify_filled.unstretched))
    operations = " ".join(line.op.name for line in record(f, arguments(shapes)).lines)
    assert name in used
    assert re.fullmatch(left, operations), operations


def test_every_rule_has_a_row() -> None:
    rules = {rule.__name__ for table in RULES.values() for rules in table.values() for rule in rules}
    assert rules | {"of_numbers", "unstretched"} == {name for name, *_ in ROWS}


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
@pytest.mark.parametrize(("name", "f", "shapes", "left"), ROWS, ids=IDS)
def test_a_rule_keeps_values_and_first_and_second_derivatives(name, f, shapes, left, dtype) -> None:
    args = arguments(shapes, dtype)
    numbers = tuple(range(len(args)))
    loose = {np.float64: 1e-14, np.float32: 1e-5, np.float16: 1e-2}[dtype]

    def loss(*xs: Any) -> Any:
        return tg.sum(tg.sin(f(*xs)))

    assert disagreement(f, args, loose) is None
    assert disagreement(tg.value_and_grad(loss, numbers), args, loose) is None
    assert disagreement(lambda *xs: tg.hvp(loss, xs, xs), args, 10 * loose) is None


SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -1e-310, 1.7e308, -1.7e308, 1.0, -3.0]
ROUNDS = {"sum_of_copies", "sum_of_filled", "known_power"}  # by an operation or two less


@pytest.mark.parametrize(("name", "f", "shapes", "left"), ROWS, ids=IDS)
@pytest.mark.parametrize("seed", range(6))
def test_a_rule_keeps_every_special_number_to_the_last_bit(name, f, shapes, left, seed) -> None:
    rng = np.random.default_rng(seed)
    args = tuple(rng.choice(SPECIAL, shape) if shape else float(rng.choice(SPECIAL)) for shape in shapes)
    program = record(f, arguments(shapes))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected, (found,) = f(*args), as_python(program)(given(program, args))
        except ArithmeticError:  # Python's own arithmetic refuses where NumPy says inf: another way is taken then
            return
    if name in ROUNDS:
        assert same_numbers(expected, found, 1e-14)
    else:
        np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))  # 0.0 and -0.0 are equal here


@pytest.mark.parametrize(("name", "f", "shapes", "left"), ROWS, ids=IDS)
def test_a_rule_never_changes_a_shape_or_a_precision_when_precisions_are_mixed(name, f, shapes, left) -> None:
    rng = np.random.default_rng(0)
    for _ in range(4):
        args = tuple(sample(shape, 1, rng.choice([np.float64, np.float32, np.float16])) for shape in shapes)
        expected, program = f(*args), record(f, args)
        (found,) = as_python(program)(given(program, args))
        assert np.shape(found) == np.shape(expected)
        assert np.asarray(found).dtype == np.asarray(expected).dtype


# What looks like a rule but would change a value: it has to stay as it is.
KEPT: list[tuple[str, Callable[..., Any], list[Any], str]] = [
    ("0 · x may be nan",                  lambda x: 0.0 * x,                           [V], "multiply"),
    ("x − x may be nan",                  lambda x: x - x,                             [V], "subtract"),
    ("x / x may be nan",                  lambda x: x / x,                             [V], "divide"),
    ("1e-9 · (2¹⁰⁰ · x) may be inf",      lambda x: 1e-9 * (2.0**100 * x),             [V], "multiply multiply"),
    ("0.3 · (0.7 · x) is rounded twice",  lambda x: 0.3 * (0.7 * x),                   [V], "multiply multiply"),
    ("log(exp(x)) may be inf",            lambda x: tg.log(tg.exp(x)),                 [V], "exp log"),
    ("x · y / y is rounded twice",        lambda x, y: x * y / y,                      [V, V], "multiply divide"),
    ("(a + b) − b is rounded twice",      lambda a, b: a + b - b,                      [V, V], "add subtract"),
    ("a copy of another shape is no copy", lambda a, b: tg.where(True, a, b),          [R, M], "where"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "f", "shapes", "left"), KEPT, ids=[why for why, *_ in KEPT])
def test_what_would_change_a_value_stays(why, f, shapes, left) -> None:
    assert " ".join(line.op.name for line in record(f, arguments(shapes)).lines) == left


def test_a_part_of_a_stack_has_the_precision_of_the_stack() -> None:
    assert disagreement(lambda a, b: tg.stack([a, b])[1], (np.ones(2), np.ones(2, np.float32))) is None


def test_a_sum_of_equal_numbers_in_single_precision_stays_a_sum() -> None:
    total = lambda x: tg.sum(cast(tg.broadcast_to(x, (4, 3)), dtype=np.float32))  # noqa: E731
    assert [line.op.name for line in record(total, (0.1,)).lines] == ["filled", "sum"]


def test_in_half_precision_a_product_that_is_inf_on_the_way_stays_inf() -> None:
    with np.errstate(over="ignore"):
        assert disagreement(lambda x: 0.5 * (4.0 * x), (np.full(2, 3e4, np.float16),)) is None


def test_rounding_to_single_precision_on_the_way_stays() -> None:
    twice = lambda x: cast(cast(x, dtype=np.float32), dtype=np.float64)  # noqa: E731
    assert [line.op.name for line in record(twice, (np.full(2, 0.1),)).lines] == ["cast", "cast"]
    through_a_number = lambda x: tg.expand_dims(tg.squeeze(x), 0)  # noqa: E731
    assert disagreement(through_a_number, (np.ones(1, np.float32),)) is None


def test_equal_operations_are_written_once_also_with_the_inputs_exchanged() -> None:
    program = record(lambda a, b: (a * b) * (b * a) + (a + b) * (b + a), (2.0, 3.0))
    assert [line.op.name for line in program.lines] == ["multiply", "square", "add", "square", "add"]


def test_operations_that_do_not_commute_stay_two() -> None:
    assert [line.op.name for line in record(lambda a, b: (a - b) * (b - a), (2.0, 3.0)).lines].count("subtract") == 2
    assert [line.op.name for line in record(lambda a, b: (a / b) * (b / a), (2.0, 3.0)).lines].count("divide") == 2


def test_plain_zeros_of_both_signs_are_two_numbers() -> None:
    assert disagreement(lambda x: (tg.arctan2(x, 0.0), tg.arctan2(x, -0.0)), (0.0,)) is None


def test_what_nobody_needs_is_not_written() -> None:
    def f(x: Any) -> Any:
        _ = tg.exp(x) * 3.0
        return x * 2.0

    assert [line.op.name for line in record(f, (1.0,)).lines] == ["multiply"]


def test_float64_is_not_none() -> None:
    assert np.dtype(np.float64) == None  # noqa: E711 - the trap
    assert not takes(record(lambda x: x * 1.0, (np.ones(2),)).arguments[0], None)
