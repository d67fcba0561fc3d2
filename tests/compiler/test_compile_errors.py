"""What cannot be a program is refused where it stands, with three parts; what fails later says which line it was."""

from __future__ import annotations

import inspect
import linecache
import math
import traceback

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.compiler.compiled import compile
from tinygrad_edu.compiler.recording.messages import CompileError, NoAttribute
from tinygrad_edu.errors import UnsupportedError

X = np.array([3.0, 1.0, 2.0])


def branch(x):
    return x if x > 0.0 else -x


def both(x, y):
    return x > 0.0 and y


def larger(x, y):
    return max(x, y)


def ordered(x):
    return sorted(x)


def until(x):
    while x < 10.0:
        x = x * 2.0
    return x


def as_float(x):
    return tg.Value(float(x))


def by_math(x):
    return math.sin(x)


def data_of(x):
    return x.data * 2.0


def item_of(x):
    return x.item()


def plain(x):
    return np.asarray(x)


def array_of(x):
    return np.array([x, 2.0])


def looped(x, n):
    return sum(x for _ in range(n))


def picked(x, n):
    return [1.0, 2.0, 3.0][n] * x


def sized(x, n):
    return tg.reshape(x, (n, 1))


def printed(x):
    return f"{x:.3f}"


def masked(x):
    return x[x > 1.5]


def places(x):
    return np.argmax(x)


def sorted_places(x):
    return np.argsort(x)


def nonzero(x):
    return np.nonzero(x > 1.5)


def backwards(x):
    y = x * x
    y.backward()
    return y


def element_set(x):
    x[0] = 5.0
    return x


def without_attribute(x):
    return x.astype(int)


NO_NUMBER = "was asked for"
CASES = {
    branch: ((1.0,), CompileError, "asked whether the result of gt is true"),
    both: ((1.0, 2.0), CompileError, "is true while the function was being compiled"),
    larger: ((1.0, 2.0), CompileError, "is true"),
    ordered: ((X,), CompileError, "is true"),
    until: ((1.0,), CompileError, "the result of lt is true"),
    as_float: ((1.0,), CompileError, NO_NUMBER),
    by_math: ((1.0,), CompileError, NO_NUMBER),
    data_of: ((1.0,), CompileError, NO_NUMBER),
    item_of: ((1.0,), CompileError, NO_NUMBER),
    plain: ((X,), CompileError, "(its numbers, as a plain array)"),
    array_of: ((1.0,), CompileError, NO_NUMBER),
    looped: ((1.0, 3), CompileError, "The number of 'n' (an input) was asked for"),
    picked: ((1.0, 1), CompileError, "The number of 'n' (an input) was asked for"),
    sized: ((X, 3), CompileError, NO_NUMBER),
    printed: ((1.0,), CompileError, "(its number, as text)"),
    masked: ((X,), CompileError, "x[mask] was asked for"),
    places: ((X,), CompileError, NO_NUMBER),
    sorted_places: ((X,), CompileError, NO_NUMBER),
    nonzero: ((X,), CompileError, NO_NUMBER),
    backwards: ((1.0,), CompileError, "backward() was called on 'y'"),
    element_set: ((X,), UnsupportedError, "would change a value"),
    without_attribute: ((X,), NoAttribute, "'x' (an input) has no attribute 'astype'"),
}


@pytest.mark.parametrize("f", CASES, ids=lambda f: f.__name__)
def test_what_no_program_can_repeat_is_refused_with_the_line(f):
    args, kind, words = CASES[f]
    with pytest.raises(kind) as raised:
        compile(f)(*args)
    told = raised.value
    assert words in told.what
    assert told.why and told.write
    if isinstance(told, CompileError):
        lines, first = inspect.getsourcelines(f)
        places = [f"test_compile_errors.py:{first + k}: {line.strip()}" for k, line in enumerate(lines)]
        assert any(place in told.what for place in places), told.what


def test_a_branch_is_told_with_where():
    with pytest.raises(CompileError) as raised:
        compile(branch)(1.0)
    first = inspect.getsourcelines(branch)[1] + 1
    where = f"tests/compiler/test_compile_errors.py:{first}: return x if x > 0.0 else -x"
    assert str(raised.value) == (
        "`if`, `while`, `and` or max() asked whether the result of gt is true while the function was being compiled "
        f"({where}).\n"
        "  A compiled program is one list of steps for all numbers; a choice made now would be baked in for ever.\n"
        "  Write tg.where(condition, a, b), which keeps both ways, or tg.maximum(a, b)."
    )


def test_a_size_is_told_with_static():
    with pytest.raises(CompileError) as raised:
        compile(looped)(1.0, 3)
    assert raised.value.write == (
        "Write the function of the same name from tinygrad_edu (tg.sin for math.sin), tg.where in place of a choice, "
        "or name the argument in static=(...) if it is a setting such as a size."
    )


def test_a_refused_function_leaves_nothing_behind():
    compiled = compile(branch)
    for _ in range(2):
        with pytest.raises(CompileError):
            compiled(1.0)
    assert compiled.cache_info().currsize == 0
    assert tg.grad(branch)(2.0) == 1.0


def test_what_is_no_number_cannot_be_a_result():
    with pytest.raises(TypeError, match="'mean' \\(str\\) is no real number"):
        compile(lambda x: (x, "mean"))(1.0)


# ── while it runs ────────────────────────────────────────────────────────────────────────────────────────────────────
def inverse(a):
    b = a * 2.0
    c = tg.inv(b)
    return c @ b


def entry_of(x, k):
    return x[k] * 2.0


def test_an_operation_that_fails_is_of_the_kind_of_eager_and_says_where():
    compiled = compile(inverse)
    compiled(np.eye(2))
    with pytest.raises(Exception, match=".") as eager:
        inverse(tg.Value(np.zeros((2, 2))))
    with pytest.raises(type(eager.value)) as raised:
        compiled(np.zeros((2, 2)))
    line = inspect.getsourcelines(inverse)[1] + 2
    assert f"(tests/compiler/test_compile_errors.py:{line}: c = tg.inv(b))" in str(raised.value)
    assert raised.value.why == eager.value.why


def test_an_index_that_is_too_large_says_where():
    compiled, k = compile(entry_of), np.array([0, 2])
    compiled(X, k)
    with pytest.raises(IndexError) as raised:
        compiled(X, k + 5)
    told = "".join(traceback.format_exception_only(raised.value))
    assert f"test_compile_errors.py:{inspect.getsourcelines(entry_of)[1] + 1}: return x[k] * 2.0" in told


def test_on_the_way_back_it_is_the_line_that_is_gone_back_through(own_primitives):
    @tg.op(x=lambda g, y, x: g * tg.inv(tg.broadcast_to(x - 2.0, (1, 1)))[0, 0], latex="{x}")
    def fragile(x):
        """x, whose derivative cannot be computed at 2"""
        return x * 1.0

    def through(x):
        return fragile(x) * 3.0

    compiled = compile(tg.grad(through))
    assert compiled(3.0) == 3.0
    with pytest.raises(Exception, match="on the way back through .*test_compile_errors.py:.*return fragile"):
        compiled(2.0)


def test_the_text_that_runs_is_known_to_tracebacks():
    compiled = compile(lambda x: x * 2.0)
    compiled(1.0)
    file = compiled.latest.function.__code__.co_filename
    assert linecache.getline(file, 1).startswith("def f(x):")
    assert "".join(linecache.getlines(file)).strip() == compiled.running_source.strip()
    compiled.latest.forget()
    assert linecache.getline(file, 1) == ""
