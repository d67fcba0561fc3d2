"""What a film tells is what the engine computes; and whatever values are called, it is shown as text."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from functools import cache
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.filming.film import film
from tinygrad_edu.filming.page import PROGRAM, source
from tinygrad_edu.writing.wording import entries

SVG = "{http://www.w3.org/2000/svg}"


def hand_example():
    """y = tanh(a·b + 7)·a at a = 2, b = −3: a is used twice."""
    a, b = tg.Value(2.0, "a"), tg.Value(-3.0, "b")
    y = tg.tanh(a * b + 7.0) * a
    y.name = "y"
    return a, b, y


def small_network():
    net = tg.nn.MLP(2, [3, 1], rng=np.random.default_rng(0))
    return (net([tg.Value(0.5, "p"), tg.Value(-1.0, "q")]) - 1.0) ** 2


def batch():
    x, w, b = (
        tg.Value(np.arange(6.0).reshape(3, 2), "X"),
        tg.Value(np.full((2, 2), 0.1), "W"),
        tg.Value(np.ones(2), "b"),
    )
    return tg.mean(tg.tanh(x @ w + b) ** 2)


def squarings():
    y = tg.Value(1.1, "x")
    for _ in range(6):
        y = y * y
    return y


def part_of_a_long_chain():
    x, w = tg.Value(0.5, "x"), tg.Value(0.9, "w")
    y = x
    for k in range(40):
        y = tg.sin(y * w) + float(k)
    return y


GRAPHS = [lambda: hand_example()[2], small_network, batch, squarings, part_of_a_long_chain]


def received(script):
    """The last sum at every node, and every sum on the way."""
    last = {}
    for step in script["steps"]:
        if step["is"] == "turn" and "at" in step:
            last[step["at"]] = step["g"]
        for part in step.get("parts", []):
            last[script["edges"][part["edge"]][0]] = part["sum"]
        last |= step.get("sums", {})
    return last


def data_of(html):
    """The script as a page holds it."""
    return json.loads(re.search(r'<script type="application/json" id="script">(.*?)</script>', html, re.DOTALL)[1])


# ── numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)
@pytest.mark.parametrize("max_nodes", [1000, 7])
def test_the_gradients_of_the_film_are_those_of_backward(graph, max_nodes):
    y = graph()
    played = film(y, max_nodes=max_nodes)
    y.backward()
    sums = received(played.script)
    assert sums
    for key, v in played.graph.values.items():
        assert sums.get(key) == (entries(v.grad) if v.grad is not None else None)


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)
def test_every_result_is_computed_once_in_order_and_hands_on_once_in_reverse_order(graph):
    played = film(graph(), max_nodes=1000)
    forward = [step["at"] for step in played.steps if step["is"] == "forward" and "at" in step]
    backward = [step["at"] for step in played.steps if step["is"] == "backward" and "at" in step]
    values = played.graph.values
    assert forward == sorted((key for key in values if values[key].op), key=lambda key: values[key].order)
    assert backward == forward[::-1]


def test_upstream_times_local_is_the_contribution_and_contributions_add_up():
    y = hand_example()[2]
    h = np.tanh(2.0 * -3.0 + 7.0)
    slope = 1 - h * h
    told = [
        (step["at"], step["g"], part.get("by", ""), part["local"], part["add"], part["sum"])
        for step in film(y).steps
        for part in step.get("parts", [])
    ]
    n = entries
    assert told == [
        ("n6", "1", "a", "2", "2", "2"),  # to v₃
        ("n6", "1", "v₃", n(h), n(h), n(h)),  # to a
        ("n5", "2", "1 − v₃²", n(slope), n(2 * slope), n(2 * slope)),
        ("n4", n(2 * slope), "", "1", n(2 * slope), n(2 * slope)),
        ("n2", n(2 * slope), "b", "−3", n(-6 * slope), n(h - 6 * slope)),  # to a, the sum of both uses
        ("n2", n(2 * slope), "a", "2", n(4 * slope), n(4 * slope)),
    ]


def test_a_forward_step_shows_the_formula_the_numbers_in_it_and_the_result():
    played = film(hand_example()[2])
    nodes = played.script["nodes"]
    told = [(nodes[s["at"]]["formula"], s["worked"], nodes[s["at"]]["value"]) for s in played.steps if "worked" in s]
    assert told == [
        ("a·b", "2·(−3)", "−6"),
        ("v₁ + 7", "−6 + 7", "1"),
        ("tanh(v₂)", "tanh(1)", "0.7616"),
        ("v₃·a", "0.7616·2", "1.523"),
    ]
    assert nodes["n5"]["all"] == repr(float(np.tanh(1.0)))


def test_both_uses_in_x_times_x_have_an_edge_and_a_contribution_of_their_own():
    x = tg.Value(3.0, "x")
    played = film(x * x)
    assert played.script["edges"] == [("n0", "n1"), ("n0", "n1")]
    parts = played.steps[3]["parts"]
    assert [(part["edge"], part["add"], part["sum"]) for part in parts] == [(0, "3", "3"), (1, "3", "6")]


def test_small_arrays_come_with_all_their_entries_and_the_reason_for_a_sum():
    x, b = tg.Value(np.ones((4, 2)), "X"), tg.Value(np.array([1.0, -2.0]), "b")
    played = film(tg.sum(x + b))
    nodes = {node["name"]: node for node in played.script["nodes"].values()}
    assert nodes["b"]["all"] == [["1", "−2"]]
    assert nodes["b"]["slope"] == [["4", "4"]]
    assert nodes["X"]["kind"] == "(4, 2)"
    whys = [part.get("why", "") for step in played.steps for part in step.get("parts", [])]
    assert "(4, 2) summed over axis 0 to (2,), because b was added to each of 4 rows." in whys


def test_a_film_of_an_array_starts_from_the_gradient_that_was_given():
    x = tg.Value(np.array([1.0, 2.0]), "x")
    played = film(x * x, start=np.array([1.0, 10.0]))
    assert received(played.script) == {"n0": "[2, 40]", "n1": "[1, 10]"}


def test_a_kink_is_told():
    x = tg.Value(0.0, "x")
    assert film(tg.relu(x)).steps[3]["kink"] == "At 0 relu has a kink: the slope there is 0 by convention."


def test_values_that_nothing_reaches_have_no_gradient_in_the_film():
    x, z = tg.Value(0.0, "x"), tg.Value(5.0, "z")
    y = tg.where(np.array(True), x, z)
    played = film(y)
    y.backward()
    assert received(played.script)["n0"] == "1"
    assert z.grad == 0.0


def test_filming_leaves_every_gradient_as_it_was():
    a, b, y = hand_example()
    film(y).html()
    assert (a.grad, b.grad, y.grad) == (None, None, None)
    y.backward()
    before = a.grad, b.grad, y.grad
    film(y).html()
    assert (a.grad, b.grad, y.grad) == before


def test_a_value_that_nothing_was_computed_from_is_a_film_of_three_steps():
    played = film(tg.Value(2.0, "x"))
    assert [step["is"] for step in played.steps] == ["start", "turn", "end"]
    assert played.title == "x"


# ── large graphs ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_the_picture_does_not_show_is_told_in_groups_and_the_sums_stay_right():
    x = tg.Value(0.5, "x")
    y = x
    for _ in range(500):
        y = tg.sin(y) + x
    played = film(y, max_nodes=30)
    y.backward()
    key = next(key for key, v in played.graph.values.items() if v is x)
    assert any(step.get("skip", 0) > 100 for step in played.steps)
    assert received(played.script)[key] == entries(x.grad)
    assert played.note.endswith("film(y, max_nodes=…) shows more.")


def test_a_film_of_100_000_operations_is_a_small_page():
    y = tg.Value(1.0, "x")
    for _ in range(100_000):
        y = y + 1.0
    played = film(y)
    assert len(played.steps) < 100
    assert len(played.html()) < 100_000


@pytest.mark.parametrize(("layers", "nodes", "kilobytes"), [([9, 1], 100, 110), ([16, 16, 1], 1000, 690)])
def test_the_file_stays_small(layers, nodes, kilobytes):
    net = tg.nn.MLP(2, layers, rng=np.random.default_rng(0))
    played = film(net([tg.Value(1.0, "p"), tg.Value(-2.0, "q")]), parameters=net)
    assert abs(len(played.graph.nodes) - nodes) < 0.2 * nodes
    assert len(played.html().encode()) < 1000 * kilobytes  # measured: 103 and 653


# ── the network's structure ──────────────────────────────────────────────────────────────────────────────────────────
def test_modules_are_frames_and_boxes_inside_them_use_short_names():
    net = tg.nn.MLP(1, [1], hidden="tanh")
    html = film(net([tg.Value(1.0, "x")]), parameters=net).html()
    svg = html[html.index("<svg id") : html.index("</svg>")]
    assert ">layers.0 · Layer</text>" in svg and ">neurons.0 · Neuron</text>" in svg
    assert ">w.0</text>" in svg and "w.0·x</text>" in svg
    assert any(node.get("name") == "layers.0.neurons.0.w.0" for node in data_of(html)["nodes"].values())


def test_a_folded_network_still_plays_and_reaches_its_inputs():
    net = tg.nn.MLP(2, [3, 1], rng=np.random.default_rng(0))
    p = tg.Value(1.0, "p")
    y = net([p, tg.Value(2.0, "q")])
    played = film(y, parameters=net, depth=1)
    y.backward()
    assert entries(p.grad) in received(played.script).values()
    assert played.title == "y: backward pass through 36 nodes"
    assert len(played.html()) > 10_000


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_names_come_from_the_values_from_a_dictionary_or_are_numbered():
    a, b = tg.Value(2.0), tg.Value(3.0, "own")
    y = (a * b).exp()
    names = [node.get("name") for node in film(y, names={"first": a}).script["nodes"].values()]
    assert names == ["first", "own", "v₁", "y"]


def test_two_values_of_the_same_name_are_told_apart():
    names = [node["name"] for node in film(tg.Value(1.0, "w") * tg.Value(2.0, "w")).script["nodes"].values()]
    assert names == ["w", "w′", "y"]


def titled():
    x, w = tg.Value(np.ones((2, 3)), "x"), tg.Value(np.ones(3), "w")
    a, b = tg.Value(2.0), tg.Value(3.0, "b")
    yield film(hand_example()[2]), "y = tanh(a·b + 7)·a"
    yield film(squarings()), "y: backward pass through 7 nodes"  # v₅·v₅ is no name of ours
    yield film(tg.name(tg.sum(x @ w), "loss")), "loss = sum(x @ w)"
    yield film(tg.name(tg.sum(x * np.ones((2, 3))), "loss")), "loss: backward pass through 3 nodes"  # [2×3] says little
    yield film(a * b), "y: backward pass through 3 nodes"  # one of them has no name
    yield film(tg.name(sum((tg.name(b * k, f"term{k}") for k in range(12)), tg.Value(0.0, "z")), "s")), (
        "s: backward pass through 26 nodes")  # fmt: skip


@pytest.mark.parametrize(("played", "title"), [*titled()], ids=lambda case: case if isinstance(case, str) else "")
def test_the_title_is_a_formula_of_what_has_a_name_or_says_how_much_is_played(played, title):
    assert played.title == title
    assert f"<title>{title}</title>" in played.html() and f"<h1>{title}</h1>" in played.html()


NASTY = [
    "<b>bold</b>", "a & b &amp; &lt;", '"quoted" \'single\'', "back\\slash \\n \\N \\G", "two\nlines\r\t", "]]>",
    "</script><script>alert(1)</script>", "<!-- c -->", "<!--<script>", "{{script}}", "{{policy}}", "x" * 10_000,
    "😀 👩‍💻", "שלום العربية", "\u202egnp.exe", "\x00\x07\ud800\ufffe", "\u2028\u2029", "", " ", "__proto__",
    "constructor", "javascript:alert(1)", "https://example.org", "${1}", "\\1", "n0", "中文" * 40,
]  # fmt: skip


class Tags(HTMLParser):
    """Every tag of a page with the names of its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, *(name for name, _ in attrs)))


def named(name):
    return film(tg.Value(3.0, name=name) * 2.0).html()


@cache
def plain():
    return Tags(named("plain")).found


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_any_name_is_data(name):
    assert_harmless(name)


@settings(max_examples=30)
@given(st.text(st.characters(codec=None), max_size=60))
@example("\\u003c")
def test_any_text_at_all_is_data(name):
    assert_harmless(name)


def assert_harmless(name):
    """The page has the same tags and attributes as with a plain name, is valid UTF-8, and its data is JSON."""
    html = named(name)
    html.encode("utf-8")
    assert Tags(html).found == plain()
    svg = html[html.index("<svg id") : html.index("</svg>") + 6]
    assert len(list(ET.fromstring(svg.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1)).iter(f"{SVG}g"))) == 7
    assert data_of(html)["nodes"]["n0"]["value"] == "3"


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_page_asks_for_nothing_and_runs_only_its_own_style_and_program():
    html = film(hand_example()[2]).html()
    policy = unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[1])
    assert policy.startswith("default-src 'none'; ")
    for tag, source_list in (("style", "style-src"), ("script", "script-src")):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{source_list} 'sha256-{digest}'" in policy
    assert not re.search(r"(?:src|href)=\"(?!#)", html)
    assert "://" not in html and "@import" not in html and " style=" not in html


def test_the_program_shows_texts_as_text():
    markup = r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|\bFunction\("
    for name in PROGRAM:
        assert not re.search(markup, source(name)), name


def test_saving_writes_the_page_and_returns_the_path(tmp_path):
    played = film(hand_example()[2])
    path = played.save(tmp_path / "backward.html")
    assert path.read_text("utf-8") == played.html()
    assert repr(played) == "<film of y = tanh(a·b + 7)·a, 11 steps; .save('backward.html') or .html()>"


def test_a_notebook_shows_the_page_in_a_frame_that_reaches_nothing_else():
    played = film(tg.Value(3.0, name='"><script>') * 2.0)
    frame = played._repr_html_()
    assert Tags(frame).found == [("iframe", "srcdoc", "height", "sandbox", "width", "frameborder", "title")]
    assert unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == played.html()
    assert 'sandbox="allow-scripts"' in frame


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_no_value_is_refused_in_three_parts():
    with pytest.raises(tg.errors.DataError) as error:
        film(3.0)
    assert str(error.value) == (
        "film(float) has nothing to play.\n"
        "  A film shows how a Value was computed; plain numbers and arrays do not remember that.\n"
        "  Compute with Values, y = f(Value(2.0)), and write film(y)."
    )


def test_an_array_without_a_start_is_refused_in_three_parts():
    with pytest.raises(tg.errors.ShapeError) as error:
        film(tg.Value(np.ones(3)) * 2.0)
    assert str(error.value) == (
        "film() of an array of shape (3,) needs to know what to start from.\n"
        "  A gradient is the slope of one number; an array holds several, and each has its own slopes.\n"
        "  Write film(y.sum()), or film(y, start=gradient) with an array of that shape."
    )


def test_another_suffix_is_refused():
    with pytest.raises(tg.errors.UnknownNameError, match="There is no film format named '.gif'."):
        film(tg.Value(1.0)).save("y.gif")


def test_data_that_was_changed_since_is_not_filmed():
    x = tg.Value(3.0, "x")
    y = x * x
    x.data = 5.0
    with pytest.raises(tg.errors.ChangedDataError):
        film(y)


def test_a_graph_that_graphviz_cannot_lay_out_is_summed_up_further():
    x = tg.Value(0.3, name="x")
    y = x
    for _ in range(1000):
        y = tg.sin(y) + x * 1.0
    whole = film(y, max_nodes=1000)
    assert len(whole.html()) > 10_000
    assert whole.graph.note
