"""Frames around what a module computed: found from parameters alone, folded by depth, and when there is too much."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.drawing.flow import told
from tinygrad_edu.drawing.repeats import _links, _results
from tinygrad_edu.drawing.survey import survey

SVG = "{http://www.w3.org/2000/svg}"


def network():
    net = tg.nn.MLP(2, [2, 1], "tanh")
    return net, (net([1.0, -2.0]) - 1.0) ** 2


def test_every_result_stands_in_the_neuron_whose_parameters_it_uses():
    net, loss = network()
    graph = survey(loss, parameters=net)
    homes = Counter(node.module for node in graph.nodes)
    steps = [(node.operation, node.module) for node in graph.nodes if node.role in ("step", "result")]
    assert {module for module in homes if module} == {
        ("layers.0", "neurons.0"), ("layers.0", "neurons.1"), ("layers.1", "neurons.0"),
    }  # fmt: skip
    assert steps.count(("tanh", ("layers.0", "neurons.0"))) == 1  # the bend belongs to its neuron
    assert [module for operation, module in steps if operation in ("a − b", "a ^ b")] == [(), ()]  # the loss to nobody
    assert graph.modules[("layers.0",)] == "layers.0 · Layer"
    assert graph.modules[("layers.0", "neurons.1")] == "neurons.1 · Neuron"


def test_a_loss_that_multiplies_the_output_is_not_taken_for_a_part_of_the_neuron():
    neuron = tg.nn.Neuron(1, activation="linear")

    class Net(tg.nn.Module):
        def __init__(self):
            self.neuron = neuron

    o = neuron([2.0])
    graph = survey(o * o, parameters=Net())
    assert graph.result.module == ()
    assert graph.nodes[-2].module == ("neuron",)


def test_frames_are_nested_in_the_svg_and_in_mermaid():
    net, loss = network()
    drawing = tg.draw(loss, parameters=net)
    clusters = [g for g in ET.fromstring(drawing.svg()).iter(f"{SVG}g") if "cluster" in g.get("class", "").split()]
    assert sorted("".join(g.find(f"{SVG}text").itertext()) for g in clusters) == [
        "layers.0 · Layer", "layers.1 · Layer", "neurons.0 · Neuron", "neurons.0 · Neuron", "neurons.1 · Neuron",
    ]  # fmt: skip
    mermaid = drawing.mermaid().splitlines()
    assert sum(line.strip().startswith("subgraph ") for line in mermaid) == 5
    assert sum(line.strip() == "end" for line in mermaid) == 5


@pytest.mark.parametrize(
    ("depth", "boxes"),
    [(0, ["MLP"]), (1, ["layers.0 · Layer", "layers.1 · Layer"]),
     (2, ["neurons.0 · Neuron", "neurons.1 · Neuron", "neurons.0 · Neuron"]), (3, [])],
)  # fmt: skip
def test_depth_says_how_many_levels_are_opened(depth, boxes):
    net, loss = network()
    graph = survey(loss, parameters=net, depth=depth)
    assert [node.name for node in graph.nodes if node.role == "module"] == boxes
    assert graph.note == ""
    ET.fromstring(tg.draw(loss, parameters=net, depth=depth).svg())


def test_a_folded_module_tells_its_result_and_what_is_in_it():
    net, loss = network()
    loss.backward()
    (box,) = [node for node in survey(loss, parameters=net, depth=0).nodes if node.role == "module"]
    out = loss.inputs[0].inputs[0]
    assert box.operation == "14 operations, 9 parameters"
    assert (box.value, box.gradient) == (told(out.data), told(out.grad))


@pytest.mark.parametrize(
    ("make", "frame"),
    [(lambda: tg.nn.Neuron(2), "Neuron"), (lambda: tg.nn.Linear(2, 1), "Linear")],
)
def test_a_module_without_modules_inside_gets_a_frame_too(make, frame):
    module = make()
    x = tg.Value([1.0, -2.0], "x") if frame == "Linear" else [tg.Value(1.0, "x1"), tg.Value(-2.0, "x2")]
    y = tg.sum((module(x) - 1.0) ** 2)
    graph = survey(y, parameters=module)
    assert {node.module for node in graph.nodes} == {(), (frame,)}
    assert {node.module for node in graph.nodes if node.role == "parameter"} == {(frame,)}
    assert graph.modules == {(frame,): frame}
    assert graph.result.module == ()
    boxes = [
        [node.name for node in survey(y, parameters=module, depth=d).nodes if node.role == "module"] for d in (0, 1)
    ]
    assert boxes == [[frame], []]


def test_networks_in_a_dictionary_or_list_are_framed_by_their_names():
    first, second = tg.nn.Linear(2, 3), tg.nn.Linear(3, 1)
    y = tg.sum(second(tg.tanh(first(tg.Value([1.0, -2.0])))))
    graph = survey(y, parameters={"hidden": first, "out": second, "n": 3})
    assert graph.modules == {("hidden",): "hidden · Linear", ("out",): "out · Linear"}
    assert {node.name for node in graph.nodes if node.role == "parameter"} == {
        "hidden.weight", "hidden.bias", "out.weight", "out.bias",
    }  # fmt: skip
    assert survey(y, parameters=[first, second]).modules == {("0",): "0 · Linear", ("1",): "1 · Linear"}
    assert [node.name for node in survey(y, parameters=[first, second], depth=0).nodes if node.role == "module"] == [
        "network"
    ]


def test_between_folded_modules_arrows_tell_what_is_handed_on():
    net, loss = network()
    drawing = tg.draw(loss, parameters=net, depth=2, show="chain rule")
    hidden = [node for node in drawing.graph.nodes if node.role == "module"][:2]
    edges = {edge.source: edge for edge in drawing.graph.edges}
    for node in hidden:
        assert edges[node.key].label == f"hands on {node.gradient}"
        assert edges[node.key].sign in ("positive", "negative")


def test_a_folded_module_whose_result_is_dead_is_marked():
    neuron = tg.nn.Neuron(1)
    for p, number in zip(neuron.parameters(), (-1.0, 0.0)):
        p.data = number
    graph = survey(neuron([tg.Value(2.0)]) + 1.0, parameters=neuron, depth=0)
    assert [node.marks for node in graph.nodes if node.role == "module"] == [("dead: passes no gradient",)]


def test_depth_without_a_network_is_refused():
    with pytest.raises(tg.errors.DataError) as error:
        tg.draw(tg.Value(1.0) * 2.0, depth=1)
    assert str(error.value) == (
        "draw(y, depth=1) folds modules, and it knows of none.\n"
        "  Which module computed what is found out from the parameters of the network.\n"
        "  Write draw(y, parameters=model, depth=1)."
    )


def test_names_inside_a_frame_are_short_and_complete_in_the_tree():
    net, loss = network()
    drawing = tg.draw(loss, parameters=net)
    node = next(node for node in drawing.graph.nodes if node.name == "layers.0.neurons.1.w.0")
    assert node.short == "w.0"
    assert "layers.0.neurons.1.w.0" not in drawing.dot
    assert "layers.1.neurons.0.w.0" in drawing.text()


def test_what_is_too_much_is_folded_by_module_before_anything_is_cut():
    net, _ = network()
    points = np.random.default_rng(0).normal(size=(30, 2))
    loss = sum(((net(list(p)) - 1.0) ** 2 for p in points), 0.0)
    drawing = tg.draw(loss, parameters=net, max_nodes=200)
    boxes = [node for node in drawing.graph.nodes if node.role == "module"]
    assert len(boxes) == 3
    assert "modules are folded" in drawing.note
    ET.fromstring(drawing.svg())


def test_a_cell_that_is_used_again_after_something_else_is_no_circle():
    class Cell(tg.nn.Module):
        def __init__(self):
            self.inner = tg.nn.Neuron(1, activation="tanh")

    cell, h = Cell(), tg.Value(0.5)
    for _ in range(3):
        h = cell.inner([h]) ** 2 + 1.0  # the square is outside, so one box would have to come before itself
    graph = survey(h, parameters=cell, depth=1)
    seen = set()
    for node in graph.nodes:
        assert set(node.inputs) <= seen
        seen.add(node.key)
    assert graph.result.operation == "+"


def test_repetitions_of_several_steps_are_counted_as_one():
    w, b, h = tg.Value(0.9, "w"), tg.Value(0.1, "b"), tg.Value(0.0, "h0")
    for _ in range(100):
        h = tg.tanh(w * h + b)
    graph = survey(h, max_nodes=50)
    (run,) = [node for node in graph.nodes if node.role == "more"]
    times, each = run.value.removeprefix("… × ").split(", ")
    assert each == "3 operations each"
    drawn = sum(node.role in ("step", "result") for node in graph.nodes)
    assert int(times) * 3 + drawn == 300
    assert {graph.by_key[key].name for key in run.inputs} == {"w", "b", ""}  # what every repetition uses is tied to it


def test_inputs_of_repetitions_that_nobody_else_uses_are_counted_with_them():
    h = tg.Value(0.0)
    for i in range(100):
        h = tg.Value(float(i)) * h + tg.Value(1.0)
    assert len(survey(h, max_nodes=50).nodes) < 20


def test_links_with_other_operations_are_not_taken_for_repetitions():
    y = tg.Value(1.0)
    for i in range(60):
        y = tg.sin(y) if i == 30 else tg.cos(y)
    graph = survey(y, max_nodes=30)
    assert [node.value.split(",")[0] for node in graph.nodes if node.role == "more"] == ["… × 28", "… × 27"]
    assert "sin" in [node.operation for node in graph.nodes]


def test_a_chain_hangs_together_at_its_waists():
    y = tg.Value(1.0)
    for _ in range(10):
        y = tg.sin(y) * tg.cos(y)
    assert _links(_results(y)[0])[:9] == [(3 * i, 3 * i + 3) for i in range(9)]


def test_what_a_folded_module_hands_back_is_the_sum_over_its_inside():
    neuron = tg.nn.Neuron(2, activation="linear")
    for p, number in zip(neuron.parameters(), (-3.0, 3.0, 0.0)):
        p.data = number
    x = tg.Value(1.0, "x")
    y = neuron([x, x])
    y.backward()

    class Net(tg.nn.Module):
        def __init__(self):
            self.neuron = neuron

    (edge,) = survey(y, parameters=Net(), depth=1, show="gradients").edges
    assert (edge.sign, x.grad) == ("zero", 0.0)


def test_layers_in_which_everything_uses_everything_are_joined_by_straight_thin_lines():
    net = tg.nn.MLP(2, [16, 16, 1])
    dot = tg.draw(net([1.0, -2.0]), parameters=net, depth=2, show="chain rule").dot
    edges = [line for line in dot.splitlines() if " -> " in line]
    assert len(edges) == 16 * 16 + 16
    assert "splines=line" in dot and "splines" not in tg.draw(network()[1], parameters=net, depth=0).dot
    assert max(float(width) for line in edges for width in re.findall(r'penwidth="?([\d.]+)', line)) <= 1.7
