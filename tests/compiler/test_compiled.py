"""tg.compile(f): the same results as f, whatever it is called with."""

from __future__ import annotations

import copy
import math
import pickle
import threading
from collections import OrderedDict, namedtuple
from enum import IntEnum

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.compiler.compiled import MOST, Compiled, compile
from tinygrad_edu.compiler.native import jit
from tinygrad_edu.compiler.recording.messages import CompileError
from tinygrad_edu.errors import DataError, UnknownNameError

from .as_eager import check_compiled, check_same, eager

X = np.array([1.0, -2.0, 3.0])
W = np.arange(6.0).reshape(2, 3)
Pair = namedtuple("Pair", "w b")


# ── arguments and results ────────────────────────────────────────────────────────────────────────────────────────────
CALLS = {
    "numbers": (lambda x, y: x * y + tg.sin(x), (1.0, 2.0), (-0.5, 3.0)),
    "whole numbers and NumPy's count as floats": (lambda x, y: x * y - x, (3, 4), (np.float32(2), np.int64(3))),
    "arrays without axes are numbers": (lambda x, y: x / y, (np.array(2.0), 4)),
    "arrays": (lambda w, x: w @ x + 1.0, (W, X), (W + 1.0, X), (W.astype(np.float32), X.astype(np.float32))),
    "another shape": (lambda x: (x * x).sum(), (X,), (W,), (2.0,), (X[:2],)),
    "containers": (lambda p, q: {"a": [p["w"] * 2.0, q[0]], "b": (p["b"],)}, ({"w": W, "b": 1.0}, (2.0, 3.0))),
    "named tuples": (lambda p: Pair(p.w * 2.0, Pair(p.b, None)), (Pair(X, 3.0),)),
    "None and empty containers": (lambda x, y: (x, None, [], {}, ()), (2.0, None), (2.0, ()), (2.0, [])),
    "an argument as a result": (lambda x, y: (y, x, y), (2.0, X)),
    "constants": (lambda x: (1.0, x * 0.0), (2.0,)),
    "gradients look like their arguments": (
        tg.grad(lambda p: (p["w"] * p["w"]).sum() * p["b"]),
        ({"w": W, "b": 3.0},),
        ({"b": 3.0, "w": X},),
    ),
    "value and gradient": (tg.value_and_grad(lambda w, x: tg.tanh(w * x).sum(), (0, 1)), (0.5, X), (X, 2.0)),
    "jacobians": (tg.jacobian(lambda x: x * x * x.sum()), (X,)),
    "Hessians": (tg.hessian(lambda x: (x**3).sum()), (X,), (2.0,)),
    "products with Hessians": (lambda x, v: tg.hvp(lambda x: (x**3).sum(), x, v), (X, X)),
    "labels": (lambda x, k: x[np.arange(2), k].sum(), (W, np.array([0, 2])), (W, np.array([1, 1]))),
    "masks": (lambda m, x: tg.where(m, x, 0.0), (np.array([True, False, True]), X)),
    "comparisons as results": (lambda x: (x > 1.5, x * 2.0), (2.0,), (1.0,), (X,)),
    "another order of keys": (lambda p: list(p.values()), ({"a": 1.0, "b": 2.0},), ({"b": 2.0, "a": 1.0},)),
    "other kinds of dicts": (lambda p: p["a"] * 2.0, (OrderedDict(a=1.0),), ({"a": 1.0},)),
    "a list or a tuple": (lambda p: type(p)([p[0] * 2.0]), ([1.0],), ((1.0,),)),
    "keys that are no texts": (lambda p: {1: p[1] * 2.0, (2, "b"): p[2, "b"]}, ({1: 1.0, (2, "b"): 2.0},)),
}


@pytest.mark.parametrize("case", CALLS)
def test_results_are_those_of_the_function_itself(case):
    f, *calls = CALLS[case]
    check_compiled(f, *calls)


trees = st.recursive(
    st.one_of(st.floats(-3, 3), st.integers(-3, 3), st.none(), st.booleans(), st.sampled_from(["mean", X, W])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.builds(Pair, inner, inner),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    ),
    max_leaves=8,
)


def changed(tree, number):
    """The same structure with other numbers."""
    from tinygrad_edu.compiler.recording.signature import is_number, mapped

    return mapped(lambda x: tg.sin(x) * number + 1.0 if is_number(x) or hasattr(x, "apply_op") else None, tree)


@settings(max_examples=60, deadline=None)
@given(trees, trees)
def test_any_nesting_of_any_arguments_comes_back_as_the_function_built_it(first, second):
    compiled = compile(changed)
    for tree in (first, second, first):
        for number in (2.0, 3):
            check_same(compiled(tree, number), eager(changed, tree, number))


def test_a_result_is_nobody_elses_array():
    compiled, x = compile(lambda x: (x, x, x.T, x[0], tg.broadcast_to(x[0], (2, 3)), x + 0.0)), W.copy()
    results = compiled(x)
    for k, y in enumerate(results):
        y += 1.0
        assert not any(np.shares_memory(y, z) for z in (x, *results[:k]))
    check_same(x, W)


def test_every_way_of_calling_the_function_calls_the_program():
    def f(x, /, y, n=2.0, *more, rate=0.1, kind="mean", **rest):
        return x * n + sum(more) - rate * y + (1.0 if kind == "mean" else 2.0) + sum(rest.values())

    compiled = compile(f)
    for args, by_name in [
        ((1.0, 2.0), {}), ((1.0,), {"y": 2.0}), ((1.0, 2.0, 3), {}), ((1.0, 2.0, 3.0, 4.0, 5.0), {"rate": 1}),
        ((1.0, 2.0), {"kind": "sum"}), ((1.0, 2.0), {"z": 3.0, "a": 4.0}), ((1.0, 2.0), {"n": 5.0, "rate": 0.5}),
    ]:  # fmt: skip
        for _ in range(2):
            check_same(compiled(*args, **by_name), eager(f, *args, **by_name))


def test_a_wrong_call_is_refused_in_the_words_of_python():
    def two(x, y):
        return x * y

    compiled = compile(two)
    for _ in range(2):
        with pytest.raises(TypeError, match=r"two\(\) missing 1 required positional argument: 'y'"):
            compiled(1.0)
        with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
            compiled(1.0, 2.0, z=3.0)
        assert compiled(2.0, 3.0) == 6.0


def test_names_that_the_text_needs_itself_may_be_those_of_arguments():
    check_compiled(lambda math, np, type, list, float: math * np + type * list / float, (1.0, 2.0, 3.0, 4.0, 5.0))

    def f(p, otherwise, Different, ndarray):
        t = p[0] * otherwise
        p = t + Different
        return p * t * ndarray.sum()

    check_compiled(f, ([2.0], 3.0, 4.0, X), ([2], 3, 4, X))


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────
class Mode(IntEnum):
    FULL, HALF = 1, 2


def test_another_setting_is_another_program():
    def f(x, act, twice, mode=Mode.FULL):
        y = act(x) if act else x
        y = y * 2.0 if twice else y
        return y if mode is Mode.FULL else y * 0.5

    calls = [(1.0, tg.tanh, True), (1.0, tg.tanh, False), (1.0, tg.sin, True), (1.0, None, True, Mode.HALF)]
    compiled = check_compiled(f, *calls)
    assert compiled.cache_info().misses == 4


def test_equal_settings_share_a_program():
    compiled = compile(lambda x, kind: x * 2.0 if kind == "twice" else x)
    assert compiled(3.0, "twice") == compiled(3.0, "".join(["tw", "ice"])) == 6.0
    assert compiled.cache_info().misses == 1


@pytest.mark.parametrize("static", ["n", ("n",), 1, (1,), ["n"]])
def test_a_static_argument_is_the_number_it_is(static):
    def power(x, n):
        y = x
        for _ in range(n - 1):
            y = y * x
        return y

    compiled = compile(power, static=static)
    assert [compiled(2.0, 3), compiled(2.0, 3), compiled(2.0, n=4), compiled(3, 3)] == [8.0, 8.0, 16.0, 27.0]
    assert compiled.cache_info().misses == 2
    assert tg.grad(compiled)(2.0, 3) == 12.0


def test_static_arguments_of_functions_with_any_number_of_arguments():
    def f(x, *sizes, **more):
        return x * len(range(sizes[0])) + len(range(more.get("k", 0)))

    compiled = compile(f, static=(1, "k"))
    assert [compiled(2.0, 3), compiled(2.0, 4), compiled(2.0, 4, k=1)] == [6.0, 8.0, 9.0]


def test_a_static_argument_that_does_not_exist_is_named():
    with pytest.raises(UnknownNameError, match="There is no parameter of f named 'm'"):
        compile(f_of_two, static="m")
    with pytest.raises(DataError, match="static=7, but f takes 2 arguments by position") as raised:
        compile(f_of_two, static=7)
    assert raised.value.write == "Write a name, static=['x'], or a position from 0 on."


def f_of_two(x, n):
    return x


f_of_two.__name__ = "f"


# ── numbers that Python refuses, and nan ─────────────────────────────────────────────────────────────────────────────
NUMBERS = {
    "overflow": (tg.exp, (1000.0,), (-1000.0,), (1.0,)),
    "sigmoid far out": (tg.grad(tg.sigmoid), (-1000.0,), (1000.0,), (1.0,)),
    "division by 0": (lambda x: (1.0 / x, -1.0 / x, x / x), (0.0,), (2.0,)),
    "logarithms": (lambda x: (tg.log(x), tg.sqrt(x)), (-1.0,), (0.0,), (4.0,)),
    "powers": (lambda x: (x**0.5, x**-1.0, x**300.0), (-2.0,), (0.0,), (1e9,)),
    "infinities": (lambda x: (x - x, x * 0.0, tg.sin(x), tg.floor(x)), (math.inf,), (1.0,)),
    "nan": (lambda x: (x > 1.0, tg.relu(x), tg.maximum(x, 1.0)), (math.nan,), (2.0,)),
    "arrays": (lambda x: (1.0 / x, tg.log(x), tg.exp(x)), (np.array([0.0, -1.0, 1e9]),)),
    "0 stays 0 where a slope is infinite": (
        tg.grad(lambda x: tg.where(x > 0, tg.sqrt(x), 0.0)), (0.0,), (4.0,), (-1.0,)),
    "and in arrays": (tg.grad(lambda x: tg.where(x > 0, tg.sqrt(x), 0.0).sum()), (np.array([0.0, 4.0, -1.0]),)),
    "and twice": (tg.grad(tg.grad(lambda x: tg.where(x > 0, x**1.5, 0.0))), (0.0,), (4.0,)),
    "an unused root": (tg.grad(lambda x: tg.sqrt(x) * 0.0 + x), (0.0,), (4.0,)),
}  # fmt: skip


@pytest.mark.parametrize("case", NUMBERS)
def test_what_ieee_says_is_what_comes_out_and_nobody_is_warned(case):
    f, *calls = NUMBERS[case]
    check_compiled(f, *calls)


def root_or_zero(x):
    return tg.where(x > 0, tg.sqrt(x), 0.0)


HIDING = {
    "maximum": lambda x: tg.maximum(tg.grad(root_or_zero)(x), -1.0),
    "where": lambda x: tg.where(tg.grad(root_or_zero)(x) > -1.0, 1.0, 2.0),
    "clip": lambda x: tg.clip(tg.grad(root_or_zero)(x), -1.0, 1.0),
    "relu": lambda x: tg.relu(tg.grad(root_or_zero)(x) + 1.0),
    "sign": lambda x: tg.sign(tg.grad(root_or_zero)(x) + 1.0),
    "comparison": lambda x: tg.grad(root_or_zero)(x) > -1.0,
    "power": lambda x: tg.grad(root_or_zero)(x) ** x,
}


@pytest.mark.parametrize("case", HIDING)
def test_a_nan_that_an_operation_would_hide_does_not_arise(case):
    check_compiled(HIDING[case], (0.0,), (4.0,))


# ── inside other transforms ──────────────────────────────────────────────────────────────────────────────────────────
def cube(x):
    return x**3


def test_a_compiled_function_is_differentiated_like_the_function():
    compiled = compile(cube)
    assert compiled(2.0) == 8.0
    assert tg.grad(compiled)(2.0) == 12.0
    assert tg.grad(tg.grad(compiled))(2.0) == 12.0
    x = tg.Value(2.0)
    y = compiled(x) * 2.0
    y.backward()
    assert x.grad == 24.0
    check_same(tg.hessian(lambda x: compiled(x).sum())(X), np.diag(6.0 * X))


def test_a_compiled_function_inside_another_is_part_of_its_program():
    inner = compile(cube)
    inner(1.0)
    outer = compile(lambda x: tg.grad(inner)(x) + inner(x) + inner(2.0))
    assert outer(2.0) == outer(2.0) == 12.0 + 8.0 + 8.0
    assert all(line.op is not None for line in outer.program.lines)
    w = tg.Value(1.0)
    constant = compile(lambda: w * 2.0)
    assert constant() == 2.0
    product = compile(lambda x: constant() * x)
    assert product(3.0) == 6.0
    w.data = 5.0
    assert product(3.0) == 30.0


def test_a_function_that_calls_itself():
    @compile(static="n")
    def power(x, n):
        return 1.0 if n == 0 else x * power(x, n - 1)

    assert [power(2.0, 5), power(3.0, 5), power(2.0, 0)] == [32.0, 243.0, 1.0]


# ── as a decorator, a method, an object ──────────────────────────────────────────────────────────────────────────────
def test_a_method_is_compiled_for_each_object():
    class Model:
        def __init__(self, w):
            self.w = w

        @compile
        def predict(self, x):
            """w · x"""
            return self.w * x

        @compile(static=("n",))
        def power(self, x, n):
            return x ** len(range(n))

    a, b = Model(2.0), Model(5.0)
    assert [a.predict(3.0), b.predict(3.0), a.power(2.0, 3), a.predict(x=4.0)] == [6.0, 15.0, 8.0, 8.0]
    a.w = 1.0
    assert [a.predict(3.0), b.predict(3.0)] == [3.0, 15.0]
    assert Model.predict.__doc__ == "w · x" and "def predict" in a.predict.source


def test_it_looks_like_the_function():
    compiled = compile(cube)
    assert (compiled.__name__, compiled.__wrapped__, repr(compiled)) == ("cube", cube, "<compiled cube, 0 programs>")
    assert isinstance(compiled, Compiled)
    assert compile(compiled).f is cube


def test_before_the_first_call_there_is_nothing_to_read():
    for what in ("source", "running_source", "program"):
        with pytest.raises(CompileError) as raised:
            getattr(compile(cube), what)
        assert str(raised.value) == (
            "cube has no program yet.\n"
            "  A program is written for the structure and the shapes of the arguments, and so at the first call.\n"
            "  Call it first, cube(...), then look at what was written."
        )


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_cannot_be_pickled_or_copied(way):
    with pytest.raises(CompileError) as raised:
        way(compile(cube))
    assert str(raised.value) == (
        "The compiled function cube cannot be pickled or copied.\n"
        "  Its programs are functions that exist in this process alone.\n"
        "  Pickle what cube takes and returns, and write tg.compile(cube) where it is needed."
    )


def test_a_number_cannot_be_compiled():
    with pytest.raises(DataError) as raised:
        compile(cube(2.0))
    assert str(raised.value) == (
        "tg.compile(float) has nothing to compile.\n"
        "  It takes the function, not a result of it: the function is called to see what it does.\n"
        "  Write tg.compile(f), or @tg.compile above the function."
    )


def test_an_unknown_backend_is_named():
    with pytest.raises(UnknownNameError, match="There is no backend named 'natve'"):
        compile(cube, "natve")


def test_the_source_stands_on_its_own():
    def loss(w, x):
        return tg.tanh(w * x)

    compiled = compile(lambda w, x: tg.value_and_grad(loss)(w, x))
    compiled.__name__ = compiled.f.__name__ = "step"
    expected, space = compiled(0.5, 2.0), {}  # type: ignore[var-annotated]
    exec(compiled.source, space)
    check_same(space["step"](0.5, 2.0), expected)


# ── the cache ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_programs_are_counted_and_the_oldest_is_forgotten():
    compiled = compile(lambda x: x * 2.0)
    for n in range(1, MOST + 10):
        compiled(np.ones(n))
    assert compiled.cache_info() == (MOST + 9, MOST, MOST)
    compiled(np.ones(MOST + 9))
    assert compiled.cache_info().misses == MOST + 9
    check_same(compiled(np.ones(1)), np.full(1, 2.0))
    assert compiled.cache_info().misses == MOST + 10
    compiled.cache_clear()
    assert compiled.cache_info().currsize == 0 and compiled(1.0) == 2.0


def test_several_threads_may_call_one_function():
    compiled, found = compile(tg.grad(lambda x, n: (x**3).sum() * n)), []

    def work(k):
        for n in range(1, 30):
            x = np.full(1 + (n + k) % 5, float(n))
            found.append(np.allclose(compiled(x, 2.0), 6.0 * x * x) and compiled(3.0, n) == 27.0 * n)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 * 29 and all(found)


def test_a_function_that_failed_can_be_called_again():
    calls = []

    def f(x):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("not yet")
        return x * 2.0

    compiled = compile(f)
    with pytest.raises(RuntimeError, match="not yet"):
        compiled(1.0)
    assert compiled(1.0) == 2.0 and tg.grad(cube)(1.0) == 3.0


def test_machine_code_computes_the_same():
    pytest.importorskip("llvmlite")
    compiled = check_compiled(tg.value_and_grad(lambda w, x: tg.tanh(w * x)), (0.5, 2.0), (1, 2), backend="native")
    assert "machine" in compiled.running_source and "define" in compiled.llvm and "double" in compiled.c


def test_machine_code_is_chosen_where_it_pays():
    pytest.importorskip("llvmlite")

    def long(x):
        for k in range(300):
            x = tg.sin(x) * x + float(k)
        return x

    compiled = check_compiled(tg.grad(long), (0.5,))
    assert "machine" in compiled.running_source
    assert "machine" not in check_compiled(tg.grad(long), (0.5,), backend="python").running_source
    assert "define" in compile_called(cube, "python", 2.0).llvm


def test_small_arrays_become_machine_code_where_numpy_would_be_called_often():
    pytest.importorskip("llvmlite")
    x = np.linspace(-1.0, 1.0, 12)
    valley = lambda x: (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()  # noqa: E731
    compiled = compile(tg.hessian(valley))
    np.testing.assert_allclose(compiled(x), tg.hessian(valley)(x), rtol=1e-14)
    assert "machine" in compiled.running_source
    assert "machine" not in compile_called(lambda x: tg.tanh(x).sum(), "auto", np.ones(1000)).running_source
    assert "machine" not in compile_called(lambda x: tg.tanh(x).sum(), "auto", np.ones(10)).running_source


def test_without_llvmlite_python_serves_and_says_so(monkeypatch):
    monkeypatch.setattr(jit, "available", lambda: False)
    compiled = compile(cube, "native")
    with pytest.warns(UserWarning, match=r"tinygrad-edu\[native\]"):
        assert compiled(2.0) == 8.0
    assert "machine" not in compiled.running_source
    assert "machine" not in compile_called(tg.hessian(lambda x: (x**4).sum()), "auto", np.ones(30)).running_source


def compile_called(f, backend, *args):
    compiled = compile(f, backend)
    compiled(*args)
    return compiled


def test_a_step_is_compiled_for_all_rows_and_for_one_after_the_other():
    x = np.array([1.0, 2.0, 3.0])
    check_same(compile(lambda x, w: w * x * x, batch=0)(x, 2.0), 2.0 * x * x)
    step = lambda w, x, y: w - 0.1 * tg.grad(lambda w: (w * x - y) ** 2)(w)  # noqa: E731
    for backend in ("auto", "python"):
        trained = compile(step, backend, loop=(1, 2))(0.0, x, 2.0 * x, epochs=3)
        w = 0.0
        for _ in range(3):
            for one in x.tolist():
                w = step(w, one, 2.0 * one)
        assert trained == pytest.approx(w, rel=1e-13)


def test_a_decorator_takes_choices():
    @compile(backend="python", static="n")
    def f(x, n):
        return x * len(range(n))

    assert f(2.0, 3) == 6.0 and f.backend == "python"
