"""The graph as text: a tree of 80 columns in which each value is told once."""

from __future__ import annotations

import numpy as np

import tinygrad_edu as tg
from tinygrad_edu.writing.wording import width


def test_a_graph_is_a_tree_with_values_and_gradients_in_columns():
    a, b = tg.Value(2.0, name="a"), tg.Value(-3.0, name="b")
    y = tg.tanh(a * b - 10)
    y.name = "y"
    y.backward()
    assert str(tg.draw(y)).splitlines() == [
        "                                                            value       gradient",
        "y = tanh                                                       −1              1",
        "└─ a − b                                                      −16      5.063e−14",
        "   ├─ a: ×                                                     −6      5.063e−14",
        "   │  ├─ a                                                      2     −1.519e−13",
        "   │  └─ b                                                     −3      1.013e−13",
        "   └─ b: 10",
    ]


def test_a_shared_value_is_told_once_and_then_referred_to_by_name_or_number():
    x = tg.Value(3.0, name="x")
    z = x * x
    text = tg.draw(z + z).text().splitlines()
    assert [line[:43].rstrip() for line in text[1:]] == [
        "+",
        "├─ #1 = ×",
        "│  ├─ x",
        "│  └─ x (see above)",
        "└─ #1 = × (see above)",
    ]


def test_deep_levels_are_numbered_instead_of_indented():
    y = tg.Value(1.0, name="x")
    for _ in range(400):
        y = tg.sin(y) + 1.0
    text = tg.draw(y).text().splitlines()
    assert max(map(width, text)) <= 80
    (deepest,) = [line for line in text if line[:43].rstrip().endswith(" x")]
    assert deepest.startswith("⋮800     ")


def test_arrays_long_names_and_wide_letters_keep_the_columns():
    x = tg.Value(np.linspace(-1e-7, 1e9, 6, dtype=np.float32).reshape(2, 3), name="中文" * 30)
    text = tg.draw(tg.sum(x, axis=0)).text().splitlines()
    assert {width(line) for line in text} == {80}
