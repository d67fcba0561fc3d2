"""What stands at the arrows: the chain rule with its numbers, shapes, formulas; and which arrows fade."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.calculus.steps import contributions
from tinygrad_edu.drawing import flow as module
from tinygrad_edu.drawing.flow import Flow, sign
from tinygrad_edu.drawing.survey import survey
from tinygrad_edu.drawing.units import everything

SVG = "{http://www.w3.org/2000/svg}"


def labels(y, show, **choices):
    """{(source, target, index): label}, with names where nodes have one and signs of operations where not."""
    graph = survey(y, show=show, **choices)
    called = {node.key: node.name or node.operation or node.value for node in graph.nodes}
    return {(called[e.source], called[e.target], e.index): e.label for e in graph.edges}


def example():
    a, b = tg.Value(2.0, name="a"), tg.Value(-3.0, name="b")
    y = a * b + a
    y.name = "y"
    return a, b, y


def test_the_chain_rule_stands_at_every_arrow_and_needs_no_backward():
    _, b, y = example()
    assert labels(y, "chain rule") == {
        ("a", "×", 0): "−3 · 1 = −3",
        ("b", "×", 1): "2 · 1 = 2",
        ("×", "y", 0): "1 · 1 = 1",
        ("a", "y", 1): "1 · 1 = 1",
    }
    assert b.grad is None


def test_a_negative_gradient_that_arrives_stands_in_parentheses():
    x = tg.Value(3.0, name="x")
    assert labels(-(x * 2.0), "chain rule")["x", "×", 0] == "2 · (−1) = −2"


def test_both_factors_of_a_square_hand_back_and_add_up():
    x = tg.Value(3.0, name="x")
    graph = survey(x * x, show="chain rule")
    assert [(edge.index, edge.label) for edge in graph.edges] == [(0, "3 · 1 = 3"), (1, "3 · 1 = 3")]
    assert graph.nodes[0].gradient == "6"


def test_gradients_are_drawn_once_there_are_any_and_else_the_picture_says_so():
    a, _, y = example()
    assert set(labels(y, "gradients").values()) == {""}
    assert survey(y, show="gradients").note == (
        "No gradient has been computed yet: call backward() first, or write show='chain rule'."
    )
    y.backward()
    assert labels(y, "gradients")["a", "×", 0] == "−3"
    assert survey(y, show="gradients").note == ""
    assert {node.name: node.gradient for node in survey(y, show="gradients").nodes}["a"] == "−2"
    assert a.grad == -2.0


def test_gradients_that_came_from_further_on_are_those_of_the_values():
    _, _, y = example()
    (y * 10.0).backward()
    assert labels(y, "gradients")["b", "×", 1] == "20"


def test_gradients_of_two_passes_differ_from_one_pass_and_that_is_said():
    _, _, y = example()
    y.backward()
    y.backward()
    note = "Gradients of one pass from the result; .grad of 4 values holds other numbers: passes add up."
    assert survey(y, show="chain rule").note == note


def test_the_picture_leaves_gradients_alone():
    a, _, y = example()
    tg.draw(y, show="chain rule").svg()
    assert (a.grad, y.grad) == (None, None)


@given(st.lists(st.tuples(st.sampled_from("+*-"), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12))
def test_what_the_arrows_hand_back_adds_up_to_the_engines_gradient(steps):
    values = [tg.Value(0.5), tg.Value(-1.5)]
    for sign_, i, j in steps:
        a, b = values[i % len(values)], values[j % len(values)]
        values.append({"+": a + b, "*": a * b, "-": a - b}[sign_])
    y = values[-1]
    flow = Flow(y)
    sums = {y: 1.0}
    for v in everything(y):
        for index, x in enumerate(v.inputs):
            sums[x] = sums.get(x, 0.0) + flow.amount(v, index)
    y.backward()
    assert set(sums) == set(everything(y))
    for v in sums:
        assert np.isclose(sums[v], v.grad)
        assert np.isclose(flow.gradient(v), v.grad)


def test_only_the_arrows_that_are_drawn_are_worked_out():
    rng = np.random.default_rng(0)
    values = [tg.Value(1.0)]
    for i in rng.integers(0, 1_000_000, 3000):
        values.append(values[i % len(values)] * values[-1] if i % 3 else tg.sin(values[-1]))
    flow = Flow(values[-1])
    assert flow.parts == {}
    graph = survey(values[-1], show="chain rule", max_nodes=40)
    asked = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "contributions", lambda node, g: asked.append(node) or contributions(node, g))
        again = survey(values[-1], show="chain rule", max_nodes=40)
    assert again.edges == graph.edges
    assert len(asked) <= len(graph.nodes)
    values[-1].backward()
    told = {node.key: node.gradient for node in graph.nodes}
    for key, v in graph.values.items():
        assert told[key] == module.told(v.grad)


def test_arrays_show_ranges_and_where_entries_mix_the_formula():
    x, w, b = tg.Value(np.eye(2), "x"), tg.Value([[1.0, 2.0], [3.0, 4.0]], "w"), tg.Value([0.5, -0.5], "b")
    y = tg.sum(x @ w + b)
    at = labels(y, "chain rule")
    assert at["x", "a @ b", 0] == "g @ bᵀ\nhands on 3 … 7"
    assert at["b", "+", 1] == "local all 1\nhands on all 2"  # two rows, summed


def test_shapes_tell_where_broadcasting_stretched_an_input():
    x, b = tg.Value(np.ones((4, 2)), "x"), tg.Value(np.ones(2, np.float32), "b")
    at = labels(x + b, "shapes")
    assert at == {("x", "+", 0): "(4, 2)", ("b", "+", 1): "(2,) float32\ngradient summed back"}


def test_formulas_are_in_the_letters_of_the_inputs():
    a, b = tg.Value(2.0, "a"), tg.Value(4.0, "b")
    graph = survey(tg.tanh(a * b), show="formulas")
    assert [edge.label for edge in graph.edges] == ["b", "a", "1 − y²"]
    assert graph.nodes[-2].formula == "y = a · b"
    assert graph.nodes[-2].places == ("a", "b")


@pytest.mark.parametrize(
    ("amount", "word"),
    [(2.0, "positive"), (-1.0, "negative"), (0.0, "zero"), (np.array([1.0, -1.0]), "mixed"),
     (np.array([0.0, 1.0]), "positive"), (np.nan, ""), (None, "")],
)  # fmt: skip
def test_the_sign_of_a_contribution(amount, word):
    assert sign(amount) == word


def test_width_is_the_root_of_the_share_and_colour_is_by_sign():
    x = tg.Value(1.0, "x")
    graph = survey(x * 4.0 - x * 1.0, show="chain rule")
    told = {edge.label: (edge.sign, edge.width) for edge in graph.edges if edge.label}
    assert told["4 · 1 = 4"] == ("positive", 1.0)
    assert told["1 · (−1) = −1"] == ("negative", 0.5)
    assert told["−1 · 1 = −1"] == ("negative", 0.5)
    dot = tg.draw(x * 4.0 - x * 1.0, show="chain rule").dot
    assert 'arrowhead=onormal class=negative color="#c64e00"' in dot
    assert "penwidth=4 " in dot and 'penwidth="2.3"' in dot.replace("penwidth=2.3", 'penwidth="2.3"')


def test_every_edge_of_the_svg_has_the_keys_and_the_story_in_its_titles():
    _, _, y = example()
    drawing = tg.draw(y, show="chain rule")
    edges = [g for g in ET.fromstring(drawing.svg()).iter(f"{SVG}g") if "edge" in g.get("class", "").split()]
    found = sorted((g.find(f"{SVG}title").text, g.find(f"{SVG}g/{SVG}title").text) for g in edges)
    expected = sorted((f"{e.source}->{e.target}", e.label) for e in drawing.graph.edges)
    assert [(keys, story.split(": ")[1]) for keys, story in found] == expected
    everything_ = list(ET.fromstring(drawing.svg()).iter(f"{SVG}g"))
    labels = [g for g in everything_ if g.get("class") == "label"]
    assert everything_[-len(labels) :] == labels  # last, so that no line runs across them
    for g, label in zip(edges, labels, strict=True):  # and the story is that of this arrow
        assert g.find(f"{SVG}g/{SVG}title").text.endswith(": " + "".join(label.find(f"{SVG}text").itertext()))


def test_every_node_of_the_svg_leads_to_its_value():
    a, b, y = example()
    graph = tg.draw(y).graph
    assert {key: graph.values[key] for key in ("n0", "n1", "n3")} == {"n0": a, "n1": b, "n3": y}


def test_each_arrow_ends_at_the_place_of_its_input_where_the_order_matters():
    a, b = tg.Value(1.0), tg.Value(2.0)
    lines = [line.strip() for line in tg.draw(a - b).dot.splitlines() if "->" in line]
    assert lines == ["n0 -> n2:i0:w", "n1 -> n2:i1:w"]


# ── a path ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_path_keeps_every_way_from_x_to_y_and_fades_the_rest():
    _, b, y = example()
    c = tg.Value(1.0, "c")
    z = y * c + 5.0
    graph = survey(z, path=b)
    assert {node.name or node.operation or node.value for node in graph.nodes if node.faded} == {"a", "c", "5"}
    assert [edge.faded for edge in graph.edges] == [True, False, False, True, False, True, False, True]
    assert "faded" in tg.draw(z, path=b).svg()
    assert not any(node.faded for node in survey(z).nodes)


def test_a_path_from_a_value_that_y_does_not_depend_on_is_refused():
    _, _, y = example()
    with pytest.raises(tg.errors.DataError) as error:
        tg.draw(y, path=tg.Value(1.0, "k"))
    assert str(error.value) == (
        "draw(y, path='k') finds no path.\n"
        "  A path leads from a Value along everything that was computed from it, and y was not.\n"
        "  Give a value that y was computed from; draw(y) shows them all."
    )


def test_an_unknown_show_names_the_known_ones():
    with pytest.raises(tg.errors.UnknownNameError) as error:
        tg.draw(tg.Value(1.0), show="gradient")
    assert str(error.value) == (
        "There is no picture named 'gradient'.\n"
        "  The names are: chain rule, formulas, gradients, shapes, values.\n"
        "  Did you mean 'gradients'?"
    )


def test_the_labels_of_many_edges_are_left_to_the_titles():
    y = tg.Value(1.0)
    for i in range(160):
        y = tg.sin(y) if i % 3 == 1 else tg.cos(y)
    assert 'label="' not in tg.draw(y, show="chain rule").dot.split("->")[1]


def test_second_order_graphs_are_drawn():
    drawings = []

    def slope(x):
        g = tg.grad(lambda x: x**3)(x)
        drawings.append(tg.draw(g, show="chain rule"))
        return g

    assert tg.grad(slope)(2.0) == 12.0
    graph = drawings[0].graph
    assert graph.result.value == "12"
    assert [node.gradient for node in graph.nodes if node.role == "input"] == ["12"]
    ET.fromstring(drawings[0].svg())
