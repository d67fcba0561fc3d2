"""Expressions from outside: what is allowed computes as Python would, everything else is refused at its place."""

from __future__ import annotations

import ast
import math
import unicodedata
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.cli import words
from tinygrad_edu.cli.caret import ExpressionError, pointed
from tinygrad_edu.cli.expression import read
from tinygrad_edu.cli.operations import ARITHMETIC, COMPARISONS, MOST_ENTRIES, OPERATIONS, TAKEN_OUT, entries
from tinygrad_edu.cli.reader import Reader
from tinygrad_edu.errors import TinygradError
from tinygrad_edu.ops.catalogue import FUNCTIONS

patient = settings(deadline=timedelta(seconds=5), max_examples=150, derandomize=True)
A = [[1.0, 2.0], [3.0, 4.0]]


def refusal(text, names=("x", "y", "a", "b")):
    """The error of an expression, as its lines."""
    with pytest.raises(ExpressionError) as caught:
        read(text, names)
    return str(caught.value).splitlines()


def marked(text, names=("x", "y", "a", "b")):
    """The characters under the carets."""
    with pytest.raises(ExpressionError) as caught:
        read(text, names)
    line, carets = caught.value.window
    start = len(carets) - len(carets.lstrip())
    return line[start : len(carets)]


# ── what is allowed ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "inputs", "result"),
    [
        ("2", {}, 2.0),
        ("-x**2", {"x": 3.0}, -9.0),
        ("2**-x", {"x": 1.0}, 0.5),
        ("2**3**x", {"x": 2.0}, 512.0),
        ("x - y - 1", {"x": 5.0, "y": 2.0}, 2.0),
        ("x / y", {"x": 1.0, "y": 0.0}, math.inf),
        ("x // 2 + x % 2", {"x": 7.0}, 4.0),
        ("+x", {"x": 3.0}, 3.0),
        (".5 + 1. + 1e2 + 1E-1", {}, 101.6),
        ("pi + e", {}, math.pi + math.e),
        ("e * pi", {"e": 2.0}, 2 * math.pi),
        ("tanh(a*b + c)", {"a": 2.0, "b": -3.0, "c": 7.0}, math.tanh(1.0)),
        ("where(x > 0, x, 0)", {"x": [-1.0, 2.0]}, [0.0, 2.0]),
        ("(0 < x) * (x <= 2) * (x != 1)", {"x": [0.0, 1.0, 2.0]}, [0.0, 0.0, 1.0]),
        ("x == 2", {"x": [1.0, 2.0]}, [0.0, 1.0]),
        ("[x, 2*x]", {"x": 3.0}, [3.0, 6.0]),
        ("[[1, x], [3, 4]] @ [1, 1]", {"x": 2.0}, [3.0, 7.0]),
        ("sum(x, axis=0)", {"x": A}, [4.0, 6.0]),
        ("sum(x, 0)", {"x": A}, [4.0, 6.0]),
        ("sum(x, axis=(0, 1), keepdims=True)", {"x": A}, [[10.0]]),
        ("reshape(x, (4,))", {"x": A}, [1.0, 2.0, 3.0, 4.0]),
        ("x[0]", {"x": A}, [1.0, 2.0]),
        ("x[-1, 0]", {"x": A}, 3.0),
        ("x[:, ::-1]", {"x": A}, [[2.0, 1.0], [4.0, 3.0]]),
        ("x[..., None]", {"x": [1.0]}, [[1.0]]),
        ("clip(x, 0, 1) + clip(x, max=1)", {"x": [-1.0, 2.0]}, [-1.0, 2.0]),
        ("concatenate([x, [5]])", {"x": [1.0]}, [1.0, 5.0]),
        ("stack((x, x), axis=1)", {"x": [1.0]}, [[1.0, 1.0]]),
        ("take(x, [1, 1])", {"x": [5.0, 6.0]}, [6.0, 6.0]),
        ("slogdet(x)[1]", {"x": A}, math.log(2)),
        ("split(x, 2)[-1]", {"x": [1.0, 2.0]}, [2.0]),
        ("argmax(x) + x", {"x": [1.0, 2.0]}, [2.0, 3.0]),
        ("x\n + 1", {"x": 1.0}, 2.0),
        ("  x\t+\u00a01 ", {"x": 1.0}, 2.0),
        ("重み * θ_1", {"重み": 2.0, "θ_1": 3.0}, 6.0),
    ],
)
def test_an_expression_computes_what_it_says(text, inputs, result):
    values = {name: tg.Value(value) for name, value in inputs.items()}
    for given_inputs in (inputs, values):
        y = read(text, list(inputs))(**given_inputs)
        np.testing.assert_allclose(y.data if isinstance(y, tg.Value) else y, result, rtol=1e-14)


def test_an_expression_is_a_function_that_every_tool_can_use():
    f = read("x**2 * sin(x)")
    assert tg.grad(f)(1.3) == pytest.approx(2 * 1.3 * math.sin(1.3) + 1.3**2 * math.cos(1.3), rel=1e-14)
    assert tg.grad(tg.grad(f))(1.3) == pytest.approx((2 - 1.3**2) * math.sin(1.3) + 4 * 1.3 * math.cos(1.3), rel=1e-13)
    y = read("a*b + a")(a := tg.Value(2.0), b=tg.Value(5.0))
    y.backward()
    assert (y.op.name, a.grad) == ("add", 6.0)


def test_names_are_found_in_order_of_appearance_and_may_be_written_in_other_letters():
    assert read("b*sin(a) + b*pi + sum(c, axis=0)").names == ("b", "a", "c")
    assert read("ａ + 1").names == ("a",)  # a full-width a is an a to Python, too
    assert read("ａ + 1", ["a"])(1.0) == 2.0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_operation_can_be_called_or_says_why_not(name):
    if name in TAKEN_OUT:
        assert refusal(f"{name}(x)")[3].strip() == TAKEN_OUT[name]
        return
    inputs, words = OPERATIONS[name].inputs, {"arrays": "[x, x]", "condition": "x > 0"}
    extra = {
        "take": ", 0",
        "take_along_axis": ", [[0]]",
        "split": ", 2",
        "reshape": ", (4,)",
        "broadcast_to": ", (2, 2)",
    }
    needed = inputs[: OPERATIONS[name].needed]
    text = f"{name}({', '.join(words.get(part, 'x') for part in needed)}{extra.get(name, '')})"
    vector = name in ("vdot", "cross")
    x = np.array([0.6, 0.3, 0.2]) if vector else np.array([[0.6, 0.1], [0.1, 0.7]])
    text += "[0]" * (name in ("split", "slogdet", "eigh", "svd"))
    found = read(text, ["x"])(x)
    ours = {"x": x, "True": True, **FUNCTIONS}
    with np.errstate(all="ignore"):
        expected = eval(text, {"__builtins__": {}}, ours)  # in a test, of a text of our own
    np.testing.assert_array_equal(found, expected)


def test_the_operators_are_all_those_that_have_derivatives():
    assert {getattr(ast, name) for name in [*ARITHMETIC, *COMPARISONS]} == {
        *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult, ast.USub),
        *(ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
    }


@pytest.mark.parametrize(
    "text",
    [
        "lambda: 0", "x.y", "[i for i in x]", "(i for i in x)", "{i for i in x}", "{i: i for i in x}", "{1: 2}", "{1}",
        "f'{x}'", "'s'", "b's'", "1j", "x if x else x", "(y := 3)", "x and x", "x or x", "not x", "~x", "x << 2",
        "x >> 2", "x | x", "x & x", "x ^ x", "x is x", "x is not x", "x in x", "x not in x", "sin(*x)", "sum(**x)",
        "sum(x, **x)", "sin(x=x)", "x(x)", "sin(x)(x)", "eval(x)", "__import__(x)", "x[x]", "x[1:x]", "x[sum(x)]",
        "...",
        "True", "None", "sum(x, axis=x)", "sum(x, axis='a')", "sum(x, axis=-x)", "sum(x, axis=[0, [x]])", "stack(x)",
    ],
)  # fmt: skip
def test_whatever_the_parser_hands_on_only_what_is_on_the_list_is_read(text):
    tree = ast.parse(f"({text})", mode="eval").body  # without the check of the words before it
    with pytest.raises(ExpressionError):
        Reader(text, ["x"]).part(tree)


# ── what is refused, and where ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("x^2", "^", "Did you mean **? For example x**2."),
        ("2x + 1", "x", "Did you mean 2*x?"),
        ("|x - 1| + 2", "|", "Did you mean abs(x - 1)?"),
        ("x | 1", "|", "Did you mean abs(x)?"),
        ("π*x", "π", "Did you mean pi?"),
        ("2(x+1)", "(", "Did you mean 2*(…)?"),
        ("(a)(b)", "(", "Did you mean (…)*(…)?"),
        ("a b", "b", "Did you mean a*b?"),
        ("x 2", "2", "Did you mean x*2 or x**2?"),
        ("sin x", "x", "Did you mean sin(x)?"),
        ("ln x", "x", "Did you mean log(x)?"),
        ("1_000", "_000", "Did you mean 1000?"),
        ("0x10", "x10", "Write it to base 10."),
        ("2j", "j", "Did you mean 2*j?"),
        ("sinx", "sinx", "Did you mean sin(x)? If it is an input, give it a number: sinx=1.5"),
        ("ab", "ab", "Did you mean a*b? If it is an input, give it a number: ab=1.5"),
        ("x2", "x2", "Did you mean x*2 or x**2? If it is an input, give it a number: x2=1.5"),
        ("ln(x)", "ln", "Did you mean log?"),
        ("sec(x)", "sec", "Did you mean 1/cos(x)?"),
        ("tanhh(x)", "tanhh", "Did you mean tanh?"),
        ("f(x)", "f", "Write one of them, such as tanh(x), log(x) or sum(x)."),
        ("a(x)", "a", "Did you mean a*(…)?"),
        ("exp + 1", "exp", "Write exp(x)."),
        ("c + 1", "c", "Give it one: c=1.5"),
        ("c + d", "c", "Give numbers to all of them: c=1.5 d=1.5"),
        ("inf", "inf", "Write a finite number."),
        ("y = x**2", "=", "Did you mean '=='? Or write the right side alone: 'x**2'."),
        ("x.T", ".T", "Did you mean transpose(x)?"),
        ("x.sum()", ".sum", "Did you mean sum(x)?"),
        ("np.exp(x)", ".exp", "Did you mean exp(…), without 'np'?"),
        ("x.__class__", ".__class__", "Write an operation with brackets, such as sum(x), or a number, such as 0.5."),
        ("3,5", ",", "Did you mean a decimal point: 3.5?"),
        ("x, y", ",", "Write [a, b] to make an array of them."),
        ("x:=3", ":", "Remove it."),
        ("(1, 2)", "(1, 2)", "Write square brackets: [a, b]."),
        ("a + * b", "*", "Write what belongs there, such as x."),
        ("sum(*x)", "*", "Write what belongs there, such as x."),
        ("f(,x)", ",", "Write what belongs there, such as x."),
        ("x[]", "]", "Write what belongs there, such as x."),
        ("(a", "(", "Write ')' where it ends."),
        ("a)", ")", "Remove it, or open one."),
        ("(a]", "]", "Did you mean ')'?"),
        ("x²", "²", "Did you mean x**2?"),
        ("x × 2", "×", "Did you mean *?"),
        ("x & y", "&", "Did you mean a product of comparisons: (x > 0) * (x < 1)?"),
        ("'abc'", "'", "Remove it."),
        ("x if x else y", "if", "Did you mean where(condition, a, b)?"),
        ("lambda x: x", "lambda", "Write the formula alone: its names are its inputs. Call an input 'l' or 'lam' "
         "instead of 'lambda'."),
        ("[x for x in y]", "for", "Work on the whole array at once: sum(x**2)."),
        ("await x", "await", "Write a formula, such as tanh(a*b + c)."),
        ("0 < x < 1", "0 < x < 1", "Write the product of two comparisons: (0 < x) * (x < 1)."),
        ("True", "True", "Write 1 or 0."),
        ("x + None", "None", "Write 1 or 0."),
        ("007", "007", "Write 7."),
        ("1e999", "1e999", "Write a smaller one."),
        ("1" * 400, "1" * 70, "Write a smaller one."),
        ("x + 9**9**9**9", "9**9**9", "Write numbers whose result is below 1.8e308."),
        ("x * log(-1)", "log(-1)", "Write numbers whose result is below 1.8e308."),
        ("max(x, y)", "y", "Write a whole number, True, False, None, or a tuple such as (2, 3). Two inputs? "
         "Then maximum(a, b)."),
        ("tile(x, 10**9)", "10**9", "Write a whole number, True, False, None, or a tuple such as (2, 3). Two inputs? "
         "Then maximum(a, b)."),
        ("tile(x, 1000000000)", "1000000000", "Write a smaller one."),
        ("sum(x, foo=1)", "1", "Write sum(x, axis=…, keepdims=…)."),
        ("sum(x, 0, axis=1)", "1", "Write sum(x, axis=…, keepdims=…)."),
        ("sum(x, **y)", "**", "Write what belongs there, such as x."),
        ("sin(x, y)", "y", "Write sin(x)."),
        ("maximum(x)", "maximum(x)", "Write maximum(a, b)."),
        ("stack(x)", "x", "Write stack([…], …)."),
        ("exp(x)(y)", "(", "Did you mean (…)*(…)?"),
        ("x[y]", "y", "Write x[0], x[-1], x[1:3] or x[:, 0]."),
        ("x[1.5]", "1.5", "Write x[0], x[-1], x[1:3] or x[:, 0]."),
        ("x[[0]]", "[0]", "Write x[0], x[-1], x[1:3] or x[:, 0]."),
        ("x[1:2:3:4]", ":", "Write one such as tanh(a*b + c)."),
        ("(a=1)", "=", "Did you mean '=='? Or write the right side alone: '1)'."),
        ("__import__('os')", "'", "Remove it."),
        ("重み + sinn(x)", "重み", "Give it one: 重み=1.5"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_marked_and_answered(text, place, says):
    lines = refusal(text)
    assert lines[-1] == f"  {says}"
    assert len(lines) == 5
    if text.isascii() or place == "²" or place == "×":
        assert marked(text).strip() == place


def test_an_error_of_a_whole_expression_reads_in_three_parts():
    assert refusal("a * sinn(x) + 1") == [
        "There is no operation named 'sinn'.",
        "    a * sinn(x) + 1",
        "        ^^^^",
        "  Only the operations of tinygrad_edu can be called.",
        "  Did you mean sin?",
    ]


@pytest.mark.parametrize(
    ("text", "says"), [("", "empty"), (" \n", "empty"), ("x +", "ends too early"), ("-", "too early")]
)
def test_an_expression_that_is_not_finished_says_so(text, says):
    assert says in refusal(text)[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("(" * 100_000, "100,000 characters"), ("-" * 100_000 + "x", "100,001 characters"),
        ("1+" * 100_000 + "1", "200,001 characters"), ("x" * 10_000_000, "10,000,000 characters"),
        ("(" * 900 + "x" + ")" * 900, "nested too deeply"), ("[" * 900, "nested too deeply"),
        ("-" * 900 + "x", "nested too deeply"), ("+-" * 900 + "x", "nested too deeply"),
        ("x**" * 500 + "x", "nested too deeply"), ("x+" * 900 + "x", "nested too deeply"),
        ("sin(" * 300 + "x" + ")" * 300, "nested too deeply"), ("x[0]" + "[0]" * 600, "nested too deeply"),
        ("x<" * 900 + "x", "chained"), ("x" * 1999, "is given no number"),
    ],
)  # fmt: skip
def test_what_would_exhaust_a_parser_is_refused(text, says):
    assert says in refusal(text)[0]


@pytest.mark.parametrize(
    ("unit", "most"),
    [("-", words.SIGNS), ("+", words.SIGNS), ("(", words.DEEPEST), ("[", words.DEEPEST), ("x**", words.POWERS)],
)
def test_what_nests_is_counted_before_the_parser_sees_it(unit, most):
    closing = {"(": ")", "[": "]"}.get(unit, "")
    words.words(unit * most + "x" + closing * most)
    with pytest.raises(ExpressionError, match="nested too deeply"):
        words.words(unit * (most + 1) + "x" + closing * (most + 1))


@pytest.mark.parametrize(
    "text",
    [
        "tile(x, 1000000)", "tile(tile(tile(x, 9999), 9999), 9999)", "broadcast_to(x, (1000, 1000))",
        "repeat(x, 99999)", "repeat(x, (9999, 9999, 9999))", "pad(x, 99999)", "pad(x, ((0, 99999),))", "diag(x, 999)",
        "outer(outer(outer(x, x), outer(x, x)), outer(outer(x, x), outer(x, outer(x, x))))",
        "kron(kron(kron(kron(x, x), kron(x, x)), kron(x, x)), kron(kron(x, x), kron(x, x)))",
        "sum(tile(x, 2000)[:, None] + tile(x, 2000))", "tile(x, 3000)[:, None] @ tile(x, 3000)[None]",
        "tile(x, 3000)[:, None] < tile(x, 3000)", "where(tile(x, 3000)[:, None] > 0, tile(x, 3000), x[0])",
        "tensordot(tile(x, 999), tile(x, 999), 0)", "tensordot(tile(x, 999), tile(x, 999), axes=((), ()))",
        "svd(tile(x, 3000)[None])[2]", "concatenate([" + "tile(x, 999), " * 5 + "])", "take(x, [0]) + tile(x, 9999)",
        "solve([[1]], tile(x, 3000)[None, :, None] + tile(x, 3000)[:, None, None])", "kron(x[:,None], tile(x, 2999))",
    ],
)  # fmt: skip
def test_what_would_exhaust_memory_is_refused_before_it_is_computed(text):
    f = read(text, ["x"])
    with pytest.raises(ExpressionError, match="entries would be needed here"):
        f(np.ones(3))


def test_no_result_is_larger_than_its_bound():
    x = np.arange(1.0, 7.0).reshape(2, 3)
    cases = ["kron(x, x)", "outer(x, x)", "tile(x, (2, 3))", "repeat(x, (1, 2), 0)", "pad(x, ((1, 2), (3, 0)))",
             "diag(x[0], -2)", "inner(x, x)", "dot(x, x[0])", "tensordot(x, transpose(x), 1)",
             "tensordot(x, x, ((1,), (1,)))",
             "x @ transpose(x)", "solve(x[:, :2], x)", "stack([x, x])", "vstack([x, x[0]])", "take(x, [0, 1, 5, 5])",
             "x[:, None] + x", "broadcast_to(x, (4, 2, 3))", "svd(x, full_matrices=False)[2]",
             "reshape(x, (3, -1))", "pad(x, 3)", "inner(tile(x, (6, 1)), tile(x, (6, 1)))", "diag(x[0], 3)",
             "dot(tile(x, (6, 1)), transpose(tile(x, (6, 1))))"]  # fmt: skip
    for text in cases:
        top = read(text, ["x"]).top
        part = top if top.operation != "index" or "svd" not in text else top.parts[0]
        shapes = [tuple(np.shape(read(ast.unparse(node), ["x"])(x))) for node in operands(text)]
        if part.operation in ("stack", "vstack"):
            shapes = [(2, 3), (2, 3)]
        assert np.size(read(text, ["x"])(x)) <= entries(part.operation, shapes, part.settings) <= MOST_ENTRIES, text


def operands(text):
    """The nodes of what the outermost operation of a text works on."""
    node = ast.parse(text, mode="eval").body
    node = node.value if isinstance(node, ast.Subscript) else node
    if isinstance(node, ast.BinOp):
        return [node.left, node.right]
    return [x for x in node.args[: len(OPERATIONS[node.func.id].inputs)] if not isinstance(x, ast.List)]


@pytest.mark.parametrize(
    ("text", "says", "place"),
    [
        ("1 + x @ [1, 2]", "(3,) @ (2,): the inner sizes 3 and 2 differ.", "x @ [1, 2]"),
        ("x[5] + 1", "index 5 is out of bounds", "x[5]"),
        ("sum(x, axis=3)", "axis 3", "sum(x, axis=3)"),
        ("sum(x, keepdims=(1, 2)) + 1", "", "sum(x, keepdims=(1, 2))"),
        ("inv(x)", "inv", "inv(x)"),
        ("split(x, 3)", "3 results", "split(x, 3)"),
        ("split(x, 3) + 1", "3 results", "split(x, 3)"),
        ("split(x, 3)[3]", "picks none of the 3", "split(x, 3)[3]"),
        ("split(x, 3)[0:1]", "picks none of the 3", "split(x, 3)[0:1]"),
        ("[x, 1]", "have the shapes (3,), ()", "[x, 1]"),
        ("reshape(x, (2, 2))", "reshape", "reshape(x, (2, 2))"),
        ("expand_dims(" * 35 + "x, (0, 1))" + ", (0, 1))" * 34, "", "…"),
    ],
)
def test_what_goes_wrong_while_computing_is_marked_too(text, says, place):
    with pytest.raises(ExpressionError) as caught:
        read(text, ["x"])(np.ones(3))
    assert says in caught.value.headline
    line, carets = caught.value.window
    assert place in line[len(carets) - len(carets.lstrip()) : len(carets) + 1]


def test_when_the_time_is_up_it_says_where_it_stopped():
    f = read("sin(x) + 1")
    f.until = 0.0
    with pytest.raises(ExpressionError, match="Time is up"):
        f(1.0)


# ── the caret ────────────────────────────────────────────────────────────────────────────────────────────────────────
def columns(text):
    """The columns of a text in a terminal, counted anew."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


@patient
@given(st.text("ab重🙂é\u0301\n\x00 ", max_size=300), st.data())
def test_the_caret_stands_under_its_place_in_a_window_of_eighty_columns(text, data):
    start = data.draw(st.integers(0, len(text)))
    line, carets = pointed(text, start, start + 1)
    assert columns(line) <= 76
    assert line.isprintable()
    assert set(carets.strip()) == {"^"}
    ahead = len(carets) - len(carets.lstrip())
    below = "".join(c for k, c in enumerate(line) if columns(line[:k]) == ahead)
    if start < len(text) and text[start] in "ab重🙂":
        assert text[start] in below
        assert carets.count("^") == columns(text[start])


# ── any text at all ──────────────────────────────────────────────────────────────────────────────────────────────────
def formulas():
    """Random expressions that Python's floats can evaluate, too."""
    leaves = (
        st.sampled_from(["a", "b", "c"]) | st.floats(0.1, 9).map(lambda x: f"{x:.3g}") | st.sampled_from(["pi", "2"])
    )

    def grow(inner):
        return st.one_of(
            st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "**", "//", "%"]), inner).map(
                lambda t: f"({t[0]} {t[1]} {t[2]})"
            ),
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"{t[0]}{t[1]}{t[2]}"),
            st.tuples(st.sampled_from(["sin", "cos", "tanh", "exp", "sqrt", "abs", "log1p"]), inner).map(
                lambda t: f"{t[0]}({t[1]})"
            ),
            inner.map(lambda t: f"-{t}"),
            inner.map(lambda t: f"( {t} )"),
        )

    return st.recursive(leaves, grow, max_leaves=12)


INPUTS = {"a": 1.25, "b": -0.75, "c": 2.5}


@patient
@given(formulas())
def test_a_random_formula_computes_what_pythons_own_floats_compute(text):
    try:
        expected = eval(text, {"__builtins__": {}, "abs": abs, **vars(math)}, INPUTS)
    except (ArithmeticError, ValueError, TypeError):
        assume(False)
    assume(type(expected) is not complex and math.isfinite(expected) and abs(expected) < 1e100)
    try:
        f = read(text, list(INPUTS))
    except ExpressionError as error:  # some part was 1/0 before it went to 0 again, or the nesting is deep
        found = error.headline
    else:
        found = ""
    if found:
        assert "no finite number" in found or "deeply" in found
        return
    assert f(**INPUTS) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    values = {name: tg.Value(number) for name, number in INPUTS.items()}
    y = f(**values)
    assert (y.data if isinstance(y, tg.Value) else y) == f(**INPUTS)


@patient
@given(formulas())
def test_what_is_printed_back_reads_as_the_same_tree(text):
    try:
        f = read(text, list(INPUTS))
    except ExpressionError:
        return
    again = read(str(f), list(INPUTS))
    assert ast.dump(again.tree) == ast.dump(f.tree)


def survives(text):
    """Reading and computing raise nothing but our error, whose place lies in the text."""
    try:
        read(text, list(INPUTS))(a=np.array([1.0, 2.0]), b=2.0, c=np.ones((2, 2)))
        read(text, list(INPUTS))(*map(tg.Value, INPUTS.values()))
    except ExpressionError as error:
        lines = str(error).splitlines()
        assert len(lines) == 5, lines
        assert all(line.isprintable() for line in lines)
        assert columns(lines[1]) <= 80


@patient
@given(st.text(max_size=60) | st.text(st.characters(), max_size=60))
@example("\ud800")
@example("\ufeffx")
@example("x\x00")
@example("𝐱 + 𝟏")
@example("٣ + x٣")
def test_garbage_is_answered_with_our_error_alone(text):
    survives(text)


WORDS = [*"abc()[],:.=+-*/%@<>", "**", "//", "...", "1", "2.5", "1e9", "0", "999999", *OPERATIONS, "axis=0", "axis=",
         "None", "True", "shape=(2,2)", "e", "pi", " ", "\n", "if", "for", "lambda", "'", "^", "重"]  # fmt: skip


@patient
@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join))
def test_words_of_expressions_in_any_order_are_answered_with_our_error_alone(text):
    survives(text)


@patient
@given(
    st.sampled_from(sorted(OPERATIONS)),
    st.lists(
        st.sampled_from(["a", "b", "c", "[a[0], 1]", "2", "0", "-1", "(0, 1)", "axis=1", "k=1", "None"]), max_size=4
    ),
)
def test_any_call_of_any_operation_is_computed_or_answered_with_our_error(name, arguments):
    survives(f"{name}({', '.join(arguments)})")


@patient
@given(formulas(), st.data())
def test_a_formula_with_mutations_is_answered_with_our_error_alone(text, data):
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 3))
        text = text[:at] + data.draw(st.sampled_from(["", *WORDS])) + text[at + cut :]
    survives(text)


def test_an_expression_error_is_one_of_our_errors():
    assert issubclass(ExpressionError, TinygradError)
    assert issubclass(ExpressionError, ValueError)
