"""An edge that was bent passes behind no box, whatever stands where."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tinygrad_edu as tg
from tinygrad_edu.filming import picture
from tinygrad_edu.filming.bending import bent, columns
from tinygrad_edu.filming.film import film

WIDE, HIGH, APART = 60, 40, 56


def inside(points, boxes):
    """The boxes that a broken line passes behind, a point of their edge not counted."""
    behind = []
    for box in boxes:
        left, top, wide, high = box
        for (x, y), (u, v) in zip(points, points[1:]):
            part = np.linspace(0, 1, 400)
            across, down = x + (u - x) * part, y + (v - y) * part
            if np.any((left + 1 < across) & (across < left + wide - 1) & (top + 1 < down) & (down < top + high - 1)):
                behind.append(box)
    return behind


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=12, unique=True), min_size=1, max_size=9), st.data())
def test_no_edge_passes_behind_a_box(rows, data):
    """Columns of boxes, 16 points and more between them; an edge from any to any other."""
    boxes = [(column * (WIDE + APART), row * (HIGH + 16), WIDE, HIGH) for column, ups in enumerate(rows) for row in ups]
    tail, head = (data.draw(st.sampled_from(boxes)) for _ in range(2))
    line = [(tail[0] + WIDE, tail[1] + HIGH / 2), (head[0], head[1] + HIGH / 2)]
    points = bent(line, columns(boxes))
    assert points[0] == line[0] and points[-1] == line[1]
    assert inside(points, [box for box in boxes if box not in (tail, head)]) == []


def test_a_line_that_is_free_stays_straight():
    boxes = [(0, 0, 40, 20), (100, 100, 40, 20), (200, 0, 40, 20)]
    assert bent([(40.0, 10.0), (200.0, 10.0)], columns(boxes)) == [(40.0, 10.0), (200.0, 10.0)]


def test_in_a_film_of_979_boxes_no_edge_passes_behind_a_box(monkeypatch):
    plans = []
    laid_out = picture.laid_out
    monkeypatch.setattr(picture, "laid_out", lambda *args: plans.append(laid_out(*args)) or plans[-1])
    net = tg.nn.MLP(2, [16, 16, 1], rng=np.random.default_rng(0))
    played = film(net([tg.Value(1.0, "p"), tg.Value(-2.0, "q")]), parameters=net)
    played.html()
    (plan,) = plans
    assert len(plan.boxes) == 979
    boxes = np.array(list(plan.boxes.values()))
    places = {key: n for n, key in enumerate(plan.boxes)}
    left, top = boxes[:, 0] + 1, boxes[:, 1] + 1
    right, bottom = left + boxes[:, 2] - 2, top + boxes[:, 3] - 2
    for (tail, head), path in zip(played.script["edges"], plan.edges):
        numbers = np.array(re.findall(r"-?\d+(?:\.\d+)?", path), float).reshape(-1, 2)
        points = [numbers[0], *numbers[3:]]  # what lies between is the straight curve with which a path begins
        others = np.setdiff1d(np.arange(len(boxes)), [places[tail], places[head]])
        for start, end in zip(points, points[1:]):
            x, y = (np.linspace(a, b, 60)[:, None] for a, b in zip(start, end))
            hit = (left < x) & (x < right) & (top < y) & (y < bottom)
            assert not hit[:, others].any(), (tail, head)


@pytest.mark.parametrize("y", [-50.0, 5.0, 25.0, 60.0, 200.0])
def test_a_detour_is_clear_of_the_boxes_and_as_short_as_it_can_be(y):
    from tinygrad_edu.filming.bending import gap

    tops, bottoms = [0.0, 40.0], [20.0, 80.0]
    free = [place for place in np.arange(-100, 300, 0.5) if all(abs(place - (a + b) / 2) >= (b - a) / 2 + 6
            for a, b in zip(tops, bottoms))]  # fmt: skip
    assert abs(gap(y, tops, bottoms) - y) == min(abs(place - y) for place in free)
