"""Marks and heat maps: what deserves a look is said in words and seen; arrays show where they are large."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

import tinygrad_edu as tg
from tinygrad_edu.drawing.heat import COLUMNS, ROWS, blocks, heat, shades
from tinygrad_edu.drawing.survey import survey

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: tg.relu(tg.Value(-1.0)), ("dead: passes no gradient",)),
        (lambda: tg.relu(tg.Value(1.0)), ()),
        (lambda: tg.relu(tg.Value([-1.0, 2.0, -3.0])), ("dead: 2 of 3",)),
        (lambda: tg.sigmoid(tg.Value(-20.0)), ("saturated: slope 2.061e−9",)),
        (lambda: tg.sigmoid(tg.Value(1.0)), ()),
        (lambda: tg.tanh(tg.Value([0.0, 9.0])), ("saturated: 1 of 2",)),
        (lambda: tg.Value(np.inf) * 1.0, ("not finite",)),
        (lambda: tg.Value([1.0, np.nan]), ("not finite: 1 of 2",)),
    ],
)
def test_dead_saturated_and_non_finite_are_said(make, words):
    assert survey(make()).result.marks == words


def test_a_gradient_that_is_not_finite_is_marked():
    x = tg.Value(0.0)
    with np.errstate(all="ignore"):
        tg.sqrt(x).backward()
    assert survey(tg.sqrt(x)).nodes[0].marks == ("not finite in the gradient",)


def test_a_mark_is_seen_in_the_svg_and_survives_in_dot_and_mermaid():
    drawing = tg.draw(tg.relu(tg.Value(-1.0)))
    (node,) = [g for g in ET.fromstring(drawing.svg()).iter(f"{SVG}g") if "marked" in g.get("class", "").split()]
    assert [t.text for t in node.iter(f"{SVG}text") if t.get("class") == "mark"] == ["dead: passes no gradient"]
    assert "dead:\\ passes\\ no\\ gradient" in drawing.dot
    assert "dead#58; passes no gradient" in drawing.mermaid()
    assert "dead: passes no gradient" in node.find(f"{SVG}g/{SVG}title").text


def test_a_heat_map_is_cells_in_the_svg_and_bars_in_dot():
    x = tg.Value([[0.0, 1.0, -2.0], [np.nan, 0.5, 2.0]], "x")
    drawing = tg.draw(x)
    assert "▅▆▁\\l×▅█\\l" in drawing.dot
    cells = [r.get("fill") for r in ET.fromstring(drawing.svg()).iter(f"{SVG}rect")]
    assert len(cells) == 6 + 1  # one of them has a hole
    assert cells[0] == "#ebebeb"  # zero
    assert cells[2] == "#c64e01"  # the most negative


def test_cells_are_means_of_the_entries_they_stand_for():
    x = np.arange(28.0)
    assert heat(x).tolist() == [(x[::2] + 0.5).tolist()]
    assert heat(np.ones((1000, 1000))).shape == (ROWS, COLUMNS)
    assert heat(np.ones((2, 3, 4))).shape == (ROWS, 4)


@given(arrays(np.float64, array_shapes(max_dims=3, max_side=30)))
def test_any_array_has_a_heat_map(x):
    cells = heat(x)
    assert cells.shape[0] <= ROWS and cells.shape[1] <= COLUMNS
    assert {len(line) for line in blocks(cells)} == {cells.shape[1]}
    fine = shades(cells)[np.isfinite(cells)]
    assert np.all(np.abs(fine) <= 4) and np.all(fine == np.round(fine))
    assert not fine[cells[np.isfinite(cells)] == 0].any()


@given(st.floats(0.1, 1e6))
def test_shades_do_not_depend_on_the_scale(scale):
    x = np.array([[-1.0, 0.0, 0.26, 1.0]])
    assert shades(x * scale).tolist() == [[-4.0, 0.0, 1.0, 4.0]]
