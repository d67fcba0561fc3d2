"""Boxes that stand for many values: they work when a value inside them does, and show what leaves them."""

from __future__ import annotations

import numpy as np
import pytest

import tinygrad_edu as tg
from tinygrad_edu.filming.film import film
from tinygrad_edu.writing.wording import entries


def network(sizes=(3, 1)):
    net = tg.nn.MLP(2, [*sizes], hidden="tanh", rng=np.random.default_rng(0))
    loss = (net([tg.Value(0.5, "p"), tg.Value(-1.0, "q")]) - 1.0) ** 2
    loss.name = "loss"
    return loss, net


def chain(links=500):
    y = tg.Value(0.5, "x")
    for _ in range(links):
        y = tg.sin(y) * 1.01
    return y


def folded_layers():
    loss, net = network()
    return loss, film(loss, parameters=net, depth=1)


def folded_network():
    loss, net = network()
    return loss, film(loss, parameters=net, depth=0)


def folded_neurons():
    loss, net = network()
    return loss, film(loss, parameters=net, max_nodes=20)


def counted_repetitions():
    y = chain()
    return y, film(y, max_nodes=50)


def shared_input():
    w, h = tg.Value(0.9, "w"), tg.Value(0.1, "h0")
    for _ in range(60):
        h = tg.tanh(w * h)
    return h, film(h, max_nodes=20)


FILMS = [folded_layers, folded_network, folded_neurons, counted_repetitions, shared_input]


@pytest.mark.parametrize("make", FILMS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_a_box_works_once_for_every_value_inside_it(make, way):
    _, played = make()
    inside = played.graph.inside
    worked = {}
    for step in played.steps:
        if step["is"] == way and "skip" in step:
            worked[step["at"]] = worked.get(step["at"], 0) + step["skip"]
            assert len(step["inside"]) == min(6, step["skip"])
    assert worked == {key: sum(v.op is not None and at == key for v, at in inside.items()) for key in inside.values()}


@pytest.mark.parametrize("make", FILMS, ids=lambda make: make.__name__)
def test_a_folded_box_shows_value_and_gradient_of_its_one_result(make):
    y, played = make()
    y.backward()
    users = {}
    for v in [*played.graph.values.values(), *played.graph.inside]:
        for x in v.inputs:
            if isinstance(x, tg.Value):
                users.setdefault(x, []).append(v)
    shown = 0
    for key in dict.fromkeys(played.graph.inside.values()):
        leaving = [v for v, at in played.graph.inside.items() if at == key and v.op is not None
                   and (v is y or any(played.graph.inside.get(u) != key for u in users[v]))]  # fmt: skip
        node = played.script["nodes"][key]
        assert ("value" in node) == (len(leaving) == 1)
        if len(leaving) == 1:
            shown += 1
            assert node["value"] == entries(leaving[0].data)
            last = [step["sums"][key] for step in played.steps if key in step.get("sums", {})]
            last += [part["sum"] for step in played.steps for part in step.get("parts", [])
                     if played.script["edges"][part["edge"]][0] == key]  # fmt: skip
            assert last[-1:] == [entries(leaving[0].grad)] or leaving[0] is y
    assert shown


def test_what_a_folded_module_computes_is_called_after_it():
    _, played = folded_layers()
    assert [node["formula"] for node in played.script["nodes"].values() if "formula" in node] == ["layers.1 − 1", "v₁²"]
    assert played.title == "loss = (layers.1 − 1)²"
    inside = [step["inside"] for step in played.steps if step["is"] == "forward" and "inside" in step]
    assert inside[0][0].startswith("neurons.0.w.0·p = ")  # layers.0, in whose box it happens, need not be said
    assert any(line.startswith("neurons.0.w.1·layers.0[1] = ") for line in inside[1])  # one of three results


def test_values_inside_a_repetition_are_numbered_like_those_around_it():
    _, played = counted_repetitions()
    boxes = [node for node in played.script["nodes"].values() if "holds" in node]
    assert [(box["name"], box["holds"]) for box in boxes] == [("… × 498", "2 operations each")]
    assert [node["formula"] for node in played.script["nodes"].values() if "formula" in node] == [
        "sin(x)", "v₁·1.01", "sin(v₉₉₈)", "v₉₉₉·1.01"]  # fmt: skip
    (step,) = (step for step in played.steps if step["is"] == "forward" and "inside" in step)
    assert step["inside"][0] == f"sin(v₂) = {entries(np.sin(np.sin(0.5) * 1.01))}"


def test_edges_into_a_folded_box_light_up_when_it_hands_on():
    _, played = folded_layers()
    edges = played.script["edges"]
    along = [
        {edges[i][0] for i in step["along"]} for step in played.steps if step["is"] == "backward" and "skip" in step
    ]
    nodes = played.script["nodes"]
    assert [{nodes[key]["name"] for key in keys} for keys in along] == [{"layers.0"}, {"p", "q"}]


def test_boxes_that_take_turns_hundreds_of_times_light_up_together():
    pair = tg.nn.Sequential(*(tg.nn.Neuron(1, activation="tanh", rng=np.random.default_rng(k)) for k in range(2)))
    a, b = pair
    x = p = q = tg.Value(0.5, "x")
    for _ in range(600):
        p, q = a([p]), b([q])
    y = tg.name(p * q, "y")
    played = film(y, parameters=pair, depth=1)
    boxes = {*played.graph.inside.values()}
    together = [step for step in played.steps if "among" in step]
    assert [{*step["among"]} for step in together] == [boxes, boxes]
    assert len(boxes) == 2 and len(played.steps) == 7
    y.backward()
    assert together[1]["sums"][next(key for key, v in played.graph.values.items() if v is x)] == entries(x.grad)


def test_a_long_list_of_numbers_has_a_short_form_for_its_box():
    w = tg.Value([0.12345, -1.23456, 2.34567, 0.04133], "w")
    played = film(tg.sum(w * w))
    assert played.script["nodes"]["n0"]["value"] == "[0.1235, −1.235, 2.346, 0.04133]"
    assert played.script["short"]["[0.1235, −1.235, 2.346, 0.04133]"] == "−1.235 … 2.346"


# ── what deserves a look ─────────────────────────────────────────────────────────────────────────────────────────────
def flawed():
    x = tg.Value(-3.0, "x")
    yield tg.relu(x), "marks", ["dead: passes no gradient"]
    yield tg.sigmoid(x * -4.0), "marks", ["saturated: slope 6.144e−6"]
    yield tg.relu(tg.Value([1.0, -1.0, -2.0], "h")), "marks", ["dead: 2 of 3"]
    with np.errstate(all="ignore"):
        yield tg.log(tg.Value(0.0, "z")), "marks", ["not finite"]
        yield tg.sqrt(tg.Value(0.0, "z")), "flaws", ["not finite in the gradient"]


@pytest.mark.parametrize(("v", "word", "marks"), [*flawed()], ids=lambda case: str(case)[:40])
def test_what_draw_marks_the_film_marks(v, word, marks):
    with np.errstate(all="ignore"):
        played = film(tg.sum(v * 2.0))
        assert [mark for node in played.script["nodes"].values() for mark in node.get(word, [])][:1] == marks
        assert f">{marks[0]}</text>" in played.html()


def test_arrays_have_the_heat_map_of_draw():
    x = tg.Value([[-1.0, 0.0, 0.3, 2.0], [np.nan, 1.0, 1.0, 1.0]], "x")
    with np.errstate(all="ignore"):
        played = film(tg.sum(x * 1.0))
    assert played.script["nodes"]["n0"]["heat"] == ["2458", "x666"]
