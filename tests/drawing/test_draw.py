"""The picture of a graph: every value and edge is in it, whatever the graph looks like and values are called."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from collections import Counter

import numpy as np
import pytest

import tinygrad_edu as tg
from tests.drawing.reading import SVG, groups, lines
from tinygrad_edu.drawing.flow import SHOWS
from tinygrad_edu.drawing.survey import survey
from tinygrad_edu.writing.wording import width


def micrograd_example() -> tuple[tg.Value, tg.Value, tg.Value]:
    a, b = tg.Value(2.0, name="a"), tg.Value(-3.0, name="b")
    return a, b, tg.tanh(a * b + 10)


# ── what is in the picture ───────────────────────────────────────────────────────────────────────────────────────────
def test_the_svg_is_xml_and_holds_every_value_constant_and_edge():
    y = micrograd_example()[2]
    svg = tg.draw(y).svg()
    assert len(groups(svg, "node")) == 6  # a, b, a·b, 10, the sum, tanh
    assert len(groups(svg, "edge")) == 5
    assert Counter(g.get("class", "").split()[1] for g in groups(svg, "node")) == Counter(
        {"input": 2, "step": 2, "constant": 1, "result": 1}
    )


def test_the_svg_is_ascii_so_that_a_page_in_any_encoding_may_contain_it():
    assert tg.draw(tg.Value(1.0, name="σ") * 2.0).svg().isascii()


def test_a_node_shows_operation_name_value_and_gradient():
    a, b, _ = micrograd_example()
    y = a - b
    y.name = "y"
    y.backward()
    node = groups(tg.draw(y).svg(), "result")[0]
    assert lines(node) == ["a", "b", "result y = a − b", "value 5", "gradient 1"]


def test_both_edges_of_a_value_times_itself_are_drawn():
    x = tg.Value(3.0, name="x")
    y = x * x
    assert len(groups(tg.draw(y).svg(), "edge")) == 2
    paths = [edge.find(f".//{SVG}path").get("d") for edge in groups(tg.draw(y).svg(), "edge")]
    assert paths[0] != paths[1]  # side by side, not on top of each other


@pytest.mark.parametrize("factors", [2, 3])
def test_the_label_of_a_twin_arrow_stands_clear_of_the_arrow_above_it(factors):
    x = tg.Value(3.0, name="x")
    y = x * x if factors == 2 else x * x * x
    edges = groups(tg.draw(y, show="chain rule").svg(), "edge")
    labels = groups(tg.draw(y, show="chain rule").svg(), "label")[:2]
    assert [lines(label) for label in labels] == 2 * [["3 · 1 = 3" if factors == 2 else "3 · 3 = 9"]]
    upper, lower = (float(label.find(f"{SVG}text").get("y")) for label in labels)
    middle = float(labels[0].find(f"{SVG}text").get("x"))
    points = [float(n) for n in re.findall(r"-?[\d.]+", edges[0].find(f".//{SVG}path").get("d"))]
    arrow = [y for x, y in zip(points[::2], points[1::2]) if abs(x - middle) < 20]  # where the words stand
    assert upper < min(arrow) and max(arrow) + 2 < lower - 9  # half the width of the arrow; the height of the letters


def test_a_gradient_that_was_not_computed_is_not_shown_as_zero():
    x = tg.Value(3.0, name="x")
    y = x * 0.0
    before = [lines(node) for node in groups(tg.draw(y).svg(), "input")]
    y.backward()
    after = [lines(node) for node in groups(tg.draw(y).svg(), "input")]
    assert before == [["input x", "value 3", "gradient not computed"]]
    assert after == [["input x", "value 3", "gradient 0"]]


def test_a_picture_shows_the_moment_it_was_made():
    x = tg.Value(3.0, name="x")
    y = x * x
    drawing = tg.draw(y)
    y.backward()
    assert "gradient not computed" in drawing.svg().replace("</tspan>", "")


def test_an_array_is_shown_by_shape_precision_and_range():
    x = tg.Value(np.array([[1.0, -2.0], [0.5, np.nan]], np.float32), name="x")
    node = survey(tg.sum(x)).nodes[0]
    assert (node.kind, node.value) == ("(2, 2) float32", "−2 … 1, 1 not finite")


def test_drawing_does_not_hand_the_data_out():
    x = tg.Value(np.zeros(3))
    tg.draw(tg.sum(x))
    assert x.seen is None  # else every later operation would compare the array with a copy


def test_parameters_look_different_from_inputs():
    net = tg.nn.MLP(1, [1])
    x = tg.Value(2.0, name="x")
    roles = {node.name: node.role for node in survey(net([x]), parameters=net).nodes if node.name}
    assert roles == {"x": "input", "layers.0.neurons.0.w.0": "parameter", "layers.0.neurons.0.b": "parameter"}


def test_names_can_be_given_as_a_dictionary_such_as_locals():
    a, b = tg.Value(1.0), tg.Value(2.0, name="own")
    xs = [tg.Value(3.0)]
    y = a * b + xs[0]
    assert {node.name for node in survey(y, names=locals()).nodes} == {"a", "b", "xs[0]", "y", ""}


def test_the_inputs_of_an_operation_are_told_apart_where_their_order_matters():
    a, b = tg.Value(1.0), tg.Value(2.0)
    assert [survey(y).result.places for y in (a + b, a * b, a - b, a / b, a**b)] == [(), (), *[("a", "b")] * 3]


def test_settings_of_an_operation_are_shown():
    x = tg.Value(np.ones((2, 3)))
    assert survey(tg.sum(x, axis=0)).result.operation == "Σ axis=0"
    assert survey(x[0, 1:]).result.operation == "x[0, 1:]"


def test_the_same_graph_gives_the_same_text():
    assert tg.draw(micrograd_example()[2]).dot == tg.draw(micrograd_example()[2]).dot


def test_a_leaf_alone_can_be_drawn():
    assert [node.role for node in survey(tg.Value(1.0)).nodes] == ["result"]


def test_an_input_with_new_data_is_still_drawn_before_the_result():
    x = tg.Value(1.0, name="x")
    y = x * 2.0
    x.data = 5.0
    assert survey(y).result.role == "result"
    assert survey(y).result.inputs == ("n0", "n1")


def test_what_is_no_value_is_refused_in_three_parts():
    with pytest.raises(tg.errors.DataError) as error:
        tg.draw(3.0)
    assert str(error.value) == (
        "draw(float) has nothing to draw.\n"
        "  A picture shows how a Value was computed; plain numbers and arrays do not remember that.\n"
        "  Compute with Values, y = f(Value(2.0)), and write draw(y)."
    )


@pytest.mark.parametrize("show", SHOWS)
def test_one_minus_sign_is_used_in_the_whole_picture(show):
    x, w = tg.Value([-1e-7, -2.0, -3.0, 4.0, -5.0], "x"), tg.Value(-3.0, "w")
    y = tg.sum(tg.tanh(x * w) - 1e-9) * -2.0
    y.backward()
    drawing = tg.draw(y, show=show)
    read = [line for kind in ("node", "label") for g in groups(drawing.svg(), kind) for line in lines(g)]
    titles = [title.text for title in ET.fromstring(drawing.svg()).iter(f"{SVG}title") if "->" not in title.text]
    for text in (*read, *titles, drawing.text()):
        assert "-" not in text
    assert any("−" in line for line in read)


# ── deep and large graphs ────────────────────────────────────────────────────────────────────────────────────────────
def test_sixteen_squarings_are_seventeen_nodes():
    y = x = tg.Value(1.0)
    for _ in range(16):
        y = y * y
    drawing = tg.draw(y)
    assert len(groups(drawing.svg(), "node")) == 17
    assert len(groups(drawing.svg(), "edge")) == 32
    assert drawing.text().count("\n") == 1 + 2 * 16  # the heading, and per squaring one value and one reference
    assert x.op is None


def test_a_chain_of_100_000_equal_operations_is_counted_and_says_so():
    y = tg.Value(1.0, name="start")
    for _ in range(100_000):
        y = y + 1.0
    drawing = tg.draw(y, max_nodes=60)
    assert drawing.note == "Drawn: 100,001 values in 4 boxes, repetitions are counted; draw(y, max_nodes=…) draws more."
    svg = drawing.svg()
    assert drawing.note in "".join(ET.fromstring(svg).itertext())
    assert [lines(node) for node in groups(svg, "more")] == [["… × 99,998, 1 operation each"]]
    assert max(map(width, drawing.text().splitlines())) <= 80


def test_what_neither_repeats_nor_has_modules_is_cut_and_says_so():
    rng = np.random.default_rng(0)
    values = [tg.Value(1.0)]
    for i in rng.integers(0, 1_000_000, 300):
        values.append(values[i % len(values)] * values[-1] if i % 3 else tg.sin(values[i % len(values)]))
    y = tg.sum(tg.stack(values))
    drawing = tg.draw(y, max_nodes=40)
    assert drawing.note.startswith("Drawn: the ")
    assert drawing.note.endswith("values that are nearest to the result; draw(y, max_nodes=…) draws more.")
    assert " ".join(drawing.text().splitlines()[-2:]) == drawing.note
    svg = drawing.svg()
    assert drawing.note in " ".join(ET.fromstring(svg).itertext()).replace("\n", "").replace("  ", " ")
    assert len(groups(svg, "more")) >= 1
    assert drawing.graph.result.places == ()


def test_thousands_of_constants_at_one_operation_are_counted_instead_of_drawn():
    drawing = tg.draw(tg.stack([tg.Value(1.0), *np.arange(5000.0)]))
    assert [node.value for node in drawing.graph.nodes if node.role == "more"] == ["… 4,988 constants"]
    assert len(drawing.graph.nodes) == 1 + 12 + 1 + 1
    assert drawing.graph.result.places == ()


def test_a_graph_that_is_not_cut_has_no_note():
    assert tg.draw(tg.Value(1.0) * 2.0).note == ""


def test_a_thousand_nodes_are_drawn_within_seconds():
    net = tg.nn.MLP(2, [16, 16, 1])
    drawing = tg.draw(net([1.0, -2.0]))
    tg.draw(tg.Value(1.0)).svg()  # the renderer is compiled once per process
    start = time.perf_counter()
    count = len(groups(drawing.svg(), "node"))
    assert count > 900
    assert time.perf_counter() - start < 10  # measured: half a second; never minutes


def test_a_weight_used_at_every_step_of_a_long_chain_does_not_hang_the_layout():
    w, h = tg.Value(0.9), tg.Value(0.0)
    for i in range(400):
        h = w * h + 0.1 if i % 7 % 3 else tg.tanh(w * h) - 0.1 * i
    drawing = tg.draw(h)  # 936 values are few, but each use of w is an edge past hundreds of them: minutes to lay out
    assert drawing.note
    assert len(drawing.graph.nodes) < 700
    assert len(groups(drawing.svg(), "more")) >= 1
