"""Names: the user's own wherever he gave one, and never anything but a name."""

from __future__ import annotations

import ast
import keyword
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.compiler.recording.naming import argument_names, identifier, outside_names
from tinygrad_edu.compiler.recording.program import record
from tinygrad_edu.compiler.source.python import Source
from tinygrad_edu.compiler.source.standalone import source_of


def names_in(f, *args):
    program = record(f, args, names=argument_names(f, args))
    return [line.name for line in program.lines if line.name]


def arguments_of(f, *args):
    return [line.name for line in record(f, args, names=argument_names(f, args)).arguments]


# ── a name is a name ─────────────────────────────────────────────────────────────────────────────────────────────────
NASTY = ["lambda", "None", "x; import os", "a\nb", '"""', "ﬁ", "h₁", "σ", "ª", "x" * 10_000, "", "__", "2", "math",
         "np", "float", "名前", "a.b[0]", "#", "\\", "\u202e", "é", "e\u0301"]  # fmt: skip


@given(st.text() | st.sampled_from(NASTY))
def test_whatever_a_thing_is_called_its_name_is_one_in_python(text):
    name = identifier(text)
    assert name.isidentifier()
    assert not keyword.iskeyword(name)
    assert len(name) <= 42


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1) | st.sampled_from([name for name in NASTY if name]), min_size=3, max_size=3))
def test_no_name_becomes_code_and_none_has_two_meanings(texts):
    def f(p):
        a, b = tg.name(tg.tanh(p[texts[0]]), texts[1]), tg.name(tg.exp(p[texts[0]]), texts[2])
        return a * a + b * b + a * b

    text = source_of(tg.value_and_grad(f), ({texts[0]: 0.5},))
    space: dict = {}
    exec(compile(text, "source", "exec"), space)
    function = next(x for key, x in space.items() if key.startswith("value_and_grad"))
    assert function({texts[0]: 0.5})[0] == pytest.approx(
        math.tanh(0.5) ** 2 + math.exp(1.0) + math.tanh(0.5) * math.exp(0.5)
    )
    stores = [
        node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    assert len(stores) == len(set(stores))


def test_a_number_or_setting_never_becomes_code():
    text = source_of(lambda x, kind: x * math.inf, (1.0, '"""; import os'))
    assert "import os" not in text


# ── where names come from ────────────────────────────────────────────────────────────────────────────────────────────
def test_a_variable_names_what_is_stored_in_it():
    def f(x):
        h = tg.tanh(x)
        y = h * h + x
        return y * 2.0

    assert names_in(f, 0.5) == ["h", "y"]


def test_also_what_a_function_returned_but_not_what_it_used_on_the_way():
    def square_plus(a, b):
        return a * a + b

    def f(x):
        total = square_plus(x, tg.exp(x))
        return tg.sin(total)

    assert names_in(f, 0.5) == ["total"]


def test_the_elements_of_a_list_are_named_after_it():
    def f(x):
        h = [tg.tanh(x * k) for k in (2.0, 3.0)]
        return h[0] * h[1]

    def g(x):
        h = [x + k for k in (2.0, 3.0)]
        return h[0] * h[0] + h[1] * h[1]

    text = source_of(f, (0.5,))
    assert "h1 = math.tanh(2.0 * x)" in text
    assert "h2 = math.tanh(3.0 * x)" in text
    assert "h2 = x + 3.0" in source_of(g, (0.5,))


def test_a_variable_of_a_loop_is_numbered():
    def f(x):
        for _ in range(3):
            x = tg.tanh(x) * 0.5
        return x

    assert re.findall(r"^    (x\d) =", source_of(lambda x: f(x) * f(x), (0.5,)), re.MULTILINE) == ["x2", "x3", "x4"]


def test_a_name_that_is_given_wins():
    def f(x):
        h = tg.name(tg.tanh(x), "hidden")
        return h * h

    assert names_in(f, 0.5) == ["hidden"]


def test_whoever_asks_for_the_program_names_nothing():
    program = record(tg.jacobian(lambda x: tg.tanh(x * x) * (x + x) / x), (np.array([0.5, 0.7]),))
    assert {line.name for line in program.lines} == {None}
    assert all(line.place is None or line.place.function == "<lambda>" for line in program.lines)


def test_parts_of_a_network_are_not_called_like_its_result():
    net = tg.nn.MLP(2, [3, 1])

    def f(x):
        out = net(x)
        return out * out

    assert names_in(f, [1.0, 2.0]) == ["out"]


def test_arguments_are_called_like_parameters_keys_and_what_they_are_unpacked_to():
    def f(p, x, **rest):
        w, b = p
        return w * x["in"] + b + x["W"] + rest["k"]

    assert arguments_of(lambda p, x: f(p, x, k=1.0), [1.0, 2.0], {"in": 3.0, "W": 4.0}) == ["w", "b", 'x["in"]', "W"]


def test_a_function_that_is_called_for_many_arguments_names_none_of_them():
    def neuron(w, x):
        return tg.tanh(w * x)

    assert arguments_of(lambda p, x: neuron(p[0], x) + neuron(p[1], x), [1.0, 2.0], 3.0) == ["p[0]", "p[1]", "x"]


def test_parameters_of_modules_are_called_like_their_attributes():
    class Curve(tg.nn.Module):
        def __init__(self):
            self.slope, self.parts = tg.Value(2.0), {"offset": tg.Value(1.0)}

        def forward(self, x):
            return self.slope * x + self.parts["offset"]

    curve, net = Curve(), tg.nn.MLP(1, [1])
    assert sorted(outside_names(lambda x: curve(x)).values()) == ["parts_offset", "slope"]
    assert sorted(outside_names(curve).values()) == ["parts_offset", "slope"]
    assert sorted(outside_names(lambda x: net(x)).values()) == ["b1_1", "w1_1_1"]


def test_naming_costs_little():
    def f(x):
        for _ in range(1000):
            x = tg.tanh(x * 1.5)
        return x

    program = record(f, (0.5,))
    assert len(Source(program).statements) <= 1000
    assert program.lines[-1].name == "x"
