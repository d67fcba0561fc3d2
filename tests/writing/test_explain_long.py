"""Explanations of large graphs: folded where they repeat, cut politely, never slow, never recursive."""

from __future__ import annotations

import random
import re
import time

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import tinygrad_edu as tg
from tinygrad_edu.engine.value import Value
from tinygrad_edu.writing.explain import explain
from tinygrad_edu.writing.folding import Fold, folded
from tinygrad_edu.writing.lesson import Lesson
from tinygrad_edu.writing.parts import layer, part_of_each
from tinygrad_edu.writing.wording import width


def squared(times):
    y = x = Value(1.0, "x")
    for _ in range(times):
        y = y * y
    return y, x


def deep(times):
    y = x = Value(0.5, "x")
    for _ in range(times):
        y = y * 1.0 + x
    return y, x


def test_sixteen_squarings_are_folded_to_the_first_and_the_last():
    text = explain(*squared(16), max_lines=30).text
    assert "∂y/∂x = 65536" in text
    assert "  ⋮  the same step, 14 times more\n     upstream: 2 at first, 16384 in the end\n 16  v₁ = x·x = 1" in text


def test_what_fits_is_told_whole():
    assert "⋮" not in explain(*squared(16)).text
    assert len(explain(*squared(16)).text.splitlines()) <= 80


def test_a_graph_of_a_hundred_thousand_results_is_explained_on_a_page():
    y, x = deep(50_000)
    why = explain(y, x, max_lines=30)
    lines = why.text.splitlines()
    assert len(lines) <= 30
    assert "       ⋮  the same 2 steps, 49,997 times more" in lines
    assert "x is used 50,001 times, and its gradients add up: 1 + 1 + 1 + … + 1" in why.text
    assert len(why.markdown.splitlines()) < 60 and len(why.latex.splitlines()) < 90


def test_what_is_left_out_stands_in_one_place():
    y, x = deep(500)
    text = explain(y, x, max_lines=22).text
    assert text.count("⋮") == 1 and "more steps: " in text


def test_a_repetition_is_left_out_only_where_every_step_of_it_is_the_same():
    x = Value(0.5, "x")
    y = x
    for k in range(12):
        y = tg.exp(y) if k == 5 else tg.tanh(y)
    steps = Lesson.of(y, [x]).steps
    items = folded(steps, None, 5, lambda told: 1)
    told = [told.number for item in items for told in (item.steps if isinstance(item, Fold) else [item])]
    assert told == list(range(1, 13))
    assert max(len(item.steps) for item in items if isinstance(item, Fold)) >= 4


@pytest.mark.parametrize("max_lines", [16, 20, 37, 80])
def test_the_text_of_a_network_of_numbers_keeps_to_its_lines(max_lines):
    net = tg.nn.MLP(2, [8, 8, 1], rng=random.Random(1))
    loss = sum((net([i / 5, 1.0]) - 1.0) ** 2 for i in range(5))
    text = explain(loss, max_lines=max_lines).text
    assert len(text.splitlines()) <= max_lines
    assert max(map(width, text.splitlines())) <= 80
    assert "more gradients" in text and "more steps: " in text


def test_a_network_lends_its_names_and_its_layers_are_folded_one_by_one():
    net = tg.nn.MLP(2, [8, 8, 1], rng=random.Random(1))
    loss = (net([0.4, 1.0]) - 1.0) ** 2
    weight = net.layers[0].neurons[0].w[0]
    text = explain(loss, weight, names=net, max_lines=44).text
    assert text.startswith("∂y/∂layers.0.neurons.0.w.0 = ")
    folds = [line.strip()[:60] for line in text.splitlines() if "more steps in" in line]
    assert [re.findall(r"in (layers\.\d):", fold) for fold in folds] == [["layers.2"], ["layers.1"]]
    assert len(text.splitlines()) <= 44
    assert explain(loss, names=net).xs == tuple(net.parameters())
    assert weight.name is None


def test_names_may_come_from_a_dictionary_and_a_value_keeps_its_own():
    a, b, c = Value(2.0, "mine"), Value(3.0), Value(4.0)
    text = explain(a * b * c, names={"a": a, "b": b, "cs": [c]}).text
    assert "∂y/∂mine  = 12" in text and "∂y/∂b     = 8" in text and "∂y/∂cs[0] = 6" in text


def test_a_step_without_a_parameter_belongs_to_the_layer_of_its_newest_input():
    w, u, x = Value(2.0), Value(1.0), Value(3.0)
    h = w * x
    bent = tg.tanh(h)
    y = u * bent
    loss = y + h
    given = {w: "layers.0.w", u: "layers.1.neurons.0.w.0", x: "x"}
    assert list(part_of_each([h, bent, y, loss], given).values()) == ["layers.0", "layers.0", "layers.1", "layers.1"]
    assert [layer(path) for path in ("x", "layers.0.w", "body.first.w", "0.weight")] == ["", "layers.0", "body", "0"]


def test_depth_tells_the_steps_nearest_to_the_result():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    text = explain(tg.exp(tg.tanh(a * b) / 7.0), a, depth=2).text
    assert "  2  v₃ = v₂ / 7" in text and "v₂ = tanh" not in text
    assert "  ⋮  2 more steps: 1 of 'tanh', 1 of '×'" in text
    assert "∂y/∂a = ∂y/∂v₃ × ∂v₃/∂v₂" in text  # the answer stays whole


def test_a_step_with_a_thousand_inputs_tells_the_first_and_the_last():
    xs = [Value(float(i), f"x{i}") for i in range(1_000)]
    text = explain(tg.sum(tg.stack(xs)), max_lines=40).text
    assert "⋮ 994 more inputs" in text and "→ x999" in text and "stack(x0, x1, x2, …, x999)" in text
    assert len(text.splitlines()) <= 40 and "… and 990 more gradients" in text


def test_many_gradients_and_long_names_keep_to_the_columns():
    xs = [Value(1.0, "a very long name of a weight number " + str(i)) for i in range(50)]
    y = sum(x * x for x in xs)
    y.name = "and an even longer name for the result of it all"
    text = explain(y, max_lines=40).text
    assert max(map(width, text.splitlines())) <= 80 and len(text.splitlines()) <= 40


def test_control_characters_in_a_name_stay_on_their_line():
    x = Value(1.0, "two\nlines\x1b[31m")
    why = explain(x * 2.0, x)
    assert "\x1b" not in why.text + why.markdown + why.latex
    assert len(why.text.splitlines()) == len(explain(Value(1.0, "x") * 2.0).text.splitlines())


def test_a_long_explanation_takes_no_longer_than_a_long_graph():
    y, x = deep(2_000)
    explain(y, x).text  # what is imported at first use is not counted
    taken = []
    for times in (2_000, 16_000):
        y, x = deep(times)
        start = time.process_time()
        explain(y, x).text
        taken.append(time.process_time() - start)
    assert taken[1] < 40 * taken[0] + 0.5  # eight times as long; a square would be 64 times


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40))
def test_any_graph_is_explained_within_its_lines_and_columns_and_adds_up(program):
    made = [Value(0.5, "a"), Value(np.array([0.25, -0.5]), "b"), Value(-1.0)]
    for kind, i, j in program:
        a, b = made[i % len(made)], made[-1 - j % len(made)]
        made.append([a + b, a * b, tg.tanh(a), tg.sum(b), tg.relu(a) - b, tg.maximum(a, b)][kind])
    y = tg.sum(made[-1] * 1.5)
    for max_lines in (16, 40):
        why = explain(y, max_lines=max_lines)
        lines = why.text.splitlines()
        assert len(lines) <= max_lines and max(map(width, lines)) <= 80
        assert all(line.count("|") - line.count("\\|") == 5 for line in why.markdown.splitlines() if line[:1] == "|")
        assert why.latex.count("\\begin") == why.latex.count("\\end")
    for step in why._lesson.steps:
        for total in step.sums:
            assert np.allclose(sum(total.amounts), total.total)
    y.backward()
    for x, gradient in zip(why.xs, why.gradients):
        np.testing.assert_array_equal(gradient, x.grad)
