"""`tg.debug()`: the first number that is not finite is an error with its place, operands, reason and a way out."""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.doctor.debug import debug
from tinygrad_edu.engine.value import Value
from tinygrad_edu.errors import NonFiniteError, ShapeError
from tinygrad_edu.protocols import modes
from tinygrad_edu.protocols.places import place_of

inf, nan = np.inf, np.nan


def complaint(f, **settings):
    """The error that f() raises inside debug, after making sure that nothing of debug is left."""
    with pytest.raises(NonFiniteError) as caught, debug(**settings):
        f()
    assert not modes.modes and not modes.watchers
    return caught.value


# ── why an operation has no finite result ────────────────────────────────────────────────────────────────────────────
REASONS = [
    (lambda: tg.log(Value(0.0)), "log gave -inf", "The logarithm of 0 is -∞: no power of e is 0."),
    (lambda: tg.log2(Value(0.0)), "log2 gave -inf", "The logarithm of 0 is -∞: no power of 2 is 0."),
    (lambda: tg.log10(Value(-1.0)), "log10 gave nan", "no real number: powers of 10 are positive."),
    (lambda: tg.log1p(Value(-1.0)), "log1p gave -inf", "log1p(-1) is the logarithm of 0, which is -∞."),
    (lambda: tg.log1p(Value(-2.0)), "log1p gave nan", "log1p(x) is the logarithm of 1 + x"),
    (lambda: tg.exp(Value(709.79)), "exp gave inf", "exp overflows above 709.78: float64 ends at 1.8e308."),
    (lambda: tg.exp(Value(np.float32([88.73]))), "exp gave inf", "exp overflows above 88.72: float32 ends at 3.4e38."),
    (lambda: tg.exp(Value(np.float16([11.1]))), "exp gave inf", "exp overflows above 11.08: float16 ends at 6.6e4."),
    (lambda: tg.exp2(Value(1024.0)), "exp2 gave inf", "exp2 overflows above 1024: float64"),
    (lambda: tg.sinh(Value(711.0)), "sinh gave inf", "sinh overflows above 710.47: float64"),
    (lambda: tg.sqrt(Value(-4.0)), "sqrt gave nan", "The square of no real number is negative."),
    (lambda: Value(0.0) / Value(0.0), "divide gave nan", "0 / 0 can be anything, so it is nothing: nan."),
    (lambda: 1.0 / Value(0.0), "divide gave inf", "A number divided by 0 is infinite."),
    (lambda: Value(inf) / Value(inf), "divide gave nan", "∞ / ∞ can be anything"),
    (lambda: Value(1.0) / Value(1e-310), "divide gave inf", "The quotient is larger than 1.8e308, where float64 ends."),
    (lambda: tg.reciprocal(Value(0.0)), "reciprocal gave inf", "1 / 0 is infinite."),
    (lambda: Value(1.0) % 0.0, "mod gave nan", "Nothing can be divided by 0."),
    (lambda: Value(0.0) ** -1.0, "power gave inf", "A negative power of 0 is 1 / 0, which is infinite."),
    (lambda: Value(-8.0) ** (1 / 3), "power gave nan", "A negative number has no real power unless that is whole."),
    (lambda: Value(0.0) * inf, "multiply gave nan", "0 · ∞ can be anything"),
    (lambda: Value(1e200) * 1e200, "multiply gave inf", "larger than 1.8e308, where float64 ends: an overflow."),
    (lambda: Value(inf) - inf, "subtract gave nan", "∞ - ∞ can be anything"),
    (lambda: tg.arccos(Value(1.5)), "arccos gave nan", "arccos is defined from -1 to 1"),
    (lambda: tg.arccosh(Value(0.5)), "arccosh gave nan", "arccosh is defined from 1 on"),
    (lambda: tg.arctanh(Value(1.0)), "arctanh gave inf", "arctanh is defined between -1 and 1, and infinite at both."),
    (lambda: tg.sin(Value(inf)), "sin gave nan", "sin goes up and down for ever: it has no limit at ∞."),
    (lambda: tg.softmax(Value([-inf, -inf])), "softmax gave nan at entry [0] (the first of 2)", "a row is -∞"),
    (lambda: tg.mean(Value(np.zeros(0))), "mean gave nan", "The mean of no numbers at all is 0 / 0."),
    (lambda: Value(np.full((2, 2), 1e200)) @ np.full((2, 2), 1e200), "matmul gave inf at entry [0, 0]", "an overflow."),
    (lambda: Value([1e308, 1e308]).sum(), "sum gave inf", "an overflow."),
]  # fmt: skip


@pytest.mark.parametrize(("f", "what", "why"), REASONS, ids=[row[1] for row in REASONS])
def test_the_operation_and_the_reason_are_named(f, what, why):
    error = complaint(f)
    assert error.what.startswith(what) and why in error.why
    assert error.write.endswith(".")


def test_the_whole_message_for_a_logarithm():
    z = Value([0.0, 1000.0], name="z")

    def loss():
        p = tg.softmax(z)
        return -tg.log(p).sum()

    first = loss.__code__.co_firstlineno
    lines = str(complaint(loss)).splitlines()
    assert lines[0].startswith("log gave -inf at entry [0], in ") and lines[0].endswith(
        f"test_debug.py:{first + 2}: tg.log(p)"
    )
    assert lines[1].startswith("      x = 0   p, softmax, shape (2,), made in ")
    assert lines[1].endswith(f"test_debug.py:{first + 1}: tg.softmax(z)")
    assert lines[2:] == [
        "  The logarithm of 0 is -∞: no power of e is 0.",
        "  Write tg.log_softmax(x) instead of log(softmax(x)): it never forms the probability that became 0.",
    ]


def test_the_entry_is_that_of_the_result_and_the_operands_are_those_that_met_there():
    a, b = Value(np.ones((2, 3)), name="a matrix"), Value([1.0, 2.0, 0.0])
    error = complaint(lambda: a / b)
    assert error.what.startswith("divide gave inf at entry [0, 2] (the first of 2)")
    assert "\n      a = 1   'a matrix', a leaf, shape (2, 3)\n      b = 0   b, a leaf, shape (3,)" in error.what


def test_nan_in_the_data_is_told_from_nan_that_was_computed():
    x = Value(np.array([[1.0, 2.0], [nan, nan]]), name="data")
    error = complaint(lambda: (x * 2.0).sum())
    assert error.what.startswith("multiply was given nan: its operand a is nan at entry [1, 0], 2 of its 4 numbers")
    assert error.what.endswith("a   'data', a leaf, shape (2, 2)")
    assert error.why == "No operation made it: it came in with the data, or was written there by an update."
    with np.errstate(all="ignore"):
        before = tg.log(Value(-1.0))
    assert complaint(lambda: before + 1.0).why == "It was computed before anybody watched."


# ── what is no mistake ───────────────────────────────────────────────────────────────────────────────────────────────
HARMLESS = [
    lambda: tg.softmax(Value([0.0, 1.0, 2.0]) + np.array([0.0, -inf, 0.0])).sum().backward(),
    lambda: tg.max(Value([-inf, 1.0])) + tg.maximum(Value(-inf), 0.0),
    lambda: tg.where(np.array([True, False]), Value([1.0, nan]), 0.0).sum().backward(),
    lambda: tg.grad(lambda x: tg.where(x > 0, tg.sqrt(x), 0.0))(0.0),
    lambda: tg.hessian(lambda x: tg.where(x > 0, tg.sqrt(x), x).sum())(np.array([0.0, 1.0])),
    lambda: tg.jvp(lambda x: tg.where(x > 0, tg.sqrt(x), x).sum(), np.array([0.0, 1.0]), np.ones(2)),
    lambda: tg.norm(Value(np.zeros(3))).backward(),
    lambda: Value([1e200, 1e-320]) * 1.0,
    lambda: tg.sum(Value(np.full(3, 1e300))),
    lambda: Value(np.zeros((0, 3))) * 2.0,
]


@pytest.mark.parametrize("f", HARMLESS)
def test_infinite_constants_and_branches_not_taken_are_no_mistake(f):
    with debug():
        f()


def test_infinities_may_be_allowed_while_nan_stays_an_error():
    x = Value(0.0)
    with debug(infinities=False):
        y = tg.log(x)
        tg.sqrt(x).backward()
    assert y.data == -inf and x.grad == inf
    assert "log gave nan" in complaint(lambda: tg.log(Value(-1.0)), infinities=False).what
    with debug(), debug(infinities=False):  # the innermost decides
        tg.log(x)


def program():
    rng = np.random.default_rng(0)
    x, w = Value(rng.normal(size=(8, 3))), Value(rng.normal(size=(3, 2)))
    y = (tg.log_softmax(tg.tanh(x @ w) * np.float64(2), axis=1) ** 2).mean() + tg.where(x > 0, x, 0.0).sum() / 7
    y.backward()
    return y.data, x.grad, w.grad, tg.hessian(lambda v: tg.sin(v).prod())(np.array([0.3, 0.7]))


def test_a_clean_program_has_the_same_results_bit_for_bit():
    with debug():
        watched = program()
    assert all(np.array_equal(a, b) for a, b in zip(watched, program()))


def test_numpy_does_not_warn_of_what_is_told_better():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        complaint(lambda: tg.log(Value([0.0, 1.0])))
        complaint(lambda: tg.sqrt(Value([0.0, 1.0])).sum().backward())


# ── backward ─────────────────────────────────────────────────────────────────────────────────────────────────────────
SLOPES = [
    (lambda x: tg.sqrt(x), 0.0, "sqrt: the gradient of x became inf", "√ rises vertically at 0: its derivative"),
    (lambda x: tg.cbrt(x), 0.0, "cbrt: the gradient of x became inf", "∛ rises vertically at 0"),
    (lambda x: x**0.5, 0.0, "power: the gradient of a became inf", "b · a^(b - 1) is infinite there."),
    (lambda x: (-2.0 + 0 * x) ** (x + 2.0), 0.0, "power: the gradient of b became nan", "has no logarithm."),
    (lambda x: tg.arcsin(x), 1.0, "arcsin: the gradient of x became inf", "arcsin rises vertically at -1 and 1"),
    (lambda x: tg.arccos(x), 1.0, "arccos: the gradient of x became -inf", "arccos falls vertically at -1 and 1"),
    (lambda x: tg.arccosh(x), 1.0, "arccosh: the gradient of x became inf", "arccosh rises vertically at 1"),
    (lambda x: tg.log(x), 1e-310, "log: the gradient of x became inf", "The derivative of log is 1 / x"),
    (lambda x: 1.0 / x, 1e-200, "divide: the gradient of b became -inf", "too large for so small a b."),
    (lambda x: tg.reciprocal(x), 1e-200, "reciprocal: the gradient of x became -inf", "too large for so small an x."),
    (lambda x: (x * 1e-200) * 1e200 * 1e200, 1e-10, "multiply: the gradient of a became inf", "the gradient explodes."),
]  # fmt: skip


@pytest.mark.parametrize(("f", "x", "what", "why"), SLOPES, ids=[row[2] for row in SLOPES])
@pytest.mark.parametrize("array", [False, True], ids=["number", "array"])
def test_the_first_gradient_that_is_not_finite_is_named_with_its_slope(f, x, what, why, array):
    x = Value(np.array([[x]]) if array else x)
    error = complaint(lambda: tg.sum(f(x)).backward())
    assert error.what.startswith(f"backward through {what}{' at entry [0, 0]' if array else ''}, in ")
    assert why in error.why and x.grad is None
    assert "arriving gradient" in error.what and "local derivative" in error.what


def test_the_whole_message_for_a_gradient():
    x = Value([4.0, 0.0], name="x")
    lines = str(complaint(lambda: (3.0 * tg.sqrt(x)).sum().backward())).splitlines()
    assert lines[0].startswith("backward through sqrt: the gradient of x became inf at entry [1], in ")
    assert lines[1:] == [
        "      x = 0   'x', a leaf, shape (2,)",
        "      y = 0",
        "      arriving gradient 3 · local derivative inf",
        "  √ rises vertically at 0: its derivative 1 / (2√x) is infinite there.",
        "  Write tg.sqrt(x + 1e-12), or guard it: tg.where(x > 0, tg.sqrt(tg.where(x > 0, x, 1.0)), 0.0).",
    ]


@pytest.mark.parametrize("guarded", [0.0, np.zeros(2)], ids=["number", "array"])
def test_an_infinite_slope_at_which_nothing_arrives_is_not_blamed_for_another(guarded):
    def loss():
        z, x = Value(0.0, name="z"), Value(guarded)
        unguarded = tg.sqrt(z)
        return (unguarded + tg.where(x > 0, tg.sqrt(x), 0.0).sum()).backward()

    assert "x = 0   'z', a leaf" in complaint(loss).what


def test_gradients_that_are_finite_one_by_one_may_add_up_to_too_much():
    x = Value(1e-300, name="shared")
    error = complaint(lambda: (x * 1.5e308 + x * 1.5e308).backward())
    assert error.what == "backward: the gradients that reach one value add up to inf\n      'shared', a leaf"


def test_a_backward_pass_that_starts_from_nan_says_so():
    error = complaint(lambda: (Value([1.0, 2.0]) * 2.0).backward(np.array([1.0, nan])))
    assert error.what.startswith("backward: the gradient it starts from is nan at entry [1]")


TRANSFORMS = [
    lambda f, x: tg.grad(f)(x),
    lambda f, x: tg.value_and_grad(f)(x),
    lambda f, x: tg.vjp(f, x)[1](1.0),
    lambda f, x: tg.jvp(f, x, np.ones(2)),
    lambda f, x: tg.hvp(f, x, np.ones(2)),
    lambda f, x: tg.hessian(f)(x),
    lambda f, x: tg.grad(lambda v: tg.grad(f)(v).sum())(x),
    lambda f, x: tg.grad(f)(Value(x)),
]


@pytest.mark.parametrize("transform", TRANSFORMS)
def test_every_transform_names_the_operation(transform):
    error = complaint(lambda: transform(lambda v: tg.sqrt(v).sum(), np.array([1.0, 0.0])))
    assert error.what.startswith("backward through sqrt: the gradient of x became inf at entry [1], in ")
    assert "x = 0   a leaf, shape (2,)" in error.what


def test_a_second_derivative_may_be_the_first_that_is_infinite():
    error = complaint(lambda: tg.grad(tg.grad(lambda x: x**1.5))(0.0))
    assert error.what.startswith("backward through power: the gradient of a became inf")
    assert "b = 0.5   a constant" in error.what


def test_a_recorded_gradient_knows_the_line_that_asked_for_it():
    with debug():
        g = tg.grad(lambda x: x**3)(Value(2.0))
    assert "tg.grad(lambda x: x**3)(Value(2.0))" in place_of(g).text


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_shape_error_says_where_both_operands_were_made():
    x, w = Value(np.ones((2, 3)), name="x"), Value(np.ones((3, 4)))

    def forward():
        h = tg.relu(x @ w)
        return h @ w

    line = forward.__code__.co_firstlineno
    with pytest.raises(ShapeError) as caught, debug():
        forward()
    lines = str(caught.value).splitlines()
    assert lines[0] == "(2, 4) @ (3, 4): the inner sizes 4 and 3 differ."
    assert lines[1].endswith(f"test_debug.py:{line + 2}: h @ w")
    assert (
        lines[2].startswith("      a   h, relu, shape (2, 4), made in ") and f"test_debug.py:{line + 1}: " in lines[2]
    )
    assert lines[3] == "      b   w, a leaf, shape (3, 4)"
    assert lines[4].startswith("  A matrix product pairs rows") and lines[5] == "  Did you mean x @ w.T?"


# ── company ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_numbers_inside_no_grad_are_looked_at_as_well():
    with pytest.raises(NonFiniteError, match="log gave -inf"), debug(), tg.no_grad():
        tg.log(Value(0.0))
    with pytest.raises(NonFiniteError, match="log gave -inf"), tg.no_grad(), debug():
        tg.log(Value(0.0))
    assert not modes.modes and not modes.watchers
    with tg.no_grad(), debug():
        assert (Value(2.0) * 3.0).op is None


def test_only_the_thread_that_enters_is_watched():
    found = []

    def work():
        with np.errstate(all="ignore"):
            found.append(tg.log(Value(0.0)).data)

    with debug():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        with pytest.raises(NonFiniteError):
            tg.log(Value(0.0))
    assert found == [-inf]


def test_after_an_error_inside_the_program_may_go_on():
    x = Value(0.0)
    with debug():
        for _ in range(3):
            with pytest.raises(NonFiniteError):
                tg.sqrt(x).backward()
        (x * 3.0).backward()
        assert x.grad == 3.0 and place_of(x * 1.0) is not None
    assert not modes.modes and not modes.watchers and place_of(x * 1.0) is None


@pytest.mark.parametrize("scalar", [True, False], ids=["numbers", "arrays"])
def test_a_network_that_diverges_is_stopped_at_the_operation_where_it_does(scalar):
    net, losses = tg.nn.MLP(2, [4, 1], hidden="relu", rng=np.random.default_rng(0)), []
    optimizer = tg.optim.SGD(net.parameters(), lr=50.0)
    batch = [1.0, 2.0] if scalar else np.array([[1.0, 2.0], [3.0, -1.0]])

    def train():
        for _ in range(200):
            loss = ((net(batch) - 1.0) ** 2).sum()
            net.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.data)

    error = complaint(train)
    assert 1 < len(losses) < 200 and np.isfinite(losses).all()
    assert "test_debug.py:" in error.what and error.write
