"""Derivatives inside of programs: every transform, nested in every way, equals what it gives eagerly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.compiler.agreement import as_python, disagreement, given
from tinygrad_edu.compiler.recording import differentiate
from tinygrad_edu.compiler.recording.messages import CompileError
from tinygrad_edu.compiler.recording.program import record
from tinygrad_edu.errors import DerivativeError, ShapeError
from tinygrad_edu.ops.domain import REAL

X, Y, A = np.array([0.5, -1.2, 2.0]), np.array([1.0, 0.3, -0.7]), np.arange(6.0).reshape(2, 3) / 3.0 - 0.7
POINT = {"w": A, "b": [0.3, -0.2], "s": (1.5,)}


def rosenbrock(x: Any) -> Any:
    return tg.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def network(p: Any, x: Any) -> Any:
    h = tg.tanh(p["w"] @ x + tg.stack(p["b"]))
    return tg.sum(h * h) * p["s"][0]


def closure_of_an_outer_line(x: Any) -> Any:
    """The inner derivative must not see that x is in there twice: d/dx [x · d/dy (x · y)] = 2x."""
    return x * tg.grad(lambda y: x * y)(1.0)


def product_of_itself_and_its_copy(x: Any) -> Any:
    return tg.grad(lambda y: y * x)(x)


CASES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("gradient of a number",               tg.grad(lambda x: tg.sin(x) * x), (0.7,)),
    ("second derivative",                  tg.grad(tg.grad(lambda x: tg.sin(x) * x**3)), (0.7,)),
    ("third derivative",                   tg.grad(tg.grad(tg.grad(lambda x: tg.exp(-x * x)))), (0.7,)),
    ("both arguments",                     tg.grad(lambda x, y: tg.sum(tg.arctan2(x, y)), (0, 1)), (X, Y)),
    ("the second argument",                tg.grad(lambda x, y: tg.sum(x / y), 1), (X, Y)),
    ("value and gradients",                tg.value_and_grad(lambda x, y: tg.sum(x**2 * y), (1, 0)), (X, Y)),
    ("containers",                         tg.value_and_grad(network), (POINT, X)),
    ("jacobian",                           tg.jacobian(lambda x: tg.sin(x) * tg.sum(x)), (X,)),
    ("jacobian of containers",             tg.jacobian(lambda p: [p["w"] @ X, p["b"][0] * p["s"][0]]), (POINT,)),
    ("hessian",                            tg.hessian(rosenbrock), (X,)),
    ("hessian of a network",               tg.hessian(lambda w: network({**POINT, "w": w}, X)), (A,)),
    ("jvp",                                lambda x, v: tg.jvp(lambda u: tg.softmax(u) * u, x, v), (X, Y)),
    ("jvp of two arguments",               lambda x, y: tg.jvp(lambda a, b: a * b + a, (x, y), (y, x)), (X, Y)),
    ("hvp",                                lambda x, v: tg.hvp(rosenbrock, x, v), (X, Y)),
    ("hvp of two arguments",               lambda x, y: tg.hvp(lambda a, b: tg.sum(a**2 * b), (x, y), (y, x)), (X, Y)),
    ("vjp with containers",
        lambda x, y: tg.vjp(lambda p: (p[0] * p[1], {"s": tg.sum(p[0])}), [x, y])[1]((y, {"s": 2.0})), (X, Y)),
    ("vjp, value and pull",                lambda x, g: (lambda y, pull: (y, pull(g)))(*tg.vjp(tg.tanh, x)), (X, Y)),
    ("pulled twice",
        lambda x, g: (lambda pull: (pull(g), pull(x)))(tg.vjp(lambda u: u**3, x)[1]), (X, Y)),
    ("a result returned twice",            lambda x, g: tg.vjp(lambda u: (u * u, u * u), x)[1]((g, x)), (X, Y)),
    ("the argument returned",              lambda x, g: tg.vjp(lambda u: (u, u), x)[1]((g, x)), (X, Y)),
    ("the gradient of a gradient's norm",  tg.grad(lambda x: tg.sum(tg.grad(rosenbrock)(x) ** 2)), (X / 4,)),
    ("a closure over an outer line",       tg.grad(closure_of_an_outer_line), (3.0,)),
    ("a closure over the same line",       tg.grad(product_of_itself_and_its_copy), (3.0,)),
    ("the same line at two levels",
        lambda x: tg.grad(lambda y: tg.grad(lambda z: z * y * x)(y) + x * y)(x), (3.0,)),
    ("a derivative of a computed line",    lambda x: tg.grad(lambda y: y**3 * x)(tg.sin(x) + x), (0.4,)),
    ("derivatives of one line filled",     lambda x: tg.jvp(tg.tanh, tg.broadcast_to(x, (3,)), X)[1], (0.4,)),
    ("jvp of grad of jvp",
        lambda x, v: tg.jvp(tg.grad(lambda u: tg.sum(tg.jvp(tg.sin, u, v)[1])), x, v)[1], (X, Y)),
    ("a constant function",                tg.grad(lambda x: 3.0), (0.4,)),
    ("a constant function of an array",    tg.value_and_grad(lambda x: tg.sum(Y * 2.0)), (X,)),
    ("an unused input",                    tg.grad(lambda x, y: tg.sum(x * x), (0, 1)), (X, A)),
    ("an unused number",                   tg.grad(lambda p: p["b"][0] * 2.0), (POINT,)),
    ("a plain number as the point",        lambda x: tg.grad(lambda y: y**3 * x)(2.0), (1.5,)),
    ("a choice at a plain point",          lambda x: x * tg.grad(lambda y: (y > 1.0) * y**2 + y)(2.0), (1.5,)),
    ("a plain array as the point",         lambda x: tg.grad(lambda y: tg.sum(y**3 * x))(Y), (X,)),
    ("broadcasting undone",                tg.grad(lambda a, b: tg.sum(tg.sin(a + b) * b), (0, 1)), (A, X)),
    ("a number against an array",          tg.grad(lambda a, b: tg.mean((a * b) ** 2), (0, 1)), (0.5, A)),
    ("maximum and its ties",
        tg.grad(lambda x: tg.sum(tg.maximum(x, 0.5)) + tg.max(x)), (np.array([0.5, 2.0, 2.0, 0.1]),)),
    ("a choice",                           tg.grad(lambda x: tg.sum(tg.where(x > 0.0, x**2, -x))), (X,)),
    ("a mask as numbers",                  tg.grad(lambda x: tg.sum((x > 0.4) * x**2)), (X,)),
    ("a mask as an argument",
        lambda x, m: tg.grad(lambda u: tg.sum(tg.where(m, u**2, u)))(x), (X, X > 0.0)),
    ("a mask from outside",                tg.grad(lambda x: tg.sum(tg.where(Y > 0.0, x**2, x) * (X > 0.0))), (X,)),
    ("labels as an argument",
        lambda x, k: tg.grad(lambda u: tg.sum(tg.log_softmax(u)[np.arange(2), k]))(x), (A, np.array([2, 0]))),
    ("whole numbers computed with",
        lambda x, k: tg.grad(lambda u: tg.sum(u * k))(x), (X, np.array([200, 100, 3], np.uint8))),
    ("entries picked one by one",          tg.hessian(lambda x: x[0] * x[1] * x[2]), (X,)),
    ("an entry picked twice",              tg.grad(lambda x: tg.sum(x[[0, 0, 2]] ** 2)), (X,)),
    ("a product of matrices",              tg.grad(lambda a, b: tg.sum((a @ b.T) ** 2), (0, 1)), (A, A + 1.0)),
    ("single precision",
        tg.grad(lambda a, b: tg.mean(tg.tanh(a * b)), (0, 1)), (A.astype(np.float32), X)),
    ("no gradient through detach",         tg.grad(lambda x: tg.sum(x * tg.vjp(lambda u: u, x)[0])), (X,)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "args"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_transform_inside_a_program_gives_what_it_gives_eagerly(f: Any, args: tuple[Any, ...]) -> None:
    assert disagreement(f, args) is None


def run(f: Any, *args: Any, careful: bool = False) -> Any:
    program = record(f, args, careful=careful)
    return as_python(program, careful)(given(program, args))


def test_perturbations_of_different_levels_are_not_confused() -> None:
    assert run(tg.grad(closure_of_an_outer_line), 3.0) == [6.0]
    assert run(tg.grad(product_of_itself_and_its_copy), 3.0) == [1.0]


HALF = np.array([0.0, 4.0])
INFINITE_SLOPES: list[tuple[str, Any, tuple[Any, ...]]] = [
    ("a root behind a choice",        tg.grad(lambda x: tg.sum(tg.where(x > 0.0, tg.sqrt(x), 0.0))), (HALF,)),
    ("a logarithm behind a choice",   tg.grad(lambda x: tg.where(x > 0.0, tg.log(x), 0.0)), (0.0,)),
    ("a root times nothing",          tg.grad(lambda x: tg.sum(tg.sqrt(x) * np.array([0.0, 1.0]))), (HALF,)),
    ("a length of nothing",           tg.grad(lambda x: tg.norm(x) * 0.0), (np.zeros(2),)),
    ("a root of nothing, of numbers", tg.grad(lambda x: tg.where(x > 0.0, tg.sqrt(x) * x, 1.0)), (0.0,)),
]  # fmt: skip


@pytest.mark.parametrize(("told", "f", "args"), INFINITE_SLOPES)
def test_what_has_no_effect_passes_none_on_in_a_careful_program(told: str, f: Any, args: tuple[Any, ...]) -> None:
    with np.errstate(all="ignore"):
        expected = f(*args)
        try:
            (found,) = run(f, *args, careful=True)
        except ArithmeticError:  # of Python's: then the function itself is run
            return
    np.testing.assert_array_equal(found, expected)


def test_second_derivatives_of_a_careful_program_do_not_vanish_where_the_first_one_is_zero() -> None:
    second = tg.grad(tg.grad(lambda x: tg.cos(x * x + x)))
    assert run(second, 0.0, careful=True) == [second(0.0)] == [-1.0]


def test_a_gradient_of_another_shape_is_refused_with_both_shapes() -> None:
    with pytest.raises(ShapeError, match=r"pull\(g\) has the shapes \[\(2,\)\], the result \[\(3,\)\]"):
        record(lambda x: tg.vjp(tg.tanh, x)[1](np.ones(2)), (X,))


def test_a_rule_of_an_impossible_shape_is_refused(own_primitives: None) -> None:
    @tg.op(x=lambda g, y, x: np.ones(5), latex="{x}", domain=REAL)
    def odd(x):  # type: ignore[no-untyped-def]
        """x"""
        return x * 1.0

    with pytest.raises(DerivativeError, match=r"\(5,\)"):
        record(tg.grad(lambda x: tg.sum(odd(x))), (X,))


def test_backward_is_refused_inside_a_program() -> None:
    with pytest.raises(CompileError, match="backward"):
        record(lambda x: (x * x).backward(), (2.0,))


def test_a_primitive_of_the_users_is_differentiated_by_its_own_rule(own_primitives: None) -> None:
    @tg.op(x=lambda g, y, x: g * 3 * x**2, latex="{x}^3", elementwise=True)
    def cubed(x):  # type: ignore[no-untyped-def]
        """x · x · x"""
        return x * x * x

    assert disagreement(tg.hessian(lambda x: tg.sum(cubed(x))), (X,)) is None


def test_every_line_of_a_derivative_knows_what_it_is_about() -> None:
    program = record(tg.value_and_grad(lambda x: tg.sin(x) * 2.0), (0.5,))
    assert [(line.op.name, getattr(getattr(line.about, "op", None), "name", None)) for line in program.lines] == [
        ("sin", None), ("multiply", None), ("cos", "sin"), ("multiply", "sin"),
    ]  # fmt: skip


path_between = differentiate.path_between
MISTAKES = {
    "a contribution replaces the sum": ("fitted", lambda book, c, x: 0.0),
    "broadcasting is not undone": ("sum_to", differentiate.broadcast_to),
    "a path with a gap": ("path_between", lambda book, inputs, results: path_between(book, inputs, results)[:-1]),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_walk_is_found(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    monkeypatch.setattr(differentiate, *MISTAKES[mistake])
    assert sum(fails(f, args) for _, f, args in CASES) > 1


def fails(f: Any, args: tuple[Any, ...]) -> bool:
    """Whether the programs made of f compute something else than f, or cannot be made."""
    try:
        return disagreement(f, args) is not None
    except Exception:
        return True
