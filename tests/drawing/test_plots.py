"""Plots: each returns its figure, takes axes, leaves pyplot alone, and refuses points that are not in the plane."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

import tinygrad_edu as tg
from tinygrad_edu.drawing.plots import plot_curves, plot_function, plot_points

X = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
Y = np.array([0, 1, 1])


def test_points_are_drawn_class_by_class():
    one, two = plot_points(X, Y).axes[0].collections
    assert one.get_offsets().tolist() == [[0, 0]]
    assert two.get_offsets().tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("shape", [(9,), (9, 1)])
def test_a_function_is_drawn_where_it_was_asked_whether_it_returns_values_or_arrays(shape):
    asked = []

    def f(points):
        asked.append(points)
        return tg.Value(np.arange(9.0).reshape(shape) / 8)

    figure = plot_function(f, X, Y, extent=(0, 2, 10, 12), resolution=3)
    assert asked[0][:4].tolist() == [[0, 10], [1, 10], [2, 10], [0, 11]]
    image = figure.axes[0].images[0]
    assert image.get_array().tolist() == [[0, 0.125, 0.25], [0.375, 0.5, 0.625], [0.75, 0.875, 1]]
    assert image.get_extent() == [-0.5, 2.5, 9.5, 12.5]  # pixels are centred on the samples


def test_curves_run_over_steps_counted_from_one():
    figure = plot_curves({"loss": [3.0, 2.0, 1.0], "best": [1.0]}, log=True)
    loss, best = figure.axes[0].lines
    assert loss.get_xydata().tolist() == [[1, 3], [2, 2], [3, 1]]
    assert best.get_marker() == "o"
    assert figure.axes[0].get_yscale() == "log"
    assert plot_curves({"loss": [1.0, 2.0]}, steps=[100, 200]).axes[0].lines[0].get_xdata().tolist() == [100, 200]


@pytest.mark.parametrize(
    "plot",
    [
        lambda ax: plot_points(X, Y, ax=ax),
        lambda ax: plot_function(lambda p: p[:, 0], X, Y, ax=ax, resolution=4),
        lambda ax: plot_curves({"loss": [1.0, 2.0]}, ax=ax),
    ],
)
def test_a_plot_goes_into_the_given_axes_and_can_be_saved(plot, tmp_path):
    figure = Figure()
    assert plot(figure.add_subplot()) is figure
    figure.savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_a_circle_stays_round_and_a_strip_is_stretched():
    assert plot_points(X, Y).axes[0].get_aspect() == 1.0
    assert plot_points(X * [20, 1], Y).axes[0].get_aspect() == "auto"
    assert plot_function(lambda p: p[:, 0], X, Y, extent=(0, 10, 0, 1), resolution=3).axes[0].get_aspect() == "auto"


def test_values_and_lists_are_taken_as_data():
    figure = plot_points(tg.Value(X), [[tg.Value(0.0)], [1], [1]])
    assert len(figure.axes[0].collections) == 2


def test_pyplot_is_left_alone():
    if "matplotlib.pyplot" in sys.modules:
        assert sys.modules["matplotlib.pyplot"].get_fignums() == []


def test_points_outside_the_plane_are_refused_in_three_parts():
    with pytest.raises(tg.errors.ShapeError) as error:
        plot_points(np.zeros((4, 3)), [0, 1, 0, 1])
    assert str(error.value) == (
        "The points have shape (4, 3) and their classes (4,).\n"
        "  A plane has two coordinates, and each point has one class.\n"
        "  Give x as (n, 2) and y as (n,)."
    )
